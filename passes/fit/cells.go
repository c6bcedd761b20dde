package fit

import "grauc/ir"

// cell is a stretch of inputs on which every line of a plan has one output. golden is the
// one that costs least, and an error is the distance from it. Where inputs look alike and
// have several golden outputs, that costs something, which the plan's floor has; the more
// that errors cost is not the same on both sides then.
type cell struct {
	lo, hi      int64
	golden      int64
	weight      int64
	tilt        int64 // half of what an error of 1 costs more than one of -1
	least, most int64 // the errors that do not cost infinitely much
}

// cost is what an error d costs in a cell.
func (c *cell) cost(d int64) int64 {
	if d == 0 {
		return 0
	}
	if d < c.least || d > c.most {
		return infinite
	}
	return (c.weight*d + c.tilt) * d
}

// errors are those that may cost less than room, from the first to the last.
func (c *cell) errors(room int64) (first, last int64) {
	most := max(-c.least, c.most)
	d := largest(c.weight, room, most)
	if c.tilt != 0 && d >= 0 {
		d++ // (weight*d + tilt) * d is above weight*(d-1)^2, since an error of 0 costs least
	}
	return max(-d, c.least), min(d, c.most)
}

// any is the least that an error costs which is not 0, or less.
func (c *cell) any() int64 { return max(0, c.weight-max(c.tilt, -c.tilt)) }

// cut makes cells of the runs, with breaks at the multiples of 2^grid. floor is what they
// cost without any error.
func (f *fitter) cut(grid uint, o *objective) (cells []cell, floor int64) {
	cells = sized(f.rooms.cells, int(f.cellsOn(grid)))[:0]
	f.rooms.cells = cells
	for i := range f.golden.Runs {
		least, greatest := f.allowed(i, o.limit)
		for lo := f.start[i]; lo <= f.end[i]; {
			hi := min(f.end[i], lo|(1<<grid-1))
			c := cell{lo: lo, hi: hi, golden: f.golden.Runs[i].Value}
			floor += c.settle(f.spread(o, i, lo, hi), least, greatest)
			cells = append(cells, c)
			lo = hi + 1
		}
	}
	return cells, floor
}

// allowed are the outputs that keep to a maximum error at a run.
func (f *fitter) allowed(run int, limit int64) (least, greatest int64) {
	least, greatest = f.golden.Runs[run].Value, f.golden.Runs[run].Value
	if f.seen != nil {
		least, greatest = f.seen.least[run], f.seen.greatest[run]
	}
	out := f.golden.Output
	return max(greatest-limit, out.Min()), min(least+limit, out.Max())
}

// settle sets the golden output of a cell to the one from least to greatest that costs
// least, and says what it costs.
func (c *cell) settle(s spread, least, greatest int64) (floor int64) {
	d := int64(0)
	if s.first != 0 {
		d = nearest(-s.first, 2*s.weight)
	}
	d = max(least-c.golden, min(d, greatest-c.golden))
	c.golden, c.weight, c.tilt = c.golden+d, s.weight, s.first+2*s.weight*d
	most := largest(s.weight, infinite, 1<<ir.MaxOutputWidth)
	c.least, c.most = max(-most, least-c.golden), min(most, greatest-c.golden)
	return s.at(d)
}

// nearest is the integer nearest to a/b, where b is positive.
func nearest(a, b int64) int64 {
	q, r := (2*a+b)/(2*b), (2*a+b)%(2*b)
	if r < 0 {
		q--
	}
	return q
}

// weighty are the cells that matter to a cover: those before the first that weighs and
// after the last cost nothing, whatever line holds there, if every error is allowed.
func (f *fitter) weighty(cells []cell) []cell {
	out := f.golden.Output
	free := func(c cell) bool {
		return c.weight == 0 && !f.wraps && c.golden+c.least == out.Min() && c.golden+c.most == out.Max()
	}
	for len(cells) > 1 && free(cells[0]) {
		cells = cells[1:]
	}
	for len(cells) > 1 && free(cells[len(cells)-1]) {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// cellsOn is how many cells a grid makes.
func (f *fitter) cellsOn(grid uint) int64 {
	cells := int64(0)
	for i := range f.start {
		cells += f.end[i]>>grid - f.start[i]>>grid + 1
	}
	return cells
}

// sweepWork is the least work of a sweep over the cells of the first grid.
func (f *fitter) sweepWork() int64 {
	return f.cellsOn(f.grid()) * int64(len(f.slopes)) * trackWork
}
