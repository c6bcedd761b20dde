package cost

import (
	"math/bits"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
)

// Table is a block memory, or a tree of multiplexers.
func (b *blaster) Table(n *datapath.Node, index []lit) []lit {
	if b.inBlocks(n, index) {
		return b.blocks(n, index)
	}
	t := &tree{blaster: b, index: index, uses: map[string]int{}, made: map[string]lit{}}
	columns := make([]string, n.Type.Width)
	for i := range columns {
		columns[i] = t.column(n.Table, i)
		t.use(columns[i])
	}
	out := make([]lit, len(columns))
	for i, c := range columns {
		out[i] = t.lookup(c)
		if b.part == ir.ICE40 && inROM(n.Table) {
			t.force(c)
		}
	}
	return b.made(out)
}

// words are those of a table, or none.
func (b *blaster) words(n *datapath.Node) []int64 {
	if n.Op == datapath.OpRead {
		return b.module.Mems[n.Mem].Held
	}
	return n.Table
}

// compared reports whether a bit of what goes into a register is written for xc7 as where the
// index of a table is in what range. Yosys does not notice that it is constant where the index
// never leaves one.
func (b *blaster) compared(n *datapath.Node, bit int) bool {
	words := b.words(n)
	for _, w := range words {
		if (w^words[0])>>bit&1 == 1 {
			return b.part == ir.XC7 && b.module.SmallTable(n)
		}
	}
	return false
}

// cases reports whether a value is of a table that Yosys does not make a tree of, since it is
// written as ranges or has few words.
func (b *blaster) cases(n *datapath.Node) bool {
	words := b.words(n)
	return len(words) > 2 && (!inROM(words) || b.part == ir.XC7 && b.module.SmallTable(n))
}

// inROM reports whether Yosys makes a read-only memory of cases, one for each word that is not
// 0: of eight on, if they are not sparse. What becomes no block memory is a tree of
// multiplexers then.
func inROM(words []int64) bool {
	const fewest, sparsest = 8, 4
	cases := 0
	for _, w := range words {
		if w != 0 {
			cases++
		}
	}
	return cases >= fewest && inCases(words)/cases <= sparsest
}

// inCases is how many words the read-only memory has: a power of two up to the last that is
// not 0.
func inCases(words []int64) int {
	last := len(words) - 1
	for last > 0 && words[last] == 0 {
		last--
	}
	return 1 << bits.Len(uint(last))
}

// tree is multiplexers that choose a word by the bits of an index, the highest one last. One
// for a bit of the words is known by what it chooses from: a character for each word.
type tree struct {
	*blaster
	index []lit
	uses  map[string]int // multiplexers and registers that it leads to
	made  map[string]lit
}

// column is one bit of the words.
func (t *tree) column(words []int64, bit int) string {
	column := make([]byte, 1<<len(t.index))
	for i := range column {
		column[i] = '0'
		if i < len(words) {
			column[i] += byte(words[i] >> bit & 1)
		}
	}
	return t.least(string(column))
}

// least leaves out multiplexers that choose nothing.
func (t *tree) least(column string) string {
	for len(column) > 1 {
		low, high := column[:len(column)/2], column[len(column)/2:]
		switch t.selector(column) {
		case no:
			column = low
		case yes:
			column = high
		default:
			if low != high {
				return column
			}
			column = low
		}
	}
	return column
}

// selector is the bit that the last multiplexer for a column obeys.
func (t *tree) selector(column string) lit { return t.index[bits.Len(uint(len(column)))-2] }

// halves are what the last multiplexer for a column chooses from. There is none where the
// column is constant or a bit of the index.
func (t *tree) halves(column string) (low, high string, ok bool) {
	if len(column) == 1 {
		return "", "", false
	}
	low, high = t.least(column[:len(column)/2]), t.least(column[len(column)/2:])
	return low, high, len(low) > 1 || len(high) > 1
}

func (t *tree) use(column string) {
	t.uses[column]++
	if low, high, ok := t.halves(column); ok && t.uses[column] == 1 {
		t.use(low)
		t.use(high)
	}
}

func (t *tree) lookup(column string) lit {
	if len(column) == 1 {
		return lit(strings.IndexByte("01", column[0]))
	}
	l, ok := t.made[column]
	if !ok {
		low, high, _ := t.halves(column)
		l = t.mux(t.selector(column), t.lookup(high), t.lookup(low))
		t.made[column] = l
	}
	return l
}

// force has the register that a column goes into set or reset itself in the place of the last
// multiplexers, as long as they choose one constant and lead to nothing else.
func (t *tree) force(column string) {
	whole := t.lookup(column)
	f := register{force: no}
	to := ""
	for t.uses[column] == 1 {
		low, high, ok := t.halves(column)
		if !ok {
			break
		}
		if s := t.selector(column); len(high) == 1 && (to == "" || to == high) {
			f.force, to, column = t.or(f.force, s), high, low
		} else if len(low) == 1 && (to == "" || to == low) {
			f.force, to, column = t.or(f.force, s.not()), low, high
		} else {
			break
		}
	}
	if to != "" {
		f.d, f.to = t.lookup(column), t.lookup(to)
		t.forced[whole] = f
	}
}
