package ir

import "math/bits"

// Window is what a datapath looks at in place of its input x: w(x) = clamp(x >> r),
// the nearest code of Bits bits, signed as the input is, where r is one of
// MinShift..MaxShift, chosen by the configuration. Bits = 0: there is no window, w(x) = x.
type Window struct {
	Bits               int
	MinShift, MaxShift int
}

// Codes are the values of w.
func (w Window) Codes(input Integer) Integer {
	if w.Bits == 0 {
		return input
	}
	return Integer{Width: w.Bits, Signed: input.Signed}
}

// Limits of a shape, and of the configurations held at once: beyond them no error
// gets smaller, and sizes that nobody means would have to be served.
const (
	MaxSegments = 128
	MaxTerms    = 3
	MaxGuard    = 8
	MinShift    = -16
	MaxShift    = 63
	MaxChannels = 1 << 16
	MaxCounted  = 8 // output bits of a unit of thresholds
	MaxPrescale = 31

	MaxHeadroom = 32

	MaxTableWidth = 16 // bits of what a table is of
	MaxRows       = 64 // that the segments of a table share
	MaxRowsWidth  = 13 // bits of what a table with rows is of
	MaxRowLow     = 8  // bits that number what is in a row

	MaxCascade = 16 // segments that a cascade finds: with more of them its tables outgrow comparators
)

// Shape is what a piecewise linear datapath can hold: at most Segments segments,
// each with a slope that is a sum of at most Terms terms +-2^-e, e in
// MinShift..MaxShift (negative e shifts left), and biases with Guard fractional
// bits. Terms = 1 is the paper's PoT, more are its APoT. The rest says how it is
// built, and what it looks at.
//
// Uniform segments of no terms are a table, of up to 2^MaxTableWidth words. It is direct
// where there are no Rows: then each word is an output. With Rows it is decomposed: the
// word of a segment is a bias and one of Rows rows of numbers of RowBits bits, without a
// sign, which the low bits of the window choose among and which is added.
type Shape struct {
	Segments int
	Terms    int
	MinShift int
	MaxShift int
	Guard    int
	Rows     int
	RowBits  int
	Style    Style
	Shifter  Shifter
	Breaks   Breaks
	Search   Search
	Window   Window
	Signs    Signs
	Overflow Overflow
	Headroom int // values before saturation fit so many bits more than the output has; 0: any do

	Handshake Handshake
	Load      Load // of a unit
}

// UniformShape is a shape in the place of s, without thresholds and comparators: uniform
// segments of a window, with one term and one guard bit, since more of either is larger
// than more segments.
func (s *Shape) UniformShape(in, out Integer, w Window, segments int, o Overflow) Shape {
	u := Shape{
		Segments: segments, Terms: 1, Guard: 1, MinShift: -out.Width, Breaks: Uniform, Window: w, Overflow: o,
		Style: s.Style, Shifter: s.Shifter, Handshake: s.Handshake,
	}
	u.MaxShift = u.LowBits(in) + u.Guard
	return u
}

// TableShape is a shape in the place of s that is a table of a window: direct, or of
// segments that share rows, of numbers that allow two codes for each of the window.
func (s *Shape) TableShape(in, out Integer, w Window, segments, rows int) Shape {
	t := Shape{
		Segments: segments, Rows: rows, Breaks: Uniform, Window: w, Overflow: Wrap, Style: s.Style, Handshake: s.Handshake, Load: s.Load,
	}
	if rows > 0 {
		t.RowBits = min(out.Width, t.LowBits(in)+1)
	}
	return t
}

// Tabular reports whether the shape is that of a table.
func (s *Shape) Tabular() bool { return s.Breaks == Uniform && s.Terms == 0 }

// LowBits is how many bits of the window are within a uniform segment.
func (s *Shape) LowBits(input Integer) int {
	return s.Window.Codes(input).Width - bits.Len(uint(s.Segments-1))
}
