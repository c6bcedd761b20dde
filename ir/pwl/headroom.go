package pwl

import "grauc/ir"

// apart is more than the floors of its terms can put a segment off a line.
const apart = ir.MaxTerms + 1

// Within is f with values before saturation that signed sums of so many bits hold,
// and whether there is one: where the values of a segment leave the output's codes for
// good, a segment of its own stands for the last of them.
func (f *Function) Within(bits int) (*Function, bool) {
	room := ir.Integer{Width: bits, Signed: true}
	g := *f
	g.Segments = nil
	for k := range f.Segments {
		for _, s := range f.split(k, room) {
			n := len(g.Segments)
			if n > 0 && len(s.Terms)+len(g.Segments[n-1].Terms) == 0 && s.Bias == g.Segments[n-1].Bias {
				continue
			}
			g.Segments = append(g.Segments, s)
		}
	}
	for k := range g.Segments {
		s := &g.Segments[k]
		if !g.holds(s, s.Start, room) || !g.holds(s, g.End(k), room) {
			return f, false
		}
	}
	return &g, true
}

// holds reports whether room holds a segment's value at x, and those on the side of
// it that is nearer to the output.
func (f *Function) holds(s *Segment, x int64, room ir.Integer) bool {
	slack := int64(max(0, len(s.Terms)-2)) // up to two terms rise or fall for good
	v := s.Value(x, f.Guard) >> f.Guard
	return v-slack >= room.Min() && v+slack <= room.Max()
}

// split is segment k in up to three parts.
func (f *Function) split(k int, room ir.Integer) []Segment {
	s, last := f.Segments[k], f.End(k)
	side := func(x int64) int { // -1 and 1: beyond the codes, and so is every value farther out
		v := s.Value(x, f.Guard) >> f.Guard
		switch {
		case v < f.Output.Min()-apart:
			return -1
		case v > f.Output.Max()+apart:
			return 1
		}
		return 0
	}
	leaves := func(x int64) int {
		if f.holds(&s, x, room) {
			return 0
		}
		return side(x)
	}
	code := map[int]int64{-1: f.Output.Min() << f.Guard, 1: f.Output.Max() << f.Guard}
	from, to := leaves(s.Start), leaves(last)
	var parts []Segment
	if from != 0 {
		parts = append(parts, Segment{Start: s.Start, Bias: code[from]})
		s.Start = border(s.Start, last, func(x int64) bool { return side(x) == from })
	}
	if s.Start > last {
		return parts
	}
	parts = append(parts, s)
	if to != 0 {
		start := border(s.Start, last, func(x int64) bool { return side(x) != to })
		parts = append(parts, Segment{Start: start, Bias: code[to]})
	}
	return parts
}

// border is the first input from first to last, or the one after them, for which what
// holds before it does not hold.
func border(first, last int64, holds func(x int64) bool) int64 {
	for first <= last {
		if mid := first + (last-first)/2; holds(mid) {
			first = mid + 1
		} else {
			last = mid - 1
		}
	}
	return first
}
