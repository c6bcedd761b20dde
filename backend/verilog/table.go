package verilog

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
)

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
	name := mem.Name + "_table"
	if b.inRanges(n) {
		name = b.ranges(name, index.typ, mem.Type, mem.Held)
	} else {
		name = b.table(name, index.typ, mem.Type, mem.Held)
	}
	return b.settle(n, &value{
		text:  fmt.Sprintf("%s(%s)", name, b.atom(index)),
		reads: reads(index),
		want:  mem.Name,
	})
}

// inRanges reports whether a table is written by where its bits are set: on xc7 a small one
// that goes into registers. Of cases Yosys makes multiplexers, and of those with a constant,
// setting or resetting registers, which takes look-up tables beside these and for when that
// is enabled.
func (b *builder) inRanges(n *datapath.Node) bool {
	return b.part == ir.XC7 && b.stored[n] && b.module.SmallTable(n)
}

// stored is what goes into registers.
func stored(m *datapath.Module) map[*datapath.Node]bool {
	into := map[*datapath.Node]bool{}
	for i := range m.Nodes {
		if n := &m.Nodes[i]; n.Op == datapath.OpReg {
			into[&m.Nodes[n.Args[0]]] = true
		}
	}
	return into
}

// ranges writes a function that gives each bit by where it is set, and gives its name.
func (b *builder) ranges(want string, index, t datapath.Type, words []int64) string {
	name := b.scope.claim(want)
	f := &b.tables
	f.open("function %s%s(input %s%s);", vector(t), name, vector(index), indexName)
	f.open("%s = {", name)
	for bit := t.Width - 1; bit >= 0; bit-- {
		end := ","
		if bit == 0 {
			end = ""
		}
		f.line("%s%s", within(words, bit, index), end)
	}
	f.close("};")
	f.close("endfunction")
	f.line("")
	return name
}

// within is the condition on an index under which a bit of the words is set.
func within(words []int64, bit int, index datapath.Type) string {
	set := make([]int64, len(words))
	for i, w := range words {
		set[i] = w >> bit & 1
	}
	var all []string
	equalRuns(set, func(first, end int, v int64) {
		from := fmt.Sprintf("%s >= %s", indexName, literal(index, int64(first)))
		to := fmt.Sprintf("%s <= %s", indexName, literal(index, int64(end-1)))
		switch {
		case v == 0:
		case first == end-1:
			all = append(all, fmt.Sprintf("%s == %s", indexName, literal(index, int64(first))))
		case first == 0 && end == 1<<index.Width:
			all = append(all, "1'b1")
		case first == 0:
			all = append(all, to)
		case end == 1<<index.Width:
			all = append(all, from)
		default:
			all = append(all, from+" && "+to)
		}
	})
	if len(all) == 0 {
		return "1'b0"
	}
	return strings.Join(all, " || ")
}

// table writes a function that looks up words, and gives its name.
func (b *builder) table(want string, index, t datapath.Type, words []int64) string {
	name := b.scope.claim(want)
	if len(words) <= 1<<datapath.TableBits {
		b.function(name, index, t, index.Width-1, 0, func(f *text) {
			equalRuns(words, func(first, end int, v int64) {
				if v != 0 {
					cases(f, index, first, end, fmt.Sprintf("%s = %s;", name, literal(t, v)))
				}
			})
		})
		return name
	}
	low, high := datapath.Type{Width: datapath.TableBits}, datapath.Type{Width: index.Width - datapath.TableBits}
	var blocks []string
	for first := 0; first < len(words); first += 1 << datapath.TableBits {
		blocks = append(blocks, b.table(name+"_block", low, t, words[first:min(first+1<<datapath.TableBits, len(words))]))
	}
	b.function(name, index, t, index.Width-1, datapath.TableBits, func(f *text) {
		for i, block := range blocks {
			f.line("%s: %s = %s(%s[%d:0]);", literal(high, int64(i)), name, block, indexName, datapath.TableBits-1)
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
