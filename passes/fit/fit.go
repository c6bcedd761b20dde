package fit

import (
	"cmp"
	"crypto/sha256"
	"sync"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// squaresBudget bounds the work spent on a fit of least squares, tieBudget that on the
// least squares among fits of the least maximum error, of which there are many more.
// A step of uniform segments takes longer, by what their share says as a power of two.
const (
	squaresBudget = 1 << 29
	tieBudget     = 1 << 17
	uniformShare  = 4
)

// minMax makes pieces of least maximum error for the shape, or, with a maximum
// error asked for, of the fewest that meet it and then of least maximum error; and
// among those of least squares, as far as the budget goes. There are none if the
// maximum error asked for is out of reach.
func (f *fitter) minMax(segments int, maxError int64, o objective, weight, budget int64) ([]piece, *pwl.Squares) {
	f.at.stage(atError)
	if maxError >= 0 {
		f.tolerate(maxError)
		spans, ok := f.cover(segments)
		if !ok {
			return nil, nil
		}
		segments = len(spans)
	}
	o.limit = f.leastError(segments)
	if !f.tame(weight) {
		return f.plain(segments), nil
	}
	if len(f.start) > mostTied {
		pieces := f.plain(segments)
		return pieces, &pwl.Squares{Sum: f.costOf(pieces, &o), Weight: weight}
	}
	pieces, sum, bound := f.leastTied(segments, o, budget)
	return pieces, &pwl.Squares{Sum: sum, Bound: bound, Weight: weight}
}

// mostTied is beyond what runs fits of least squares are looked for, among those of the
// least maximum error: about where each few inputs have an output of their own.
const mostTied = 1 << 20

// plain is some pieces within the tolerance.
func (f *fitter) plain(segments int) []piece {
	var pieces []piece
	spans, _ := f.cover(segments)
	o := objective{limit: f.tolerance}
	for _, s := range spans {
		pieces = append(pieces, piece{span: s, line: f.foremost(&o, s)[0].line})
	}
	return pieces
}

// rmse makes pieces of least weighted squares, none if the maximum error asked for
// is out of reach.
func (f *fitter) rmse(segments int, maxError int64, o objective, weight, budget int64) ([]piece, *pwl.Squares) {
	o.limit = limitOf(maxError)
	f.at.stage(atError)
	f.leastError(segments)
	if f.tolerance > o.limit {
		return nil, nil
	}
	spans, _ := f.cover(segments)
	pieces := f.polish(spans, segments, &o)
	cost, bound := f.costOf(pieces, &o), int64(0)
	if drop := f.drop(cost, weight); drop > 0 {
		pieces = f.roughly(pieces, drop, segments, o, weight, budget)
		cost = f.costOf(pieces, &o)
	}
	if drop := f.drop(cost, weight); drop < hopelessDrop {
		if cost>>(2*vastBits) > weight {
			budget >>= vastShare
		}
		pieces, cost, bound = f.leastCost(pieces, segments, o, budget>>(2*drop))
	}
	return pieces, &pwl.Squares{Sum: cost, Bound: bound, Weight: weight}
}

// Where errors are of 2^vastBits codes, so many lines are alike that a search among all of them
// takes such a share of the work allowed at most, as a power of two.
const (
	vastBits  = 7
	vastShare = 4
)

// job is one fit. fit stays nil where the maximum error asked for is out of reach.
type job struct {
	golden   *steps.Function
	shape    ir.Shape
	options  ir.Options
	datapath ir.Integer // the input of what the layer runs on
	at       telling
	weighing
	budget  int64 // of work, for least squares
	digest  [sha256.Size]byte
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
	best := *j
	for segments := j.shape.Segments; j.fit != nil; segments-- {
		if within, ok := j.fit.Within(bits); ok && len(within.Segments) <= j.shape.Segments {
			j.fit, j.squares = within, j.boundBy(&best)
			return
		}
		if segments == 1 {
			break
		}
		j.fitWith(fs, segments-1)
	}
	*j = best // which does not fit the unit
}

// boundBy is the squares with the bound of a fit of all segments, which holds only up to
// the maximum error of that.
func (j *job) boundBy(best *job) *pwl.Squares {
	if j.squares == nil || best.squares == nil {
		return nil
	}
	s := *j.squares
	s.Bound = best.squares.Bound
	if j.options.Fit == ir.MinMax && j.err.Max > best.err.Max {
		s.Bound = 0
	}
	return &s
}

// fitWith fits up to so many segments through each window there is and keeps the best.
func (j *job) fitWith(fs *families, segments int) {
	j.fit = nil
	f := fitters.Get().(*fitter)
	defer fitters.Put(f)
	for _, view := range views(j.shape, j.datapath) {
		fs.take(f, j.golden, j.shape, view)
		f.at = j.at
		if fit, squares := j.made(f, view, segments); fit != nil {
			fit.Input, fit.View = j.golden.Input, view
			j.offer(fit, pwl.Measure(j.golden, fit), squares)
		}
	}
}

// made is the fit through a window, nil if the maximum error asked for is out of reach.
func (j *job) made(f *fitter, view pwl.View, segments int) (*pwl.Function, *pwl.Squares) {
	if j.shape.Rows > 0 {
		return j.decomposed(f, view)
	}
	pieces, squares := j.pieces(f, view, segments)
	if pieces == nil {
		return nil, nil
	}
	return f.function(pieces), squares
}

// pieces fits through the view that a fitter has taken.
func (j *job) pieces(f *fitter, view pwl.View, segments int) ([]piece, *pwl.Squares) {
	var pieces []piece
	var squares *pwl.Squares
	o := objective{weigh: j.weigh}
	weight := o.weight(j.golden.Input.Min(), j.golden.Input.Max())
	budget := j.viewBudget()
	switch {
	case j.shape.Breaks == ir.Uniform:
		pieces, squares = f.uniform(j.shape.LowBits(j.datapath), &j.options, o, weight, budget>>uniformShare)
	case j.options.Fit == ir.MinMax:
		pieces, squares = f.minMax(segments, j.options.MaxError, o, weight, tieBudget)
	default:
		pieces, squares = f.rmse(segments, j.options.MaxError, o, weight, budget)
	}
	return j.orOfFewerTerms(f, view, segments, pieces, squares)
}

// viewBudget is that of the fit through one view.
func (j *job) viewBudget() int64 { return j.budget / int64(len(views(j.shape, j.datapath))) }

// offer takes a fit if it is better than the one there is. Squares are bounded by the
// least bound of all fits that are as good but for their squares.
func (j *job) offer(fit *pwl.Function, err pwl.Error, squares *pwl.Squares) {
	order := -1
	if j.fit != nil {
		order = j.compare(fit, err)
	}
	switch {
	case order < 0:
		j.fit, j.err, j.squares = fit, err, squares
	case order == 0 && j.squares != nil && squares != nil:
		bound := min(j.squares.Bound, squares.Bound)
		if squares.Sum < j.squares.Sum {
			j.fit, j.err, j.squares = fit, err, squares
		}
		j.squares.Bound = bound
	case order == 0:
		j.squares = nil
	}
}

// compare is by what comes before the squares: below 0 if a fit is better than the one
// there is.
func (j *job) compare(fit *pwl.Function, err pwl.Error) int {
	switch {
	case j.options.Fit == ir.RMSE:
		return 0
	case j.options.MaxError >= 0 && j.shape.Breaks == ir.Free && len(fit.Segments) != len(j.fit.Segments):
		return cmp.Compare(len(fit.Segments), len(j.fit.Segments))
	}
	return cmp.Compare(err.Max, j.err.Max)
}

// function is what pieces say.
func (f *fitter) function(pieces []piece) *pwl.Function {
	r := &pwl.Function{Input: f.golden.Input, Output: f.golden.Output, Guard: f.guard}
	for _, p := range pieces {
		r.Segments = append(r.Segments, pwl.Segment{Start: p.start, Bias: p.bias, Terms: p.Terms()})
	}
	return r
}
