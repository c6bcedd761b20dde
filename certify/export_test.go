package certify

import (
	"math/big"

	"grauc/ir"
	"grauc/ir/steps"
)

// Attests is what a checker does with points.
func Attests(l *ir.Layer, golden *steps.Function, points []int64, segments int, tolerance int64) error {
	return newProvers(golden, &l.Shape, golden.Input).attests(points, segments, tolerance)
}

// Reseal makes a forgery that is consistent in itself.
func Reseal(r Certificate, l *ir.Layer) Certificate {
	r.Claim, r.Basis = r.claim(l), r.basis(l)
	return Sealed(r)
}

// Sealed is a certificate with the seal of its contents.
func Sealed(r Certificate) Certificate {
	r.Seal = r.seal()
	return r
}

// LeastSquares is what a checker finds of the least sum of squares on a grid, or sum, with
// cells so far apart from where golden changes.
func LeastSquares(l *ir.Layer, golden *steps.Function, sum int64, grid int, apart int64) (int64, bool) {
	budget := int64(squaresBudget)
	q := newQuestion(l, l.Input.Integer, golden, sum)
	q.apart, q.few = apart, 0
	return q.least(mesh{grid, alone}, &budget)
}

// CoarseSquares is that on coarse cells, where 2^lines biases are taken for one.
func CoarseSquares(l *ir.Layer, golden *steps.Function, sum int64, grid, lines int) (int64, bool) {
	budget := int64(squaresBudget)
	return newQuestion(l, l.Input.Integer, golden, sum).least(mesh{grid, lines}, &budget)
}

// StraightSquares is that by straight lines.
func StraightSquares(l *ir.Layer, golden *steps.Function, sum int64, grid int) (int64, bool) {
	budget := int64(squaresBudget)
	return newQuestion(l, l.Input.Integer, golden, sum).least(mesh{grid, straight}, &budget)
}

// StraightLines is the least sum of squares of straight lines, of one view.
func StraightLines(l *ir.Layer, golden *steps.Function, grid int) (int64, bool) {
	budget := int64(squaresBudget)
	q := newQuestion(l, l.Input.Integer, golden, infinite-1)
	return q.straightLines(views(&l.Shape, l.Input.Integer)[0], grid, infinite-1, &budget)
}

// FromStraight is how far lines of a shape are from straight ones at most, squared, and what
// remains for them of a sum of squares.
func FromStraight(l *ir.Layer, golden *steps.Function, sum int64) (apart *big.Rat, less, more int64) {
	f := newQuestion(l, l.Input.Integer, golden, sum).floors()
	weight := weigherOf(l)(golden.Input.Min(), golden.Input.Max())
	apart = new(big.Rat).SetFrac(f.apart, new(big.Int).Lsh(weight, f.bits))
	return apart, f.less(sum), f.more(sum)
}

// Found is what a check has found of the squares of a fit of least maximum error.
func Found(r *Certificate) int64 { return r.found }

// Spans is the bound by lines that hold on so many runs.
func Spans(l *ir.Layer, golden *steps.Function, most, sum int64, short, parts int) (bound, took int64) {
	q := newQuestion(l, l.Input.Integer, golden, sum)
	q.keepTo(most, l.Shape.Segments)
	if short == 0 {
		short = q.short()
	}
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	bound, left, _ := q.span(short, parts, 1<<40, r)
	return bound, 1<<40 - left
}
