// Package cost estimates what a module takes of an FPGA as Yosys synthesizes it: look-up
// tables, flip-flops, block memories. It does in small what Yosys does: takes the module
// apart into gates, carry chains, registers and memories, and covers the gates with
// look-up tables.
package cost

import (
	"fmt"
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
)

// Cost is what a module takes.
type Cost struct {
	LUT   int // look-up tables, those that are memory included
	FF    int
	BRAM  int // RAMB18 of xc7, EBR of ice40
	Cells int // logic cells of ice40: each has a look-up table, a flip-flop that can only follow it, and a carry
}

// block is how many look-up tables are worth a block memory: as many as there are for each
// on the parts of the families that have both in common numbers (XC7A100T: 63400 and 270
// RAMB18; iCE40HX8K: 7680 and 32 EBR).
var block = map[ir.Part]int{ir.XC7: 235, ir.ICE40: 240}

var blockNames = map[ir.Part]string{ir.XC7: "RAMB18", ir.ICE40: "EBR"}

// BlockName is what a block memory is called.
func BlockName(part ir.Part) string { return blockNames[part] }

// Size is what costs are compared by, in look-up tables of xc7 or logic cells of ice40: those
// there are, and those that block memories are worth. On xc7 there are two flip-flops for
// each look-up table, so that they decide only between sizes that are Alike.
func (c Cost) Size(part ir.Part) int {
	if part == ir.ICE40 {
		return c.Cells + c.BRAM*block[part]
	}
	return c.LUT + c.BRAM*block[part]
}

// Alike reports that estimates of a and of b or more do not tell which is smaller: most small
// ones are within two look-up tables of what Yosys makes.
func Alike(a, b int) bool { return b-a <= 2 }

// On is the cost in words.
func (c Cost) On(part ir.Part) string {
	said := fmt.Sprintf("%d LUT", c.LUT)
	if part == ir.ICE40 {
		said = fmt.Sprintf("%d cells", c.Cells)
	}
	if c.BRAM > 0 {
		said += fmt.Sprintf(" and %d %s", c.BRAM, BlockName(part))
	}
	return said
}

// prices are the areas by which look-up tables are weighed against each other: those that
// Yosys gives ABC for the part.
var prices = map[ir.Part][]float32{
	ir.XC7:   {0, 2, 2, 3, 5, 5, 5, 10, 20},
	ir.ICE40: {0, 1, 1, 1, 1},
}

// tables is how many look-up tables of the part one of so many inputs takes.
var tables = [wide + 1]int{0, 1, 1, 1, 1, 1, 1, 2, 4}

// Of is the cost of a module on a part.
func Of(m *datapath.Module, part ir.Part) Cost {
	b := newBlaster(m, part)
	datapath.Build(m, b)
	b.sweep()
	l := b.alive()
	cost := l.cost
	c := newCover(b.network, l.roots, prices[part])
	for size, n := range c.choose() {
		cost.LUT += n * tables[size]
	}
	if part == ir.ICE40 {
		cost.Cells = cost.LUT + cost.FF - l.together(c) + l.alone(c)
	}
	return cost
}

// together is how many flip-flops share a logic cell with the look-up table that feeds them
// and nothing else.
func (l *live) together(c *cover) int {
	n := 0
	for _, i := range l.held {
		if d := l.registers[i].d; l.tabled(d) && c.refs[d.node()] == 1 {
			n++
		}
	}
	return n
}

// tabled reports whether a signal comes from a look-up table.
func (l *live) tabled(d lit) bool {
	g := &l.gates[d.node()]
	if d.constant() {
		return false
	}
	if g.kind != leaf || d.inverted() {
		return true
	}
	switch s := l.sources[g.source]; s.kind {
	case fromSum:
		return true
	case fromMemory:
		return l.muxed[d] || l.passed[d]
	}
	return false
}

// alone is how many logic cells carries take that no look-up table goes with: it has the
// inputs of the carry, as that for the same bit of the sum has, or no more than two, and
// computes one of them.
func (l *live) alone(c *cover) int {
	n := 0
	taken := map[int32]bool{}
	for _, chain := range l.chains {
		for bit := range chain.used {
			if !slices.Contains(chain.sums, bit) && !l.computed(c, taken, chain.propagate[bit]) && !l.computed(c, taken, chain.generate[bit]) {
				n++
			}
		}
	}
	return n
}

// computed reports whether a look-up table of no more than two inputs, which is not taken,
// computes a signal; now it is.
func (l *live) computed(c *cover, taken map[int32]bool, x lit) bool {
	const inputs = 2
	i := x.node()
	small := l.not[i] && x.inverted() || l.gates[i].kind != leaf && c.best[i].size <= inputs
	if !small || taken[i] {
		return false
	}
	taken[i] = true
	return true
}

// live is what outputs depend on.
type live struct {
	*blaster
	seen  []bool  // nodes
	not   []bool  // of leaves: somebody needs the complement
	roots []lit   // what has to be computed
	held  []int32 // registers
	cost  Cost    // of all but gates

	passed map[lit]bool // what is read from block memories that are passed by
	muxed  map[lit]bool // what is read from registers
}

func (b *blaster) alive() *live {
	l := &live{blaster: b, seen: make([]bool, len(b.gates)), not: make([]bool, len(b.gates)), passed: map[lit]bool{}, muxed: map[lit]bool{}}
	for _, o := range b.outputs {
		l.root(o)
	}
	return l
}

// root is a signal that something needs as it is, not only as part of logic. A
// complement takes a look-up table of an ice40; on xc7 it is part of what it leads to.
func (l *live) root(r lit) {
	if r.constant() {
		return
	}
	l.roots = append(l.roots, r)
	if i := r.node(); r.inverted() && l.part == ir.ICE40 && l.gates[i].kind == leaf && !l.not[i] {
		l.not[i] = true
		l.cost.LUT++
	}
	l.visit(r.node())
}

func (l *live) rootAll(all ...[]lit) {
	for _, bits := range all {
		for _, r := range bits {
			l.root(r)
		}
	}
}

func (l *live) visit(i int32) {
	if l.seen[i] {
		return
	}
	l.seen[i] = true
	g := &l.gates[i]
	if g.kind != leaf {
		l.visit(g.a.node())
		l.visit(g.b.node())
		return
	}
	if i == 0 {
		return
	}
	switch s := l.sources[g.source]; s.kind {
	case fromRegister:
		l.cost.FF++
		l.held = append(l.held, s.index)
		l.root(l.registers[s.index].d)
		l.root(l.registers[s.index].enable)
		l.root(l.registers[s.index].force)
	case fromChain:
		l.carry(&l.chains[s.index], int(s.bit)+1)
	case fromSum:
		l.sum(&l.chains[s.index], int(s.bit))
	case fromMemory:
		l.memory(l.memories[s.index])
	case fromROM:
		l.rom(&l.roms[s.index])
	}
}

// carry makes the carries of the lowest bits of a chain.
func (l *live) carry(c *chain, bits int) {
	for i := c.used; i < bits; i++ {
		l.root(c.propagate[i])
		l.root(c.generate[i])
	}
	c.used = max(c.used, bits)
}

// sum makes a bit of the sum, which takes a look-up table of its own on ice40.
func (l *live) sum(c *chain, bit int) {
	l.carry(c, bit)
	l.root(c.propagate[bit])
	c.sums = append(c.sums, bit)
	if l.part == ir.ICE40 {
		l.root(c.generate[bit])
		l.cost.LUT++
	}
}
