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

// curve is the least costs of covers that end on a rising curve, by its offset, or
// on a falling one, and then outputs are seen upside down. As a curve may rise at
// any time, what costs least at an offset is open to all higher ones: reached()[i] is
// for offset first+i and costs never more than reached()[i-1], the last one is for all
// offsets beyond, and those before first are of no use.
type curve struct {
	*plan
	mirrored bool
	first    int64
	count    int
	rooms    [2][]reached // one to build the next in
	now      int          // number of the room in use
	far      state        // come to the last output
}

// reached is an offset at a cost, on a curve from a cell on.
type reached struct {
	cost int64
	from int32
}

func (p *plan) newCurve(mirrored bool) *curve {
	return &curve{plan: p, mirrored: mirrored, far: nothing}
}

// step does a cell, which a curve enters from the near state or anew, drops what
// costs no less than keep, or than off where it is off the golden output, and finds the
// best.
func (c *curve) step(number int, cell *cell, base, keep, off int64, near *state) state {
	in := state{base, arc{slope: curved, from: int32(number)}}
	if near.cost < base {
		in = state{near.cost, arc{slope: curved, from: near.from}}
	}
	if c.mirrored {
		turned := cell.mirrored(c.min + c.max)
		cell = &turned
	}
	least := in
	least.improve(c.least())
	c.far.improve(least)
	if c.far = c.far.plus(cell.cost(c.max - cell.golden)); c.far.cost >= keep {
		c.far = nothing
	}
	best := c.far
	first, last := cell.errors(keep - least.cost)
	if last > 0 && cell.golden == c.min {
		_, last = cell.errors(min(keep, off) - least.cost)
		last = max(0, last)
	}
	best.improve(c.rise(cell, in, first, last, keep))
	return best
}

// mirrored is a cell with outputs y turned to sum-y.
func (c *cell) mirrored(sum int64) cell {
	m := *c
	m.golden, m.tilt, m.least, m.most = sum-c.golden, -c.tilt, -c.most, -c.least
	return m
}

// reached are those there are.
func (c *curve) reached() []reached { return c.rooms[c.now][:c.count] }

// least is the one that costs least, where there is one.
func (c *curve) least() state {
	if c.count == 0 {
		return nothing
	}
	last := c.rooms[c.now][c.count-1]
	return state{last.cost, arc{slope: curved, from: last.from}}
}

// rise does a cell for the offsets at which the error is between first and last, and the
// cost less than keep. It goes up to the offset that costs least, beyond which none is
// better.
func (c *curve) rise(cell *cell, in state, first, last, keep int64) state {
	climbed := c.steep.climb(cell.lo)
	margin := c.steep.slack + 2
	lowest, highest := c.low()-margin, c.high()+margin
	if first <= last {
		enters, _ := cell.errors(keep - in.cost)
		entered := (cell.golden+enters)<<c.guard - c.steep.slack
		lowest = max(lowest, (cell.golden+first)<<c.guard-c.steep.slack, min(entered, c.first+climbed))
		highest = min(highest, (cell.golden+last+1)<<c.guard-1)
	} else {
		highest = lowest - 1
	}
	old, spare := c.reached(), 1-c.now
	if n := int(highest - lowest + 1); n > len(c.rooms[spare]) {
		c.rooms[spare] = make([]reached, 2*n)
	}
	next, count := c.rooms[spare], 0
	after, value := reached{cost: infinite}, lowest
	end, guard, slack, start := len(old)-1, c.guard&63, c.steep.slack, climbed+c.first
	for ; value <= highest; value++ {
		at := reached{in.cost, in.from}
		i := min(int(value-start), end)
		if i >= 0 && old[i].cost < at.cost {
			at = old[i]
		}
		if at.cost < after.cost {
			// The error nearest to 0 that a curve at value can have: it is within first..last.
			d := max(value>>guard-cell.golden, min(0, (value+slack)>>guard-cell.golden))
			if at.cost += (cell.weight*d + cell.tilt) * d; at.cost < after.cost {
				after = at
			}
		}
		if after.cost < keep {
			next[count] = after
			count++
		}
		if i >= end && value >= cell.golden<<guard {
			value++
			break
		}
	}
	c.work += value - lowest
	c.now, c.count, c.first = spare, count, value-int64(count)-climbed
	return state{after.cost, arc{slope: curved, from: after.from}}
}
