package lower

import (
	"math/bits"

	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// interval is a set of integers lo..hi, empty unless any.
type interval struct {
	lo, hi int64
	any    bool
}

func (i *interval) add(v int64) {
	if !i.any {
		*i = interval{v, v, true}
		return
	}
	i.lo, i.hi = min(i.lo, v), max(i.hi, v)
}

func (i *interval) join(j interval) {
	if j.any {
		i.add(j.lo)
		i.add(j.hi)
	}
}

// typ is the narrowest type that holds the interval.
func (i *interval) typ() datapath.Type {
	if i.lo >= 0 {
		return datapath.Type{Width: max(1, bits.Len64(uint64(i.hi)))}
	}
	width := max(bits.Len64(uint64(^i.lo)), bits.Len64(uint64(max(i.hi, 0))))
	return datapath.Type{Width: width + 1, Signed: true}
}

// valuesOf bounds what f is before the clamp. With at most two terms a segment is
// monotone, so its ends bound it exactly. Each further term can put it off by one
// more, because every term floors by itself.
func valuesOf(f *pwl.Function) interval {
	var values interval
	for k := range f.Segments {
		s := &f.Segments[k]
		slack := int64(max(0, len(newSlope(s.Terms))-2))
		for _, x := range []int64{s.Start, f.End(k)} {
			v := s.Value(x, f.Guard)
			values.add((v - slack) >> f.Guard)
			values.add((v + slack) >> f.Guard)
		}
	}
	return values
}

// sumsOf bounds every partial sum of every segment of f over the whole input
// domain: software computes segments for inputs outside them, too.
func (p *plan) sumsOf(f *pwl.Function, c config) interval {
	var sums interval
	for k, terms := range c.slopes {
		sum := interval{c.biases[k] - p.complements(terms), c.biases[k], true}
		for i, t := range terms {
			var term interval
			term.add(t.Value(f.Input.Min(), f.Guard))
			term.add(t.Value(f.Input.Max(), f.Guard))
			term = interval{min(term.lo, 0) - 1, max(term.hi, 0) + 1, true}
			sum = interval{sum.lo + term.lo, sum.hi + term.hi, true}
			same := int64(i + 1) // at most so many terms so far shift alike
			sums.join(interval{same * term.lo, same * term.hi, true})
		}
		sums.join(sum)
	}
	return sums
}
