package fit

import (
	"slices"

	"grauc/ir"
)

// leastTied finds pieces of least squares among those within the tolerance, as far as
// the budget goes, and a bound that none of them comes below.
func (f *fitter) leastTied(segments int, o objective, budget int64) (pieces []piece, cost, bound int64) {
	f.at.stage(atTies)
	t := &f.tied
	t.fitter, t.objective, t.corridor, t.grid, t.tries = f, &o, f.corridor(segments), f.grid(), mostTries
	if t.thorough, t.life = true, 0; t.cores() && t.prepare(budget) {
		pieces, cost, bound = t.solve(false)
	}
	spans, _ := f.cover(segments)
	if t.thorough = false; pieces == nil {
		t.life = t.lifetime()
	}
	for parts := finest * segments / len(spans); pieces == nil && parts > 0; parts /= 2 {
		if t.stretch(spans, parts); t.prepare(budget) {
			pieces, cost, bound = t.solve(true)
		}
	}
	if pieces == nil || bound < cost-cost>>openBits {
		if polished := f.polish(spans, segments, &o); pieces == nil || lossOf(polished) < cost {
			pieces, cost = polished, lossOf(polished)
		}
	}
	if bound < cost && f.sweepWork()*int64(segments+sweeps) <= budget {
		var better int64
		pieces, cost, better = f.leastCost(pieces, segments, o, budget)
		bound = max(bound, better)
	}
	return pieces, cost, bound
}

// mostTries bounds how many runs slopes are tried on for the lines of stretches.
const mostTries = 1 << 27

// openBits says what share of the squares, as a power of two, may be open before pieces
// are looked for in other ways.
const openBits = 1

// sweeps is how many sweeps a search takes beside those by number of segments.
const sweeps = 8

// finest is how many stretches for each segment there are at most.
const finest = 2

// tied is the search for the least squares among fits within the tolerance. The inputs
// are cut into stretches. A segment that holds a whole stretch is on one of the lines
// that hold there, which are few. One that does not is short, and loses nothing as far as
// the bound is concerned.
type tied struct {
	*fitter
	*objective
	corridor
	stretches []span
	patches   []patch
	lines     []tiedLine
	losses    []int64 // of all lines
	costs     []int64 // of the best ways, by segment and patch that it starts with
	steps     []step  // the last of these ways
	grid      uint    // grain of slopes that are as steep as the function
	thorough  bool    // no slope is taken for steep
	life      int64   // on how many inputs a steep line holds at most between the clamps
	grain     uint    // of the lines
	real      int     // number of lines that are such
	room      int     // for lines
	tries     int     // left, of slopes on runs

	bands, before []band // of the stretch being looked at and the one before

	// Room for what is made again and again.
	order  []int64
	sorted []tiedLine
}

// tiedLine is a line with the patches that it holds on. It loses the difference of the
// losses up to where it is left and up to where it is entered.
type tiedLine struct {
	line
	first, after int
	enter, leave int // where to find the losses up to a patch that it enters or leaves with
	grain        uint
}

// patch is inputs of one golden output, with what values keep to there.
type patch struct {
	lo, hi, golden, low, high int64
	grain                     uint // lines of less do not matter but where they are clamped
	spread
}

// step is the last segment on the best way to a start: its line, or short, and the patch
// that it starts with.
type step struct{ line, from int32 }

const short = -1

// band is the biases of a slope that hold on a stretch.
type band struct {
	slope           int
	least, greatest int64
}

// cores makes the cores of the corridor the stretches, if each segment has one.
func (t *tied) cores() bool {
	t.stretches = t.stretches[:0]
	for k := range t.segments() {
		start, end := t.core(k)
		if start > end {
			return false
		}
		t.stretches = append(t.stretches, span{start, end, t.runOf(start)})
	}
	return true
}

// stretch cuts spans into parts of about as many runs, but leaves out what is short.
func (t *tied) stretch(spans []span, parts int) {
	t.stretches = t.stretches[:0]
	for _, s := range spans {
		runs := t.runOf(s.end) - s.run + 1
		least := (s.end-s.start)/int64(4*parts) + 1
		start := s.start
		for i := 1; i < parts; i++ {
			if next := t.start[s.run+i*runs/parts]; next-start >= least && s.end-next >= least {
				t.stretches = append(t.stretches, span{start, next - 1, t.runOf(start)})
				start = next
			}
		}
		t.stretches = append(t.stretches, span{start, s.end, t.runOf(start)})
	}
}

// prepare finds the lines of the stretches and what they lose, unless they are too many.
func (t *tied) prepare(budget int64) bool {
	t.lines, t.losses, t.bands = t.lines[:0], t.losses[:0], t.bands[:0]
	t.grain, t.room = ir.MaxInputWidth, int(budget>>6)
	first := make([]int, 1, len(t.stretches)+1) // numbers of the first lines of the stretches
	for i := range t.stretches {
		if i == 0 || t.stretches[i-1].end+1 < t.stretches[i].start {
			t.bands = t.bands[:0]
		}
		t.gather(&t.stretches[i])
		if len(t.lines) == t.room || t.tries < 0 {
			return false
		}
		t.simplerFirst(t.lines[first[i]:])
		first = append(first, len(t.lines))
	}
	most := (int(budget)/2 + 1) * len(t.stretches) / max(1, len(t.lines)) // or see below, as there is a layer
	if !t.patch(min(int(budget)>>patchBits, most)) {
		return false
	}
	budget /= 1 + t.layers() // of losses
	if len(t.lines)*len(t.patches)/len(t.stretches) > int(budget) {
		return false // lines hold on about a stretch
	}
	for i := range t.stretches {
		from := t.find(t.stretches[i].start)
		for j := first[i]; j < first[i+1]; j++ {
			if t.measure(&t.lines[j], from); len(t.losses) > int(budget) {
				return false
			}
		}
	}
	t.real = len(t.lines)
	t.loosen()
	return true
}

// simplerFirst puts simpler lines first: of the best ways the first is taken.
func (t *tied) simplerFirst(lines []tiedLine) {
	t.order = t.order[:0]
	for i := range lines {
		t.order = append(t.order, lines[i].complexity()<<32|int64(i))
	}
	slices.Sort(t.order)
	t.sorted = t.sorted[:0]
	for _, key := range t.order {
		t.sorted = append(t.sorted, lines[uint32(key)])
	}
	copy(lines, t.sorted)
}

// layers is how many segments may hold an input, on average.
func (t *tied) layers() int64 {
	n, from := 0, 0
	for k := range t.segments() {
		next, to := t.positions(k + 1)
		n, from = n+to-from, next
	}
	return int64(n/len(t.patches)) + 1
}

func (t *tied) segments() int { return len(t.least) - 1 }

// gather takes lines in that hold on a stretch and not on the one just before. Steep ones
// are not looked at.
func (t *tied) gather(s *span) {
	first, last := t.window(*s)
	run := t.runOf(s.end)
	t.bands, t.before = t.before[:0], t.bands
	under, over := t.zone(*s, t.low, -unbounded), t.zone(*s, t.high, unbounded)
	known := 0
	for i := first; i < last && t.tries >= 0; i++ {
		sl := &t.slopes[i]
		if t.steep(sl) {
			continue
		}
		least, greatest := t.biases(sl, *s, run)
		if least > greatest {
			continue
		}
		t.tries -= run - s.run + 1
		for known < len(t.before) && t.before[known].slope < i {
			known++
		}
		bottom, top := t.clamps(sl, *s)
		t.take(known, band{i, min(max(least, bottom), greatest), max(min(greatest, top), least)})
		if under != nil && least < bottom {
			low, high := t.biases(sl, under.runs, t.runOf(under.runs.end))
			last, _ := t.clamps(sl, under.span)
			t.take(known, band{i, max(low, last), min(high, bottom-1)})
		}
		if over != nil && greatest > top {
			low, high := t.biases(sl, over.runs, t.runOf(over.runs.end))
			_, last := t.clamps(sl, over.span)
			t.take(known, band{i, max(low, top+1), min(high, last)})
		}
	}
}

// clamps are the biases up to which and from which on all outputs of a slope on a span are
// the smallest and the largest.
func (t *tied) clamps(sl *slope, s span) (bottom, top int64) {
	low, high := sl.sum.Extremes(s.start, s.end)
	return t.golden.Output.Min()<<t.guard - high, t.golden.Output.Max()<<t.guard - low
}

// take takes the lines of a band in, but for those of the bands before, from number known
// on.
func (t *tied) take(known int, b band) {
	if b.least > b.greatest {
		return
	}
	sl := &t.slopes[b.slope]
	t.bands = append(t.bands, b)
	grain := sl.sum.Grain()
	t.grain = min(t.grain, grain)
	for bias := b.least; bias <= b.greatest && len(t.lines) < t.room; bias++ {
		if !taken(t.before[known:], b.slope, bias) {
			t.lines = append(t.lines, tiedLine{line: line{sl, bias}, grain: grain})
		}
	}
}

// taken reports whether the first of some bands, those of a slope, hold a bias.
func taken(bands []band, slope int, bias int64) bool {
	for _, b := range bands {
		if b.slope != slope {
			return false
		}
		if b.least <= bias && bias <= b.greatest {
			return true
		}
	}
	return false
}

// zone is where a line that is clamped on a stretch may leave the clamp: on runs without a
// bound there, or on the next input beyond. It does not within runs whose golden output is
// that of the clamp: to be cut there, a constant is better.
type zone struct {
	span
	runs span // the stretch with all of such runs
}

// zone is that of a stretch, if there is one.
func (t *tied) zone(s span, bounds []int64, none int64) *zone {
	last := s.run
	for ; last < len(t.start) && t.start[last] <= s.end; last++ {
		if bounds[last] != none {
			return nil
		}
	}
	last--
	z := &zone{s, s}
	end := t.golden.Output.Min()
	if none > 0 {
		end = t.golden.Output.Max()
	}
	if t.golden.Runs[s.run].Value == end {
		z.runs.start = t.start[s.run]
	}
	if t.golden.Runs[last].Value == end {
		z.runs.end = t.end[last]
	}
	first := s.run
	for ; first > 0 && bounds[first-1] == none; first-- {
	}
	for ; last+1 < len(t.start) && bounds[last+1] == none; last++ {
	}
	z.start, z.run, z.end = max(t.first(), t.start[first]-1), max(0, first-1), min(t.last(), t.end[last]+1)
	return z
}

// patch cuts the inputs where lines may change: at the multiples of 2^grain, but far from
// the ends of a run at those of more. A line that changes oftener there is beyond the
// tolerance before it comes to either end, so that a constant is better. It gives up where
// there are more than most.
func (t *tied) patch(most int) bool {
	t.patches = t.patches[:0]
	out := t.golden.Output
	reach := uint(t.guard) + uint(t.floors) // a slope rises or falls by an output within 2^(grain+reach)
	for run := range t.start {
		golden, low, high := t.golden.Runs[run].Value, t.low[run], t.high[run]
		coarse := t.floors < ir.MaxTerms && (low > -unbounded || golden == out.Min()) && (high < unbounded || golden == out.Max())
		for x := t.start[run]; x <= t.end[run]; {
			g := t.grain
			for coarse && g < ir.MaxInputWidth && (2*t.tolerance+3)<<(g+reach) <= min(x-t.start[run], t.end[run]-(x|(1<<(g+1)-1))) {
				g++
			}
			end := min(t.end[run], x|(1<<g-1))
			t.patches = append(t.patches, patch{x, end, golden, low, high, g, t.spread(t.objective, run, x, end)})
			if x = end + 1; len(t.patches) > most {
				return false
			}
		}
	}
	return true
}

// patchBits says what share of the budget the patches may be, as a power of two.
const patchBits = 3

// find is the number of the patch that holds x.
func (t *tied) find(x int64) int {
	i, found := slices.BinarySearchFunc(t.patches, x, func(p patch, x int64) int { return int(p.lo - x) })
	if found {
		return i
	}
	return i - 1
}

// measure finds where a line holds and what it loses, from a patch on which it holds.
func (t *tied) measure(l *tiedLine, from int) {
	slope, bias, grain := l.slope.sum, l.bias, l.grain
	for l.first = from; l.first > 0; l.first-- {
		p := &t.patches[l.first-1]
		if v := bias + slope.At(p.lo); v < p.low || v > p.high || grain < p.grain && !t.stuck(l, p, v) {
			break
		}
	}
	l.enter, l.leave = len(t.losses), len(t.losses)
	patches := t.patches[l.first:]
	t.losses = slices.Grow(t.losses, len(patches)+1)
	losses := t.losses[l.enter:][:len(patches)+1]
	low, high, guard := t.golden.Output.Min(), t.golden.Output.Max(), t.guard&63
	sum, n := int64(0), 0
	for ; n < len(patches); n++ {
		p := &patches[n]
		v := bias + slope.At(p.lo)
		if v < p.low || v > p.high || grain < p.grain && !t.stuck(l, p, v) {
			break
		}
		losses[n] = sum
		sum += p.at(max(low, min(v>>guard, high)) - p.golden)
	}
	losses[n] = sum
	l.after = l.first + n
	t.losses = t.losses[:l.enter+n+1]
}

// stuck reports whether a line is clamped all over a patch, at the start of which it is v.
func (t *tied) stuck(l *tiedLine, p *patch, v int64) bool {
	w := l.bias + l.sum.At(p.hi)
	return max(v, w) < (t.golden.Output.Min()+1)<<t.guard || min(v, w) >= t.golden.Output.Max()<<t.guard
}

// solve finds the best pieces and the bound. Where nothing that is no line helps, the bound
// is what the pieces lose.
func (t *tied) solve(shorts bool) (pieces []piece, cost, bound int64) {
	bound = max(0, t.run(len(t.lines), shorts))
	if pieces = t.trace(); pieces != nil {
		return pieces, bound, bound
	}
	cost = t.run(t.real, false)
	return t.trace(), cost, bound
}

// run finds the best ways along so many lines, with short segments or without, and what
// the best of them loses.
func (t *tied) run(lines int, shorts bool) int64 {
	n, segments := len(t.patches)+1, t.segments()
	t.costs, t.steps = sized(t.costs, (segments+1)*n), sized(t.steps, (segments+1)*n)
	t.costs[0] = 0
	h := hop{}
	for k := range segments {
		h.here, h.next, h.by = t.costs[k*n:][:n], t.costs[(k+1)*n:][:n], t.steps[(k+1)*n:][:n]
		h.nextFrom, h.nextTo = t.positions(k + 1)
		for j := h.nextFrom; j <= h.nextTo; j++ {
			h.next[j] = infinite
		}
		for j := max(h.from, h.nextFrom); j <= min(h.to, h.nextTo); j++ {
			h.next[j], h.by[j] = h.here[j], step{short, int32(j)} // a segment of nothing
		}
		for i := range lines {
			h.follow(&t.lines[i], int32(i), t.losses)
		}
		if shorts {
			t.skip(&h)
		}
		h.from, h.to = h.nextFrom, h.nextTo
	}
	return t.costs[len(t.costs)-1]
}

// hop goes from the ways to the starts from..to of a segment to those of the next.
type hop struct {
	here, next                 []int64
	by                         []step // to next
	from, to, nextFrom, nextTo int
}

// positions are the patches that segment number k may start with.
func (t *tied) positions(k int) (from, to int) {
	from, to = len(t.patches), len(t.patches)
	if t.least[k] <= t.last() {
		from = t.find(t.least[k])
	}
	if t.most[k] <= t.last() {
		to = t.find(t.most[k])
	}
	return from, to
}

// follow goes along a line.
func (h *hop) follow(l *tiedLine, number int32, all []int64) {
	first, last := max(l.first, h.from), min(l.after, h.nextTo)
	if first > h.to || last < h.nextFrom || first > last {
		return
	}
	enter, leave := all[l.enter+first-l.first:][:last-first+1], all[l.leave+first-l.first:][:last-first+1]
	here, next := h.here[first:][:last-first+1], h.next[first:][:last-first+1]
	entry, at := infinite, 0
	starts := min(h.to-first+1, len(here)) // from there on no segment starts here
	ends := max(0, h.nextFrom-first)       // before that none starts next
	for j := range here[:min(starts, ends)] {
		if cost := here[j] - enter[j]; cost < entry {
			entry, at = cost, j
		}
	}
	for j := ends; j < starts; j++ {
		if cost := entry + leave[j]; cost < next[j] {
			next[j], h.by[first+j] = cost, step{number, int32(first + at)}
		}
		if cost := here[j] - enter[j]; cost < entry {
			entry, at = cost, j
		}
	}
	if entry >= infinite {
		return
	}
	for j := max(starts, ends); j < len(next); j++ {
		if cost := entry + leave[j]; cost < next[j] {
			next[j], h.by[first+j] = cost, step{number, int32(first + at)}
		}
	}
}

// skip goes along segments that hold no whole stretch: those that start beyond the start
// of the last stretch that ended.
func (t *tied) skip(h *hop) {
	type start struct {
		cost int64
		at   int32
	}
	none := start{cost: infinite}
	before, now := none, none // in the stretch that ended last, but not with it; in this one
	beyond := none            // in this one, but not with it
	stretch := 0
	for j := h.from; j <= h.nextTo; j++ {
		x := t.at(j)
		for ; stretch < len(t.stretches) && t.stretches[stretch].end < x; stretch++ {
			before, now, beyond = beyond, none, none
		}
		here := none
		if j <= h.to {
			here = start{h.here[j], int32(j)}
		}
		if here.cost < now.cost {
			now = here
		}
		if here.cost < beyond.cost && stretch < len(t.stretches) && x > t.stretches[stretch].start {
			beyond = here
		}
		best := now
		if before.cost < now.cost {
			best = before
		}
		if j >= h.nextFrom && best.cost < h.next[j] {
			h.next[j], h.by[j] = best.cost, step{short, best.at}
		}
	}
}

// trace is the pieces of the best way, nil if some are no lines.
func (t *tied) trace() []piece {
	n := len(t.patches) + 1
	var pieces []piece
	at, end := n-1, t.last()
	for k := t.segments(); k > 0; k-- {
		p := t.steps[k*n+at]
		from := int(p.from)
		if from == at {
			continue
		}
		if p.line == short || int(p.line) >= t.real {
			return nil
		}
		start := t.patches[from].lo
		loss := t.costs[k*n+at] - t.costs[(k-1)*n+from]
		pieces = append(pieces, piece{span{start, end, t.runOf(start)}, t.lines[p.line].line, loss})
		at, end = from, start-1
	}
	slices.Reverse(pieces)
	return merge(pieces)
}
