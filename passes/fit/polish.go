package fit

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sort"
)

// line is a slope with a bias.
type line struct {
	*slope
	bias int64
}

// loss is what the errors over some inputs come to: first the inputs that are not
// exact count, then the squares.
type loss struct{ inexact, squares int64 }

func (a loss) plus(b loss) loss { return loss{a.inexact + b.inexact, a.squares + b.squares} }

func (a loss) minus(b loss) loss { return loss{a.inexact - b.inexact, a.squares - b.squares} }

func (a loss) less(b loss) bool {
	return a.inexact < b.inexact || a.inexact == b.inexact && a.squares < b.squares
}

// piece is a span with the line that holds on it and what that loses there.
type piece struct {
	span
	line
	loss loss
}

// polishRounds bounds polish, which gains little from more.
const polishRounds = 2

// polish finds pieces, within the tolerance that is set and up to limit of them,
// that lose little: the best that can be had from lines that promise much on the
// spans, on parts of them, and then on the pieces found.
func (f *fitter) polish(spans []span, limit int) []piece {
	p := newPool(f)
	for _, s := range spans {
		p.add(s)
		for _, part := range f.halves(s) {
			p.add(part)
		}
	}
	p.addPlateaus(limit)
	pieces := p.cover(limit)
	for range polishRounds {
		before := lossOf(pieces)
		for i := 1; i < len(pieces); i++ {
			f.moveBreak(&pieces[i-1], &pieces[i])
			p.cuts = append(p.cuts, pieces[i].start)
		}
		more := false
		for _, s := range pieces {
			more = p.add(s.span) || more
			more = p.addShifted(s) || more
		}
		if !more {
			break
		}
		if pieces = p.cover(limit); !lossOf(pieces).less(before) {
			break
		}
	}
	return merge(pieces)
}

// halves are the parts of a span before and from the run in its middle.
func (f *fitter) halves(s span) []span {
	middle := (s.run + f.runOf(s.end) + 1) / 2
	if middle == s.run {
		return nil
	}
	return []span{{s.start, f.start[middle] - 1, s.run}, {f.start[middle], s.end, middle}}
}

func lossOf(pieces []piece) loss {
	var total loss
	for i := range pieces {
		total = total.plus(pieces[i].loss)
	}
	return total
}

// merge joins neighbours of equal line.
func merge(pieces []piece) []piece {
	merged := pieces[:1]
	for _, p := range pieces[1:] {
		last := &merged[len(merged)-1]
		if last.sum == p.sum && last.bias == p.bias {
			last.end, last.loss = p.end, last.loss.plus(p.loss)
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// finalists is how many lines of those that look best on a span are followed.
const finalists = 4

// foremost are lines that hold on a span, those first that promise most by their
// errors at the ends and in the middle of each run.
func (f *fitter) foremost(s span) []ranking {
	samples := f.sample(s)
	ranked := make([]ranking, 0, finalists)
	first, last := f.window(s)
	for i := first; i < last; i++ {
		ranked = f.rank(ranked, samples, &f.slopes[i], s)
	}
	return ranked
}

// window is the numbers first..last-1 of the slopes that may hold on a span.
func (f *fitter) window(s span) (first, last int) {
	if len(f.slopes) <= fewSlopes {
		return 0, len(f.slopes)
	}
	w := f.points[f.relax(s, s.end)-1]
	first = f.firstFrom(w.least)
	for last = first; last < len(f.slopes) && !steeper(f.rises[last], w.greatest); last++ {
	}
	for ; first > 0 && !steeper(w.least, f.rises[first-1]); first-- {
	}
	return first, last
}

// sample stands for weight inputs of output q around x.
type sample struct{ x, q, weight int64 }

func (f *fitter) sample(s span) []sample {
	samples := f.samples[:0]
	for i := s.run; i < len(f.start) && f.start[i] <= s.end; i++ {
		lo, hi := max(s.start, f.start[i]), min(s.end, f.end[i])
		q, n := f.golden.Runs[i].Value, hi-lo+1
		if n <= 3 {
			for x := lo; x <= hi; x++ {
				samples = append(samples, sample{x, q, 1})
			}
			continue
		}
		samples = append(samples, sample{lo, q, n / 4}, sample{lo + n/2, q, n - 2*(n/4)}, sample{hi, q, n / 4})
	}
	f.samples = samples
	return samples
}

// ranking is a line with its loss over samples.
type ranking struct {
	line
	loss loss
}

// rank enters a slope, if it holds on s, with its most promising bias.
func (f *fitter) rank(ranked []ranking, samples []sample, sl *slope, s span) []ranking {
	least, greatest := f.usefulBiases(sl, s)
	if least > greatest {
		return ranked
	}
	f.values = f.values[:0]
	for _, p := range samples {
		f.values = append(f.values, sl.sum.At(p.x))
	}
	stride := max(1, (greatest-least)>>5)
	r := ranking{loss: loss{inexact: math.MaxInt64}}
	if len(ranked) == finalists && stride == 1 { // what does not get in need not be known
		r.loss = ranked[finalists-1].loss
		r.loss.squares++
	}
	none := r.loss
	try := func(bias int64) {
		if bias < least || bias > greatest {
			return
		}
		if l := f.sampledLoss(samples, bias, r.loss); l.less(r.loss) {
			r = ranking{line{sl, bias}, l}
		}
	}
	for bias := least; bias <= greatest; bias += stride {
		try(bias)
	}
	for stride >>= 1; stride > 0; stride >>= 1 {
		at := r.bias
		try(at - stride)
		try(at + stride)
	}
	if r.loss == none {
		return ranked
	}
	return insertRanked(ranked, r)
}

func insertRanked(ranked []ranking, r ranking) []ranking {
	at, _ := slices.BinarySearchFunc(ranked, r, compareRanking)
	if at == finalists {
		return ranked
	}
	if len(ranked) == finalists {
		ranked = ranked[:finalists-1]
	}
	return slices.Insert(ranked, at, r)
}

// compareRanking prefers less loss, then fewer terms, then a narrower bias.
func compareRanking(a, b ranking) int {
	if c := cmp.Compare(a.loss.inexact, b.loss.inexact); c != 0 {
		return c
	}
	if c := cmp.Compare(a.loss.squares, b.loss.squares); c != 0 {
		return c
	}
	if c := cmp.Compare(a.count, b.count); c != 0 {
		return c
	}
	return cmp.Compare(bits.Len64(uint64(max(a.bias, -a.bias))), bits.Len64(uint64(max(b.bias, -b.bias))))
}

// usefulBiases are the biases with which a slope holds on s, but for those with
// which all outputs are clamped alike.
func (f *fitter) usefulBiases(sl *slope, s span) (int64, int64) {
	least, greatest := f.biases(sl, s)
	if least > greatest {
		return least, greatest
	}
	low, high := sl.sum.Extremes(s.start, s.end)
	bottom, top := f.golden.Output.Min()<<f.guard-high, f.golden.Output.Max()<<f.guard-low
	return min(max(least, bottom), greatest), max(min(greatest, top), least)
}

// sampledLoss is the loss over samples, or something above limit if it is above,
// for a bias and the values that rank has prepared.
func (f *fitter) sampledLoss(samples []sample, bias int64, limit loss) loss {
	var total loss
	low, high := f.golden.Output.Min(), f.golden.Output.Max()
	values, guard := f.values[:len(samples)], f.guard&63
	for i := range samples {
		p := &samples[i]
		d := max(low, min((bias+values[i])>>guard, high)) - p.q
		total.inexact += p.weight & ((d | -d) >> 63) // where d is not 0
		total.squares += p.weight * d * d
		if total.inexact > limit.inexact {
			break
		}
	}
	return total
}

func lossAt(d, weight int64) loss {
	if d == 0 {
		return loss{}
	}
	return loss{weight, weight * d * d}
}

// lossOf is exact.
func (f *fitter) lossOf(l line, s span) loss {
	var total loss
	for i := s.run; i < len(f.start) && f.start[i] <= s.end; i++ {
		q := f.golden.Runs[i].Value
		f.outputs(l, max(s.start, f.start[i]), min(s.end, f.end[i]),
			func(y, count int64) { total = total.plus(lossAt(y-q, count)) })
	}
	return total
}

// moveBreak puts the break between two pieces where their lines, both holding,
// lose least: at the end of a stretch on which both have constant outputs.
func (f *fitter) moveBreak(a, b *piece) {
	best, change, at := loss{}, loss{}, b.start
	for x, run := b.start, b.run; x < b.end; { // what a takes over from b
		if x > f.end[run] {
			run++
		}
		limit := min(b.end-1, f.end[run])
		end := min(f.constantTo(a.line, x, limit), f.constantTo(b.line, x, limit))
		gain, holds := f.exchange(b.line, a.line, run, x, end)
		if !holds {
			break
		}
		x = end + 1
		if change = change.plus(gain); change.less(best) {
			best, at = change, x
		}
	}
	change = loss{}
	for x, run := a.end, f.runOf(a.end); x > a.start; { // what b takes over from a
		if x < f.start[run] {
			run--
		}
		limit := max(a.start+1, f.start[run])
		start := max(f.constantFrom(a.line, x, limit), f.constantFrom(b.line, x, limit))
		gain, holds := f.exchange(a.line, b.line, run, start, x)
		if !holds {
			break
		}
		x = start - 1
		if change = change.plus(gain); change.less(best) {
			best, at = change, start
		}
	}
	if at != b.start {
		a.end, b.start, b.run = at-1, at, f.runOf(at)
		a.loss, b.loss = f.lossOf(a.line, a.span), f.lossOf(b.line, b.span)
	}
}

// exchange is the change of loss, and whether the new line holds, where from old
// to new on the inputs lo..hi of a run, on which each has one output.
func (f *fitter) exchange(old, new line, run int, lo, hi int64) (loss, bool) {
	q, n := f.golden.Runs[run].Value, hi-lo+1
	d := f.output(new, lo) - q
	return lossAt(d, n).minus(lossAt(f.output(old, lo)-q, n)), f.holds(new, run, lo, hi)
}

func (f *fitter) output(l line, x int64) int64 {
	return f.golden.Output.Clamp((l.bias + l.sum.At(x)) >> f.guard)
}

func (f *fitter) runOf(x int64) int {
	return sort.Search(len(f.end), func(i int) bool { return f.end[i] >= x })
}

// constantTo is the last input from x up to limit to which the output stays.
func (f *fitter) constantTo(l line, x, limit int64) int64 {
	if limit <= x {
		return limit
	}
	low, high := f.sumsFor(f.output(l, x), l.bias)
	return l.sum.LastWithin(x, limit, low, high)
}

// constantFrom is the first input from x down to limit to which the output stays.
func (f *fitter) constantFrom(l line, x, limit int64) int64 {
	if limit >= x {
		return limit
	}
	low, high := f.sumsFor(f.output(l, x), l.bias)
	return l.sum.FirstWithin(limit, x, low, high)
}

// sumsFor are the sums low..high that with a bias give an output.
func (f *fitter) sumsFor(y, bias int64) (low, high int64) {
	low, high = math.MinInt64, math.MaxInt64-1
	if y > f.golden.Output.Min() {
		low = y<<f.guard - bias
	}
	if y < f.golden.Output.Max() {
		high = (y+1)<<f.guard - 1 - bias
	}
	return low, high
}

// outputs tells which outputs a line has over lo..hi, and for how many inputs each.
func (f *fitter) outputs(l line, lo, hi int64, tell func(y, count int64)) {
	if l.sum.Monotonic() {
		if y := f.output(l, lo); y == f.output(l, hi) {
			tell(y, hi-lo+1)
			return
		}
	}
	l.sum.Outputs(lo, hi, l.bias, f.guard, f.golden.Output, tell)
}
