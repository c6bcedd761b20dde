package fit

import (
	"math"
	"slices"
	"sort"
)

// straight looks for covers of little squares where errors are many output codes. There
// floors and guard bits hardly count, and a line is as good as a straight one of its rise:
// its best bias and its loss follow from the moments of golden, and of the slopes the best
// is one of the two beside the rise of least squares. So all slopes and all breaks between
// cells are gone through, by the number of segments. Lines may reach a clamp or leave one.
type straight struct {
	*fitter
	segments int
	limit    float64   // no line that is of use loses more
	borders  []int64   // of the cells
	at       []float64 // where these are, in cells of equal width
	sums     []moments // of the cells before each border
	rises    []float64 // of the slopes, in outputs for each cell
	numbers  []int32   // of these slopes
	codes    [2]float64
	lost     [2][]float64 // before each border by the least and by the greatest output

	covers  [][]stroke    // of the cells before each border, by the number of segments
	clamped [2][][]stroke // such that the line comes to a clamp at the border
}

// moments are weighted sums over inputs, with x in cells.
type moments struct{ weight, x, q, xx, xq, qq float64 }

// stroke is the last segment of a cover, whose line is at level at the border from. Before
// that it is clamped.
type stroke struct {
	cost        float64 // of the cover
	start, from int32   // borders
	slope       int32
	level       float64
}

// A search has so many cells at most, and goes through so many covers, as powers of two.
const (
	straightCells = 9
	straightWork  = 25
)

// straightStep is about how many output codes a bias is off that moments tell.
const straightStep = 16

// straight makes pieces of such a cover, none if the shape has too many segments or none
// keeps to the objective's limit or costs less than so much.
func (f *fitter) straight(segments int, o *objective, cost int64) []piece {
	cells := 1 << straightCells
	for cells*cells > 1<<straightWork/segments {
		cells /= 2
	}
	if cells < 4*segments || f.last()-f.first() < int64(cells) {
		return nil
	}
	s := &straight{fitter: f, segments: segments, limit: float64(cost)}
	s.measure(cells, o)
	s.cover()
	pieces := s.pieces()
	if len(pieces) == 0 { // all lines cost too much
		return nil
	}
	f.tolerate(min(o.limit, int64(f.golden.Output.Count())))
	if !f.settle(o, pieces, straightStep<<f.guard) {
		return nil
	}
	return merge(pieces)
}

// cut makes borders of so many cells at most: of equal width, or where inputs are weighed half
// of them and half of equal weight.
func (s *straight) cut(cells int, o *objective) {
	first, count := s.first(), s.last()-s.first()+1
	even := cells
	if o.weigh != nil {
		even = cells / 2
		s.borders = s.evenly(even, o)
	}
	for c := range even + 1 {
		s.borders = append(s.borders, first+count*int64(c)/int64(even))
	}
	slices.Sort(s.borders)
	s.borders = slices.Compact(s.borders)
}

// evenly are borders within the inputs that part them by weight into so many.
func (s *straight) evenly(parts int, o *objective) (borders []int64) {
	share := float64(s.weightOn(o, span{end: s.last()})) / float64(parts)
	before := 0.0
	for run, end := range s.end {
		start := s.start[run]
		for from := start; from <= end && len(borders) < parts-1; {
			goal := share*float64(len(borders)+1) - before
			at := from + int64(sort.Search(int(end-from+1), func(n int) bool {
				return float64(s.spread(o, run, start, from+int64(n)).weight) >= goal
			}))
			if at <= end && at < s.last() {
				borders = append(borders, at+1)
			}
			from = at + 1
		}
		before += float64(s.spread(o, run, start, end).weight)
	}
	return borders
}

// measure cuts cells and takes the moments of golden.
func (s *straight) measure(cells int, o *objective) {
	s.cut(cells, o)
	first := s.first()
	width := float64(s.last()-first+1) / float64(cells)
	out := s.golden.Output
	s.codes = [2]float64{float64(out.Min()), float64(out.Max())}
	var m moments
	run := 0
	for c, border := range s.borders {
		for lo := s.borders[max(c-1, 0)]; lo < border; {
			hi := min(border-1, s.end[run])
			w, q := float64(s.spread(o, run, lo, hi).weight), float64(s.golden.Runs[run].Value)
			x, n := (float64(lo-first)+float64(hi-lo)/2)/width, float64(hi-lo)/width
			m = moments{m.weight + w, m.x + w*x, m.q + w*q, m.xx + w*(x*x+n*n/12), m.xq + w*x*q, m.qq + w*q*q}
			if lo = hi + 1; hi == s.end[run] {
				run++
			}
		}
		s.at, s.sums = append(s.at, float64(border-first)/width), append(s.sums, m)
		for k, y := range s.codes {
			s.lost[k] = append(s.lost[k], m.qq-2*y*m.q+y*y*m.weight)
		}
	}
	for i, rise := range s.family.rises {
		if n := len(s.numbers); n > 0 && s.family.rises[s.numbers[n-1]] == rise || s.slopes[i].sum.Teeth(s.first(), s.last()) > 1<<restlessBits {
			continue
		}
		s.numbers = append(s.numbers, int32(i))
		s.rises = append(s.rises, math.Ldexp(rise*width, -s.guard))
	}
}

// line is the best on the cells between two borders, with its loss alone.
func (s *straight) line(from, to int) (best stroke, rise float64) {
	a, b := &s.sums[from], &s.sums[to]
	weight := b.weight - a.weight
	if weight <= 0 {
		weight = math.SmallestNonzeroFloat64
	}
	x, q := (b.x-a.x)/weight, (b.q-a.q)/weight
	xx, xq, qq := b.xx-a.xx-weight*x*x, b.xq-a.xq-weight*x*q, b.qq-a.qq-weight*q*q
	aim, least := 0.0, qq
	if xx > 0 {
		aim = xq / xx
		least -= xq * aim
	}
	at := sort.SearchFloat64s(s.rises, aim)
	if at == len(s.rises) || at > 0 && aim-s.rises[at-1] < s.rises[at]-aim {
		at--
	}
	rise = s.rises[at]
	loss := max(0, least+xx*(rise-aim)*(rise-aim))
	return stroke{cost: loss, start: int32(from), from: int32(from), slope: int32(at), level: q + rise*(s.at[from]-x)}, rise
}

// cover finds the best covers from border to border.
func (s *straight) cover() {
	room := func() [][]stroke {
		all := make([][]stroke, s.segments+1)
		for k := range all {
			all[k] = slices.Repeat([]stroke{{cost: math.Inf(1)}}, len(s.borders))
		}
		return all
	}
	s.covers, s.clamped = room(), [2][][]stroke{room(), room()}
	s.covers[0][0].cost = 0
	var before, after [2][]stroke // the best that are at a clamp, less what was lost there
	for side := range before {
		before[side] = slices.Repeat([]stroke{{cost: math.Inf(1)}}, s.segments+1)
		after[side] = slices.Clone(before[side])
	}
	for at := range s.borders {
		for k := range s.segments + 1 {
			for side := range s.codes {
				lost := s.lost[side][at]
				after[side][k] = s.clamped[side][k][at].less(lost).or(after[side][k])
				s.covers[k][at] = s.covers[k][at].or(after[side][k].less(-lost))
			}
			for side := range s.codes {
				here := stroke{cost: s.covers[k][at].cost, start: int32(at)}
				before[side][k] = before[side][k].or(here.less(s.lost[side][at]))
			}
		}
		s.extend(at, &before)
	}
}

func (s stroke) less(cost float64) stroke {
	s.cost -= cost
	return s
}

func (s stroke) or(other stroke) stroke {
	if other.cost < s.cost {
		return other
	}
	return s
}

// extend lays lines from a border on, or from a clamp that they leave there.
func (s *straight) extend(from int, before *[2][]stroke) {
	for to := from + 1; to < len(s.borders); to++ {
		line, rise := s.line(from, to)
		if line.cost > s.limit {
			return
		}
		leaves := s.meets(line.level-rise*(s.at[from]-s.at[max(0, from-1)]), -rise)
		reaches := s.meets(line.level+rise*(s.at[min(to+1, len(s.at)-1)]-s.at[from]), rise)
		for k := range s.segments {
			next := line
			base := s.covers[k][from].cost
			if leaves >= 0 {
				if c := before[leaves][k].less(-s.lost[leaves][from]); c.cost < base {
					base, next.start = c.cost, c.start
				}
			}
			next.cost += base
			s.covers[k+1][to] = s.covers[k+1][to].or(next)
			if reaches >= 0 {
				s.clamped[reaches][k+1][to] = s.clamped[reaches][k+1][to].or(next)
			}
		}
	}
}

// meets is which clamp a line is at that goes a way, -1 if none.
func (s *straight) meets(level, way float64) int {
	switch {
	case s.wraps:
	case way < 0 && level <= s.codes[0]:
		return 0
	case way > 0 && level >= s.codes[1]:
		return 1
	}
	return -1
}

// pieces are those of the best cover.
func (s *straight) pieces() []piece {
	last := len(s.borders) - 1
	best := 0
	for k := range s.covers {
		if s.covers[k][last].cost < s.covers[best][last].cost {
			best = k
		}
	}
	pieces := make([]piece, best)
	for k, end := best, last; k > 0; k-- {
		at := s.covers[k][end]
		sl := &s.slopes[s.numbers[at.slope]]
		bias := int64(math.Ldexp(at.level+0.5, s.guard)) - sl.sum.At(s.borders[at.from])
		start := s.borders[at.start]
		pieces[k-1] = piece{span: span{start: start, end: s.borders[end] - 1, run: s.runOf(start)}, line: line{sl, bias}}
		end = int(at.start)
	}
	return pieces
}
