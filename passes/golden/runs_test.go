package golden

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/real/realtest"
)

func format(width int, signed bool, scale, zero string, r ir.Rounding) ir.Format {
	s, _ := new(big.Rat).SetString(scale)
	z, _ := new(big.Rat).SetString(zero)
	return ir.Format{Integer: ir.Integer{Width: width, Signed: signed}, Scale: s, Zero: z, Rounding: r}
}

func TestProofEqualsSweep(t *testing.T) {
	formats := []struct{ in, out ir.Format }{
		{format(13, true, "1/512", "0", 0), format(8, true, "1/16", "0", ir.HalfEven)},
		{format(12, true, "1/100", "17", 0), format(8, false, "3/100", "37.5", ir.HalfUp)},
		{format(13, false, "1/333", "4096.5", 0), format(6, true, "1/7", "-1/3", ir.HalfDown)},
		{format(12, true, "1/255", "0", 0), format(8, false, "1/255", "128", ir.HalfAway)},
		{format(12, true, "1/64", "0", 0), format(4, true, "1/2", "0", ir.Floor)},
		{format(13, true, "0.0017", "-40", 0), format(10, true, "1/128", "1/4", ir.Ceil)},
		{format(12, true, "1/64", "0.5", 0), format(12, true, "1/1024", "100", ir.Zero)},
		{format(11, true, "4", "0", 0), format(8, true, "8", "0", ir.HalfEven)},
	}
	for _, f := range realtest.Functions {
		for i, form := range formats {
			q := real.NewQuantizer(f.Tape(), form.in, form.out)
			want, errWant := sweep(q, form.in.Integer)
			got, errGot := runs(q, form.in.Integer)
			if fmt.Sprint(errWant) != fmt.Sprint(errGot) {
				t.Errorf("%s, formats %d: %v, exhaustively %v", f.Name, i, errGot, errWant)
			} else if !slices.Equal(got, want) {
				t.Errorf("%s, formats %d: runs differ from the exhaustive ones", f.Name, i)
			}
		}
	}
}
