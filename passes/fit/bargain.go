package fit

import (
	"cmp"
	"math"
	"slices"
)

// cheapest is the line within the tolerance that costs least on a span; of those that
// cost the same, one of few terms and a narrow bias. If not all can be tried within a share
// of the budget, the most promising slopes are tried first.
func (f *fitter) cheapest(s span, o *objective, budget int64) *bargain {
	b := &bargain{f: f, o: o, span: s, cost: math.MaxInt64, last: f.runOf(s.end), left: budget >> blindShare}
	from, to := f.mayHold(s, b.last)
	for i := from; i < to && b.left > 0; i++ {
		b.slope(&f.slopes[i], nil)
	}
	b.took = budget>>blindShare - b.left
	if b.tried = b.left > 0; b.tried {
		return b
	}
	b.left, b.ordered = budget-b.took, true
	promising := f.promising(s, o, from, to, budget)
	for i := range promising {
		if p := &promising[i]; b.left > 0 || b.cost == math.MaxInt64 {
			b.slope(&f.slopes[p.slope], &p.bias)
		}
	}
	b.took, b.tried = budget-b.left, b.left > 0
	return b
}

// blindShare says what share of the budget is spent before slopes are put in order, as a
// power of two.
const blindShare = 2

// cheapestWeighed is the cheapest line, and where no input weighs anything, so that all
// cost nothing, the one that would be if all weighed alike.
func (f *fitter) cheapestWeighed(s span, o *objective, budget int64) *bargain {
	if o.weigh == nil || f.weightOn(o, s) > 0 {
		return f.cheapest(s, o, budget)
	}
	alike := *o
	alike.weigh = nil
	b := f.cheapest(s, &alike, budget)
	b.cost, b.tried = 0, true
	return b
}

// weightOn is the weight of the inputs of a span.
func (f *fitter) weightOn(o *objective, s span) (total int64) {
	for i := s.run; i < len(f.start) && f.start[i] <= s.end; i++ {
		total += f.spread(o, i, max(s.start, f.start[i]), min(s.end, f.end[i])).weight
	}
	return total
}

// bargain is the line that costs least on a span, of those tried.
type bargain struct {
	f    *fitter
	o    *objective
	span span
	last int // number of the run that it ends in
	line line
	cost int64

	left, took int64 // steps
	ordered    bool  // promising slopes come first
	tried      bool  // all lines are, or cannot cost less
}

// slope tries the lines of a slope, those near a bias first if there is one.
func (b *bargain) slope(sl *slope, near *int64) {
	b.left -= int64(b.last-b.span.run)>>3 + 1
	least, greatest := b.f.usefulBiases(sl, b.span, b.last)
	if least > greatest {
		return
	}
	if near == nil {
		b.between(b.try(line{sl, least}), b.try(line{sl, greatest}))
		return
	}
	middle := b.try(line{sl, max(least, min(*near, greatest))})
	b.between(middle, b.try(line{sl, greatest}))
	b.between(b.try(line{sl, least}), middle)
}

// sides is what a line loses by the inputs where it is above golden, and where it is below,
// or at least so much where together it is more than a bargain costs. A larger bias loses
// no less above, and no more below.
type sides struct {
	line         line
	above, below int64
}

func (b *bargain) try(l line) sides {
	s := b.sides(l)
	if c := s.above + s.below; c < infinite && (c < b.cost || c == b.cost && l.complexity() < b.line.complexity()) {
		b.line, b.cost = l, c
	}
	return s
}

// between tries the biases between two of a slope that may cost less.
func (b *bargain) between(low, high sides) {
	if b.left <= 0 || high.line.bias-low.line.bias < 2 || b.beats(low, high) {
		return
	}
	middle := b.try(line{low.line.slope, low.line.bias + (high.line.bias-low.line.bias)/2})
	if low.above+middle.below <= middle.above+high.below {
		b.between(low, middle)
		b.between(middle, high)
	} else {
		b.between(middle, high)
		b.between(low, middle)
	}
}

// beats reports whether no bias between two of a slope is better.
func (b *bargain) beats(low, high sides) bool {
	bound := low.above + high.below
	narrowest := low.line
	switch {
	case narrowest.bias < 0 && high.line.bias > 0:
		narrowest.bias = 0
	case high.line.bias <= 0:
		narrowest = high.line
	}
	return bound > b.cost || bound == b.cost && narrowest.complexity() >= b.line.complexity()
}

// sides is what a line loses on each side, or some of it that is above the cost.
func (b *bargain) sides(l line) sides {
	f, s, total := b.f, b.span, sides{line: l}
	for i := s.run; i <= b.last && total.above+total.below <= b.cost; i++ {
		b.sidesIn(&total, i, max(s.start, f.start[i]), min(s.end, f.end[i]))
	}
	return total
}

// weighedSteps is how many steps more a stretch takes if it is to be weighed.
const weighedSteps = 7

// sidesIn adds what a line loses on lo..hi, which is of one run.
func (b *bargain) sidesIn(total *sides, run int, lo, hi int64) {
	f, o := b.f, b.o
	add := func(y, golden, weight int64) {
		b.left--
		d := y - golden
		if d > 0 {
			total.above += weight * d * d
		} else {
			total.below += weight * d * d
		}
	}
	l := total.line
	if o.weigh == nil && f.seen == nil {
		golden := f.golden.Runs[run].Value
		l.sum.Outputs(lo, hi, l.bias, f.guard, f.golden.Output, func(y, count int64) { add(y, golden, count) })
		return
	}
	for x := lo; x <= hi; b.left -= weighedSteps {
		if b.left <= 0 && (!b.ordered || b.cost < math.MaxInt64) {
			total.above = infinite // unknown, and not tried any more
			return
		}
		end, y := f.constantTo(l, x, hi), f.output(l, x)
		if f.seen == nil {
			add(y, f.golden.Runs[run].Value, o.weight(x, end))
		} else {
			for _, p := range f.seen.of(run) {
				add(y, p.golden, o.weight(p.inputs(x, end)))
			}
		}
		x = end + 1
	}
}

// promise is a slope with the bias that looks best, and what the line loses by the looks.
type promise struct {
	loss  float64
	slope int
	bias  int64
}

// part of a span as promises are made by: so many inputs of about one output.
type glimpse struct{ x, golden, weight float64 }

// Promises are made by 2^fewGlimpses to 2^manyGlimpses parts of a span, and the bias is
// corrected so many times.
const (
	fewGlimpses  = 4
	manyGlimpses = 8
	corrections  = 3
)

// promising are the slopes from..to-1, those first that look best. What a restless one loses
// takes long to add up: it is last.
func (f *fitter) promising(s span, o *objective, from, to int, budget int64) []promise {
	parts := max(1<<fewGlimpses, min(budget>>1/int64(corrections*max(1, to-from)), 1<<manyGlimpses))
	glimpses := f.glimpses(s, o, parts)
	values := make([]float64, len(glimpses))
	promises := make([]promise, 0, to-from)
	for i := from; i < to; i++ {
		p := f.promise(glimpses, values, i)
		if f.restless(o, &f.slopes[i], s) {
			p.loss = math.Inf(1)
		}
		promises = append(promises, p)
	}
	slices.SortFunc(promises, func(a, b promise) int {
		return cmp.Or(cmp.Compare(a.loss, b.loss), cmp.Compare(a.slope, b.slope))
	})
	return promises
}

// glimpses cuts a span into parts of the same size, and tells the mean of golden on each.
func (f *fitter) glimpses(s span, o *objective, parts int64) []glimpse {
	var all []glimpse
	size := (s.end-s.start)/parts + 1
	for lo, run := s.start, s.run; lo <= s.end; lo += size {
		hi := min(s.end, lo+size-1)
		g := glimpse{x: float64(lo+hi) / 2}
		for f.end[run] < lo {
			run++
		}
		for i := run; i < len(f.start) && f.start[i] <= hi; i++ {
			w := float64(f.spread(o, i, max(lo, f.start[i]), min(hi, f.end[i])).weight)
			g.golden, g.weight = g.golden+float64(w*float64(f.golden.Runs[i].Value)), g.weight+w
		}
		if g.weight > 0 {
			g.golden /= g.weight
			all = append(all, g)
		}
	}
	return all
}

// promise is the best bias that some corrections come to: each by the mean error where a
// line is not clamped.
func (f *fitter) promise(glimpses []glimpse, values []float64, number int) promise {
	best := promise{loss: math.Inf(1), slope: number}
	rise, one := f.rises[number], math.Ldexp(1, f.guard)
	low, high := float64(f.golden.Output.Min()), float64(f.golden.Output.Max())
	sum, weight := 0.0, 0.0
	for i, g := range glimpses {
		values[i] = float64(rise * g.x)
		sum, weight = sum+float64(g.weight*(float64(one*(g.golden+0.5))-values[i])), weight+g.weight
	}
	bias := 0.0
	if weight > 0 {
		bias = sum / weight
	}
	for range corrections {
		loss, off, free := 0.0, 0.0, 0.0
		for i, g := range glimpses {
			y := (bias+values[i])/one - 0.5
			if low < y && y < high {
				off, free = off+float64(g.weight*(g.golden-y)), free+g.weight
			}
			d := max(low, min(y, high)) - g.golden
			loss += float64(g.weight * d * d)
		}
		if loss < best.loss {
			best.loss, best.bias = loss, int64(bias)
		}
		if free == 0 {
			break
		}
		bias += float64(one * off / free)
	}
	return best
}
