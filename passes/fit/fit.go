package fit

import (
	"cmp"
	"math"
	"sync"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// exactBudget bounds the work spent on the best of the fits of least maximum error,
// so that only small ones are worth beginning with; squaresBudget bounds that of a
// fit of least squares.
const (
	exactBudget   = 1 << 20
	squaresBudget = 1 << 29
)

// sweeps is how many sweeps a search takes beside those by number of segments.
const sweeps = 8

// minMax makes pieces of least maximum error for the shape, or, with a maximum
// error asked for, of the fewest that meet it and then of least maximum error.
// Among those it looks for exact outputs first and small squares second, and for
// the very best only where the budget is enough for that. There are none if the maximum error asked for is out of reach.
func (f *fitter) minMax(segments int, maxError, budget int64) []piece {
	if maxError >= 0 {
		f.tolerate(maxError)
		spans, ok := f.cover(segments)
		if !ok {
			return nil
		}
		segments = len(spans)
	}
	f.leastError(segments)
	spans, _ := f.cover(segments)
	pieces := f.polish(spans, segments)
	if f.seen != nil || f.wraps || f.sweepWork()*int64(segments+sweeps) > budget {
		return pieces
	}
	return f.lessCost(pieces, segments, exactFirst(f.tolerance, f.golden.Input.Count()), budget)
}

// rmse makes pieces of least weighted squares, none if the maximum error asked for
// is out of reach.
func (f *fitter) rmse(segments int, maxError int64, weigh weigher, budget int64) ([]piece, *pwl.Squares) {
	o := objective{weigh: weigh, limit: math.MaxInt32}
	if maxError >= 0 {
		o.limit = maxError
	}
	f.leastError(segments)
	if f.tolerance > o.limit {
		return nil, nil
	}
	spans, _ := f.cover(segments)
	pieces, sum, bound := f.leastCost(f.polish(spans, segments), segments, o, budget)
	in := f.golden.Input
	return pieces, &pwl.Squares{Sum: sum, Bound: bound, Weight: weigh(in.Min(), in.Max())}
}

// job is one fit. fit stays nil where the maximum error asked for is out of reach.
type job struct {
	golden   *steps.Function
	shape    ir.Shape
	options  ir.Options
	datapath ir.Integer // the input of what the layer runs on
	weighing
	budget  int64 // of work, for least squares
	fit     *pwl.Function
	err     pwl.Error
	squares *pwl.Squares
}

// fitters keeps fitters with their room for the jobs to come.
var fitters = sync.Pool{New: func() any { return new(fitter) }}

// run fits, where there is headroom with as many segments as leave some for what
// would exceed it.
func (j *job) run(fs *families) {
	j.fitWith(fs, j.shape.Segments)
	if j.fit == nil || j.shape.Headroom == 0 {
		return
	}
	bits := j.golden.Output.Width + j.shape.Headroom
	best, first := *j, j.squares
	for segments := j.shape.Segments; j.fit != nil; segments-- {
		if within, ok := j.fit.Within(bits); ok && len(within.Segments) <= j.shape.Segments {
			j.fit = within
			if first != nil {
				j.squares.Bound = first.Bound
			}
			return
		}
		if segments == 1 {
			break
		}
		j.fitWith(fs, segments-1)
	}
	*j = best // which does not fit the unit
}

// fitWith fits up to so many segments through each window there is and keeps the best.
func (j *job) fitWith(fs *families, segments int) {
	j.fit = nil
	f := fitters.Get().(*fitter)
	defer fitters.Put(f)
	for _, view := range views(j.shape, j.datapath) {
		fs.take(f, j.golden, j.shape, view)
		fit, squares := j.made(f, view, segments)
		if fit == nil {
			continue
		}
		fit.Input, fit.View = j.golden.Input, view
		err := pwl.Measure(j.golden, fit)
		if j.fit == nil || j.better(fit, err, squares) {
			j.fit, j.err, j.squares = fit, err, squares
		}
	}
}

// made is the fit through a window, nil if the maximum error asked for is out of reach.
func (j *job) made(f *fitter, view pwl.View, segments int) (*pwl.Function, *pwl.Squares) {
	if j.shape.Rows > 0 {
		return j.decomposed(f, view)
	}
	pieces, squares := j.pieces(f, segments)
	if pieces == nil {
		return nil, nil
	}
	return f.function(pieces), squares
}

func (j *job) pieces(f *fitter, segments int) ([]piece, *pwl.Squares) {
	switch {
	case j.shape.Breaks == ir.Uniform:
		return f.uniform(j.shape.LowBits(j.datapath), &j.options, j.golden.Input, j.weigh)
	case j.options.Fit == ir.MinMax:
		return f.minMax(segments, j.options.MaxError, exactBudget), nil
	default:
		return f.rmse(segments, j.options.MaxError, j.weigh, j.budget)
	}
}

// better tells whether a fit is better than the one there is, by what the fits are to
// make small.
func (j *job) better(fit *pwl.Function, err pwl.Error, squares *pwl.Squares) bool {
	if squares != nil {
		return squares.Sum < j.squares.Sum
	}
	if j.options.MaxError >= 0 && j.shape.Breaks == ir.Free && len(fit.Segments) != len(j.fit.Segments) {
		return len(fit.Segments) < len(j.fit.Segments)
	}
	return cmp.Or(cmp.Compare(err.Max, j.err.Max), cmp.Compare(j.err.Exact, err.Exact), err.Squares.Cmp(j.err.Squares)) < 0
}

// function is what pieces say.
func (f *fitter) function(pieces []piece) *pwl.Function {
	r := &pwl.Function{Input: f.golden.Input, Output: f.golden.Output, Guard: f.guard}
	for _, p := range pieces {
		r.Segments = append(r.Segments, pwl.Segment{Start: p.start, Bias: p.bias, Terms: p.Terms()})
	}
	return r
}
