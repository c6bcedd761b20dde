package fit

import (
	"math"
	"math/bits"
)

// infinite is a cost that no fit worth keeping has. Sums of a few do not overflow.
const infinite = int64(math.MaxInt64 / 8)

// objective is what is to be least: the sum over all inputs of weight * (error^2 +
// inexact), inexact only where there is an error.
type objective struct {
	weigh   weigher
	limit   int64 // no error may be larger
	inexact int64
}

// cost is what an error d costs with a weight.
func (o *objective) cost(weight, d int64) int64 {
	if d == 0 {
		return 0
	}
	if d < 0 {
		d = -d
	}
	high, low := bits.Mul64(uint64(weight), uint64(d*d+o.inexact))
	if d > o.limit || high != 0 || low > uint64(infinite) {
		return infinite
	}
	return int64(low)
}

// largest is the largest error up to most that costs less than room, or -1.
func (o *objective) largest(weight, room, most int64) int64 {
	most = min(most, o.limit)
	switch {
	case room <= 0:
		return -1
	case weight == 0:
		return most
	}
	squares := (room-1)/weight - o.inexact
	switch {
	case squares < 1:
		return 0
	case squares >= most*most:
		return most
	}
	d := int64(math.Sqrt(float64(squares)))
	for d*d > squares {
		d--
	}
	for (d+1)*(d+1) <= squares {
		d++
	}
	return d
}

// exactFirst counts inputs that are not exact first and squares of errors up to
// limit second, as far as numbers of this size can.
func exactFirst(limit int64, inputs uint64) objective {
	o := objective{weigh: alike, limit: limit}
	if limit > 1 {
		o.inexact = min(infinite/8/int64(inputs), int64(inputs)*limit*limit)
	}
	return o
}

// cell is a stretch of inputs with one golden output, on which every line of a
// plan has one output too.
type cell struct {
	lo, hi int64
	golden int64
	weight int64
	most   int64 // the largest error that does not cost infinitely much
}

// costIn is what an error d costs in a cell.
func (o *objective) costIn(c *cell, d int64) int64 {
	if d == 0 {
		return 0
	}
	if d < 0 {
		d = -d
	}
	if d > c.most {
		return infinite
	}
	return c.weight * (d*d + o.inexact)
}

// cut makes cells of the runs, with breaks at the multiples of 2^grid.
func (f *fitter) cut(grid uint, o *objective) []cell {
	cells := make([]cell, 0, f.cellsOn(grid))
	widest := f.golden.Output.Max() - f.golden.Output.Min()
	for i, r := range f.golden.Runs {
		for lo := f.start[i]; lo <= f.end[i]; {
			hi := min(f.end[i], lo|(1<<grid-1))
			weight := o.weigh(lo, hi)
			cells = append(cells, cell{lo, hi, r.Value, weight, o.largest(weight, infinite, widest)})
			lo = hi + 1
		}
	}
	return cells
}

// weighty are the cells that matter to a cover: those before the first that weighs and
// after the last cost nothing, whatever line holds there, if every error is allowed.
func (f *fitter) weighty(cells []cell) []cell {
	widest := f.golden.Output.Max() - f.golden.Output.Min()
	free := func(c cell) bool { return c.weight == 0 && c.most == widest }
	for len(cells) > 1 && free(cells[0]) {
		cells = cells[1:]
	}
	for len(cells) > 1 && free(cells[len(cells)-1]) {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// cellsOn is how many cells a grid makes.
func (f *fitter) cellsOn(grid uint) int64 {
	cells := int64(0)
	for i := range f.start {
		cells += f.end[i]>>grid - f.start[i]>>grid + 1
	}
	return cells
}

// sweepWork is the least work of a sweep over the cells of the first grid.
func (f *fitter) sweepWork() int64 {
	return f.cellsOn(f.grid()) * int64(len(f.slopes)) * trackWork
}
