package real

import (
	"math"
	"sync"
)

// Elementary functions of float64 points, each as a pair of bounds on the true
// value. None relies on the platform's: the bounds follow from the Lagrange
// remainder of a Taylor polynomial and a count of its roundings, given beside each.
// One rounding to nearest of a value y errs by at most half an ulp of y. Conversions
// such as float64(a*b) keep the compiler from fusing.

const (
	invLn2x64 = 0x1.71547652b82fep+06 // 64 / ln 2
	rounder   = 0x1.8p52              // adding it rounds to an integer
)

// expBounds encloses e^x.
//
// x = k ln2/64 + r with |r| < 2^-7.5; r errs by 2^-59 and the polynomial of degree 6
// by 2^-65, both relative to the result; the sum inside the last addition is below
// 2^-6 of the result, so its own roundings stay below 2^-57. With the half ulp of
// the last addition that is less than an ulp.
func expBounds(x float64) (lo, hi float64) {
	switch {
	case x == 0:
		return 1, 1
	case x > 709:
		return 0x1.d422d2be5dc9ap+1022, math.Inf(1) // e^709, a bit less
	case x < -708:
		return 0, 0x1p-1021
	}
	kf := float64(float64(x*invLn2x64)+rounder) - rounder
	k := int64(kf)
	r := math.FMA(-kf, ln2x64Lo, math.FMA(-kf, ln2x64Hi, x))
	q := r + float64(r*r)*(0.5+r*(1.0/6+r*(1.0/24+r*(1.0/120+r*(1.0/720)))))
	t := &expTable[k&63]
	y := t[0] + math.FMA(t[0], q, t[1])
	y = math.Float64frombits(math.Float64bits(y) + uint64(k>>6)<<52)
	return nextDown(y), nextUp(y)
}

// logBounds encloses log x for x >= 0.
//
// x = 2^e m; m times the reciprocal of the nearest 1 + i/128 is 1 + z, |z| < 2^-7.9.
// The large parts of e ln2 and of the logarithm of the reciprocal are multiples of
// 2^-42 and add exactly. Where both are 0, z is exact and the result is within an
// ulp; elsewhere the roundings of z and of the small sum come to 2^-59.5 beside
// the half ulp of the last addition. The polynomial of degree 9 errs by 2^-80.
func logBounds(x float64) (lo, hi float64) {
	switch {
	case x == 0:
		return math.Inf(-1), -745 // log of the smallest float64 is above -745
	case x == 1:
		return 0, 0
	case math.IsInf(x, 1):
		return 709, x
	}
	e := 0
	if x < 0x1p-1022 {
		x, e = x*0x1p54, -54
	}
	bits := math.Float64bits(x)
	e += int(bits>>52) - 1023
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52)
	i := int(float64((m-1)*128) + 0.5)
	z := math.FMA(m, logTable[i].reciprocal, -1)
	if i == 128 {
		e++
	}
	z2 := float64(z * z)
	w := z2 * (-1.0/2 + z*(1.0/3+z*(-1.0/4+z*(1.0/5+z*(-1.0/6+z*(1.0/7+z*(-1.0/8+z*(1.0/9))))))))
	large := float64(float64(e)*ln2Hi) + logTable[i].hi
	if large == 0 {
		y := z + w
		return nextDown(y), nextUp(y)
	}
	small := z + (w + (float64(float64(e)*ln2Lo) + logTable[i].lo))
	y := large + small
	return nextDown(y - 0x1p-59), nextUp(y + 0x1p-59)
}

// erfBounds encloses erf x.
//
// Below 1/32 the odd series, relative error 2^-51. Elsewhere the Taylor polynomial
// of degree 9 about the nearest c = i/16, h = x - c: its remainder is below 2^-57 by
// Cramer's bound on Hermite functions; coefficients, Horner steps and the last
// addition err by at most 2^-53 each; 2^-51 in all.
func erfBounds(x float64) (lo, hi float64) {
	if x < 0 {
		lo, hi = erfBounds(-x)
		return -hi, -lo
	}
	switch {
	case x == 0:
		return 0, 0
	case x >= 6:
		return 1 - 0x1p-53, 1
	case x < 1.0/32:
		x2 := float64(x * x)
		y := x * twoOverSqrtPi * (1 + x2*(-1.0/3+x2*(1.0/10+x2*(-1.0/42+x2*(1.0/216+x2*(-1.0/1320))))))
		return mulDown(y, 1-0x1p-51), mulUp(y, 1+0x1p-51)
	}
	erfOnce.Do(makeErfCoefficients)
	i := int(x*16 + 0.5)
	h := x - float64(i)*(1.0/16)
	a := &erfCoefficients[i]
	s := a[8]
	for n := 7; n >= 0; n-- {
		s = a[n] + float64(s*h)
	}
	y := erfTable[i][0] + float64(s*h)
	return y - 0x1p-51, min(1, y+0x1p-51)
}

var (
	erfOnce         sync.Once
	erfCoefficients [len(erfTable)][9]float64
)

// makeErfCoefficients expands erf' = 2/sqrt(pi) exp(-(c+h)^2) in h: the series of
// exp(-2ch - h^2) has g0 = 1, g1 = -2c, (n+1) g(n+1) = -2c g(n) - 2 g(n-1).
func makeErfCoefficients() {
	for i := range erfCoefficients {
		c := float64(i) / 16
		g, previous := 1.0, 0.0
		for n := range erfCoefficients[i] {
			erfCoefficients[i][n] = erfTable[i][1] * g / float64(n+1)
			g, previous = (float64(-2*c*g)-float64(2*previous))/float64(n+1), g
		}
	}
}

// tanhBounds encloses tanh x: near 0 by the odd series, whose remainder is below its
// first term left out, elsewhere as 1 - 2/(e^2x + 1) by outward rounding.
func tanhBounds(x float64) (lo, hi float64) {
	if x < 0 {
		lo, hi = tanhBounds(-x)
		return -hi, -lo
	}
	switch {
	case x == 0:
		return 0, 0
	case x >= 20:
		return 1 - 0x1p-53, 1
	case x < 1.0/8:
		x2 := float64(x * x)
		y := x + float64(x*x2)*(-1.0/3+x2*(2.0/15+x2*(-17.0/315+x2*(62.0/2835+x2*(-1382.0/155925+
			x2*(21844.0/6081075+x2*(-929569.0/638512875)))))))
		return nextDown(nextDown(y)), nextUp(nextUp(y))
	}
	lo, hi = expBounds(2 * x)
	return addDown(1, -divUp(2, addDown(lo, 1))), addUp(1, -divDown(2, addUp(hi, 1)))
}

// maxAngle bounds the arguments of sin and cos that are reduced in float64.
const maxAngle = 1 << 40

// reduce gives n and r with x = n pi/2 + r, |r| < 0.786, r within 2^-53. The first
// step is exact: its result is below 1 and a multiple of 2^-53.
func reduce(x float64) (n int64, r float64) {
	nf := float64(float64(x*(2/math.Pi))+rounder) - rounder
	return int64(nf), math.FMA(-nf, halfPiLo, math.FMA(-nf, halfPiHi, x))
}

// sinBounds encloses sin x: Taylor polynomials of degree 17 and 16 err by less than
// 2^-58, their roundings, the reduction's included, by less than 2^-52.
func sinBounds(x float64) (lo, hi float64) {
	switch {
	case x == 0:
		return 0, 0
	case !(math.Abs(x) <= maxAngle):
		return -1, 1
	}
	n, r := reduce(x)
	if n == 0 {
		y := sinTaylor(r)
		e := float64(math.Abs(y)*0x1p-51) + math.SmallestNonzeroFloat64
		return y - e, y + e
	}
	return quadrant(n, r)
}

// cosBounds encloses cos x, a quarter turn from the sine.
func cosBounds(x float64) (lo, hi float64) {
	switch {
	case x == 0:
		return 1, 1
	case !(math.Abs(x) <= maxAngle):
		return -1, 1
	}
	n, r := reduce(x)
	return quadrant(n+1, r)
}

// quadrant encloses sin(n pi/2 + r).
func quadrant(n int64, r float64) (lo, hi float64) {
	var y float64
	if n&1 == 0 {
		y = sinTaylor(r)
	} else {
		y = cosTaylor(r)
	}
	if n&2 != 0 {
		y = -y
	}
	return max(-1, y-0x1p-51), min(1, y+0x1p-51)
}

func sinTaylor(r float64) float64 {
	r2 := float64(r * r)
	p := -1.0/6 + r2*(1.0/120+r2*(-1.0/5040+r2*(1.0/362880+r2*(-1.0/39916800+
		r2*(1.0/6227020800+r2*(-1.0/1307674368000+r2*(1.0/355687428096000)))))))
	return r + float64(r*r2)*p
}

func cosTaylor(r float64) float64 {
	r2 := float64(r * r)
	p := -1.0/2 + r2*(1.0/24+r2*(-1.0/720+r2*(1.0/40320+r2*(-1.0/3628800+
		r2*(1.0/479001600+r2*(-1.0/87178291200+r2*(1.0/20922789888000)))))))
	return 1 + float64(r2*p)
}

func (a Interval) increasing(f func(float64) (lo, hi float64)) Interval {
	lo, hi := f(a.Lo)
	if !a.isPoint() {
		_, hi = f(a.Hi)
	}
	return Interval{lo, hi}
}

func (a Interval) exp() Interval { return a.increasing(expBounds) }

// log is the logarithm of the part of a that is not negative.
func (a Interval) log() Interval {
	return Interval{max(a.Lo, 0), max(a.Hi, 0)}.increasing(logBounds)
}

func (a Interval) erf() Interval  { return a.increasing(erfBounds) }
func (a Interval) tanh() Interval { return a.increasing(tanhBounds) }

func (a Interval) sin() Interval { return a.wave(sinBounds, 0) }
func (a Interval) cos() Interval { return a.wave(cosBounds, 1) }

// wave is the sine of a plus shift quarter turns; bounds encloses it at a point.
func (a Interval) wave(bounds func(float64) (lo, hi float64), shift int64) Interval {
	if !(a.Lo >= -maxAngle && a.Hi <= maxAngle) || a.Hi-a.Lo > 6.28 {
		return unitBall
	}
	lo, hi := bounds(a.Lo)
	r := Interval{lo, hi}
	if a.isPoint() {
		return r
	}
	lo, hi = bounds(a.Hi)
	r = r.hull(Interval{lo, hi})
	// Extremes are at odd numbers of quarter turns; one just outside does no harm.
	const slack = 0x1p-16
	first := int64(math.Ceil(a.Lo*(2/math.Pi)-slack)) + shift
	last := int64(math.Floor(a.Hi*(2/math.Pi)+slack)) + shift
	for n := first; n <= last; n++ {
		switch n & 3 {
		case 1:
			r.Hi = 1
		case 3:
			r.Lo = -1
		}
	}
	return r
}
