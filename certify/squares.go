package certify

import (
	"math"
	"math/bits"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// squaresBudget bounds the steps that the proof of one bound may take, so that it is
// made or not made alike on every machine; mostCells bounds its memory.
const (
	squaresBudget = 1 << 29
	mostCells     = 1 << 16
)

const fewCells = 1 << 12

// finerGrids is how many grids a proof is tried on, from the coarsest.
const finerGrids = 5

// question is what the least sum of squares of a fit is asked of.
type question struct {
	golden *steps.Function
	layer  *ir.Layer
	in     ir.Integer // the input of what the layer runs on
	most   int64      // no error may be larger
	sum    int64      // that a fit has
	apart  int64      // see cutting
	few    int64      // so many cells may all be of one size
}

func newQuestion(l *ir.Layer, in ir.Integer, golden *steps.Function, sum int64) *question {
	all := *l
	all.Shape = *rowless(&l.Shape, in)
	q := &question{golden: golden, layer: &all, in: in, most: math.MaxInt64, sum: sum, apart: apart, few: fewCells}
	if l.Options.MaxError >= 0 {
		q.most = l.Options.MaxError
	}
	return q
}

// mesh is what a proof is made on: cells of a grid and lines, each for itself or, where many
// are taken for one, 2^lines of them; or straight lines in place of them.
type mesh struct {
	grid  int
	lines int // or one of:
}

const (
	alone    = -1 // each for itself
	straight = -2
)

// prove looks for a mesh on which the sum of the fit is proved the least, and else for
// the one on which most is proved. There is none where the first takes more steps than the
// budget has.
func (q *question) prove(budget int64) (bound int64, on *mesh) {
	if q.sum == 0 {
		return 0, nil
	}
	if q.wide() {
		if bound, on = q.proveWidely(min(budget, coarseBudget)); float64(bound) > good*float64(q.sum) {
			return bound, on
		}
		budget /= 4
	}
	if finely, fine := q.proveFinely(budget); fine != nil && finely > bound {
		return finely, fine
	}
	return bound, on
}

// proveWidely is that for many output codes. The lines of one term are farther from straight
// ones than those of more, which are many more.
func (q *question) proveWidely(budget int64) (bound int64, on *mesh) {
	ways := []func(int64) (int64, *mesh){q.proveStraight, q.proveCoarsely}
	if q.layer.Shape.Terms == 1 {
		slices.Reverse(ways)
	}
	for _, prove := range ways {
		if least, by := prove(budget); least > bound {
			bound, on = least, by
		}
		if float64(bound) > good*float64(q.sum) {
			break
		}
	}
	return bound, on
}

// proveStraight goes on to finer cells, which take about four times as many steps each, as long
// as they prove more.
func (q *question) proveStraight(budget int64) (bound int64, on *mesh) {
	f := q.floors()
	if f.less(q.sum) == 0 {
		return 0, nil
	}
	codes := q.layer.Shape.Window.Codes(q.in)
	took := int64(0)
	for m := (mesh{max(0, codes.Width-fewestStraight), straight}); m.grid >= 0 && 4*took <= budget; m.grid-- {
		left := budget
		least, ok := q.least(m, &budget)
		if !ok || least <= bound {
			break
		}
		at := m
		bound, on, took = least, &at, left-budget
	}
	return bound, on
}

// The first cells that straight lines are laid on are at least 2^fewestStraight.
const fewestStraight = 8

// proveFinely goes on until a finer grid proves no more, or would take more steps than are
// left of the budget, which is about twice as many as the one before.
func (q *question) proveFinely(budget int64) (bound int64, on *mesh) {
	first, took := q.coarsest(), int64(0)
	for g := first; g >= 0 && g > first-finerGrids && bound < q.sum && 2*took <= budget; g-- {
		left := budget
		least, ok := q.least(mesh{g, alone}, &budget)
		if !ok || on != nil && least == bound && least > 0 {
			break
		}
		took = left - budget
		if on == nil || least > bound {
			bound, on = least, &mesh{g, alone}
		}
	}
	return bound, on
}

// proveCoarsely is that for many output codes, on finer and finer cells and lines, which
// take about four times as many steps each.
func (q *question) proveCoarsely(budget int64) (bound int64, on *mesh) {
	in := q.golden.Input
	mean := math.Sqrt(float64(q.sum) / number64(weigherOf(q.layer)(in.Min(), in.Max())))
	m := mesh{max(0, in.Width-fewestCells), max(0, math.Ilogb(mean)+q.layer.Shape.Guard-widest)}
	for took := int64(0); 4*took <= budget && m.grid >= 0; m = (mesh{m.grid - 1, max(0, m.lines-1)}) {
		left := budget
		least, ok := q.least(m, &budget)
		if !ok {
			break
		}
		took = left - budget
		if least > bound {
			at := m
			bound, on = least, &at
		}
	}
	return bound, on
}

// The first coarse cells are at least 2^fewestCells, and the first lines 2^-widest of the error
// of the fit wide.
const (
	fewestCells = 9
	widest      = 2
)

// wide reports whether there are so many golden outputs that lines are not told apart.
func (q *question) wide() bool { return len(q.golden.Runs) > mostRuns }

const (
	mostRuns     = 1 << 10
	coarseBudget = 1 << 27
	good         = 0.8 // of the sum, not to look for more
)

// keepTo asks for fits of so many segments that keep to a maximum error.
func (q *question) keepTo(most int64, segments int) { q.most, q.layer.Shape.Segments = most, segments }

// easy reports whether the budget has the steps that a proof on the coarsest grid would take
// if all lines were followed over all cells. By far not all are, which makes room for finer
// grids.
func (q *question) easy() bool {
	s, grid := &q.layer.Shape, q.coarsest()
	runs, codes := int64(len(q.golden.Runs)), int64(s.Window.Codes(q.in).Count())
	cells, layers := min(codes>>grid+runs, runs*mostApart), int64(s.Segments)
	if s.Breaks == ir.Uniform {
		cells, layers = codes, 1
	}
	layers *= int64(s.Window.MaxShift - s.Window.MinShift + 1)
	lines := min(2*q.most+1, int64(q.golden.Output.Count())) << s.Guard
	steps := cells
	for _, times := range []int64{howMany(s, s.Window.Codes(q.in)), 5 + 2*lines, layers} {
		if steps > squaresBudget || times > squaresBudget {
			return false
		}
		steps *= times
	}
	return cells <= mostCells && steps <= squaresBudget
}

// mostApart is about how many cells a run is cut into that is longer: they grow away from
// its ends.
const mostApart = 3 * apart

// reaches reports whether the least sum is proved to be a bound or more, on any grid.
func (q *question) reaches(bound int64) bool {
	only := *q
	only.sum = bound
	budget := int64(squaresBudget)
	for g := q.coarsest(); g >= 0; g-- {
		if least, ok := only.least(mesh{g, alone}, &budget); !ok || least == bound {
			return ok
		}
	}
	return false
}

// coarsest is the grid on which a slope as steep as golden over a few runs is exact.
func (q *question) coarsest() int {
	runs, width := q.golden.Runs, q.golden.Input.Width
	apart, grid := min(4, len(runs)-1), width-4
	for i := max(apart, 1); i < len(runs); i++ {
		rise := max(runs[i].Value-runs[i-apart].Value, runs[i-apart].Value-runs[i].Value) << q.layer.Shape.Guard
		if rise > 0 {
			grid = min(grid, bits.Len64(uint64((runs[i].Start-runs[i-apart].Start)/rise))-1)
		}
	}
	return max(grid, 0)
}

// least is the least sum of squares of all fits that the shape allows, as far as a mesh
// shows, or the sum of the fit.
func (q *question) least(on mesh, budget *int64) (bound int64, ok bool) {
	bound = q.sum
	for _, v := range views(&q.layer.Shape, q.in) {
		seen := on
		if on.lines != straight {
			seen.grid = max(0, on.grid-v.Shift)
		}
		least, ok := q.leastThrough(v, seen, budget)
		if !ok {
			return 0, false
		}
		bound = min(bound, least)
	}
	return bound, true
}

// leastThrough is that for one view.
func (q *question) leastThrough(v pwl.View, on mesh, budget *int64) (least int64, ok bool) {
	if on.lines == straight {
		return q.straightly(v, on.grid, budget)
	}
	c := q.covering(v)
	if on.lines != alone {
		ok = q.coarsely(c, v, on)
	} else {
		ok = q.finely(c, v, on.grid)
	}
	if !ok {
		return 0, false
	}
	c.budget = *budget
	least, ok = q.leastOf(c)
	*budget = c.budget
	if c.coarse != nil {
		least = -(-least >> (2 * c.coarse.fine)) // sums are integers
	}
	return least, ok
}

// leastOf is the least sum on cells: with breaks anywhere, or segment by segment.
func (q *question) leastOf(c *covering) (int64, bool) {
	s := &q.layer.Shape
	if s.Breaks != ir.Uniform {
		return c.least(s.Segments)
	}
	low, total := s.LowBits(q.in), int64(0)
	for all := c.cells; len(all) > 0; all = all[len(c.cells):] {
		n := 1
		for n < len(all) && all[n].lo>>low == all[0].lo>>low {
			n++
		}
		c.cells = all[:n]
		least, ok := c.least(1)
		if !ok {
			return 0, false
		}
		total = min(infinite, total+least)
	}
	return total, true
}

// covering is the question, without cells and slopes.
func (q *question) covering(v pwl.View) *covering {
	s, out := &q.layer.Shape, q.golden.Output
	c := &covering{
		guard: s.Guard, low: out.Min(), high: out.Max(),
		uniform: s.Breaks == ir.Uniform, limit: min(q.sum, infinite-1),
		steepest: slope{shift: [ir.MaxTerms]int8{int8(s.MinShift)}, sign: [ir.MaxTerms]int8{1}},
	}
	return c
}

// ends sets the ends of outputs and of cells, of which there are some.
func (c *covering) ends(wraps bool) {
	c.min, c.max = c.low, c.high
	if wraps {
		c.min, c.max = c.min-1, c.max+1
	}
	for i := range c.cells {
		of := &c.cells[i]
		of.least, of.ends = of.cost(of.best), [2]int64{c.between(of, c.min, c.min), c.between(of, c.max, c.max)}
	}
}

// finely cuts cells on a grid. It fails if there are too many.
func (q *question) finely(c *covering, v pwl.View, grid int) bool {
	s, codes := &q.layer.Shape, q.layer.Shape.Window.Codes(q.in)
	by := cutting{weigh: weigherOf(q.layer), limit: q.most, grid: grid, coarsest: q.golden.Input.Width, apart: q.apart}
	if see(v, q.golden.Input.Max())-see(v, q.golden.Input.Min()) < q.few<<grid {
		by.coarsest = grid
	}
	if c.uniform {
		by.grid, by.coarsest = min(grid, s.LowBits(q.in)), min(by.coarsest, s.LowBits(q.in))
	}
	if c.cells = by.cut(q.golden, v); c.cells == nil {
		return false
	}
	c.ends(s.Overflow == ir.Wrap)
	top := 0
	for i := range c.cells {
		if of := &c.cells[i]; of.lo < of.hi {
			top = max(top, of.level)
		}
	}
	for _, one := range scattered(slopes(s, codes)) {
		of := newScanned(one, s.Guard, top, codes.Width+s.Guard)
		c.slopes = append(c.slopes, group{ahead: of, back: of})
	}
	return true
}

// coarsely cuts coarse cells. It fails if there are too many, or numbers too large.
func (q *question) coarsely(c *covering, v pwl.View, on mesh) bool {
	s, codes := &q.layer.Shape, q.layer.Shape.Window.Codes(q.in)
	by := q.coarsening(on.grid, on.lines)
	if by == nil {
		return false
	}
	if c.uniform {
		by.grid = min(by.grid, s.LowBits(q.in))
	}
	weigh := weigherOf(q.layer)
	in := q.golden.Input
	heavy := weigh(in.Min(), in.Max())
	cut := cutter{
		coarse: by, golden: q.golden, view: v, weigh: weigh, alike: q.layer.Options.Weight == nil,
		rise: 1 << max(0, by.lines+riseOf-s.Guard), heavy: heavy.Rsh(heavy, uint(max(0, in.Width-v.Shift-on.grid))), limit: min(q.most, 1<<ir.MaxOutputWidth) << by.fine,
	}
	if c.cells = cut.cut(); c.cells == nil {
		return false
	}
	c.coarse, c.guard = by, 0
	c.low, c.high, c.limit = c.low<<by.fine, c.high<<by.fine, min(c.limit<<(2*by.fine), infinite-1)
	c.ends(s.Overflow == ir.Wrap)
	c.slopes = scattered(by.groups(s, codes))
	return true
}

// scattered is slopes in an order in which the first of them are as good a sample as others.
func scattered[T any](all []T) []T {
	n := len(all)
	step := n*5/8 | 1
	for gcd(step, n) > 1 {
		step += 2
	}
	other := make([]T, n)
	for i := range other {
		other[i] = all[i*step%n]
	}
	return other
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
