package pwl

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/steps"
)

// sound is a module that Verify accepts.
func sound() *Module {
	golden := &steps.Function{
		Input: ir.Integer{Width: 8, Signed: true}, Output: ir.Integer{Width: 4},
		Runs: []steps.Run{{Start: -128, Value: 0}, {Start: 20, Value: 5}},
	}
	f := &Function{Input: golden.Input, Output: golden.Output, Guard: 1, Segments: []Segment{
		{Start: -128, Bias: 1}, {Start: 10, Bias: 3, Terms: []Term{{Shift: 4}, {Shift: 5, Negative: true}}},
	}}
	l := &Layer{Implement: ir.PWL, Why: "test", Channels: []*Channel{{Golden: golden, Function: f, Error: Measure(golden, f)}}}
	l.Name, l.Function = "l", "relu(x)"
	l.Input, l.Output = ir.Plain(golden.Input), ir.Plain(golden.Output)
	l.Shape = ir.Shape{Segments: 2, Terms: 2, MaxShift: 8, Guard: 1}
	l.Options.MaxError = -1
	return &Module{Head: ir.Head{Name: "test"}, Layers: []*Layer{l}}
}

func TestVerify(t *testing.T) {
	require.NoError(t, Verify(sound()))
	for _, c := range []struct {
		want  string
		spoil func(l *Layer, c *Channel, f *Function)
	}{
		{"no implementation chosen", func(l *Layer, c *Channel, f *Function) { l.Implement = ir.Auto }},
		{"2 channels where", func(l *Layer, c *Channel, f *Function) { l.Channels = append(l.Channels, c) }},
		{"golden: no function", func(l *Layer, c *Channel, f *Function) { c.Golden = nil }},
		{"needs a function", func(l *Layer, c *Channel, f *Function) { c.Function = nil }},
		{"needs a function", func(l *Layer, c *Channel, f *Function) { c.Steps = c.Golden }},
		{"needs steps", func(l *Layer, c *Channel, f *Function) { l.Implement = ir.Table }},
		{"the layer is", func(l *Layer, c *Channel, f *Function) { f.Output.Width++ }},
		{"0 guard bits", func(l *Layer, c *Channel, f *Function) { f.Guard = 0 }},
		{"3 segments", func(l *Layer, c *Channel, f *Function) { f.Segments = append(f.Segments, Segment{Start: 50}) }},
		{"do not start at -128", func(l *Layer, c *Channel, f *Function) { f.Segments[0].Start++ }},
		{"does not ascend", func(l *Layer, c *Channel, f *Function) { f.Segments[1].Start = -128 }},
		{"is beyond 127", func(l *Layer, c *Channel, f *Function) { f.Segments[1].Start = 128 }},
		{"a window where", func(l *Layer, c *Channel, f *Function) { f.View = View{0, f.Input} }},
		{"a window of int8 where", func(l *Layer, c *Channel, f *Function) {
			l.Shape.Window, f.View = ir.Window{Bits: 6}, View{0, f.Input}
		}},
		{"shifted by 2", func(l *Layer, c *Channel, f *Function) {
			l.Shape.Window = ir.Window{Bits: 6, MinShift: 3, MaxShift: 4}
			f.View = View{2, l.Shape.Window.Codes(f.Input)}
		}},
		{"a multiple of 128", func(l *Layer, c *Channel, f *Function) {
			l.Shape.Breaks, l.Shape.MaxShift = ir.Uniform, 8
		}},
		{"subtracted where", func(l *Layer, c *Channel, f *Function) { l.Shape.Signs = ir.PlusOnly }},
		{"values -1..", func(l *Layer, c *Channel, f *Function) {
			l.Shape.Overflow, f.Segments[1].Bias = ir.Wrap, -2
		}},
		{"terms where", func(l *Layer, c *Channel, f *Function) { l.Shape.Terms = 1 }},
		{"shift 5 is not in", func(l *Layer, c *Channel, f *Function) { l.Shape.MaxShift = 4 }},
		{"overflow", func(l *Layer, c *Channel, f *Function) { f.Segments[0].Bias = math.MinInt64 }},
		{"shifts -60..8 are not all in -16..63", func(l *Layer, c *Channel, f *Function) {
			l.Shape.MinShift, f.Segments[1].Terms[0].Shift = -60, -60
		}},
		{"states max 2", func(l *Layer, c *Channel, f *Function) { c.Error.Max-- }},
		{"states max 3 at 21", func(l *Layer, c *Channel, f *Function) { c.Error.At++ }},
		{"squares", func(l *Layer, c *Channel, f *Function) { c.Error.Squares = big.NewInt(1) }},
		{"exact", func(l *Layer, c *Channel, f *Function) { c.Error.Exact++ }},
		{"a bound of 381", func(l *Layer, c *Channel, f *Function) { c.Squares = &Squares{380, 381, 256} }},
		{"a bound of 381", func(l *Layer, c *Channel, f *Function) {
			l.Options.Fit, c.Squares = ir.RMSE, &Squares{380, 381, 256}
		}},
		{"error has 380", func(l *Layer, c *Channel, f *Function) {
			l.Options.Fit, c.Squares = ir.RMSE, &Squares{379, 0, 256}
		}},
		{"not filled in", func(l *Layer, c *Channel, f *Function) { c.Error = Error{} }},
	} {
		m := sound()
		l := m.Layers[0]
		c.spoil(l, l.Channels[0], l.Channels[0].Function)
		if err := Verify(m); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, not about %q", err, c.want)
		}
	}
}

func TestVerifySteps(t *testing.T) {
	exact := func() *Module {
		m := sound()
		l := m.Layers[0]
		golden := l.Channels[0].Golden
		l.Implement = ir.Thresholds
		l.Channels[0] = &Channel{Golden: golden, Steps: golden, Error: Exactly(golden)}
		return m
	}
	require.NoError(t, Verify(exact()))
	m := exact()
	other := *m.Layers[0].Channels[0].Golden
	other.Runs = []steps.Run{{Start: -128, Value: 0}, {Start: 21, Value: 5}}
	m.Layers[0].Channels[0].Steps = &other
	if err := Verify(m); err == nil || !strings.Contains(err.Error(), "not golden") {
		t.Errorf("%v", err)
	}
}
