package verilog

import (
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"grauc/ir/datapath"
)

// wordRange is words of a configuration that lie together, have one meaning and differ in
// the numbers in their names.
type wordRange struct {
	first, last *datapath.Field
	stem        string // of the names
	indices     []index
	tree        int // of so many levels, whose nodes have the words in their order; 0: words count
}

// index is one of the numbers: so many, from one on. The last one changes fastest.
type index struct{ from, count int }

// wordRanges are the words, each in one of them.
func wordRanges(words []datapath.Field) []wordRange {
	var all []wordRange
	for len(words) > 0 {
		n := alike(words)
		r, ok := rangeOf(words[:n])
		if !ok {
			n = 1
			r = wordRange{first: &words[0], last: &words[0], stem: words[0].Name}
		}
		all = append(all, r)
		words = words[n:]
	}
	return all
}

// alike is how many words from the first on are neighbours, with one meaning.
func alike(words []datapath.Field) int {
	n := 1
	for n < len(words) && words[n].Word == words[0].Word+n && words[n].Doc == words[0].Doc && words[n].Type == words[0].Type {
		n++
	}
	return n
}

// rangeOf is all of the words, if their names count.
func rangeOf(words []datapath.Field) (wordRange, bool) {
	last := len(words) - 1
	r := wordRange{first: &words[0], last: &words[last]}
	stem, from := numbered(words[0].Name)
	_, to := numbered(words[last].Name)
	if last == 0 || len(from) == 0 || len(to) != len(from) {
		return r, false
	}
	r.stem = stem
	for i := range from {
		r.indices = append(r.indices, index{from[i], to[i] - from[i] + 1})
	}
	if r.counts(words) {
		return r, true
	}
	r.tree, r.indices = bits.Len(uint(len(words))), []index{{1, len(words)}}
	return r, len(from) == 1 && r.first.Word == 1 && r.counts(words)
}

// counts reports whether the names are as they should be.
func (r *wordRange) counts(words []datapath.Field) bool {
	for i := range words {
		if words[i].Name != r.name(i) {
			return false
		}
	}
	return true
}

var numberedName = regexp.MustCompile(`^(.*?)(\d+)(?:_(\d+))?$`)

// numbered parts a name such as row3_15 into its stem and its numbers.
func numbered(name string) (stem string, at []int) {
	m := numberedName.FindStringSubmatch(name)
	if m == nil {
		return name, nil
	}
	for _, digits := range m[2:] {
		if n, err := strconv.Atoi(digits); err == nil {
			at = append(at, n)
		}
	}
	return m[1], at
}

// name is that of word i of the range. Words of a tree are in the order of a binary
// search: node 1 is the one in the middle of all, those below node n are 2n and 2n + 1.
func (r *wordRange) name(i int) string {
	if r.tree > 0 {
		level := bits.Len(uint(i+1)) - 1
		return r.stem + strconv.Itoa((2*(i+1-1<<level)+1)<<(r.tree-1-level))
	}
	var at []string
	for k := len(r.indices) - 1; k >= 0; k-- {
		x := r.indices[k]
		at = append([]string{strconv.Itoa(x.from + i%max(1, x.count))}, at...)
		i /= max(1, x.count)
	}
	return r.stem + strings.Join(at, "_")
}

// names are those of the range: threshold1..15.
func (r *wordRange) names() string {
	if r.first == r.last {
		return r.first.Name
	}
	if r.tree > 0 {
		return fmt.Sprintf("%s1..%d", r.stem, r.indices[0].count)
	}
	return fmt.Sprintf("%s..%s", r.first.Name, strings.TrimPrefix(r.last.Name, r.stem))
}

// doc is what the words mean, and their order where that is not of their names.
func (r *wordRange) doc() string {
	if r.tree == 0 {
		return r.first.Doc
	}
	return fmt.Sprintf("%s; in the order of a binary search: k is in word (k + %d) / (2 * d), rounded down, where d is the largest power of two that divides k",
		r.first.Doc, r.indices[0].count+1)
}

// numbers are those of its words.
func (r *wordRange) numbers() string {
	if r.first == r.last {
		return strconv.Itoa(r.first.Word)
	}
	return fmt.Sprintf("%d..%d", r.first.Word, r.last.Word)
}

// counting says what i and k are in the meanings of words.
func counting(ranges []wordRange) string {
	most := 0
	for i := range ranges {
		most = max(most, len(ranges[i].indices))
	}
	return []string{"", "k is the number in a word's name.", "k is the last number in a word's name, i the one before."}[most]
}
