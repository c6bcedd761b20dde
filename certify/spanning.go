package certify

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"sort"
	"sync"

	"grauc/ir"
	"grauc/ir/pwl"
)

// spanning is the question what so many segments have of squares at least that keep to a
// maximum error.
//
// Of a segment count the runs of golden that it has all of: its line keeps to the maximum
// error there. All lines are found that do so on at least some runs together, and what they
// cost there, so that for each two runs it is known what one line costs at least from the
// one to the other; fewer runs are taken to cost nothing. They are fewer where inputs weigh
// much, as most are saved there. A run that is cut costs nothing, too. With that the least cost
// of covers of all runs is a lower bound.
//
// What a line costs on a run is found without looking at its inputs: those on which it is d
// or more outputs off cost 1 + 3 + ... + 2d-1 at least, and how many these are tells where
// the slope comes to some value.
type spanning struct {
	*prover
	runs   []held
	ladder []rung
	floor  int64 // what the runs cost that have several golden outputs

	weighted bool  // inputs weigh differently
	limit    int64 // what costs as much or more is not followed
	budget   int64

	few, many int64 // runs on which lines are followed: so many,
	heavy     int64 // where inputs weigh as much, and else so many

	*room
}

// room is for what is made again and again. It keeps the slopes of the last shape.
type room struct {
	of     family
	climbs []steep // in order

	edges [2][]edge // of each run and rung, for slopes that rise and that fall

	costs []int64 // of one line on runs i..j-1, at i*(n+1) + j
	far   []int   // the last j with a line
	begin []int   // first run that each slope may hold on
	ends  []int   // of the least runs from each on that lines are followed on

	// Of the slope that is looked at:
	climb  climb
	values []biases // on each run
	kept   []biases // on each run
	blocks []block
	sums   []int64 // what a line costs up to each run
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// take makes the slopes of a shape, in the order of their rates.
func (r *room) take(s *ir.Shape, in ir.Integer) {
	all := fanOf(s, in)
	if r.of == all.family {
		return
	}
	r.of, r.climbs = all.family, sized(r.climbs, len(all.slopes))
	for i := range all.slopes {
		r.climbs[i] = newSteep(all.slopes[i], s.Guard)
	}
	slices.SortStableFunc(r.climbs, func(a, b steep) int { return cmp.Compare(a.slant(), b.slant()) })
}

// sized is room for n, whatever is in it.
func sized[T any](room []T, n int) []T { return slices.Grow(room[:0], n)[:n] }

// held is a run as lines are held against it.
type held struct {
	look
	golden int64
	free   bool  // costs nothing beyond the floor
	share  int64 // of a run of golden, in parts of whole
	weight int64 // of its inputs
	tally
}

const whole = 1 << 20

// block is the biases of lines that hold on runs from..to-1.
type block struct {
	from, to int
	biases
}

// cut is a look in about as many parts of the same size.
func (l look) cut(parts int) []look {
	var all []look
	size := (l.hi-l.lo)/int64(parts) + 1
	for lo := l.lo; lo <= l.hi; lo += size {
		all = append(all, look{lo: lo, hi: min(l.hi, lo+size-1), low: l.low, high: l.high})
	}
	return all
}

// rung is what the inputs cost in addition that are so far off or more.
type rung struct{ off, more int64 }

// ladderOf has every error up to the tolerance where it is small.
func ladderOf(tolerance int64) []rung {
	var all []rung
	before := int64(0)
	for off := int64(1); off <= tolerance; off += max(1, off/3) {
		all = append(all, rung{off, off*off - before})
		before = off * off
	}
	return all
}

// edge tells which inputs of a run cost more with a rung of the ladder: those of lo..end-1
// before v comes to one value less the bias, or from where it keeps another.
type edge struct{ lo, end, low, high, more int64 }

// edged makes the edges of slopes that rise, or that fall.
func (s *spanning) edged(edges []edge, falls bool) []edge {
	edges = edges[:0]
	for i := range s.runs {
		for _, step := range s.ladder {
			run := &s.runs[i]
			e := edge{run.lo, run.hi + 1, -beyond, beyond, step.more}
			if under := run.golden - step.off; under >= s.out.Min() {
				e.low = (under + 1) << s.guard
			}
			if over := run.golden + step.off; over <= s.out.Max() {
				e.high = over << s.guard
			}
			if falls {
				e.low, e.high = 1-e.high, 1-e.low
			}
			if run.free {
				e.more = 0
			}
			edges = append(edges, e)
		}
	}
	return edges
}

// tally is what inputs of a run weigh: 1 each, or as sums tell at every 2^grain of them.
type tally struct {
	grain int
	sums  []int64
}

// tallyBits is about how finely runs are tallied, as a power of two.
const tallyBits = 4

// weigh is what the inputs x..end-1 of a look weigh, or less.
func (t *tally) weigh(l *look, x, end int64) int64 {
	if x >= end {
		return 0
	}
	if t.sums == nil {
		return end - x
	}
	return t.sum(l, x, end)
}

func (t *tally) sum(l *look, x, end int64) int64 {
	first, last := (x-l.lo+1<<t.grain-1)>>t.grain, (end-l.lo)>>t.grain
	if end == l.hi+1 {
		last = int64(len(t.sums)) - 1
	}
	return max(0, t.sums[last]-t.sums[first])
}

// newTally tallies a look by halving.
func newTally(l *look, v pwl.View, in ir.Integer, weigh weigher) tally {
	t := tally{}
	for (l.hi-l.lo)>>t.grain >= 1<<tallyBits {
		t.grain++
	}
	first, total := firstSeen(v, in, l.lo), int64(0)
	for x := l.lo; ; x += 1 << t.grain {
		t.sums = append(t.sums, total)
		if x > l.hi {
			return t
		}
		next := firstSeen(v, in, min(x+1<<t.grain, l.hi+1))
		total += weigh(first, next-1).Int64()
		first = next
	}
}

// bounded reports whether costs stay far from infinite, and runs are few enough.
func (q *question) bounded() bool {
	off := big.NewInt(max(1, q.most))
	total := weigherOf(q.layer)(q.golden.Input.Min(), q.golden.Input.Max())
	return q.most < 1<<20 && total.Mul(total, off.Mul(off, off)).Cmp(big.NewInt(infinite)) < 0 && len(q.golden.Runs) <= mostSpanned
}

// spansBudget bounds the steps that the proof by runs takes in a build, cellsBudget those of
// the proof by cells where that by runs finds nothing, as of uniform segments and many runs.
const (
	spansBudget = 1 << 23
	cellsBudget = 1 << 25
)

// mostSpanned bounds the room that costs of lines from any run to any other take.
const mostSpanned = 1 << 11

// certain is what a certificate states at least of the squares among fits that keep to the
// greatest error asked for. If it is not made thoroughly, it has another bound of fits of one
// term, of which the search for the fit mostly finds one in next to no time.
func (q *question) certain(steps int64) int64 {
	switch {
	case steps > 0:
		return q.tied(steps)
	case q.layer.Shape.Terms == 1 && q.easy():
		return 0
	}
	return q.soon()
}

// soon is what is proved by runs, or else by cells.
func (q *question) soon() int64 {
	if bound := q.spans(spansBudget); bound > 0 {
		return bound
	}
	bound, _ := q.prove(cellsBudget)
	return bound
}

// tied is what is proved of them in so many steps, or in about twice as many.
func (q *question) tied(steps int64) int64 {
	bound := q.finerSpans(steps)
	if bound < q.sum {
		cells, _ := q.prove(steps)
		bound = max(bound, cells)
	}
	return bound
}

// spans is a lower bound on the squares of fits with breaks anywhere that keep to the
// greatest error asked for, at most what the fit has: by lines that hold on as few runs as
// the budget allows for.
func (q *question) spans(budget int64) (bound int64) {
	if q.sum == 0 || q.layer.Shape.Breaks == ir.Uniform || !q.bounded() {
		return 0
	}
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	for short := q.short(); short <= len(q.golden.Runs); short *= 2 {
		if least, _, ok := q.span(short, 1, budget, r); ok {
			return least
		}
	}
	return 0
}

// finerSpans is such a bound that goes on to lines that hold on fewer runs, and cuts runs into
// parts, while the budget lasts.
func (q *question) finerSpans(budget int64) (bound int64) {
	bound = q.spans(budget)
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	for short, parts := q.short()/2, 1; bound > 0 && bound < q.sum && parts*len(q.golden.Runs) <= mostSpanned; parts *= 2 {
		least, left, ok := q.span(max(1, short), parts, budget, r)
		if !ok {
			break
		}
		bound, budget, short = max(bound, least), left, short/2
	}
	return bound
}

// Where inputs weigh as much as one of so many parts of a segment of average weight, half as
// many runs are enough, but not fewer than a few: too many lines would hold there.
const (
	heavyParts = 6
	fewRuns    = 6
)

// short is on how many runs a line has to hold at least, at first: more than any slope does
// for a maximum error, but few for a segment.
func (q *question) short() int {
	return int(min(2*q.most+8, int64(max(1, len(q.golden.Runs)/(3*q.layer.Shape.Segments)))))
}

// span is the bound by lines that hold on so many runs or more, each cut into parts, and what
// is left of the budget.
func (q *question) span(short, parts int, budget int64, r *room) (bound, left int64, ok bool) {
	bound = q.sum
	for _, v := range views(&q.layer.Shape, q.in) {
		s := q.spanning(v, short, parts, r)
		s.budget = budget
		least, ok := s.least(q.layer.Shape.Segments)
		if budget = s.budget; !ok {
			return 0, budget, false
		}
		bound = min(bound, least)
	}
	return bound, budget, true
}

// spanning is the question as one view shows it.
func (q *question) spanning(v pwl.View, short, parts int, r *room) *spanning {
	s := &q.layer.Shape
	p := &spanning{ladder: ladderOf(q.most), prover: &prover{
		sights: sights(q.golden, v), out: q.golden.Output, wraps: s.Overflow == ir.Wrap, guard: s.Guard, tolerance: q.most,
	}, room: r, weighted: q.layer.Options.Weight != nil || v.Codes.Width > 0}
	r.take(s, s.Window.Codes(q.in))
	weigh := weigherOf(q.layer)
	total := weigh(q.golden.Input.Min(), q.golden.Input.Max()).Int64()
	p.few, p.many = whole*int64(max(min(short, fewRuns), short/2)), whole*int64(short)
	p.heavy = max(1, total/int64(heavyParts*s.Segments*q.short())*int64(short))
	by := cutting{weigh: weigh, limit: q.most}
	for i, seen := range p.sights {
		if seen.least != seen.greatest {
			c := by.cell(q.golden, v, seen.lo, seen.hi, 0)
			p.floor = min(q.sum, p.floor+c.cost(c.best))
			p.runs = append(p.runs, held{look: p.look(i), free: true, share: whole})
			continue
		}
		into := p.look(i).cut(parts)
		for _, l := range into {
			one := held{look: l, golden: seen.least, share: (whole-1)/int64(len(into)) + 1, weight: l.hi - l.lo + 1}
			if p.weighted {
				one.tally = newTally(&l, v, q.golden.Input, weigh)
				one.weight = one.sums[len(one.sums)-1]
			}
			p.runs = append(p.runs, one)
		}
	}
	p.limit = max(0, q.sum-p.floor)
	return p
}

// least is the least cost of a cover of at most so many segments, or the limit if that is
// less, with the floor.
func (s *spanning) least(segments int) (cost int64, ok bool) {
	n := len(s.runs)
	s.reckon()
	if s.ends[0] > n {
		return s.floor, true
	}
	s.costs, s.far = sized(s.costs, (n+1)*(n+1)), sized(s.far, n+1)
	clear(s.far)
	for i := range n + 1 {
		row := s.costs[i*(n+1):][:n+1]
		clear(row[i:min(n+1, s.ends[i])])
		for j := s.ends[i]; j <= n; j++ {
			row[j] = s.limit
		}
	}
	s.values, s.kept, s.sums = sized(s.values, n), sized(s.kept, n), sized(s.sums, n+1)
	s.edges = [2][]edge{s.edged(s.edges[0], false), s.edged(s.edges[1], true)}
	if s.follow(); s.budget < 0 {
		return 0, false
	}
	return s.floor + s.cover(segments), true
}

// reckon finds where the least runs from each on end that lines are followed on, beyond all
// where there are none.
func (s *spanning) reckon() {
	n := len(s.runs)
	s.ends = sized(s.ends, n+1)
	end, share, weight := 0, int64(0), int64(0)
	enough := func() bool { return share >= s.few && (share >= s.many || weight >= s.heavy) }
	for i := range n {
		for ; end < n && !enough(); end++ {
			share, weight = share+s.runs[end].share, weight+s.runs[end].weight
		}
		if s.ends[i] = end; !enough() {
			s.ends[i] = n + 1
		}
		share, weight = share-s.runs[i].share, weight-s.runs[i].weight
	}
	s.ends[n] = n + 1
}

// follow follows the lines of all slopes, each on the runs from which on it may hold on the
// least that lines are followed on.
func (s *spanning) follow() {
	s.begin = sized(s.begin, len(s.climbs))
	first, end := 0, 0 // of those that may hold
	for i := 0; s.ends[i] <= len(s.runs); i++ {
		w := s.window(i, s.ends[i]-1)
		from := sort.Search(len(s.climbs), func(k int) bool { return s.climbs[k].slant() >= w.least })
		to := max(from, sort.Search(len(s.climbs), func(k int) bool { return s.climbs[k].slant() > w.greatest }))
		for k := first; k < end; k++ {
			if k < from || k >= to {
				s.stretch(k, s.begin[k], s.ends[i]-1)
			}
		}
		for k := from; k < to; k++ {
			if k < first || k >= end {
				s.begin[k] = i
			}
		}
		if first, end = from, to; s.budget < 0 {
			return
		}
	}
	for k := first; k < end; k++ {
		s.stretch(k, s.begin[k], len(s.runs))
	}
}

// cover is the least cost of so many segments. One that begins within a run pays from the
// next on, and ends within another.
func (s *spanning) cover(segments int) int64 {
	n := len(s.runs)
	before, after := make([]int64, n+2), make([]int64, n+2)
	for i := range before {
		before[i] = s.limit
	}
	before[0] = 0
	least := s.limit
	for range segments {
		for i := range after {
			after[i] = s.limit
		}
		for i, cost := range before[:n+1] {
			if cost >= s.limit {
				continue
			}
			far := max(s.far[i], min(n, s.ends[i]-1))
			row := s.costs[i*(n+1):][i : far+1]
			if far == n {
				least = min(least, cost+row[n-i])
				row = row[:n-i]
			}
			next := after[i+1:][:len(row)]
			for j, more := range row {
				next[j] = min(next[j], cost+more)
			}
		}
		before, after = after, before
	}
	return least
}

// window is the rates of lines that keep to the runs first..last, as far as either end tells
// together with another run. An end alone does not tell enough: where it is near the least
// or the greatest output it bounds lines from one side.
func (s *spanning) window(first, last int) rates {
	w := rates{math.Inf(-1), math.Inf(1)}
	a, b := &s.runs[first].look, &s.runs[last].look
	w.narrow(a, b)
	for i := first + 1; i < last; i++ {
		l := &s.runs[i].look
		w.narrow(a, l)
		w.narrow(l, b)
	}
	return w
}

// stretch follows the lines of a slope on runs from..to-1.
func (s *spanning) stretch(number, from, to int) {
	c := &s.climb
	c.steep = s.climbs[number]
	s.budget -= int64(to - from)
	for r := from; r < to; r++ {
		l := &s.runs[r].look
		v, w := c.at(l.lo, s.guard), c.at(l.hi, s.guard)
		low, high := min(v, w), max(v, w)
		s.values[r] = biases{low, high}
		s.kept[r] = biases{l.low - low, l.high - high}
	}
	s.lines(from, to)
}

// lines follows the lines of a slope that hold on runs of from..to-1 and have not one output
// alone there. Where one has on all least runs, these are from one end to the other, and each
// shares a run with the next, it has everywhere.
func (s *spanning) lines(from, to int) {
	all, c := biases{beyond, -beyond}, &s.climb
	s.blocks = s.blocks[:0]
	for r := from; r < to && s.ends[r] <= to; r++ {
		last := max(s.ends[r], s.ends[r+1]-1)
		if s.ends[r] == r+1 {
			last = max(last, r+2)
		}
		for end := s.ends[r]; end <= min(last, to); end++ {
			if b := s.together(r, end); b.low <= b.high {
				all.low, all.high = min(all.low, b.low), max(all.high, b.high)
				s.blocks = append(s.blocks, block{r, end, b})
			}
		}
	}
	if all.low > all.high {
		return
	}
	least, greatest := s.runs[from].golden, s.runs[from].golden
	for r := from + 1; r < to; r++ {
		least, greatest = min(least, s.runs[r].golden), max(greatest, s.runs[r].golden)
	}
	low, high := (least-s.tolerance)<<s.guard-all.high, (greatest+s.tolerance+1)<<s.guard-all.low
	if c.rises < 0 {
		low, high = 1-high, 1-low
	}
	s.budget -= c.tabulate(s.runs[from].lo, s.runs[to-1].hi, low, high)
	before := block{biases: biases{0, -1}}
	for _, b := range s.blocks {
		for bias := b.low; bias <= b.high; bias++ {
			if before.to >= b.from && before.low <= bias && bias <= before.high {
				continue // which is followed already
			}
			if s.line(bias, from, b.from, to); s.budget < 0 {
				return
			}
		}
		before = b
	}
}

// together are the biases that hold on runs from..to-1. Where all outputs are the
// least or the greatest, a constant does as well.
func (s *spanning) together(from, to int) biases {
	b, v := s.kept[from], s.values[from]
	for i := from + 1; i < to; i++ {
		if b.low, b.high = max(b.low, s.kept[i].low), min(b.high, s.kept[i].high); b.low > b.high {
			return b
		}
		v.low, v.high = min(v.low, s.values[i].low), max(v.high, s.values[i].high)
	}
	dip := s.climb.dip()
	bottom, top := (s.out.Min()+1)<<s.guard-v.high-dip, s.out.Max()<<s.guard-1-v.low+dip
	if s.climb.flat() {
		bottom, top = s.out.Min()<<s.guard, s.out.Max()<<s.guard
	}
	return biases{max(b.low, bottom), min(b.high, top)}
}

// line follows a line both ways as far as it keeps to the tolerance.
func (s *spanning) line(bias int64, first, from, to int) {
	for from > first && s.kept[from-1].low <= bias && bias <= s.kept[from-1].high {
		from--
	}
	end := from
	for end < to && s.kept[end].low <= bias && bias <= s.kept[end].high {
		end++
	}
	s.pay(bias, from, end)
	n := len(s.runs) + 1
	s.budget -= int64(end-from) * 4
	for i := from; s.ends[i] <= end; i++ {
		row, start := s.costs[i*n+s.ends[i]:][:end-s.ends[i]+1], s.sums[i]
		sums := s.sums[s.ends[i]:][:len(row)]
		s.budget -= int64(len(row)) >> 2
		s.far[i] = max(s.far[i], end)
		for j := range row {
			row[j] = min(row[j], sums[j]-start)
		}
	}
}

// pay adds up what a line costs on runs from..to-1.
func (s *spanning) pay(bias int64, from, to int) {
	c, sum, rungs := &s.climb, int64(0), len(s.ladder)
	edges := s.edges[0]
	if c.rises < 0 {
		edges, bias = s.edges[1], -bias
	}
	if c.rough || s.weighted {
		s.payRoughly(edges, bias, from, to)
		return
	}
	reach, keep := c.reach, c.keep
	if !c.wavers {
		keep = reach
	}
	bias += c.first
	for r := from; r < to; r++ {
		s.sums[r] = sum
		for _, e := range edges[r*rungs:][:rungs] {
			low := max(e.lo, min(entry(reach, e.low-bias), e.end))
			high := max(e.lo, min(entry(keep, e.high-bias), e.end))
			sum += e.more * (low - e.lo + e.end - high)
		}
	}
	s.sums[to] = sum
}

// payRoughly is pay where inputs weigh differently or the slope has no tables.
func (s *spanning) payRoughly(edges []edge, bias int64, from, to int) {
	c, sum, rungs := &s.climb, int64(0), len(s.ladder)
	for r := from; r < to; r++ {
		s.sums[r] = sum
		run := &s.runs[r]
		for _, e := range edges[r*rungs:][:rungs] {
			low, high := min(e.end, c.reaches(e.low-bias)), max(e.lo, c.keeps(e.high-bias))
			sum += e.more * (run.weigh(&run.look, e.lo, low) + run.weigh(&run.look, high, e.end))
		}
	}
	s.sums[to] = sum
}
