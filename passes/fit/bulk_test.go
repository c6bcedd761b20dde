package fit

import (
	"math"
	"math/rand/v2"
	"testing"

	"grauc/ir"
	"grauc/ir/steps"
)

// bulk is silu with batch normalization folded in, for so many channels of 24-bit
// inputs: scales are lognormal and offsets normal.
func bulk(channels int) []*steps.Function {
	r := rand.New(rand.NewPCG(13, 14))
	in, out := ir.Integer{Width: 24, Signed: true}, ir.Integer{Width: 8}
	functions := make([]*steps.Function, channels)
	for i := range functions {
		scale, offset := math.Exp(r.NormFloat64()/2), r.NormFloat64()
		functions[i] = exampleSteps(in, out, func(x int64) float64 {
			real := scale*math.Ldexp(float64(x), -20) + offset
			return real*sigmoid(real)*255/8.3 + 9
		})
	}
	return functions
}

// Channels in bulk, on all cores.
func BenchmarkBulk(b *testing.B) {
	functions := bulk(480)
	for _, s := range benchmarkShapes[:2] {
		b.Run(s.name, func(b *testing.B) {
			m := moduleOf(layerOf("silu", s.Shape, -1, functions...))
			used := processorTime()
			for b.Loop() {
				if _, err := Lower(m); err != nil {
					b.Fatal(err)
				}
			}
			fits := float64(b.N * len(functions))
			b.ReportMetric(float64(b.Elapsed().Microseconds())/fits, "us/fit")
			b.ReportMetric(float64((processorTime()-used).Microseconds())/fits, "cpu-us/fit")
		})
	}
}
