package fit

import (
	"grauc/ir"
	"grauc/ir/pwl"
)

// A fit of fewer terms is one of the shape as well, so that more terms need never be worse.
// That holds by itself where a fit is proved to have the least squares. Else fewer terms are
// fitted, too.

// lesserShare is the share of a budget, as a power of two, in which it may be proved that
// fewer terms do no better.
const lesserShare = 4

// orOfFewerTerms are pieces of a fitter of a view, or those of one term fewer, as good but for
// their squares, if these have less of them.
func (j *job) orOfFewerTerms(f *fitter, view pwl.View, segments int, pieces []piece, squares *pwl.Squares) ([]piece, *pwl.Squares) {
	if squares == nil || squares.Bound >= squares.Sum || f.key.terms == 1 {
		return pieces, squares
	}
	lesser := fitters.Get().(*fitter)
	defer fitters.Put(lesser)
	shape := j.shape
	shape.Terms = f.key.terms - 1
	f.among.take(lesser, j.golden, shape, view)
	lesser.at = f.at
	if j.options.Fit == ir.MinMax && !j.equals(f, lesser, segments) {
		return pieces, squares
	}
	least, found := j.provedOf(lesser, segments, pieces, squares)
	if found == nil {
		least, found = j.pieces(lesser, view, segments)
	}
	if found != nil && found.Sum < squares.Sum {
		found.Bound = squares.Bound
		return least, found
	}
	return pieces, squares
}

// equals reports whether a lesser fitter reaches the maximum error that another has reached, with
// as many segments.
func (j *job) equals(f, lesser *fitter, segments int) bool {
	least := f.guess
	switch {
	case j.shape.Breaks == ir.Uniform:
		lesser.tolerate(least)
		return lesser.allHold(lesser.equal(j.shape.LowBits(j.datapath)))
	case j.options.MaxError >= 0:
		f.tolerate(j.options.MaxError)
		spans, _ := f.cover(segments)
		segments = len(spans)
	}
	lesser.tolerate(least)
	_, ok := lesser.cover(segments)
	return ok
}

// provedOf are the pieces of least squares of a lesser fitter, or those given if none of it has
// less than they, where that is soon proved; without squares where it is not.
func (j *job) provedOf(f *fitter, segments int, pieces []piece, squares *pwl.Squares) ([]piece, *pwl.Squares) {
	if j.options.Fit != ir.RMSE || j.shape.Breaks == ir.Uniform || f.drop(squares.Sum, squares.Weight) >= hopelessDrop {
		return nil, nil
	}
	o := objective{weigh: j.weigh, limit: limitOf(j.options.MaxError)}
	least, sum, bound := f.leastCost(pieces, segments, o, j.viewBudget()>>lesserShare)
	if bound < sum {
		return nil, nil
	}
	return least, &pwl.Squares{Sum: sum, Weight: squares.Weight}
}
