package certify

import (
	"math/big"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// measure compares segments with golden over every input code, by halving stretches
// until bounds on the terms, each of which is monotonic, leave one output. It takes
// as many steps as the outputs change often, times the width of the input.
type measure struct {
	golden  *steps.Function
	view    pwl.View
	guard   int
	weigh   weigher
	max, at int64
	squares *big.Int // weighted
	exact   int64
}

func newMeasure(golden *steps.Function, f *pwl.Function, weigh weigher) *measure {
	m := &measure{golden: golden, guard: f.Guard, weigh: weigh, max: -1, squares: new(big.Int)}
	m.view = f.View
	last := f.Input.Min() - 1
	for i := range f.Segments {
		first := last + 1
		last = f.Input.Max()
		if i+1 < len(f.Segments) {
			last = firstSeen(m.view, golden.Input, f.Segments[i+1].Start) - 1
		}
		for run := golden.Find(first); run < len(golden.Runs) && golden.Runs[run].Start <= last; run++ {
			m.stretch(&f.Segments[i], golden.Runs[run].Value, max(first, golden.Runs[run].Start), min(last, golden.End(run)))
		}
	}
	return m
}

func (m *measure) stretch(s *pwl.Segment, golden, lo, hi int64) {
	low, high := outputs(s, m.guard, m.golden.Output, see(m.view, lo), see(m.view, hi))
	if low != high {
		mid := lo + (hi-lo)/2
		m.stretch(s, golden, lo, mid)
		m.stretch(s, golden, mid+1, hi)
		return
	}
	d := max(low-golden, golden-low)
	if d > m.max {
		m.max, m.at = d, lo
	}
	if d == 0 {
		m.exact += hi - lo + 1
		return
	}
	square := m.weigh(lo, hi)
	m.squares.Add(m.squares, square.Mul(square, big.NewInt(d*d)))
}

// outputs holds all outputs of a segment over lo..hi of what is seen; it is one output
// at one of them.
func outputs(s *pwl.Segment, guard int, out ir.Integer, lo, hi int64) (low, high int64) {
	low, high = values(s, guard, lo, hi)
	return out.Clamp(low), out.Clamp(high)
}

// values are outputs before the clamp.
func values(s *pwl.Segment, guard int, lo, hi int64) (low, high int64) {
	low, high = s.Bias, s.Bias
	for _, t := range s.Terms {
		a, b := term(t, lo<<guard), term(t, hi<<guard)
		low += min(a, b)
		high += max(a, b)
	}
	return low >> guard, high >> guard
}

func term(t pwl.Term, x int64) int64 {
	if t.Shift < 0 {
		x <<= -t.Shift
	} else {
		x >>= t.Shift
	}
	if t.Negative {
		return -x
	}
	return x
}
