// Package lowertest makes random layers and units for tests of the datapath: small
// enough to try every input, and odder than any fit would be.
package lowertest

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// Integer is a random format of at most width bits.
func Integer(r *rand.Rand, width int) ir.Integer {
	i := ir.Integer{Width: 1 + r.IntN(width), Signed: r.IntN(2) == 0}
	i.Narrow = i.Signed && i.Width > 1 && r.IntN(4) == 0
	return i
}

// Shape is a random shape.
func Shape(r *rand.Rand) ir.Shape {
	s := ir.Shape{
		Segments: 1 + r.IntN(9), Terms: 1 + r.IntN(3), MinShift: r.IntN(6) - 2,
		Guard: r.IntN(4), Style: ir.Style(2 * r.IntN(2)),
		Shifter: ir.Shifter(r.IntN(2)), Search: ir.Search(r.IntN(len(ir.Searches()))),
	}
	s.MaxShift = s.MinShift + r.IntN(9)
	s.Signs, s.Overflow = ir.Signs(r.IntN(2)), ir.Overflow(r.IntN(2))
	if s.Style == ir.Pipelined {
		s.Handshake = ir.Handshake(r.IntN(4) / 3)
	}
	return s
}

// Seen is a shape that perhaps looks at the input of the datapath through a window,
// and perhaps has uniform segments.
func Seen(r *rand.Rand, s ir.Shape, in ir.Integer) ir.Shape {
	if r.IntN(2) == 0 {
		s.Window = ir.Window{Bits: 1 + r.IntN(in.Width), MinShift: r.IntN(3)}
		s.Window.MaxShift = s.Window.MinShift + r.IntN(2)*r.IntN(9)
	}
	uniform := s
	uniform.Headroom = 0
	uniform.Breaks, uniform.Segments = ir.Uniform, 2<<r.IntN(min(4, s.Window.Codes(in).Width))
	uniform.MaxShift = min(s.MaxShift, uniform.LowBits(in)+s.Guard)
	if uniform.MaxShift < s.MinShift || r.IntN(2) == 0 {
		return perhapsSerial(r, s)
	}
	return uniform
}

// Table is the shape of a table of what a shape sees.
func Table(r *rand.Rand, s ir.Shape, in ir.Integer) ir.Shape {
	t := ir.Shape{Breaks: ir.Uniform, Overflow: ir.Wrap, Style: s.Style, Window: s.Window, Handshake: s.Handshake}
	if t.Style == ir.Serial {
		t.Style = ir.Pipelined
	}
	width := t.Window.Codes(in).Width
	if t.Segments = 1 << width; width > 1 && r.IntN(3) > 0 {
		t.Segments = 2 << r.IntN(width-1)
		t.Rows, t.RowBits = 2<<r.IntN(3), 1+r.IntN(4)
	}
	return t
}

func perhapsSerial(r *rand.Rand, s ir.Shape) ir.Shape {
	if r.IntN(4) == 0 {
		s.Style, s.Handshake, s.Shifter, s.Search = ir.Serial, ir.ReadyValid, ir.Chain, ir.Search(r.IntN(2))
	}
	return s
}

// Function is a random function of a shape, where datapath is the input of what it
// runs on.
func Function(r *rand.Rand, datapath, in, out ir.Integer, s ir.Shape) *pwl.Function {
	f := &pwl.Function{Input: in, Output: out, Guard: s.Guard}
	if w := s.Window; w.Bits > 0 {
		f.View = pwl.View{Shift: w.MinShift + r.IntN(w.MaxShift-w.MinShift+1), Codes: w.Codes(datapath)}
	}
	seen := f.View.Seen(in)
	for range s.Rows {
		row := make([]int64, 1<<s.LowBits(datapath))
		for l := range row {
			row[l] = r.Int64N(min(1<<s.RowBits, int64(out.Count())))
		}
		f.Rows = append(f.Rows, row)
	}
	at := starts(r, seen, 1+r.IntN(s.Segments))
	if s.Breaks == ir.Uniform {
		at = uniformStarts(seen, s.LowBits(datapath))
	}
	for _, start := range at {
		f.Segments = append(f.Segments, segment(r, seen, out, s, start))
		if s.Rows > 0 {
			last := &f.Segments[len(f.Segments)-1]
			last.Row = r.IntN(s.Rows)
			last.Bias = out.Min() + r.Int64N(int64(out.Count())-slices.Max(f.Rows[last.Row]))
		}
	}
	if s.Overflow == ir.Wrap {
		for k := range f.Segments {
			keep(f, k)
		}
	}
	return f
}

// uniformStarts are all multiples of 2^low, the first input for the one before it.
func uniformStarts(seen ir.Integer, low int) []int64 {
	at := []int64{seen.Min()}
	for start := (seen.Min()>>low + 1) << low; start <= seen.Max(); start += 1 << low {
		at = append(at, start)
	}
	return at
}

// keep makes a segment constant where it leaves the output codes.
func keep(f *pwl.Function, k int) {
	s := &f.Segments[k]
	for w := s.Start; w <= f.End(k); w++ {
		if y := s.Value(w, f.Guard) >> f.Guard; !f.Output.Contains(y) {
			s.Terms, s.Bias = nil, f.Output.Clamp(y)<<f.Guard
			return
		}
	}
}

// starts are up to n places at which something starts, the first input first.
func starts(r *rand.Rand, in ir.Integer, n int) []int64 {
	at := []int64{in.Min()}
	for len(at) < n {
		at = append(at, in.Min()+r.Int64N(int64(in.Count())))
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// segment passes near the output range somewhere, or else nothing would be tested
// but the clamp.
func segment(r *rand.Rand, in, out ir.Integer, s ir.Shape, start int64) pwl.Segment {
	g := pwl.Segment{Start: start}
	for range r.IntN(s.Terms + 1) {
		g.Terms = append(g.Terms, pwl.Term{
			Shift:    s.MinShift + r.IntN(s.MaxShift-s.MinShift+1),
			Negative: r.IntN(2) == 0 && s.Signs == ir.BothSigns,
		})
	}
	y := out.Min() - 2 + r.Int64N(int64(out.Count())+4)
	g.Bias = y<<s.Guard + r.Int64N(1<<s.Guard) - g.Value(start, s.Guard)
	if r.IntN(3) == 0 {
		g.Bias = y << s.Guard
	}
	return g
}

// Steps is a random step function of at most n runs.
func Steps(r *rand.Rand, in, out ir.Integer, n int) *steps.Function {
	f := &steps.Function{Input: in, Output: out}
	step := int64(r.IntN(3) - 1)
	value := out.Min() + r.Int64N(int64(out.Count()))
	for _, start := range starts(r, in, n) {
		if k := len(f.Runs); k == 0 || f.Runs[k-1].Value != value {
			f.Runs = append(f.Runs, steps.Run{Start: start, Value: value})
		}
		if step == 0 {
			value = out.Min() + r.Int64N(int64(out.Count()))
		} else {
			value = out.Clamp(value + step)
		}
	}
	return f
}

// Rising is a random step function of at most n runs that does not fall.
func Rising(r *rand.Rand, in, out ir.Integer, n int) *steps.Function {
	f := &steps.Function{Input: in, Output: out}
	value := out.Min() + r.Int64N(int64(out.Count()))
	for _, start := range starts(r, in, n) {
		f.Runs = append(f.Runs, steps.Run{Start: start, Value: value})
		if value == out.Max() {
			break
		}
		value += 1 + r.Int64N(out.Max()-value)
	}
	return f
}

// Layer is a random layer of at most width bits in and out, not on a unit.
func Layer(r *rand.Rand, name string, width int) *pwl.Layer {
	in, out := Integer(r, width), Integer(r, width)
	l := &pwl.Layer{Layer: layer(name, in, out, Seen(r, Shape(r), in)), Implement: ir.PWL + ir.Implement(r.IntN(3))}
	if l.Implement == ir.Table {
		if l.Shape.Style == ir.Serial {
			l.Shape.Style = ir.Pipelined
		}
		if r.IntN(2) == 0 {
			l.Shape = Table(r, l.Shape, in)
		}
	}
	if r.IntN(2) == 0 {
		l.Layer.Channels = 1 + r.IntN(5)
	}
	runs := 20
	if l.Shape.Search == ir.Cascade {
		runs = ir.MaxCascade
	}
	for range l.ChannelCount() {
		c := &pwl.Channel{}
		if l.Implement == ir.PWL || l.Shape.Tabular() {
			c.Function = Function(r, in, in, out, l.Shape)
		} else {
			c.Steps = Steps(r, in, out, 1+r.IntN(runs))
		}
		l.Channels = append(l.Channels, c)
	}
	return l
}

func layer(name string, in, out ir.Integer, s ir.Shape) ir.Layer {
	return ir.Layer{
		Name: name, Function: "f(x)", Input: ir.Plain(in), Output: ir.Plain(out), Shape: s,
		Options: ir.Options{MaxError: -1},
	}
}

// Unit is a random unit of at most width bits in and out.
func Unit(r *rand.Rand, name string, width int) *ir.Unit {
	in, out := Integer(r, width), Integer(r, width)
	in.Narrow, out.Narrow = false, false
	u := &ir.Unit{Name: name, Input: in, Output: out, Channels: 1 + r.IntN(2)*r.IntN(5), Shape: Seen(r, Shape(r), in)}
	switch r.IntN(8) {
	case 0, 1:
		u.Implement, u.Shape = ir.Table, Table(r, u.Shape, in)
	case 2:
		u.Implement, u.Monotonic = ir.Thresholds, ir.Monotonic(r.IntN(2))
		u.Shape = ir.Shape{Segments: 1, Terms: 1, Style: u.Style, Search: ir.Search(r.IntN(2)), Handshake: u.Handshake}
	}
	if u.Breaks == ir.Uniform && u.Style == ir.Pipelined && u.Overflow == ir.Wrap {
		u.Load = ir.Load(r.IntN(2))
	}
	return u
}

// On is a random layer that fits on a unit: narrower, and of either signedness
// where the unit's input holds it.
func On(r *rand.Rand, name string, u *ir.Unit) *pwl.Layer {
	in, out := Integer(r, u.Input.Width), Integer(r, u.Output.Width)
	if in.Signed != u.Input.Signed && (in.Signed || in.Width == u.Input.Width) {
		in = u.Input
	}
	l := &pwl.Layer{Layer: layer(name, in, out, u.Shape), Implement: ir.PWL}
	if u.Implement != ir.Auto {
		l.Implement = u.Implement
	}
	l.Unit = u.Name
	if u.Channels > 1 {
		l.Layer.Channels = 1 + r.IntN(u.Channels)
	}
	for range l.ChannelCount() {
		c := &pwl.Channel{}
		if u.Implement == ir.Thresholds {
			c.Steps = Rising(r, in, out, 1+r.IntN(20))
			if u.Monotonic == ir.Either && r.IntN(2) == 0 {
				c.Steps.Fall()
			}
		} else {
			c.Function = Function(r, u.Input, in, out, u.Shape)
		}
		l.Channels = append(l.Channels, c)
	}
	return l
}

// Module is a random file: a unit with layers on it, and layers of their own.
func Module(r *rand.Rand, width int) *pwl.Module {
	m := &pwl.Module{Head: ir.Head{Name: "random"}}
	u := Unit(r, "shared", width)
	m.Units = []*ir.Unit{u}
	for i := range 3 {
		m.Layers = append(m.Layers, On(r, fmt.Sprintf("on%d", i), u))
	}
	for i := range 3 {
		m.Layers = append(m.Layers, Layer(r, fmt.Sprintf("own%d", i), width))
	}
	return m
}

// Silu is a SiLU-like function of 8 segments and two terms, from W bits to 8: the
// shape that sizes and latencies are stated for.
func Silu(width int, style ir.Style) *pwl.Layer {
	in, out := ir.Integer{Width: width, Signed: true}, ir.Integer{Width: 8, Signed: true}
	f := &pwl.Function{Input: in, Output: out, Guard: 2}
	unit := width - 7 // slope 1 shifts by this: x = +-8 becomes +-128
	for _, s := range []struct {
		at, bias int64 // at in 1/16, bias in 1/4
		terms    []pwl.Term
	}{
		{-128, 0, nil},
		{-84, -8, []pwl.Term{{Shift: unit + 3, Negative: true}}},
		{-40, -20, []pwl.Term{{Shift: unit + 2, Negative: true}, {Shift: unit + 4}}},
		{-20, -14, []pwl.Term{{Shift: unit + 5}}},
		{-8, 0, []pwl.Term{{Shift: unit + 2}, {Shift: unit + 4}}},
		{6, -3, []pwl.Term{{Shift: unit}, {Shift: unit + 2, Negative: true}}},
		{16, -8, []pwl.Term{{Shift: unit}, {Shift: unit + 4, Negative: true}}},
		{40, -16, []pwl.Term{{Shift: unit}}},
	} {
		f.Segments = append(f.Segments, pwl.Segment{Start: s.at << (width - 8), Bias: s.bias, Terms: s.terms})
	}
	shape := ir.Shape{Segments: 8, Terms: 2, MaxShift: 15, Guard: 2, Style: style}
	l := &pwl.Layer{Layer: layer("silu", in, out, shape), Implement: ir.PWL}
	l.Input.Scale = new(big.Rat).SetFrac64(1, 1<<(width-4))
	l.Channels = []*pwl.Channel{{Function: f}}
	return l
}

// Ramp is the exact function of an n-bit quantizer, by 2^n - 1 thresholds.
func Ramp(width, n int, style ir.Style) *pwl.Layer {
	in, out := ir.Integer{Width: width, Signed: true}, ir.Integer{Width: n}
	f := &steps.Function{Input: in, Output: out}
	for k := range int64(1) << n {
		f.Runs = append(f.Runs, steps.Run{Start: in.Min() + k<<(width-n), Value: k})
	}
	l := &pwl.Layer{Layer: layer("ramp", in, out, ir.Shape{Style: style}), Implement: ir.Thresholds}
	l.Channels = []*pwl.Channel{{Steps: f}}
	return l
}
