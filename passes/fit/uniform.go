package fit

import (
	"math"
	"math/bits"

	"grauc/ir"
	"grauc/ir/pwl"
)

// uniform makes pieces that break at multiples of 2^low and nowhere else: each is
// then a problem of its own, and all lines are tried on it. The maximum error is the
// least there is; among lines that keep to it those are taken that are exact most
// often, then those of least squares. For least squares every line counts that keeps
// to the maximum error asked for. There are no pieces if that is out of reach.
func (f *fitter) uniform(low int, options *ir.Options, inputs ir.Integer, weigh weigher) ([]piece, *pwl.Squares) {
	spans := f.equal(low)
	least := f.leastTolerance(func() bool { return f.allHold(spans) })
	if options.MaxError >= 0 && least > options.MaxError {
		return nil, nil
	}
	o := exactFirst(least, inputs.Count())
	if options.Fit == ir.RMSE {
		o = objective{weigh: weigh, limit: int64(f.golden.Output.Count())}
		if options.MaxError >= 0 {
			o.limit = options.MaxError
		}
		f.tolerate(o.limit)
	}
	var pieces []piece
	total := int64(0)
	for _, s := range spans {
		l, cost := f.cheapest(s, &o, options.Fit == ir.RMSE && options.Weight != nil)
		pieces = append(pieces, piece{span: s, line: l})
		total += cost
	}
	pieces = merge(pieces)
	if options.Fit != ir.RMSE {
		return pieces, nil
	}
	return pieces, &pwl.Squares{Sum: total, Bound: total, Weight: weigh(inputs.Min(), inputs.Max())}
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
	for i := range f.slopes {
		if least, greatest := f.biases(&f.slopes[i], s); least <= greatest {
			return true
		}
	}
	return false
}

// cheapest is the line within the tolerance that costs least on a span; of those that
// cost the same, one of few terms and a narrow bias. Where inputs are weighed, each w
// counts by itself.
func (f *fitter) cheapest(s span, o *objective, weighed bool) (line, int64) {
	parts := f.seen.within(s)
	if weighed {
		parts = singles(parts)
	}
	var best line
	cost := int64(math.MaxInt64)
	for i := range f.slopes {
		sl := &f.slopes[i]
		least, greatest := f.usefulBiases(sl, s)
		for bias := least; bias <= greatest; bias++ {
			l := line{sl, bias}
			c := f.costOn(l, parts, o, cost)
			if c < cost || c == cost && simpler(l, best) {
				best, cost = l, c
			}
		}
	}
	return best, cost
}

// costOn is what a line costs on parts, or something above limit if it is above.
func (f *fitter) costOn(l line, parts []part, o *objective, limit int64) int64 {
	total := int64(0)
	for _, p := range parts {
		f.outputs(l, p.Lo, p.Hi, func(y, count int64) {
			total = min(infinite, total+o.cost(o.weigh(p.First, p.First+count*p.Each-1), y-p.golden))
		})
		if total > limit {
			break
		}
	}
	return total
}

// within are the parts that are seen in a span.
func (s *seen) within(of span) []part {
	var parts []part
	for _, p := range s.parts {
		if p.Hi < of.start || p.Lo > of.end {
			continue
		}
		cut := p
		cut.Lo, cut.Hi = max(p.Lo, of.start), min(p.Hi, of.end)
		cut.First += (cut.Lo - p.Lo) * p.Each
		parts = append(parts, cut)
	}
	return parts
}

// singles splits parts into one for each w, whose inputs then have a weight.
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

func simpler(a, b line) bool {
	if a.count != b.count {
		return a.count < b.count
	}
	return bits.Len64(uint64(max(a.bias, -a.bias))) < bits.Len64(uint64(max(b.bias, -b.bias)))
}
