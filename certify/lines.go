package certify

import (
	"math/bits"
	"slices"
)

func (s *scan) cost(line int64) *int64 { return &s.costs[line&int64(len(s.costs)-1)] }

// move takes the lines into a cell: those that come to an end of the outputs join the
// others there, and those that leave it have the least cost that any of them had. best is
// the least cost of all lines, and what costs keep in the cell is of no use.
func (s *scan) move(c *cell, width int, best, keep int64) {
	from, to := s.first(s.min+1-s.margin, s.v.greatest, width), s.last(s.max-1+s.margin, s.v.least, width)
	if s.unknown {
		s.from, s.to, s.width, s.unknown = from, to, width, false
		return
	}
	if from == s.from && to == s.to && width == s.width {
		return
	}
	low, high := s.atMin, s.atMax
	lowTo, highFrom := s.from-1, s.to+1 // numbers of the lines at the ends
	s.from, s.to = from, to
	switch {
	case width != s.width:
		s.use.from, s.use.to = s.filled(c, width, keep-best)
		_, lowTo = s.renumbered(lowTo, width)
		highFrom, _ = s.renumbered(highFrom, width)
		s.renumber(width)
	case low < infinite && min(from, to) <= lowTo || high < infinite && highFrom <= max(from, to):
		s.use.from, s.use.to = s.filled(c, width, keep-best)
		s.leave(from, to)
		s.trim(s.use.from, s.use.to)
	default:
		s.leave(from, to)
		return
	}
	s.fill(s.use.from, min(s.use.to, lowTo), low)
	s.fill(max(s.use.from, highFrom), s.use.to, high)
	if to < lowTo {
		s.atMax = min(s.atMax, low)
	}
	if highFrom < from {
		s.atMin = min(s.atMin, high)
	}
}

// leave takes the lines that are not among from..to to the ends of the outputs.
func (s *scan) leave(from, to int64) {
	for ; s.lo <= s.hi && s.lo < from; s.lo++ {
		s.atMin = min(s.atMin, s.drop(s.lo))
	}
	for ; s.lo <= s.hi && s.hi > to; s.hi-- {
		s.atMax = min(s.atMax, s.drop(s.hi))
	}
}

// trim drops all lines but from..to, so that those to come are not far from others.
func (s *scan) trim(from, to int64) {
	for ; s.lo <= s.hi && s.lo < from; s.lo++ {
		s.drop(s.lo)
	}
	for ; s.lo <= s.hi && s.hi > to; s.hi-- {
		s.drop(s.hi)
	}
}

// filled holds the lines that may cost less than room in a cell, or may climb to one that
// does.
func (s *scan) filled(c *cell, width int, room int64) (from, to int64) {
	if s.group.period > 0 {
		return s.from, s.to
	}
	return s.useful(c.below(room), width)
}

// renumbered are the lines of another width that have a bias of line k.
func (s *scan) renumbered(k int64, width int) (first, last int64) {
	if wider := width - s.width; wider > 0 {
		return k >> wider, k >> wider
	}
	return k << (s.width - width), (k+1)<<(s.width-width) - 1
}

// renumber makes lines of another width of those there are.
func (s *scan) renumber(width int) {
	s.spare = s.spare[:0]
	first := s.lo
	for ; s.lo <= s.hi; s.lo++ {
		s.spare = append(s.spare, s.drop(s.lo))
	}
	s.lo, s.hi = 0, -1
	for i, cost := range s.spare {
		a, b := s.renumbered(first+int64(i), width)
		if a < s.from {
			s.atMin = min(s.atMin, cost)
		}
		if b > s.to {
			s.atMax = min(s.atMax, cost)
		}
		s.fill(max(a, s.use.from), min(b, s.use.to), cost)
	}
	s.width = width
}

func (s *scan) drop(line int64) int64 {
	c := s.cost(line)
	was := *c
	*c = infinite
	return was
}

// fill lets lines cost no more than that.
func (s *scan) fill(from, to, cost int64) {
	if from > to || cost >= infinite {
		return
	}
	s.reach(from, to)
	for k := from; k <= to; k++ {
		c := s.cost(k)
		*c = min(*c, cost)
	}
}

// reach makes lines part of those that may cost less than infinite.
func (s *scan) reach(from, to int64) {
	if s.lo > s.hi {
		s.lo, s.hi = from, to
	}
	lo, hi := min(s.lo, from), max(s.hi, to)
	if hi-lo >= int64(len(s.costs)) {
		s.grow(hi - lo + 1)
	}
	s.lo, s.hi = lo, hi
}

// grow makes room for so many lines.
func (s *scan) grow(lines int64) {
	costs := noLines(1 << bits.Len64(uint64(lines-1)))
	for k := s.lo; k <= s.hi; k++ {
		costs[k&int64(len(costs)-1)] = *s.cost(k)
	}
	s.costs, s.room = costs, costs
}

// fewLines is how many lines there is room for at first.
const fewLines = 1 << 10

// noLines is room for so many lines, none of which is there.
func noLines(size int) []int64 { return slices.Repeat([]int64{infinite}, size) }

// first is the number of the first line that may have an output of y or more, where v2
// is the greatest value of the terms.
func (s *scan) first(y, v2 int64, width int) int64 { return (y<<s.guard - v2) >> width }

// last is the number of the last line that may have an output of y or less, where v1 is
// the least value of the terms.
func (s *scan) last(y, v1 int64, width int) int64 { return ((y+1)<<s.guard - 1 - v1) >> width }

// begin lets lines begin that have such outputs in the first cell that they pay for.
func (s *scan) begin(start int64, outputs stretch) {
	s.atMin, s.atMax = min(s.atMin, start), min(s.atMax, start)
	if from, to := s.useful(outputs, s.width); from <= to {
		s.fill(from, to, start)
		s.budget -= to - from
	}
}

// useful holds all lines that have such outputs in a cell and are not at an end of the outputs
// in all of it.
func (s *scan) useful(outputs stretch, width int) (from, to int64) {
	first, last := outputs.least, outputs.greatest
	if first <= s.min {
		first -= s.margin
	}
	if last >= s.max {
		last += s.margin
	}
	from, to = max(s.from, s.first(first, s.mean.greatest, width)), min(s.to, s.last(last, s.mean.least, width))
	if s.coarse != nil { // of lines that come to an end of the outputs all values count
		if rise := s.v.greatest - s.v.least + 1<<width; first-rise <= s.low || last+rise >= s.high {
			from, to = max(s.from, s.first(first, s.v.greatest, width)), min(s.to, s.last(last, s.v.least, width))
		}
	}
	return from, to
}
