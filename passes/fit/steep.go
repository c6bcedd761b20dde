package fit

// steep stands for slopes that do not have one value in each cell. Such a line is
// rate*x plus something that only rises, less what its terms floor off; so it is
// some curve, given by an offset that only rises, at
// offset + (x >> shift) + 0..slack, where 2^-shift is at most the rate. A curve
// may bend where lines do not, so its cost is a lower bound.
type steep struct {
	shift uint
	level bool // no rate at all is certain
	slack int64
}

// climb is how far a curve has risen at x, as far as is certain.
func (s *steep) climb(x int64) int64 {
	if s.level {
		return 0
	}
	return x >> s.shift
}

// curve is the least costs of covers that end on a curve, by its offset: rising,
// or falling and then seen upside down.
type curve struct {
	*plan
	mirrored bool
	first    int64 // offset
	costs    []int64
	from     []int32
	far      state // that have come to the last output
	risen    state // the best of those that may just have
}

// margin is how far beyond the values that matter offsets are kept.
func (s *steep) margin() int64 { return s.slack + 2 }

func (p *plan) newCurve(mirrored bool) *curve {
	last := p.cells[len(p.cells)-1]
	climb := p.steep.climb(last.hi) - p.steep.climb(p.cells[0].lo)
	n := climb + p.high() - p.low() + 2*p.steep.margin() + 1
	c := &curve{plan: p, mirrored: mirrored, far: nothing, risen: nothing, costs: make([]int64, n), from: make([]int32, n)}
	c.first = p.low() - p.steep.margin() - p.steep.climb(last.hi)
	for i := range c.costs {
		c.costs[i] = infinite
	}
	return c
}

// width is the number of offsets that matter in one cell.
func (c *curve) width() int64 { return c.high() - c.low() + 2*c.steep.margin() + 1 }

// step does a cell, which a curve enters from the near state or anew. A curve may
// rise at any time: what costs least at an offset is open to all higher ones.
func (c *curve) step(number int, cell *cell, base int64, near *state) state {
	in := state{base, arc{from: number}}
	if near.cost < base {
		in = state{near.cost, arc{from: near.from}}
	}
	golden := cell.golden
	if c.mirrored {
		golden = c.min + c.max - golden
	}
	climbed := c.steep.climb(cell.lo)
	offset := c.low() - c.steep.margin() - climbed
	before, after := in, nothing
	for i := offset - c.first; i < offset-c.first+c.width(); i++ {
		before.improve(state{c.costs[i], arc{from: int(c.from[i])}})
		value := i + c.first + climbed
		d := c.distance(value, golden)
		after.improve(before.plus(cell.cost(d, c.limit)))
		c.costs[i], c.from[i] = after.cost, int32(after.from)
	}
	c.far.improve(before)
	c.far.improve(c.risen)
	c.risen = after
	c.far = c.far.plus(cell.cost(c.max-golden, c.limit))
	after.improve(c.far)
	return after
}

// distance is the least error a curve at value can have.
func (c *curve) distance(value, golden int64) int64 {
	return max(0, c.output(value)-golden, golden-c.output(value+c.steep.slack))
}
