package fit

import (
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
)

// table is a decomposed table: for each segment a bias and the number of a row.
type table struct {
	rows [][]int64
	row  []int
	bias []int64
}

// sweepsOfTable bounds how often all numbers of a table are tried anew, and settleWork how
// many of them before another sweep.
const (
	sweepsOfTable = 64
	settleWork    = 1 << 26
)

// biases are the least and the greatest that segment k may have with its row.
func (s *sharing) biases(t *table, k int) (least, greatest int64) {
	lo, hi := s.bounds(k)
	least, greatest = -unbounded, unbounded
	for l, v := range t.rows[t.row[k]] {
		least, greatest = max(least, lo[l]-v), min(greatest, hi[l]-v)
	}
	return least, greatest
}

// settle lessens the cost of a table until no number of it and no segment's row can be
// changed for the better by itself. It gives what all costs then.
func (s *sharing) settle(t *table, o *objective) int64 {
	total := s.total(t, o)
	s.work = 0
	for sweep := 0; sweep < sweepsOfTable && s.work < settleWork; sweep++ {
		for k := range t.row {
			if s.reached(k) {
				s.settleSegment(t, k, o)
			}
		}
		for r := range t.rows {
			s.settleRow(t, r, o)
		}
		now := s.total(t, o)
		if now == total {
			break
		}
		total = now
	}
	return total
}

// reached reports whether some input looks like a code of segment k.
func (s *sharing) reached(k int) bool {
	return slices.ContainsFunc(s.parts[k*s.size():(k+1)*s.size()], func(p []part) bool { return len(p) > 0 })
}

func (s *sharing) total(t *table, o *objective) int64 {
	sum := int64(0)
	for k := range t.row {
		sum = min(infinite, sum+s.segmentCost(t, k, o, infinite))
	}
	return sum
}

// segmentCost is what segment k costs, or something above limit.
func (s *sharing) segmentCost(t *table, k int, o *objective, limit int64) int64 {
	sum := int64(0)
	for l, v := range t.rows[t.row[k]] {
		if sum = min(infinite, sum+s.cost(k*s.size()+l, t.bias[k]+v, o)); sum > limit {
			break
		}
	}
	return sum
}

// cost is that of a value at a code of the window.
func (s *sharing) cost(at int, y int64, o *objective) int64 {
	if s.work++; len(s.parts[at]) == 0 {
		return 0
	}
	if y < s.lo[at] || y > s.hi[at] {
		return infinite
	}
	sum := int64(0)
	for _, p := range s.parts[at] {
		sum = min(infinite, sum+o.weight(p.inputs(p.Lo, p.Lo))*(y-p.golden)*(y-p.golden))
	}
	return sum
}

// settleSegment finds the best bias and row of segment k.
func (s *sharing) settleSegment(t *table, k int, o *objective) {
	best := s.segmentCost(t, k, o, infinite)
	row, bias := t.row[k], t.bias[k]
	for r := range t.rows {
		t.row[k] = r
		least, greatest := s.biases(t, k)
		b, c := leastOf(least, greatest, bias, func(b, limit int64) int64 {
			t.bias[k] = b
			return s.segmentCost(t, k, o, limit)
		})
		if c < best {
			best, row, bias = c, r, b
		}
	}
	t.row[k], t.bias[k] = row, bias
}

// settleRow finds the best numbers of a row, one after the other.
func (s *sharing) settleRow(t *table, r int, o *objective) {
	for l := range t.rows[r] {
		low, high := s.numbers(t, r, l)
		t.rows[r][l], _ = leastOf(low, high, t.rows[r][l], func(v, limit int64) int64 {
			sum := int64(0)
			for k := range t.row {
				if t.row[k] == r && sum <= limit {
					sum = min(infinite, sum+s.cost(k*s.size()+l, t.bias[k]+v, o))
				}
			}
			return sum
		})
	}
}

// leastOf is which of low..high costs least, and from, held to them, where none costs
// less. What exceeds the limit given to cost need not be known. Squares are convex, so that
// it is enough to go downhill.
func leastOf(low, high, from int64, cost func(v, limit int64) int64) (v, least int64) {
	if low > high {
		return from, infinite
	}
	v = max(low, min(from, high))
	least = cost(v, infinite)
	try := func(u int64) bool {
		if u < low || u > high {
			return false
		}
		c := cost(u, least)
		if c >= least {
			return false
		}
		v, least = u, c
		return true
	}
	for step := max(1, (high-low)/2); step > 0; step /= 2 {
		for try(v+step) || try(v-step) {
		}
	}
	return v, least
}

// numbers are the least and the greatest that place l of a row may have, which is itself
// among them.
func (s *sharing) numbers(t *table, r, l int) (low, high int64) {
	low, high = 0, s.span
	for k := range t.row {
		if at := k*s.size() + l; t.row[k] == r && len(s.parts[at]) > 0 {
			low, high = max(low, s.lo[at]-t.bias[k]), min(high, s.hi[at]-t.bias[k])
		}
	}
	return low, high
}

// function is a table as a function of what is seen, with the segments that inputs reach.
func (s *sharing) function(t *table, seen ir.Integer) *pwl.Function {
	f := &pwl.Function{Output: s.out, Rows: t.rows}
	for k := range t.row {
		if !s.reached(k) {
			continue
		}
		next := pwl.Segment{Start: s.in.Min() + int64(k*s.size()), Bias: t.bias[k], Row: t.row[k]}
		n := len(f.Segments)
		if n == 0 {
			next.Start = max(next.Start, seen.Min())
		} else if last := f.Segments[n-1]; last.Bias == next.Bias && last.Row == next.Row {
			continue
		}
		f.Segments = append(f.Segments, next)
	}
	return f
}
