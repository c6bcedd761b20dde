package fit

import (
	"math"
	"math/big"
	"testing"

	"grauc/ir"
)

func TestDistribution(t *testing.T) {
	for z := -8.0; z <= 8; z += 1. / 64 {
		want := math.Erfc(-z/math.Sqrt2) / 2
		if got := distribution(z); math.Abs(got-want) > 2e-12 {
			t.Errorf("distribution(%g) = %g, not %g", z, got, want)
		}
	}
}

func TestNormalWeights(t *testing.T) {
	in := ir.Plain(ir.Integer{Width: 8, Signed: true})
	in.Scale, in.Zero = big.NewRat(1, 16), big.NewRat(3, 1)
	weigh := normal(&ir.Weight{Mean: big.NewRat(1, 2), Stddev: big.NewRat(1, 1)}, in)
	if all := weigh(in.Min(), in.Max()); all < 1<<32-4 || all > 1<<32 {
		t.Errorf("all weights together are %d", all)
	}
	total := int64(0)
	for x := in.Min(); x <= in.Max(); x++ {
		if w := weigh(x, x); w < 0 {
			t.Errorf("weight of %d is %d", x, w)
		} else {
			total += w
		}
	}
	if all := weigh(in.Min(), in.Max()); total != all {
		t.Errorf("weights add up to %d, not %d", total, all)
	}
	// The mean is at code 11: weights fall off from there on both sides alike.
	for d := int64(0); d < 40; d++ {
		a, b := weigh(11-d, 11-d), weigh(11+d, 11+d)
		if a-b < -2 || a-b > 2 || weigh(12+d, 12+d) > b {
			t.Errorf("weights at %d from the mean: %d, %d", d, a, b)
		}
	}
}
