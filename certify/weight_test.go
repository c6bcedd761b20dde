package certify

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
)

func TestShareOfTheNormalDistribution(t *testing.T) {
	for z := -14.0; z <= 14; z += 1. / 32 {
		want := math.Ldexp(math.Erfc(-z/math.Sqrt2)/2, 32)
		require.InDelta(t, want, share32(new(big.Rat).SetFloat64(z)), 0.51, "%g", z)
	}
	require.Equal(t, int64(1)<<31, share32(new(big.Rat)))
}

// What float64 decides is what many digits say, however badly conditioned.
func TestNormalWeightsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		in := ir.Plain(ir.Integer{Width: 16, Signed: true})
		in.Scale, in.Zero = big.NewRat(1+r.Int64N(1000), 1+r.Int64N(100000)), big.NewRat(r.Int64N(2000)-1000, 1+r.Int64N(5))
		w := &ir.Weight{Mean: big.NewRat(r.Int64N(200000)-100000, 7), Stddev: big.NewRat(1+r.Int64N(1000), 1+r.Int64N(1000))}
		if r.IntN(2) == 0 {
			w.Mean = in.Real(r.Int64N(1000)) // so that it matters
		}
		n := newNormal(w, in)
		for range 20 {
			x := r.Int64N(1<<16) - 1<<15
			z := new(big.Rat).Sub(in.Real(x), new(big.Rat).Mul(in.Scale, big.NewRat(1, 2)))
			z.Quo(z.Sub(z, w.Mean), w.Stddev)
			require.Equal(t, share32(z), n.below(x), "%v %v at %d", in, w, x)
		}
	}
}
