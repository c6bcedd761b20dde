package fit

import (
	"math"
	"sort"
	"testing"

	"grauc/ir"
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

// golden quantizes an example in float64, which is near enough for a test of fits:
// it takes the function to be monotonic between 4096 points.
func (e example) golden(width, outWidth int) *steps.Function {
	in := ir.Integer{Width: width, Signed: true}
	out := ir.Integer{Width: outWidth, Signed: e.signed}
	finer := math.Ldexp(1, outWidth-8)
	q := func(x int64) int64 {
		real := e.f(math.Ldexp(float64(x), 4-width))
		return out.Clamp(int64(math.Floor((real/e.scale+e.zero)*finer + 0.5)))
	}
	f := &steps.Function{Input: in, Output: out, Runs: []steps.Run{{Start: in.Min(), Value: q(in.Min())}}}
	step := int64(in.Count()) >> 12
	for x := in.Min(); x < in.Max(); {
		end := min(in.Max(), x+step)
		for last := f.Runs[len(f.Runs)-1].Value; q(end) != last; last = f.Runs[len(f.Runs)-1].Value {
			next := x + 1 + int64(sort.Search(int(end-x-1), func(n int) bool { return q(x+1+int64(n)) != last }))
			f.Runs = append(f.Runs, steps.Run{Start: next, Value: q(next)})
			x = next
		}
		x = end
	}
	return f
}

func BenchmarkLeastError(b *testing.B) {
	shapes := []struct {
		name string
		ir.Shape
	}{
		{"pot", ir.Shape{Segments: 8, Terms: 1, MinShift: -8, MaxShift: 23}},
		{"two_guard2", ir.Shape{Segments: 8, Terms: 2, MinShift: -8, MaxShift: 25, Guard: 2}},
		{"three_guard2", ir.Shape{Segments: 8, Terms: 3, MinShift: -8, MaxShift: 25, Guard: 2}},
	}
	for _, s := range shapes {
		slopes := new(families).get(s.Shape, ir.Integer{Width: 24, Signed: true})
		for _, e := range examples {
			b.Run(s.name+"/"+e.name, func(b *testing.B) {
				golden := e.golden(24, 8)
				least := int64(0)
				for b.Loop() {
					least = newFitter(golden, s.Guard, slopes).leastError(s.Segments)
				}
				b.ReportMetric(float64(least), "codes")
				b.ReportMetric(float64(len(golden.Runs)), "runs")
			})
		}
	}
}

func BenchmarkLeastSquares(b *testing.B) {
	shapes := []struct {
		name string
		ir.Shape
	}{
		{"pot", ir.Shape{Segments: 8, Terms: 1, MinShift: -8, MaxShift: 23}},
		{"two", ir.Shape{Segments: 8, Terms: 2, MinShift: -8, MaxShift: 23}},
		{"two_guard2", ir.Shape{Segments: 8, Terms: 2, MinShift: -8, MaxShift: 25, Guard: 2}},
	}
	for _, s := range shapes {
		slopes := new(families).get(s.Shape, ir.Integer{Width: 24, Signed: true})
		for _, e := range examples {
			b.Run(s.name+"/"+e.name, func(b *testing.B) {
				golden := e.golden(24, 8)
				var cost, bound, first int64
				o := objective{weigh: uniform, limit: math.MaxInt32}
				for b.Loop() {
					f := newFitter(golden, s.Guard, slopes)
					f.leastError(s.Segments)
					spans, _ := f.cover(s.Segments)
					start := f.polish(spans, s.Segments)
					first = f.costOf(start, &o)
					_, cost, bound = f.leastCost(start, s.Segments, o, squaresBudget)
				}
				n := float64(golden.Input.Count())
				b.ReportMetric(math.Sqrt(float64(first)/n), "minmax")
				b.ReportMetric(math.Sqrt(float64(cost)/n), "rmse")
				b.ReportMetric(math.Sqrt(float64(bound)/n), "bound")
			})
		}
	}
}
