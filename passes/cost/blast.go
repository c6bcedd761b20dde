package cost

import (
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
)

// register is one bit of one, which becomes to instead of d where force is set.
type register struct {
	d, enable, force, to lit
	cases                bool // d is chosen by cases: Yosys does not notice where it is a bit of the index
}

// chain is a carry chain, up to the highest bit that something depends on.
type chain struct {
	propagate []lit // xc7: what its look-up tables compute; ice40: the one operand
	generate  []lit // xc7: what goes into it beside them; ice40: the other operand
	used      int   // bits that carry
	sums      []int // bits of the sum that are needed
}

// source is what drives a leaf.
type source struct {
	kind  sourceKind
	index int32 // of the register, chain or memory
	bit   int32 // of a chain
}

type sourceKind uint8

const (
	fromOutside sourceKind = iota
	fromRegister
	fromChain // a carry out of a bit
	fromSum   // a bit of the sum
	fromMemory
	fromROM
)

// blaster takes a module apart into bits as Yosys does for the part. It is a
// datapath.Builder.
type blaster struct {
	*network
	part      ir.Part
	module    *datapath.Module
	values    [][]lit // of the module's nodes, in order, bit by bit, the lowest first
	sources   []source
	registers []register
	uses      []int            // of each node, as Module.UseCounts
	constants []int            // with which each node is compared
	stored    []bool           // whether a node is only what a register takes over that is not reset
	known     map[register]lit // registers that are equal are one
	forced    map[lit]register // what registers of an ice40 do in the place of multiplexers with a constant, by what these give
	chains    []chain
	memories  []*memory
	roms      []rom
	taken     []bool        // whether a node, or parts of it, is only what registers take over
	waiting   map[lit]waits // what block memories give into registers
	outputs   []lit
}

func newBlaster(m *datapath.Module, part ir.Part) *blaster {
	b := &blaster{network: newNetwork(), part: part, module: m, constants: m.Constants(), known: map[register]lit{}, forced: map[lit]register{}, waiting: map[lit]waits{}}
	for i := range m.Mems {
		b.memories = append(b.memories, &memory{Memory: &m.Mems[i]})
	}
	b.uses, b.stored = m.UseCounts(), make([]bool, len(m.Nodes))
	for i := range m.Nodes {
		if n := &m.Nodes[i]; n.Op == datapath.OpReg && n.Reset == nil {
			b.stored[n.Args[0]] = b.uses[n.Args[0]] == 1
		}
	}
	b.taken = taken(m)
	return b
}

// taken reports of each node whether it, or parts of it, is only what registers take over that
// are not reset.
func taken(m *datapath.Module) []bool {
	all := make([]bool, len(m.Nodes))
	for i := range all {
		all[i] = true
	}
	for _, o := range m.Outputs {
		all[o.Value] = false
	}
	for _, mem := range m.Mems {
		if mem.Held == nil {
			all[mem.Enable], all[mem.Addr], all[mem.Data] = false, false, false
		}
	}
	for i := len(m.Nodes) - 1; i >= 0; i-- {
		n := &m.Nodes[i]
		part := all[i] && (n.Op == datapath.OpCast || n.Op == datapath.OpShr)
		for k, a := range n.Args {
			if !part && !(n.Op == datapath.OpReg && n.Reset == nil && k == 0) {
				all[a] = false
			}
		}
	}
	return all
}

func (b *blaster) made(bits []lit) []lit {
	b.values = append(b.values, bits)
	return bits
}

func (b *blaster) driven(s source) lit {
	b.sources = append(b.sources, s)
	return b.leaf(int32(len(b.sources) - 1))
}

func (b *blaster) leaves(n int, s source) []lit {
	bits := make([]lit, n)
	for i := range bits {
		bits[i] = b.driven(s)
	}
	return bits
}

func (b *blaster) Input(n *datapath.Node) []lit { return b.made(b.leaves(n.Type.Width, source{})) }

func constant(v int64, width int) []lit {
	bits := make([]lit, width)
	for i := range bits {
		bits[i] = lit(v >> i & 1)
	}
	return bits
}

func (b *blaster) Const(n *datapath.Node) []lit { return b.made(constant(n.Value, n.Type.Width)) }

// extended is bits as wide as is wanted.
func extended(bits []lit, width int, signed bool) []lit {
	out := make([]lit, width)
	fill := no
	if signed {
		fill = bits[len(bits)-1]
	}
	for i := range out {
		if i < len(bits) {
			out[i] = bits[i]
		} else {
			out[i] = fill
		}
	}
	return out
}

func (b *blaster) Cast(n *datapath.Node, a []lit, from datapath.Type) []lit {
	return b.made(extended(a, n.Type.Width, from.Signed))
}

func (b *blaster) Add(n *datapath.Node, x, y []lit) []lit {
	all := append(slices.Clip(b.addends(n.Args[0])), b.addends(n.Args[1])...)
	if len(all) == 2 {
		return b.made(b.sum(x, y, false))
	}
	return b.made(b.add(all, n.Type.Width))
}

func (b *blaster) Sub(n *datapath.Node, x, y []lit) []lit { return b.made(b.sum(x, y, true)) }

func (b *blaster) Shl(n *datapath.Node, a []lit) []lit {
	bits := constant(0, n.Type.Width)
	if n.Amount < len(bits) {
		copy(bits[n.Amount:], a)
	}
	return b.made(bits)
}

func (b *blaster) Shr(n *datapath.Node, a []lit) []lit {
	kept := a[min(n.Amount, len(a)):len(a):len(a)]
	return b.made(extended(append(kept, beyond(a, n.Type)), len(a), n.Type.Signed))
}

// beyond is the bit that is shifted in from above.
func beyond(bits []lit, t datapath.Type) lit {
	if t.Signed {
		return bits[len(bits)-1]
	}
	return no
}

func (b *blaster) Less(n *datapath.Node, x, y []lit, of datapath.Type) []lit {
	return b.made([]lit{b.less(n, x, y, of.Signed)})
}

func (b *blaster) Equal(n *datapath.Node, x, y []lit, _ datapath.Type) []lit {
	return b.made([]lit{b.equal(x, y)})
}

func (b *blaster) And(n *datapath.Node, x, y []lit) []lit { return b.bitwise(b.and, x, y) }
func (b *blaster) Or(n *datapath.Node, x, y []lit) []lit  { return b.bitwise(b.or, x, y) }
func (b *blaster) Xor(n *datapath.Node, x, y []lit) []lit { return b.bitwise(b.xor, x, y) }

func (b *blaster) bitwise(op func(x, y lit) lit, x, y []lit) []lit {
	bits := make([]lit, len(x))
	for i := range bits {
		bits[i] = op(x[i], y[i])
	}
	return b.made(bits)
}

func (b *blaster) Not(n *datapath.Node, a []lit) []lit {
	return b.made(inverted(a))
}

func (b *blaster) Mux(n *datapath.Node, sel, then, els []lit) []lit {
	bits := make([]lit, n.Type.Width)
	for i := range bits {
		bits[i] = b.mux(sel[0], then[i], els[i])
		switch {
		case b.uses[len(b.values)] != 1 || then[i].constant() && els[i].constant():
		case then[i].constant():
			b.forced[bits[i]] = register{d: els[i], force: sel[0], to: then[i]}
		case els[i].constant():
			b.forced[bits[i]] = register{d: then[i], force: sel[0].not(), to: els[i]}
		}
	}
	return b.made(bits)
}

// Reg makes registers that are equal to known ones, or constant, no new ones.
func (b *blaster) Reg(n *datapath.Node) []lit {
	bits := make([]lit, n.Type.Width)
	known := len(n.Args) > 0 && int(n.Args[0]) < len(b.values) && int(n.Args[len(n.Args)-1]) < len(b.values)
	if !known {
		for i := range bits {
			bits[i] = b.newRegister(register{})
		}
		return b.made(bits)
	}
	from, enable := &b.module.Nodes[n.Args[0]], yes
	if len(n.Args) == 2 {
		enable = b.values[n.Args[1]][0]
	}
	for i := range bits {
		r := register{d: b.values[n.Args[0]][i], enable: enable, cases: b.cases(from)}
		if w, ok := b.waiting[r.d]; ok {
			bits[i] = b.latched(w, enable)
			continue
		}
		if f, ok := b.forced[r.d]; ok && n.Reset == nil && b.part == ir.ICE40 {
			r.d, r.force, r.to = f.d, f.force, f.to
		}
		if r.d.constant() && b.compared(from, i) {
			bits[i] = b.newRegister(r)
			continue
		}
		bits[i] = b.register(r, n.Reset != nil, resetBit(n, i))
	}
	return b.made(bits)
}

func resetBit(n *datapath.Node, i int) lit {
	if n.Reset == nil {
		return no
	}
	return lit(*n.Reset >> i & 1)
}

func (b *blaster) register(r register, resets bool, to lit) lit {
	if r.d.constant() && (!resets || r.d == to) {
		return r.d
	}
	if resets {
		return b.newRegister(r)
	}
	at, ok := b.known[r]
	if !ok {
		at = b.newRegister(r)
		b.known[r] = at
	}
	return at
}

func (b *blaster) newRegister(r register) lit {
	b.registers = append(b.registers, r)
	return b.driven(source{kind: fromRegister, index: int32(len(b.registers) - 1)})
}

// Drive connects the registers of loops; the others are.
func (b *blaster) Drive(n *datapath.Node, reg, d []lit, enable *[]lit) {
	for i, l := range reg {
		if b.gates[l.node()].kind != leaf || l.constant() {
			continue
		}
		s := b.sources[b.gates[l.node()].source]
		if s.kind != fromRegister || b.registers[s.index] != (register{}) {
			continue
		}
		r := register{d: d[i], enable: yes}
		if enable != nil {
			r.enable = (*enable)[0]
		}
		b.registers[s.index] = r
	}
}

func (b *blaster) Output(name string, _ datapath.Type, v []lit) {
	b.outputs = append(b.outputs, v...)
}
