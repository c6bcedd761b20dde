package fit

import (
	"grauc/ir"
	"grauc/ir/pwl"
)

// uniform makes pieces that break at multiples of 2^low and nowhere else: each is
// then a problem of its own, and all lines are tried on it, as far as the budget goes. The
// maximum error is the least there is, and among lines that keep to it those are taken that
// cost least. For least squares every line counts that keeps to the maximum error asked for.
// There are no pieces if that is out of reach. Spans on which not all was tried are bounded
// by 0.
func (f *fitter) uniform(low int, options *ir.Options, o objective, weight, budget int64) ([]piece, *pwl.Squares) {
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
	squares := &pwl.Squares{Weight: weight}
	for i, s := range spans {
		b := f.cheapestWeighed(s, &o, budget/int64(len(spans)-i))
		budget -= b.took
		pieces = append(pieces, piece{s, b.line, b.cost})
		if squares.Sum += b.cost; b.tried {
			squares.Bound += b.cost
		}
	}
	return merge(pieces), squares
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
	from, to := f.mayHold(s, last)
	for i := from; i < to; i++ {
		if least, greatest := f.biases(&f.slopes[i], s, last); least <= greatest {
			return true
		}
	}
	return false
}

// mayHold is the numbers from..to-1 of the slopes that may hold on a span, which ends in run
// number last. To find out takes about as long as some slopes take to fail.
func (f *fitter) mayHold(s span, last int) (from, to int) {
	switch {
	case len(f.slopes) <= fewSlopes:
		return f.steepness(f.chord(s.start, s.run, s.end, last))
	case f.hopeless:
		return 0, 0
	}
	if w := f.points[f.relax(s, s.end)-1]; w.x == s.end {
		return f.steepness(w)
	}
	return 0, 0
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
