package certify

import "math/bits"

// scan lays one segment more on each slope in turn. A line is followed while it costs
// less than a cover of fewer segments does: from there on it is as good to begin with
// it anew.
type scan struct {
	*covering
	entry []int64 // for what a segment may begin with each cell
	keep  []int64 // what costs as much after a cell is of no use
	after []int64 // the least cost after each cell

	// Outputs with which it is of use to begin to pay with each cell: where a line has all of
	// it or a part of the one before.
	open, ajar []stretch

	// The cells from each on with which it is of use to begin to pay: where a line has
	// all of its first cell, and where it may not.
	whole, torn []int

	*scanned
	group    *group
	v, mean  stretch                  // values of the slope in the cell at hand: anywhere, and in the mean
	passed   int64                    // periods up to the end of that cell
	costs    []int64                  // of lines, by their number modulo the size, infinite where none is
	lo, hi   int64                    // outside, no line costs less than infinite
	atMin    int64                    // cost of lines that have the least output
	atMax    int64                    // and the greatest
	from, to int64                    // numbers of the lines that had neither in the cell before
	use      struct{ from, to int64 } // of these, what others are taken for in the cell at hand
	unknown  bool                     // there is no cell before
	width    int                      // line k is those with biases from k<<width on
	spare    []int64                  // for lines that are numbered anew
}

func newScan(c *covering, before []int64) *scan {
	n := len(c.cells)
	s := &scan{covering: c, entry: make([]int64, n), keep: make([]int64, n), after: make([]int64, n)}
	for i := range n {
		s.entry[i], s.keep[i] = infinite, c.limit
		if before != nil {
			s.keep[i] = min(c.limit, before[i])
		}
		switch {
		case i > 0 && before != nil:
			s.entry[i] = before[i-1]
		case i == 0 && before == nil:
			s.entry[i] = 0
		}
	}
	early := append([]int64{infinite}, s.entry[:n-1]...)
	s.whole, s.open = s.starting(s.entry)
	s.torn, s.ajar = s.starting(early)
	for i := n - 1; i >= 0; i-- {
		s.torn[i] = min(s.torn[i], s.whole[i])
	}
	// A line may begin and end in a cell of which it has a part, or in the next.
	for i := range n {
		if s.after[i] = s.keep[i]; c.changing(i) {
			s.after[i] = min(s.after[i], s.entry[i])
			if i > 0 && c.coarse == nil && c.changing(i-1) {
				s.after[i] = min(s.after[i], s.entry[i-1])
			}
		}
	}
	if c.room == nil {
		c.room = noLines(fewLines)
	}
	s.costs = c.room
	return s
}

// starting are the next cells that cost little enough if segments begin for that, and the
// outputs in them.
func (s *scan) starting(cost []int64) (next []int, outputs []stretch) {
	n := len(s.cells)
	next, outputs = make([]int, n+1), make([]stretch, n)
	next[n] = n
	for i := n - 1; i >= 0; i-- {
		if next[i] = next[i+1]; cost[i]+s.cells[i].least < s.keep[i] {
			next[i], outputs[i] = i, s.cells[i].below(s.keep[i]-cost[i])
		}
	}
	return next, outputs
}

// slope scans all cells for the lines of a slope.
func (s *scan) slope(of *group) {
	s.group, s.scanned = of, &of.ahead
	if s.back {
		s.scanned = &of.back
	}
	s.lo, s.hi, s.atMin, s.atMax, s.unknown, s.width = 0, -1, infinite, infinite, true, 0
	next := s.whole
	if !s.exact || s.coarse != nil {
		next = s.torn
	}
	best, tornBefore := infinite, false
	for i := 0; i < len(s.cells); i++ {
		if best >= infinite {
			if next[i] > i {
				if i = next[i]; i == len(s.cells) {
					break
				}
				tornBefore = s.tears(i - 1)
			}
			s.unknown = true
		}
		c := &s.cells[i]
		s.look(c)
		torn := s.breaks(i) || s.coarse == nil && !s.uniform && s.v.least != s.v.greatest
		start, outputs := infinite, stretch{} // of lines that pay for this cell first
		switch {
		case tornBefore:
			start, outputs = s.entry[i-1], s.ajar[i]
		case !torn:
			start, outputs = s.entry[i], s.open[i]
		}
		if torn && s.coarse == nil {
			s.after[i] = min(s.after[i], best)
		}
		begins := start+c.least < s.keep[i]
		s.budget--
		if tornBefore = torn; !begins && best >= infinite {
			continue
		}
		s.budget -= 4 + s.hi - s.lo
		s.move(c, s.widthIn(c), best, s.keep[i])
		if s.coarse != nil {
			s.drift(c)
		}
		if begins {
			s.begin(start, outputs)
		}
		best = s.extend(c, s.keep[i])
		if !torn || s.coarse != nil {
			s.after[i] = min(s.after[i], best)
		}
	}
	for ; s.lo <= s.hi; s.lo++ {
		*s.cost(s.lo) = infinite
	}
}

// tears reports whether a line changes within a cell, so that it may have it in part.
func (s *scan) tears(i int) bool {
	if s.uniform || s.coarse != nil {
		return s.breaks(i)
	}
	least, greatest := s.values(&s.cells[i])
	return least != greatest
}

// values are the least and the greatest the terms may add up to in a cell.
func (s *scan) values(c *cell) (least, greatest int64) {
	if s.exact {
		v := s.at(c.lo, s.guard)
		return v, v
	}
	return s.extremes(c.lo, c.hi, s.guard)
}

// look finds the values of the slope in a cell.
func (s *scan) look(c *cell) {
	if s.coarse != nil {
		s.lookCoarsely(c)
		return
	}
	s.v.least, s.v.greatest = s.values(c)
	s.mean = s.v
}

// widthIn is how many biases are taken for one in a cell, as a power of two: about as many
// as lines rise in all of it.
func (s *scan) widthIn(c *cell) int {
	if s.coarse != nil {
		return max(s.coarse.step(), bits.Len64(uint64(s.v.greatest-s.v.least))-3)
	}
	return int(s.widths[c.level])
}

// extend adds a cell to all lines, drops those of no use and finds the least cost.
func (s *scan) extend(c *cell, keep int64) int64 {
	best := infinite
	if c.more == nil && s.coarse == nil && (s.margin == 0 || s.min == s.low) {
		best = s.extendWithin(c, keep)
	} else {
		best = s.extendAny(c, keep)
	}
	if s.lo > s.hi {
		s.lo, s.hi = 0, -1
	}
	s.atMin = kept(s.atMin+c.ends[0], keep)
	s.atMax = kept(s.atMax+c.ends[1], keep)
	return min(best, s.atMin, s.atMax)
}

// extendWithin is that for the lines of a cell of one golden output: as none of them is at an
// end of the outputs, the clamp is of no matter.
func (s *scan) extendWithin(c *cell, keep int64) int64 {
	costs, mask := s.costs, int64(len(s.costs)-1)
	guard, width := s.guard&63, s.width&63
	golden := c.golden << guard
	above, below := s.v.least-golden, s.v.greatest+1<<width-1-golden
	best, lo, hi := infinite, s.hi+1, s.lo-1
	for k := s.lo; k <= s.hi; k++ {
		at, line := k<<width, &costs[k&mask]
		d := max(0, (at+above)>>guard, -((at + below) >> guard))
		cost := *line + c.weight*d*d
		if d > c.most || cost >= keep {
			*line = infinite
			continue
		}
		*line = cost
		lo, hi, best = min(lo, k), k, min(best, cost)
	}
	s.lo, s.hi = lo, hi
	return best
}

func (s *scan) extendAny(c *cell, keep int64) int64 {
	best, mask := infinite, int64(len(s.costs)-1)
	lo, hi := s.hi+1, s.lo-1
	for k := s.lo; k <= s.hi; {
		more, last := s.alike(c, k, s.hi)
		for ; k <= last; k++ {
			cost := s.costs[k&mask] + more
			if cost >= keep {
				s.costs[k&mask] = infinite
				continue
			}
			s.costs[k&mask] = cost
			lo, hi, best = min(lo, k), k, min(best, cost)
		}
	}
	s.lo, s.hi = lo, hi
	return best
}

// alike is the last line up to end that has the outputs of line k in a cell, and what
// they cost. Its mean counts where all of it is between the clamps.
func (s *scan) alike(c *cell, k, end int64) (cost, last int64) {
	first, beyond := k<<s.width, (k+1)<<s.width-1
	v1, v2 := s.v.least, s.v.greatest
	if v1 == v2 && s.width == 0 {
		y := (first + v1) >> s.guard
		return s.between(c, y, y), min(end, (y+1)<<s.guard-1-v1)
	}
	if s.coarse != nil && s.low <= first+v1 && beyond+v2 <= s.high {
		v1, v2 = s.mean.least, s.mean.greatest
	}
	return s.between(c, (first+v1)>>s.guard, (beyond+v2)>>s.guard), k
}

func kept(cost, keep int64) int64 {
	if cost >= keep {
		return infinite
	}
	return cost
}
