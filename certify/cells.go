package certify

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"sort"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// cell is a stretch of what is seen, with the golden output of the inputs that look like
// that and their weight. Where a single w has inputs of several golden outputs, the one
// that weighs most comes first and the others are more.
type cell struct {
	lo, hi int64
	part
	more  []part
	best  int64    // the output that costs least
	least int64    // what it costs
	ends  [2]int64 // what the least and the greatest output cost
}

type part struct{ golden, weight, most int64 } // most: an error beyond it costs infinitely much

func newPart(golden int64, weight *big.Int, limit int64) part {
	p := part{golden: golden, most: min(limit, 1<<20)}
	if !weight.IsInt64() || weight.Int64() > infinite {
		p.most = 0 // so the cost is infinite but for golden
		return p
	}
	if p.weight = weight.Int64(); p.weight > 0 {
		p.most = min(p.most, int64(math.Sqrt(float64(infinite/p.weight))))
	}
	return p
}

// squares are those of an error, times the weight.
func (p *part) squares(y int64) int64 {
	d := max(y-p.golden, p.golden-y)
	if d > p.most {
		return infinite
	}
	return p.weight * d * d
}

// cost is what an output costs in a cell.
func (c *cell) cost(y int64) int64 {
	total := c.squares(y)
	if len(c.more) == 0 {
		return total
	}
	for i := range c.more {
		total = min(infinite, total+c.more[i].squares(y))
	}
	return total
}

// below holds all outputs that cost less than room, and maybe others.
func (c *cell) below(room int64) (first, last int64) {
	d := c.most
	if c.weight > 0 {
		if q := (room - 1) / c.weight; q < d*d {
			d = int64(math.Sqrt(float64(q) + 0.5)) // less than 2^53, so that this is the floor of the root
		}
	}
	return c.golden - d, c.golden + d
}

// cut makes cells of a golden function as a view shows it, with breaks where golden
// outputs change and at the multiples of 2^grid. No error may be beyond limit.
func cut(golden *steps.Function, v pwl.View, weigh weigher, limit int64, grid int) []cell {
	var all []cell
	for _, s := range sights(golden, v) {
		for lo := s.lo; lo <= s.hi; {
			hi := min(s.hi, lo|(1<<grid-1))
			all = append(all, newCell(golden, v, weigh, limit, lo, hi))
			lo = hi + 1
		}
	}
	return all
}

func newCell(golden *steps.Function, v pwl.View, weigh weigher, limit, lo, hi int64) cell {
	in := golden.Input
	first, last := firstSeen(v, in, lo), firstSeen(v, in, hi+1)-1
	c := cell{lo: lo, hi: hi}
	for run := golden.Find(first); run < len(golden.Runs) && golden.Runs[run].Start <= last; run++ {
		weight := weigh(max(first, golden.Runs[run].Start), min(last, golden.End(run)))
		c.more = append(c.more, newPart(golden.Runs[run].Value, weight, limit))
	}
	slices.SortStableFunc(c.more, func(a, b part) int { return cmp.Compare(b.weight, a.weight) })
	c.part, c.more = c.more[0], c.more[1:]
	if c.best = c.golden; len(c.more) > 0 {
		c.best = c.cheapest()
	}
	return c
}

// cheapest is the output that costs least. The cost is convex: it falls up to there.
func (c *cell) cheapest() int64 {
	low, high := c.golden-c.most, c.golden+c.most
	for _, p := range c.more {
		low, high = max(low, p.golden-p.most), min(high, p.golden+p.most)
	}
	return low + int64(sort.Search(int(max(0, high-low)), func(n int) bool {
		y := low + int64(n)
		return c.cost(y+1) >= c.cost(y)
	}))
}

// firstSeen is the first input that looks like w or more, or one beyond the last.
func firstSeen(v pwl.View, in ir.Integer, w int64) int64 {
	if v.Codes.Width == 0 {
		return w
	}
	return in.Min() + int64(sort.Search(int(in.Count()), func(n int) bool { return see(v, in.Min()+int64(n)) >= w }))
}
