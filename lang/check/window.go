package check

import (
	"math/big"
	widths "math/bits"

	"grauc/ir"
	"grauc/lang"
	"grauc/lang/diag"
)

// resolution is how many more bits than the output a window has, where it is given
// as a real range: finer differences of the input hardly show in the output.
const resolution = 2

// window reads `window` and `prescale`.
func (c *checker) window(f *file, o options, s *ir.Shape, in ir.Format, out ir.Integer) bool {
	option, prescale := o["window"], o["prescale"]
	switch {
	case option == nil && prescale == nil:
		return true
	case option == nil:
		c.report(diag.New("window", c.span(prescale.Node), "a `prescale` without a `window`").
			WithHelp("add the width of what remains: `window = %d`", min(in.Width, out.Width+resolution)))
		return false
	case option.Value.High != nil:
		span, ok := c.windowSpan(f, option, in)
		if !ok {
			return false
		}
		s.Window.Bits = min(span, max(out.Width+resolution, widths.Len(uint(s.Segments-1))))
		s.Window.MinShift = span - s.Window.Bits
	default:
		n, ok := c.number(f, option, 1, int64(in.Width))
		if !ok {
			return false
		}
		s.Window.Bits, s.Window.MinShift = n, in.Width-n
	}
	s.Window.MaxShift = s.Window.MinShift
	return prescale == nil || c.prescale(f, prescale, s)
}

// windowSpan is the number of bits of the input codes that a real range covers: those
// from low up to, but not including, high.
func (c *checker) windowSpan(f *file, o *lang.Option, in ir.Format) (int, bool) {
	r := c.rangeOption(f, o)
	if r == nil {
		return 0, false
	}
	low, high := code(in, r.Low), code(in, r.High)
	span := 1
	for ; span < in.Width; span++ {
		codes := ir.Integer{Width: span, Signed: in.Signed}
		if low.Cmp(big.NewRat(codes.Min(), 1)) >= 0 && high.Cmp(big.NewRat(codes.Max()+1, 1)) <= 0 {
			break
		}
	}
	return span, true
}

// code is where a real number lies among the codes of a format.
func code(f ir.Format, v *big.Rat) *big.Rat {
	q := new(big.Rat).Quo(v, f.Scale)
	return q.Add(q, f.Zero)
}

// prescale reads the shift before the window: one, or a range to configure it in.
func (c *checker) prescale(f *file, o *lang.Option, s *ir.Shape) bool {
	v := o.Value
	if v.Low == nil || len(v.Modifiers) > 0 {
		c.bad(o, "4 | 0..15")
		return false
	}
	low, ok := c.integer(f, "prescale", "`prescale`", v.Low, 0, ir.MaxPrescale)
	high := low
	if v.High != nil {
		var good bool
		high, good = c.integer(f, "prescale", "`prescale`", v.High, 0, ir.MaxPrescale)
		ok = ok && good
	}
	if ok && low > high {
		c.report(diag.New("prescale", c.span(v.Node), "the range of the prescale is empty: %d is above %d", low, high).
			WithHelp("write the smaller shift first"))
		return false
	}
	s.Window.MinShift, s.Window.MaxShift = low, high
	return ok
}
