package pwl

import (
	"math"

	"grauc/ir"
)

// Sum is what a segment's terms add up to as a function of the input, in a form
// that is quick to evaluate and the same for terms that add up to the same:
// linear*x + sum of sign*(x >> shift) with shifts above 0, ascending.
//
// From x-1 to x a Sum changes by linear plus the signs of the terms whose 2^shift
// divides x (shifts from ir.MaxInputWidth on are one to every input). Those are the first few of them, so it is monotonic exactly if the
// partial sums linear, linear+sign[0], ... do not take both signs (terms of equal
// shift counting together). With at most three terms (ir.MaxTerms) only the last partial sum can
// differ in sign, and then it is one: such a Sum climbs and falls back by one
// at the multiples of 2^shift of its last term, or the mirror image of it.
type Sum struct {
	linear int64
	rise   float64 // for each input, without the floors
	sign   [ir.MaxTerms]int8
	shift  [ir.MaxTerms]uint8
	falls  bool  // rather than rises, between the teeth
	tooth  uint8 // the shift at whose multiples it turns back; 0: monotonic
}

// NewSum prepares at most ir.MaxTerms terms.
func NewSum(terms []Term, guard int) Sum {
	var s Sum
	for _, t := range terms {
		s = s.Plus(t, guard)
	}
	return s
}

// Plus is the sum with one term more. It must have fewer than ir.MaxTerms.
func (s Sum) Plus(t Term, guard int) Sum {
	sign := int8(1)
	if t.Negative {
		sign = -1
	}
	n := 0
	for n < len(s.sign) && s.sign[n] != 0 {
		n++
	}
	if d := t.Shift - guard; d <= 0 {
		s.linear += int64(sign) << -d
	} else {
		n = s.insert(n, uint8(min(d, ir.MaxInputWidth)), sign)
	}
	s.rise = float64(s.linear)
	for i := range n {
		s.rise += math.Float64frombits(uint64(1023-int(s.shift[i]))<<52) * float64(s.sign[i]) // sign * 2^-shift
	}
	s.classify(n)
	return s
}

// insert adds a term to the n there are, and cancels it against its opposite.
func (s *Sum) insert(n int, shift uint8, sign int8) int {
	at := 0
	for at < n && s.shift[at] < shift {
		at++
	}
	if at < n && s.shift[at] == shift && s.sign[at] == -sign {
		copy(s.shift[at:], s.shift[at+1:n])
		copy(s.sign[at:], s.sign[at+1:n])
		s.shift[n-1], s.sign[n-1] = 0, 0
		return n - 1
	}
	copy(s.shift[at+1:], s.shift[at:n])
	copy(s.sign[at+1:], s.sign[at:n])
	s.shift[at], s.sign[at] = shift, sign
	return n + 1
}

// classify finds the direction and the teeth from the partial sums.
func (s *Sum) classify(n int) {
	step := s.linear
	s.falls, s.tooth = step < 0, 0
	rising, falling := step > 0, step < 0
	for i := 0; i < n; i++ {
		step += int64(s.sign[i])
		if i+1 < n && s.shift[i+1] == s.shift[i] {
			continue
		}
		if step > 0 && falling || step < 0 && rising {
			s.tooth = s.shift[i]
			return
		}
		rising, falling = rising || step > 0, falling || step < 0
		s.falls = falling
	}
}

// At is the sum for an input, with guard fractional bits.
func (s *Sum) At(x int64) int64 {
	return s.linear*x + int64(s.sign[0])*(x>>(s.shift[0]&63)) +
		int64(s.sign[1])*(x>>(s.shift[1]&63)) + int64(s.sign[2])*(x>>(s.shift[2]&63))
}

// Extremes is the least and the greatest value over lo..hi.
func (s *Sum) Extremes(lo, hi int64) (int64, int64) {
	a, b := s.At(lo), s.At(hi)
	low, high := min(a, b), max(a, b)
	if s.tooth == 0 {
		return low, high
	}
	first := (lo>>s.tooth + 1) << s.tooth
	if first > hi {
		return low, high
	}
	a, b = s.At(first), s.At(hi>>s.tooth<<s.tooth-1)
	return min(low, a, b), max(high, a, b)
}

// Monotonic reports whether the sum only ever rises, or only ever falls.
func (s *Sum) Monotonic() bool { return s.tooth == 0 }

// Teeth is in how many stretches of lo..hi the sum goes its way and then back.
func (s *Sum) Teeth(lo, hi int64) int64 {
	if s.Monotonic() {
		return 0
	}
	return hi>>s.tooth - lo>>s.tooth
}

// Grain is the largest g up to ir.MaxInputWidth such that the sum changes at
// multiples of 2^g only.
func (s *Sum) Grain() uint {
	switch {
	case s.linear != 0:
		return 0
	case s.sign[0] == 0:
		return ir.MaxInputWidth
	}
	return uint(s.shift[0])
}

// CountBelow is the number of inputs in lo..hi whose value is less than limit.
func (s *Sum) CountBelow(lo, hi, limit int64) int64 {
	if s.tooth == 0 || lo>>s.tooth == hi>>s.tooth {
		return s.countMonotonic(lo, hi, limit)
	}
	size := int64(1) << s.tooth
	first, end := (lo+size-1)>>s.tooth, (hi+1)>>s.tooth // whole blocks first..end-1
	n := s.countBlocks(first, end, limit)
	if lo < first*size {
		n += s.countMonotonic(lo, first*size-1, limit)
	}
	if end*size <= hi {
		n += s.countMonotonic(end*size, hi, limit)
	}
	return n
}

// countBlocks counts in the blocks first..end-1 of 2^tooth inputs. All look alike
// but for a step from one to the next, in the direction the sum takes within them.
func (s *Sum) countBlocks(first, end, limit int64) int64 {
	if first >= end {
		return 0
	}
	size := int64(1) << s.tooth
	step := s.At(size)
	if step == 0 {
		return (end - first) * s.countMonotonic(0, size-1, limit)
	}
	low, high := s.Extremes(0, size-1)
	n := int64(0)
	if s.falls { // blocks from `whole` on lie below the limit, those before `part` do not
		whole := search(first, end, func(m int64) bool { return m*step+high < limit })
		part := search(first, whole, func(m int64) bool { return m*step+low < limit })
		n, first, end = (end-whole)*size, part, whole
	} else {
		part := search(first, end, func(m int64) bool { return m*step+high >= limit })
		none := search(part, end, func(m int64) bool { return m*step+low >= limit })
		n, first, end = (part-first)*size, part, none
	}
	for m := first; m < end; m++ {
		n += s.countMonotonic(0, size-1, limit-m*step)
	}
	return n
}

// countMonotonic is CountBelow within one block.
func (s *Sum) countMonotonic(lo, hi, limit int64) int64 {
	if s.falls {
		return hi + 1 - s.crossing(lo, hi, limit)
	}
	return s.crossing(lo, hi, limit) - lo
}

// crossing is the first of lo..hi, which are of one block, from which on the sum is
// at least limit or, where it falls, below limit: hi+1 if none is.
func (s *Sum) crossing(lo, hi, limit int64) int64 {
	if s.crossed(lo, limit) {
		return lo
	}
	if !s.crossed(hi, limit) {
		return hi + 1
	}
	grain := s.Grain()
	short, far := lo>>grain, hi>>grain
	if far-short > 2 && s.rise != 0 {
		short, far = s.bracket(short, far, grain, limit)
	}
	for far-short > 1 {
		if mid := short + (far-short)>>1; s.crossed(mid<<grain, limit) {
			far = mid
		} else {
			short = mid
		}
	}
	return far << grain
}

func (s *Sum) crossed(x, limit int64) bool { return s.At(x) >= limit != s.falls }

// bracket narrows where a limit is crossed, in grains, by the line that the sum is
// without its floors: they take less than 1 each.
func (s *Sum) bracket(short, far int64, grain uint, limit int64) (int64, int64) {
	count, sum := s.floors()
	a := (float64(limit) - float64(count-sum)/2) / s.rise
	b := (float64(limit) + float64(count+sum)/2) / s.rise
	unit := float64(int64(1) << grain)
	from, to := float64(short), float64(far)
	before := int64(max(from, min(min(a, b)/unit-1, to)))
	after := int64(max(from, min(max(a, b)/unit+1, to)))
	if !s.crossed(before<<grain, limit) {
		short = before
	}
	if s.crossed(after<<grain, limit) {
		far = after
	}
	return short, far
}

// floors is how many terms floor, and the sum of their signs.
func (s *Sum) floors() (count, sum int64) {
	a, b, c := int64(s.sign[0]), int64(s.sign[1]), int64(s.sign[2])
	return a*a + b*b + c*c, a + b + c
}

// LastWithin is the last of from..to up to which the sum keeps to low..high, or
// from-1.
func (s *Sum) LastWithin(from, to, low, high int64) int64 {
	if v := s.At(from); v < low || v > high {
		return from - 1
	}
	switch {
	case s.tooth != 0:
		return search(from, to+1, func(x int64) bool { return !s.within(from, x, low, high) }) - 1
	case s.falls:
		return s.crossing(from, to, low) - 1
	}
	return s.crossing(from, to, high+1) - 1
}

// FirstWithin is the first of from..to from which on the sum keeps to low..high, or
// to+1.
func (s *Sum) FirstWithin(from, to, low, high int64) int64 {
	if v := s.At(to); v < low || v > high {
		return to + 1
	}
	switch {
	case s.tooth != 0:
		return search(from, to, func(x int64) bool { return s.within(x, to, low, high) })
	case s.falls:
		return s.crossing(from, to, high+1)
	}
	return s.crossing(from, to, low)
}

func (s *Sum) within(from, to, low, high int64) bool {
	least, greatest := s.Extremes(from, to)
	return low <= least && greatest <= high
}

// Rise is how much the sum rises with each input, without its floors. Sums that are
// equal have equal rises.
func (s *Sum) Rise() float64 { return s.rise }

// Outputs tells which outputs clamp((bias + sum) >> guard) takes over lo..hi, in
// ascending order, and for how many inputs each.
func (s *Sum) Outputs(lo, hi, bias int64, guard int, out ir.Integer, tell func(y, count int64)) {
	low, high := s.Extremes(lo, hi)
	last := out.Clamp((bias + high) >> guard)
	below := int64(0)
	for y := out.Clamp((bias + low) >> guard); y <= last; y++ {
		upTo := hi - lo + 1
		if y < last {
			upTo = s.CountBelow(lo, hi, (y+1)<<guard-bias)
		}
		if upTo > below {
			tell(y, upTo-below)
		}
		below = upTo
	}
}

// search is the first of lo..hi-1 that holds, or hi; whatever follows one that
// holds must hold.
func search(lo, hi int64, holds func(int64) bool) int64 {
	for lo < hi {
		if mid := lo + (hi-lo)>>1; holds(mid) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// MaxMagnitude bounds the absolute values of a segment's bias and terms together, so
// that no intermediate result of the 64-bit evaluation overflows.
const MaxMagnitude = int64(1) << 62

// Magnitude is the largest absolute value a term of this shift can have, or more
// than MaxMagnitude if x << guard or the term itself exceeds that.
func Magnitude(shift, guard int, in ir.Integer) int64 {
	largest := max(in.Max(), -in.Min())
	if up := guard + max(0, -shift); up >= 62 || largest > MaxMagnitude>>up {
		return MaxMagnitude + 1
	}
	if shift < 0 {
		return largest << (guard - shift)
	}
	return largest<<guard>>min(shift, 62) + 1
}
