package verilog

import (
	"fmt"
	"strings"

	"grauc/ir/datapath"
)

// Simulators go through the cases of a function one by one, and Yosys takes a time
// that is quadratic in the functions that are called. So a table of more than
// 2^blockBits entries is cut into functions of so many, and one that chooses.
const blockBits = 11

func (b *builder) Table(n *datapath.Node, index *value) *value {
	return b.lookup(n, &datapath.Memory{Name: n.Name, Type: n.Type, Depth: len(n.Table), Held: n.Table}, index)
}

// lookup is an entry of a memory that holds what it holds.
func (b *builder) lookup(n *datapath.Node, mem *datapath.Memory, index *value) *value {
	if mem.Name == "" {
		mem.Name = "entry"
	}
	switch {
	case index.beyond(mem):
		return constant(n.Type, 0)
	case index.fixed != nil:
		return constant(n.Type, mem.Held[*index.fixed])
	}
	table := b.table(mem.Name+"_table", index.typ, mem.Type, mem.Held)
	return b.settle(n, &value{
		text:  fmt.Sprintf("%s(%s)", table, b.atom(index)),
		reads: reads(index),
		want:  mem.Name,
	})
}

// table writes a function that looks up words, and gives its name.
func (b *builder) table(want string, index, t datapath.Type, words []int64) string {
	name := b.scope.claim(want)
	if len(words) <= 1<<blockBits {
		b.function(name, index, t, index.Width-1, 0, func(f *text) {
			equalRuns(words, func(first, end int, v int64) {
				if v != 0 {
					cases(f, index, first, end, fmt.Sprintf("%s = %s;", name, literal(t, v)))
				}
			})
		})
		return name
	}
	low, high := datapath.Type{Width: blockBits}, datapath.Type{Width: index.Width - blockBits}
	var blocks []string
	for first := 0; first < len(words); first += 1 << blockBits {
		blocks = append(blocks, b.table(name+"_block", low, t, words[first:min(first+1<<blockBits, len(words))]))
	}
	b.function(name, index, t, index.Width-1, blockBits, func(f *text) {
		for i, block := range blocks {
			f.line("%s: %s = %s(%s[%d:0]);", literal(high, int64(i)), name, block, indexName, blockBits-1)
		}
	})
	return name
}

// function is a function with cases for some bits of its index; else it is 0.
func (b *builder) function(name string, index, t datapath.Type, high, low int, cases func(*text)) {
	f := &b.tables
	f.open("function %s%s(input %s%s);", vector(t), name, vector(index), indexName)
	f.open("case (%s)", (&signal{name: indexName, typ: index}).slice(high, low))
	cases(f)
	f.line("default: %s = %s;", name, literal(t, 0))
	f.close("endcase")
	f.close("endfunction")
	f.line("")
}

// cases is the cases from first up to end, all with one answer.
func cases(t *text, index datapath.Type, first, end int, answer string) {
	const perLine = 8
	for ; first < end; first += perLine {
		var row []string
		for i := first; i < min(first+perLine, end); i++ {
			row = append(row, literal(index, int64(i)))
		}
		if first+perLine < end {
			t.line("%s,", strings.Join(row, ", "))
		} else {
			t.line("%s: %s", strings.Join(row, ", "), answer)
		}
	}
}

// equalRuns calls f for each run of equal words.
func equalRuns(words []int64, f func(first, end int, v int64)) {
	for first := 0; first < len(words); {
		end := first + 1
		for end < len(words) && words[end] == words[first] {
			end++
		}
		f(first, end, words[first])
		first = end
	}
}
