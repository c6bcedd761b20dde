package cost

import (
	"math"
	"slices"
)

// wide is the most inputs that a look-up table is looked for with.
const wide = 8

// kept is how many ways to cover a node are kept: with more, hardly any design gets
// smaller.
const kept = 8

// cut is a set of nodes, ascending, from which a look-up table computes a node.
type cut struct {
	size  int8
	leafs [wide]int32
	seen  uint64 // a bit for each leaf, by its hash: cuts of few leaves are told apart
	flow  float32
	depth int32 // look-up tables one after another
}

// cover chooses look-up tables that compute the roots of a network.
type cover struct {
	*network
	price [wide + 1]float32 // of a look-up table, by its inputs
	most  int               // inputs
	cuts  [][]cut           // of each node
	best  []cut             // of each gate
	flow  []float32         // area that a node takes, shared by those that use it
	depth []int32           // of each node: look-up tables on the way to it
	limit []int32           // of each node: how large that may be, for no way to be longer than the longest must be
	uses  []float32         // of each node: how many use it, estimated
	refs  []int32           // of each node: how many look-up tables and roots use it
	live  []int32           // gates that roots depend on, ascending

	longest int32 // the least that the largest depth can be
}

// newCover prepares to cover roots.
func newCover(n *network, roots []lit, price []float32) *cover {
	c := &cover{network: n, most: len(price) - 1}
	copy(c.price[:], price)
	size := len(n.gates)
	c.cuts, c.best = make([][]cut, size), make([]cut, size)
	c.flow, c.uses, c.refs = make([]float32, size), make([]float32, size), make([]int32, size)
	c.depth, c.limit = make([]int32, size), make([]int32, size)
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
	return c
}

// passes is how often the cover is chosen anew with what is known from the last one: at
// first the shallowest, then the smallest that is no deeper, as ABC does.
const passes = 4

// choose chooses the cover and gives how many look-up tables it has of each size.
func (c *cover) choose(roots []lit) [wide + 1]int {
	for pass := range passes {
		for _, i := range c.live {
			c.enumerate(i, pass == 0)
		}
		c.reference(roots)
		if pass == 0 {
			c.longest = 0
			for _, r := range roots {
				c.longest = max(c.longest, c.depth[r.node()])
			}
		}
		c.allow(roots)
		for i, n := range c.refs {
			c.uses[i] = (c.uses[i] + 2*max(float32(n), 1)) / 3
		}
	}
	for range 2 {
		c.recover()
		c.allow(roots)
	}
	var count [wide + 1]int
	for _, i := range c.live {
		if c.refs[i] > 0 {
			count[c.best[i].size]++
		}
	}
	return count
}

// of is the cuts of a node, the node itself as the last.
func (c *cover) of(i int32, own *[1]cut) ([]cut, []cut) {
	own[0] = cut{size: 1, leafs: [wide]int32{i}, seen: 1 << (uint32(i) % 64)}
	return c.cuts[i], own[:]
}

// enumerate finds the best cuts of a gate.
func (c *cover) enumerate(i int32, shallow bool) {
	g := &c.gates[i]
	var own, other [1]cut
	cuts := make([]cut, 0, kept+1)
	a1, a2 := c.of(g.a.node(), &own)
	b1, b2 := c.of(g.b.node(), &other)
	var shallowest cut
	for _, as := range [2][]cut{a1, a2} {
		for x := range as {
			for _, bs := range [2][]cut{b1, b2} {
				for y := range bs {
					m, ok := c.merge(&as[x], &bs[y])
					if !ok {
						continue
					}
					cuts = c.keep(cuts, m)
					if shallowest.size == 0 || m.depth < shallowest.depth || m.depth == shallowest.depth && m.flow < shallowest.flow {
						shallowest = m
					}
				}
			}
		}
	}
	if !slices.ContainsFunc(cuts, func(m cut) bool { return m.depth <= shallowest.depth }) {
		cuts[len(cuts)-1] = shallowest
	}
	best := shallowest
	if !shallow {
		for _, m := range cuts {
			if m.depth <= c.limit[i] {
				best = m
				break
			}
		}
	}
	c.cuts[i], c.best[i] = cuts, best
	c.depth[i], c.flow[i] = best.depth, best.flow/max(c.uses[i], 1)
}

// merge is the union of cuts, where it is not too large.
func (c *cover) merge(a, b *cut) (cut, bool) {
	m := cut{seen: a.seen | b.seen}
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
		m.flow += c.flow[m.leafs[m.size]]
		m.depth = max(m.depth, c.depth[m.leafs[m.size]])
		m.size++
	}
	m.flow += c.price[m.size]
	m.depth++
	return m, true
}

// keep puts a cut in its place, if it is among the best and no other one is part of it.
func (c *cover) keep(cuts []cut, m cut) []cut {
	for i := range cuts {
		if cuts[i].within(&m) && cuts[i].flow <= m.flow && cuts[i].depth <= m.depth {
			return cuts
		}
	}
	at := len(cuts)
	for at > 0 && (m.flow < cuts[at-1].flow || m.flow == cuts[at-1].flow && m.size < cuts[at-1].size) {
		at--
	}
	if at == kept {
		return cuts
	}
	cuts = slices.Insert(cuts, at, m)
	return cuts[:min(len(cuts), kept)]
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
func (c *cover) reference(roots []lit) {
	clear(c.refs)
	for _, r := range roots {
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
func (c *cover) allow(roots []lit) {
	for i := range c.limit {
		c.limit[i] = math.MaxInt32
	}
	for _, r := range roots {
		c.limit[r.node()] = c.longest
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

// recover chooses for each look-up table the cut that adds least to all others.
func (c *cover) recover() {
	for _, i := range c.live {
		if c.refs[i] == 0 {
			continue
		}
		c.drop(&c.best[i])
		best := c.best[i]
		least := c.take(&best)
		c.drop(&best)
		for k := range c.cuts[i] {
			m := &c.cuts[i][k]
			if c.deep(m) > c.limit[i] {
				continue
			}
			area := c.take(m)
			c.drop(m)
			if area < least {
				best, least = *m, area
			}
		}
		c.best[i], c.depth[i] = best, c.deep(&best)
		c.take(&best)
	}
}

// deep is the depth of a cut as its leaves are now.
func (c *cover) deep(m *cut) int32 {
	depth := int32(0)
	for _, l := range m.leafs[:m.size] {
		depth = max(depth, c.depth[l])
	}
	return depth + 1
}

// take uses a cut and gives what it adds.
func (c *cover) take(m *cut) float32 {
	area := c.price[m.size]
	for _, l := range m.leafs[:m.size] {
		if c.refs[l]++; c.refs[l] == 1 && c.gates[l].kind != leaf {
			area += c.take(&c.best[l])
		}
	}
	return area
}

// drop undoes take.
func (c *cover) drop(m *cut) {
	for _, l := range m.leafs[:m.size] {
		if c.refs[l]--; c.refs[l] == 0 && c.gates[l].kind != leaf {
			c.drop(&c.best[l])
		}
	}
}
