package certify

import (
	"math/big"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
)

// straightest is the question what so many straight lines, of any slope and offset, have of
// squares at least, each held to the output codes. A line of a unit is never far from a
// straight one: of n terms with F guard bits, each floor is less than 2^-F below what it is
// of, that of the sum less than 1 - 2^-F more, and so the line is at most
//
//	d = (2^F - 1 + n) / 2^(F+1)
//
// from one halfway between. Holding both to the output codes takes them no farther apart. So
// the root of the squares of a fit is at least that of straight lines, less d times the root
// of the weight of all inputs.
//
// What one line costs on cells i to j-1 follows from sums over their inputs, exactly. A cell
// in which a segment ends costs nothing, nor does one in which a line comes to an end of the
// output codes; what it is beyond that, it costs.
type straightest struct {
	sums      []moments  // of the cells before each
	held      [2][]int64 // what each cell costs where the least or the greatest code is held
	one       []int64    // what an input of each cell that weighs anything costs at least where it is held
	lines     [][]int64  // what a line costs on cells from each on, as far as it was asked
	saturates bool
	limit     int64 // what costs as much or more is not followed
	budget    int64

	between moments
	scratch [4]big.Int
}

// moments are sums over inputs, of the weight, of what is seen (x), of golden (y), and of
// products.
type moments struct{ n, x, y, xx, xy, yy big.Int }

// straightSteps is what a line between two cells takes of a budget.
const straightSteps = 1 << 6

// straightly is a lower bound on the squares of a fit through a view, by straight lines on
// cells of up to 2^grid of what is seen.
func (q *question) straightly(v pwl.View, grid int, budget *int64) (int64, bool) {
	f := q.floors()
	sum, ok := q.straightLines(v, grid, f.more(q.sum), budget)
	return f.less(sum), ok
}

// straightLines is the least sum of squares of straight lines, or the limit.
func (q *question) straightLines(v pwl.View, grid int, limit int64, budget *int64) (sum int64, ok bool) {
	cells := q.straightCells(v, grid)
	for all := cells; len(all) > 0; {
		n, segments := q.together(all)
		s := q.straightest(all[:n])
		s.limit, s.budget = limit, *budget
		sum = min(limit, sum+s.least(segments))
		if *budget = s.budget; *budget < 0 {
			return 0, false
		}
		all = all[n:]
	}
	return sum, cells != nil
}

// together is how many of the first cells have segments of their own, and how many of these.
func (q *question) together(cells []straightCell) (n, segments int) {
	s := &q.layer.Shape
	if s.Breaks != ir.Uniform {
		return len(cells), s.Segments
	}
	low := s.LowBits(q.in)
	for n = 1; n < len(cells) && cells[n].lo>>low == cells[0].lo>>low; n++ {
	}
	return n, 1
}

// floors are how far the roots of squares of a unit and of straight lines may be apart.
type floors struct {
	apart *big.Int // the square of that, in 2^-bits
	bits  uint
}

func (q *question) floors() floors {
	s, in := &q.layer.Shape, q.golden.Input
	d := big.NewInt(1<<s.Guard - 1 + int64(s.Terms))
	return floors{d.Mul(d.Mul(d, d), weigherOf(q.layer)(in.Min(), in.Max())), uint(2*s.Guard + 2)}
}

// rootBits are bits of a root below the integers.
const rootBits = 32

// both is twice the product of the roots of a sum and of what they are apart, in 2^-rootBits,
// less than 2 too small.
func (f *floors) both(sum int64) *big.Int {
	root := new(big.Int).Mul(big.NewInt(sum), f.apart)
	return root.Sqrt(root.Rsh(root.Lsh(root, 2*rootBits+2), f.bits))
}

// less is what remains of the squares of straight lines for those of a unit, rounded up.
func (f *floors) less(sum int64) int64 {
	whole := new(big.Int).Lsh(big.NewInt(sum), f.bits)
	if whole.Cmp(f.apart) <= 0 {
		return 0
	}
	whole.Rsh(whole.Lsh(whole.Add(whole, f.apart), rootBits), f.bits)
	whole.Sub(whole, f.both(sum)).Sub(whole, big.NewInt(2))
	if whole.Sign() <= 0 {
		return 0
	}
	whole.Add(whole, big.NewInt(1<<rootBits-1))
	return whole.Rsh(whole, rootBits).Int64()
}

// more is squares of straight lines for which no less than a sum remains, or a little more.
func (f *floors) more(sum int64) int64 {
	whole := new(big.Int).Rsh(f.apart, f.bits)
	whole.Add(whole, new(big.Int).Rsh(f.both(sum), rootBits)).Add(whole, big.NewInt(sum+3))
	if !whole.IsInt64() || whole.Int64() >= infinite {
		return infinite - 1
	}
	return whole.Int64()
}

// straightCell is a cell with its sums.
type straightCell struct {
	lo, hi       int64
	least, great int64 // golden outputs
	sums         moments
}

// straightCells are small where golden changes much. There are none if they would be too many.
func (q *question) straightCells(v pwl.View, grid int) []straightCell {
	codes := q.layer.Shape.Window.Codes(q.in)
	if q.layer.Shape.Breaks == ir.Uniform {
		grid = min(grid, q.layer.Shape.LowBits(q.in))
	}
	weigh, in := weigherOf(q.layer), q.golden.Input
	heavy := weigh(in.Min(), in.Max())
	pieces := max(0, codes.Width-grid)
	cut := cutter{
		coarse: &coarse{grid: grid}, golden: q.golden, view: v, weigh: weigh, alike: q.layer.Options.Weight == nil,
		rise: q.variation() >> pieces, heavy: heavy.Rsh(heavy, uint(pieces)),
	}
	if !cut.alike && codes.Width > mostWeighed {
		return nil
	}
	var all []straightCell
	for lo, last := see(v, in.Min()), see(v, in.Max()); lo <= last; {
		level := cut.level(lo, last)
		if all = append(all, cut.straight(lo, min(last, lo|(1<<level-1)))); len(all) > mostStraight {
			return nil
		}
		lo = all[len(all)-1].hi + 1
	}
	return all
}

// Weights are asked of each of up to 2^mostWeighed codes, and there are up to mostStraight
// cells.
const (
	mostWeighed  = 16
	mostStraight = 1 << 12
)

// variation is by how much golden rises and falls in all.
func (q *question) variation() int64 {
	total, runs := int64(0), q.golden.Runs
	for i := 1; i < len(runs); i++ {
		total += max(runs[i].Value-runs[i-1].Value, runs[i-1].Value-runs[i].Value)
	}
	return total
}

// straight sums over a cell.
func (c *cutter) straight(lo, hi int64) straightCell {
	first, last := c.inputs(lo, hi)
	runs := c.golden.Runs
	at := c.golden.Find(first)
	of := straightCell{lo: lo, hi: hi, least: runs[at].Value, great: runs[at].Value}
	for ; at < len(runs) && runs[at].Start <= last; at++ {
		y := runs[at].Value
		of.least, of.great = min(of.least, y), max(of.great, y)
		c.sumRun(&of.sums, max(first, runs[at].Start), min(last, c.golden.End(at)), y)
	}
	return of
}

// sumRun adds the inputs a to b, which have one golden output.
func (c *cutter) sumRun(to *moments, a, b, y int64) {
	w, end := see(c.view, a), see(c.view, b)
	for ; w <= end; w++ {
		from, upTo := max(a, firstSeen(c.view, c.golden.Input, w)), b
		if w < end {
			upTo = min(b, firstSeen(c.view, c.golden.Input, w+1)-1)
		}
		whole := upTo-from+1 == 1<<c.view.Shift
		if !c.alike || !whole || w == end {
			to.add(c.weigh(from, upTo), w, w, y)
			continue
		}
		to.add(new(big.Int).Lsh(big.NewInt(end-w), uint(c.view.Shift)), w, end-1, y)
		w = end - 1
	}
}

// add adds inputs of a weight that is spread evenly over what is seen, from lo to hi.
func (m *moments) add(weight *big.Int, lo, hi, y int64) {
	// The sum of squares about the middle of k numbers is (k^2 - 1) * k / 12.
	twice, k := big.NewInt(lo+hi), big.NewInt(hi-lo+1)
	x := new(big.Int).Mul(weight, twice)
	xx := new(big.Int).Mul(x, twice)
	xx.Mul(xx, big.NewInt(3))
	spread := new(big.Int).Mul(k, k)
	xx.Add(xx, spread.Mul(spread.Sub(spread, big.NewInt(1)), weight))
	xx.Quo(xx, big.NewInt(12))
	x.Rsh(x, 1)
	golden := big.NewInt(y)
	m.n.Add(&m.n, weight)
	m.x.Add(&m.x, x)
	m.xx.Add(&m.xx, xx)
	m.xy.Add(&m.xy, x.Mul(x, golden))
	wy := new(big.Int).Mul(weight, golden)
	m.y.Add(&m.y, wy)
	m.yy.Add(&m.yy, wy.Mul(wy, golden))
}

// set makes sums of two others, one by one.
func (m *moments) set(a, b *moments, of func(z, x, y *big.Int) *big.Int) {
	of(&m.n, &a.n, &b.n)
	of(&m.x, &a.x, &b.x)
	of(&m.y, &a.y, &b.y)
	of(&m.xx, &a.xx, &b.xx)
	of(&m.xy, &a.xy, &b.xy)
	of(&m.yy, &a.yy, &b.yy)
}

// from is the sum of squares of an output, rounded down.
func (m *moments) from(output int64) int64 {
	y := big.NewInt(output)
	sum := new(big.Int).Mul(&m.n, y)
	sum.Sub(sum, new(big.Int).Lsh(&m.y, 1))
	return bounded(sum.Add(sum.Mul(sum, y), &m.yy))
}

func bounded(sum *big.Int) int64 {
	if !sum.IsInt64() || sum.Int64() > infinite {
		return infinite
	}
	return sum.Int64()
}

// line is the sum of squares of the line that has the least, rounded down: with
// D = n*xx - x^2, E = n*xy - x*y and F = n*yy - y^2 it is (F - E^2/D) / n.
func (m *moments) line(t *[4]big.Int) int64 {
	if m.n.Sign() == 0 {
		return 0
	}
	d, e, f, z := &t[0], &t[1], &t[2], &t[3]
	d.Sub(d.Mul(&m.n, &m.xx), z.Mul(&m.x, &m.x))
	f.Sub(f.Mul(&m.n, &m.yy), z.Mul(&m.y, &m.y))
	if d.Sign() == 0 {
		return bounded(f.Quo(f, &m.n))
	}
	e.Sub(e.Mul(&m.n, &m.xy), z.Mul(&m.x, &m.y))
	f.Sub(f.Mul(f, d), z.Mul(e, e))
	return bounded(f.Quo(f, d.Mul(d, &m.n)))
}

// straightest is the question on some cells, which segments have for themselves.
func (q *question) straightest(cells []straightCell) *straightest {
	n, out := len(cells), q.golden.Output
	s := &straightest{sums: make([]moments, n+1), one: make([]int64, n), lines: make([][]int64, n), saturates: q.layer.Shape.Overflow == ir.Saturate}
	for i := range cells {
		c := &cells[i]
		s.sums[i+1].set(&s.sums[i], &c.sums, (*big.Int).Add)
		for side, y := range []int64{out.Min(), out.Max()} {
			s.held[side] = append(s.held[side], c.sums.from(y))
		}
		d := min(c.least-out.Min(), out.Max()-c.great)
		s.one[i] = d * d
	}
	return s
}

// least is the least sum of squares of up to so many segments, or the limit.
func (s *straightest) least(segments int) int64 {
	n := len(s.lines)
	ended := infinities(n + 1) // of segments up to each cell
	ended[0] = 0
	for k := range segments {
		if k > 0 {
			ended = freed(ended)
		}
		ended = s.segment(ended)
	}
	return min(ended[n], s.limit)
}

func infinities(n int) []int64 { return slices.Repeat([]int64{infinite}, n) }

// freed lets what comes to an end in a cell leave it out.
func freed(costs []int64) []int64 {
	after := slices.Clone(costs)
	for i := 1; i < len(costs); i++ {
		after[i] = min(costs[i], costs[i-1])
	}
	return after
}

// segment adds one to costs up to each cell: a line, before and after which an end of the
// output codes may be held.
func (s *straightest) segment(before []int64) []int64 {
	if !s.saturates {
		return s.line(before)
	}
	at := s.line(s.orHeld(before, freed(s.hold(before))))
	return s.orHeld(at, s.hold(freed(at)))
}

// hold adds cells, one at least, in which an end of the output codes is held.
func (s *straightest) hold(before []int64) []int64 {
	after := infinities(len(before))
	for side := range s.held {
		cost := infinite
		for i, more := range s.held[side] {
			cost = min(infinite, min(cost, before[i])+more)
			after[i+1] = min(after[i+1], cost)
		}
	}
	return after
}

// orHeld are costs with cells that are held, with none, or with a part of one and maybe of its
// neighbour, in which a segment ends.
func (s *straightest) orHeld(none, held []int64) []int64 {
	after := slices.Clone(none)
	for i := range after {
		after[i] = min(after[i], held[i])
		if i > 0 {
			after[i] = min(after[i], none[i-1]+s.one[i-1])
		}
	}
	return after
}

// line adds the cells of a line, or none.
func (s *straightest) line(before []int64) []int64 {
	after := slices.Clone(before)
	for i := range s.lines {
		for j := i; j < len(s.lines) && s.budget >= 0; j++ {
			cost := before[i] + s.cost(i, j)
			if cost >= s.limit {
				break
			}
			after[j+1] = min(after[j+1], cost)
			s.budget--
		}
	}
	return after
}

// cost is what one line costs at least on cells i to j, which is no less than on fewer of them.
func (s *straightest) cost(i, j int) int64 {
	for k := i + len(s.lines[i]); k <= j; k++ {
		s.between.set(&s.sums[k+1], &s.sums[i], (*big.Int).Sub)
		s.lines[i] = append(s.lines[i], s.between.line(&s.scratch))
		s.budget -= straightSteps
	}
	return s.lines[i][j-i]
}
