package golden

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"grauc/ir"
	"grauc/ir/real"
)

// functions are the standard library's, and some harder ones, as tapes.
var functions = []struct {
	name  string
	build func(t *real.Tape, x int32) int32
}{
	{"identity", func(t *real.Tape, x int32) int32 { return x }},
	{"relu", func(t *real.Tape, x int32) int32 { return t.Max(x, t.Int(0)) }},
	{"relu6", func(t *real.Tape, x int32) int32 { return t.Clamp(x, t.Int(0), t.Int(6)) }},
	{"prelu", func(t *real.Tape, x int32) int32 {
		return t.Select(t.LessEq(t.Int(0), x), x, t.Mul(x, ratio(t, 1, 4)))
	}},
	{"sigmoid", sigmoid},
	{"logsigmoid", func(t *real.Tape, x int32) int32 { return t.Neg(softplus(t, t.Neg(x))) }},
	{"tanh", (*real.Tape).Tanh},
	{"silu", func(t *real.Tape, x int32) int32 { return t.Div(x, t.Add(t.Int(1), t.Exp(t.Neg(x)))) }},
	{"gelu", func(t *real.Tape, x int32) int32 {
		half := t.Mul(ratio(t, 1, 2), x)
		return t.Mul(half, t.Add(t.Int(1), t.Erf(t.Div(x, t.Sqrt(t.Int(2))))))
	}},
	{"gelu_tanh", func(t *real.Tape, x int32) int32 {
		cube := t.Mul(ratio(t, 44715, 1000000), t.Pow(x, t.Int(3)))
		inner := t.Mul(t.Sqrt(t.Div(t.Int(2), t.Pi())), t.Add(x, cube))
		return t.Mul(t.Mul(ratio(t, 1, 2), x), t.Add(t.Int(1), t.Tanh(inner)))
	}},
	{"quick_gelu", func(t *real.Tape, x int32) int32 {
		return t.Mul(x, sigmoid(t, t.Mul(ratio(t, 1702, 1000), x)))
	}},
	{"softplus", softplus},
	{"softsign", func(t *real.Tape, x int32) int32 { return t.Div(x, t.Add(t.Int(1), t.Abs(x))) }},
	{"mish", func(t *real.Tape, x int32) int32 { return t.Mul(x, t.Tanh(softplus(t, x))) }},
	{"elu", func(t *real.Tape, x int32) int32 {
		return t.Select(t.LessEq(t.Int(0), x), x, t.Sub(t.Exp(x), t.Int(1)))
	}},
	{"selu", func(t *real.Tape, x int32) int32 {
		negative := t.Mul(ratio(t, 1673, 1000), t.Sub(t.Exp(x), t.Int(1)))
		return t.Mul(ratio(t, 1051, 1000), t.Select(t.Less(t.Int(0), x), x, negative))
	}},
	{"hardsigmoid", func(t *real.Tape, x int32) int32 {
		return t.Clamp(t.Add(t.Div(x, t.Int(6)), ratio(t, 1, 2)), t.Int(0), t.Int(1))
	}},
	{"hardswish", func(t *real.Tape, x int32) int32 {
		return t.Div(t.Mul(x, t.Clamp(t.Add(x, t.Int(3)), t.Int(0), t.Int(6))), t.Int(6))
	}},
	{"tanhshrink", func(t *real.Tape, x int32) int32 { return t.Sub(x, t.Tanh(x)) }},
	{"sign", func(t *real.Tape, x int32) int32 { return t.Select(t.LessEq(t.Int(0), x), t.Int(1), t.Int(-1)) }},
	{"exp_neg", func(t *real.Tape, x int32) int32 { return t.Exp(t.Neg(x)) }},
	{"batch_norm", func(t *real.Tape, x int32) int32 {
		d := t.Sqrt(t.Add(ratio(t, 17, 10), ratio(t, 1, 100000)))
		return t.Add(t.Mul(ratio(t, -13, 10), t.Div(t.Sub(x, ratio(t, 3, 10)), d)), ratio(t, 1, 7))
	}},
	{"wave", func(t *real.Tape, x int32) int32 {
		return t.Add(t.Sin(t.Mul(t.Int(3), x)), t.Div(x, t.Int(2)))
	}},
	{"bump", func(t *real.Tape, x int32) int32 {
		return t.Exp(t.Neg(t.Pow(t.Div(x, ratio(t, 3, 2)), t.Int(2))))
	}},
	{"root", func(t *real.Tape, x int32) int32 { return t.Sqrt(t.Abs(x)) }},
	{"power", func(t *real.Tape, x int32) int32 { return t.Pow(t.Abs(x), ratio(t, 4, 3)) }},
	{"logarithm", func(t *real.Tape, x int32) int32 { return t.Log(t.Add(t.Abs(x), ratio(t, 1, 1000))) }},
	{"pole", func(t *real.Tape, x int32) int32 { return t.Div(t.Int(1), t.Sub(x, ratio(t, 1, 3))) }},
	{"stairs", func(t *real.Tape, x int32) int32 {
		low := t.Mul(t.Floor(t.Mul(x, t.Int(2))), ratio(t, 1, 3))
		return t.Select(t.Less(t.Int(1), t.Cos(x)), t.Int(9), t.Add(low, t.Sin(x)))
	}},
	{"jumps", func(t *real.Tape, x int32) int32 {
		outer := t.Or(t.Less(x, t.Int(-2)), t.Less(t.Exp(t.Int(1)), x))
		return t.Select(outer, t.Neg(x), t.Pow(x, t.Int(3)))
	}},
}

func ratio(t *real.Tape, a, b int64) int32 { return t.Const(big.NewRat(a, b)) }

func sigmoid(t *real.Tape, x int32) int32 {
	return t.Div(t.Int(1), t.Add(t.Int(1), t.Exp(t.Neg(x))))
}

func softplus(t *real.Tape, x int32) int32 { return t.Log(t.Add(t.Int(1), t.Exp(x))) }

func tape(build func(t *real.Tape, x int32) int32) *real.Tape {
	t := new(real.Tape)
	t.Return(build(t, t.X()))
	return t
}

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
	for _, f := range functions {
		for i, form := range formats {
			q := real.NewQuantizer(tape(f.build), form.in, form.out)
			want, errWant := sweep(q, form.in.Integer)
			got, errGot := runs(q, form.in.Integer)
			if fmt.Sprint(errWant) != fmt.Sprint(errGot) {
				t.Errorf("%s, formats %d: %v, exhaustively %v", f.name, i, errGot, errWant)
			} else if !slices.Equal(got, want) {
				t.Errorf("%s, formats %d: runs differ from the exhaustive ones", f.name, i)
			}
		}
	}
}

func BenchmarkRuns(b *testing.B) {
	for _, width := range []int{24, 32} {
		in := format(width, true, fmt.Sprintf("1/%d", int64(1)<<(width-4)), "0", 0)
		out := format(8, true, "1/16", "0", 0)
		for _, f := range functions {
			b.Run(fmt.Sprintf("%s/%d", f.name, width), func(b *testing.B) {
				t := tape(f.build)
				for b.Loop() {
					found, err := runs(real.NewQuantizer(t, in, out), in.Integer)
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(len(found)), "runs")
				}
			})
		}
	}
}

func BenchmarkPoint(b *testing.B) {
	in, out := format(24, true, "1/1048576", "0", 0), format(8, true, "1/16", "0", 0)
	for _, f := range functions {
		b.Run(f.name, func(b *testing.B) {
			q := real.NewQuantizer(tape(f.build), in, out)
			x := int64(0)
			for b.Loop() {
				x = (x*5 + 12345) % (1 << 23)
				if _, err := q.Code(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
