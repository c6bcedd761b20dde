package cost

import (
	"grauc/ir"
	"grauc/ir/datapath"
)

// memory is a written memory and what it is connected to.
type memory struct {
	*datapath.Memory
	reads      []read
	enable     lit
	addr, data []lit
	live       bool
}

// read is a port. On ice40, what is read while it is written is not defined: Yosys writes a
// clock later, and passes by what is to be written when hit says so.
type read struct {
	addr, bits []lit
	hit        lit
}

// What Yosys gives a bit of a memory and a whole one of each kind, in its libraries of
// memories: it takes the kind that comes cheapest.
const (
	ramBit      = 1 // as flip-flops
	distributed = 8 // RAM32M or RAM64M
)

var romBit = map[ir.Part]float64{ir.XC7: 1.0 / 64, ir.ICE40: 1.0 / 16} // of a table, as logic

var blockPrice = map[ir.Part]float64{ir.XC7: 129, ir.ICE40: 64}

// shapes are the words that a block memory can have, by their width.
var shapes = map[ir.Part][]struct{ width, depth int }{
	ir.XC7:   {{36, 512}, {18, 1024}, {9, 2048}, {4, 4096}, {2, 8192}, {1, 16384}},
	ir.ICE40: {{16, 256}, {8, 512}, {4, 1024}, {2, 2048}},
}

// blocks is how many block memories hold words.
func blocks(part ir.Part, width, depth int) int {
	least := 0
	for _, s := range shapes[part] {
		n := up(width, s.width) * up(depth, s.depth)
		if least == 0 || n < least {
			least = n
		}
	}
	return least
}

func up(n, by int) int { return (n + by - 1) / by }

// distributedUnits is how many RAM32M or RAM64M, of four look-up tables each, hold words.
func distributedUnits(width, depth int) int {
	if depth <= 32 {
		return up(width, 6)
	}
	return up(width, 3) * up(depth, 64)
}

// memory is what a written memory takes: block memories where its words go into registers
// at once, look-up tables, or registers.
func (l *live) memory(m *memory) {
	if m.live {
		return
	}
	m.live = true
	l.root(m.enable)
	for _, r := range append(append([]lit{}, m.addr...), m.data...) {
		l.root(r)
	}
	for _, r := range m.reads {
		for _, a := range r.addr {
			l.root(a)
		}
	}
	bits := m.Type.Width * m.Depth
	n := blocks(l.part, m.Type.Width, m.Depth)
	asBlocks := float64(n) * blockPrice[l.part]
	units := distributedUnits(m.Type.Width, m.Depth)
	other := float64(bits * ramBit)
	if l.part == ir.XC7 {
		other = min(other, float64(units*distributed))
	}
	for _, r := range m.reads {
		switch {
		case asBlocks < other && l.registered(r.bits):
			l.cost.BRAM += n
			l.cost.FF -= len(r.bits)
			if l.part == ir.ICE40 {
				l.bypass(m, r)
			}
		case l.part == ir.XC7:
			l.cost.LUT += 4 * units
		default:
			l.cost.FF += bits
			l.cost.LUT += bits // a multiplexer of two for each bit but one
		}
	}
}

// bypass is a multiplexer for each bit of what is read and of what was to be written; that
// is kept until then, and until its place is read.
func (l *live) bypass(m *memory, r read) {
	l.root(r.hit)
	l.cost.LUT += len(r.bits)
	l.cost.FF += 2
	for bits, stages := range map[*[]lit]int{&m.data: 2, &m.addr: 1} {
		for _, b := range *bits {
			if !l.delayed[b] {
				l.delayed[b] = true
				l.cost.FF += stages
			}
		}
	}
}

// rom is a table in block memories.
type rom struct {
	index, bits []lit
	blocks      int
	live        bool
}

// inBlocks reports whether a table is cheaper in block memories than as logic, and can be
// there: they read at a clock edge, so that its index has to be in registers, which they
// take the place of, or of those after them.
func (b *blaster) inBlocks(n *datapath.Node, index []lit) bool {
	for _, l := range index {
		g := &b.gates[l.node()]
		if l.constant() || g.kind != leaf || b.sources[g.source].kind != fromRegister {
			return false
		}
	}
	logic := float64(len(n.Table)*n.Type.Width) * romBit[b.part]
	return float64(blocks(b.part, n.Type.Width, len(n.Table)))*blockPrice[b.part] < logic
}

func (l *live) rom(r *rom) {
	if r.live {
		return
	}
	r.live = true
	l.cost.BRAM += r.blocks
	if l.registered(r.bits) {
		l.cost.FF -= len(r.bits)
	} else {
		l.cost.FF -= len(r.index)
	}
	for _, x := range r.index {
		l.root(x)
	}
}

// registered reports whether bits go into registers as they are.
func (l *live) registered(bits []lit) bool {
	if l.captured == nil {
		l.captured = map[lit]bool{}
		for _, r := range l.registers {
			l.captured[r.d] = true
		}
	}
	for _, b := range bits {
		if !l.captured[b] {
			return false
		}
	}
	return true
}
