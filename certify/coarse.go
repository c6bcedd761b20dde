package certify

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// coarse is how inputs, lines and slopes are taken together where errors are many output
// codes, so that a proof takes no more steps than it would with fewer codes.
//
// In a cell golden may have many outputs. However a line goes there, the squares of its
// errors are no less than the square of their mean, so a cell counts as if all of it had
// the mean of golden, and lines were what they are in the mean. A break may lie anywhere
// in a cell, which then belongs to no line. Slopes of which the rates are near each other
// are one group: relative to the one that rises least, a line of another rises by no more
// than a step, the biases that are one line, within each period.
type coarse struct {
	grid  int // cells have up to 2^grid inputs
	lines int // 2^lines biases are taken for one
	up    int // values count in parts, 2^up of what they are with guard bits
	fine  int // and outputs in 2^fine
}

// step is how many parts are taken for one line, as a power of two.
func (by *coarse) step() int { return by.lines + by.up }

// Golden is a mean of outputs and a line a stretch of values: so many parts of a line, as
// a power of two, are enough. Sums of squares and values have to be below 2^59.
const (
	lineParts = 4
	partsMax  = 59
	finest    = 10 // then errors are not above mostError
)

// coarsening is what cells of a grid and lines so wide mean for a question, nil if numbers
// would be too large.
func (q *question) coarsening(grid, lines int) *coarse {
	s := &q.layer.Shape
	steepest := s.Window.Codes(q.in).Width + s.Guard - min(s.MinShift, 0) + 2
	up := min(max(0, lineParts-lines), partsMax-steepest, (partsMax-bits.Len64(uint64(q.sum)))/2-s.Guard, finest-s.Guard)
	by := &coarse{grid: grid, lines: lines, up: up, fine: s.Guard + up}
	if grid < 0 || lines < 0 || by.fine < 0 || by.step() < 0 {
		return nil
	}
	return by
}

// stretch is values from one to another.
type stretch struct{ least, greatest int64 }

// parts is a stretch of values in parts.
func (by *coarse) parts(least, greatest int64) (int64, int64) {
	if by.up < 0 {
		return least >> -by.up, -(-greatest >> -by.up)
	}
	return least << by.up, greatest << by.up
}

// cutter makes coarse cells of a golden function as a view shows it.
type cutter struct {
	*coarse
	golden *steps.Function
	view   pwl.View
	weigh  weigher
	alike  bool     // inputs weigh alike
	rise   int64    // of golden in a cell at most, unless that is one w
	heavy  *big.Int // what a cell may weigh, unless it is one w
	limit  int64    // no error may be larger
}

// cut makes the cells. There are none if they would be too many.
func (c *cutter) cut() []cell {
	var all []cell
	in := c.golden.Input
	for lo, last := see(c.view, in.Min()), see(c.view, in.Max()); lo <= last; {
		level := c.level(lo, last)
		of := c.cell(lo, min(last, lo|(1<<level-1)), level)
		if all = append(all, of); len(all) > mostCells {
			return nil
		}
		lo = of.hi + 1
	}
	return all
}

// riseOf is by how many lines golden rises in a cell at most, as a power of two.
const riseOf = 5

// level is the size of the largest cell from w on, as a power of two.
func (c *cutter) level(lo, last int64) int {
	level := 0
	for level < c.grid && lo&(2<<level-1) == 0 && lo|(2<<level-1) <= last && c.light(lo, lo|(2<<level-1)) {
		level++
	}
	return level
}

// inputs are those that look like lo..hi.
func (c *cutter) inputs(lo, hi int64) (first, last int64) {
	in := c.golden.Input
	return firstSeen(c.view, in, lo), firstSeen(c.view, in, hi+1) - 1
}

// light reports whether lo..hi may be one cell.
func (c *cutter) light(lo, hi int64) bool {
	first, last := c.inputs(lo, hi)
	if !c.alike && c.weigh(first, last).Cmp(c.heavy) > 0 {
		return false
	}
	runs := c.golden.Runs
	at := c.golden.Find(first)
	least, most := runs[at].Value, runs[at].Value
	for ; at < len(runs) && runs[at].Start <= last; at++ {
		least, most = min(least, runs[at].Value), max(most, runs[at].Value)
	}
	return most-least <= c.rise
}

func (c *cutter) cell(lo, hi int64, level int) cell {
	first, last := c.inputs(lo, hi)
	weight, sum, squares := c.weigh(first, last), 0.0, 0.0
	runs := c.golden.Runs
	for at := c.golden.Find(first); at < len(runs) && runs[at].Start <= last; at++ {
		share, y := number64(c.weigh(max(first, runs[at].Start), min(last, c.golden.End(at)))), float64(runs[at].Value)
		sum, squares = sum+share*y, squares+share*y*y
	}
	mean := float64(runs[c.golden.Find(first)].Value)
	if weight.Sign() > 0 {
		mean = sum / number64(weight)
	}
	golden := int64(math.Round(math.Ldexp(mean, c.fine))) // a part away from the mean at most
	of := cell{lo: lo, hi: hi, level: level, part: newPart(golden, weight, c.limit), best: golden}
	of.near = 1
	if lo == hi && weight.Sign() > 0 {
		// Roundings are far below one part in 2^32 of the squares.
		floor := math.Ldexp(squares-sum*mean-math.Ldexp(squares, -32), 2*c.fine)
		of.floor = int64(max(0, min(floor, float64(infinite)/2)))
	}
	of.middle = c.middle(lo, hi, level, weight)
	return of
}

func number64(n *big.Int) float64 {
	if n.IsInt64() {
		return float64(n.Int64())
	}
	v, _ := new(big.Float).SetInt(n).Float64()
	return v
}

// middle is where in a cell the mean of what is seen lies.
type middle struct {
	least, greatest int64 // from the first w to the last, in 2^-middleBits of the way
	exact           bool  // it is halfway, of each term of a slope, too
}

const middleBits = 16

// middle weighs parts of a cell.
func (c *cutter) middle(lo, hi int64, level int, weight *big.Int) middle {
	whole := hi-lo == 1<<level-1 && (c.view.Codes.Width == 0 || lo > c.view.Codes.Min() && hi < c.view.Codes.Max())
	if lo == hi || c.alike && whole {
		return middle{1 << (middleBits - 1), 1 << (middleBits - 1), true}
	}
	all := number64(weight)
	if all == 0 {
		return middle{0, 1 << middleBits, false}
	}
	least, greatest := 0.0, 0.0
	each := max(1, (hi-lo+1)>>4)
	for a := lo; a <= hi; a += each {
		b := min(hi, a+each-1)
		share := number64(c.weigh(c.inputs(a, b))) / all
		least += share * float64(a-lo)
		greatest += share * float64(b-lo)
	}
	way := math.Ldexp(1/float64(hi-lo), middleBits)
	return middle{max(0, int64(least*way)-1), min(1<<middleBits, int64(greatest*way)+2), false}
}

// group is slopes of rates near each other, seen from both ends: relative to one, in
// the direction in which cells are gone over, others rise.
type group struct {
	ahead, back scanned
	slack       int64 // how far a line may be from where it should be, with guard bits
	period      int64 // of inputs, 0 where there is one slope alone
}

// rate is what a slope rises by in an input: exact, as shifts are fewer than 53.
func (s *slope) rate() float64 {
	total := 0.0
	for i, sign := range s.sign {
		if sign != 0 {
			total += math.Ldexp(float64(sign), -int(s.shift[i]))
		}
	}
	return total
}

// Rates in a group are no farther apart than bend says, in lines over all that is seen,
// or than one part in steepBend of them, as powers of two. It is a line's chance to be curved.
const (
	bend      = 4
	steepBend = 3
)

// groups are the slopes of a shape for lines so wide.
func (by *coarse) groups(s *ir.Shape, codes ir.Integer) []group {
	all := slopes(s, codes)
	rates := make(map[slope]float64, len(all))
	for _, one := range all {
		rates[one] = one.rate()
	}
	slices.SortStableFunc(all, func(a, b slope) int { return cmp.Compare(rates[a], rates[b]) })
	wide := math.Ldexp(1, by.lines-s.Guard) // in outputs
	apart := math.Ldexp(wide, bend-codes.Width)
	var groups []group
	for i := 0; i < len(all); {
		low, j := rates[all[i]], i
		for ; j+1 < len(all); j++ {
			next := rates[all[j+1]]
			if d := next - low; d > min(wide, max(apart, math.Ldexp(min(math.Abs(low), math.Abs(next)), -steepBend))) {
				break
			}
		}
		g := group{ahead: newScanned(all[i], s.Guard, 0, codes.Width+s.Guard), back: newScanned(all[j], s.Guard, 0, codes.Width+s.Guard)}
		if j > i {
			g.slack = int64(2 * s.Terms)
			g.period = math.MaxInt64
			if d := rates[all[j]] - low; d > 0 {
				g.period = max(1, int64(min(wide/d*(1-1e-9), 1<<40)))
			}
		}
		groups = append(groups, g)
		i = j + 1
	}
	return groups
}

// lookCoarsely finds the values of a group in a cell, in parts, from what its slope has at
// both ends. Where it falls, floors are within as many values as it has terms.
func (s *scan) lookCoarsely(c *cell) {
	by, guard := s.coarse, s.coarse.fine-s.coarse.up
	least, greatest := s.extremes(c.lo, c.hi, guard)
	below, above := s.group.slack+1<<guard-1, s.group.slack // an output is floored, too
	if s.group.period > 0 {
		below += (c.hi-c.lo)<<by.lines/s.group.period + 1
		above += 1 << by.lines
	}
	first, last := s.at(c.lo, guard), s.at(c.hi, guard)
	s.v.least, s.v.greatest = by.parts(least-below, greatest+above)
	if s.mean = s.v; last-first < 1<<40 && first-last < 1<<40 {
		low, high := c.middle.of(first, last)
		if !c.middle.exact {
			low, high = low-ir.MaxTerms, high+ir.MaxTerms
		}
		low, high = by.parts(low-below, high+above)
		s.mean = stretch{max(low, s.v.least), min(high, s.v.greatest)}
	}
}

// of is where the mean of something lies that goes from one value to another.
func (m *middle) of(first, last int64) (least, greatest int64) {
	a, b := m.least*(last-first), m.greatest*(last-first)
	if a > b {
		a, b = b, a
	}
	return first + a>>middleBits, first - (-b >> middleBits)
}

// drift lets lines rise by a step for each period that ends in a cell.
func (s *scan) drift(c *cell) {
	period := s.group.period
	if period == 0 {
		return
	}
	end := c.hi
	if s.back {
		end = -c.lo
	}
	periods := end/period - s.passed
	if end < 0 {
		periods = -((-end + period - 1) / period) - s.passed
	}
	s.passed += periods
	rise := (periods<<s.coarse.step() + 1<<s.width - 1) >> s.width
	for range min(rise, max(0, s.to-s.from)+2) { // then all are at the end of the outputs
		if s.lo > s.hi && s.atMin >= infinite {
			break
		}
		s.climb()
		s.budget -= 2 + s.hi - s.lo
	}
}

// climb lets each line go on as the next one, too.
func (s *scan) climb() {
	low, high := s.atMin, infinite
	if s.lo <= s.hi {
		if high = *s.cost(s.hi); s.hi < s.to {
			high = infinite
			s.hi++
		}
		for k := s.hi; k > s.lo; k-- {
			c := s.cost(k)
			*c = min(*c, *s.cost(k - 1))
		}
	}
	if s.from <= s.to {
		s.fill(s.from, s.from, low)
	} else {
		high = min(high, low)
	}
	s.atMax = min(s.atMax, high)
}
