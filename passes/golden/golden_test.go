package golden

import (
	"errors"
	"math/big"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/spec"
	"grauc/ir/steps"
)

func op(name string, args ...spec.Expr) spec.Expr { return &spec.Op{Name: name, Args: args} }

func num(a, b int64) spec.Expr { return spec.Number{Value: big.NewRat(a, b)} }

func layer(name string, channels int, body spec.Expr) *spec.Layer {
	return &spec.Layer{
		Layer: ir.Layer{
			Name: name, Channels: channels,
			Body:   ir.Source{File: "f.grau", Line: len(name), Column: 1},
			Input:  format(12, true, "1/100", "0", 0),
			Output: format(8, true, "1/16", "0", 0),
		},
		Body: body,
	}
}

// module has 40 channels of 5 different functions, and a layer of one.
func module() *spec.Module {
	gains := make([]*big.Rat, 40)
	for c := range gains {
		gains[c] = big.NewRat(int64(c%5)-2, 3)
	}
	gain := &spec.Element{Data: "d", Array: "gain", Index: spec.Channel{}}
	silu := op("/", spec.X{}, op("+", num(1, 1), op("exp", op("neg", op("*", gain, spec.X{})))))
	return &spec.Module{
		Head:   ir.Head{Name: "m"},
		Data:   []*spec.Data{{Name: "d", Arrays: []spec.Array{{Name: "gain", Values: gains}}}},
		Layers: []*spec.Layer{layer("many", 40, silu), layer("one", 0, op("tanh", spec.X{}))},
	}
}

func TestLower(t *testing.T) {
	m := module()
	got, err := Lower(m)
	require.NoError(t, err)
	want, err := Exhaustive(m)
	require.NoError(t, err)
	if got.Name != "m" || len(got.Layers) != 2 || len(got.Layer("many").Channels) != 40 || len(got.Layer("one").Channels) != 1 {
		t.Fatalf("got %v", got)
	}
	for i, l := range got.Layers {
		for c, f := range l.Channels {
			if !same(f, want.Layers[i].Channels[c]) {
				t.Errorf("layer %s, channel %d differs from the exhaustive one", l.Name, c)
			}
			for _, x := range []int64{-2048, -1, 0, 3, 2047} {
				y, err := m.Eval(m.Layers[i], c, x)
				if err != nil || f.Eval(x) != y {
					t.Errorf("layer %s, channel %d, code %d: %d, not %d (%v)", l.Name, c, x, f.Eval(x), y, err)
				}
			}
		}
	}
	many := got.Layer("many").Channels
	for c := range many {
		if (many[c] == many[0]) != (c%5 == 0) {
			t.Errorf("channel %d: equal functions must be computed once, others apart", c)
		}
	}
}

func same(f, g *steps.Function) bool {
	if f.Input != g.Input || f.Output != g.Output || len(f.Runs) != len(g.Runs) {
		return false
	}
	for i := range f.Runs {
		if f.Runs[i] != g.Runs[i] {
			return false
		}
	}
	return true
}

func TestCoresDoNotMatter(t *testing.T) {
	m := module()
	many, err := Lower(m)
	require.NoError(t, err)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one, err := Lower(m)
	require.NoError(t, err)
	for i, l := range many.Layers {
		for c, f := range l.Channels {
			if !same(f, one.Layers[i].Channels[c]) {
				t.Errorf("layer %s, channel %d depends on the number of cores", l.Name, c)
			}
		}
	}
}

func TestProblems(t *testing.T) {
	m := &spec.Module{Layers: []*spec.Layer{
		layer("late layer", 3, op("+", op("log", spec.X{}), spec.Channel{})),
		layer("early", 0, op("/", num(1, 1), op("-", spec.X{}, num(1, 2)))),
		layer("good one", 0, spec.X{}),
	}}
	for name, find := range map[string]func(*spec.Module) (*steps.Module, error){"proof": Lower, "sweep": Exhaustive} {
		_, err := find(m)
		var ps ir.Problems
		if !errors.As(err, &ps) || len(ps) != 2 {
			t.Fatalf("%s: got %v", name, err)
		}
		if ps[0].Code != "undefined" || !strings.Contains(ps[0].Message, `1 / 0 is undefined in layer "early" at input code 50, which stands for 0.5`) {
			t.Errorf("%s: got %s", name, ps[0].Message)
		}
		if len(ps[0].Notes) != 0 {
			t.Errorf("%s: notes %v", name, ps[0].Notes)
		}
		if !strings.Contains(ps[1].Message, `log(-20.48) is undefined in layer "late layer" (channel 0) at input code -2048`) {
			t.Errorf("%s: got %s", name, ps[1].Message)
		}
		if len(ps[1].Notes) != 1 || !strings.HasPrefix(ps[1].Notes[0].Message, "2 other channels") {
			t.Errorf("%s: notes %v", name, ps[1].Notes)
		}
	}
}

func TestEffort(t *testing.T) {
	l := layer("noise", 0, op("sin", op("*", spec.X{}, spec.X{})))
	l.Input = format(32, true, "1", "0", 0)
	m := &spec.Module{Layers: []*spec.Layer{l}}
	_, err := lower(m, func(q *real.Quantizer, in ir.Integer) ([]steps.Run, error) {
		s := &search{quantizer: q, effort: 10000}
		return s.found, s.piece(in.Min(), in.Max())
	}, nil)
	var p *ir.Problem
	if !errors.As(err, &p) || p.Code != "golden-effort" || p.Help == "" {
		t.Errorf("got %v", err)
	}
}
