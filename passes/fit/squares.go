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

// layered finds the best covers of one segment more than those in previous, or of
// one where that is nil. rest bounds from below what the cells from each on will
// cost, and what does not come to less than limit with it is not followed.
type layered struct {
	previous []state
	rest     []int64
	limit    int64
}

func (l layered) enter(c int, _ int64) int64 {
	switch {
	case l.previous == nil && c == 0:
		return 0
	case l.previous == nil || c == 0 || l.previous[c-1].cost+l.rest[c] >= l.limit:
		return infinite
	}
	return l.previous[c-1].cost
}

func (l layered) keep(c int, _ int64) int64 {
	keep := l.limit - l.rest[c+1]
	if l.previous != nil {
		keep = min(keep, l.previous[c].cost)
	}
	return keep
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
	price     int64 // that gave the bound
	prices
}

// prices are what a search has learnt of the price of a segment.
type prices struct {
	next  int64 // to go on with
	cheap int64 // gave too many segments, 0: none did
	dear  int64 // gave too few, 0: none did
}

// cover is segments with their cost. It is real if none of them is a curve.
type cover struct {
	arcs []arc
	real bool
	cost int64
}

// at is the cost with the price of the segments.
func (c *cover) at(price int64) int64 { return c.cost + price*int64(len(c.arcs)) }

// try finds the best cover for a price and takes what that teaches. It is nil if
// that took too much work.
func (s *search) try(price int64) *cover {
	best := s.sweep(priced{price})
	if best == nil {
		return nil
	}
	c := &cover{real: true, cost: best[len(best)-1].cost}
	if bound := c.cost - price*int64(s.segments); bound > s.bound {
		s.bound, s.price = bound, price
	}
	for i := len(best) - 1; i >= 0; i = best[i].from - 1 {
		c.arcs = append(c.arcs, best[i].arc)
		c.real = c.real && best[i].slope != nil
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

// settle looks for the price at which the best cover has as many segments as
// allowed: by a guess, until there is one with fewer and one with more, and then
// at the price at which two such cost the same. Where nothing costs less than these
// two, no price gives the number between. It tells whether to go on with this grid.
func (s *search) settle() bool {
	var few, many *cover
	for s.bound < s.leastCost-s.leastCost>>nearBits {
		price := max(1, s.next)
		c := s.try(price)
		switch {
		case c == nil:
			return false
		case len(c.arcs) == s.segments:
			return c.real || !s.finer
		case few != nil && many != nil && c.at(price) >= min(few.at(price), many.at(price)):
			return true
		case len(c.arcs) < s.segments:
			few, s.dear = c, price
		default:
			many, s.cheap = c, price
		}
		switch {
		case few == nil && price >= infinite>>8 || many == nil && price <= 1:
			return true
		case few == nil && s.dear > price:
			s.next = s.dear
		case few == nil:
			s.next = price * s.step(len(many.arcs), s.segments)
		case many == nil && 0 < s.cheap && s.cheap < price:
			s.next = s.cheap
		case many == nil:
			s.next = price / s.step(s.segments, len(few.arcs))
		default:
			s.next = (few.cost - many.cost) / int64(len(many.arcs)-len(few.arcs))
		}
		if !c.real && len(c.arcs) < s.segments && s.finer {
			return false
		}
	}
	return true
}

// nearBits says how near a bound is enough to go over to the search by number of
// segments: within this share, as a power of two.
const nearBits = 7

// step is the factor between the prices of so many segments, by experience.
func (s *search) step(more, fewer int) int64 {
	factor := int64(2)
	for ; factor < 16 && more > fewer+1; more-- {
		factor *= 2
	}
	return factor
}

// close finds the best cover by its number of segments, with what the prices
// taught to keep the work small.
func (s *search) close() {
	back := s.reversed().sweep(priced{s.price})
	if back == nil {
		return
	}
	var best *cover
	for limit, gap := int64(0), s.bound>>nearBits+1; best == nil; gap *= 4 {
		if limit == s.leastCost {
			return // nothing is better
		}
		limit = min(s.bound+gap, s.leastCost)
		var ok bool
		if best, ok = s.layers(back, limit); !ok {
			return
		}
		if best == nil {
			s.bound = limit
		}
	}
	s.bound = max(s.bound, best.cost)
	if s.offer(best); best.real || s.finer {
		return
	}
	steep := s.steep
	s.steep = nil
	if best, _ := s.layers(back, s.leastCost); best != nil {
		s.offer(best)
	}
	s.steep = steep
}

// layers finds the best cover that costs less than a limit, nil if none does. It
// fails if that takes too much work.
func (s *search) layers(back []state, limit int64) (found *cover, ok bool) {
	n := len(s.cells)
	var layers [][]state
	l := layered{limit: limit, rest: make([]int64, n+1)}
	for k := 1; k <= s.segments; k++ {
		for c := range n {
			l.rest[c] = max(0, back[n-1-c].cost-s.price*int64(s.segments-k+1))
		}
		best := s.sweep(l)
		if best == nil {
			return nil, false
		}
		layers = append(layers, best)
		if cost := best[n-1].cost; cost < l.limit {
			l.limit = cost
			found = coverOf(layers)
		}
		l.previous = best
	}
	return found, true
}

// coverOf is the cover of all cells that the last layer found.
func coverOf(layers [][]state) *cover {
	i := len(layers[0]) - 1
	c := &cover{arcs: make([]arc, len(layers)), real: true, cost: layers[len(layers)-1][i].cost}
	for k := len(layers) - 1; k >= 0; k-- {
		c.arcs[k] = layers[k][i].arc
		c.real = c.real && c.arcs[k].slope != nil
		i = c.arcs[k].from - 1
	}
	return c
}

// reversed is the plan seen from the other end, by ^x for x. A floor of ^x is ^ of
// the floor, so each slope becomes its negative, up to a constant.
func (s *search) reversed() *plan {
	r := *s.plan
	r.cells = make([]cell, len(s.cells))
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

// leastCost finds pieces, at most so many, that cost little, starting from some,
// and a bound: what no such fit within the shape can go below. The two are equal
// where the fit is proved to be the best. When a budget of work is used up, in
// lines times cells, it goes without the proof.
func (f *fitter) leastCost(start []piece, segments int, o objective, budget int64) (pieces []piece, cost, bound int64) {
	pieces, cost = start, f.costOf(start, &o)
	work, grid, known := int64(0), f.grid(), prices{next: cost / int64(segments)}
	for finer := true; finer && bound < cost; grid-- {
		s := &search{plan: f.plan(grid, o), segments: segments, leastCost: cost, prices: known}
		finer = grid > 0 && len(s.cells) <= mostCells && work < budget/4 && (s.steep == nil || !s.steep.level)
		s.work, s.budget, s.finer = work, budget, finer
		s.run()
		work, bound, known = s.work, max(bound, s.bound), s.prices
		if s.best != nil {
			pieces, cost = f.pieces(o, s.cells, s.best), s.leastCost
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
	s := &search{plan: f.plan(f.grid(), o), segments: segments, leastCost: f.costOf(start, &o)}
	s.budget, s.steep, s.next = budget, nil, s.leastCost/int64(segments)
	if s.run(); s.best == nil {
		return start
	}
	return f.pieces(o, s.cells, s.best)
}

func (s *search) run() {
	if s.settle() && s.bound < s.leastCost {
		s.close()
	}
}

// mostCells is how many cells a grid may have for a finer one to be tried.
const mostCells = 1 << 16

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
	p := &plan{
		cells: f.weighty(f.cut(grid, &o)), guard: f.guard, objective: o,
		min: f.golden.Output.Min(), max: f.golden.Output.Max(),
	}
	least := math.Inf(1)
	for i := range f.slopes {
		s := &f.slopes[i]
		if s.sum.Grain() < grid || !s.sum.Monotonic() {
			least = min(least, math.Abs(s.sum.Rise()))
			continue
		}
		p.slopes = append(p.slopes, s)
		if s.count == 0 {
			p.flat = s
		}
	}
	if !math.IsInf(least, 1) {
		_, e := math.Frexp(least)
		p.steep = &steep{shift: uint(max(1-e, int(grid))), level: least == 0, slack: f.floors}
	}
	return p
}

// pieces is what arcs say.
func (f *fitter) pieces(o objective, cells []cell, arcs []arc) []piece {
	var pieces []piece
	for i, a := range arcs {
		s := span{start: cells[a.from].lo, end: f.last(), run: f.runOf(cells[a.from].lo)}
		if i == 0 {
			s.start, s.run = f.first(), 0 // also where nothing weighs
		}
		if i+1 < len(arcs) {
			s.end = cells[arcs[i+1].from].lo - 1
		}
		l := line{a.slope, a.bias}
		pieces = append(pieces, piece{s, l, f.lossOn(&o, l, s)})
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
