package certify

import (
	"math/bits"
	"slices"
)

// infinite is a cost that no fit worth stating has. A few of them do not overflow.
const infinite = int64(1) << 60

// covering is the question what it costs at least to cover the cells, in order, with
// so many segments, each of one line.
//
// Where all lines that meet in a cell have one output in it each, one of them alone
// costs no more there than they do together; so segments may as well end where cells
// do. Of a line that changes within a cell it is only known between which values it is
// there, so it costs what the best output between them costs, and nothing where that is
// the first or the last of its cells, which it may have in part. Lines of a slope that
// are near each other are taken for one where they change much within a cell; it is
// between the values of all of them. All of this can only make a cover cheaper than a
// fit: the least cost of covers is a lower bound on what fits have.
type covering struct {
	cells     []cell
	slopes    []group
	guard     int // bits of values below an output
	coarse    *coarse
	back      bool  // cells are gone over from the last to the first
	steepest  slope // of one term
	low, high int64 // ends of the output codes
	min, max  int64 // the same, or, where values wrap, one beyond
	uniform   bool  // cells are not cut by the ends of segments
	limit     int64 // what costs as much or more is not followed
	budget    int64 // steps left
	room      []int64
}

// least is the least cost of a cover of at most so many segments, or limit if that is
// less. It fails where that takes more steps than the budget has.
//
// Half of the segments are laid from the one end, half from the other: covers of few
// segments soon cost too much, so that neither half goes over all cells.
func (c *covering) least(segments int) (cost int64, ok bool) {
	n := len(c.cells)
	ahead := c.layers((segments+1)/2, segments/2)
	slices.Reverse(c.cells)
	c.back = true
	back := c.layers(segments/2, 0)
	c.back = false
	slices.Reverse(c.cells)
	if c.budget < 0 {
		return 0, false
	}
	cost = min(c.limit, ahead[n-1])
	if back != nil {
		cost = min(cost, back[n-1])
		for i := range n - 1 {
			cost = min(cost, ahead[i]+back[n-2-i])
			if i+2 < n && c.breaks(i+1) { // then it belongs to no line
				cost = min(cost, ahead[i]+back[n-3-i])
			}
		}
	}
	return cost, true
}

// between is the least cost in a cell of an output that is y1 to y2 before the clamp.
func (c *covering) between(of *cell, y1, y2 int64) int64 {
	if c.low <= y1 && y2 <= c.high {
		return of.cost(max(y1, min(of.best, y2)))
	}
	if c.min < c.low && (y2 < c.low || y1 > c.high) {
		return infinite // what wraps
	}
	return of.cost(max(min(max(y1, c.low), c.high), min(of.best, max(c.low, min(y2, c.high)))))
}

// layers are the least costs of covers of the first cells with at most so many segments.
// As many as more are to be laid after them.
func (c *covering) layers(segments, more int) []int64 {
	var costs []int64
	for k := range segments {
		if c.budget >= 0 {
			costs = c.layer(costs, segments-1-k+more)
		}
	}
	return costs
}

// layer adds a segment to the covers of which before are the costs. It empties the budget
// as soon as that looks far too small for it and for the layers to come, which take about
// half as much each or more.
func (c *covering) layer(before []int64, more int) []int64 {
	s := newScan(c, before)
	budget, n := c.budget, len(c.slopes)
	for i := range c.slopes {
		s.slope(&c.slopes[i])
		done := i + 1
		if all := (budget - c.budget) / int64(done) * int64(n); before != nil && done >= fewSlopes+n/16 && all*int64(2+more) > 4*budget {
			c.budget = -1
		}
		if c.budget < 0 {
			break
		}
	}
	return s.after
}

// fewSlopes are too few to tell what all of them take.
const fewSlopes = 8

// scan lays one segment more on each slope in turn. A line is followed while it costs
// less than a cover of fewer segments does: from there on it is as good to begin with
// it anew.
type scan struct {
	*covering
	entry []int64 // for what a segment may begin with each cell
	keep  []int64 // what costs as much after a cell is of no use
	after []int64 // the least cost after each cell

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
	s.whole, s.torn = s.starting(s.entry), s.starting(early)
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

// changing reports whether the lines of some slope change within a cell and may have it in
// part: then those of the steepest term do.
func (c *covering) changing(i int) bool {
	of := &c.cells[i]
	return c.breaks(i) || c.coarse == nil && !c.uniform && c.steepest.at(of.lo, c.guard) != c.steepest.at(of.hi, c.guard)
}

// breaks reports whether a coarse cell may have a break.
func (c *covering) breaks(i int) bool {
	return c.coarse != nil && !c.uniform && c.cells[i].lo < c.cells[i].hi
}

// starting are the next cells that cost little enough if segments begin for that.
func (s *scan) starting(cost []int64) []int {
	n := len(s.cells)
	next := make([]int, n+1)
	next[n] = n
	for i := n - 1; i >= 0; i-- {
		if next[i] = next[i+1]; cost[i]+s.cells[i].least < s.keep[i] {
			next[i] = i
		}
	}
	return next
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
		start := infinite // for what a line begins that pays for this cell first
		switch {
		case tornBefore:
			start = s.entry[i-1]
		case !torn:
			start = s.entry[i]
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
		s.drift(c)
		best = s.extend(c, s.keep[i])
		if begins {
			best = min(best, s.begin(c, start, s.keep[i]))
		}
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

func (s *scan) cost(line int64) *int64 { return &s.costs[line&int64(len(s.costs)-1)] }

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
	if s.exact {
		return 0
	}
	return max(0, bits.Len64(uint64(s.rise(c.level, s.guard)))-1)
}

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
	if low < infinite || high < infinite || width != s.width {
		s.use.from, s.use.to = s.filled(c, width, keep-best)
	}
	if width == s.width {
		for ; s.lo <= s.hi && s.lo < from; s.lo++ {
			s.atMin = min(s.atMin, s.drop(s.lo))
		}
		for ; s.lo <= s.hi && s.hi > to; s.hi-- {
			s.atMax = min(s.atMax, s.drop(s.hi))
		}
		if low < infinite || high < infinite {
			s.trim(s.use.from, s.use.to)
		}
	} else {
		_, lowTo = s.renumbered(lowTo, width)
		highFrom, _ = s.renumbered(highFrom, width)
		s.renumber(width)
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
	return s.useful(c, width, room)
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

// extend adds a cell to all lines, drops those of no use and finds the least cost.
func (s *scan) extend(c *cell, keep int64) int64 {
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
	if s.lo, s.hi = lo, hi; lo > hi {
		s.lo, s.hi = 0, -1
	}
	s.atMin = kept(s.atMin+c.ends[0], keep)
	s.atMax = kept(s.atMax+c.ends[1], keep)
	return min(best, s.atMin, s.atMax)
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

// begin lets lines begin, with a cell as the first they pay for, and finds the least cost
// of them.
func (s *scan) begin(c *cell, start, keep int64) int64 {
	s.atMin = min(s.atMin, kept(start+c.ends[0], keep))
	s.atMax = min(s.atMax, kept(start+c.ends[1], keep))
	best := min(s.atMin, s.atMax)
	from, to := s.useful(c, s.width, keep-start)
	if from > to {
		return best
	}
	s.reach(from, to)
	mask := int64(len(s.costs) - 1)
	for k := from; k <= to; {
		more, last := s.alike(c, k, to)
		cost := kept(start+more, keep)
		for best = min(best, cost); k <= last; k++ {
			s.costs[k&mask] = min(s.costs[k&mask], cost)
		}
	}
	s.budget -= to - from
	return best
}

// useful holds all lines that cost less than room in a cell and are not at an end of the
// outputs in all of it.
func (s *scan) useful(c *cell, width int, room int64) (from, to int64) {
	first, last := c.below(room)
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
