package spec_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/spec"
)

func op(name string, args ...spec.Expr) spec.Expr { return &spec.Op{Name: name, Args: args} }

func num(n int64) spec.Expr { return spec.Number{Value: big.NewRat(n, 1)} }

func call(name string, args ...spec.Expr) spec.Expr { return &spec.Call{Func: name, Args: args} }

// plainLayer has 8-bit formats.
func plainLayer(body spec.Expr) *spec.Layer {
	plain := ir.Plain(ir.Integer{Width: 8, Signed: true})
	return &spec.Layer{
		Layer: ir.Layer{Name: "l", Input: plain, Output: plain, Body: ir.Source{File: "f.grau", Line: 3, Column: 7}},
		Body:  body,
	}
}

func eval(t *testing.T, m *spec.Module, l *spec.Layer, channel int, x int64) int64 {
	t.Helper()
	y, err := m.Eval(l, channel, x)
	require.NoError(t, err)
	return y
}

func TestOperations(t *testing.T) {
	x, m := spec.X{}, new(spec.Module)
	truth := func(cond spec.Expr) spec.Expr { return &spec.If{Cond: cond, Then: num(1), Else: num(0)} }
	for _, c := range []struct {
		body spec.Expr
		want int64 // at x = 3
	}{
		{op("neg", x), -3}, {op("+", x, num(4)), 7}, {op("-", num(4), x), 1}, {op("*", x, x), 9},
		{op("/", num(12), x), 4}, {op("^", num(2), x), 8},
		{truth(op("<", x, num(3))), 0}, {truth(op("<=", x, num(3))), 1}, {truth(op(">", x, num(2))), 1},
		{truth(op(">=", x, num(4))), 0}, {truth(op("==", x, num(3))), 1}, {truth(op("!=", x, num(3))), 0},
		{truth(op("and", op("<", x, num(4)), op("not", op("<", x, num(2))))), 1},
		{truth(op("or", op("<", x, num(1)), op("<", x, num(2)))), 0},
		{op("exp", x), 20}, {op("*", num(10), op("log", x)), 11}, {op("sqrt", op("*", num(12), x)), 6},
		{op("*", num(100), op("erf", op("/", x, num(6)))), 52}, {op("*", num(100), op("tanh", op("/", x, num(6)))), 46},
		{op("*", num(100), op("sin", x)), 14}, {op("*", num(100), op("cos", x)), -99},
		{op("abs", op("neg", x)), 3}, {op("floor", op("/", x, num(2))), 1},
		{op("min", x, num(2)), 2}, {op("max", x, num(7)), 7}, {op("clamp", x, num(4), num(9)), 4},
		{op("*", num(10), spec.Named{Name: "pi"}), 31}, {op("*", num(10), spec.Named{Name: "e"}), 27},
	} {
		if got := eval(t, m, plainLayer(c.body), 0, 3); got != c.want {
			t.Errorf("%v at 3 is %d, not %d", c.body, got, c.want)
		}
	}
}

// TestSharedCalls: f30 calls f29 twice with the same argument, and so on.
func TestSharedCalls(t *testing.T) {
	m := &spec.Module{Funcs: []*spec.Func{{Name: "f0", Body: op("/", spec.Param{}, num(2))}}}
	for i := 1; i <= 60; i++ {
		previous := call(fmt.Sprintf("f%d", i-1), spec.Param{})
		m.Funcs = append(m.Funcs, &spec.Func{Name: fmt.Sprintf("f%d", i), Body: op("-", op("*", num(2), previous), previous)})
	}
	l := plainLayer(call("f60", spec.X{}))
	tape, err := m.Tape(l, 0)
	if err != nil || len(tape.Code) > 200 {
		t.Fatalf("%d operations, %v", len(tape.Code), err)
	}
	if got := eval(t, m, l, 0, 8); got != 4 {
		t.Errorf("got %d, want 4", got)
	}
}

func TestTooLong(t *testing.T) {
	m := &spec.Module{Funcs: []*spec.Func{{Name: "f0", Body: op("exp", spec.Param{})}}}
	for i := 1; i <= 40; i++ {
		name := fmt.Sprintf("f%d", i-1)
		m.Funcs = append(m.Funcs, &spec.Func{Name: fmt.Sprintf("f%d", i),
			Body: op("+", call(name, op("+", spec.Param{}, num(1<<i))), call(name, spec.Param{}))})
	}
	_, err := m.Tape(plainLayer(call("f40", spec.X{})), 0)
	problem(t, err, "function-too-long", "more than 65536 operations")
}

func problem(t *testing.T, err error, code, message string) {
	t.Helper()
	var p *ir.Problem
	if !errors.As(err, &p) || p.Code != code || !strings.Contains(p.Message, message) || p.Help == "" || p.At.Line == 0 {
		t.Errorf("got %#v; want a placed %s with %q", err, code, message)
	}
}

func TestRange(t *testing.T) {
	l := plainLayer(op("log", spec.X{}))
	l.Options.Range = &ir.Range{Low: big.NewRat(5, 1), High: big.NewRat(25, 1)}
	for x, want := range map[int64]int64{-128: 2, 5: 2, 10: 2, 20: 3, 127: 3} {
		if got := eval(t, new(spec.Module), l, 0, x); got != want {
			t.Errorf("at %d: %d, not %d", x, got, want)
		}
	}
}

func channels() (*spec.Module, *spec.Element) {
	values := []*big.Rat{big.NewRat(1, 1), big.NewRat(5, 2), big.NewRat(-3, 1)}
	m := &spec.Module{Data: []*spec.Data{{Name: "d", Arrays: []spec.Array{{Name: "a", Values: values}}}}}
	return m, &spec.Element{Data: "d", Array: "a", Index: spec.Channel{}, At: ir.Source{File: "f.grau", Line: 3, Column: 9}}
}

func TestElements(t *testing.T) {
	m, e := channels()
	l := plainLayer(op("*", e, spec.X{}))
	l.Channels = 3
	for c, want := range []int64{10, 25, -30} {
		if got := eval(t, m, l, c, 10); got != want {
			t.Errorf("channel %d: %d, not %d", c, got, want)
		}
	}
	e.Index = op("floor", op("+", op("log", num(8)), op("/", spec.Channel{}, num(100)))) // 2.08
	if got := eval(t, m, l, 0, 10); got != -30 {
		t.Errorf("with a computed index: %d, not -30", got)
	}
	e.Index = op("+", spec.Channel{}, num(1))
	_, err := m.Eval(l, 2, 0)
	problem(t, err, "data-index", "d.a has 3 numbers; there is no number 3 (channel 2)")
	e.Index = op("/", spec.Channel{}, num(2))
	_, err = m.Eval(l, 1, 0)
	problem(t, err, "data-index", "the index of d.a is 0.5, not an integer")
	e.Index = op("-", spec.Channel{}, num(1))
	l.Body = &spec.If{Cond: op(">", spec.Channel{}, num(0)), Then: e, Else: num(7)}
	if got := eval(t, m, l, 0, 0); got != 7 {
		t.Errorf("the branch not taken: %d, not 7", got)
	}
}

func TestFaults(t *testing.T) {
	l := plainLayer(op("log", op("/", spec.X{}, num(2))))
	l.Channels = 2
	_, err := new(spec.Module).Eval(l, 1, -3)
	problem(t, err, "undefined", `log(-1.5) is undefined in layer "l" (channel 1) at input code -3, which stands for -3`)
	product := op("*", op("sqrt", num(2)), op("sqrt", num(3)))
	_, err = new(spec.Module).Eval(plainLayer(op("+", op("-", product, op("sqrt", num(6))), op("/", spec.X{}, num(2)))), 0, 1)
	problem(t, err, "undecided", `layer "l" at input code 1`)
}
