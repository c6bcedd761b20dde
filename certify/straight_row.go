package certify

import (
	"math"
	"sort"
)

// row is neighbouring cells, and what one line costs there at least.
type row struct {
	cost     float64
	met      [2][2]float64 // of lines that meet each end of the codes before or behind them; below 0: unknown
	bend     [2][2]float64 // what that costs at least, without looking at rates; below 0: unknown
	first    int           // cell
	end      int           // one more than the last cell
	from     [2]float64    // each end of the output codes, from the golden output that counts as 0
	weight   float64
	x, q     float64 // means, from the first x on and from there
	xx, xq   float64 // about these
	qq       float64
	scale    [2]float64 // xx and qq about what counts as 0
	constant bool       // there is one x
}

// line is the row of the cells i..j-1.
func (s *straightest) line(i, j int) row {
	of := s.sums[j].minus(&s.sums[i])
	unknown := [2][2]float64{{-1, -1}, {-1, -1}}
	r := row{met: unknown, bend: unknown, first: i, end: j}
	r.weight = of.weight.float()
	if r.weight == 0 {
		return r
	}
	q0 := int64(math.Round(of.q.float() / r.weight))
	of = of.about(s.borders[i], q0)
	for side, y := range s.codes {
		r.from[side] = float64(y - q0)
	}
	x, q := of.x.float(), of.q.float()
	r.x, r.q = x/r.weight, q/r.weight
	r.scale = [2]float64{of.xx.float(), of.qq.float()}
	r.xx = r.scale[0] - float64(x*r.x)
	r.xq = of.xq.float() - float64(x*r.q)
	r.qq = r.scale[1] - float64(q*r.q)
	if r.constant = r.scale[0] == 0; r.constant {
		r.cost = max(0, r.qq-float64(slightly*r.scale[1]))
		return r
	}
	aim := sort.SearchFloat64s(s.rates, r.xq/r.xx)
	r.cost = r.least(s.rates, aim, &meeting{})
	return r
}

// slightly is more than what a cost is rounded by, relative to what its terms may be: fewer
// than 64 roundings of one part in 2^53 each.
const slightly = 1.0 / (1 << 46)

// meeting is an end of the output codes that a line has to come to from one x to another,
// which is farther from the row.
type meeting struct {
	level     float64 // of that end
	near, far float64
	asked     bool
}

// costs hold the least cost of a line of a rate: it is between them.
func (r *row) costs(rate float64, m *meeting) (low, high float64) {
	square := float64(rate * rate)
	cost := r.qq - float64(2*rate*r.xq) + float64(square*r.xx)
	off := float64(slightly * (r.scale[1] + float64(square*r.scale[0])))
	low, high = max(0, cost-off), max(0, cost+off)
	if !m.asked {
		return low, high
	}
	// The line is at that level somewhere from near to far: so its mean is between two values.
	a := m.level + float64(rate*(r.x-m.near))
	b := m.level + float64(rate*(r.x-m.far))
	gap := max(0, min(a, b)-r.q, r.q-max(a, b))
	off = float64(slightly * (math.Abs(m.level) + math.Abs(r.q) + float64(math.Abs(rate)*(r.x+math.Abs(m.near)+math.Abs(m.far)))))
	less, more := max(0, gap-off), gap+off
	return low + float64(r.weight*float64(less*less)*(1-slightly)), high + float64(r.weight*float64(more*more)*(1+slightly))
}

// fewRates are how many rates on each side of the best one are looked at for one that costs
// more for certain.
const fewRates = 16

// least is the least cost of a line of any of some rates, of which the best is about the one
// with number aim. Costs are convex: beyond a rate that costs more than another all do.
func (r *row) least(rates []float64, aim int, m *meeting) float64 {
	if aim = min(aim, len(rates)-1); aim < 0 {
		return math.Inf(1)
	}
	low, high := r.costs(rates[aim], m)
	for _, step := range [2]int{-1, 1} {
		sure := false
		for i := 1; !sure; i++ {
			at := aim + i*step
			if at < 0 || at >= len(rates) {
				break
			}
			if i > fewRates {
				return 0
			}
			l, h := r.costs(rates[at], m)
			sure = l > high
			low, high = min(low, l), min(high, h)
		}
	}
	return low
}

// meets is what a line costs that meets an end of the codes in the cell before the row, where
// end is 0, or behind it; or more than there is room for, if it does.
func (r *row) meets(s *straightest, end, side int, room float64) float64 {
	known := &r.met[end][side]
	switch {
	case *known >= 0:
		return *known
	case r.weight == 0 || r.constant:
		return r.cost
	}
	bend := &r.bend[end][side]
	if *bend < 0 {
		m := r.meeting(s, end, side)
		*bend = r.bends(&m, side)
		s.budget -= bendSteps
	}
	if *bend > room {
		return math.Inf(1)
	}
	s.budget -= meetSteps
	m := r.meeting(s, end, side)
	rates := s.rising
	if end != side {
		rates = s.falling
	}
	aim := sort.Search(max(0, len(rates)-1), func(i int) bool {
		one, _ := r.costs(rates[i], &m)
		next, _ := r.costs(rates[i+1], &m)
		return next >= one
	})
	*known = max(r.cost, r.least(rates, aim, &m))
	return *known
}

func (r *row) meeting(s *straightest, end, side int) meeting {
	start := s.borders[r.first]
	if end == 0 {
		return meeting{level: r.from[side], far: float64(s.borders[r.first-1] - start), asked: true}
	}
	return meeting{r.from[side], float64(s.borders[r.end] - 1 - start), float64(s.borders[r.end+1] - 1 - start), true}
}

// bends is some of what it costs at least, whatever the rate, not to come to an end of the codes
// before it is near, but before it is far. Through a point that is off the line of least squares,
// all lines cost off^2 / (1/weight + x^2/xx) more, with x from the mean, or more than that.
func (r *row) bends(m *meeting, side int) float64 {
	if r.xx < r.scale[0]*roughly {
		return 0
	}
	most, rate := 0.0, r.xq/r.xx
	for i, x := range [2]float64{m.near, m.far} {
		from := x - r.x
		off := r.q + float64(rate*from) - m.level
		if i == side {
			off = -off
		}
		off -= float64(roughly * (math.Abs(m.level) + math.Abs(r.q) + float64((math.Abs(rate)+math.Sqrt(r.scale[1]/r.scale[0]))*math.Abs(from))))
		if off > 0 {
			most = max(most, float64(off*off)*(1-roughly)/(1/r.weight+float64(from*from)/r.xx))
		}
	}
	return most
}

// roughly is more than what rates and spreads are off by, relative to what they are, where
// inputs are not all near each other and far from the first: less than one part in 2^20 of
// that, of which one part in 2^46 is rounded.
const roughly = 1.0 / (1 << 20)
