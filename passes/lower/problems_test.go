package lower

import (
	"errors"
	"strings"
	"testing"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// fixture is a layer of two segments on a unit that just holds it.
func fixture() *pwl.Module {
	in, out := ir.Integer{Width: 8, Signed: true}, ir.Integer{Width: 4}
	shape := ir.Shape{Segments: 2, Terms: 1, MaxShift: 4, Guard: 1}
	u := &ir.Unit{Name: "u", Input: in, Output: out, Channels: 1, Shape: shape}
	l := &pwl.Layer{Layer: ir.Layer{Name: "l", Unit: "u", Input: ir.Plain(in), Output: ir.Plain(out), Shape: shape}, Implement: ir.PWL}
	l.Channels = []*pwl.Channel{{Function: &pwl.Function{Input: in, Output: out, Guard: 1, Segments: []pwl.Segment{
		{Start: -128, Bias: 0}, {Start: 3, Bias: 5, Terms: []pwl.Term{{Shift: 4, Negative: true}}},
	}}}}
	return &pwl.Module{Head: ir.Head{Units: []*ir.Unit{u}}, Layers: []*pwl.Layer{l}}
}

func TestWhatCannotBeBuiltIsAProblem(t *testing.T) {
	lowered(t, fixture())
	for want, harm := range map[string]func(*pwl.Module){
		"unit u asks for style = serial with uniform breaks": func(m *pwl.Module) {
			m.Units[0].Style, m.Units[0].Breaks = ir.Serial, ir.Uniform
		},
		"unit u asks for style = serial and shifter = barrel": func(m *pwl.Module) {
			m.Units[0].Style, m.Units[0].Shifter = ir.Serial, ir.Barrel
		},
		"layer l asks for style = serial and search = cascade": func(m *pwl.Module) {
			m.Layers[0].Unit, m.Layers[0].Shape.Style, m.Layers[0].Shape.Search = "", ir.Serial, ir.Cascade
		},
		"layer l asks for style = serial of a table": func(m *pwl.Module) {
			m.Layers[0].Unit, m.Layers[0].Shape.Style, m.Layers[0].Implement = "", ir.Serial, ir.Table
		},
		"unit u needs words of":      func(m *pwl.Module) { m.Units[0].MinShift = -60 },
		"layer l asks for a table":   func(m *pwl.Module) { m.Layers[0].Implement, m.Layers[0].Input.Width = ir.Table, 17 },
		"2 channels do not fit":      func(m *pwl.Module) { m.Layers[0].Channels = append(m.Layers[0].Channels, m.Layers[0].Channels...) },
		"its input int8":             func(m *pwl.Module) { m.Units[0].Input.Width = 7 },
		"its output uint4":           func(m *pwl.Module) { m.Units[0].Output.Width = 3 },
		"2 segments do not fit":      func(m *pwl.Module) { m.Units[0].Segments = 1 },
		"1 guard bits, the unit's 0": func(m *pwl.Module) { m.Units[0].Guard = 0 },
		"does not shift by 4":        func(m *pwl.Module) { m.Units[0].MaxShift = 3 },
		"slope of 2 terms": func(m *pwl.Module) {
			s := &m.Layers[0].Channels[0].Function.Segments[1]
			s.Terms = append(s.Terms, pwl.Term{Shift: 1})
		},
		"more than the headroom of 1 bit": func(m *pwl.Module) {
			m.Units[0].Headroom = 1
			m.Layers[0].Channels[0].Function.Segments[1].Bias = 61
		},
		"a cascade among 32 segments": func(m *pwl.Module) {
			m.Layers[0].Unit, m.Layers[0].Shape.Search = "", ir.Cascade
			f := m.Layers[0].Channels[0].Function
			for start := int64(4); len(f.Segments) < 17; start++ {
				f.Segments = append(f.Segments, pwl.Segment{Start: start, Bias: start})
			}
		},
		"implemented by thresholds": func(m *pwl.Module) {
			f := m.Layers[0].Channels[0].Function
			m.Layers[0].Implement = ir.Thresholds
			m.Layers[0].Channels[0] = &pwl.Channel{Steps: &steps.Function{Input: f.Input, Output: f.Output, Runs: []steps.Run{{Start: -128, Value: 1}}}}
		},
	} {
		m := fixture()
		harm(m)
		_, err := Design(m)
		var problems ir.Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), want) || problems[0].Help == "" {
			t.Errorf("want %q with a way out, got %v", want, err)
		}
	}
}

// A bias that is out of its field's range is held to it, which changes no output.
func TestEndlessBiases(t *testing.T) {
	for _, bias := range []int64{-1 << 40, 1 << 40} {
		m := fixture()
		f := m.Layers[0].Channels[0].Function
		f.Segments[0].Bias, f.Segments[1].Bias = bias, -bias
		u := lowered(t, m).Hardware[0]
		machine := datapath.NewMachine(u.Module)
		machine.Reset()
		machine.Load(u.Images[0])
		for x := int64(-128); x < 128; x++ {
			if y := machine.Eval(x, 0); y != f.Eval(x) {
				t.Errorf("bias %d: y(%d) = %d, want %d", bias, x, y, f.Eval(x))
			}
		}
	}
}
