package pwl

import (
	"fmt"

	"grauc/ir"
)

// Verify reports the first thing that is wrong with a module: a function that its
// layer's shape cannot hold or that could overflow, or an error that is not what
// Measure finds.
func Verify(m *Module) error {
	headers := make([]*ir.Layer, len(m.Layers))
	for i, l := range m.Layers {
		headers[i] = &l.Layer
	}
	if err := m.VerifyLayers(headers); err != nil {
		return err
	}
	for _, l := range m.Layers {
		if err := verifyLayer(l, m.Datapath(&l.Layer)); err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	return nil
}

func verifyLayer(l *Layer, in ir.Integer) error {
	if l.Implement == ir.Auto {
		return fmt.Errorf("no implementation chosen")
	}
	if len(l.Channels) != l.ChannelCount() {
		return fmt.Errorf("%d channels where the layer has %d", len(l.Channels), l.ChannelCount())
	}
	for i, c := range l.Channels {
		if err := verifyChannel(&l.Layer, in, l.Implement, c); err != nil {
			return fmt.Errorf("channel %d: %w", i, err)
		}
	}
	return nil
}

func verifyChannel(l *ir.Layer, in ir.Integer, how ir.Implement, c *Channel) error {
	if err := c.Golden.Verify(l); err != nil {
		return fmt.Errorf("golden: %w", err)
	}
	want := Error{}
	if l.Shape.Tabular() && how != ir.Table {
		return fmt.Errorf("implemented by %s where the shape is a table's", how)
	}
	if how == ir.PWL || l.Shape.Tabular() {
		if c.Function == nil || c.Steps != nil {
			return fmt.Errorf("implemented by segments, so it needs a function and no steps")
		}
		if err := verifyFunction(l, in, c.Function); err != nil {
			return err
		}
		want = Measure(c.Golden, c.Function)
	} else {
		if c.Steps == nil || c.Function != nil {
			return fmt.Errorf("implemented by %s, so it needs steps and no function", how)
		}
		if !c.Steps.Equal(c.Golden) {
			return fmt.Errorf("the steps are not golden")
		}
		want = Exactly(c.Golden)
	}
	if err := verifyError(c.Error, want); err != nil {
		return err
	}
	return verifySquares(l, c)
}

func verifySquares(l *ir.Layer, c *Channel) error {
	s := c.Squares
	switch {
	case s == nil:
		return nil
	case c.Function == nil:
		return fmt.Errorf("least squares of what is no fit")
	case s.Bound < 0 || s.Bound > s.Sum || s.Weight <= 0:
		return fmt.Errorf("a sum of squares of %d and a bound of %d for a weight of %d", s.Sum, s.Bound, s.Weight)
	case l.Options.Weight == nil && (!c.Error.Squares.IsInt64() || s.Sum != c.Error.Squares.Int64()):
		return fmt.Errorf("a sum of squares of %d where the error has %s", s.Sum, c.Error.Squares)
	}
	return nil
}

func verifyFunction(l *ir.Layer, in ir.Integer, f *Function) error {
	if f.Input != l.Input.Integer || f.Output != l.Output.Integer {
		return fmt.Errorf("%s to %s, the layer is %s to %s", f.Input, f.Output, l.Input.Integer, l.Output.Integer)
	}
	if f.Guard != l.Shape.Guard {
		return fmt.Errorf("%d guard bits where the layer has %d", f.Guard, l.Shape.Guard)
	}
	if err := verifyView(&l.Shape, in, f.View); err != nil {
		return err
	}
	if err := verifyRows(&l.Shape, in, f); err != nil {
		return err
	}
	if n := len(f.Segments); n == 0 || n > l.Shape.Segments {
		return fmt.Errorf("%d segments where the layer has %d", n, l.Shape.Segments)
	}
	if f.Segments[0].Start != f.First() {
		return fmt.Errorf("the segments do not start at %d", f.First())
	}
	for i := range f.Segments {
		if err := verifyStart(&l.Shape, in, f, i); err != nil {
			return fmt.Errorf("segment %d: %w", i, err)
		}
		if err := verifySegment(&l.Shape, f, i); err != nil {
			return fmt.Errorf("segment %d: %w", i, err)
		}
	}
	return verifyOverflow(&l.Shape, f)
}

// verifyRows checks that all rows are there, as long as a segment and of the shape's
// numbers, and that segments name them.
func verifyRows(shape *ir.Shape, in ir.Integer, f *Function) error {
	if len(f.Rows) != shape.Rows {
		return fmt.Errorf("%d rows where the layer has %d", len(f.Rows), shape.Rows)
	}
	for i, row := range f.Rows {
		if len(row) != 1<<shape.LowBits(in) {
			return fmt.Errorf("row %d is of %d numbers where a segment has %d codes", i, len(row), 1<<shape.LowBits(in))
		}
		for _, v := range row {
			if v < 0 || v >= 1<<shape.RowBits {
				return fmt.Errorf("%d in row %d is not one of %d bits", v, i, shape.RowBits)
			}
		}
	}
	for i, s := range f.Segments {
		if s.Row < 0 || s.Row >= max(1, len(f.Rows)) {
			return fmt.Errorf("segment %d: no row %d", i, s.Row)
		}
	}
	return nil
}

// verifyView checks that the shape has the window, where in is the datapath's input.
func verifyView(shape *ir.Shape, in ir.Integer, v View) error {
	switch w := shape.Window; {
	case w.Bits == 0 && v != View{}:
		return fmt.Errorf("a window where the layer has none")
	case w.Bits > 0 && v.Codes != w.Codes(in):
		return fmt.Errorf("a window of %s where the layer's is %s", v.Codes, w.Codes(in))
	case w.Bits > 0 && (v.Shift < w.MinShift || v.Shift > w.MaxShift):
		return fmt.Errorf("a window shifted by %d where the layer has %d..%d", v.Shift, w.MinShift, w.MaxShift)
	}
	return nil
}

func verifyStart(shape *ir.Shape, in ir.Integer, f *Function, i int) error {
	start := f.Segments[i].Start
	switch {
	case i > 0 && start <= f.Segments[i-1].Start:
		return fmt.Errorf("start %d does not ascend", start)
	case start > f.Last():
		return fmt.Errorf("start %d is beyond %d, the last there is", start, f.Last())
	case i > 0 && shape.Breaks == ir.Uniform && start&(1<<shape.LowBits(in)-1) != 0:
		return fmt.Errorf("start %d is not that of a uniform segment, a multiple of %d", start, int64(1)<<shape.LowBits(in))
	}
	return nil
}

func verifySegment(shape *ir.Shape, f *Function, i int) error {
	s := &f.Segments[i]
	if n := len(s.Terms); n > shape.Terms {
		return fmt.Errorf("%d terms where the layer has %d", n, shape.Terms)
	}
	overflows := fmt.Errorf("values above 2^62 could overflow")
	if s.Bias > MaxMagnitude || s.Bias < -MaxMagnitude {
		return overflows
	}
	room := MaxMagnitude - max(s.Bias, -s.Bias)
	for _, t := range s.Terms {
		if t.Shift < shape.MinShift || t.Shift > shape.MaxShift {
			return fmt.Errorf("shift %d is not in %d..%d", t.Shift, shape.MinShift, shape.MaxShift)
		}
		if t.Negative && shape.Signs == ir.PlusOnly {
			return fmt.Errorf("a term is subtracted where the layer adds all")
		}
		if room -= Magnitude(t.Shift, shape.Guard, f.Input); room < 0 {
			return overflows
		}
	}
	return nil
}

// verifyOverflow checks that no value is outside the output codes where it would not
// be held to them.
func verifyOverflow(shape *ir.Shape, f *Function) error {
	if shape.Overflow == ir.Saturate {
		return nil
	}
	f = f.Flat()
	for i := range f.Segments {
		s := &f.Segments[i]
		sum := NewSum(s.Terms, f.Guard)
		low, high := sum.Extremes(s.Start, f.End(i))
		low, high = (s.Bias+low)>>f.Guard, (s.Bias+high)>>f.Guard
		if !f.Output.Contains(low) || !f.Output.Contains(high) {
			return fmt.Errorf("values %d..%d from %d on where those beyond %d..%d wrap", low, high, s.Start, f.Output.Min(), f.Output.Max())
		}
	}
	return nil
}

func verifyError(got, want Error) error {
	if got.Squares == nil {
		return fmt.Errorf("the error is not filled in")
	}
	if got.Max != want.Max || got.At != want.At || got.Exact != want.Exact ||
		got.Inputs != want.Inputs || got.Squares.Cmp(want.Squares) != 0 {
		return fmt.Errorf("the error states max %d at %d, squares %s, %d of %d exact; measured is max %d at %d, squares %s, %d of %d",
			got.Max, got.At, got.Squares, got.Exact, got.Inputs, want.Max, want.At, want.Squares, want.Exact, want.Inputs)
	}
	return nil
}
