package certify

import (
	"math"
	"slices"
)

// cover is the least cost of so many segments on the cells from..end-1.
func (s *straightest) cover(from, end, segments int) float64 {
	none := func() []float64 { return slices.Repeat([]float64{math.Inf(1)}, end-from+1) }
	pair := func() [2][]float64 { return [2][]float64{none(), none()} }
	s.covers = make([]front, segments+1)
	for k := range s.covers {
		s.covers[k] = front{none(), none(), pair(), pair(), pair()}
	}
	s.covers[0].whole[0] = 0
	for i := range end - from + 1 {
		for k := range s.covers {
			s.arrive(from, i, end-from, k)
		}
		s.extend(from, i, end-from)
	}
	return s.covers[segments].whole[end-from]
}

// arrive settles what covers of at most k segments cost at border i, and takes those with one
// more on that has no cell but those at an end of the codes.
func (s *straightest) arrive(from, i, end, k int) {
	f := &s.covers[k]
	best := f.whole[i]
	if k > 0 {
		best = min(best, s.covers[k-1].whole[i])
	}
	for side := range f.after {
		if i > 0 {
			f.after[side][i] = min(f.after[side][i], f.after[side][i-1]+s.held[side][from+i-1])
		}
		best = min(best, f.after[side][i])
	}
	f.whole[i], f.begun[i] = best, best
	if i > 0 && !s.single(from+i-1) {
		f.begun[i] = min(best, f.whole[i-1])
	}
	for side := range f.before {
		f.before[side][i] = f.begun[i]
		if i > 0 {
			f.before[side][i] = min(f.begun[i], f.before[side][i-1]+s.held[side][from+i-1])
		}
		switch {
		case !s.saturates || i == 0:
		case s.single(from + i - 1):
			f.left[side][i] = f.before[side][i]
		default:
			f.left[side][i] = f.before[side][i-1]
		}
	}
	if k+1 == len(s.covers) {
		return
	}
	next := &s.covers[k+1]
	next.whole[i] = min(next.whole[i], f.begun[i], f.left[0][i], f.left[1][i])
	for side := range next.after {
		if !s.saturates {
			break
		}
		other := f.left[1-side][i] // from one end to the other within a cell
		next.after[side][i] = min(next.after[side][i], other)
		if i < end {
			at := s.met(from, i)
			next.after[side][at] = min(next.after[side][at], other, f.begun[i])
		}
	}
}

// met is the border from which on a line is at an end of the codes that it comes to after
// border j.
func (s *straightest) met(from, j int) int {
	if s.single(from + j) {
		return j
	}
	return j + 1
}

// extend lays lines from border i on.
func (s *straightest) extend(from, i, end int) {
	least := math.Inf(1)
	for k := range s.covers {
		f := &s.covers[k]
		least = min(least, f.begun[i], f.left[0][i], f.left[1][i])
	}
	for j := i + 1; j <= end && s.budget >= 0; j++ {
		of := s.line(from+i, from+j)
		if least+of.cost > s.limit {
			return
		}
		s.budget -= int64(lineSteps + len(s.covers))
		for k := range len(s.covers) - 1 {
			s.lay(&of, k, from, i, j)
		}
	}
}

// Steps that a line takes, and one that has to meet an end of the codes, of which the first
// tell whether it can.
const (
	lineSteps = 8
	bendSteps = 2
	meetSteps = 48
)

// lay adds a line to covers of one segment fewer.
func (s *straightest) lay(of *row, k, from, i, j int) {
	f, next := &s.covers[k], &s.covers[k+1]
	whole := &next.whole[j]
	*whole = min(*whole, f.begun[i]+of.cost)
	for side := range f.left {
		before, most := f.left[side][i], min(*whole, s.limit)
		if before+of.cost < most {
			*whole = min(*whole, before+of.meets(s, 0, side, most-before))
		}
	}
	if !s.saturates || j+1 == len(next.whole) { // or there is no cell behind
		return
	}
	for side := range next.after {
		after := &next.after[side][s.met(from, j)]
		most := min(*after, s.limit)
		if before := f.begun[i]; before+of.cost < most {
			*after = min(*after, before+of.meets(s, 1, side, most-before))
		}
		if before := f.left[1-side][i]; before+of.cost < most {
			*after = min(*after, before+max(of.meets(s, 0, 1-side, most-before), of.meets(s, 1, side, most-before)))
		}
	}
}
