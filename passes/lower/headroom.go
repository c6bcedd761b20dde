package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// confine gives sums no more bits than a shape promises of them: its headroom beside
// the output's, or none where values that overflow wrap.
func (p *plan) confine(s *ir.Shape) {
	result := datapath.Type{Width: p.output.Width + s.Headroom, Signed: true}
	switch {
	case s.Overflow == ir.Wrap:
		result = p.output
		p.low, p.high = false, false
	case s.Headroom == 0:
		return
	}
	if result.Width >= p.result.Width {
		return
	}
	p.confined = true
	p.result = result
	p.sum = datapath.Type{Width: result.Width + p.guard, Signed: result.Signed}
	p.bias = p.sum
}

// within is f with values before saturation that the sums of a confined plan hold. A
// segment ends where its values leave the output's codes for good; from there on the
// output is the last of them.
func (p *plan) within(f *pwl.Function) (*pwl.Function, bool) {
	g := *f
	g.Segments = nil
	for k := range f.Segments {
		for _, s := range p.split(f, k) {
			if n := len(g.Segments); n > 0 && constant(&s) && constant(&g.Segments[n-1]) && s.Bias == g.Segments[n-1].Bias {
				continue
			}
			g.Segments = append(g.Segments, s)
		}
	}
	values := valuesOf(&g)
	return &g, p.result.Contains(values.lo) && p.result.Contains(values.hi)
}

func constant(s *pwl.Segment) bool { return len(s.Terms) == 0 }

// apart is more than the floors of its terms can put a segment off a line.
const apart = ir.MaxTerms + 1

// split is segment k of f in up to three parts.
func (p *plan) split(f *pwl.Function, k int) []pwl.Segment {
	s, last := f.Segments[k], f.End(k)
	side := func(x int64) int { // -1 and 1: beyond the codes, and so is every value farther out
		v := s.Value(x, f.Guard) >> f.Guard
		switch {
		case v < f.Output.Min()-apart:
			return -1
		case v > f.Output.Max()+apart:
			return 1
		}
		return 0
	}
	fits := func(x int64) bool {
		v := s.Value(x, f.Guard) >> f.Guard
		return p.result.Contains(v-apart) && p.result.Contains(v+apart)
	}
	code := map[int]int64{-1: f.Output.Min(), 1: f.Output.Max()}
	first, from, to := s.Start, 0, 0
	if !fits(first) {
		from = side(first)
	}
	if !fits(last) {
		to = side(last)
	}
	if from == 0 && to == 0 {
		return []pwl.Segment{s}
	}
	var parts []pwl.Segment
	if from != 0 {
		parts = append(parts, pwl.Segment{Start: first, Bias: code[from] << f.Guard})
		s.Start = border(first, last, func(x int64) bool { return side(x) == from })
	}
	if s.Start > last {
		return parts
	}
	parts = append(parts, s)
	if to != 0 {
		start := border(s.Start, last, func(x int64) bool { return side(x) != to })
		parts = append(parts, pwl.Segment{Start: start, Bias: code[to] << f.Guard})
	}
	return parts
}

// border is the first input from first to last, or the one after them, for which what
// holds before it does not hold.
func border(first, last int64, holds func(x int64) bool) int64 {
	for first <= last {
		if mid := first + (last-first)/2; holds(mid) {
			first = mid + 1
		} else {
			last = mid - 1
		}
	}
	return first
}

func (p *plan) unconfined(u *ir.Unit, l *pwl.Layer) error {
	how := fmt.Sprintf("its values exceed the output by more than the headroom of %s", plural(u.Headroom, "bit"))
	if u.Overflow == ir.Wrap {
		how = "its values exceed the output"
	}
	return unfit(u, l, fmt.Sprintf("%s, and %s are too few to hold them", how, plural(p.segments, "segment")))
}
