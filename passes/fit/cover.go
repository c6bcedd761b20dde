package fit

import (
	"math"
	"slices"
	"sort"

	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// unbounded is beyond every value a bound can have, and far from overflow.
const unbounded = pwl.MaxMagnitude >> 1

// fitter fits one golden function. Values of lines, bounds and biases carry the
// guard bits.
type fitter struct {
	golden *steps.Function // of what is seen
	guard  int
	*family
	seen  *seen // nil: golden as it is
	wraps bool  // no value may be beyond the output codes
	at    telling

	start, end []int64 // of the runs
	low, high  []int64 // what bias + sum must keep to on each run
	tolerance  int64   // that low and high stand for
	hopeless   bool    // some input, seen through a window, has goldens too far apart for the tolerance

	points []point // of the last relax
	above  hull    // of the lower bounds
	below  hull    // of the upper bounds, mirrored
	likely int     // number of the slope that reached farthest last

	mirror *fitter // for reflect
	guess  int64   // of the least tolerance

	covered covered // the last cover

	// Room for what is made again and again.
	spans   []span
	samples []sample
	values  []int64 // of the slope being ranked
	pool    pool
	tied    tied
	rooms   rooms
}

func newFitter(golden *steps.Function, guard int, slopes *family) *fitter {
	f := new(fitter)
	f.take(golden, guard, slopes)
	return f
}

// take prepares for a function. All that was found of another is forgotten.
func (f *fitter) take(golden *steps.Function, guard int, slopes *family) {
	n := len(golden.Runs)
	f.golden, f.guard, f.family, f.likely = golden, guard, slopes, 0
	f.seen, f.wraps = nil, false
	f.covered.limit = 0
	f.start, f.end, f.low, f.high = sized(f.start, n), sized(f.end, n), sized(f.low, n), sized(f.high, n)
	for i, r := range golden.Runs {
		f.start[i] = r.Start
		if i > 0 {
			f.end[i-1] = r.Start - 1
		}
	}
	f.end[n-1] = golden.Input.Max()
	f.tolerate(0)
}

// first and last are the ends of the inputs.
func (f *fitter) first() int64 { return f.start[0] }
func (f *fitter) last() int64  { return f.end[len(f.end)-1] }

// sized is room for n, whatever is in it.
func sized[T any](room []T, n int) []T { return slices.Grow(room[:0], n)[:n] }

// tolerate sets the bounds for a maximum error. A bound at or beyond the end of
// the output codes is none, because the clamp sees to it; where there is no clamp it
// is that end.
func (f *fitter) tolerate(tolerance int64) {
	f.tolerance, f.hopeless = tolerance, false
	min, max := f.golden.Output.Min(), f.golden.Output.Max()
	for i, r := range f.golden.Runs {
		least, greatest := r.Value, r.Value
		if f.seen != nil {
			least, greatest = f.seen.least[i], f.seen.greatest[i]
		}
		f.low[i], f.high[i] = -unbounded, unbounded
		if y := greatest - tolerance; y > min {
			f.low[i] = y << f.guard
		} else if f.wraps {
			f.low[i] = min << f.guard
		}
		if y := least + tolerance; y < max {
			f.high[i] = (y+1)<<f.guard - 1
		} else if f.wraps {
			f.high[i] = (max+1)<<f.guard - 1
		}
		f.hopeless = f.hopeless || f.low[i] > f.high[i]
	}
}

// span is a stretch of inputs, starting in run number run.
type span struct {
	start, end int64
	run        int
}

// covered is a cover with up to limit spans that keep to a tolerance.
type covered struct {
	spans     []span
	limit     int
	tolerance int64
}

// cover splits the inputs into spans that one line each can hold within the
// tolerance, each as long as any line allows. What a line holds on a span it
// holds on every part of it, so no split has fewer spans. It gives up, with fewer
// spans than needed, beyond limit. The spans are good until the next cover.
func (f *fitter) cover(limit int) ([]span, bool) {
	if f.covered.limit == limit && f.covered.tolerance == f.tolerance {
		return f.covered.spans, true
	}
	f.spans = f.spans[:0]
	if f.hopeless {
		return nil, false
	}
	s := span{start: f.first()}
	for len(f.spans) < limit {
		s.end = f.longest(s)
		f.spans = append(f.spans, s)
		if s.end == f.last() {
			f.spans, f.covered = f.covered.spans, covered{f.spans, limit, f.tolerance}
			return f.covered.spans, true
		}
		for f.end[s.run] <= s.end {
			s.run++
		}
		s.start = s.end + 1
	}
	return f.spans, false
}

// longest is the last input up to which some line from s.start on holds. Slopes
// are tried in the order of how far they would reach without floors and with any
// bias, until that is no farther than what has been reached.
func (f *fitter) longest(s span) int64 {
	if len(f.slopes) <= fewSlopes {
		return f.longestOfAll(s)
	}
	windows := f.relax(s, f.last())
	g := goal{s.start + 1, f.runAfter(s.start, s.run)}
	left := f.firstFrom(f.points[windows-1].least)
	right := left
	for j := windows - 1; j >= 0; j-- {
		if g.run == len(f.start) || j+1 < len(f.points) && f.points[j+1].x <= g.at {
			break
		}
		w := f.points[j]
		for ; left > 0 && !steeper(w.least, f.rises[left-1]); left-- {
			f.aim(&g, left-1, s)
		}
		for ; right < len(f.slopes) && !steeper(f.rises[right], w.greatest); right++ {
			f.aim(&g, right, s)
		}
	}
	return g.at - 1
}

// fewSlopes is how many slopes are tried faster than it is found which to try.
const fewSlopes = 128

// longestOfAll is longest by trying every slope that may hold at the start and at the goal.
// It begins near the one that reached farthest in the span before, since most fail at once
// where another has been as far.
func (f *fitter) longestOfAll(s span) int64 {
	g := goal{s.start + 1, f.runAfter(s.start, s.run)}
	down, up := f.likely-1, f.likely+1
	f.aim(&g, f.likely, s)
	for ; g.run < len(f.start) && (down >= 0 || up < len(f.slopes)); down, up = down-1, up+1 {
		if down >= 0 {
			if steeper(f.chord(s.start, s.run, g.at, g.run).least, f.rises[down]) {
				down = -1 // and none that rises even less
			} else {
				f.aim(&g, down, s)
			}
		}
		if up < len(f.slopes) && g.run < len(f.start) {
			if steeper(f.rises[up], f.chord(s.start, s.run, g.at, g.run).greatest) {
				up = len(f.slopes)
			} else {
				f.aim(&g, up, s)
			}
		}
	}
	return g.at - 1
}

// chord is the window of slopes that may hold both at from, in run number i, and at to,
// in run number j or a later one.
func (f *fitter) chord(from int64, i int, to int64, j int) point {
	w := point{to, math.Inf(-1), math.Inf(1)}
	length := float64(to - from)
	if from == to {
		return w
	}
	if low := f.low[j]; low > -unbounded && f.high[i] < unbounded {
		w.least = float64(low-f.high[i]-f.floors) / length
	}
	if high := f.high[j]; high < unbounded && f.low[i] > -unbounded {
		w.greatest = float64(high-f.low[i]+f.floors) / length
	}
	return w
}

// goal is the input that a slope must get to, and the run that it is in.
type goal struct {
	at  int64
	run int
}

// runAfter is the run of the input after x, which is in run number run or later.
func (f *fitter) runAfter(x int64, run int) int {
	for run < len(f.end) && f.end[run] <= x {
		run++
	}
	return run
}

// aim moves the goal beyond what slope number i reaches from s.start on, if it does.
func (f *fitter) aim(g *goal, i int, s span) {
	if g.run == len(f.start) {
		return
	}
	if x := f.extent(&f.slopes[i], s, *g); x >= g.at {
		*g = goal{x + 1, f.runAfter(x, g.run)}
		f.likely = i
	}
}

// extent is the last input up to which a slope from s.start on holds with some
// bias, or some input before the goal if it does not get there. It is at the goal
// that most slopes fail.
func (f *fitter) extent(sl *slope, s span, g goal) int64 {
	low, high := f.narrow(sl, g.run, max(s.start, f.start[g.run]), g.at, -2*unbounded, 2*unbounded)
	for i := s.run; i < len(f.start); i++ {
		lo, hi := max(s.start, f.start[i]), f.end[i]
		l, h := f.narrow(sl, i, lo, hi, low, high)
		if l > h {
			if i < g.run || low > high {
				return s.start - 1
			}
			return f.lastOf(sl, i, lo, hi, low, high)
		}
		low, high = l, h
	}
	return f.last()
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

// biases is the range of biases with which a slope holds on s, which ends in run number
// last, empty if least is the greater. The last run is looked at first, as it is there that most slopes
// that do not fit are far off.
func (f *fitter) biases(sl *slope, s span, last int) (least, greatest int64) {
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
