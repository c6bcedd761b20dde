package fit

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// Shapes that took minutes, or no end, as nothing counted what they took: each has its fit
// now, with what is known of it, while the tests run.
func TestShapesThatTookNoEnd(t *testing.T) {
	int16s := ir.Integer{Width: 16, Signed: true}
	in := func(width int) ir.Integer { return ir.Integer{Width: width, Signed: true} }
	cube := func(x float64) float64 { return 32000 * x * x * x }
	wave := func(x float64) float64 { return 3000 * math.Sin(1e7*x) }
	for name, c := range map[string]struct {
		golden *steps.Function
		shape  ir.Shape
		fit    ir.Fit
		weight *ir.Weight
	}{
		"many slopes and runs": {
			sampled(in(32), int16s, 1<<16, cube), ir.Shape{Segments: 4, Terms: 3, MinShift: -16, MaxShift: 39, Guard: 8}, ir.MinMax, nil,
		},
		"more runs than inputs are looked at": {
			sampled(in(22), int16s, 1<<21, wave), ir.Shape{Segments: 8, Terms: 2, MaxShift: 15, Guard: 2}, ir.MinMax, nil,
		},
		"uniform, wide": {
			sampled(in(28), int16s, 1<<14, cube), ir.Shape{
				Segments: 4, Terms: 3, MaxShift: 15, Guard: 8, Breaks: ir.Uniform, Window: ir.Window{Bits: 28},
			}, ir.RMSE, nil,
		},
		"uniform, restless, weighed": {
			sampled(in(24), int16s, 1<<12, cube), ir.Shape{
				Segments: 4, Terms: 3, MinShift: -8, MaxShift: 12, Guard: 4, Breaks: ir.Uniform, Window: ir.Window{Bits: 24},
			}, ir.RMSE, &ir.Weight{Mean: big.NewRat(0, 1), Stddev: big.NewRat(1<<22, 1)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := layerOf("l", c.shape, -1, c.golden)
			l.Options.Implement, l.Options.Fit, l.Options.Weight = ir.PWL, c.fit, c.weight
			made := fittedAlone(t, l)
			require.Equal(t, pwl.Measure(c.golden, made.Function).Max, made.Error.Max)
			require.Less(t, made.Squares.Bound, made.Squares.Sum)
		})
	}
}

// sampled is a function of -1..1 on so many inputs, and on those after each the same.
func sampled(in, out ir.Integer, points int64, f func(x float64) float64) *steps.Function {
	golden := &steps.Function{Input: in, Output: out}
	each := int64(in.Count()) / points
	for x := in.Min(); x <= in.Max(); x += each {
		y := out.Clamp(int64(math.Round(f(float64(x) / float64(in.Max())))))
		if n := len(golden.Runs); n == 0 || golden.Runs[n-1].Value != y {
			golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: y})
		}
	}
	return golden
}

// Few samples are all looked at, of many a share that is bounded, evenly.
func TestThinnedSamples(t *testing.T) {
	for _, n := range []int{1, 3 * 256, enoughSamples, 3 << 15, 3 << 20} {
		for _, slopes := range []int{0, 1, 1 << 10, 1 << 17} {
			samples := make([]sample, n)
			for i := range samples {
				samples[i].x = int64(i)
			}
			some := thinned(samples, slopes)
			require.LessOrEqual(t, len(some), 2*max(enoughSamples, sampleWork/max(1, slopes)))
			if n <= enoughSamples {
				require.Len(t, some, n)
				continue
			}
			var kinds [3]int
			for i := range some {
				kinds[some[i].x%3]++
			}
			require.InDelta(t, kinds[0], kinds[2], 1)
			require.InDelta(t, kinds[0], kinds[1], 1)
			require.GreaterOrEqual(t, 3*len(some), min(n, max(enoughSamples, sampleWork/max(1, slopes))))
		}
	}
}
