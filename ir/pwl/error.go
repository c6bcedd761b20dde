package pwl

import (
	"math/big"

	"grauc/ir/steps"
)

// Measure compares f with golden over every input code. It goes from one change of
// either's output to the next, so the time depends on the number of those and not
// on the number of inputs.
func Measure(golden *steps.Function, f *Function) Error {
	f = f.Flat()
	m := meter{f: f, max: -1}
	run := 0
	for i := range f.Segments {
		s := &f.Segments[i]
		m.sum, m.bias = NewSum(s.Terms, f.Guard), s.Bias
		lo, end := f.Inputs(i)
		for lo <= end {
			for golden.End(run) < lo {
				run++
			}
			hi := min(end, golden.End(run))
			f.View.Parts(lo, hi, f.Input, func(p Part) { m.stretch(p, golden.Runs[run].Value) })
			lo = hi + 1
		}
	}
	return Error{
		Max: m.max, At: m.at, Squares: new(big.Int).SetUint64(m.squares),
		Exact: m.exact, Inputs: f.Input.Count(),
	}
}

// Exactly is the error of what equals golden.
func Exactly(golden *steps.Function) Error {
	n := golden.Input.Count()
	return Error{At: golden.Input.Min(), Squares: new(big.Int), Exact: n, Inputs: n}
}

// meter adds up errors over stretches in ascending order. The squares fit: there
// are at most 2^32 inputs and errors are below 2^16.
type meter struct {
	f       *Function
	sum     Sum
	bias    int64
	max, at int64
	squares uint64
	exact   uint64
}

// stretch adds the inputs of a part, which have one golden value.
func (m *meter) stretch(p Part, golden int64) {
	first, last := m.f.Output.Max(), m.f.Output.Min()
	m.sum.Outputs(p.Lo, p.Hi, m.bias, m.f.Guard, m.f.Output, func(y, count int64) {
		first, last = min(first, y), max(last, y)
		m.add(uint64(count*p.Each), y-golden)
	})
	m.worst(p, golden, first, last)
}

func (m *meter) add(count uint64, d int64) {
	m.squares += count * uint64(d*d)
	if d == 0 {
		m.exact += count
	}
}

// worst keeps the smallest input with the largest error, which within a stretch
// is at the smallest or the largest output.
func (m *meter) worst(p Part, golden, first, last int64) {
	d := max(golden-first, last-golden)
	if d <= m.max {
		return
	}
	at := p.Hi + 1
	if golden-first == d {
		at = m.firstWhere(p.Lo, p.Hi, first, true)
	}
	if last-golden == d {
		at = min(at, m.firstWhere(p.Lo, p.Hi, last, false))
	}
	m.max, m.at = d, p.input(at)
}

// firstWhere is the first w in lo..hi with output at most y or at least y.
// Some w has it.
func (m *meter) firstWhere(lo, hi, y int64, atMost bool) int64 {
	if atMost && y == m.f.Output.Max() || !atMost && y == m.f.Output.Min() {
		return lo
	}
	if atMost {
		y++
	}
	limit := y<<m.f.Guard - m.bias
	return search(lo, hi, func(x int64) bool {
		below := m.sum.CountBelow(lo, x, limit)
		if atMost {
			return below > 0
		}
		return below < x-lo+1
	})
}
