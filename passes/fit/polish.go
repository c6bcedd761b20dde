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

// complexity orders lines that lose the same: fewer terms are simpler, then a narrower
// bias.
func (l *line) complexity() int64 {
	return int64(l.count)<<8 | int64(bits.Len64(uint64(max(l.bias, -l.bias))))
}

// piece is a span with the line that holds on it and what that loses there.
type piece struct {
	span
	line
	loss int64
}

// polishRounds bounds polish, which gains little from more.
const polishRounds = 1

// polish finds pieces, within the tolerance that is set and up to limit of them,
// that lose little: the best that can be had from lines that promise much on the
// spans, on parts of them, and then on the pieces found.
func (f *fitter) polish(spans []span, limit int, o *objective) []piece {
	f.at.stage(atPolish)
	p := newPool(f, o)
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
			f.moveBreak(o, &pieces[i-1], &pieces[i])
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
		if pieces = p.cover(limit); lossOf(pieces) >= before {
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

func lossOf(pieces []piece) (total int64) {
	for i := range pieces {
		total += pieces[i].loss
	}
	return total
}

// merge joins neighbours of equal line.
func merge(pieces []piece) []piece {
	merged := pieces[:1]
	for _, p := range pieces[1:] {
		last := &merged[len(merged)-1]
		if last.sum == p.sum && last.bias == p.bias {
			last.end, last.loss = p.end, last.loss+p.loss
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// finalists is how many lines of those that look best on a span are followed.
const finalists = 4

// foremost are lines that hold on a span, those first that promise most by their
// errors at the ends and in the middle of each run. What a restless one loses would have
// to be added up stretch by stretch: they are taken only where no other holds.
func (f *fitter) foremost(o *objective, s span) []ranking {
	first, last := f.window(s)
	samples := thinned(f.sample(o, s), last-first)
	ranked := make([]ranking, 0, finalists)
	run := f.runOf(s.end)
	left := false
	for i := first; i < last; i++ {
		if f.restless(o, &f.slopes[i], s) {
			left = true
			continue
		}
		ranked = f.rank(ranked, samples, &f.slopes[i], s, run)
	}
	for i := first; i < last && left && len(ranked) == 0; i++ {
		ranked = f.rank(ranked, samples, &f.slopes[i], s, run)
	}
	return ranked
}

// restlessBits says how many teeth on a span make a slope restless, as a power of two.
const restlessBits = 16

// restless reports whether the outputs of a slope on a span may go up and down so often
// that walking along them takes too long, where inputs do not weigh alike.
func (f *fitter) restless(o *objective, sl *slope, s span) bool {
	return (o.weigh != nil || f.seen != nil) && sl.sum.Teeth(s.start, s.end) > 1<<restlessBits
}

// window is the numbers first..last-1 of the slopes that may hold on a span.
func (f *fitter) window(s span) (first, last int) {
	if len(f.slopes) <= fewSlopes {
		return f.steepness(f.chord(s.start, s.run, s.end, f.runOf(s.end)))
	}
	return f.steepness(f.points[f.relax(s, s.end)-1])
}

// steepness is the numbers first..last-1 of the slopes in a window.
func (f *fitter) steepness(w point) (first, last int) {
	first = f.firstFrom(w.least)
	for last = first; last < len(f.slopes) && !steeper(f.rises[last], w.greatest); last++ {
	}
	for ; first > 0 && !steeper(w.least, f.rises[first-1]); first-- {
	}
	return first, last
}

// sample stands for weight inputs of output q around x.
type sample struct{ x, q, weight int64 }

func (f *fitter) sample(o *objective, s span) []sample {
	samples := f.samples[:0]
	for i := s.run; i < len(f.start) && f.start[i] <= s.end; i++ {
		lo, hi := max(s.start, f.start[i]), min(s.end, f.end[i])
		q, n := f.golden.Runs[i].Value, hi-lo+1
		add := func(x, from, to int64) {
			w := f.spread(o, i, from, to)
			samples = append(samples, sample{x, q, w.weight})
		}
		if n <= 3 {
			for x := lo; x <= hi; x++ {
				add(x, x, x)
			}
			continue
		}
		add(lo, lo, lo+n/4-1)
		add(lo+n/2, lo+n/4, hi-n/4)
		add(hi, hi-n/4+1, hi)
	}
	f.samples = samples
	return samples
}

// Beyond enoughSamples, samples times slopes are not more than sampleWork, or some of them
// are left out.
const (
	enoughSamples = 1 << 12
	sampleWork    = 1 << 22
)

// thinned is as many samples as may be looked at for so many slopes, evenly, and of the
// ends and the middles of runs in turn.
func thinned(samples []sample, slopes int) []sample {
	step := len(samples) / max(enoughSamples, sampleWork/max(1, slopes))
	if step <= 1 {
		return samples
	}
	step += 2 - (step+1)%3 // one more than a multiple of 3
	n := 0
	for i := 0; i < len(samples); i += step {
		samples[n] = samples[i]
		n++
	}
	return samples[:n]
}

// ranking is a line with its loss over samples.
type ranking struct {
	line
	loss int64
}

// rank enters a slope, if it holds on s, which ends in run number last, with its most
// promising bias.
func (f *fitter) rank(ranked []ranking, samples []sample, sl *slope, s span, last int) []ranking {
	least, greatest := f.usefulBiases(sl, s, last)
	if least > greatest {
		return ranked
	}
	f.values = f.values[:0]
	for _, p := range samples {
		f.values = append(f.values, sl.sum.At(p.x))
	}
	stride := max(1, (greatest-least)>>5)
	r := ranking{loss: math.MaxInt64}
	if len(ranked) == finalists && stride == 1 { // what does not get in need not be known
		r.loss = ranked[finalists-1].loss + 1
	}
	none := r.loss
	try := func(bias int64) {
		if bias < least || bias > greatest {
			return
		}
		if l := f.sampledLoss(samples, bias, r.loss); l < r.loss {
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

// compareRanking prefers less loss, then simpler lines.
func compareRanking(a, b ranking) int {
	if c := cmp.Compare(a.loss, b.loss); c != 0 {
		return c
	}
	return cmp.Compare(a.complexity(), b.complexity())
}

// usefulBiases are the biases with which a slope holds on s, but for those with
// which all outputs are clamped alike.
func (f *fitter) usefulBiases(sl *slope, s span, last int) (int64, int64) {
	least, greatest := f.biases(sl, s, last)
	if least > greatest {
		return least, greatest
	}
	low, high := sl.sum.Extremes(s.start, s.end)
	return f.useful(low, high, least, greatest)
}

// useful leaves all but one out of those of the biases least..greatest with which all
// outputs are clamped alike, for sums between low and high.
func (f *fitter) useful(low, high, least, greatest int64) (int64, int64) {
	bottom, top := f.golden.Output.Min()<<f.guard-high, f.golden.Output.Max()<<f.guard-low
	return min(max(least, bottom), greatest), max(min(greatest, top), least)
}

// sampledLoss is the loss over samples, or something above limit if it is above,
// for a bias and the values that rank has prepared.
func (f *fitter) sampledLoss(samples []sample, bias, limit int64) (total int64) {
	low, high := f.golden.Output.Min(), f.golden.Output.Max()
	values, guard := f.values[:len(samples)], f.guard&63
	for i := range samples {
		p := &samples[i]
		d := max(low, min((bias+values[i])>>guard, high)) - p.q
		total += p.weight * d * d
		if total > limit {
			break
		}
	}
	return total
}

// mostMoves bounds the stretches of inputs that a break is moved by, on which both lines
// have one output: restless ones have as many as there are inputs.
const mostMoves = 1 << 17

// moveBreak puts the break between two pieces where their lines, both holding,
// lose least: at the end of a stretch on which both have constant outputs.
func (f *fitter) moveBreak(o *objective, a, b *piece) {
	best, change, at := int64(0), int64(0), b.start
	for x, run, left := b.start, b.run, mostMoves; x < b.end && left > 0; left-- { // what a takes over from b
		if x > f.end[run] {
			run++
		}
		limit := min(b.end-1, f.end[run])
		end := min(f.constantTo(a.line, x, limit), f.constantTo(b.line, x, limit))
		gain, holds := f.exchange(o, b.line, a.line, run, x, end)
		if !holds {
			break
		}
		x = end + 1
		if change += gain; change < best {
			best, at = change, x
		}
	}
	change = 0
	for x, run, left := a.end, f.runOf(a.end), mostMoves; x > a.start && left > 0; left-- { // what b takes over from a
		if x < f.start[run] {
			run--
		}
		limit := max(a.start+1, f.start[run])
		start := max(f.constantFrom(a.line, x, limit), f.constantFrom(b.line, x, limit))
		gain, holds := f.exchange(o, a.line, b.line, run, start, x)
		if !holds {
			break
		}
		x = start - 1
		if change += gain; change < best {
			best, at = change, start
		}
	}
	if at != b.start {
		a.end, b.start, b.run = at-1, at, f.runOf(at)
		a.loss, b.loss = f.lossOn(o, a.line, a.span), f.lossOn(o, b.line, b.span)
	}
}

// exchange is the change of loss, and whether the new line holds, where from old
// to new on the inputs lo..hi of a run, on which each has one output.
func (f *fitter) exchange(o *objective, old, new line, run int, lo, hi int64) (int64, bool) {
	q, s := f.golden.Runs[run].Value, f.spread(o, run, lo, hi)
	return s.at(f.output(new, lo)-q) - s.at(f.output(old, lo)-q), f.holds(new, run, lo, hi)
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
