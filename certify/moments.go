package certify

import (
	"math/big"
	"math/bits"
	"sort"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// wide is an integer of 128 bits in two's complement.
type wide struct{ high, low uint64 }

func wideOf(v int64) wide { return wide{uint64(v >> 63), uint64(v)} }

func (a wide) plus(b wide) wide {
	low, carry := bits.Add64(a.low, b.low, 0)
	high, _ := bits.Add64(a.high, b.high, carry)
	return wide{high, low}
}

func (a wide) minus(b wide) wide {
	low, borrow := bits.Sub64(a.low, b.low, 0)
	high, _ := bits.Sub64(a.high, b.high, borrow)
	return wide{high, low}
}

func (a wide) times(v int64) wide {
	high, low := bits.Mul64(a.low, uint64(v))
	high += a.high * uint64(v)
	if v < 0 {
		high -= a.low
	}
	return wide{high, low}
}

// float is the nearest float64 but for two roundings.
func (a wide) float() float64 {
	if int64(a.high) < 0 { // a sum of two numbers far from 0 would be off by more
		return -wide{}.minus(a).float()
	}
	return float64(float64(int64(a.high))*(1<<64)) + float64(a.low)
}

// moments are weighted sums over inputs of what is seen of them, x, and their golden outputs,
// q: exact, as no weight times the square of an output is above 2^60, and x has up to 32 bits.
type moments struct{ weight, x, q, xx, xq, qq wide }

func (m *moments) plus(o *moments) moments {
	return moments{m.weight.plus(o.weight), m.x.plus(o.x), m.q.plus(o.q), m.xx.plus(o.xx), m.xq.plus(o.xq), m.qq.plus(o.qq)}
}

func (m *moments) minus(o *moments) moments {
	return moments{m.weight.minus(o.weight), m.x.minus(o.x), m.q.minus(o.q), m.xx.minus(o.xx), m.xq.minus(o.xq), m.qq.minus(o.qq)}
}

// about are the moments of x - x0 and q - q0.
func (m *moments) about(x0, q0 int64) moments {
	return moments{
		weight: m.weight,
		x:      m.x.minus(m.weight.times(x0)),
		q:      m.q.minus(m.weight.times(q0)),
		xx:     m.xx.minus(m.x.times(2 * x0)).plus(m.weight.times(x0).times(x0)),
		xq:     m.xq.minus(m.q.times(x0)).minus(m.x.times(q0)).plus(m.weight.times(x0).times(q0)),
		qq:     m.qq.minus(m.q.times(2 * q0)).plus(m.weight.times(q0).times(q0)),
	}
}

// add is for lo..hi that weigh so much each, of one golden output. None is negative.
func (m *moments) add(lo, hi, weight, q int64) {
	n := wideOf(hi - lo + 1).times(weight)
	x := triangle(hi).minus(triangle(lo - 1)).times(weight)
	xx := pyramid(hi).minus(pyramid(lo - 1)).times(weight)
	*m = m.plus(&moments{n, x, n.times(q), xx, x.times(q), n.times(q).times(q)})
}

// triangle is 0 + 1 + ... + n.
func triangle(n int64) wide {
	if n%2 == 0 {
		return wideOf(n / 2).times(n + 1)
	}
	return wideOf(n).times((n + 1) / 2)
}

// pyramid is 0 + 1 + 4 + ... + n*n.
func pyramid(n int64) wide {
	of := [3]int64{n, n + 1, 2*n + 1} // their product is a multiple of 6
	for i := range of {
		if of[i]%2 == 0 {
			of[i] /= 2
			break
		}
	}
	for i := range of {
		if of[i]%3 == 0 {
			of[i] /= 3
			break
		}
	}
	return wideOf(of[0]).times(of[1]).times(of[2])
}

// plateau is inputs that weigh so much each, or more.
type plateau struct{ first, last, weight int64 }

// fewPlateaus are enough for weights that change slowly, as a power of two.
const fewPlateaus = 14

// plateaus are all inputs, of which none weighs less than that in truth.
func plateaus(l *ir.Layer) []plateau {
	in := l.Input.Integer
	switch w := l.Options.Weight; {
	case w == nil:
		return []plateau{{in.Min(), in.Max(), 1}}
	case w.Histogram != nil:
		return counts(w.Histogram.Bins)
	}
	weigh := weigherOf(l)
	size := int64(1) << max(0, in.Width-fewPlateaus)
	var all []plateau
	for first := in.Min(); first <= in.Max(); first += size {
		p := plateau{first, min(in.Max(), first+size-1), weigh(first, first).Int64()}
		if p.first < p.last { // The least is at an end; both, and all between, are rounded by less than 1.
			p.weight = min(p.weight, weigh(p.last, p.last).Int64()) - 1
		}
		if p.weight > 0 {
			all = append(all, p)
		}
	}
	return all
}

// fewCounts are counts that inputs have more than others of their bin, each looked at by itself.
const fewCounts = 1 << 18

// counts are the plateaus of a histogram: where codes of a bin weigh more than others by 1,
// the first of these by themselves.
func counts(bins []ir.Bin) []plateau {
	var all []plateau
	left := int64(fewCounts)
	for _, b := range bins {
		n := b.Last - b.First + 1
		if each := b.Count / n; each > 0 {
			all = append(all, plateau{b.First, b.Last, each})
		}
		for rest, i := b.Count%n, int64(1); i <= rest && left > 0; i++ {
			at := new(big.Int).Mul(big.NewInt(i), big.NewInt(n))
			at.Sub(at.Add(at, big.NewInt(rest)), big.NewInt(1)).Quo(at, big.NewInt(rest))
			x := b.First + at.Int64() - 1
			all = append(all, plateau{x, x, 1})
			left--
		}
	}
	return all
}

// cells are what is seen from each border up to the next one, with their moments: x counts
// from the first on, which looks like origin.
type cells struct {
	golden  *steps.Function
	view    pwl.View
	origin  int64
	borders []int64 // one more than there are cells
	sums    []moments
}

// sum finds the moments of cells of which the borders are known.
func (c *cells) sum(l *ir.Layer) {
	c.sums = make([]moments, len(c.borders)-1)
	for _, p := range plateaus(l) {
		for run := c.golden.Find(p.first); run < len(c.golden.Runs) && c.golden.Runs[run].Start <= p.last; run++ {
			c.look(max(p.first, c.golden.Runs[run].Start), min(p.last, c.golden.End(run)), p.weight, c.golden.Runs[run].Value)
		}
	}
}

// look adds inputs that weigh so much each. What is seen of the first and of the last of them
// may be of others, too.
func (c *cells) look(first, last, weight, q int64) {
	lo, hi := see(c.view, first), see(c.view, last)
	switch {
	case c.view.Codes.Width == 0:
		c.add(lo, hi, weight, q)
	case lo == hi:
		c.add(lo, lo, weight*(last-first+1), q)
	default:
		shift := c.view.Shift
		c.add(lo, lo, weight*((lo+1)<<shift-first), q)
		c.add(lo+1, hi-1, weight<<shift, q)
		c.add(hi, hi, weight*(last-hi<<shift+1), q)
	}
}

func (c *cells) add(lo, hi, weight, q int64) {
	lo, hi = lo-c.origin, hi-c.origin
	for at := sort.Search(len(c.sums), func(i int) bool { return c.borders[i+1] > lo }); lo <= hi; at++ {
		end := min(hi, c.borders[at+1]-1)
		c.sums[at].add(lo, end, weight, q)
		lo = end + 1
	}
}
