package datapath_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir/datapath"
)

// The number of the digits that are below is less than that of those above where the value is
// at least the constant, and digits cover all bits that matter.
func TestDigits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		of := datapath.Type{Width: 13 + r.IntN(20), Signed: r.IntN(2) == 0}
		c := of.Wrap(r.Int64()) >> r.IntN(of.Width)
		if c == of.Min() {
			continue
		}
		digits := of.Digits(c)
		for range 200 {
			x := of.Wrap(c + r.Int64N(5) - 2)
			if r.IntN(2) == 0 {
				x = of.Wrap(c ^ r.Int64N(2)<<r.IntN(of.Width) ^ r.Int64N(2)<<r.IntN(of.Width))
			}
			if len(digits) > 0 {
				require.Equal(t, x >= c, atLeast(of, digits, x), "%v: %d >= %d: %v", of, x, c, digits)
			}
		}
	}
	require.Empty(t, datapath.Type{Width: 12}.Digits(1))
	require.Len(t, datapath.Type{Width: 16, Signed: true}.Digits(1), 3)
}

func atLeast(of datapath.Type, digits []datapath.Digit, x int64) bool {
	below, above := 0, 0
	for i, d := range digits {
		v := x >> d.Low & (1<<(d.High-d.Low+1) - 1)
		if of.Signed && d.High == of.Width-1 {
			v ^= 1 << (d.High - d.Low)
		}
		if v < d.Below {
			below |= 1 << i
		}
		if v >= d.Above {
			above |= 1 << i
		}
	}
	return below < above
}
