package certify

import (
	"math/bits"

	"grauc/ir"
)

// scanned is a slope as cells show it. Terms of both signs nearly cancel, so that what each
// of them may be in a cell says little of their sum. It is known from the rate, too: up to
// what the terms floor off it is x times net / 2^places, where x has guard bits.
type scanned struct {
	slope
	exact  bool                       // it has one value in each cell
	widths [ir.MaxInputWidth + 1]int8 // of lines in cells within 2^level inputs: see widthIn
	margin int64                      // how many outputs beyond the ends lines are told apart

	net          int64
	places       int
	below, above int64 // how far it may be from that, rounded down or up
	rated        bool  // terms have both signs, and products with net do not overflow
}

// newScanned is a slope on cells of up to 2^top inputs, which have so many bits with guard
// bits.
func newScanned(of slope, guard, top, width int) scanned {
	s := scanned{slope: of}
	s.exact = s.sweep(top, guard) == 0 || top == 0
	if of.mixed() {
		s.margin = 1 // such a sum may leave an end of the outputs more than once
	}
	s.rate(width)
	if !s.exact {
		for level := range s.widths {
			s.widths[level] = int8(max(0, bits.Len64(uint64(s.rise(level, guard)))-1))
		}
	}
	return s
}

// rate finds the rate of the terms.
func (s *scanned) rate(width int) {
	least, plus, minus := ir.MaxInputWidth, int64(0), int64(0)
	for i, sign := range s.sign {
		e := int(s.shift[i])
		if sign == 0 {
			break
		}
		if least, s.places = min(least, e), max(s.places, e); sign > 0 {
			plus++
		} else {
			minus++
		}
	}
	if s.rated = plus*minus > 0 && s.places-least+width+2 < 62; !s.rated {
		return
	}
	// Each term that floors takes less than 1 off, or adds it where it is subtracted.
	s.below, s.above = plus-1, minus-1
	for i, sign := range s.sign {
		if sign != 0 {
			s.net += int64(sign) << (s.places - int(s.shift[i]))
		}
	}
}

// extremes hold the values of a slope over lo..hi.
func (s *scanned) extremes(lo, hi int64, guard int) (least, greatest int64) {
	lo, hi = lo<<guard, hi<<guard
	for i, sign := range s.sign {
		if sign == 0 {
			break
		}
		a, b := lo, hi
		if e := s.shift[i]; e < 0 {
			a, b = a<<-e, b<<-e
		} else {
			a, b = a>>e, b>>e
		}
		if sign < 0 {
			a, b = -b, -a
		}
		least, greatest = least+a, greatest+b
	}
	if !s.rated {
		return least, greatest
	}
	a, b := s.net*lo, s.net*hi
	if a > b {
		a, b = b, a
	}
	return max(least, a>>s.places-s.below), min(greatest, -(-b>>s.places)+s.above)
}

// sweep is how much the terms rise and fall at most within 2^level inputs, all together.
func (s *scanned) sweep(level, guard int) int64 {
	total := int64(0)
	for i, sign := range s.sign {
		if finer := level + guard - int(s.shift[i]); sign != 0 && finer > 0 {
			total += 1 << min(finer, 60)
		}
	}
	return total
}

// rise is about how much a slope rises or falls within 2^level inputs.
func (s *scanned) rise(level, guard int) int64 {
	sweep := s.sweep(level, guard)
	if !s.rated {
		return sweep
	}
	steep := max(s.net, -s.net)
	if bits.Len64(uint64(steep))+level+guard > 62 {
		return sweep
	}
	return min(sweep, steep<<(level+guard)>>s.places+s.below+s.above+2)
}
