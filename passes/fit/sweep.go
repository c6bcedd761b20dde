package fit

import (
	"math"
	"math/bits"
)

// plan is a problem of least squares: to cover the cells, in order, with segments,
// each on one of the slopes with some bias.
type plan struct {
	cells    []cell
	slopes   []*slope // that have one value in each cell
	flat     int32    // number of the constant among them
	steep    *steep   // what stands for all others, or nil
	guard    int
	min, max int64 // outputs; where values wrap, one beyond, which no line may have
	floor    int64 // what all cells cost without any error
	objective
	work   int64 // steps done
	budget int64 // steps allowed
	at     telling
	stage  string
	told   int // percent of the budget that was told of
	rooms  *rooms
}

// rooms is room for what is made again and again for sweeps.
type rooms struct {
	cells, back          []cell  // of a plan, and seen from the other end
	states, kept, layers []state // of covers: for a price, for the best price, and by the number of segments
}

// low..high-1 are the values of lines whose outputs are neither the smallest nor
// the largest.
func (p *plan) low() int64  { return (p.min + 1) << p.guard }
func (p *plan) high() int64 { return p.max << p.guard }

func (p *plan) output(value int64) int64 { return max(p.min, min(value>>p.guard, p.max)) }

// arc is the last segment of a cover of the first few cells: from the cell
// numbered from on. The slope is a number of those of the plan, or curved: one of those
// that steep stands for.
type arc struct {
	bias  int64
	slope int32
	from  int32
}

const curved = -1

// state is an arc with the cost of the cover.
type state struct {
	cost int64
	arc
}

var nothing = state{infinite, arc{slope: curved}}

func (s *state) improve(t state) {
	if t.cost < s.cost {
		*s = t
	}
}

// plus is the state after a cell that costs more.
func (s state) plus(cost int64) state {
	if s.cost += cost; s.cost >= infinite {
		return nothing
	}
	return s
}

// entry tells for what cost a segment may start with cell c, given that of the
// best cover of the cells before; keep tells from what cost on a state after cell
// c is of no use, given the best of them or an upper bound of it. Segments start with
// the cells first..last only.
type entry interface {
	enter(c int, before int64) int64
	keep(c int, best int64) int64
	starts() (first, last int)
}

// covers are the best covers of the first cells up to each, from the cell numbered from
// on; where there are no states there are no covers.
type covers struct {
	from   int
	states []state
}

func (cs *covers) at(c int) state {
	if i := c - cs.from; i >= 0 && i < len(cs.states) {
		return cs.states[i]
	}
	return nothing
}

// trackWork is the work that a track is in a cell, besides its lines.
const trackWork = 4

// sweeper goes over the cells. It knows for every line the least cost of a cover
// that ends on it. A line that costs no less than starting anew is left out. Where
// the output is still the smallest, or the largest, all lines are alike, and one
// near state stands for those that will leave it; one far state for those that got
// there and stay.
type sweeper struct {
	*plan
	entry
	tracks           []track
	live             []uint64 // a bit for each track that has lines
	level            level
	nearMin, nearMax state // no segment has left the smallest, the largest output
	farMin, farMax   state // all have come to it
	rising, falling  *curve
	room             int64   // biases that tracks have room for
	entering         []int64 // costs of the lines that start with the cell at hand

	// Outputs of use in the cell at hand: of any line, as none costs less than the best cover
	// before, and of one that leaves the smallest, or the largest, output.
	useful, fromMin, fromMax stretch
}

// stretch is outputs or biases from one to another.
type stretch struct{ first, last int64 }

// near are the outputs that cost less than room in a cell.
func (c *cell) near(room int64) stretch {
	first, last := c.errors(room)
	return stretch{c.golden + first, c.golden + last}
}

// biases are those with which a line that has a value has such outputs.
func (p *plan) biases(outputs stretch, value int64) stretch {
	return stretch{outputs.first<<p.guard - value, (outputs.last+1)<<p.guard - 1 - value}
}

// sweep finds the best cover of the first cells up to each, in room as far as that goes.
// It fails if that takes more work than the budget allows.
func (p *plan) sweep(e entry, room []state) (best covers, ok bool) {
	s := &sweeper{plan: p, entry: e, nearMin: nothing, nearMax: nothing, farMin: nothing, farMax: nothing}
	s.tracks, s.live = make([]track, len(p.slopes)), make([]uint64, (len(p.slopes)+63)/64)
	for i, slope := range p.slopes {
		s.tracks[i] = track{slope: slope, number: int32(i), hi: -1, grain: slope.sum.Grain(), until: math.MinInt64, room: &s.room}
	}
	if p.steep != nil {
		s.rising, s.falling = p.newCurve(false), p.newCurve(true)
	}
	first, last := e.starts()
	best = covers{from: first, states: room}
	before := state{arc: arc{slope: curved}}
	for c := first; c < len(p.cells) && (c <= last || c > first && before.cost < infinite); c++ {
		before = s.step(c, before)
		best.states = append(best.states, before)
		for end := s.idle(c, before.cost); c < end; c++ {
			best.states = append(best.states, before)
		}
		if p.tellWork(); s.spent() {
			p.work = max(p.work, p.budget+1) // another sweep would find no more room
			return covers{}, false
		}
	}
	return best, true
}

// mostRoom bounds the biases that tracks have room for together, of 12 bytes each.
const mostRoom = 1 << 28

// spent reports whether the sweep takes more work or room than it may, and fails.
func (s *sweeper) spent() bool { return s.work > s.budget || s.room > mostRoom }

// step does cell number c, before which the best cover is before.
func (s *sweeper) step(c int, before state) state {
	cell := &s.cells[c]
	s.level.reach(s, c)
	base := min(s.enter(c, before.cost), infinite)
	if base == infinite && before.cost >= infinite {
		return nothing
	}
	best := state{base, arc{cell.golden << s.guard, s.flat, int32(c)}}
	keep := s.keep(c, min(base, s.extended(cell, before)))
	off := s.off(base)
	if s.steep != nil {
		best.improve(s.rising.step(c, cell, base, keep, off, &s.nearMin))
		best.improve(s.falling.step(c, cell, base, keep, off, &s.nearMax))
	}
	s.useful = cell.near(min(keep, off) - before.cost)
	best.improve(s.lines(c, cell, base, min(keep, off)))
	best.improve(s.clamped(c, cell, base, keep))
	s.begin(c, cell, base, min(s.keep(c, best.cost), off))
	return best
}

// lines does a cell for the lines of all tracks and finds the best. A track without
// any is passed by, unless some come out of a near state.
func (s *sweeper) lines(c int, cell *cell, base, keep int64) state {
	best := nothing
	s.fromMin, s.fromMax = cell.near(keep-s.nearMin.cost), cell.near(keep-s.nearMax.cost)
	emerge := s.nearMin.cost+cell.cost(max(0, s.min+1-cell.golden)) < min(base, keep) ||
		s.nearMax.cost+cell.cost(min(0, s.max-1-cell.golden)) < min(base, keep)
	for w := range s.live {
		if s.spent() {
			return nothing
		}
		live := s.live[w]
		left := live
		if emerge {
			left = ^uint64(0) >> max(0, (w+1)<<6-len(s.tracks))
		}
		for ; left != 0; left &= left - 1 {
			bit := bits.TrailingZeros64(left)
			t := &s.tracks[w<<6+bit]
			if cell.lo >= t.until {
				s.advance(t, c, cell.lo, base)
			}
			if t.lo <= t.hi {
				s.extend(t, cell, base, keep, &best)
			}
			if t.lo <= t.hi {
				live |= 1 << bit
			} else {
				live &^= 1 << bit
			}
			s.work += t.hi - t.lo + trackWork
		}
		s.live[w] = live
	}
	return best
}

// advance brings a track to the value at the start x of cell number c.
func (s *sweeper) advance(t *track, c int, x, base int64) {
	if c > 0 {
		if before := s.cells[c-1].lo; before >= t.until {
			t.value = t.slope.sum.At(before)
		}
	}
	value := t.slope.sum.At(x)
	if c > 0 && value != t.value {
		s.move(t, value, base)
	}
	t.value, t.until = value, (x>>t.grain+1)<<t.grain
}

// extended is the cost of the best cover if its last segment goes on.
func (s *sweeper) extended(cell *cell, before state) int64 {
	if before.slope == curved {
		return infinite
	}
	y := s.output(before.bias + s.slopes[before.slope].sum.At(cell.lo))
	return before.plus(cell.cost(y - cell.golden)).cost
}

// move takes the lines that come to the smallest or the largest output to the far
// states, and those that leave it from the near ones, but for those of no use in the cell.
func (s *sweeper) move(t *track, value, base int64) {
	low, high := s.low(), s.high()
	if value > t.value {
		for ; t.lo <= t.hi && t.hi+value >= high; t.hi-- {
			s.farMax.improve(t.state(t.hi))
		}
		last := low - 1 - t.value // the highest bias still at the smallest output
		if s.nearMin.cost < base {
			s.leave(t, value, stretch{low - value, min(last, high-1-value)}, s.fromMin, s.nearMin)
			if last+value >= high {
				s.farMax.improve(state{s.nearMin.cost, arc{last, t.number, s.nearMin.from}})
			}
		}
		return
	}
	for ; t.lo <= t.hi && t.lo+value < low; t.lo++ {
		s.farMin.improve(t.state(t.lo))
	}
	first := high - t.value // the lowest bias still at the largest output
	if s.nearMax.cost < base {
		s.leave(t, value, stretch{max(first, low-value), high - 1 - value}, s.fromMax, s.nearMax)
		if first+value < low {
			s.farMin.improve(state{s.nearMax.cost, arc{first, t.number, s.nearMax.from}})
		}
	}
}

// leave gives biases the state at the end of the outputs that they leave for a value, but for
// those of no use. Other lines of no use go at once: what is kept is from the first line to the
// last, and values may be far from what they were.
func (s *sweeper) leave(t *track, value int64, those, outputs stretch, end state) {
	useful, near := s.biases(s.useful, value), s.biases(outputs, value)
	t.lo, t.hi = max(t.lo, useful.first), min(t.hi, useful.last)
	t.fill(max(those.first, near.first), min(those.last, near.last), end)
}

// extend adds a cell to the lines of a track, drops those that are of no use and
// improves the best.
func (s *sweeper) extend(t *track, cell *cell, base, keep int64, best *state) {
	costs, mask, guard := t.costs, int64(len(t.costs)-1), s.guard&63
	weight, tilt, off := cell.weight, cell.tilt, t.value-cell.golden<<guard
	useful := s.biases(s.useful, t.value)
	from, to := max(t.lo, useful.first), min(t.hi, useful.last)
	least, leastBias := best.cost, to+1
	lo, hi := int64(math.MaxInt64), int64(math.MinInt64) // of what stays
	for bias := from; bias <= to; bias++ {
		line, d := &costs[bias&mask], (bias+off)>>guard
		cost := *line + (weight*d+tilt)*d
		if *line >= base || cost >= keep {
			*line = infinite
			continue
		}
		*line = cost
		lo, hi = min(lo, bias), bias
		if cost < least {
			least, leastBias = cost, bias
		}
	}
	if leastBias <= to {
		*best = t.state(leastBias)
	}
	if t.lo, t.hi = lo, hi; lo > hi {
		t.lo, t.hi = 0, -1
	}
}

// clamped adds a cell to the near and far states, drops those that are of no use
// and finds the best.
func (s *sweeper) clamped(c int, cell *cell, base, keep int64) state {
	s.nearMin.improve(state{base, arc{s.min << s.guard, s.flat, int32(c)}})
	s.nearMax.improve(state{base, arc{s.max << s.guard, s.flat, int32(c)}})
	best := nothing
	for i, end := range []*state{&s.nearMin, &s.farMin, &s.nearMax, &s.farMax} {
		y := s.min
		if i >= 2 {
			y = s.max
		}
		if *end = end.plus(cell.cost(y - cell.golden)); end.cost >= keep {
			*end = nothing
		}
		best.improve(*end)
	}
	return best
}

// begin enters the lines that start with this cell, but for those of no use.
func (s *sweeper) begin(c int, cell *cell, base, keep int64) {
	first, last := cell.errors(keep - base)
	first, last = max(cell.golden+first, s.min+1), min(cell.golden+last, s.max-1)
	if first > last {
		return
	}
	s.work += (last - first + 1) << s.guard * int64(len(s.tracks))
	s.entering = s.entering[:0]
	for value := first << s.guard; value < (last+1)<<s.guard; value++ {
		s.entering = append(s.entering, base+cell.cost(value>>s.guard-cell.golden))
	}
	for i := range s.tracks {
		if s.spent() {
			return
		}
		t := &s.tracks[i]
		if cell.lo >= t.until {
			t.turn(cell.lo)
		}
		s.live[i>>6] |= 1 << (i & 63)
		t.begin(first<<s.guard-t.value, s.entering, int32(c))
	}
}

// begin gives the biases from lo on these costs where they are better.
func (t *track) begin(lo int64, entering []int64, from int32) {
	t.reach(lo, lo+int64(len(entering))-1)
	mask := int64(len(t.costs) - 1)
	for i, cost := range entering {
		if at := (lo + int64(i)) & mask; cost < t.costs[at] {
			t.costs[at], t.from[at] = cost, from
		}
	}
}

// track is the costs of the lines of a slope, and the cells they start from, for
// the biases lo..hi, in rings.
type track struct {
	slope  *slope
	number int32 // of the slope
	grain  uint  // the value changes at multiples of 2^grain only
	until  int64 // the next of them
	value  int64 // of the slope in the cell done last
	lo, hi int64
	costs  []int64
	from   []int32
	room   *int64 // of all tracks
}

// turn takes the value at x.
func (t *track) turn(x int64) {
	t.value, t.until = t.slope.sum.At(x), (x>>t.grain+1)<<t.grain
}

func (t *track) state(bias int64) state {
	i := bias & int64(len(t.costs)-1)
	return state{t.costs[i], arc{bias, t.number, t.from[i]}}
}

// fill gives the biases lo..hi a state where that is better.
func (t *track) fill(lo, hi int64, s state) {
	if lo > hi {
		return
	}
	t.reach(lo, hi)
	t.improve(lo, hi, s.cost, s.from)
}

// improve is fill for biases that are in use.
func (t *track) improve(lo, hi, cost int64, from int32) {
	mask := len(t.costs) - 1
	for bias := lo; bias <= hi; bias++ {
		if i := int(bias) & mask; cost < t.costs[i] {
			t.costs[i], t.from[i] = cost, from
		}
	}
}

// reach makes lo..hi part of the biases in use.
func (t *track) reach(lo, hi int64) {
	if t.lo > t.hi {
		t.lo, t.hi = lo, lo-1
	}
	if t.lo <= lo && hi <= t.hi {
		return
	}
	newLo, newHi := min(t.lo, lo), max(t.hi, hi)
	if need := newHi - newLo + 1; need > int64(len(t.costs)) {
		t.grow(need)
	}
	mask := int64(len(t.costs) - 1)
	for bias := newLo; bias < t.lo; bias++ {
		t.costs[bias&mask] = infinite
	}
	for bias := t.hi + 1; bias <= newHi; bias++ {
		t.costs[bias&mask] = infinite
	}
	t.lo, t.hi = newLo, newHi
}

func (t *track) grow(need int64) {
	size := int64(16)
	for size < need {
		size *= 2
	}
	*t.room += size - int64(len(t.costs))
	costs, from := make([]int64, size), make([]int32, size)
	for bias := t.lo; bias <= t.hi; bias++ {
		costs[bias&(size-1)] = t.costs[bias&int64(len(t.costs)-1)]
		from[bias&(size-1)] = t.from[bias&int64(len(t.from)-1)]
	}
	t.costs, t.from = costs, from
}
