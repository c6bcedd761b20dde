package irtest

import (
	"math/rand/v2"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// Steps is a module of step functions.
func Steps(r *rand.Rand) *steps.Module {
	m := &steps.Module{Head: Head(r)}
	taken := map[string]bool{}
	for range r.IntN(4) {
		l := &steps.Layer{Layer: Layer(r, &m.Head, taken)}
		for range l.ChannelCount() {
			l.Channels = append(l.Channels, StepFunction(r, l.Input.Integer, l.Output.Integer))
		}
		m.Layers = append(m.Layers, l)
	}
	return m
}

// StepFunction has up to 40 runs, of outputs that wander or jump.
func StepFunction(r *rand.Rand, in, out ir.Integer) *steps.Function {
	f := &steps.Function{Input: in, Output: out}
	for start := in.Min(); start <= in.Max() && len(f.Runs) < 40; start += 1 + r.Int64N(1+int64(in.Count()/20)) {
		v := code(r, out)
		if n := len(f.Runs); n > 0 && r.IntN(2) == 0 {
			v = out.Clamp(f.Runs[n-1].Value + 1)
		}
		if n := len(f.Runs); n == 0 || f.Runs[n-1].Value != v {
			f.Runs = append(f.Runs, steps.Run{Start: start, Value: v})
		}
	}
	return f
}

func code(r *rand.Rand, i ir.Integer) int64 { return i.Min() + int64(r.Uint64N(i.Count())) }

// PWL is a module of piecewise linear functions and of exact ones. Its errors
// are measured; they are as large as random segments make them.
func PWL(r *rand.Rand) *pwl.Module {
	m := &pwl.Module{Head: Head(r)}
	taken := map[string]bool{}
	for range r.IntN(4) {
		l := &pwl.Layer{Layer: Layer(r, &m.Head, taken), Why: doc(r)}
		l.Implement = pick(r, []ir.Implement{ir.PWL, ir.PWL, ir.Thresholds, ir.Table})
		if l.Shape.Tabular() {
			l.Implement = ir.Table
		}
		for range l.ChannelCount() {
			l.Channels = append(l.Channels, channel(r, l))
		}
		m.Layers = append(m.Layers, l)
	}
	return m
}

func channel(r *rand.Rand, l *pwl.Layer) *pwl.Channel {
	c := &pwl.Channel{Golden: StepFunction(r, l.Input.Integer, l.Output.Integer)}
	if l.Implement != ir.PWL && !l.Shape.Tabular() {
		c.Steps = c.Golden
		c.Error = pwl.Exactly(c.Golden)
		return c
	}
	c.Function = PWLFunction(r, &l.Layer)
	c.Error = pwl.Measure(c.Golden, c.Function)
	if l.Options.Fit == ir.RMSE || r.IntN(2) == 0 {
		c.Squares = &pwl.Squares{Sum: c.Error.Squares.Int64(), Weight: int64(c.Error.Inputs)}
		c.Squares.Bound = r.Int64N(c.Squares.Sum + 1)
	}
	return c
}

// PWLFunction fits the shape of a layer and approximates nothing.
func PWLFunction(r *rand.Rand, l *ir.Layer) *pwl.Function {
	f := &pwl.Function{Input: l.Input.Integer, Output: l.Output.Integer, Guard: l.Shape.Guard}
	if w := l.Shape.Window; w.Bits > 0 {
		f.View = pwl.View{Shift: w.MinShift + r.IntN(w.MaxShift-w.MinShift+1), Codes: w.Codes(f.Input)}
	}
	rows(r, f, l)
	for start := f.First(); start <= f.Last() && len(f.Segments) < l.Shape.Segments; start = next(r, f, l, start) {
		s := segment(r, l, start)
		if f.Rows != nil {
			s.Row = r.IntN(len(f.Rows))
			low, high := slices.Min(f.Rows[s.Row]), slices.Max(f.Rows[s.Row])
			s.Bias = f.Output.Min() - low + r.Int64N(int64(f.Output.Count())-high+low)
		}
		f.Segments = append(f.Segments, s)
	}
	return f
}

// rows are those of a decomposed table, of numbers no farther apart than output codes.
func rows(r *rand.Rand, f *pwl.Function, l *ir.Layer) {
	for range l.Shape.Rows {
		row := make([]int64, 1<<l.Shape.LowBits(f.Input))
		for i := range row {
			row[i] = r.Int64N(min(1<<l.Shape.RowBits, int64(f.Output.Count())))
		}
		f.Rows = append(f.Rows, row)
	}
}

// next is where a segment may start after another.
func next(r *rand.Rand, f *pwl.Function, l *ir.Layer, start int64) int64 {
	start += 1 + r.Int64N(1+int64(f.View.Seen(f.Input).Count()/6))
	if l.Shape.Breaks == ir.Uniform {
		low := l.Shape.LowBits(f.Input)
		start = (start>>low + 1) << low
	}
	return start
}

// segment is any for a shape that saturates, else constant.
func segment(r *rand.Rand, l *ir.Layer, start int64) pwl.Segment {
	if l.Shape.Overflow == ir.Wrap {
		return pwl.Segment{Start: start, Bias: code(r, l.Output.Integer) << l.Shape.Guard}
	}
	s := pwl.Segment{Start: start, Bias: r.Int64N(2000) - 1000}
	for range r.IntN(l.Shape.Terms + 1) {
		s.Terms = append(s.Terms, pwl.Term{
			Shift:    l.Shape.MinShift + r.IntN(l.Shape.MaxShift-l.Shape.MinShift+1),
			Negative: r.IntN(2) == 0 && l.Shape.Signs == ir.BothSigns,
		})
	}
	return s
}

// BigSteps is as large as step functions get: eight channels of 65,536 runs.
func BigSteps() *steps.Module {
	in, out := ir.Integer{Width: 24, Signed: true}, ir.Integer{Width: 16, Signed: true}
	l := &steps.Layer{Layer: ir.Layer{
		Name: "big", Input: ir.Plain(in), Output: ir.Plain(out), Channels: 8,
		Shape:   ir.Shape{Segments: 1, Terms: 1},
		Options: ir.Options{MaxError: -1},
	}}
	for range l.ChannelCount() {
		f := &steps.Function{Input: in, Output: out}
		for i := range int64(1 << 16) {
			f.Runs = append(f.Runs, steps.Run{Start: in.Min() + i<<8, Value: out.Min() + i})
		}
		l.Channels = append(l.Channels, f)
	}
	return &steps.Module{Head: ir.Head{Name: "big"}, Layers: []*steps.Layer{l}}
}
