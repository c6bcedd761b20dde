package fit

import (
	"math"
	"sort"
	"syscall"
	"testing"
	"time"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// example is a real function with an 8-bit output format that suits -8..8.
type example struct {
	name   string
	f      func(x float64) float64
	scale  float64
	zero   float64
	signed bool
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// examples have output scales near powers of two, which suits single shifts.
var examples = []example{
	{"relu", func(x float64) float64 { return max(x, 0) }, 8. / 255, 0, false},
	{"sigmoid", sigmoid, 1. / 255, 0, false},
	{"tanh", math.Tanh, 1. / 127, 0, true},
	{"silu", func(x float64) float64 { return x * sigmoid(x) }, 8.3 / 255, 9, false},
	{"gelu", func(x float64) float64 { return x * (1 + math.Erf(x/math.Sqrt2)) / 2 }, 8.2 / 255, 6, false},
	{"softplus", func(x float64) float64 { return math.Log1p(math.Exp(x)) }, 8. / 255, 0, false},
	{"mish", func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) }, 8.4 / 255, 10, false},
	{"hardswish", func(x float64) float64 { return x * min(max(x+3, 0), 6) / 6 }, 8.4 / 255, 12, false},
	{"elu", func(x float64) float64 {
		if x < 0 {
			return math.Expm1(x)
		}
		return x
	}, 9. / 255, 28, false},
	{"exp_neg", func(x float64) float64 { return math.Exp(-max(x, 0)) }, 1. / 255, 0, false},
}

// golden quantizes an example for inputs of -8..8.
func (e example) golden(width, outWidth int) *steps.Function {
	in := ir.Integer{Width: width, Signed: true}
	out := ir.Integer{Width: outWidth, Signed: e.signed}
	finer := math.Ldexp(1, outWidth-8)
	return exampleSteps(in, out, func(x int64) float64 {
		return (e.f(math.Ldexp(float64(x), 4-width))/e.scale + e.zero) * finer
	})
}

// exampleSteps rounds in float64, which is near enough for a test of fits: it takes
// the function to be monotonic between 4096 points.
func exampleSteps(in, out ir.Integer, f func(x int64) float64) *steps.Function {
	q := func(x int64) int64 { return out.Clamp(int64(math.Floor(f(x) + 0.5))) }
	s := &steps.Function{Input: in, Output: out, Runs: []steps.Run{{Start: in.Min(), Value: q(in.Min())}}}
	step := max(1, int64(in.Count())>>12)
	for x := in.Min(); x < in.Max(); {
		end := min(in.Max(), x+step)
		for last := s.Runs[len(s.Runs)-1].Value; q(end) != last; last = s.Runs[len(s.Runs)-1].Value {
			next := x + 1 + int64(sort.Search(int(end-x-1), func(n int) bool { return q(x+1+int64(n)) != last }))
			s.Runs = append(s.Runs, steps.Run{Start: next, Value: q(next)})
			x = next
		}
		x = end
	}
	return s
}

var benchmarkShapes = []struct {
	name string
	ir.Shape
}{
	{"pot", ir.Shape{Segments: 8, Terms: 1, MinShift: -8, MaxShift: 23}},
	{"two_guard2", ir.Shape{Segments: 8, Terms: 2, MinShift: -8, MaxShift: 25, Guard: 2}},
	{"three_guard2", ir.Shape{Segments: 8, Terms: 3, MinShift: -8, MaxShift: 25, Guard: 2}},
}

// fits runs a benchmark for each shape and example, with a 24-bit input.
func fits(b *testing.B, most int, run func(b *testing.B, f func() *fitter, shape ir.Shape)) {
	for _, s := range benchmarkShapes[:most] {
		slopes := new(families).get(s.Shape, ir.Integer{Width: 24, Signed: true})
		for _, e := range examples {
			golden := e.golden(24, 8)
			b.Run(s.name+"/"+e.name, func(b *testing.B) {
				used := processorTime()
				defer func() { b.ReportMetric(float64((processorTime()-used).Microseconds())/float64(b.N), "cpu-us/op") }()
				f := new(fitter)
				run(b, func() *fitter { f.take(golden, s.Guard, slopes); return f }, s.Shape)
			})
		}
	}
}

// processorTime is what this process has used of all cores: less disturbed by others than
// the time by the clock.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func reportError(b *testing.B, f *fitter, pieces []piece) {
	n := float64(f.golden.Input.Count())
	b.ReportMetric(float64(f.tolerance), "max")
	b.ReportMetric(math.Sqrt(float64(f.costOf(pieces, new(objective)))/n), "rmse")
}

// The least maximum error alone: what advice and refusals need.
func BenchmarkLeastError(b *testing.B) {
	fits(b, 3, func(b *testing.B, newFitter func() *fitter, shape ir.Shape) {
		for b.Loop() {
			newFitter().leastError(shape.Segments)
		}
	})
}

// A whole fit.
func BenchmarkMinMax(b *testing.B) {
	fits(b, 3, func(b *testing.B, newFitter func() *fitter, shape ir.Shape) {
		var f *fitter
		var pieces []piece
		var s *pwl.Squares
		for b.Loop() {
			f = newFitter()
			pieces, s = f.minMax(shape.Segments, -1, objective{}, int64(f.golden.Input.Count()), tieBudget)
		}
		reportError(b, f, pieces)
		b.ReportMetric(float64(s.Sum-s.Bound)/float64(s.Sum), "gap")
	})
}

func BenchmarkRMSE(b *testing.B) {
	fits(b, 2, func(b *testing.B, newFitter func() *fitter, shape ir.Shape) {
		var f *fitter
		var pieces []piece
		var s *pwl.Squares
		for b.Loop() {
			f = newFitter()
			pieces, s = f.rmse(shape.Segments, -1, objective{}, int64(f.golden.Input.Count()), squaresBudget)
		}
		reportError(b, f, pieces)
		b.ReportMetric(float64(s.Sum-s.Bound)/float64(s.Sum), "gap")
	})
}
