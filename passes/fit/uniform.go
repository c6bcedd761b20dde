package fit

import (
	"math"
	"math/bits"

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
		l, cost := f.cheapest(s, &o)
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
	for i := range f.slopes {
		if least, greatest := f.biases(&f.slopes[i], s); least <= greatest {
			return true
		}
	}
	return false
}

// cheapest is the line within the tolerance that costs least on a span; of those that
// cost the same, one of few terms and a narrow bias.
func (f *fitter) cheapest(s span, o *objective) (line, int64) {
	var best line
	cost := int64(math.MaxInt64)
	for i := range f.slopes {
		sl := &f.slopes[i]
		least, greatest := f.usefulBiases(sl, s)
		for bias := least; bias <= greatest; bias++ {
			l := line{sl, bias}
			c := f.lossUpTo(o, l, s, cost)
			if c < cost || c == cost && simpler(l, best) {
				best, cost = l, c
			}
		}
	}
	return best, cost
}

// lossUpTo is what a line loses on a span, or something above limit if it is above.
func (f *fitter) lossUpTo(o *objective, l line, s span, limit int64) (total int64) {
	for i := s.run; i < len(f.start) && f.start[i] <= s.end && total <= limit; i++ {
		total += f.lossIn(o, l, i, max(s.start, f.start[i]), min(s.end, f.end[i]))
	}
	return total
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

func simpler(a, b line) bool {
	if a.count != b.count {
		return a.count < b.count
	}
	return bits.Len64(uint64(max(a.bias, -a.bias))) < bits.Len64(uint64(max(b.bias, -b.bias)))
}
