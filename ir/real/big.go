package real

import (
	"math"
	"math/big"
	"sync"
)

// end is one end of an interval. An open one is not attained: the value is strictly
// beyond it. That decides what no precision could show: erf x is below 1 even where
// it differs from 1 in the millionth bit only. For the same reason an end that is a
// small rational keeps it where Float can but approach it from outside.
type end struct {
	*big.Float
	rat  *big.Rat
	open bool // of rat, if there is one
}

// strict reports whether the value is beyond Float.
func (e end) strict() bool { return e.open || e.rat != nil }

// maxEndBits bounds the rationals that ends keep.
const maxEndBits = 256

// small reports whether the end is a rational of few bits.
func (e end) small() bool {
	return e.rat != nil || !e.IsInf() && e.MinPrec() <= maxEndBits/4 && max(e.MantExp(nil), -e.MantExp(nil)) <= maxEndBits
}

// exact is a small end as a rational.
func (e end) exact() *big.Rat {
	if e.rat != nil {
		return e.rat
	}
	v, _ := e.Rat(nil)
	return v
}

// rounded is a lower end just rounded down to f from an operation on ends, which is
// open if any of those was. op is the same operation on rationals.
func rounded(f *big.Float, op func(z, a, b *big.Rat) *big.Rat, a, b end) end {
	e := end{Float: f, open: a.open || b.open}
	if f.Acc() == big.Exact && a.rat == nil && b.rat == nil {
		return e.tameLow()
	}
	if a.small() && b.small() {
		if r := op(new(big.Rat), a.exact(), b.exact()); ratBits(r) <= maxEndBits {
			if f.SetRat(r); f.Acc() != big.Exact {
				e.rat = r
			}
			return e
		}
	}
	e.open = true
	return e.tameLow()
}

// bigInterval is an interval with arbitrary-precision ends; an infinite end is no
// bound.
type bigInterval struct{ lo, hi end }

// context carries the precision of bigInterval arithmetic. Every operation rounds
// outwards, and knows an end that it rounded to be open.
type context struct{ prec uint }

// maxBigExponent bounds the exponents of ends: beyond it an end moves outwards, so
// that no operation on two ends overflows or underflows unseen.
const maxBigExponent = 1 << 28

func (c context) down() *big.Float {
	return new(big.Float).SetPrec(c.prec).SetMode(big.ToNegativeInf)
}

func (c context) up() *big.Float {
	return new(big.Float).SetPrec(c.prec).SetMode(big.ToPositiveInf)
}

func power2(e int) *big.Float { return new(big.Float).SetMantExp(big.NewFloat(1), e) }

func closed(v float64) end { return end{Float: big.NewFloat(v)} }

func open(f *big.Float) end { return end{Float: f, open: true} }

// exactly is the interval of the one number v.
func exactly(v *big.Float) bigInterval { return bigInterval{end{Float: v}, end{Float: v}} }

// inside is an open interval with ends that were rounded outwards.
func inside(lo, hi *big.Float) bigInterval {
	return bigInterval{open(lo).tameLow(), open(hi).neg().tameLow().neg()}
}

func (e end) neg() end {
	n := end{Float: new(big.Float).Neg(e.Float), open: e.open}
	if e.rat != nil {
		n.rat = new(big.Rat).Neg(e.rat)
	}
	return n
}

// tameLow restores the bound on exponents for a lower end.
func (e end) tameLow() end {
	if e.Sign() == 0 || e.IsInf() && e.Signbit() {
		return e
	}
	exp := e.MantExp(nil)
	switch {
	case e.IsInf() || exp > maxBigExponent && e.Sign() > 0:
		return open(power2(maxBigExponent - 1))
	case exp > maxBigExponent:
		return open(new(big.Float).SetInf(true))
	case exp >= -maxBigExponent:
		return e
	case e.Sign() > 0:
		return open(new(big.Float))
	}
	return open(new(big.Float).Neg(power2(-maxBigExponent - 1)))
}

func (c context) whole() bigInterval {
	return bigInterval{closed(math.Inf(-1)), closed(math.Inf(1))}
}

func (c context) int(n int64) bigInterval { return exactly(new(big.Float).SetInt64(n)) }

func (c context) rat(v *big.Rat) bigInterval {
	lo, hi := c.down().SetRat(v), c.up().SetRat(v)
	if lo.Acc() == big.Exact {
		return exactly(lo)
	}
	return bigInterval{end{Float: lo, rat: v}, end{Float: hi, rat: v}}
}

// about encloses what differs from m * 2^-w by less than err * 2^-w.
func (c context) about(m, err *big.Int, w uint) bigInterval {
	lo := c.down().SetInt(new(big.Int).Sub(m, err))
	hi := c.up().SetInt(new(big.Int).Add(m, err))
	return inside(lo.SetMantExp(lo, -int(w)), hi.SetMantExp(hi, -int(w)))
}

func (c context) neg(a bigInterval) bigInterval { return bigInterval{a.hi.neg(), a.lo.neg()} }

func (c context) add(a, b bigInterval) bigInterval {
	return bigInterval{c.addLow(a.lo, b.lo), c.addLow(a.hi.neg(), b.hi.neg()).neg()}
}

func (c context) addLow(a, b end) end {
	return rounded(c.down().Add(a.Float, b.Float), (*big.Rat).Add, a, b)
}

func (c context) sub(a, b bigInterval) bigInterval { return c.add(a, c.neg(b)) }

func (c context) mul(a, b bigInterval) bigInterval {
	r := c.mulLow(a, b)
	return bigInterval{r, c.mulLow(c.neg(a), b).neg()}
}

// mulLow is the lower end of a product: the least over the corners. One that is not
// 0 is attained at corners only; 0 wherever a factor is 0.
func (c context) mulLow(a, b bigInterval) end {
	var least end
	for _, x := range []end{a.lo, a.hi} {
		for _, y := range []end{b.lo, b.hi} {
			p := closed(0)
			if x.Sign() != 0 && y.Sign() != 0 {
				p = c.corner(x, y)
			}
			if least.Float == nil {
				least = p
			} else {
				least = lower(least, p)
			}
		}
	}
	if least.Sign() == 0 {
		least.open = a.sign() != 0 && b.sign() != 0
	} else if least.Prec() > c.prec {
		least.Float = c.down().Set(least.Float)
	}
	return least
}

// corner is a product of ends, rounded down. Next to a rational it has more bits, so
// that a corner a unit away does not hide one that is rational.
func (c context) corner(x, y end) end {
	if x.rat != nil {
		x, y = y, x
	}
	if y.rat == nil || x.small() {
		return rounded(c.down().Mul(x.Float, y.Float), (*big.Rat).Mul, x, y)
	}
	wide := context{max(c.prec, x.Prec()) + 2*maxEndBits}
	p := wide.down().Mul(x.Float, wide.down().SetInt(y.rat.Num()))
	p = wide.down().Quo(p, wide.down().SetInt(y.rat.Denom()))
	return end{Float: p, open: x.open || y.open || p.Acc() != big.Exact}.tameLow()
}

// sign is the sign of every number in a, 0 if they differ or may be 0.
func (a bigInterval) sign() int {
	switch {
	case a.lo.Sign() > 0 || a.lo.Sign() == 0 && a.lo.strict():
		return 1
	case a.hi.Sign() < 0 || a.hi.Sign() == 0 && a.hi.strict():
		return -1
	}
	return 0
}

// div is a / b for the b other than 0.
func (c context) div(a, b bigInterval) bigInterval {
	if b.lo.Sign() < 0 && b.hi.Sign() > 0 || b.lo.Sign() == 0 && b.hi.Sign() == 0 {
		return c.whole()
	}
	inverse := c.whole()
	if b.hi.Sign() != 0 {
		inverse.lo = c.inverseLow(b.hi)
	}
	if b.lo.Sign() != 0 {
		inverse.hi = c.inverseLow(b.lo.neg()).neg()
	}
	return c.mul(a, inverse)
}

func (c context) inverseLow(e end) end {
	one := closed(1)
	return rounded(c.down().Quo(one.Float, e.Float), (*big.Rat).Quo, one, e)
}

// order compares two lower ends: further left, and attained rather than open, is less.
func (e end) order(other end) int {
	c := 0
	switch {
	case e.rat == nil && other.rat == nil:
		c = e.Cmp(other.Float)
	case e.small() && other.small():
		c = e.exact().Cmp(other.exact())
	case e.rat != nil:
		c = compare(e.rat, other.Float)
	default:
		c = -compare(other.rat, e.Float)
	}
	switch {
	case c != 0 || e.open == other.open:
		return c
	case e.open:
		return 1
	}
	return -1
}

// compare compares a rational with a number of f's precision.
func compare(r *big.Rat, f *big.Float) int {
	above := new(big.Float).SetPrec(f.Prec()).SetMode(big.ToPositiveInf).SetRat(r)
	if c := above.Cmp(f); c != 0 || above.Acc() == big.Exact {
		return c
	}
	return -1
}

// lower is the lesser of two lower ends.
func lower(a, b end) end {
	if a.order(b) <= 0 {
		return a
	}
	return b
}

// nearer is the greater of two lower ends.
func nearer(a, b end) end {
	if a.order(b) >= 0 {
		return a
	}
	return b
}

func (c context) max(a, b bigInterval) bigInterval {
	return bigInterval{nearer(a.lo, b.lo), lower(a.hi.neg(), b.hi.neg()).neg()}
}

func (c context) min(a, b bigInterval) bigInterval { return c.neg(c.max(c.neg(a), c.neg(b))) }

func (c context) hull(a, b bigInterval) bigInterval {
	return bigInterval{lower(a.lo, b.lo), lower(a.hi.neg(), b.hi.neg()).neg()}
}

// meet is what is in both a and b.
func (c context) meet(a, b bigInterval) bigInterval {
	return bigInterval{nearer(a.lo, b.lo), nearer(a.hi.neg(), b.hi.neg()).neg()}
}

func (c context) abs(a bigInterval) bigInterval {
	switch {
	case a.lo.Sign() >= 0:
		return a
	case a.hi.Sign() <= 0:
		return c.neg(a)
	}
	r := c.hull(a, c.neg(a))
	r.lo = closed(0)
	return r
}

// power is a ^ n.
func (c context) power(a bigInterval, n int64) bigInterval {
	switch {
	case n == 0:
		return c.int(1)
	case n < 0:
		return c.div(c.int(1), c.power(a, -n))
	case n%2 == 0:
		a = c.abs(a)
	case a.lo.Sign() < 0 && a.hi.Sign() <= 0:
		return c.neg(c.power(c.neg(a), n))
	case a.lo.Sign() < 0:
		negative := c.power(bigInterval{closed(0), a.lo.neg()}, n)
		positive := c.power(bigInterval{closed(0), a.hi}, n)
		return bigInterval{negative.hi.neg(), positive.hi}
	}
	result := c.int(1)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			result = c.mul(result, a)
		}
		if n > 1 {
			a = c.mul(a, a)
		}
	}
	return result
}

// sqrt is the square root of the part of a that is not negative.
func (c context) sqrt(a bigInterval) bigInterval {
	return bigInterval{c.root(a.lo).lo, c.root(a.hi).hi}
}

// root encloses the square root of an end, 0 if that is negative.
func (c context) root(e end) bigInterval {
	if e.Sign() <= 0 {
		zero := end{Float: new(big.Float), open: e.Sign() == 0 && e.strict()}
		return bigInterval{zero, zero}
	}
	if e.IsInf() {
		return bigInterval{open(power2(maxBigExponent / 2)), e}
	}
	shift := int(c.prec) - e.MantExp(nil)/2
	m, accuracy := new(big.Float).SetMantExp(e.Float, 2*shift).Int(nil)
	root := new(big.Int).Sqrt(m)
	lo := c.down().SetInt(root)
	if accuracy == big.Exact && lo.Acc() == big.Exact && !e.strict() && new(big.Int).Mul(root, root).Cmp(m) == 0 {
		return exactly(lo.SetMantExp(lo, -shift))
	}
	hi := c.up().SetInt(root.Add(root, big.NewInt(1)))
	return inside(lo.SetMantExp(lo, -shift), hi.SetMantExp(hi, -shift))
}

// increasing applies a function that encloses an increasing function at a point.
func (c context) increasing(a bigInterval, f func(x *big.Float) bigInterval) bigInterval {
	r := f(a.lo.Float)
	if a.lo.Cmp(a.hi.Float) != 0 {
		r.hi = f(a.hi.Float).hi
	}
	r.lo.open = r.lo.open || a.lo.strict()
	r.hi.open = r.hi.open || a.hi.strict()
	return r
}

// fixed is v * 2^w, truncated.
func fixed(v *big.Float, w uint) *big.Int {
	m, _ := new(big.Float).SetMantExp(v, int(w)).Int(nil)
	return m
}

// exponent is e with |v| < 2^e, at least 0.
func exponent(v *big.Float) uint { return uint(max(0, v.MantExp(nil))) }

// smallness is e with 2^-e <= 2 |v|, at least 0.
func smallness(v *big.Float) uint { return uint(max(0, -v.MantExp(nil))) + 1 }

// maxExpArgument is a power of 2 whose exponential stays below 2^maxBigExponent.
const maxExpArgument = 27

func (c context) exp(a bigInterval) bigInterval { return c.increasing(a, c.expAt) }

// expAt reduces x to r = (x - k ln2) / 2^j, sums the Taylor series in fixed point
// and squares j times. Each term errs by 2 units, truncation of the tail included;
// reduction by 2^(bits of k); each squaring at most doubles the error, times a
// growth of the value below 2 over all of them.
func (c context) expAt(x *big.Float) bigInterval {
	if x.Sign() == 0 {
		return c.int(1)
	}
	if x.IsInf() || x.MantExp(nil) > maxExpArgument {
		if x.Sign() > 0 {
			return bigInterval{open(power2(1 << maxExpArgument)), closed(math.Inf(1))}
		}
		return bigInterval{open(new(big.Float)), open(power2(-1 << maxExpArgument))}
	}
	if smallness(x) > c.prec+2 { // between 1 and 1 + 2x
		twice := exactly(new(big.Float).SetMantExp(x, 1))
		d := c.hull(c.int(0), twice)
		d.lo.open, d.hi.open = true, true
		return c.add(c.int(1), d)
	}
	j := uint(8)
	for j*j < c.prec/2 {
		j++
	}
	w := c.prec + 2*exponent(x) + j + 48
	ln2 := ln2Digits.get(w)
	r := fixed(x, w)
	k := new(big.Int).Div(r, ln2)
	r.Sub(r, new(big.Int).Mul(k, ln2)).Rsh(r, j)
	one := new(big.Int).Lsh(big.NewInt(1), w)
	sum, term := new(big.Int).Set(one), new(big.Int).Set(one)
	terms := int64(0)
	for term.Sign() != 0 {
		terms++
		term.Mul(term, r).Rsh(term, w)
		term.Quo(term, big.NewInt(terms))
		sum.Add(sum, term)
	}
	for range j {
		sum.Mul(sum, sum).Rsh(sum, w)
	}
	err := (2*terms + 8) << (j + 2)
	err += int64(4) << exponent(x)
	v := c.about(sum, big.NewInt(err), w)
	e := int(k.Int64())
	v.lo.Float.SetMantExp(v.lo.Float, e)
	v.hi.Float.SetMantExp(v.hi.Float, e)
	return v
}

// log is the logarithm of the part of a that is not negative.
func (c context) log(a bigInterval) bigInterval { return c.increasing(a, c.logAt) }

// logAt is e ln2 + 2 atanh((m-1)/(m+1)) with x = m 2^e, m in 0.7..1.42. Each term of
// the series errs by 2 units, ln2 by one, times e.
func (c context) logAt(x *big.Float) bigInterval {
	if x.Sign() <= 0 {
		return c.whole()
	}
	if x.IsInf() {
		return bigInterval{closed(maxBigExponent / 2), closed(math.Inf(1))}
	}
	m := new(big.Float)
	e := x.MantExp(m)
	if m.Cmp(big.NewFloat(0.70703125)) < 0 {
		m.SetMantExp(m, 1)
		e--
	}
	d := new(big.Float).SetPrec(x.Prec()+64).Sub(m, big.NewFloat(1))
	if d.Sign() == 0 && e == 0 {
		return c.int(0)
	}
	w := c.prec + 64
	if e == 0 {
		w += smallness(d)
	}
	n := fixed(d, w)
	z := n.Lsh(n, w)
	z.Quo(z, new(big.Int).Add(fixed(m, w), new(big.Int).Lsh(big.NewInt(1), w)))
	sum, terms := atanh(z, w)
	sum.Lsh(sum, 1)
	sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(e)), ln2Digits.get(w)))
	return c.about(sum, big.NewInt(8*terms+16+2*int64(max(e, -e))), w)
}

// atanh sums z + z^3/3 + ... in fixed point, |z| < 0.2.
func atanh(z *big.Int, w uint) (sum *big.Int, terms int64) {
	square := new(big.Int).Mul(z, z)
	square.Rsh(square, w)
	power, one := new(big.Int).Set(z), new(big.Int).Lsh(big.NewInt(1), w)
	sum = new(big.Int)
	for power.Sign() != 0 {
		sum.Add(sum, new(big.Int).Quo(power, big.NewInt(2*terms+1)))
		power.Mul(power, square)
		power.Quo(power, one) // towards 0, so it ends
		terms++
	}
	return sum, terms + 1
}

func (c context) erf(a bigInterval) bigInterval { return c.increasing(a, c.erfAt) }

// erfAt is 2/sqrt(pi) e^-x^2 (x + 2x^3/3 + 4x^5/15 + ...), all terms of one sign.
// A rounding grows with the terms after it, by less than e^x^2 in all.
func (c context) erfAt(x *big.Float) bigInterval {
	switch {
	case x.Sign() == 0:
		return c.int(0)
	case x.Sign() < 0:
		return c.neg(c.erfAt(new(big.Float).Neg(x)))
	case x.IsInf() || x.MantExp(nil) > 16 || x.Cmp(big.NewFloat(1)) > 0 && square(x).Cmp(big.NewFloat(float64(c.prec))) >= 0:
		return c.belowOne() // erfc x < e^-x^2
	case smallness(x) > 4*c.prec:
		return c.mul(exactly(x), bigInterval{closed(1.128), closed(1.129)})
	}
	x2 := square(x)
	growth, _ := x2.Uint64()
	w := c.prec + smallness(x) + uint(growth)/8 + 64
	twice := fixed(x2, w)
	twice.Lsh(twice, 1)
	term := fixed(x, w)
	sum := new(big.Int).Set(term)
	terms := int64(1)
	for ; term.Sign() != 0; terms++ {
		term.Mul(term, twice).Rsh(term, w)
		term.Quo(term, big.NewInt(2*terms+1))
		sum.Add(sum, term)
	}
	guard := context{c.prec + 64}
	err := new(big.Int).Lsh(big.NewInt(8*terms*terms+64), uint(3*growth/2)+2)
	s := guard.about(sum, err, w)
	decay := guard.exp(guard.neg(exactly(x2)))
	factor := guard.div(guard.int(2), guard.sqrt(guard.pi()))
	r := c.round(guard.mul(guard.mul(s, decay), factor))
	return c.meet(r, bigInterval{closed(0), open(big.NewFloat(1))})
}

func square(x *big.Float) *big.Float { return new(big.Float).SetPrec(2*x.Prec()).Mul(x, x) }

// belowOne is what is strictly between 1 - 2^-prec and 1.
func (c context) belowOne() bigInterval {
	one := big.NewFloat(1)
	low := new(big.Float).SetPrec(c.prec).Sub(one, power2(-int(c.prec)))
	return inside(low, one)
}

// round brings an interval of higher precision to c's.
func (c context) round(a bigInterval) bigInterval {
	zero := closed(0)
	lo := rounded(c.down().Set(a.lo.Float), (*big.Rat).Add, a.lo, zero)
	hi := a.hi.neg()
	hi = rounded(c.down().Set(hi.Float), (*big.Rat).Add, hi, zero)
	return bigInterval{lo, hi.neg()}
}

func (c context) tanh(a bigInterval) bigInterval { return c.increasing(a, c.tanhAt) }

// tanhAt is 1 - 2 / (e^2x + 1), with as many more bits as cancel.
func (c context) tanhAt(x *big.Float) bigInterval {
	switch {
	case x.Sign() == 0:
		return c.int(0)
	case x.Sign() < 0:
		return c.neg(c.tanhAt(new(big.Float).Neg(x)))
	case x.Cmp(big.NewFloat(float64(c.prec))) > 0:
		return c.belowOne() // 1 - tanh x < 2 e^-2x
	case smallness(x) > c.prec:
		return c.mul(exactly(x), c.belowOne()) // x - x^3/3 < tanh x < x
	}
	guard := context{c.prec + 2*smallness(x) + 32}
	e := guard.exp(exactly(new(big.Float).SetMantExp(x, 1)))
	one := guard.int(1)
	return c.round(guard.sub(one, guard.div(guard.int(2), guard.add(e, one))))
}

func (c context) sin(a bigInterval) bigInterval { return c.wave(a, 0) }
func (c context) cos(a bigInterval) bigInterval { return c.wave(a, 1) }

// wave is the sine of a plus shift quarter turns: its value at one end, give or take
// the width of a.
func (c context) wave(a bigInterval, shift int64) bigInterval {
	all := bigInterval{closed(-1), closed(1)}
	if a.lo.IsInf() || a.hi.IsInf() || exponent(a.lo.Float) > 1<<12 || exponent(a.hi.Float) > 1<<12 {
		return all
	}
	width := c.up().Sub(a.hi.Float, a.lo.Float)
	if width.Cmp(big.NewFloat(1)) > 0 {
		return all
	}
	v := c.sinAt(a.lo.Float, shift)
	if width.Sign() != 0 {
		v = c.add(v, c.hull(exactly(width), c.neg(exactly(width))))
	}
	return c.meet(v, all)
}

// sinAt reduces by k quarter turns and sums the Taylor series; each term errs by 2
// units, the reduction by |k|.
func (c context) sinAt(x *big.Float, shift int64) bigInterval {
	if x.Sign() == 0 {
		return c.int(shift)
	}
	if smallness(x) > c.prec {
		if shift == 1 { // cos x > 1 - x^2
			return c.belowOne()
		}
		return c.mul(exactly(x), c.belowOne())
	}
	w := c.prec + smallness(x) + 2*exponent(x) + 64
	half := piDigits.get(w)
	half.Rsh(half, 1)
	r := fixed(x, w)
	k := new(big.Int).Add(r, new(big.Int).Rsh(half, 1))
	k.Div(k, half)
	r.Sub(r, new(big.Int).Mul(k, half))
	quarters := new(big.Int).And(k.Add(k, big.NewInt(shift)), big.NewInt(3)).Int64()

	square := new(big.Int).Mul(r, r)
	square.Rsh(square, w)
	term, first := r, int64(2)
	if quarters&1 != 0 {
		term, first = new(big.Int).Lsh(big.NewInt(1), w), 1
	}
	sum := new(big.Int).Set(term)
	terms := int64(1)
	for n := first; term.Sign() != 0; n += 2 {
		term.Mul(term, square).Rsh(term, w)
		term.Quo(term, big.NewInt(-n*(n+1)))
		sum.Add(sum, term)
		terms++
	}
	if quarters&2 != 0 {
		sum.Neg(sum)
	}
	err := new(big.Int).Lsh(big.NewInt(8), exponent(x))
	err.Add(err, big.NewInt(4*terms+16))
	return c.about(sum, err, w)
}

func (c context) pi() bigInterval { return c.about(piDigits.get(c.prec+8), big.NewInt(2), c.prec+8) }

// digits is a constant in fixed point, computed once for the largest precision
// asked for.
type digits struct {
	sync.Mutex
	compute func(w uint) *big.Int // within a unit
	value   *big.Int
	w       uint
}

// get is the constant times 2^w, truncated or one less.
func (d *digits) get(w uint) *big.Int {
	d.Lock()
	defer d.Unlock()
	if d.value == nil || d.w < w+8 {
		d.w = w + 72
		d.value = d.compute(d.w)
	}
	return new(big.Int).Rsh(d.value, d.w-w)
}

var (
	ln2Digits = &digits{compute: func(w uint) *big.Int {
		return machin(w, false, [][2]int64{{18, 26}, {-2, 4801}, {8, 8749}})
	}}
	piDigits = &digits{compute: func(w uint) *big.Int {
		return machin(w, true, [][2]int64{{16, 5}, {-4, 239}})
	}}
)

// machin sums a atan(1/b), or a atanh(1/b), over the pairs.
func machin(w uint, alternate bool, pairs [][2]int64) *big.Int {
	const guard = 32
	total := new(big.Int)
	for _, pair := range pairs {
		square := big.NewInt(pair[1] * pair[1])
		power := new(big.Int).Lsh(big.NewInt(pair[0]), w+guard)
		power.Quo(power, big.NewInt(pair[1]))
		for n := int64(1); power.Sign() != 0; n += 2 {
			term := new(big.Int).Quo(power, big.NewInt(n))
			if alternate && n%4 == 3 {
				term.Neg(term)
			}
			total.Add(total, term)
			power.Quo(power, square)
		}
	}
	return total.Rsh(total, guard)
}
