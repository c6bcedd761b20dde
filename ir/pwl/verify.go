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
		if err := verifyLayer(l); err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	return nil
}

func verifyLayer(l *Layer) error {
	if l.Implement == ir.Auto {
		return fmt.Errorf("no implementation chosen")
	}
	if len(l.Channels) != l.ChannelCount() {
		return fmt.Errorf("%d channels where the layer has %d", len(l.Channels), l.ChannelCount())
	}
	for i, c := range l.Channels {
		if err := verifyChannel(&l.Layer, l.Implement, c); err != nil {
			return fmt.Errorf("channel %d: %w", i, err)
		}
	}
	return nil
}

func verifyChannel(l *ir.Layer, how ir.Implement, c *Channel) error {
	if err := c.Golden.Verify(l); err != nil {
		return fmt.Errorf("golden: %w", err)
	}
	want := Error{}
	if how == ir.PWL {
		if c.Function == nil || c.Steps != nil {
			return fmt.Errorf("implemented by segments, so it needs a function and no steps")
		}
		if err := verifyFunction(l, c.Function); err != nil {
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
	return verifySquares(l, how, c)
}

func verifySquares(l *ir.Layer, how ir.Implement, c *Channel) error {
	s := c.Squares
	switch {
	case s == nil:
		return nil
	case how != ir.PWL || l.Options.Fit != ir.RMSE:
		return fmt.Errorf("least squares of what is no fit of least squares")
	case s.Bound < 0 || s.Bound > s.Sum || s.Weight <= 0:
		return fmt.Errorf("a sum of squares of %d and a bound of %d for a weight of %d", s.Sum, s.Bound, s.Weight)
	case l.Options.Weight == nil && (!c.Error.Squares.IsInt64() || s.Sum != c.Error.Squares.Int64()):
		return fmt.Errorf("a sum of squares of %d where the error has %s", s.Sum, c.Error.Squares)
	}
	return nil
}

func verifyFunction(l *ir.Layer, f *Function) error {
	if f.Input != l.Input.Integer || f.Output != l.Output.Integer {
		return fmt.Errorf("%s to %s, the layer is %s to %s", f.Input, f.Output, l.Input.Integer, l.Output.Integer)
	}
	if f.Guard != l.Shape.Guard {
		return fmt.Errorf("%d guard bits where the layer has %d", f.Guard, l.Shape.Guard)
	}
	if n := len(f.Segments); n == 0 || n > l.Shape.Segments {
		return fmt.Errorf("%d segments where the layer has %d", n, l.Shape.Segments)
	}
	if f.Segments[0].Start != f.Input.Min() {
		return fmt.Errorf("the segments do not start at %d", f.Input.Min())
	}
	for i := range f.Segments {
		s := &f.Segments[i]
		if i > 0 && s.Start <= f.Segments[i-1].Start {
			return fmt.Errorf("segment %d: start %d does not ascend", i, s.Start)
		}
		if !f.Input.Contains(s.Start) {
			return fmt.Errorf("segment %d: start %d is not a code of %s", i, s.Start, f.Input)
		}
		if err := verifySegment(&l.Shape, s, f.Input); err != nil {
			return fmt.Errorf("segment %d: %w", i, err)
		}
	}
	return nil
}

func verifySegment(shape *ir.Shape, s *Segment, in ir.Integer) error {
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
		if room -= Magnitude(t.Shift, shape.Guard, in); room < 0 {
			return overflows
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
