package ir

import (
	"fmt"
	"math/big"
)

// Verify reports the first thing in the head that no level may have.
func (h *Head) Verify() error {
	seen := map[string]bool{}
	for _, u := range h.Units {
		if seen[u.Name] {
			return fmt.Errorf("unit %q is there twice", u.Name)
		}
		seen[u.Name] = true
		if err := u.verify(); err != nil {
			return fmt.Errorf("unit %q: %w", u.Name, err)
		}
	}
	return nil
}

// VerifyLayers checks the headers of a module's layers against its head.
func (h *Head) VerifyLayers(layers []*Layer) error {
	if err := h.Verify(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, l := range layers {
		if seen[l.Name] {
			return fmt.Errorf("layer %q is there twice", l.Name)
		}
		seen[l.Name] = true
		if err := l.verify(h); err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	return nil
}

func (u *Unit) verify() error {
	if u.Name == "" {
		return fmt.Errorf("no name")
	}
	if err := u.Input.verify("input", MaxInputWidth); err != nil {
		return err
	}
	if err := u.Output.verify("output", MaxOutputWidth); err != nil {
		return err
	}
	if u.Channels < 1 || u.Channels > MaxChannels {
		return fmt.Errorf("%d channels where there may be 1 to %d", u.Channels, MaxChannels)
	}
	switch {
	case u.Monotonic != Rising && u.Implement != Thresholds:
		return fmt.Errorf("a unit that is implemented by %s, monotonic %s", u.Implement, u.Monotonic)
	case (u.Implement == Table) != u.Shape.Tabular():
		return fmt.Errorf("a unit that is implemented by %s with %d terms", u.Implement, u.Terms)
	case u.Implement == Auto || u.Implement == Table:
	case u.Implement != Thresholds:
		return fmt.Errorf("a unit that is implemented by %s", u.Implement)
	case u.Output.Width > MaxCounted:
		return fmt.Errorf("thresholds for %d output bits where there may be up to %d", u.Output.Width, MaxCounted)
	}
	return u.Shape.verify(u.Input)
}

func (l *Layer) verify(h *Head) error {
	if l.Name == "" {
		return fmt.Errorf("no name")
	}
	if err := l.Input.verify("input", MaxInputWidth); err != nil {
		return err
	}
	if err := l.Output.verify("output", MaxOutputWidth); err != nil {
		return err
	}
	if l.Channels < 0 || l.Channels > MaxChannels {
		return fmt.Errorf("%d channels where there may be up to %d", l.Channels, MaxChannels)
	}
	if l.Unit == "" { // a unit's shape is for the unit's input
		if err := l.Shape.verify(l.Input.Integer); err != nil {
			return err
		}
	}
	if err := l.Options.verify(l.Input.Integer, l.Output.Integer); err != nil {
		return err
	}
	return l.verifyUnit(h)
}

// verifyUnit checks that the unit of the layer holds it.
func (l *Layer) verifyUnit(h *Head) error {
	if l.Unit == "" {
		return nil
	}
	u := h.Unit(l.Unit)
	switch {
	case u == nil:
		return fmt.Errorf("no unit %q", l.Unit)
	case !u.Input.Contains(l.Input.Min()) || !u.Input.Contains(l.Input.Max()):
		return fmt.Errorf("input %s does not fit into the unit's %s", l.Input.Integer, u.Input)
	case l.Output.Width > u.Output.Width:
		return fmt.Errorf("output %s is wider than the unit's %s", l.Output.Integer, u.Output)
	case l.Channels > u.Channels:
		return fmt.Errorf("%d channels where the unit holds %d", l.Channels, u.Channels)
	case l.Shape != u.Shape:
		return fmt.Errorf("the shape is not the unit's")
	}
	return nil
}

func (f Integer) verify(what string, widest int) error {
	if f.Width < 1 || f.Width > widest {
		return fmt.Errorf("%s %s: a width is 1 to %d", what, f, widest)
	}
	if f.Narrow && !f.Signed {
		return fmt.Errorf("%s %s: only a signed format is narrow", what, f)
	}
	return nil
}

func (f Format) verify(what string, widest int) error {
	if err := f.Integer.verify(what, widest); err != nil {
		return err
	}
	if f.Scale == nil || f.Zero == nil {
		return fmt.Errorf("%s %s: no scale or zero", what, f.Integer)
	}
	if f.Scale.Sign() <= 0 {
		return fmt.Errorf("%s %s: the scale is not positive", what, f)
	}
	return nil
}

func (s *Shape) verify(input Integer) error {
	if s.Tabular() {
		return s.verifyTable(input)
	}
	switch {
	case s.Rows != 0 || s.RowBits != 0:
		return fmt.Errorf("rows of what is not a table")
	case s.Segments < 1 || s.Segments > MaxSegments:
		return fmt.Errorf("%d segments where there may be 1 to %d", s.Segments, MaxSegments)
	case s.Terms < 1 || s.Terms > MaxTerms:
		return fmt.Errorf("%d terms where there may be 1 to %d", s.Terms, MaxTerms)
	case s.MinShift < MinShift || s.MaxShift > MaxShift:
		return fmt.Errorf("shifts %d..%d are not all in %d..%d", s.MinShift, s.MaxShift, MinShift, MaxShift)
	case s.MinShift > s.MaxShift:
		return fmt.Errorf("no shift in %d..%d", s.MinShift, s.MaxShift)
	case s.Guard < 0 || s.Guard > MaxGuard:
		return fmt.Errorf("%d guard bits where there may be 0 to %d", s.Guard, MaxGuard)
	case s.Search == Cascade && s.Segments > MaxCascade:
		return fmt.Errorf("a cascade of %d segments where there may be up to %d", s.Segments, MaxCascade)
	case s.Headroom < 0 || s.Headroom > MaxHeadroom:
		return fmt.Errorf("%d bits of headroom where there may be 0 to %d", s.Headroom, MaxHeadroom)
	}
	if err := s.Window.verify(input); err != nil {
		return err
	}
	if err := s.verifyBreaks(input); err != nil {
		return err
	}
	return s.verifyInterface()
}

// verifyTable checks that a table is of few enough words and has nothing that terms and
// saturation would need.
func (s *Shape) verifyTable(input Integer) error {
	own := Shape{
		Segments: s.Segments, Rows: s.Rows, RowBits: s.RowBits, Style: s.Style, Breaks: Uniform, Window: s.Window,
		Overflow: Wrap, Handshake: s.Handshake, Load: s.Load,
	}
	switch {
	case *s != own:
		return fmt.Errorf("a table whose shape says more than one needs")
	case s.Segments < 1 || s.Window.Codes(input).Width > MaxTableWidth:
		return fmt.Errorf("a table of %d segments of %s", s.Segments, s.Window.Codes(input))
	case s.Rows == 0 && s.RowBits != 0, s.Rows == 1, s.Rows < 0 || s.Rows > MaxRows || s.Rows&(s.Rows-1) != 0:
		return fmt.Errorf("%d rows are not a power of two from 2 to %d", s.Rows, MaxRows)
	case s.Rows > 0 && (s.RowBits < 1 || s.RowBits > MaxOutputWidth):
		return fmt.Errorf("rows of %d bits where there may be 1 to %d", s.RowBits, MaxOutputWidth)
	}
	if s.Rows > 0 && s.Window.Codes(input).Width > MaxRowsWidth {
		return fmt.Errorf("rows of a table of %s", s.Window.Codes(input))
	}
	if err := s.Window.verify(input); err != nil {
		return err
	}
	if err := s.verifyBreaks(input); err != nil {
		return err
	}
	if low := s.LowBits(input); (low > 0) != (s.Rows > 0) || low > MaxRowLow {
		return fmt.Errorf("%d rows where a segment is of %d codes", s.Rows, 1<<low)
	}
	return s.verifyInterface()
}

func (s *Shape) verifyInterface() error {
	switch {
	case s.Handshake == NoHandshake && s.Style != Pipelined:
		return fmt.Errorf("a %s datapath without a handshake", s.Style)
	case s.Load == LoadData && (s.Breaks != Uniform || s.Style != Pipelined || s.Overflow != Wrap):
		return fmt.Errorf("loaded through the input of what is not pipelined, with uniform breaks and values that wrap")
	}
	return nil
}

func (w Window) verify(input Integer) error {
	switch {
	case w.Bits == 0 && w != Window{}:
		return fmt.Errorf("a prescale without a window")
	case w.Bits < 0 || w.Bits > input.Width:
		return fmt.Errorf("a window of %d bits where the input has %d", w.Bits, input.Width)
	case w.MinShift < 0 || w.MinShift > w.MaxShift || w.MaxShift > MaxPrescale:
		return fmt.Errorf("a prescale of %d..%d is not in 0..%d", w.MinShift, w.MaxShift, MaxPrescale)
	}
	return nil
}

// verifyBreaks checks that uniform segments are equal parts of the window, whose
// starts are multiples of what the largest shift drops.
func (s *Shape) verifyBreaks(input Integer) error {
	if s.Breaks != Uniform {
		return nil
	}
	low := s.LowBits(input)
	switch {
	case s.Headroom > 0:
		return fmt.Errorf("headroom of uniform segments, which cannot be split where they leave it")
	case s.Segments < 2 || s.Segments&(s.Segments-1) != 0:
		return fmt.Errorf("%d uniform segments are not a power of two from 2 on", s.Segments)
	case low < 0:
		return fmt.Errorf("%d uniform segments of %d codes", s.Segments, s.Window.Codes(input).Count())
	case s.MaxShift > low+s.Guard:
		return fmt.Errorf("a shift by %d where a uniform segment has %d low bits and %d guard bits", s.MaxShift, low, s.Guard)
	}
	return nil
}

func (o *Options) verify(in, out Integer) error {
	if o.Weight != nil {
		if err := o.Weight.verify(in, out); err != nil {
			return err
		}
	}
	if r := o.Range; r != nil && (missing(r.Low, r.High) || r.Low.Cmp(r.High) >= 0) {
		return fmt.Errorf("the range is empty")
	}
	return nil
}

func missing(a, b *big.Rat) bool { return a == nil || b == nil }
