package cost

import (
	"math/bits"
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
)

// memory is a written memory and what it is connected to.
type memory struct {
	*datapath.Memory
	reads      []read
	enable     lit
	addr, data []lit
	delayed    []lit // on ice40: of what is written, those that outlast it
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
	distributed = 8 // four look-up tables
)

var romBit = map[ir.Part]float64{ir.XC7: 1.0 / 64, ir.ICE40: 1.0 / 16} // of a table, as logic

var blockPrice = map[ir.Part]float64{ir.XC7: 129, ir.ICE40: 64}

// shapes are the words that a block memory can have, by their width.
var shapes = map[ir.Part][]struct{ width, depth int }{
	ir.XC7:   {{36, 512}, {18, 1024}, {9, 2048}, {4, 4096}, {2, 8192}, {1, 16384}},
	ir.ICE40: {{16, 256}, {8, 512}, {4, 1024}, {2, 2048}, {1, 4096}},
}

// blocks is how many block memories hold words, and how deep they are, together.
func blocks(part ir.Part, width, depth int) (n, deep int) {
	for _, s := range shapes[part] {
		m := up(width, s.width) * up(depth, s.depth)
		if n == 0 || m < n || m == n && !(part == ir.ICE40 && s.depth == maskedDepth) { // what is deeper needs less to join it
			n, deep = m, s.depth
		}
	}
	return n, deep
}

func up(n, by int) int { return (n + by - 1) / by }

// bitDeep is how many words of one bit a block memory of xc7 has.
const bitDeep = 16384

// writeMask is what it takes to write a single bit of a word of an ice40's block memory,
// as memories of words of one bit are: they are read as words of two.
const (
	writeMask   = 22
	maskedDepth = 4096
	wordsRead   = 2
)

// banks is what joins the block memories of deep words each that one is made of: a
// multiplexer for each bit of what is read, and who is written. Who was read is kept, unless
// the bits of the address that say so are anyway; what masks the bits that are written is
// that of all memories with the address.
func (l *live) banks(m *memory, r read, deep int) {
	width, addr := m.Type.Width, r.addr
	if l.part == ir.XC7 && deep == bitDeep {
		deep *= 4 // those of one bit are joined without look-up tables
	}
	ways := up(m.Depth, deep)
	if ways > 1 {
		l.cost.LUT += ways
	}
	if l.part == ir.ICE40 && deep == maskedDepth {
		if by := m.addr[len(m.addr)-1]; !l.masks[by] {
			l.masks[by] = true
			l.cost.LUT += (writeMask - 1) * ways
		}
		ways *= wordsRead
	}
	if ways > 1 {
		l.cost.LUT += width * ways * 2 / 3
		for _, a := range addr[len(addr)-bits.Len(uint(ways-1)):] {
			l.keep(a)
		}
	}
}

// keep makes a register for a bit where there is none.
func (l *live) keep(x lit) {
	if !l.registered([]lit{x}) {
		l.captured[x] = true
		l.cost.FF++
	}
}

// joins is how many bits come from more than one part of a distributed memory.
func (m *memory) joins() int {
	if m.Depth <= 64 || m.single() {
		return 0
	}
	return m.Type.Width * (up(m.Depth, 64) - 1)
}

// single reports whether a memory is read where it is written.
func (m *memory) single() bool { return len(m.reads) == 1 && slices.Equal(m.reads[0].addr, m.addr) }

// distributedLUTs is what words take in look-up tables. Each holds 64 bits where the memory
// is read where it is written; else RAM32M or RAM64M do, of four look-up tables each.
func distributedLUTs(m *memory) int {
	width, depth := m.Type.Width, m.Depth
	if m.single() {
		return width * 1 << bits.Len(uint((depth-1)/64))
	}
	return 4 * distributedUnits(width, depth)
}

func distributedUnits(width, depth int) int {
	if depth <= 32 {
		return up(width, 6)
	}
	return up(width, 3) * up(depth, 64)
}

// memory is what a written memory takes: block memories where its words go into registers
// at once, look-up tables, or registers: then two look-up tables of four inputs are a
// multiplexer of four words, and one says that a word is written.
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
	size := m.Type.Width * m.Depth
	n, deep := blocks(l.part, m.Type.Width, m.Depth)
	asBlocks := float64(n) * blockPrice[l.part]
	tables := distributedLUTs(m)
	other := float64(size * ramBit)
	if l.part == ir.XC7 {
		other = min(other, float64(tables*distributed)/4+float64(m.joins()))
	}
	for _, r := range m.reads {
		blocks := asBlocks
		if l.part == ir.ICE40 {
			blocks += float64(len(r.bits) + len(r.addr) + 1) // what passes them by
		}
		switch {
		case blocks < other && l.registered(r.bits):
			l.cost.BRAM += n
			l.cost.FF -= len(r.bits)
			l.banks(m, r, deep)
			if l.part == ir.ICE40 {
				l.bypass(m, r)
			}
		case l.part == ir.XC7:
			l.cost.LUT += tables
		default:
			l.cost.FF += size
			l.cost.LUT += m.Type.Width*up(2*(m.Depth-1), 3) + m.Depth
			for _, x := range r.bits {
				l.muxed[x] = true
			}
		}
	}
}

// bypass is a multiplexer for each bit of what is read and of what was to be written; that
// is kept until then, and until its place is read.
func (l *live) bypass(m *memory, r read) {
	l.root(r.hit)
	l.cost.LUT += len(r.bits)
	for _, x := range r.bits {
		l.passed[x] = true
	}
	for _, d := range m.delayed {
		l.root(d)
	}
}

// rom is a table in block memories, of deep words each.
type rom struct {
	index, bits  []lit
	blocks, deep int
	live         bool
}

// ways is from how many bits each bit of a word is chosen: those of different block memories,
// and of the two words that one of ice40 reads at once.
func (r *rom) ways(part ir.Part) int {
	ways := up(1<<len(r.index), r.deep)
	if part == ir.ICE40 && r.deep == maskedDepth {
		ways *= wordsRead
	}
	return ways
}

// inBlocks reports whether a table is block memories: if it is in one piece, they are cheaper,
// and it can be. They read at a clock edge, so that either its word has to go into registers or
// its index to be in some, which they take the place of.
func (b *blaster) inBlocks(t *datapath.Node, index []lit) bool {
	if len(t.Table) > 1<<datapath.TableBits || !BlocksPay(b.part, t.Type.Width, len(t.Table)) {
		return false
	}
	return b.stored[len(b.values)] || !slices.ContainsFunc(index, func(l lit) bool {
		g := &b.gates[l.node()]
		return l.constant() || g.kind != leaf || b.sources[g.source].kind != fromRegister
	})
}

// BlocksPay reports whether words are cheaper in block memories than as logic, as Yosys
// weighs them.
func BlocksPay(part ir.Part, width, depth int) bool {
	n, _ := blocks(part, width, depth)
	return float64(n)*blockPrice[part] < float64(depth*width)*romBit[part]
}

func (l *live) rom(r *rom) {
	if r.live {
		return
	}
	r.live = true
	l.cost.BRAM += r.blocks
	ways := r.ways(l.part)
	chosen := r.index[len(r.index)-bits.Len(uint(ways-1)):] // they say which block memory, a clock later
	l.cost.LUT += len(r.bits) * up(2*(ways-1), 3)
	if l.registered(r.bits) {
		l.cost.FF -= len(r.bits)
		for _, x := range chosen {
			l.keep(x)
		}
	} else {
		l.cost.FF -= len(r.index) - len(chosen)
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
