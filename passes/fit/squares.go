package fit

import (
	"math"
	"slices"
)

// priced lets a segment start anywhere for a price. A cover of least cost and
// prices together, whatever the price, bounds the cost of every cover of so many
// segments: it is no less than that minus so many prices. Where it has just
// as many segments, it is the best of them.
type priced struct{ price int64 }

func (p priced) enter(_ int, before int64) int64 { return before + p.price }
func (p priced) keep(_ int, best int64) int64    { return best + p.price }
func (p priced) starts() (first, last int)       { return 0, math.MaxInt }

// layered finds the best covers of one segment more than those in previous, or of
// one where there are none. What does not come to less than limit with what the cells
// after cost at least is not followed.
type layered struct {
	previous covers
	before   []state // best covers from the other end, with prices
	prices   int64   // of as many segments as there may be yet
	limit    int64
}

// rest bounds from below what the cells from number c on will cost.
func (l *layered) rest(c int) int64 {
	if c == len(l.before) {
		return 0
	}
	return max(0, l.before[len(l.before)-1-c].cost-l.prices)
}

func (l *layered) enter(c int, _ int64) int64 {
	switch {
	case l.previous.states == nil && c == 0:
		return 0
	case c == 0:
		return infinite
	}
	if before := l.previous.at(c - 1).cost; before+l.rest(c) < l.limit {
		return before
	}
	return infinite
}

func (l *layered) keep(c int, _ int64) int64 {
	keep := l.limit - l.rest(c+1)
	if l.previous.states != nil {
		keep = min(keep, l.previous.at(c).cost)
	}
	return keep
}

func (l *layered) starts() (first, last int) {
	if l.previous.states == nil {
		return 0, 0
	}
	first = l.previous.from + 1
	last = min(l.previous.from+len(l.previous.states), len(l.before)-1)
	for first <= last && l.enter(first, 0) == infinite {
		first++
	}
	for last >= first && l.enter(last, 0) == infinite {
		last--
	}
	return first, last
}

// search is the search for a fit of least squares of at most a number of
// segments.
type search struct {
	*plan
	segments int
	finer    bool  // there is a finer grid to go on with
	best     []arc // in order, of cells from..next.from-1

	leastCost int64 // of best, or of a fit known before
	bound     int64
	next      int64   // price to go on with
	price     int64   // that gave the best bound
	upTo      []state // best covers of the first cells up to each, at that price
}

// cover is segments with their cost. It is real if none of them is a curve.
type cover struct {
	arcs []arc
	real bool
	cost int64
}

func (c *cover) add(a arc) {
	c.arcs = append(c.arcs, a)
	c.real = c.real && a.slope != curved
}

// at is the cost with the price of the segments.
func (c *cover) at(price int64) int64 { return c.cost + price*int64(len(c.arcs)) }

// try finds the best cover for a price and takes what that teaches. It is nil if
// that took too much work.
func (s *search) try(price int64) *cover {
	room := sized(s.rooms.states, len(s.cells))[:0]
	s.rooms.states = room
	swept, ok := s.sweep(priced{price}, room)
	if !ok {
		return nil
	}
	best := swept.states
	c := &cover{real: true, cost: best[len(best)-1].cost}
	bound := func(best []state, price int64) int64 { return best[len(best)-1].cost - price*int64(s.segments) }
	if s.upTo == nil || bound(best, price) > bound(s.upTo, s.price) {
		s.price, s.upTo = price, best
		s.rooms.states, s.rooms.kept = s.rooms.kept, s.rooms.states
		s.bound = max(s.bound, bound(best, price))
	}
	for i := int32(len(best) - 1); i >= 0; i = best[i].from - 1 {
		c.add(best[i].arc)
	}
	slices.Reverse(c.arcs)
	c.cost -= price * int64(len(c.arcs))
	s.offer(c)
	return c
}

// offer takes a cover if it is real, has few enough segments and is better.
func (s *search) offer(c *cover) {
	if c.real && len(c.arcs) <= s.segments && c.cost < s.leastCost {
		s.best, s.leastCost = c.arcs, c.cost
	}
}

// run looks for a price at which the best cover has as many segments as allowed. Where it
// has one more or fewer, or no price gives just so many, it goes over to the search by
// number of segments.
func (s *search) run() {
	var few, many *cover
	for s.bound < s.leastCost {
		price := max(1, s.next)
		c := s.try(price)
		if c == nil {
			return
		}
		tied := few != nil && many != nil && c.at(price) >= min(few.at(price), many.at(price))
		more := len(c.arcs) - s.segments
		near := -1 <= more && more <= 1
		if more > 0 {
			many = c
		} else if more < 0 {
			few = c
		}
		s.next = s.guess(c, few, many, price)
		gap := price>>nearBits + 1
		switch {
		case !c.real && s.finer && more <= s.segments/2:
			if near && few != nil && many != nil {
				s.next = price // a better guess for another grid than one from far apart
			}
			return
		case more == 0, tied, few == nil && price >= infinite>>8, many == nil && price <= 1:
			for ; s.bound < s.leastCost && s.close(s.bound+gap); gap *= 4 {
			}
			return
		case near || s.bound+gap >= s.leastCost:
			if !s.close(s.bound + gap) {
				return
			}
		}
	}
}

// guess is a price for about as many segments as allowed, after one gave a cover with
// fewer or more: that at which covers with fewer and with more cost the same. Where there
// is only one of the two, the best fit known stands for the other. It costs too much, so
// the price is too high, or too low; one far off is met halfway. Prices fall at least as
// the square of the number of segments, by experience.
func (s *search) guess(c, few, many *cover, price int64) int64 {
	more := int64(len(c.arcs) - s.segments)
	switch {
	case few != nil && many != nil:
		return (few.cost - many.cost) / int64(len(many.arcs)-len(few.arcs))
	case more > 0:
		known := (s.leastCost - c.cost) / more
		if known > price+price>>1 {
			known = int64(math.Sqrt(float64(price) * float64(known)))
		}
		return max(price+price>>nearBits+1, known)
	case more < 0:
		n, most := int64(len(c.arcs)), int64(s.segments)
		return max(price*n/most*n/most, (s.leastCost-c.cost)/more)
	}
	return price
}

// nearBits says in which share of the price above the bound to search by number of
// segments, as a power of two.
const nearBits = 3

// close looks for the best cover by its number of segments, among those that cost less
// than a limit, with what the prices taught to keep the work small. It tells whether there
// is none but may be beyond.
func (s *search) close(limit int64) (beyond bool) {
	limit = min(limit, s.leastCost)
	best, ok := s.layers(limit)
	if !ok {
		return false
	}
	if best == nil {
		s.bound = limit
		return true
	}
	s.bound = max(s.bound, best.cost)
	if s.offer(best); best.real || s.finer {
		return false
	}
	steep := s.steep
	s.steep = nil
	if best, _ := s.layers(s.leastCost); best != nil {
		s.offer(best)
	}
	s.steep = steep
	return false
}

// layers finds the best cover that costs less than a limit, nil if none does. It
// fails if that takes too much work. It goes from the last cell to the first, as it is
// known for what price all before a cell can be covered.
func (s *search) layers(limit int64) (found *cover, ok bool) {
	n := len(s.cells)
	var layers []covers
	l := &layered{limit: limit, before: s.upTo}
	r := s.reversed()
	s.rooms.layers = sized(s.rooms.layers, n)
	room := s.rooms.layers[:0]
	for k := range s.segments {
		l.prices = s.price * int64(s.segments-k)
		best, ok := r.sweep(l, room)
		if s.work, s.told = r.work, r.told; !ok {
			return nil, false
		}
		layers = append(layers, best)
		if cost := best.at(n - 1).cost; cost < l.limit {
			l.limit = cost
			found = s.coverOf(layers)
		}
		l.previous, room = best, best.states[len(best.states):]
	}
	return found, true
}

// coverOf is the cover of all cells that the last layer found from the other end.
func (s *search) coverOf(layers []covers) *cover {
	i := len(s.cells) - 1
	c := &cover{real: true, cost: layers[len(layers)-1].at(i).cost}
	for k := len(layers) - 1; k >= 0; k-- {
		a := layers[k].at(i).arc
		if a.slope != curved {
			a.bias += s.slopes[a.slope].negative(s.guard).sum.At(-1)
		}
		i, a.from = int(a.from)-1, int32(len(s.cells)-1-i)
		c.add(a)
	}
	return c
}

// reversed is the plan seen from the other end, by ^x for x. A floor of ^x is ^ of
// the floor, so each slope becomes its negative, up to a constant.
func (s *search) reversed() *plan {
	r := *s.plan
	s.rooms.back = sized(s.rooms.back, len(s.cells))
	r.cells = s.rooms.back
	for i, c := range s.cells {
		c.lo, c.hi = ^c.hi, ^c.lo
		r.cells[len(r.cells)-1-i] = c
	}
	r.slopes = make([]*slope, len(s.slopes))
	for i, sl := range s.slopes {
		r.slopes[i] = sl.negative(s.guard)
	}
	return &r
}

// firstPrice is what a segment may be worth where some fit has a cost: a third more than its
// share, by experience.
func firstPrice(cost int64, segments int) int64 { return cost / int64(segments) * 4 / 3 }

// leastCost finds pieces, at most so many, that cost little, starting from some,
// and a bound: what no such fit within the shape can go below. The two are equal
// where the fit is proved to be the best. When a budget of work is used up, in
// lines times cells, it goes without the proof.
func (f *fitter) leastCost(start []piece, segments int, o objective, budget int64) (pieces []piece, cost, bound int64) {
	pieces, cost = start, f.costOf(start, &o)
	work, grid, price := int64(0), f.grid(), firstPrice(cost, segments)
	for finer := true; finer && bound < cost; grid-- {
		p := f.plan(grid, o)
		s := &search{plan: p, segments: segments, leastCost: cost - p.floor, next: price}
		finer = grid > 0 && len(s.cells) <= mostCells && f.cellsOn(grid) <= mostCut && work < budget/4 && (s.steep == nil || !s.steep.level)
		s.work, s.budget, s.finer = work, budget, finer
		s.run()
		work, bound, price = s.work, max(bound, s.bound+p.floor), s.next
		if s.best != nil {
			pieces, cost = f.pieces(p, s.best), s.leastCost+p.floor
		}
	}
	if bound < cost {
		pieces = f.lessCost(pieces, segments, o, budget)
		cost = f.costOf(pieces, &o)
	}
	return pieces, cost, bound
}

// lessCost improves pieces as leastCost does, but only by slopes for which the
// first grid is fine enough, and without a proof.
func (f *fitter) lessCost(start []piece, segments int, o objective, budget int64) []piece {
	p := f.plan(f.grid(), o)
	s := &search{plan: p, segments: segments, leastCost: f.costOf(start, &o) - p.floor}
	s.budget, s.steep, s.next, s.stage = budget, nil, firstPrice(s.leastCost, segments), atUnproved
	if s.run(); s.best == nil {
		return start
	}
	return f.pieces(s.plan, s.best)
}

// mostCells is how many cells a grid may have for a finer one to be tried, mostCut with those
// that weigh nothing.
const (
	mostCells = 1 << 16
	mostCut   = 1 << 20
)

// startWidth bounds the number of cells of the first grid.
const startWidth = 14

// grid is the grain of the steepest slopes that are likely to matter: twice as
// steep as the function over a few runs.
func (f *fitter) grid() uint {
	const apart = 4
	steepest := 0.0
	for i := apart; i < len(f.start); i++ {
		d := f.golden.Runs[i].Value - f.golden.Runs[i-apart].Value
		steepest = max(steepest, math.Abs(float64(d))/float64(f.start[i]-f.start[i-apart]))
	}
	width := f.golden.Input.Width
	if steepest == 0 {
		return uint(max(0, width-startWidth))
	}
	grain := -math.Ilogb(math.Ldexp(steepest, f.guard)) - 1
	return uint(max(0, min(grain, width-4), width-startWidth))
}

// plan splits the slopes into those that a grid is fine enough for and the rest,
// for which steep stands.
func (f *fitter) plan(grid uint, o objective) *plan {
	p := &plan{rooms: &f.rooms, guard: f.guard, objective: o, min: f.golden.Output.Min(), max: f.golden.Output.Max(), at: f.at, stage: atSquares, told: -1}
	if f.wraps {
		p.min, p.max = p.min-1, p.max+1
	}
	p.cells, p.floor = f.cut(grid, &o)
	p.cells = f.weighty(p.cells)
	least := math.Inf(1)
	for i := range f.slopes {
		s := &f.slopes[i]
		if s.sum.Grain() < grid || !s.sum.Monotonic() {
			least = min(least, math.Abs(s.sum.Rise()))
			continue
		}
		p.slopes = append(p.slopes, s)
		if s.count == 0 {
			p.flat = int32(len(p.slopes) - 1)
		}
	}
	if !math.IsInf(least, 1) {
		_, e := math.Frexp(least)
		p.steep = &steep{shift: uint(max(1-e, int(grid))), level: least == 0, slack: f.floors}
	}
	return p
}

// pieces is what arcs say that are on the slopes of a plan.
func (f *fitter) pieces(p *plan, arcs []arc) []piece {
	var pieces []piece
	for i, a := range arcs {
		s := span{start: p.cells[a.from].lo, end: f.last(), run: f.runOf(p.cells[a.from].lo)}
		if i == 0 {
			s.start, s.run = f.first(), 0 // also where nothing weighs
		}
		if i+1 < len(arcs) {
			s.end = p.cells[arcs[i+1].from].lo - 1
		}
		l := line{p.slopes[a.slope], a.bias}
		pieces = append(pieces, piece{s, l, f.lossOn(&p.objective, l, s)})
	}
	return merge(pieces)
}

// costOf is what pieces cost.
func (f *fitter) costOf(pieces []piece, o *objective) (total int64) {
	for i := range pieces {
		total += f.lossOn(o, pieces[i].line, pieces[i].span)
	}
	return total
}
