package real_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/real/realtest"
)

func rat(s string) *big.Rat {
	v, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("not a rational: " + s)
	}
	return v
}

func output(width int, signed bool, scale, zero string, r ir.Rounding) ir.Format {
	return ir.Format{Integer: ir.Integer{Width: width, Signed: signed}, Scale: rat(scale), Zero: rat(zero), Rounding: r}
}

func named(t *testing.T, name string) *real.Tape {
	t.Helper()
	for _, f := range realtest.Functions {
		if f.Name == name {
			return f.Tape()
		}
	}
	t.Fatalf("no function %s", name)
	return nil
}

func build(f func(t *real.Tape, x int32) int32) *real.Tape { return realtest.Function{Build: f}.Tape() }

func code(t *testing.T, f *real.Tape, in, out ir.Format, k int64) int64 {
	t.Helper()
	y, err := real.NewQuantizer(f, in, out).Code(k)
	require.NoError(t, err)
	return y
}

// TestTies: sigmoid(0) * 255 is 127.5, and identity(-1/2) is -0.5.
func TestTies(t *testing.T) {
	in := output(16, true, "1/4096", "0", 0)
	for _, c := range []struct {
		rounding      ir.Rounding
		middle, minus int64
	}{
		{ir.HalfEven, 128, 0}, {ir.HalfUp, 128, 0}, {ir.HalfDown, 127, -1}, {ir.HalfAway, 128, -1},
		{ir.Floor, 127, -1}, {ir.Ceil, 128, 0}, {ir.Zero, 127, 0},
	} {
		if got := code(t, named(t, "sigmoid"), in, output(8, false, "1/255", "0", c.rounding), 0); got != c.middle {
			t.Errorf("127.5 rounds %v to %d, not %d", c.rounding, got, c.middle)
		}
		if got := code(t, named(t, "identity"), in, output(8, true, "1", "0", c.rounding), -2048); got != c.minus {
			t.Errorf("-0.5 rounds %v to %d, not %d", c.rounding, got, c.minus)
		}
	}
}

// TestFloat64IsWrong: hardswish(4.1875) is 4.1875, with scales that put it 5e-15 off
// 127.5, which float64 rounds to 127.5.
func TestFloat64IsWrong(t *testing.T) {
	in := output(16, true, "1/4096", "0", 0)
	for _, c := range []struct {
		offset string
		want   int64
	}{{"-1/200000000000000", 127}, {"1/200000000000000", 128}, {"0", 128}} {
		scale := new(big.Rat).Quo(rat("4.1875"), new(big.Rat).Add(rat("127.5"), rat(c.offset)))
		out := ir.Format{Integer: ir.Integer{Width: 8}, Scale: scale, Zero: new(big.Rat)}
		if got := code(t, named(t, "hardswish"), in, out, 17152); got != c.want {
			t.Errorf("127.5 %s rounds to %d, not %d", c.offset, got, c.want)
		}
	}
}

// TestPlateaus: where a function differs from a tie by e^-1000 or e^-10^9 only.
func TestPlateaus(t *testing.T) {
	in := output(32, true, "1", "0", 0)
	for _, c := range []struct {
		function, scale string
		x, want         int64
	}{
		{"gelu", "8", 76, 9},                // 9.5 less
		{"gelu", "24/5", 76, 16},            // 15.83
		{"gelu", "152/3", 76, 1},            // 1.5 less
		{"silu", "2000002/3", 1000001, 1},   // 1.5 less
		{"mish", "2000002/3", 1000001, 1},   // 1.5 less
		{"tanh", "2/3", 1000000, 1},         // 1.5 less
		{"tanh", "2/3", -1000000, -1},       // -1.5 more
		{"softplus", "2/5", 0, 2},           // 1.73
		{"softplus", "400002/5", 200001, 3}, // 2.5 more
		{"sigmoid", "2/3", 2000000000, 1},   // 1.5 less
		{"elu", "2/3", -2000000000, -1},     // -1.5 more
		{"exp_neg", "1", -2000000000, 127},
		{"gelu", "1502/7", 751, 3},   // 3.5 less
		{"silu", "10006/7", 5003, 3}, // 3.5 less
		{"mish", "10006/7", 5003, 3}, // 3.5 less
	} {
		if got := code(t, named(t, c.function), in, output(8, true, c.scale, "0", 0), c.x); got != c.want {
			t.Errorf("%s(%d) / (%s) rounds to %d, not %d", c.function, c.x, c.scale, got, c.want)
		}
	}
	up := output(8, true, "1", "0", ir.Ceil)
	if got := code(t, named(t, "exp_neg"), in, up, 2000000000); got != 1 {
		t.Errorf("exp(-2e9) rounds up to %d", got)
	}
	vast := build(func(t *real.Tape, x int32) int32 { return t.Pow(t.Mul(x, t.Int(0)), t.Int(1<<40+1)) })
	if got := code(t, vast, in, up, 5); got != 0 {
		t.Errorf("0 to a vast odd power is %d", got)
	}
	floored := build(func(t *real.Tape, x int32) int32 { return t.Floor(t.Tanh(x)) })
	if got := code(t, floored, in, up, 1000000); got != 0 {
		t.Errorf("floor(tanh(10^6)) is %d", got)
	}
}

// TestHiddenTies: what is exact by algebra only.
func TestHiddenTies(t *testing.T) {
	in, out := output(8, true, "1/4", "0", 0), output(8, true, "1/2", "0", ir.HalfUp)
	one := func(t *real.Tape) int32 { return t.Int(1) }
	for name, f := range map[string]*real.Tape{
		"exp(log(u))": build(func(t *real.Tape, x int32) int32 {
			return t.Sub(t.Exp(t.Log(t.Add(t.Abs(x), one(t)))), one(t))
		}),
		"log(exp(u))": build(func(t *real.Tape, x int32) int32 { return t.Abs(t.Log(t.Exp(x))) }),
		"sqrt(u^2)":   build(func(t *real.Tape, x int32) int32 { return t.Sqrt(t.Mul(x, x)) }),
		"sqrt(u)^2":   build(func(t *real.Tape, x int32) int32 { return t.Pow(t.Sqrt(t.Abs(x)), t.Int(2)) }),
		"sin^2 + cos^2": build(func(t *real.Tape, x int32) int32 {
			return t.Mul(t.Abs(x), t.Add(t.Pow(t.Sin(x), t.Int(2)), t.Pow(t.Cos(x), t.Int(2))))
		}),
		"u/u": build(func(t *real.Tape, x int32) int32 {
			e := t.Exp(x)
			return t.Mul(t.Abs(x), t.Div(e, e))
		}),
		"u - u": build(func(t *real.Tape, x int32) int32 {
			e := t.Exp(x)
			return t.Add(t.Abs(x), t.Sub(e, e))
		}),
		"u^(2/2)": build(func(t *real.Tape, x int32) int32 {
			return t.Pow(t.Pow(t.Abs(x), t.Int(4)), t.Const(big.NewRat(1, 4)))
		}),
	} {
		q := real.NewQuantizer(f, in, out)
		for k := in.Min(); k <= in.Max(); k++ {
			want := (max(k, -k) + 1) / 2
			if got, err := q.Code(k); err != nil || got != want {
				t.Fatalf("%s at %d: %d, %v; want %d", name, k, got, err, want)
			}
		}
	}
}

func TestUndefined(t *testing.T) {
	in, out := output(8, true, "1/4", "0", 0), output(8, true, "1/2", "0", 0)
	for _, c := range []struct {
		want string
		at   int64
		f    func(t *real.Tape, x int32) int32
	}{
		{"log(-1) is undefined", -4, (*real.Tape).Log},
		{"log(0) is undefined", 0, (*real.Tape).Log},
		{"sqrt(-0.25) is undefined", -1, (*real.Tape).Sqrt},
		{"1 / 0 is undefined", 0, func(t *real.Tape, x int32) int32 { return t.Div(t.Int(1), x) }},
		{"0 / 0 is undefined", 0, func(t *real.Tape, x int32) int32 { return t.Div(x, x) }},
		{"(-1) ^ (0.5) is undefined", -4, func(t *real.Tape, x int32) int32 { return t.Pow(x, t.Sub(x, ratio(t, -3, 2))) }},
		{"(0) ^ (-2) is undefined", 0, func(t *real.Tape, x int32) int32 { return t.Pow(x, t.Int(-2)) }},
		{"log(-1) is undefined", -4, func(t *real.Tape, x int32) int32 { return t.Mul(t.Int(0), t.Log(x)) }},
		{"log(-1) is undefined", -4, func(t *real.Tape, x int32) int32 { return t.Exp(t.Log(x)) }},
		{"log(-1) is undefined", -4, func(t *real.Tape, x int32) int32 {
			return t.Select(t.Less(t.Log(x), t.Int(3)), t.Int(1), t.Int(1))
		}},
	} {
		_, err := real.NewQuantizer(build(c.f), in, out).Code(c.at)
		var undefined *real.Undefined
		if !errors.As(err, &undefined) || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// TestLazy: what is not taken need not be defined.
func TestLazy(t *testing.T) {
	in, out := output(8, true, "1/4", "0", 0), output(8, true, "1/2", "0", 0)
	zero := func(t *real.Tape) int32 { return t.Int(0) }
	for name, f := range map[string]func(t *real.Tape, x int32) int32{
		"select": func(t *real.Tape, x int32) int32 { return t.Select(t.Less(zero(t), x), t.Log(x), zero(t)) },
		"and": func(t *real.Tape, x int32) int32 {
			return t.Select(t.And(t.Less(zero(t), x), t.Less(t.Log(x), t.Int(1))), x, zero(t))
		},
		"or": func(t *real.Tape, x int32) int32 {
			return t.Select(t.Or(t.LessEq(x, zero(t)), t.Less(t.Log(x), t.Int(1))), x, zero(t))
		},
	} {
		q := real.NewQuantizer(build(f), in, out)
		for k := in.Min(); k <= in.Max(); k++ {
			if _, err := q.Code(k); err != nil {
				t.Errorf("%s at %d: %v", name, k, err)
			}
		}
	}
}

// TestUndecided: two equal numbers that no rule here knows to be equal.
func TestUndecided(t *testing.T) {
	f := build(func(t *real.Tape, x int32) int32 {
		product := t.Mul(t.Sqrt(t.Int(2)), t.Sqrt(t.Int(3)))
		return t.Select(t.Equal(product, t.Sqrt(t.Int(6))), t.Int(1), t.Int(0))
	})
	plain := output(8, true, "1", "0", 0)
	_, err := real.NewQuantizer(f, plain, plain).Code(0)
	var undecided *real.Undecided
	if !errors.As(err, &undecided) || !strings.Contains(err.Error(), "4096 bits") {
		t.Errorf("got %v", err)
	}
}

func ratio(t *real.Tape, a, b int64) int32 { return t.Const(big.NewRat(a, b)) }
