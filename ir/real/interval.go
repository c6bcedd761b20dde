package real

import "math"

// Interval is a closed interval of reals with float64 ends; an infinite end is no
// bound. The arithmetic rounds outwards, and only where a result is inexact: the
// residual of each operation says so. What is exact in float64, such as a tie
// between two codes with dyadic scales, therefore stays a single point.
type Interval struct{ Lo, Hi float64 }

var (
	whole    = Interval{math.Inf(-1), math.Inf(1)}
	unitBall = Interval{-1, 1}
)

// Residuals are exact between these magnitudes; outside, bounds move outwards
// whatever the residual.
const (
	tiny = 0x1p-900
	huge = 0x1p1000
)

func point(v float64) Interval { return Interval{v, v} }

func (a Interval) isPoint() bool { return a.Lo == a.Hi }

func nextUp(v float64) float64 {
	b := math.Float64bits(v)
	switch {
	case v > 0:
		if b == 0x7ff<<52 {
			return v
		}
		return math.Float64frombits(b + 1)
	case v < 0:
		return math.Float64frombits(b - 1)
	}
	return math.SmallestNonzeroFloat64
}

func nextDown(v float64) float64 { return -nextUp(-v) }

func addDown(a, b float64) float64 {
	s := a + b
	if !(math.Abs(s) < huge) {
		return nextDown(s)
	}
	bb := s - a
	if (a-(s-bb))+(b-bb) < 0 {
		return nextDown(s)
	}
	return s
}

func addUp(a, b float64) float64 { return -addDown(-a, -b) }

// mulDown takes 0 times an infinite bound as 0: the factors are reals.
func mulDown(a, b float64) float64 {
	if a == 0 || b == 0 {
		return 0
	}
	p := float64(a * b)
	if m := math.Abs(p); tiny < m && m < huge {
		if math.FMA(a, b, -p) < 0 {
			return nextDown(p)
		}
		return p
	}
	if p == 0 && (a > 0) == (b > 0) {
		return 0
	}
	return nextDown(p)
}

func mulUp(a, b float64) float64 { return -mulDown(-a, b) }

// divDown needs b != 0. A finite number over an infinite bound is 0, the limit.
func divDown(a, b float64) float64 {
	if a == 0 || math.IsInf(b, 0) && !math.IsInf(a, 0) {
		return 0
	}
	if math.IsInf(b, 0) {
		if (a > 0) == (b > 0) {
			return 0
		}
		return math.Inf(-1)
	}
	q := a / b
	if m := math.Abs(q); tiny < m && m < huge && math.Abs(a) > tiny {
		if r := math.FMA(-q, b, a); r != 0 && (r < 0) == (b > 0) {
			return nextDown(q)
		}
		return q
	}
	if q == 0 && (a > 0) == (b > 0) {
		return 0
	}
	return nextDown(q)
}

func divUp(a, b float64) float64 { return -divDown(-a, b) }

func (a Interval) neg() Interval { return Interval{-a.Hi, -a.Lo} }

func (a Interval) add(b Interval) Interval { return Interval{addDown(a.Lo, b.Lo), addUp(a.Hi, b.Hi)} }

func (a Interval) sub(b Interval) Interval {
	return Interval{addDown(a.Lo, -b.Hi), addUp(a.Hi, -b.Lo)}
}

func (a Interval) mul(b Interval) Interval {
	switch {
	case a.Lo >= 0:
		return a.mulPositive(b)
	case a.Hi <= 0:
		return a.neg().mulPositive(b).neg()
	case b.Lo >= 0:
		return b.mulPositive(a)
	case b.Hi <= 0:
		return b.neg().mulPositive(a).neg()
	}
	return Interval{
		min(mulDown(a.Lo, b.Hi), mulDown(a.Hi, b.Lo)),
		max(mulUp(a.Lo, b.Lo), mulUp(a.Hi, b.Hi)),
	}
}

// mulPositive is mul for a >= 0.
func (a Interval) mulPositive(b Interval) Interval {
	low, high := a.Lo, a.Hi
	if b.Lo < 0 {
		low = a.Hi
	}
	if b.Hi < 0 {
		high = a.Lo
	}
	return Interval{mulDown(low, b.Lo), mulUp(high, b.Hi)}
}

// div is a / b for the b other than 0.
func (a Interval) div(b Interval) Interval {
	switch {
	case b.Lo < 0 && b.Hi > 0, b.Lo == 0 && b.Hi == 0:
		return whole
	case b.Hi <= 0:
		a, b = a.neg(), b.neg()
	}
	low, high := b.Hi, b.Hi
	if a.Lo < 0 {
		low = b.Lo
	}
	if a.Hi > 0 {
		high = b.Lo
	}
	r := whole
	if low != 0 {
		r.Lo = divDown(a.Lo, low)
	}
	if high != 0 {
		r.Hi = divUp(a.Hi, high)
	}
	return r
}

// scale is a * p / q for exact p and positive q.
func (a Interval) scale(p, q float64) Interval {
	if p < 0 {
		a, p = a.neg(), -p
	}
	a = Interval{mulDown(a.Lo, p), mulUp(a.Hi, p)}
	if q != 1 {
		a = Interval{divDown(a.Lo, q), divUp(a.Hi, q)}
	}
	return a
}

func (a Interval) abs() Interval {
	switch {
	case a.Lo >= 0:
		return a
	case a.Hi <= 0:
		return a.neg()
	}
	return Interval{0, max(-a.Lo, a.Hi)}
}

func (a Interval) floor() Interval { return Interval{math.Floor(a.Lo), math.Floor(a.Hi)} }

func (a Interval) min(b Interval) Interval { return Interval{min(a.Lo, b.Lo), min(a.Hi, b.Hi)} }

func (a Interval) max(b Interval) Interval { return Interval{max(a.Lo, b.Lo), max(a.Hi, b.Hi)} }

func (a Interval) hull(b Interval) Interval { return Interval{min(a.Lo, b.Lo), max(a.Hi, b.Hi)} }

// power is a ^ n.
func (a Interval) power(n int64) Interval {
	switch {
	case n == 0:
		return point(1)
	case n < 0:
		return point(1).div(a.power(-n))
	case n%2 == 0:
		a = a.abs()
	}
	if a.isPoint() {
		lo, hi := powerBounds(a.Lo, n)
		return Interval{lo, hi}
	}
	lo, _ := powerBounds(a.Lo, n)
	_, hi := powerBounds(a.Hi, n)
	return Interval{lo, hi}
}

// powerBounds encloses v ^ n for n > 0.
func powerBounds(v float64, n int64) (lo, hi float64) {
	if n == 1 {
		return v, v
	}
	if n == 2 {
		return mulDown(v, v), mulUp(v, v)
	}
	if v < 0 {
		lo, hi = powerBounds(-v, n)
		if n%2 != 0 {
			lo, hi = -hi, -lo
		}
		return lo, hi
	}
	result, square := point(1), point(v)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			result = Interval{mulDown(result.Lo, square.Lo), mulUp(result.Hi, square.Hi)}
		}
		square = Interval{mulDown(square.Lo, square.Lo), mulUp(square.Hi, square.Hi)}
	}
	return result.Lo, result.Hi
}

// sqrt is the square root of the part of a that is not negative.
func (a Interval) sqrt() Interval {
	a = Interval{max(a.Lo, 0), max(a.Hi, 0)}
	lo, hi := math.Sqrt(a.Lo), math.Sqrt(a.Hi)
	return Interval{sqrtDown(a.Lo, lo), sqrtUp(a.Hi, hi)}
}

// sqrtDown moves root, v's rounded square root, to a lower bound.
func sqrtDown(v, root float64) float64 {
	switch {
	case v == 0:
		return 0
	case math.IsInf(v, 1):
		return math.MaxFloat64
	case v > tiny && math.FMA(root, root, -v) <= 0:
		return root
	}
	return nextDown(root)
}

func sqrtUp(v, root float64) float64 {
	switch {
	case v == 0 || math.IsInf(v, 1):
		return v
	case v > tiny && math.FMA(root, root, -v) >= 0:
		return root
	}
	return nextUp(root)
}
