package fit

import (
	"math"
	"sort"

	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// unbounded is beyond every value a bound can have, and far from overflow.
const unbounded = pwl.MaxMagnitude >> 1

// fitter fits one golden function. Values of lines, bounds and biases carry the
// guard bits.
type fitter struct {
	golden *steps.Function
	guard  int
	*family

	start, end []int64 // of the runs
	low, high  []int64 // what bias + sum must keep to on each run
	tolerance  int64   // that low and high stand for

	points []point // of the last relax
	above  hull    // of the lower bounds
	below  hull    // of the upper bounds, mirrored
	values []int64 // of the slope being ranked
	likely int     // number of the slope that reached farthest last
	room   []sample
}

func newFitter(golden *steps.Function, guard int, slopes *family) *fitter {
	n := len(golden.Runs)
	f := &fitter{
		golden: golden, guard: guard, family: slopes,
		start: make([]int64, n), end: make([]int64, n), low: make([]int64, n), high: make([]int64, n),
	}
	for i, r := range golden.Runs {
		f.start[i], f.end[i] = r.Start, golden.End(i)
	}
	f.tolerate(0)
	return f
}

// tolerate sets the bounds for a maximum error. A bound at or beyond the end of
// the output codes is none, because the clamp sees to it.
func (f *fitter) tolerate(tolerance int64) {
	f.tolerance = tolerance
	for i, r := range f.golden.Runs {
		f.low[i], f.high[i] = -unbounded, unbounded
		if y := r.Value - tolerance; y > f.golden.Output.Min() {
			f.low[i] = y << f.guard
		}
		if y := r.Value + tolerance; y < f.golden.Output.Max() {
			f.high[i] = (y+1)<<f.guard - 1
		}
	}
}

// span is a stretch of inputs, starting in run number run.
type span struct {
	start, end int64
	run        int
}

// cover splits the inputs into spans that one line each can hold within the
// tolerance, each as long as any line allows. What a line holds on a span it
// holds on every part of it, so no split has fewer spans. It gives up, with fewer
// spans than needed, beyond limit.
func (f *fitter) cover(limit int) ([]span, bool) {
	var spans []span
	s := span{start: f.golden.Input.Min()}
	for len(spans) < limit {
		s.end = f.longest(s)
		spans = append(spans, s)
		if s.end == f.golden.Input.Max() {
			return spans, true
		}
		for f.end[s.run] <= s.end {
			s.run++
		}
		s.start = s.end + 1
	}
	return spans, false
}

// longest is the last input up to which some line from s.start on holds. Slopes
// are tried in the order of how far they would reach without floors and with any
// bias, until that is no farther than what has been reached.
func (f *fitter) longest(s span) int64 {
	if len(f.slopes) <= fewSlopes {
		return f.longestOfAll(s)
	}
	windows := f.relax(s, f.golden.Input.Max())
	best := s.start
	left := f.firstFrom(f.points[windows-1].least)
	right := left
	for j := windows - 1; j >= 0; j-- {
		if best == f.golden.Input.Max() || j+1 < len(f.points) && f.points[j+1].x-1 <= best {
			break
		}
		w := f.points[j]
		for ; left > 0 && !steeper(w.least, f.rises[left-1]); left-- {
			best = f.extent(&f.slopes[left-1], s, best)
		}
		for ; right < len(f.slopes) && !steeper(f.rises[right], w.greatest); right++ {
			best = f.extent(&f.slopes[right], s, best)
		}
	}
	return best
}

// fewSlopes is how many slopes are tried faster than it is found which to try.
const fewSlopes = 128

// longestOfAll is longest by trying every slope. It begins near the one that
// reached farthest in the span before, since most fail at once where another has
// been as far.
func (f *fitter) longestOfAll(s span) int64 {
	best, middle := s.start, f.likely
	try := func(i int) {
		if i >= 0 && i < len(f.slopes) {
			if x := f.extent(&f.slopes[i], s, best); x > best {
				best, f.likely = x, i
			}
		}
	}
	try(middle)
	for away := 1; away < len(f.slopes) && best < f.golden.Input.Max(); away++ {
		try(middle - away)
		try(middle + away)
	}
	return best
}

// extent is the last input up to which a slope from s.start on holds with some
// bias, or best if that is not beyond best.
func (f *fitter) extent(sl *slope, s span, best int64) int64 {
	low, high := -2*unbounded, 2*unbounded
	for i := s.run; i < len(f.start); i++ {
		lo, hi := max(s.start, f.start[i]), f.end[i]
		l, h := f.narrow(sl, i, lo, hi, low, high)
		if l > h {
			if hi-1 <= best {
				return best
			}
			return max(best, f.lastOf(sl, i, lo, hi, low, high))
		}
		low, high = l, h
	}
	return f.golden.Input.Max()
}

// lastOf is the last input of the part lo..hi of run i up to which some of the biases
// low..high are left, or lo-1.
func (f *fitter) lastOf(sl *slope, i int, lo, hi, low, high int64) int64 {
	if !sl.sum.Monotonic() {
		return lo - 1 + int64(sort.Search(int(hi-lo), func(n int) bool {
			l, h := f.narrow(sl, i, lo, lo+int64(n), low, high)
			return l > h
		}))
	}
	if low, high = f.narrow(sl, i, lo, lo, low, high); low > high {
		return lo - 1
	}
	return sl.sum.LastWithin(lo, hi, f.low[i]-high, f.high[i]-low)
}

// narrow is what is left of the biases low..high after the part lo..hi of run i.
func (f *fitter) narrow(sl *slope, i int, lo, hi, low, high int64) (int64, int64) {
	least, greatest := sl.sum.Extremes(lo, hi)
	return max(low, f.low[i]-least), min(high, f.high[i]-greatest)
}

// biases is the range of biases with which a slope holds on s, empty if least is
// the greater. The last run is looked at first, as it is there that most slopes
// that do not fit are far off.
func (f *fitter) biases(sl *slope, s span) (least, greatest int64) {
	last := f.runOf(s.end)
	least, greatest = f.narrow(sl, last, max(s.start, f.start[last]), s.end, -2*unbounded, 2*unbounded)
	for i := s.run; i < last && least <= greatest; i++ {
		least, greatest = f.narrow(sl, i, max(s.start, f.start[i]), f.end[i], least, greatest)
	}
	return least, greatest
}

// point is an input at the end of a run, and the window of slopes of straight
// lines that keep to the bounds up to it.
type point struct {
	x               int64
	least, greatest float64
}

// relax finds the windows of slopes from s.start on: of real lines without
// floors, for which the bounds are widened by as much as the floors can matter. It
// fills in points up to limit or the first one that no line reaches, and tells
// how many are reached. A line through all points up to one has a slope at least
// (low - high)/(x - x') and at most (high - low)/(x - x') for all pairs x' < x,
// the extremes of which lie on the convex hulls.
func (f *fitter) relax(s span, limit int64) int {
	f.points, f.above, f.below = f.points[:0], f.above[:0], f.below[:0]
	w := point{least: math.Inf(-1), greatest: math.Inf(1)}
	for i := s.run; i < len(f.start) && f.start[i] <= limit; i++ {
		low, high := f.low[i], f.high[i]
		if low > -unbounded {
			low -= f.floors
		}
		lo, hi := max(s.start, f.start[i]), min(limit, f.end[i])
		for w.x = lo; ; w.x = hi {
			w.tighten(low, high, f.above, f.below)
			f.points = append(f.points, w)
			if steeper(w.least, w.greatest) {
				return len(f.points) - 1
			}
			if low > -unbounded {
				f.above = f.above.add(vertex{w.x, low})
			}
			if high < unbounded {
				f.below = f.below.add(vertex{w.x, -high})
			}
			if w.x == hi {
				break
			}
		}
	}
	return len(f.points)
}

// tighten narrows the window by the bounds at w.x.
func (w *point) tighten(low, high int64, above, below hull) {
	if high < unbounded && len(above) > 0 {
		w.greatest = min(w.greatest, above.leastSlope(vertex{w.x, high}))
	}
	if low > -unbounded && len(below) > 0 {
		w.least = max(w.least, -below.leastSlope(vertex{w.x, -low}))
	}
}

// steeper reports that a is greater than b by more than the rounding of the
// quotients they are.
func steeper(a, b float64) bool {
	return a > b && a-b > 1e-12*(math.Abs(a)+math.Abs(b))
}

// firstFrom is the index of the first slope that is not below rise.
func (f *family) firstFrom(rise float64) int {
	return sort.Search(len(f.rises), func(i int) bool { return f.rises[i] >= rise })
}

// vertex is a corner of a hull. Inputs have 32 bits and values 26, so that cross
// products are exact.
type vertex struct{ x, y int64 }

// hull is the upper convex hull of points, by ascending x.
type hull []vertex

func (h hull) add(v vertex) hull {
	for len(h) >= 2 {
		a, b := h[len(h)-2], h[len(h)-1]
		if (b.y-a.y)*(v.x-b.x) > (v.y-b.y)*(b.x-a.x) {
			break
		}
		h = h[:len(h)-1]
	}
	return append(h, v)
}

// leastSlope is the least slope of a line from a point of the hull to v, which is
// to the right of it.
func (h hull) leastSlope(v vertex) float64 {
	k := sort.Search(len(h)-1, func(k int) bool {
		a, b := h[k], h[k+1]
		return (b.y-a.y)*(v.x-a.x) <= (v.y-a.y)*(b.x-a.x)
	})
	return float64(v.y-h[k].y) / float64(v.x-h[k].x)
}
