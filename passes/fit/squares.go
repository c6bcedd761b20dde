package fit

import "math"

// squaresBudget bounds the work of a fit of least squares, in lines times cells.
const squaresBudget = 1 << 29

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
	case l.previous == nil || c == 0:
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
	best     []arc // in order, of cells from..next.from-1
	cost     int64 // of best
	bound    int64
	price    int64 // that gave the bound
}

// segmentsOf is the arcs of the cover of all cells, and whether they are all of
// explicit slopes.
func segmentsOf(best []state) (arcs []arc, explicit bool) {
	explicit = true
	for c := len(best) - 1; c >= 0; {
		a := best[c].arc
		arcs = append(arcs, a)
		explicit = explicit && a.slope != nil
		c = a.from - 1
	}
	for i, j := 0, len(arcs)-1; i < j; i, j = i+1, j-1 {
		arcs[i], arcs[j] = arcs[j], arcs[i]
	}
	return arcs, explicit
}

// try solves for a price and takes what that teaches. It tells how many segments
// the cover has.
func (s *search) try(price int64) (int, bool) {
	best := s.sweep(priced{price})
	if best == nil {
		return 0, false
	}
	total := best[len(best)-1].cost
	arcs, explicit := segmentsOf(best)
	if bound := total - price*int64(s.segments); total < infinite && bound > s.bound {
		s.bound, s.price = bound, price
	}
	s.offer(arcs, explicit, total-price*int64(len(arcs)))
	return len(arcs), true
}

// offer takes a cover if it is one, has few enough segments and is better.
func (s *search) offer(arcs []arc, explicit bool, cost int64) {
	if explicit && len(arcs) <= s.segments && cost < s.cost {
		s.best, s.cost = arcs, cost
	}
}

// prices looks for the price at which a cover has as many segments as allowed.
func (s *search) prices(guess int64) {
	low, high := int64(0), int64(math.MaxInt64) // too many segments, too few
	price := max(1, guess)
	for s.bound < s.cost {
		n, ok := s.try(price)
		if !ok || n == s.segments {
			return
		}
		if n > s.segments {
			low = price
		} else {
			high = price
		}
		switch {
		case high == math.MaxInt64:
			if price > infinite/64 {
				return
			}
			price *= 3
		case low == 0 && price > 1:
			price = max(1, price/3)
		case high-low <= max(1, low/256):
			return
		default:
			price = low + (high-low)/2
		}
	}
}

// close finds the best cover by its number of segments, with what the prices
// taught to keep the work small.
func (s *search) close() {
	back := s.reversed().sweep(priced{s.price})
	if back == nil {
		return
	}
	steep := s.steep
	if arcs, explicit, cost, ok := s.layers(back); ok {
		s.offer(arcs, explicit, cost)
		s.bound = max(s.bound, min(cost, s.cost))
		if explicit || arcs == nil {
			return
		}
	} else {
		return
	}
	s.steep = nil
	if arcs, explicit, cost, ok := s.layers(back); ok {
		s.offer(arcs, explicit, cost)
	}
	s.steep = steep
}

// layers finds the best cover that costs less than the best so far; there are no
// arcs if none does.
func (s *search) layers(back []state) (arcs []arc, explicit bool, cost int64, ok bool) {
	n := len(s.cells)
	cost = s.cost
	var layers [][]state
	l := layered{limit: s.cost, rest: make([]int64, n+1)}
	for k := 1; k <= s.segments; k++ {
		for c := range n {
			l.rest[c] = max(0, back[n-1-c].cost-s.price*int64(s.segments-k+1))
		}
		best := s.sweep(l)
		if best == nil {
			return nil, false, 0, false
		}
		layers = append(layers, best)
		if total := best[n-1].cost; total < cost {
			cost = total
			arcs, explicit = arcsOfLayers(layers)
		}
		l.previous = best
	}
	return arcs, explicit, cost, true
}

// arcsOfLayers is the arcs of the last layer's cover of all cells.
func arcsOfLayers(layers [][]state) (arcs []arc, explicit bool) {
	explicit = true
	arcs = make([]arc, len(layers))
	c := len(layers[0]) - 1
	for k := len(layers) - 1; k >= 0; k-- {
		arcs[k] = layers[k][c].arc
		explicit = explicit && arcs[k].slope != nil
		c = arcs[k].from - 1
	}
	return arcs, explicit
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
	return &r
}

// leastSquares finds a fit of least weighted squares with at most a number of
// segments and no error above limit, starting from a fit, and a bound: what no
// such fit within the shape can go below. The two are equal where the fit is
// proved to be the best.
func (f *fitter) leastSquares(start []piece, segments int, limit int64, weigh weigher) (pieces []piece, cost, bound int64) {
	pieces, cost = start, f.costOf(start, weigh)
	work := int64(0)
	for grid := f.grid(); ; grid-- {
		s := &search{plan: f.plan(grid, limit, weigh), segments: segments, cost: cost}
		s.work = work
		s.prices(2 * cost / int64(segments))
		if s.bound < s.cost {
			s.close()
		}
		work = s.work
		bound = max(bound, s.bound)
		if s.best != nil {
			pieces, cost = f.pieces(s.cells, s.best), s.cost
		}
		if bound >= cost || grid == 0 || work > squaresBudget {
			return pieces, cost, bound
		}
	}
}

// finestGrid bounds the number of cells, unless that is needed for ...
const mostCells = 14

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
		return uint(max(0, width-mostCells))
	}
	grain := -math.Ilogb(math.Ldexp(steepest, f.guard)) - 1
	return uint(max(0, min(grain, width-4), width-mostCells))
}

func (f *fitter) plan(grid uint, limit int64, weigh weigher) *plan {
	p := &plan{
		cells: f.cut(grid, weigh), guard: f.guard, limit: limit, budget: squaresBudget,
		min: f.golden.Output.Min(), max: f.golden.Output.Max(),
	}
	least := math.Inf(1)
	for i := range f.slopes {
		s := &f.slopes[i]
		if s.sum.Grain() < grid || !s.sum.Monotonic() {
			least = min(least, math.Abs(s.rise))
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
func (f *fitter) pieces(cells []cell, arcs []arc) []piece {
	var pieces []piece
	for i, a := range arcs {
		s := span{start: cells[a.from].lo, end: f.golden.Input.Max(), run: f.runOf(cells[a.from].lo)}
		if i+1 < len(arcs) {
			s.end = cells[arcs[i+1].from].lo - 1
		}
		l := line{a.slope, a.bias}
		pieces = append(pieces, piece{s, l, f.lossOf(l, s)})
	}
	return merge(pieces)
}

// costOf is the weighted squares of a fit.
func (f *fitter) costOf(pieces []piece, weigh weigher) int64 {
	total := int64(0)
	for _, p := range pieces {
		for x, run := p.start, p.run; x <= p.end; run++ {
			for last := min(p.end, f.end[run]); x <= last; {
				end := f.constantTo(p.line, x, last)
				c := cell{x, end, f.golden.Runs[run].Value, weigh(x, end)}
				total += c.cost(f.output(p.line, x)-c.golden, math.MaxInt32)
				x = end + 1
			}
		}
	}
	return total
}
