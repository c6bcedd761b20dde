package fit

import (
	"math"
	"math/bits"

	"grauc/ir"
)

// infinite is a cost that no fit worth keeping has. Sums of a few do not overflow.
const infinite = int64(math.MaxInt64 / 8)

// objective is what is to be least: the sum over all inputs of weight * error^2, with
// no error beyond limit.
type objective struct {
	weigh weigher // nil: all alike
	limit int64
}

// weight is that of the inputs lo..hi together.
func (o *objective) weight(lo, hi int64) int64 {
	if o.weigh == nil {
		return hi - lo + 1
	}
	return o.weigh(lo, hi)
}

// largest is the largest error up to most that costs less than room, or -1.
func largest(weight, room, most int64) int64 {
	switch {
	case room <= 0:
		return -1
	case weight == 0:
		return most
	}
	squares := (room - 1) / weight
	switch {
	case squares < 1:
		return 0
	case squares >= most*most:
		return most
	}
	d := int64(math.Sqrt(float64(squares)))
	for d*d > squares {
		d--
	}
	for (d+1)*(d+1) <= squares {
		d++
	}
	return d
}

// spread is what the squares of the errors come to of inputs that have one output: at
// d beyond their run's golden one weight*d^2 + first*d + second, where first and second
// are 0 unless they have several golden outputs.
type spread struct{ weight, first, second int64 }

func (s *spread) at(d int64) int64 { return (s.weight*d+s.first)*d + s.second }

// spread is that of lo..hi, which is of one run.
func (f *fitter) spread(o *objective, run int, lo, hi int64) spread {
	if f.seen == nil {
		return spread{weight: o.weight(lo, hi)}
	}
	var s spread
	for _, p := range f.seen.of(run) {
		w := o.weight(p.inputs(lo, hi))
		e := f.golden.Runs[run].Value - p.golden
		s.weight, s.first, s.second = s.weight+w, s.first+2*w*e, s.second+w*e*e
	}
	return s
}

// lossIn is what a line loses on lo..hi, which is of one run.
func (f *fitter) lossIn(o *objective, l line, run int, lo, hi int64) (total int64) {
	golden := f.golden.Runs[run].Value
	if o.weigh == nil && f.seen == nil {
		if l.sum.Monotonic() {
			if d := f.output(l, lo) - golden; d == f.output(l, hi)-golden {
				return (hi - lo + 1) * d * d
			}
		}
		l.sum.Outputs(lo, hi, l.bias, f.guard, f.golden.Output, func(y, count int64) {
			total += count * (y - golden) * (y - golden)
		})
		return total
	}
	for x := lo; x <= hi; {
		end := f.constantTo(l, x, hi)
		s := f.spread(o, run, x, end)
		total += s.at(f.output(l, x) - golden)
		x = end + 1
	}
	return total
}

// lossOn is what a line loses on a span.
func (f *fitter) lossOn(o *objective, l line, s span) (total int64) {
	for i := s.run; i < len(f.start) && f.start[i] <= s.end; i++ {
		total += f.lossIn(o, l, i, max(s.start, f.start[i]), min(s.end, f.end[i]))
	}
	return total
}

// tame reports whether no sum overflows of squares of errors within the tolerance.
func (f *fitter) tame(weight int64) bool {
	high, low := bits.Mul64(uint64(weight), uint64(f.tolerance*f.tolerance))
	return high == 0 && low < uint64(infinite)
}

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
	cells = make([]cell, 0, f.cellsOn(grid))
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
