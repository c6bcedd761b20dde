package fit

import (
	"cmp"
	"math"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
)

// rowsBudget bounds the search for segments that can share rows at one tolerance,
// sharpBudget that for rows with one segment held to less, and sharpWork all of the latter
// together, in comparisons. What a search takes that never goes back is added.
const (
	rowsBudget  = 1 << 26
	sharpBudget = 1 << 22
	sharpWork   = 1 << 28
)

// sharing is the search for a decomposed table: for each segment a bias and a row. Which
// segments can share one is exact, since they can if a system of differences has a
// solution; which of them do is searched for within a budget.
type sharing struct {
	in, out  ir.Integer // the codes of the window and of the output
	low      int        // bits within a segment
	rows     int
	span     int64         // the largest difference within a row
	parts    [][]part      // for each code of the window
	most     []int64       // the tolerance of each segment
	lo, hi   []int64       // for each code of the window what values may be then
	segments []int         // those that inputs reach, without those alike to one before
	alike    map[int][]int // for each of them those left out
	work     int64         // done so far
}

// decomposed makes a table of segments that share rows: of the least maximum error that
// is found, and of the least squares that are found then. With a word for each code of the
// window there would be a least maximum error, below which none is.
func (j *job) decomposed(f *fitter, view pwl.View) (*pwl.Function, *pwl.Squares) {
	s := j.sharing(f)
	spans := f.equal(0)
	limit := j.options.MaxError
	bound := f.leastTolerance(func() bool { return f.allHold(spans) })
	t, least := s.leastTolerance(bound, limit)
	if t == nil {
		return nil, nil
	}
	o := objective{weigh: j.weigh, limit: least}
	switch {
	case j.options.Fit != ir.RMSE:
	case limit >= 0:
		o.limit = limit
	default:
		o.limit = int64(f.golden.Output.Count())
	}
	t = s.sharpen(t, least, &o)
	s.tolerate(o.limit)
	total := s.settle(t, &o)
	made := s.function(t, f.golden.Input)
	f.tolerate(o.limit)
	direct := int64(0)
	for _, span := range spans {
		cost := f.cheapest(span, &o, math.MaxInt64).cost
		direct += cost
	}
	return made, &pwl.Squares{Sum: total, Bound: direct, Weight: o.weight(j.golden.Input.Min(), j.golden.Input.Max())}
}

func (j *job) sharing(f *fitter) *sharing {
	s := &sharing{
		in: j.shape.Window.Codes(j.datapath), out: j.golden.Output, low: j.shape.LowBits(j.datapath), rows: j.shape.Rows,
		span: 1<<j.shape.RowBits - 1, most: make([]int64, j.shape.Segments),
	}
	n := int(s.in.Count())
	s.lo, s.hi, s.parts = make([]int64, n), make([]int64, n), make([][]part, n)
	for _, p := range singles(f.seen.parts) {
		at := p.Lo - s.in.Min()
		s.parts[at] = append(s.parts[at], p)
	}
	return s
}

// size is the number of codes of a segment.
func (s *sharing) size() int { return 1 << s.low }

// tolerate sets a maximum error for all segments.
func (s *sharing) tolerate(tolerance int64) {
	for k := range s.most {
		s.most[k] = tolerance
	}
	s.bound()
}

// bound sets what values may be.
func (s *sharing) bound() {
	for at, parts := range s.parts {
		s.lo[at], s.hi[at] = -unbounded, unbounded
		most := s.most[at/s.size()]
		for _, p := range parts {
			s.lo[at] = max(s.lo[at], s.out.Min(), p.golden-most)
			s.hi[at] = min(s.hi[at], s.out.Max(), p.golden+most)
		}
	}
	s.distinct()
}

// distinct finds the segments that differ in more than a bias from those before.
func (s *sharing) distinct() {
	s.segments, s.alike = nil, map[int][]int{}
	for k := range s.most {
		lo, hi := s.bounds(k)
		if slices.Max(lo) == -unbounded {
			continue
		}
		other := slices.IndexFunc(s.segments, func(i int) bool {
			otherLo, otherHi := s.bounds(i)
			return lo[0]-otherLo[0] == hi[0]-otherHi[0] && shifted(lo, otherLo) && shifted(hi, otherHi)
		})
		if other >= 0 {
			first := s.segments[other]
			s.alike[first] = append(s.alike[first], k)
			continue
		}
		s.segments = append(s.segments, k)
	}
}

func shifted(a, b []int64) bool {
	for i := range a {
		if a[i]-b[i] != a[0]-b[0] {
			return false
		}
	}
	return true
}

// bounds are those of segment k.
func (s *sharing) bounds(k int) (lo, hi []int64) {
	from, to := k*s.size(), (k+1)*s.size()
	return s.lo[from:to], s.hi[from:to]
}

// leastTolerance is the least one from bound on for which segments that share rows are
// found, with the row of each segment. Where there is a limit, from 0 on, there may be
// none within it.
func (s *sharing) leastTolerance(bound, limit int64) (*table, int64) {
	if limit < 0 {
		limit = int64(s.out.Count())
	}
	fails, good := bound-1, bound
	var best *table
	for step := int64(1); best == nil; step *= 2 {
		if good > limit {
			return nil, 0
		}
		s.tolerate(good)
		if best = s.search(rowsBudget); best == nil {
			fails, good = good, good+step
			if fails < limit {
				good = min(good, limit)
			}
		}
	}
	for good-fails > 1 {
		mid := fails + (good-fails)/2
		s.tolerate(mid)
		if t := s.search(rowsBudget); t != nil {
			best, good = t, mid
		} else {
			fails = mid
		}
	}
	return best, good
}

// sharpen holds segments to smaller errors than the others where rows are found even so,
// first those that cost most.
func (s *sharing) sharpen(t *table, tolerance int64, o *objective) *table {
	s.tolerate(tolerance)
	costs := map[int]int64{}
	for _, k := range s.segments {
		for _, same := range append(s.alike[k], k) {
			costs[k] = min(infinite, costs[k]+s.segmentCost(t, same, o, infinite))
		}
	}
	order := slices.Clone(s.segments)
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(costs[j], costs[i]) })
	groups := s.alike
	s.work = 0
	for _, k := range order {
		if s.work > sharpWork {
			break
		}
		for less := int64(0); less < min(tolerance, mostSharp); less++ {
			s.hold(append(groups[k], k), less)
			if found := s.search(sharpBudget); found != nil {
				t = found
				break
			}
			s.hold(append(groups[k], k), tolerance)
		}
	}
	return t
}

// mostSharp is how many tolerances are tried.
const mostSharp = 4

func (s *sharing) hold(segments []int, tolerance int64) {
	for _, k := range segments {
		s.most[k] = tolerance
	}
	s.bound()
}

// differences are what numbers of a row may differ by: at most at[l*n+m] from m to l. No
// chain of them says more than they do themselves.
type differences struct {
	n  int
	at []int64
}

func newDifferences(n int, span int64) *differences {
	d := &differences{n, make([]int64, n*n)}
	for i := range d.at {
		if i/n != i%n {
			d.at[i] = span
		}
	}
	return d
}

// reach is what a segment's values may be between if it takes part.
func (d *differences) reach(lo, hi []int64) (least, most []int64, ok bool) {
	least, most = make([]int64, d.n), make([]int64, d.n)
	for l := range d.n {
		least[l], most[l] = -unbounded, unbounded
	}
	for l := range d.n {
		top, low := int64(unbounded), lo[l]
		for m, by := range d.at[l*d.n : (l+1)*d.n] {
			top = min(top, hi[m]+by)
			least[m] = max(least[m], low-by)
		}
		most[l] = top
	}
	for l := range d.n {
		if least[l] > most[l] {
			return nil, nil, false
		}
	}
	return least, most, true
}

// with are the differences that are left where a segment of that reach takes part.
func (d *differences) with(least, most []int64) *differences {
	r := &differences{d.n, make([]int64, len(d.at))}
	for l := range d.n {
		for m := range d.n {
			r.at[l*d.n+m] = min(d.at[l*d.n+m], most[l]-least[m])
		}
	}
	return r
}

// room is how much is left of all differences.
func (d *differences) room() int64 {
	sum := int64(0)
	for _, v := range d.at {
		sum += v
	}
	return sum
}

// some is a row that keeps to the differences.
func (d *differences) some() []int64 {
	row := make([]int64, d.n)
	for l := range row {
		row[l] = d.at[l*d.n]
	}
	least := slices.Min(row)
	for l := range row {
		row[l] -= least
	}
	return row
}
