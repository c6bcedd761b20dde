// Package realtest holds functions for tests of what evaluates tapes: the usual
// activation functions written by hand, and random ones.
package realtest

import (
	"math/big"
	"math/rand/v2"

	"grauc/ir/real"
)

// Function builds f(x) at the end of a tape and gives its result.
type Function struct {
	Name  string
	Build func(t *real.Tape, x int32) int32
}

// Tape is the function as a tape of its own.
func (f Function) Tape() *real.Tape {
	t := new(real.Tape)
	t.Return(f.Build(t, t.X()))
	return t
}

// Functions are the standard library's, and some harder ones.
var Functions = []Function{
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

// Random is a function of random operations: jumps, floors, poles and undefined
// stretches included.
func Random(r *rand.Rand, operations int) Function {
	return Function{"random", func(t *real.Tape, x int32) int32 {
		b := &builder{Rand: r, tape: t, reals: []int32{x, x}}
		for range operations {
			b.reals = append(b.reals, b.operation())
		}
		return b.reals[len(b.reals)-1]
	}}
}

type builder struct {
	*rand.Rand
	tape  *real.Tape
	reals []int32
}

// pick prefers recent values.
func (b *builder) pick() int32 {
	n := len(b.reals)
	if b.IntN(3) == 0 {
		return b.reals[b.IntN(n)]
	}
	return b.reals[n-1-b.IntN(min(n, 3))]
}

func (b *builder) constant() int32 {
	return ratio(b.tape, b.Int64N(41)-20, []int64{1, 2, 3, 4, 7, 10}[b.IntN(6)])
}

// either is a value or a constant.
func (b *builder) either() int32 {
	if b.IntN(3) == 0 {
		return b.constant()
	}
	return b.pick()
}

func (b *builder) condition() int32 {
	t := b.tape
	switch b.IntN(8) {
	case 0:
		return t.And(b.condition(), b.condition())
	case 1:
		return t.Or(b.condition(), b.condition())
	case 2:
		return t.Not(b.condition())
	case 3:
		return t.Equal(b.pick(), b.constant())
	case 4, 5:
		return t.LessEq(b.pick(), b.either())
	default:
		return t.Less(b.either(), b.pick())
	}
}

func (b *builder) operation() int32 {
	t := b.tape
	switch b.IntN(24) {
	case 0, 1:
		return t.Add(b.pick(), b.either())
	case 2, 3:
		return t.Sub(b.either(), b.pick())
	case 4, 5, 6:
		return t.Mul(b.pick(), b.either())
	case 7, 8:
		return t.Div(b.either(), b.either())
	case 9:
		return t.Pow(b.pick(), t.Int(b.Int64N(7)-2))
	case 10:
		return t.Pow(t.Abs(b.pick()), b.either())
	case 11:
		return t.Exp(b.pick())
	case 12:
		return t.Log(b.pick())
	case 13:
		return t.Sqrt(b.pick())
	case 14:
		return t.Erf(b.pick())
	case 15:
		return t.Tanh(b.pick())
	case 16:
		return t.Sin(b.pick())
	case 17:
		return t.Cos(b.pick())
	case 18:
		return t.Min(b.pick(), b.either())
	case 19:
		return t.Max(b.pick(), b.either())
	case 20:
		return t.Abs(b.pick())
	case 21:
		return t.Floor(b.pick())
	case 22:
		return t.Neg(b.pick())
	default:
		return t.Select(b.condition(), b.either(), b.either())
	}
}
