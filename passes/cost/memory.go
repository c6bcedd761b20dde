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
	reads   []read
	enable  lit
	enables []lit // of each bank
	addr    []lit
	data    []lit
	delayed []lit // on ice40: of what is written, those that outlast it
	live    bool
}

// read is a port. On ice40, what is read while it is written is not defined: Yosys writes a
// clock later, and passes by what is to be written when hit says so.
type read struct {
	geometry
	inBlocks   bool
	addr, bits []lit
	words      []lit // on ice40, in block memories: what is passed by
	hit        lit
}

// What Yosys gives a bit of a memory as flip-flops and of a table as logic, in its libraries
// of memories: it takes the kind that comes cheapest.
const ramBit = 1

var romBit = map[ir.Part]float64{ir.XC7: 1.0 / 64, ir.ICE40: 1.0 / 16}

// maskedWidth is the width of the words of an ice40's block memory of which single bits are written.
const maskedWidth = 16

// Read reads block memories where its word goes into registers at once, distributed memory, or
// registers.
func (b *blaster) Read(n *datapath.Node, mem *datapath.Memory, addr []lit) []lit {
	if mem.Held != nil {
		held := datapath.Node{Type: n.Type, Table: mem.Held}
		return b.Table(&held, addr)
	}
	r := read{addr: addr}
	s := source{kind: fromMemory, index: int32(n.Mem)}
	m := b.memories[n.Mem]
	m.reads = append(m.reads, r)
	at := len(m.reads) - 1
	r.geometry, r.inBlocks = b.geometry(mem, n.Args[0], len(addr))
	if !r.inBlocks {
		r.bits = b.banks(n.Type.Width, s, r.banks, addr[len(addr)-r.bankBits(len(addr)):])
	} else {
		r.bits = b.await(&word{from: s, width: n.Type.Width, geometry: r.geometry, addr: addr, read: at})
	}
	m.reads[at] = r
	return b.made(r.bits)
}

// geometry is that in which words come cheapest, and whether in block memories; one bank without
// any is registers.
func (b *blaster) geometry(m *datapath.Memory, addr datapath.Ref, address int) (geometry, bool) {
	best := geometry{banks: 1, deep: 1 << address, price: float64(m.Type.Width * m.Depth * ramBit)}
	if b.part == ir.XC7 {
		kinds := distributedKinds
		if m.Addr == addr {
			kinds = singleKinds
		}
		if g := cheapest(kinds, m.Type.Width, m.Depth, true); g.price < best.price {
			best = g
		}
	}
	g := cheapest(blockKinds[b.part], m.Type.Width, m.Depth, true)
	price := g.price
	if b.part == ir.ICE40 {
		price += float64(m.Type.Width + address + 1) // what passes them by
	}
	if b.taken[len(b.values)] && price < best.price {
		return g, true
	}
	return best, false
}

// word is what is read from block memories into registers.
type word struct {
	from source
	geometry
	width int
	addr  []lit
	read  int   // port of a memory
	bits  []lit // what registers that the memories take the place of hold; none yet
}

// waits is a bit of a word.
type waits struct {
	*word
	bit int
}

// await is a word that is to go into registers.
func (b *blaster) await(w *word) []lit {
	bits := b.leaves(w.width, w.from)
	for i, l := range bits {
		b.waiting[l] = waits{w, i}
	}
	return bits
}

// banks is a word of banks that the highest bits of an address choose from.
func (b *blaster) banks(width int, from source, banks int, chosen []lit) []lit {
	bits := make([]lit, width)
	for i := range bits {
		of := b.leaves(banks, from)
		for _, c := range chosen {
			var half []lit
			for k := 0; k < len(of); k += 2 {
				if k+1 == len(of) {
					half = append(half, of[k])
				} else {
					half = append(half, b.mux(c, of[k+1], of[k]))
				}
			}
			of = half
		}
		bits[i] = of[0]
	}
	return bits
}

// latched is what a register that block memories take the place of holds: the bits of the
// address that say which bank are kept for it.
func (b *blaster) latched(w waits, enable lit) lit {
	if w.bits != nil {
		return w.bits[w.bit]
	}
	chosen := slices.Clone(w.addr[len(w.addr)-w.bankBits(len(w.addr)):])
	for i, a := range chosen {
		chosen[i] = b.register(register{d: a, enable: enable}, false, no)
	}
	w.bits = b.banks(w.width, w.from, w.word.banks, chosen)
	if w.from.kind == fromMemory && b.part == ir.ICE40 {
		r := &b.memories[w.from.index].reads[w.read]
		r.words, r.bits = w.bits, b.leaves(w.width, w.from)
		w.bits = r.bits
	}
	return w.bits[w.bit]
}

func (b *blaster) Write(mem *datapath.Memory, enable, addr, data []lit) {
	for _, m := range b.memories {
		if m.Memory != mem {
			continue
		}
		m.enable, m.addr, m.data = enable[0], addr, data
		m.enables = b.enables(m)
		if b.part == ir.ICE40 {
			b.delay(m)
		}
	}
}

// enables say what is written: a bank, or, where single bits are, which of the words that are
// one of 16 bits, and for each block memory whether any.
func (b *blaster) enables(m *memory) []lit {
	if len(m.reads) == 0 {
		return []lit{m.enable}
	}
	g := &m.reads[0].geometry
	high := m.addr[len(m.addr)-g.bankBits(len(m.addr)):]
	banks := make([][]lit, g.banks)
	for i := range banks {
		banks[i] = []lit{b.all(append(b.is(high, i), m.enable))}
		if g.masked {
			banks[i] = b.within(banks[i][0], m.addr, maskedWidth/g.unit)
		}
	}
	all := slices.Concat(banks...)
	if g.masked {
		width := m.Type.Width
		for low := 0; low < width*g.banks; low += g.unit {
			high := min(low+g.unit, width*g.banks)
			all = append(all, b.any(slices.Concat(banks[low/width:up(high, width)]...)))
		}
	}
	return all
}

// within are the enables of so many words by the lowest bits of an address.
func (b *blaster) within(enable lit, addr []lit, words int) []lit {
	all := make([]lit, words)
	for i := range all {
		all[i] = b.all(append(b.is(addr[:bits.Len(uint(words-1))], i), enable))
	}
	return all
}

// is are the bits that say whether an address is a number, all of which have to be set.
func (b *blaster) is(addr []lit, number int) []lit {
	all := make([]lit, len(addr))
	for k, a := range addr {
		all[k] = a.when(number>>k&1 == 0)
	}
	return all
}

// delay is what ice40 takes to read what is being written: the writing a clock later, and
// the word once more for the clock in which it is read.
func (b *blaster) delay(m *memory) {
	later := func(bits []lit) []lit {
		out := make([]lit, len(bits))
		for i, l := range bits {
			out[i] = b.register(register{d: l, enable: yes}, false, no)
		}
		return out
	}
	enable, addr, data := later([]lit{m.enable}), later(m.addr), later(m.data)
	m.delayed = slices.Concat(enable, addr, later(data))
	for i, r := range m.reads {
		same := enable
		for k := range min(len(addr), len(r.addr)) {
			same = append(same, b.xor(addr[k], r.addr[k]).not())
		}
		m.reads[i].hit = b.register(register{d: b.all(same), enable: yes}, false, no)
	}
}

// memory is what a written memory takes. Where it is registers, two look-up tables of four
// inputs are a multiplexer of four words, and one says that a word is written.
func (l *live) memory(m *memory) {
	if m.live {
		return
	}
	m.live = true
	l.rootAll(m.enables, m.addr, m.data)
	for _, r := range m.reads {
		l.rootAll(r.addr)
		switch {
		case r.inBlocks:
			l.cost.BRAM += r.n
			if l.part == ir.ICE40 {
				l.bypass(m, r)
			}
		case r.n > 0:
			l.cost.LUT += r.n
		default:
			l.cost.FF += m.Type.Width * m.Depth
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
	l.rootAll(r.words, m.delayed)
}

// rom is a table in block memories.
type rom struct {
	geometry
	index []lit
	moved int // registers of the index that they take the place of
	live  bool
}

// inBlocks reports whether a table is block memories: if it is in one piece, they are cheaper,
// and it can be. They read at a clock edge, so that either its word has to go into registers or
// its index to be in some, which they take the place of.
func (b *blaster) inBlocks(t *datapath.Node, index []lit) bool {
	if len(t.Table) > 1<<datapath.TableBits || !BlocksPay(b.part, t.Type.Width, inCases(t.Table)) {
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
	return cheapest(blockKinds[part], width, depth, false).price < float64(depth*width)*romBit[part]
}

// blocks is a table in block memories.
func (b *blaster) blocks(n *datapath.Node, index []lit) []lit {
	width, s := n.Type.Width, source{kind: fromROM, index: int32(len(b.roms))}
	r := rom{geometry: cheapest(blockKinds[b.part], width, inCases(n.Table), false), index: index}
	high := r.bankBits(len(index))
	var bits []lit
	if b.stored[len(b.values)] {
		bits = b.await(&word{from: s, width: width, geometry: r.geometry, addr: index})
	} else {
		r.moved = len(index) - high
		bits = b.banks(width, s, r.banks, index[len(index)-high:])
	}
	b.roms = append(b.roms, r)
	return b.made(bits)
}

func (l *live) rom(r *rom) {
	if r.live {
		return
	}
	r.live = true
	l.cost.BRAM += r.n
	l.cost.FF -= r.moved
	l.rootAll(r.index)
}
