package cost

import "slices"

// few is from how many leaves on functions are not told apart.
const few = 8

// function is what a node computes of few leaves: a bit for each of their values, of which
// the first leaf is the lowest bit. Each leaf has an effect.
type function struct {
	leafs [few]int32 // ascending; 0 beyond size
	size  int
	bits  [1 << few / 64]uint64
}

func (f *function) at(i int) uint64 { return f.bits[i/64] >> (i % 64) & 1 }

func (f *function) set(i int, to uint64) { f.bits[i/64] |= to << (i % 64) }

// sweeper makes nodes that compute the same of few leaves one, as ABC does before it covers
// them.
type sweeper struct {
	*network
	functions []function       // of each node; those of more leaves have the size -1
	first     map[function]lit // by functions whose first bit is 0
	same      []lit            // of each node: the first that computes the same
	now       []lit            // what became of each node of the network that is swept
}

// swept is the network without what there is twice, and what became of each node.
func (n *network) swept() (*network, []lit) {
	s := &sweeper{network: newNetwork(), functions: make([]function, 1, len(n.gates)), first: map[function]lit{{}: no}, same: make([]lit, 1, len(n.gates)), now: make([]lit, 1, len(n.gates))}
	for i := range n.gates[1:] {
		s.now = append(s.now, s.node(&n.gates[i+1]))
	}
	return s.network, s.now
}

func (s *sweeper) node(g *gate) lit {
	var l lit
	switch g.kind {
	case leaf:
		l = s.leaf(g.source)
	case and:
		l = s.and(renamed(s.now, g.a), renamed(s.now, g.b))
	case xor:
		l = s.xor(renamed(s.now, g.a), renamed(s.now, g.b))
	}
	if int(l.node()) == len(s.same) {
		s.same = append(s.same, s.representative(l.node()))
	}
	return renamed(s.same, l)
}

// representative is the first node that computes the same as a new one.
func (s *sweeper) representative(i int32) lit {
	f, own := s.function(i), lit(i)<<1
	s.functions = append(s.functions, f)
	if f.size < 0 {
		return own
	}
	inverse := f.at(0) == 1
	if inverse {
		f.invert()
	}
	if first, known := s.first[f]; known {
		return first.when(inverse)
	}
	s.first[f] = own.when(inverse)
	return own
}

// renamed is a signal after its node became another one.
func renamed(now []lit, l lit) lit { return now[l.node()].when(l.inverted()) }

// function is that of a new node.
func (s *sweeper) function(i int32) (f function) {
	g := &s.gates[i]
	if g.kind == leaf {
		return function{leafs: [few]int32{i}, size: 1, bits: [len(f.bits)]uint64{0b10}}
	}
	a, b := &s.functions[g.a.node()], &s.functions[g.b.node()]
	if a.size < 0 || b.size < 0 {
		return function{size: -1}
	}
	all := slices.Concat(a.leafs[:a.size], b.leafs[:b.size])
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > few {
		return function{size: -1}
	}
	f.size = copy(f.leafs[:], all)
	fromA, fromB := a.places(all), b.places(all)
	for v := range 1 << f.size {
		x, y := a.at(fromA[v])^uint64(truth(g.a.inverted())), b.at(fromB[v])^uint64(truth(g.b.inverted()))
		if g.kind == and {
			f.set(v, x&y)
		} else {
			f.set(v, x^y)
		}
	}
	f.shrink()
	return f
}

// places is where in the bits of a function each value of more leaves is.
func (f *function) places(all []int32) []int {
	places := make([]int, 1, 1<<len(all))
	at := 0
	for _, l := range all {
		step := 0
		if at < f.size && f.leafs[at] == l {
			step = 1 << at
			at++
		}
		for _, p := range places {
			places = append(places, p+step)
		}
	}
	return places
}

// shrink leaves out leaves without effect.
func (f *function) shrink() {
	for k := f.size - 1; k >= 0; k-- {
		if !f.depends(k) {
			f.fix(k)
		}
	}
}

// depends reports whether a leaf has an effect.
func (f *function) depends(k int) bool {
	for v := range 1 << f.size {
		if v>>k&1 == 0 && f.at(v) != f.at(v|1<<k) {
			return true
		}
	}
	return false
}

// fix sets a leaf to 0.
func (f *function) fix(k int) {
	g := function{size: f.size - 1}
	copy(g.leafs[:], slices.Delete(slices.Clone(f.leafs[:f.size]), k, k+1))
	for v := range 1 << g.size {
		low := v & (1<<k - 1)
		g.set(v, f.at((v-low)<<1|low))
	}
	*f = g
}

func (f *function) invert() {
	for v := range 1 << f.size {
		f.bits[v/64] ^= 1 << (v % 64)
	}
}

// sweep sweeps the logic of a module.
func (b *blaster) sweep() {
	var now []lit
	b.network, now = b.swept()
	rename := func(all ...*lit) {
		for _, l := range all {
			*l = renamed(now, *l)
		}
	}
	each := func(all ...[]lit) {
		for _, bits := range all {
			for i := range bits {
				rename(&bits[i])
			}
		}
	}
	each(b.outputs)
	for i := range b.registers {
		r := &b.registers[i]
		rename(&r.d, &r.enable, &r.force, &r.to)
	}
	for i := range b.chains {
		b.chains[i].propagate, b.chains[i].generate = slices.Clone(b.chains[i].propagate), slices.Clone(b.chains[i].generate)
		each(b.chains[i].propagate, b.chains[i].generate)
	}
	for _, m := range b.memories {
		rename(&m.enable)
		m.addr, m.data = slices.Clone(m.addr), slices.Clone(m.data)
		each(m.enables, m.addr, m.data, m.delayed)
		for i := range m.reads {
			r := &m.reads[i]
			r.addr, r.bits = slices.Clone(r.addr), slices.Clone(r.bits)
			rename(&r.hit)
			each(r.addr, r.bits, r.words)
		}
	}
	for i := range b.roms {
		r := &b.roms[i]
		r.index = slices.Clone(r.index)
		each(r.index)
	}
}
