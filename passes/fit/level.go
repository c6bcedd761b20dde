package fit

// level is a stretch of cells on which golden stays at the smallest output, or at the
// largest, from a cell that has been reached on. There the clamp is right at no cost.
type level struct {
	last int   // cell of it
	left int64 // what an error costs at least in those after the cell reached
}

// reach goes on to cell number c.
func (l *level) reach(s *sweeper, c int) {
	golden := s.cells[c].golden
	if c > 0 && c <= l.last {
		l.left -= s.cells[c].any()
		return
	}
	*l = level{last: c}
	if golden != s.min && golden != s.max {
		return
	}
	for l.last+1 < len(s.cells) && s.cells[l.last+1].golden == golden {
		l.last++
		l.left += s.cells[l.last].any()
	}
}

// off is the cost from which on lines that are not clamped to golden are of no use.
// They are in error until the level ends, unless they come to the clamp or another
// segment takes over; what is clamped already does as well, where it costs no more.
func (s *sweeper) off(base int64) int64 {
	if s.level.left == 0 {
		return infinite
	}
	stay := s.stay(base)
	return max(stay, s.keep(s.level.last, stay)-s.level.left)
}

// stay is the cost of the best cover that is clamped to the golden output of a level.
func (s *sweeper) stay(base int64) int64 {
	if s.cells[s.level.last].golden == s.min {
		return min(base, s.nearMin.cost, s.farMin.cost)
	}
	return min(base, s.nearMax.cost, s.farMax.cost)
}

// idle is the number of the last cell, from number c on, up to which nothing changes:
// on a level that is too long for anything else than to stay there. best is the best
// cover up to c.
func (s *sweeper) idle(c int, best int64) int {
	if s.level.left == 0 || !s.quiet() {
		return c
	}
	stay := s.stay(infinite)
	for c < s.level.last && s.enter(c+1, best) >= stay && s.keep(c+1, best) > stay {
		left := s.level.left - s.cells[c+1].any()
		if s.keep(s.level.last, stay)-left > stay {
			break
		}
		c, s.level.left = c+1, left
	}
	return c
}

// quiet reports whether all covers are clamped to the golden output of a level, but for
// curves that might as well leave it later, which are dropped.
func (s *sweeper) quiet() bool {
	for _, word := range s.live {
		if word != 0 {
			return false
		}
	}
	near, across, leaving, coming := s.nearMin, min(s.nearMax.cost, s.farMax.cost), s.rising, s.falling
	if s.cells[s.level.last].golden == s.max {
		near, across, leaving, coming = s.nearMax, min(s.nearMin.cost, s.farMin.cost), s.falling, s.rising
	}
	switch {
	case across < infinite:
		return false
	case s.steep == nil:
		return true
	case coming.count > 0 || leaving.least().cost < near.cost || leaving.far.cost < near.cost:
		return false
	}
	leaving.count, leaving.far = 0, nothing
	return true
}
