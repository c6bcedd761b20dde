package fit

import (
	"math"
	"math/bits"
)

// infinite is a cost that no fit worth keeping has. Sums of a few do not overflow.
const infinite = int64(math.MaxInt64 / 8)

// objective is what is to be least: the sum over all inputs of weight * error^2, with
// no error beyond limit.
type objective struct {
	weigh weigher // nil: all alike
	limit int64
}

// limitOf is the limit of errors where a maximum error is asked for, or with -1 none.
func limitOf(maxError int64) int64 {
	if maxError < 0 {
		return math.MaxInt32
	}
	return maxError
}

// weight is that of the inputs lo..hi together.
func (o *objective) weight(lo, hi int64) int64 {
	if o.weigh == nil {
		return hi - lo + 1
	}
	return o.weigh(lo, hi)
}

// largest is the largest error up to most that costs less than room, or -1.
func largest(weight, room, most int64) int64 {
	switch {
	case room <= 0:
		return -1
	case weight == 0:
		return most
	}
	squares := (room - 1) / weight
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

// spread is what the squares of the errors come to of inputs that have one output: at
// d beyond their run's golden one weight*d^2 + first*d + second, where first and second
// are 0 unless they have several golden outputs.
type spread struct{ weight, first, second int64 }

func (s *spread) at(d int64) int64 { return (s.weight*d+s.first)*d + s.second }

// spread is that of lo..hi, which is of one run.
func (f *fitter) spread(o *objective, run int, lo, hi int64) spread {
	if f.seen == nil {
		return spread{weight: o.weight(lo, hi)}
	}
	var s spread
	for _, p := range f.seen.of(run) {
		w := o.weight(p.inputs(lo, hi))
		e := f.golden.Runs[run].Value - p.golden
		s.weight, s.first, s.second = s.weight+w, s.first+2*w*e, s.second+w*e*e
	}
	return s
}

// lossIn is what a line loses on lo..hi, which is of one run.
func (f *fitter) lossIn(o *objective, l line, run int, lo, hi int64) (total int64) {
	golden := f.golden.Runs[run].Value
	if o.weigh == nil && f.seen == nil {
		if l.sum.Monotonic() {
			if d := f.output(l, lo) - golden; d == f.output(l, hi)-golden {
				return (hi - lo + 1) * d * d
			}
		}
		l.sum.Outputs(lo, hi, l.bias, f.guard, f.golden.Output, func(y, count int64) {
			total += count * (y - golden) * (y - golden)
		})
		return total
	}
	for x := lo; x <= hi; {
		end := f.constantTo(l, x, hi)
		s := f.spread(o, run, x, end)
		total += s.at(f.output(l, x) - golden)
		x = end + 1
	}
	return total
}

// lossOn is what a line loses on a span.
func (f *fitter) lossOn(o *objective, l line, s span) (total int64) {
	for i := s.run; i < len(f.start) && f.start[i] <= s.end; i++ {
		total += f.lossIn(o, l, i, max(s.start, f.start[i]), min(s.end, f.end[i]))
	}
	return total
}

// tame reports whether no sum overflows of squares of errors within the tolerance.
func (f *fitter) tame(weight int64) bool {
	high, low := bits.Mul64(uint64(weight), uint64(f.tolerance*f.tolerance))
	return high == 0 && low < uint64(infinite)
}
