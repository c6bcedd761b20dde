package certify

import (
	"math"
	"math/big"

	"grauc/ir"
	"grauc/ir/pwl"
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
func StraightLines(l *ir.Layer, golden *steps.Function, grid int) (float64, bool) {
	budget := int64(1) << 40
	q := newQuestion(l, l.Input.Integer, golden, infinite-1)
	return q.straightLines(views(&l.Shape, l.Input.Integer)[0], grid, math.MaxFloat64, &budget)
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

// Plateaus are what weights of inputs are taken for, as first and last input and weight of each.
func Plateaus(l *ir.Layer) (all [][3]int64) {
	for _, p := range plateaus(l) {
		all = append(all, [3]int64{p.first, p.last, p.weight})
	}
	return all
}

// Moments are those of cells, from the first x on, and where each cell ends.
func Moments(l *ir.Layer, golden *steps.Function, v pwl.View, grid int) (origin int64, ends []int64, sums [][6]*big.Int) {
	c := newQuestion(l, l.Input.Integer, golden, 1).straightCells(v, grid)
	for _, m := range c.sums {
		var of [6]*big.Int
		for i, w := range []wide{m.weight, m.x, m.q, m.xx, m.xq, m.qq} {
			of[i] = w.big()
		}
		sums = append(sums, of)
	}
	return c.origin, c.borders[1:], sums
}

// big is a wide integer as another.
func (a wide) big() *big.Int {
	high := big.NewInt(int64(a.high))
	return high.Lsh(high, 64).Add(high, new(big.Int).SetUint64(a.low))
}

// Wide is a*b + c - d of wide integers, and how much its float64 value is off, relative to it.
func Wide(a, b, c, d int64) (value *big.Int, off float64) {
	w := wideOf(a).times(b).plus(wideOf(c)).minus(wideOf(d))
	value = w.big()
	exact := new(big.Float).SetInt(value)
	diff := new(big.Float).Sub(exact, big.NewFloat(w.float()))
	if exact.Sign() != 0 {
		diff.Quo(diff, exact)
	}
	off, _ = diff.Float64()
	return value, off
}

// Weight is what an input weighs.
func Weight(l *ir.Layer, x int64) int64 { return weigherOf(l)(x, x).Int64() }

// Meetings tells of each row of cells, and each end of the codes, what a line costs at least that
// comes to it before or behind the row, and what is seen of that without looking at rates.
func Meetings(l *ir.Layer, golden *steps.Function, grid int, tell func(met, bend float64)) {
	q := newQuestion(l, l.Input.Integer, golden, 1)
	s := q.straightest(q.straightCells(views(&l.Shape, l.Input.Integer)[0], grid))
	for i := 1; i < len(s.borders); i++ {
		for j := i + 1; j+1 < len(s.borders); j++ {
			for end := range 2 {
				for side := range 2 {
					r := s.line(i, j)
					tell(r.meets(s, end, side, math.Inf(1)), r.bend[end][side])
				}
			}
		}
	}
}
