package cost

import (
	"math"
	"math/bits"
	"slices"
)

// wide is the most inputs that a look-up table is looked for with.
const wide = 8

// kept is how many ways to cover a node are kept, as ABC does.
const kept = 8

// cut is a set of nodes, ascending, from which a look-up table computes a node.
type cut struct {
	size  int8
	leafs [wide]int32
	seen  uint64  // a bit for each leaf, by its hash: cuts of few leaves are told apart
	depth int32   // look-up tables one after another
	load          // what it takes
	refs  float32 // how many use a leaf, on average
}

// load is what look-up tables take: by their prices, and inputs.
type load struct{ area, edges float32 }

func (l *load) add(m load) { l.area, l.edges = l.area+m.area, l.edges+m.edges }

func (l load) shared(by float32) load { return load{l.area / by, l.edges / by} }

// cover chooses look-up tables that compute the roots of a network: the priority cuts of
// ABC's command `if`.
type cover struct {
	*network
	roots []lit
	price [wide + 1]float32 // of a look-up table, by its inputs
	most  int               // inputs
	cuts  [][]cut           // of each node
	best  []cut             // of each gate
	limit []int32           // of each node: how deep it may be, for no way to be longer than the longest must be
	uses  []float32         // of each node: how many use it, estimated
	refs  []int32           // of each node: how many look-up tables and roots use it
	live  []int32           // gates that roots depend on, ascending
}

// newCover prepares to cover roots.
func newCover(n *network, roots []lit, price []float32) *cover {
	c := &cover{network: n, roots: roots, most: len(price) - 1}
	copy(c.price[:], price)
	size := len(n.gates)
	c.cuts, c.best = make([][]cut, size), make([]cut, size)
	c.uses, c.refs, c.limit = make([]float32, size), make([]int32, size), make([]int32, size)
	for _, r := range roots {
		c.uses[r.node()]++
	}
	for i := int32(size) - 1; i > 0; i-- {
		if g := &n.gates[i]; c.uses[i] > 0 && g.kind != leaf {
			c.live = append(c.live, i)
			c.uses[g.a.node()]++
			c.uses[g.b.node()]++
		}
	}
	slices.Reverse(c.live)
	for i := range c.limit {
		c.limit[i] = math.MaxInt32
		c.refs[i] = int32(c.uses[i])
	}
	return c
}

// round is one of choosing the cover anew with what is known from the last one.
type round struct {
	less  func(a, b *cut) bool // the better cut
	fresh bool                 // as if there were no cover yet: its cuts are only taken where they are no deeper
	exact bool                 // by what a cut adds to the cover, not by shares
}

// rounds are those of ABC: the shallowest cover, in two ways; then, no deeper, the smallest.
var rounds = []round{
	{less: shallower, fresh: true},
	{less: shallowerThenSmaller, fresh: true},
	{less: smaller, fresh: true},
	{less: smaller},
	{less: smaller, exact: true},
	{less: smaller, exact: true},
}

// near is the difference of loads that counts as none.
const near = 0.005

// ordered compares by the first of pairs of numbers that differ.
func ordered(pairs ...[2]float32) bool {
	for _, p := range pairs {
		if d := p[0] - p[1]; d < -near || d > near {
			return d < 0
		}
	}
	return false
}

func shallower(a, b *cut) bool {
	if a.depth != b.depth {
		return a.depth < b.depth
	}
	return ordered([2]float32{float32(a.size), float32(b.size)}, [2]float32{a.area, b.area}, [2]float32{a.edges, b.edges})
}

func shallowerThenSmaller(a, b *cut) bool {
	if a.depth != b.depth {
		return a.depth < b.depth
	}
	return ordered([2]float32{a.area, b.area}, [2]float32{a.edges, b.edges}, [2]float32{float32(a.size), float32(b.size)})
}

func smaller(a, b *cut) bool {
	return ordered([2]float32{a.area, b.area}, [2]float32{a.edges, b.edges}, [2]float32{b.refs, a.refs},
		[2]float32{float32(a.size), float32(b.size)}, [2]float32{float32(a.depth), float32(b.depth)})
}

// choose chooses the cover and gives how many look-up tables it has of each size.
func (c *cover) choose() [wide + 1]int {
	for k, r := range rounds {
		if r.fresh {
			c.original()
		} else if !r.exact {
			for _, i := range c.live {
				c.uses[i] = (2*c.uses[i] + float32(c.refs[i])) / 3
			}
		}
		for _, i := range c.live {
			c.improve(i, &rounds[k])
		}
		c.reference()
		c.allow()
	}
	var count [wide + 1]int
	for _, i := range c.live {
		if c.refs[i] > 0 {
			count[c.best[i].size]++
		}
	}
	for i := range c.opposites() {
		count[c.best[i].size]++
	}
	return count
}

// opposites are the gates that are wanted as they are and as their complement, for which there
// is another look-up table.
func (c *cover) opposites() map[int32]bool {
	wanted, both := map[lit]bool{}, map[int32]bool{}
	for _, r := range c.roots {
		wanted[r] = true
		if wanted[r.not()] && c.gates[r.node()].kind != leaf {
			both[r.node()] = true
		}
	}
	return both
}

// original counts who uses the nodes without a cover.
func (c *cover) original() {
	for i := range c.refs {
		c.refs[i] = int32(c.uses[i])
	}
}

// of is the cuts of a node, the node itself as the last.
func (c *cover) of(i int32, own *[1]cut) [2][]cut {
	own[0] = cut{size: 1, leafs: [wide]int32{i}, seen: 1 << (uint32(i) % 64)}
	return [2][]cut{c.cuts[i], own[:]}
}

// improve finds the best cuts of a gate.
func (c *cover) improve(i int32, r *round) {
	g, best := &c.gates[i], &c.best[i]
	if !r.fresh && c.refs[i] > 0 {
		c.drop(best)
	}
	cuts := make([]cut, 0, kept+1)
	if best.size > 0 {
		c.weigh(best, r)
		if !r.fresh {
			cuts = append(cuts, *best)
		}
	}
	var own, other [1]cut
	as, bs := c.of(g.a.node(), &own), c.of(g.b.node(), &other)
	for _, as := range as {
		for x := range as {
			for _, bs := range bs {
				for y := range bs {
					cuts = c.consider(cuts, &as[x], &bs[y], c.limit[i], r)
				}
			}
		}
	}
	c.cuts[i] = cuts
	if !r.fresh || cuts[0].depth <= c.limit[i] {
		*best = cuts[0]
	}
	if !r.fresh && c.refs[i] > 0 {
		c.take(best)
	}
}

// consider puts the union of two cuts in its place among the best, unless one of these is
// part of it.
func (c *cover) consider(cuts []cut, a, b *cut, limit int32, r *round) []cut {
	m, ok := c.merge(a, b)
	if !ok {
		return cuts
	}
	for i := range cuts {
		if cuts[i].within(&m) {
			return cuts
		}
	}
	c.weigh(&m, r)
	if !r.fresh && m.depth > limit {
		return cuts
	}
	cuts = slices.DeleteFunc(cuts, func(k cut) bool { return m.within(&k) })
	at := len(cuts)
	for at > 0 && r.less(&m, &cuts[at-1]) {
		at--
	}
	if at == kept {
		return cuts
	}
	cuts = slices.Insert(cuts, at, m)
	return cuts[:min(len(cuts), kept)]
}

// merge is the union of cuts, where it is not too large.
func (c *cover) merge(a, b *cut) (cut, bool) {
	m := cut{seen: a.seen | b.seen}
	if bits.OnesCount64(m.seen) > c.most {
		return m, false
	}
	x, y := int8(0), int8(0)
	for x < a.size || y < b.size {
		if int(m.size) == c.most {
			return m, false
		}
		switch {
		case y == b.size || x < a.size && a.leafs[x] < b.leafs[y]:
			m.leafs[m.size] = a.leafs[x]
			x++
		case x == a.size || a.leafs[x] > b.leafs[y]:
			m.leafs[m.size] = b.leafs[y]
			y++
		default:
			m.leafs[m.size] = a.leafs[x]
			x++
			y++
		}
		m.size++
	}
	return m, true
}

// weigh finds how deep a cut is and what it takes.
func (c *cover) weigh(m *cut, r *round) {
	m.depth, m.refs = 0, 0
	if r.exact {
		m.load = c.take(m)
		c.drop(m)
	} else {
		m.load = load{c.price[m.size], float32(m.size)}
	}
	for _, l := range m.leafs[:m.size] {
		m.depth = max(m.depth, c.best[l].depth)
		m.refs += float32(c.refs[l])
		switch {
		case r.exact:
		case c.refs[l] == 0:
			m.load.add(c.best[l].load)
		default:
			m.load.add(c.best[l].shared(c.uses[l]))
		}
	}
	m.depth++
	m.refs /= float32(m.size)
	if r.fresh {
		m.refs = 0
	}
}

// within reports whether all leaves of a are among those of b.
func (a *cut) within(b *cut) bool {
	if a.size > b.size || a.seen&^b.seen != 0 {
		return false
	}
	y := int8(0)
	for _, l := range a.leafs[:a.size] {
		for y < b.size && b.leafs[y] < l {
			y++
		}
		if y == b.size || b.leafs[y] != l {
			return false
		}
	}
	return true
}

// reference counts who uses the nodes of the cover that the best cuts make.
func (c *cover) reference() {
	clear(c.refs)
	for _, r := range c.roots {
		c.refs[r.node()]++
	}
	for k := len(c.live) - 1; k >= 0; k-- {
		i := c.live[k]
		if c.refs[i] == 0 {
			continue
		}
		for _, l := range c.best[i].leafs[:c.best[i].size] {
			c.refs[l]++
		}
	}
}

// allow finds how deep each look-up table of the cover may be.
func (c *cover) allow() {
	longest := int32(0)
	for _, r := range c.roots {
		longest = max(longest, c.best[r.node()].depth)
	}
	for i := range c.limit {
		c.limit[i] = math.MaxInt32
	}
	for _, r := range c.roots {
		c.limit[r.node()] = longest
	}
	for k := len(c.live) - 1; k >= 0; k-- {
		i := c.live[k]
		if c.refs[i] == 0 {
			continue
		}
		for _, l := range c.best[i].leafs[:c.best[i].size] {
			c.limit[l] = min(c.limit[l], c.limit[i]-1)
		}
	}
}

// take uses a cut and gives what it adds.
func (c *cover) take(m *cut) load {
	all := load{c.price[m.size], float32(m.size)}
	for _, l := range m.leafs[:m.size] {
		if c.refs[l]++; c.refs[l] == 1 && c.gates[l].kind != leaf {
			all.add(c.take(&c.best[l]))
		}
	}
	return all
}

// drop undoes take.
func (c *cover) drop(m *cut) {
	for _, l := range m.leafs[:m.size] {
		if c.refs[l]--; c.refs[l] == 0 && c.gates[l].kind != leaf {
			c.drop(&c.best[l])
		}
	}
}
