package check

import (
	"fmt"
	"math/big"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

// maxBits bounds the numerators and denominators of constants, intermediate
// results included, so that no constant takes long to compute.
const maxBits = 4096

// inexact says why an expression has no rational value.
type inexact struct {
	code, message, help string
	at                  diag.Span // zero where the whole expression is meant
}

func (f *inexact) diagnostic(whole diag.Span) diag.Diagnostic {
	if f.at.Line == 0 {
		f.at = whole
	}
	d := diag.New(f.code, f.at, "%s", f.message)
	d.Help = f.help
	return d
}

// constant is the exact value of an expression that nothing varies. what names it
// in messages.
func (c *checker) constant(f *file, what string, e *lang.Expr) (*big.Rat, bool) {
	s := &scope{checker: c, file: f, constant: what}
	x := s.real(e)
	if x == nil {
		return nil, false
	}
	v, fault := rational(what, x, 0)
	if fault != nil {
		c.report(fault.diagnostic(c.span(e.Node)))
		return nil, false
	}
	return v, true
}

// integer is a constant that must be an integer between low and high.
func (c *checker) integer(f *file, code, what string, e *lang.Expr, low, high int64) (int, bool) {
	v, ok := c.constant(f, what, e)
	if !ok {
		return 0, false
	}
	if !v.IsInt() || v.Cmp(new(big.Rat).SetInt64(low)) < 0 || v.Cmp(new(big.Rat).SetInt64(high)) > 0 {
		c.report(diag.New(code, c.span(e.Node), "%s is an integer between %d and %d, not %s", what, low, high, shortRat(v)).
			WithHelp("choose one in that range"))
		return 0, false
	}
	return int(v.Num().Int64()), true
}

// shortRat is a rational for a message.
func shortRat(v *big.Rat) string {
	if s := v.RatString(); len(s) <= 30 {
		return s
	}
	return "about " + new(big.Float).SetRat(v).Text('g', 6)
}

// rational evaluates an expression exactly, for one channel.
func rational(what string, e spec.Expr, channel int64) (*big.Rat, *inexact) {
	switch e := e.(type) {
	case spec.Number:
		return e.Value, nil
	case spec.Channel:
		return new(big.Rat).SetInt64(channel), nil
	case spec.Named:
		return nil, &inexact{code: "not-rational", message: fmt.Sprintf("%s must be rational, and `%s` is not", what, e.Name),
			help: "write the fraction or decimal that is meant"}
	case *spec.If:
		cond, fault := truth(what, e.Cond, channel)
		if fault != nil {
			return nil, fault
		}
		if cond {
			return rational(what, e.Then, channel)
		}
		return rational(what, e.Else, channel)
	case *spec.Op:
		return operation(what, e, channel)
	case *spec.Element:
		return nil, unsupported(what, "an element of data", e.At)
	case *spec.Call:
		return nil, unsupported(what, "`"+e.Func+"`", e.At)
	}
	return nil, unsupported(what, "this", ir.Source{})
}

func unsupported(what, part string, at ir.Source) *inexact {
	return &inexact{code: "not-constant", at: diag.Span(at), message: fmt.Sprintf("%s cannot be computed with %s", what, part),
		help: "use numbers with + - * / and ^"}
}

func operation(what string, e *spec.Op, channel int64) (*big.Rat, *inexact) {
	args := make([]*big.Rat, len(e.Args))
	for i, a := range e.Args {
		v, fault := rational(what, a, channel)
		if fault != nil {
			return nil, fault
		}
		args[i] = v
	}
	v, fault := arithmetic(what, e, args)
	if fault != nil {
		fault.at = diag.Span(e.At)
		return nil, fault
	}
	if bits(v) > maxBits {
		return nil, tooLarge(what, e.At)
	}
	return v, nil
}

func arithmetic(what string, e *spec.Op, a []*big.Rat) (*big.Rat, *inexact) {
	r := new(big.Rat)
	switch e.Name {
	case "neg":
		return r.Neg(a[0]), nil
	case "+":
		return r.Add(a[0], a[1]), nil
	case "-":
		return r.Sub(a[0], a[1]), nil
	case "*":
		return r.Mul(a[0], a[1]), nil
	case "/":
		if a[1].Sign() == 0 {
			return nil, &inexact{code: "zero-division", message: "this divides by zero", help: "check the divisor"}
		}
		return r.Quo(a[0], a[1]), nil
	case "^":
		return power(what, e.At, a[0], a[1])
	case "abs":
		return r.Abs(a[0]), nil
	case "floor":
		return r.SetInt(new(big.Int).Div(a[0].Num(), a[0].Denom())), nil
	case "min":
		return least(a[0], a[1]), nil
	case "max":
		return greatest(a[0], a[1]), nil
	case "clamp":
		return least(greatest(a[0], a[1]), a[2]), nil
	}
	return nil, unsupported(what, "`"+e.Name+"`", e.At)
}

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}

func greatest(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}

// power refuses results that are too large before it computes them.
func power(what string, at ir.Source, base, exponent *big.Rat) (*big.Rat, *inexact) {
	if !exponent.IsInt() {
		return nil, &inexact{code: "not-rational", message: fmt.Sprintf("%s must be rational, and a broken power may not be", what),
			help: "use an integer exponent"}
	}
	if base.Sign() == 0 && exponent.Sign() < 0 {
		return nil, &inexact{code: "zero-division", message: "this divides by zero", help: "check the base"}
	}
	if bits(base) <= 1 { // -1, 0 or 1: a large exponent is no larger result
		exponent = smallPower(exponent)
	}
	if exponent.Num().BitLen() > 32 || bits(base)*abs(exponent.Num().Int64()) > 2*maxBits {
		return nil, tooLarge(what, at)
	}
	n := exponent.Num().Int64()
	e := big.NewInt(abs(n))
	r := new(big.Rat).SetFrac(new(big.Int).Exp(base.Num(), e, nil), new(big.Int).Exp(base.Denom(), e, nil))
	if n < 0 {
		r.Inv(r)
	}
	return r, nil
}

// smallPower is an exponent of 0, 1 or 2 that serves a base of -1, 0 or 1 as well.
func smallPower(exponent *big.Rat) *big.Rat {
	if exponent.Sign() == 0 {
		return exponent
	}
	return big.NewRat(2-int64(exponent.Num().Bit(0)), 1)
}

func tooLarge(what string, at ir.Source) *inexact {
	return &inexact{code: "constant-size", message: what + " is out of all proportion", at: diag.Span(at),
		help: fmt.Sprintf("constants may have up to %d bits; check the exponent", maxBits)}
}

func bits(v *big.Rat) int64 { return int64(max(v.Num().BitLen(), v.Denom().BitLen())) }

func abs(n int64) int64 { return max(n, -n) }

// truth evaluates a condition exactly.
func truth(what string, e spec.Expr, channel int64) (bool, *inexact) {
	op, ok := e.(*spec.Op)
	if !ok {
		return false, unsupported(what, "this", ir.Source{})
	}
	if spec.Ops[op.Name].LogicalArgs {
		return connective(what, op, channel)
	}
	a, fault := rational(what, op.Args[0], channel)
	if fault != nil {
		return false, fault
	}
	b, fault := rational(what, op.Args[1], channel)
	if fault != nil {
		return false, fault
	}
	order := a.Cmp(b)
	switch op.Name {
	case "<":
		return order < 0, nil
	case "<=":
		return order <= 0, nil
	case ">":
		return order > 0, nil
	case ">=":
		return order >= 0, nil
	case "==":
		return order == 0, nil
	}
	return order != 0, nil
}

func connective(what string, op *spec.Op, channel int64) (bool, *inexact) {
	a, fault := truth(what, op.Args[0], channel)
	if fault != nil || op.Name == "not" {
		return !a, fault
	}
	if a == (op.Name == "or") {
		return a, nil
	}
	return truth(what, op.Args[1], channel)
}
