package fit

import (
	"math"

	"grauc/ir"
	"grauc/ir/pwl"
)

// uniform makes pieces that break at multiples of 2^low and nowhere else: each is
// then a problem of its own, and all lines are tried on it. The maximum error is the
// least there is, and among lines that keep to it those are taken that cost least. For
// least squares every line counts that keeps to the maximum error asked for. There are no
// pieces if that is out of reach.
func (f *fitter) uniform(low int, options *ir.Options, o objective, weight int64) ([]piece, *pwl.Squares) {
	spans := f.equal(low)
	least := f.leastTolerance(func() bool { return f.allHold(spans) })
	if options.MaxError >= 0 && least > options.MaxError {
		return nil, nil
	}
	switch {
	case options.Fit != ir.RMSE:
		o.limit = least
	case options.MaxError >= 0:
		o.limit = options.MaxError
	default:
		o.limit = int64(f.golden.Output.Count())
	}
	f.tolerate(o.limit)
	var pieces []piece
	total := int64(0)
	for _, s := range spans {
		l, cost := f.cheapestWeighed(s, &o)
		pieces = append(pieces, piece{s, l, cost})
		total += cost
	}
	return merge(pieces), &pwl.Squares{Sum: total, Bound: total, Weight: weight}
}

// equal are the spans between multiples of 2^low.
func (f *fitter) equal(low int) []span {
	var spans []span
	last := f.golden.Input.Max()
	for start := f.golden.Input.Min(); start <= last; {
		end := min(last, start|(1<<low-1))
		spans = append(spans, span{start: start, end: end, run: f.runOf(start)})
		start = end + 1
	}
	return spans
}

// allHold reports whether on each span some line keeps to the tolerance.
func (f *fitter) allHold(spans []span) bool {
	for _, s := range spans {
		if !f.anyHolds(s) {
			return false
		}
	}
	return true
}

func (f *fitter) anyHolds(s span) bool {
	last := f.runOf(s.end)
	for i := range f.slopes {
		if least, greatest := f.biases(&f.slopes[i], s, last); least <= greatest {
			return true
		}
	}
	return false
}

// cheapest is the line within the tolerance that costs least on a span; of those that
// cost the same, one of few terms and a narrow bias.
func (f *fitter) cheapest(s span, o *objective) (line, int64) {
	best, last := &bargain{f: f, o: o, span: s, cost: math.MaxInt64}, f.runOf(s.end)
	for i := range f.slopes {
		sl := &f.slopes[i]
		if least, greatest := f.usefulBiases(sl, s, last); least <= greatest {
			best.between(best.try(line{sl, least}), best.try(line{sl, greatest}))
		}
	}
	return best.line, best.cost
}

// cheapestWeighed is the cheapest line, and where no input weighs anything, so that all
// cost nothing, the one that would be if all weighed alike.
func (f *fitter) cheapestWeighed(s span, o *objective) (line, int64) {
	if o.weigh == nil || f.weightOn(o, s) > 0 {
		return f.cheapest(s, o)
	}
	alike := *o
	alike.weigh = nil
	l, _ := f.cheapest(s, &alike)
	return l, 0
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
	line line
	cost int64
}

// sides is what a line loses by the inputs where it is above golden, and where it is below,
// or at least so much where together it is more than a bargain costs. A larger bias loses
// no less above, and no more below.
type sides struct {
	line         line
	above, below int64
}

func (b *bargain) try(l line) sides {
	s := b.f.sides(b.o, l, b.span, b.cost)
	if c := s.above + s.below; c < b.cost || c == b.cost && l.complexity() < b.line.complexity() {
		b.line, b.cost = l, c
	}
	return s
}

// between tries the biases between two of a slope that may cost less.
func (b *bargain) between(low, high sides) {
	if high.line.bias-low.line.bias < 2 || b.beats(low, high) {
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

// sides is what a line loses on a span, on each side, or some of it that is above limit.
func (f *fitter) sides(o *objective, l line, s span, limit int64) sides {
	total := sides{line: l}
	for i := s.run; i < len(f.start) && f.start[i] <= s.end && total.above+total.below <= limit; i++ {
		f.sidesIn(&total, o, i, max(s.start, f.start[i]), min(s.end, f.end[i]))
	}
	return total
}

// sidesIn adds what a line loses on lo..hi, which is of one run.
func (f *fitter) sidesIn(total *sides, o *objective, run int, lo, hi int64) {
	add := func(y, golden, weight int64) {
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
	for x := lo; x <= hi; {
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

// singles splits parts into one for each w.
func singles(parts []part) []part {
	var all []part
	for _, p := range parts {
		for w := p.Lo; w <= p.Hi; w++ {
			one := p
			one.Lo, one.Hi, one.First = w, w, p.First+(w-p.Lo)*p.Each
			all = append(all, one)
		}
	}
	return all
}
