package certify

import "slices"

// infinite is a cost that no fit worth stating has. A few of them do not overflow.
const infinite = int64(1) << 60

// covering is the question what it costs at least to cover the cells, in order, with
// so many segments, each of one line.
//
// Where all lines that meet in a cell have one output in it each, one of them alone
// costs no more there than they do together; so segments may as well end where cells
// do. Of a line that changes within a cell it is only known between which values it is
// there, so it costs what the best output between them costs, and nothing where that is
// the first or the last of its cells, which it may have in part. Lines of a slope that
// are near each other are taken for one where they change much within a cell; it is
// between the values of all of them. All of this can only make a cover cheaper than a
// fit: the least cost of covers is a lower bound on what fits have.
type covering struct {
	cells     []cell
	slopes    []group
	guard     int // bits of values below an output
	coarse    *coarse
	back      bool  // cells are gone over from the last to the first
	steepest  slope // of one term
	low, high int64 // ends of the output codes
	min, max  int64 // the same, or, where values wrap, one beyond
	uniform   bool  // cells are not cut by the ends of segments
	limit     int64 // what costs as much or more is not followed
	budget    int64 // steps left
	room      []int64
}

// least is the least cost of a cover of at most so many segments, or limit if that is
// less. It fails where that takes more steps than the budget has.
//
// Half of the segments are laid from the one end, half from the other: covers of few
// segments soon cost too much, so that neither half goes over all cells.
func (c *covering) least(segments int) (cost int64, ok bool) {
	n := len(c.cells)
	ahead := c.layers((segments+1)/2, segments/2)
	slices.Reverse(c.cells)
	c.back = true
	back := c.layers(segments/2, 0)
	c.back = false
	slices.Reverse(c.cells)
	if c.budget < 0 {
		return 0, false
	}
	cost = min(c.limit, ahead[n-1])
	if back != nil {
		cost = min(cost, back[n-1])
		for i := range n - 1 {
			cost = min(cost, ahead[i]+back[n-2-i])
			if i+2 < n && c.breaks(i+1) { // then it belongs to no line
				cost = min(cost, ahead[i]+back[n-3-i])
			}
		}
	}
	return cost, true
}

// between is the least cost in a cell of an output that is y1 to y2 before the clamp.
func (c *covering) between(of *cell, y1, y2 int64) int64 {
	if c.low <= y1 && y2 <= c.high {
		return of.cost(max(y1, min(of.best, y2)))
	}
	if c.min < c.low && (y2 < c.low || y1 > c.high) {
		return infinite // what wraps
	}
	return of.cost(max(min(max(y1, c.low), c.high), min(of.best, max(c.low, min(y2, c.high)))))
}

// layers are the least costs of covers of the first cells with at most so many segments.
// As many as more are to be laid after them.
func (c *covering) layers(segments, more int) []int64 {
	var costs []int64
	for k := range segments {
		if c.budget >= 0 {
			costs = c.layer(costs, segments-1-k+more)
		}
	}
	return costs
}

// layer adds a segment to the covers of which before are the costs. It empties the budget
// as soon as that looks far too small for it and for the layers to come, which take about
// half as much each or more.
func (c *covering) layer(before []int64, more int) []int64 {
	s := newScan(c, before)
	budget, n := c.budget, len(c.slopes)
	for i := range c.slopes {
		s.slope(&c.slopes[i])
		done := i + 1
		if all := (budget - c.budget) / int64(done) * int64(n); before != nil && done >= fewSlopes+n/16 && all*int64(2+more) > 4*budget {
			c.budget = -1
		}
		if c.budget < 0 {
			break
		}
	}
	return s.after
}

// fewSlopes are too few to tell what all of them take.
const fewSlopes = 8

// changing reports whether the lines of some slope change within a cell and may have it in
// part: then those of the steepest term do.
func (c *covering) changing(i int) bool {
	of := &c.cells[i]
	return c.breaks(i) || c.coarse == nil && !c.uniform && c.steepest.at(of.lo, c.guard) != c.steepest.at(of.hi, c.guard)
}

// breaks reports whether a coarse cell may have a break.
func (c *covering) breaks(i int) bool {
	return c.coarse != nil && !c.uniform && c.cells[i].lo < c.cells[i].hi
}
