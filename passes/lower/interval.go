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
func (i *interval) typ() datapath.Type { return datapath.TypeFor(i.lo, i.hi) }

// valuesOf is what f is before the clamp.
func valuesOf(f *pwl.Function) interval {
	f = f.Flat()
	var values interval
	for k := range f.Segments {
		s := &f.Segments[k]
		sum := pwl.NewSum(s.Terms, f.Guard)
		low, high := sum.Extremes(s.Start, f.End(k))
		values.add((s.Bias + low) >> f.Guard)
		values.add((s.Bias + high) >> f.Guard)
	}
	return values
}

// operands are what the terms of f shift.
func (p *plan) operands(f *pwl.Function) interval {
	seen := f.View.Seen(f.Input)
	return interval{seen.Min(), seen.Max(), true}
}

// gridSums bounds every partial sum of any bias and any terms: nothing else is seen
// in a netlist that looks them up in tables.
func (p *plan) gridSums(c config) interval {
	sum := interval{any: true}
	for _, b := range c.biases {
		sum.add(b)
	}
	if p.rows > 0 {
		sum.hi += p.row.Max()
	}
	for range p.terms {
		lo, hi := int64(0), pwl.Term{Shift: p.shifts[0]}.Value(p.operand().Max(), p.guard)
		if p.subtracts { // by what is known of bits that are or are not inverted
			lo, hi = -1<<bits.Len64(uint64(hi)), 1<<bits.Len64(uint64(hi))-1
		}
		sum = interval{sum.lo + lo, sum.hi + hi, true}
	}
	return sum
}

// sumsOf bounds every partial sum of every segment of f over the whole input
// domain: software computes segments for inputs outside them, too.
func (p *plan) sumsOf(f *pwl.Function, c config) interval {
	if p.grid != nil {
		return p.gridSums(c)
	}
	var sums interval
	of := p.operands(f)
	for k, terms := range c.slopes {
		var sum interval
		sum.add(c.biases[k] - p.complements(terms))
		sum.add(c.biases[k])
		for i, t := range terms {
			var term interval
			term.add(t.Value(of.lo, f.Guard))
			term.add(t.Value(of.hi, f.Guard))
			term = interval{min(term.lo, 0) - 1, max(term.hi, 0) + 1, true}
			sum = interval{sum.lo + term.lo, sum.hi + term.hi, true}
			same := int64(i + 1) // at most so many terms so far shift alike
			sums.join(interval{same * term.lo, same * term.hi, true})
		}
		sums.join(sum)
	}
	return sums
}
