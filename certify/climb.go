package certify

import (
	"math"

	"grauc/ir"
)

// steep is how steep a slope is. Values are those of v, which is what the terms add up to,
// or that times -1, so that it rises on the whole.
type steep struct {
	slope
	guard        int
	rises        int64   // 1, or -1 where v is that times what the terms add up to
	grain        int     // v changes at multiples of 2^grain alone
	rate         float64 // v is between rate*x - below and rate*x + above
	below, above float64
	wavers       bool               // v may fall on the way
	terms        [ir.MaxTerms]riser // of v
}

// riser is how a term rises: by so much at each input of which the mask leaves nothing.
type riser struct{ mask, by int64 }

// climb is where a slope comes to each value on a stretch of inputs.
type climb struct {
	steep
	rough       bool    // there are no tables
	first       int64   // value that the tables begin with
	reach, keep []int64 // before reach v is less than a value, from keep on it is not
}

func newSteep(of slope, guard int) steep {
	s := steep{slope: of, guard: guard, rises: 1, grain: 62, wavers: of.mixed()}
	for i, sign := range of.sign {
		if sign == 0 {
			break
		}
		finer := int(of.shift[i]) - guard
		s.grain = min(s.grain, max(0, finer))
		s.rate += float64(sign) * math.Ldexp(1, -finer)
		s.terms[i] = riser{1<<max(0, finer) - 1, int64(sign) << max(0, -finer)}
		// A term that floors takes less than 1 off, or adds it where it is subtracted.
		if finer > 0 && sign > 0 {
			s.below++
		} else if finer > 0 {
			s.above++
		}
	}
	if s.rate < 0 {
		s.rises, s.rate, s.below, s.above = -1, -s.rate, s.above, s.below
		for i := range s.terms {
			s.terms[i].by = -s.terms[i].by
		}
	}
	return s
}

// slant is the rate of the terms.
func (s *steep) slant() float64 { return float64(s.rises) * s.rate }

func (s *steep) flat() bool { return s.sign[0] == 0 }

func (c *climb) v(x int64) int64 { return c.rises * c.at(x, c.guard) }

// dip is how far v may fall below a value that it had before.
func (c *climb) dip() int64 {
	if !c.wavers {
		return 0
	}
	return int64(c.below + c.above)
}

// longWalk is about how many steps there are at most for each value, but where terms cancel;
// mostValues are too many for a table.
const (
	longWalk   = 8
	mostValues = 1 << 12
)

// tabulate makes the tables for the values low..high of v on lo..hi. It takes as many steps
// as it tells.
func (c *climb) tabulate(lo, hi, low, high int64) (steps int64) {
	c.first, c.reach, c.keep = low, c.reach[:0], c.keep[:0]
	if c.rate > 0 { // and then what comes before and after does not matter, where floats may round
		lo = max(lo, int64(math.Floor(max(float64(lo), (float64(low)-c.above)/c.rate)))-1)
		hi = min(hi, int64(math.Ceil(min(float64(hi), (float64(high)+c.below)/c.rate)))+1)
	}
	steps = (hi-lo)>>c.grain + 1
	if c.rough = high-low > mostValues || c.wavers && steps > longWalk*(high-low+4); c.rough {
		return 1
	}
	top, v := low-1, c.v(lo)
	for x := lo; x <= hi; {
		for ; top < min(v, high); top++ {
			if c.reach = append(c.reach, x); c.wavers {
				c.keep = append(c.keep, x)
			}
		}
		next := (x>>c.grain + 1) << c.grain
		for value := max(low, v+1); value <= top; value++ {
			c.keep[value-low] = next
		}
		x = next
		for _, t := range c.terms {
			if x&t.mask == 0 {
				v += t.by
			}
		}
	}
	return steps
}

// reaches is an input before which v is less than a value.
func (c *climb) reaches(value int64) int64 {
	if c.rough {
		return c.about(float64(value)-c.above) - 1
	}
	return entry(c.reach, value-c.first)
}

// keeps is an input from which on v is a value or more.
func (c *climb) keeps(value int64) int64 {
	switch {
	case c.rough:
		return c.about(float64(value)+c.below) + 1
	case c.wavers:
		return entry(c.keep, value-c.first)
	}
	return entry(c.reach, value-c.first)
}

// entry is that of a table, or beyond all inputs where it has none.
func entry(table []int64, i int64) int64 {
	switch {
	case uint64(i) < uint64(len(table)):
		return table[i]
	case i < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// about is the input on which a line of the rate comes to a value, but for rounding.
func (c *climb) about(value float64) int64 {
	if c.rate == 0 && value == 0 {
		return -beyond
	}
	return int64(math.Ceil(max(-beyond, min(value/c.rate, beyond))))
}
