package fit

import (
	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// minMax is a fit of least maximum error for the shape, or, with a maximum error
// asked for, one of fewest segments that meets it and then of least maximum
// error. Among those it loses little, see polish. It is nil if the maximum error
// asked for is out of reach.
func (fs *families) minMax(golden *steps.Function, shape ir.Shape, maxError int64) *pwl.Function {
	f := newFitter(golden, shape.Guard, fs.get(shape, golden.Input))
	limit := shape.Segments
	if maxError >= 0 {
		f.tolerate(maxError)
		spans, ok := f.cover(limit)
		if !ok {
			return nil
		}
		limit = len(spans)
	}
	f.leastError(limit)
	spans, _ := f.cover(limit)
	return f.function(f.polish(spans, limit))
}

// function is what pieces say.
func (f *fitter) function(pieces []piece) *pwl.Function {
	r := &pwl.Function{Input: f.golden.Input, Output: f.golden.Output, Guard: f.guard}
	for _, p := range pieces {
		r.Segments = append(r.Segments, pwl.Segment{Start: p.start, Bias: p.bias, Terms: p.Terms()})
	}
	return r
}
