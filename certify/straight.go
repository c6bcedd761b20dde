package certify

import (
	"math/big"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
)

// straightest is the question what so many straight lines, of the rates that slopes of a shape
// have and of any offset, have of squares at least, each held to the output codes. A line of a
// unit is never far from the straight one of its rate: of n terms with F guard bits, each
// floor is less than 2^-F below what it is of, that of the sum no more than 1 - 2^-F, and so
// the line is at most
//
//	d = (2^F - 1 + n) / 2^(F+1)
//
// from one halfway between. Holding both to the output codes takes them no farther apart. So
// the root of the squares of a fit is at least that of straight lines, less d times the root
// of the weight of all inputs.
//
// What one line costs on cells follows from their moments: see row. A line has all of a cell,
// or none of it. A cell in which a segment ends costs nothing, nor does one in which a line
// leaves an end of the output codes or comes to one; what it is beyond that, it costs, and it
// has to be at that end somewhere in that cell.
//
// Costs are float64 values, no greater than what they are of but for what is rounded when
// they are added up; products are rounded by themselves, alike on all machines.
type straightest struct {
	rates, falling, rising []float64 // of slopes in outputs for each x, ascending: all, and those below and above 0

	codes     [2]int64 // the least and the greatest
	saturates bool
	borders   []int64      // x that each cell begins with, and one more than the last x
	sums      []moments    // of the cells before each border
	held      [2][]float64 // what each cell costs where the least or the greatest code is held
	limit     float64      // what costs more is not followed
	budget    int64

	covers []front // by segments
}

// front is the least costs of covers of the cells before each border, with at most so many
// segments.
type front struct {
	whole  []float64
	begun  []float64    // and maybe without the last cell, which a break is in
	before [2][]float64 // and the next segment has begun and is at an end of the codes
	left   [2][]float64 // and has left it, without the cell where it did
	after  [2][]float64 // such that the last segment is at an end of the codes there
}

// straightly is a lower bound on the squares of a fit through a view, by straight lines on
// cells of up to 2^grid of what is seen.
func (q *question) straightly(v pwl.View, grid int, budget *int64) (int64, bool) {
	f := q.floors()
	sum, ok := q.straightLines(v, grid, float64(f.more(q.sum))*(1+2*rounded), budget)
	return f.less(int64(sum)), ok
}

// rounded is more than all roundings of a sum of costs add to it, relative to it.
const rounded = 1.0 / (1 << 36)

// straightLines is the least sum of squares of straight lines, or about the limit if that is less.
func (q *question) straightLines(v pwl.View, grid int, limit float64, budget *int64) (sum float64, ok bool) {
	c := q.straightCells(v, grid)
	if c == nil {
		return 0, false
	}
	s := q.straightest(c)
	s.limit, s.budget = limit, *budget
	for from := 0; from < len(c.sums) && s.budget >= 0; {
		end, segments := q.together(c, from)
		sum += s.cover(from, end, segments)
		from = end
	}
	*budget = s.budget
	return min(limit, sum) * (1 - rounded), s.budget >= 0
}

// together is up to where cells have segments of their own, from one on, and how many of these.
func (q *question) together(c *cells, from int) (end, segments int) {
	s := &q.layer.Shape
	if s.Breaks != ir.Uniform {
		return len(c.sums), s.Segments
	}
	low := s.LowBits(q.in)
	number := func(i int) int64 { return (c.borders[i] + c.origin) >> low }
	for end = from + 1; end < len(c.sums) && number(end) == number(from); end++ {
	}
	return end, 1
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

// straightCells are small where golden changes much. There are none if they would be too many.
func (q *question) straightCells(v pwl.View, grid int) *cells {
	codes, in := q.layer.Shape.Window.Codes(q.in), q.golden.Input
	if q.layer.Shape.Breaks == ir.Uniform {
		grid = min(grid, q.layer.Shape.LowBits(q.in))
	}
	weigh := weigherOf(q.layer)
	heavy := weigh(in.Min(), in.Max())
	pieces := max(0, codes.Width-grid)
	cut := cutter{
		coarse: &coarse{grid: grid}, golden: q.golden, view: v, weigh: weigh, alike: q.layer.Options.Weight == nil,
		rise: q.variation() >> pieces, heavy: heavy.Rsh(heavy, uint(pieces)),
	}
	c := &cells{golden: q.golden, view: v, origin: see(v, in.Min()), borders: []int64{0}}
	for lo, last := c.origin, see(v, in.Max()); lo <= last; {
		lo = min(last, lo|(1<<cut.level(lo, last)-1)) + 1
		if c.borders = append(c.borders, lo-c.origin); len(c.borders) > mostStraight {
			return nil
		}
	}
	c.sum(q.layer)
	return c
}

// mostStraight bounds the number of cells.
const mostStraight = 1 << 12

// variation is by how much golden rises and falls in all.
func (q *question) variation() int64 {
	total, runs := int64(0), q.golden.Runs
	for i := 1; i < len(runs); i++ {
		total += max(runs[i].Value-runs[i-1].Value, runs[i-1].Value-runs[i].Value)
	}
	return total
}

// single reports whether a cell has one x.
func (s *straightest) single(cell int) bool { return s.borders[cell+1]-s.borders[cell] == 1 }

// straightest is the question on cells.
func (q *question) straightest(c *cells) *straightest {
	out := q.golden.Output
	s := &straightest{
		saturates: q.layer.Shape.Overflow == ir.Saturate, codes: [2]int64{out.Min(), out.Max()},
		borders: c.borders, sums: make([]moments, len(c.borders)),
	}
	all := fanOf(&q.layer.Shape, q.layer.Shape.Window.Codes(q.in))
	s.rates = make([]float64, len(all.slopes))
	for i := range all.slopes {
		s.rates[i] = all.slopes[i].rate()
	}
	slices.Sort(s.rates)
	s.rates = slices.Compact(s.rates)
	level, _ := slices.BinarySearch(s.rates, 0) // a rate of all shapes
	s.falling, s.rising = s.rates[:level], s.rates[level+1:]
	for i := range c.sums {
		s.sums[i+1] = s.sums[i].plus(&c.sums[i])
		for side, y := range s.codes {
			of := c.sums[i].about(0, y)
			s.held[side] = append(s.held[side], of.qq.float())
		}
	}
	return s
}
