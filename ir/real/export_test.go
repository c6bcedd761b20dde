package real

import (
	"math"
	"math/big"
)

// Settle is Code by exact and arbitrary-precision arithmetic alone.
func (q *Quantizer) Settle(k int64) (int64, error) {
	code, _, err := q.settle(k)
	return code, err
}

// Ball tells whether a ball is known of the real number for k, and whether it holds what
// arbitrary precision encloses.
func (q *Quantizer) Ball(k int64) (known, holds bool) {
	b := q.ball(float64(k))
	lo, hi := b.ends()
	if !(b.known() && !math.IsInf(lo, 0) && !math.IsInf(hi, 0)) {
		return false, true
	}
	r := refine(q.tape, new(big.Rat).SetInt64(k), 4*firstPrecision)
	v := r.result()
	if v.state&possibilities != defined {
		return true, v.state&defined != 0
	}
	e := r.bounds(v)
	return true, e.hi.Cmp(big.NewFloat(lo)) >= 0 && e.lo.Cmp(big.NewFloat(hi)) <= 0
}
