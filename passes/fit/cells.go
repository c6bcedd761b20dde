package fit

import "math"

// infinite is a cost that no fit worth keeping has. Sums of a few do not overflow.
const infinite = int64(math.MaxInt64 / 8)

// cell is a stretch of inputs with one golden output, on which every line of a
// plan has one output too.
type cell struct {
	lo, hi int64
	golden int64
	weight int64
}

// cut makes cells of the runs, with breaks at the multiples of 2^grid.
func (f *fitter) cut(grid uint, weigh weigher) []cell {
	var cells []cell
	for i, r := range f.golden.Runs {
		for lo := f.start[i]; lo <= f.end[i]; {
			hi := min(f.end[i], lo|(1<<grid-1))
			cells = append(cells, cell{lo, hi, r.Value, weigh(lo, hi)})
			lo = hi + 1
		}
	}
	return cells
}

// cost is what an error d costs in a cell, infinite beyond the limit.
func (c *cell) cost(d, limit int64) int64 {
	if d < 0 {
		d = -d
	}
	if d > limit {
		return infinite
	}
	return c.weight * (d * d)
}

// largestError is the largest error up to limit that costs less than room, or -1.
func (c *cell) largestError(room, limit int64) int64 {
	d := int64(-1)
	for d < limit && c.cost(d+1, limit) < room {
		d++
	}
	return d
}
