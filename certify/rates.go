package certify

import (
	"math"
	"sync/atomic"

	"grauc/ir"
)

// family is what slopes depend on.
type family struct {
	terms, minShift, maxShift, guard, width int
	signs                                   ir.Signs
}

// fan is the slopes of a family, and the rate of each: what it rises by for each input.
type fan struct {
	family
	slopes []slope
	slants []float64
}

// latest is what fanOf made last: channels have the same shape.
var latest atomic.Pointer[fan]

// fanOf is the slopes of a shape.
func fanOf(s *ir.Shape, in ir.Integer) *fan {
	of := family{s.Terms, s.MinShift, s.MaxShift, s.Guard, in.Width, s.Signs}
	if f := latest.Load(); f != nil && f.family == of {
		return f
	}
	f := &fan{family: of, slopes: slopes(s, in)}
	f.slants = make([]float64, len(f.slopes))
	for i := range f.slopes {
		f.slants[i] = f.slopes[i].slant(s.Guard)
	}
	latest.Store(f)
	return f
}

// slant is the rate of a slope.
func (s *slope) slant(guard int) float64 {
	rate := 0.0
	for i, sign := range s.sign {
		rate += float64(sign) * math.Ldexp(1, guard-int(s.shift[i]))
	}
	return rate
}

// rates are those of slopes from least to greatest.
type rates struct{ least, greatest float64 }

// ratesOf is those of lines that keep to all of some looks, as far as the first two tell with
// each other one. Two would not be enough: where outputs are near the least or the greatest, a
// look bounds lines from one side.
func ratesOf(looks []look) rates {
	w := rates{math.Inf(-1), math.Inf(1)}
	for i := range looks {
		for j := range min(i, 2) {
			if a, b := &looks[j], &looks[i]; a.lo < b.lo {
				w.narrow(a, b)
			} else {
				w.narrow(b, a)
			}
		}
	}
	return w
}

// narrow leaves the rates of lines that keep to both of two looks, the second to the right
// of the first. Floors take up to one off for each term, or add it.
func (w *rates) narrow(a, b *look) {
	if b.low > -beyond && a.high < beyond {
		rate := steepest(b.low-a.high-ir.MaxTerms, a, b)
		w.least = max(w.least, rate-slack*math.Abs(rate))
	}
	if b.high < beyond && a.low > -beyond {
		rate := -steepest(a.low-b.high-ir.MaxTerms, a, b)
		w.greatest = min(w.greatest, rate+slack*math.Abs(rate))
	}
}

// steepest is the greatest rate that rises so much from some input of one look to some of
// another to the right of it.
func steepest(rise int64, a, b *look) float64 {
	if rise < 0 {
		return float64(rise) / float64(b.hi-a.lo)
	}
	return float64(rise) / float64(b.lo-a.hi)
}

// slack is more than quotients are rounded by.
const slack = 1e-9
