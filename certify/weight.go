package certify

import (
	"math"
	"math/big"
	"sort"

	"grauc/ir"
)

// weights says which weights a mean has.
func weights(w *ir.Weight) string {
	switch {
	case w == nil:
		return "all alike"
	case w.Histogram != nil:
		return "histogram " + w.String()
	}
	return w.String()
}

// weigher is the weight of the inputs lo..hi together.
type weigher func(lo, hi int64) *big.Int

func alike(lo, hi int64) *big.Int { return big.NewInt(hi - lo + 1) }

// weigherOf is how a mean over the inputs of a layer weighs them.
func weigherOf(l *ir.Layer) weigher {
	switch w := l.Options.Weight; {
	case w == nil:
		return alike
	case w.Histogram != nil:
		return func(lo, hi int64) *big.Int { return counted(w.Histogram.Bins, lo, hi) }
	default:
		n := newNormal(w, l.Input)
		return func(lo, hi int64) *big.Int { return big.NewInt(n.below(hi+1) - n.below(lo)) }
	}
}

// counted is the weight that a histogram gives to lo..hi.
func counted(bins []ir.Bin, lo, hi int64) *big.Int {
	total := new(big.Int)
	for i := sort.Search(len(bins), func(i int) bool { return bins[i].Last >= lo }); i < len(bins) && bins[i].First <= hi; i++ {
		from, to := max(lo, bins[i].First), min(hi, bins[i].Last)
		total.Add(total, before(bins[i], to+1))
		total.Sub(total, before(bins[i], from))
	}
	return total
}

// before is what the codes of a bin below x weigh.
func before(b ir.Bin, x int64) *big.Int {
	n := new(big.Int).Mul(big.NewInt(b.Count), big.NewInt(x-b.First))
	return n.Quo(n, big.NewInt(b.Last-b.First+1))
}

// normal is a normal distribution over input codes: code x is rate*x + offset standard
// deviations from the mean, less half a code.
type normal struct {
	rate, offset   *big.Rat
	nearRate, near float64 // these as float64 values
}

func newNormal(w *ir.Weight, in ir.Format) *normal {
	rate := new(big.Rat).Quo(in.Scale, w.Stddev)
	offset := new(big.Rat).Add(in.Zero, big.NewRat(1, 2))
	offset.Add(offset.Mul(offset, rate), new(big.Rat).Quo(w.Mean, w.Stddev))
	n := &normal{rate: rate, offset: offset.Neg(offset)}
	n.nearRate, _ = n.rate.Float64()
	n.near, _ = n.offset.Float64()
	return n
}

// below is the share of the distribution below code x less half a code, times 2^32,
// rounded to an integer.
func (n *normal) below(x int64) int64 {
	climb := n.nearRate * float64(x)
	share := math.Ldexp(math.Erfc(-(climb+n.near)/math.Sqrt2), 31)
	// The density is below 0.4, and a few roundings of 2^-53 lie between.
	unsure := math.Ldexp(math.Abs(climb)+math.Abs(n.near)+1, 32-49)
	low, high := math.Floor(share+0.5-unsure), math.Floor(share+0.5+unsure)
	if low == high {
		return int64(low)
	}
	z := new(big.Rat).SetInt64(x)
	return share32(z.Add(z.Mul(z, n.rate), n.offset))
}

// share32 is the share of the standard normal distribution below z, times 2^32, rounded.
// Beyond 12 nothing is left of it. The share is rational for 0 alone, so that rounding
// is decided by enough digits, and far fewer than these do.
func share32(z *big.Rat) int64 {
	const precision = 256
	if limit := big.NewRat(12, 1); new(big.Rat).Abs(z).Cmp(limit) > 0 {
		return int64(z.Sign()+1) << 31
	}
	num := func(v float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(v) }
	x := num(0).SetRat(z)
	half := num(0).Mul(x, x)
	half.Quo(half, num(2))
	// The share above 0 is z * exp(-z^2/2) / sqrt(2*pi) * sum of z^2n / (1 * 3 * ... * (2n+1)).
	sum, term := num(1), num(1)
	power, exp := num(1), num(1) // of half, and the sum that is exp(half)
	for n := 1.0; term.Sign() > 0 && term.MantExp(nil) > -precision; n++ {
		term.Quo(term.Mul(term, num(0).Mul(half, num(2))), num(2*n+1))
		sum.Add(sum, term)
	}
	for n := 1.0; power.Sign() > 0 && power.MantExp(nil) > -precision; n++ {
		power.Quo(power.Mul(power, half), num(n))
		exp.Add(exp, power)
	}
	pi, _ := num(0).SetString(piDigits)
	share := num(0).Mul(x, sum)
	share.Quo(share, exp.Mul(exp, pi.Sqrt(pi.Mul(pi, num(2)))))
	share.SetMantExp(share.Add(share, num(0.5)), 32)
	rounded, _ := share.Add(share, num(0.5)).Int64() // truncates what is not negative
	return rounded
}

const piDigits = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651328230664709384460955058223172535940812848111745028410270193852110555964462294895493038196"
