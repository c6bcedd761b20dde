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
// that weighs most is its part and the others are more.
type cell struct {
	lo, hi int64
	level  int // within a multiple of 2^level
	part
	more   *parts
	middle          // where all of it is one mean
	floor  int64    // of a single w of a mean: what no output undercuts
	best   int64    // the output that costs least
	least  int64    // what it costs
	ends   [2]int64 // what the least and the greatest output cost
}

// part is inputs of one golden output, or of such a mean. An error beyond most costs infinitely
// much, and one up to near nothing: so far off the mean may be.
type part struct{ golden, weight, most, near int64 }

func newPart(golden int64, weight *big.Int, limit int64) part {
	p := part{golden: golden, most: min(limit, mostError)}
	if !weight.IsInt64() || weight.Int64() > infinite {
		p.most = 0 // so the cost is infinite but for golden
		return p
	}
	if p.weight = weight.Int64(); p.weight > 0 {
		p.most = min(p.most, int64(math.Sqrt(float64(infinite/p.weight))))
	}
	return p
}

// mostError is larger than any is, in parts of outputs, too.
const mostError = 1 << 26

// squares are those of an error, times the weight.
func (p *part) squares(y int64) int64 {
	d := max(0, max(y-p.golden, p.golden-y)-p.near)
	if d > p.most {
		return infinite
	}
	return p.weight * d * d
}

// cost is what an output costs in a cell.
func (c *cell) cost(y int64) int64 {
	if c.more == nil {
		return min(infinite, c.floor+c.squares(y))
	}
	return min(infinite, c.squares(y)+c.more.squares(y))
}

// parts are several, all together: at d beyond center they cost (weight*d + first)*d + floor.
type parts struct {
	center, weight, first, floor int64
	low, high                    int64 // outputs beyond which one of them costs infinitely much
}

func newParts(of []part) *parts {
	p := &parts{center: of[0].golden, low: math.MinInt64, high: math.MaxInt64}
	weight, first, floor := new(big.Int), new(big.Int), new(big.Int)
	for _, one := range of {
		p.low, p.high = max(p.low, one.golden-one.most), min(p.high, one.golden+one.most)
		w, e := big.NewInt(one.weight), big.NewInt(p.center-one.golden)
		weight.Add(weight, w)
		first.Add(first, w.Mul(w, e))
		floor.Add(floor, w.Mul(w, e))
	}
	if first.Lsh(first, 1); floor.BitLen() > 60 || first.BitLen() > 62 || weight.BitLen() > 62 {
		return p // as if they cost nothing: a bound that is lower holds, too
	}
	p.weight, p.first, p.floor = weight.Int64(), first.Int64(), floor.Int64()
	return p
}

func (p *parts) squares(y int64) int64 {
	d := y - p.center
	if y < p.low || y > p.high || (float64(p.weight)*float64(d)+float64(p.first))*float64(d) > 1<<61 {
		return infinite
	}
	return min(infinite, (p.weight*d+p.first)*d+p.floor)
}

// below holds all outputs that cost less than room, and maybe others.
func (c *cell) below(room int64) stretch {
	d := c.most
	if c.weight > 0 {
		if q := (room - 1) / c.weight; q < d*d {
			d = int64(math.Sqrt(float64(q) + 0.5)) // less than 2^53, so that this is the floor of the root
		}
	}
	return stretch{c.golden - d - c.near, c.golden + d + c.near}
}

// cutting is how inputs are made cells of.
type cutting struct {
	weigh    weigher
	limit    int64 // no error may be larger
	grid     int   // cells end at multiples of 2^grid
	coarsest int   // or of more, up to this
	apart    int64 // how many cells of a size lie between one of that size and a change at least
}

// apart keeps cells small where lines matter: far from where golden outputs change
// those do that are nearly level.
const apart = 16

// cut makes cells of a golden function as a view shows it, with breaks where golden
// outputs change. There are none if they would be too many.
func (by *cutting) cut(golden *steps.Function, v pwl.View) []cell {
	var all []cell
	seen := sights(golden, v)
	for i, s := range seen {
		for lo := s.lo; lo <= s.hi; {
			away := int64(math.MaxInt64) // from where golden changes
			if i > 0 {
				away = lo - s.lo
			}
			if i+1 < len(seen) {
				away = min(away, s.hi-lo)
			}
			level := by.level(lo, away)
			hi := min(s.hi, lo|(1<<level-1))
			all = append(all, by.cell(golden, v, lo, hi, level))
			if lo = hi + 1; len(all) > mostCells {
				return nil
			}
		}
	}
	return all
}

// level is the size of a cell from lo on, as a power of two.
func (by *cutting) level(lo, away int64) int {
	level := by.grid
	for level < by.coarsest && away>>(level+1) >= by.apart && lo&(2<<level-1) == 0 {
		level++
	}
	return level
}

func (by *cutting) cell(golden *steps.Function, v pwl.View, lo, hi int64, level int) cell {
	in := golden.Input
	first, last := firstSeen(v, in, lo), firstSeen(v, in, hi+1)-1
	c := cell{lo: lo, hi: hi, level: level}
	var all []part
	for run := golden.Find(first); run < len(golden.Runs) && golden.Runs[run].Start <= last; run++ {
		weight := by.weigh(max(first, golden.Runs[run].Start), min(last, golden.End(run)))
		all = append(all, newPart(golden.Runs[run].Value, weight, by.limit))
	}
	slices.SortStableFunc(all, func(a, b part) int { return cmp.Compare(b.weight, a.weight) })
	c.part = all[0]
	if c.best = c.golden; len(all) > 1 {
		c.more = newParts(all[1:])
		c.best = c.cheapest()
	}
	return c
}

// cheapest is the output that costs least. The cost is convex: it falls up to there.
func (c *cell) cheapest() int64 {
	low, high := max(c.golden-c.most, c.more.low), min(c.golden+c.most, c.more.high)
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
