package certify

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/irtest"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// Two ways to measure, which share nothing, agree on functions of any kind.
func TestMeasureAgreesWithPwl(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 300 {
		golden := &steps.Function{Input: ir.Integer{Width: 8 + r.IntN(8), Signed: r.IntN(2) == 0}, Output: ir.Integer{Width: 2 + r.IntN(7), Signed: true}}
		f := &pwl.Function{Input: golden.Input, Output: golden.Output, Guard: r.IntN(4)}
		step := int64(golden.Input.Count() / 20)
		for x := golden.Input.Min(); x <= golden.Input.Max(); x += 1 + r.Int64N(step) {
			y := golden.Output.Min() + r.Int64N(int64(golden.Output.Count()))
			if n := len(golden.Runs); n == 0 || golden.Runs[n-1].Value != y {
				golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: y})
			}
		}
		for x := golden.Input.Min(); x <= golden.Input.Max(); x += 1 + r.Int64N(8*step) {
			s := pwl.Segment{Start: x, Bias: r.Int64N(256) - 128}
			for range r.IntN(4) {
				s.Terms = append(s.Terms, pwl.Term{Shift: r.IntN(24) - 2, Negative: r.IntN(2) == 0})
			}
			f.Segments = append(f.Segments, s)
		}
		want, got := pwl.Measure(golden, f), newMeasure(golden, f, alike)
		if got.max != want.Max || got.at != want.At || got.squares.Cmp(want.Squares) != 0 || uint64(got.exact) != want.Exact {
			t.Fatalf("case %d: max %d at %d, squares %s, exact %d; pwl says %+v", i, got.max, got.at, got.squares, got.exact, want)
		}
		if i%10 == 0 {
			checkWeighted(t, golden, f, irtest.Histogram(r, golden.Input))
		}
	}
}

// checkWeighted adds up the weighted squares input by input.
func checkWeighted(t *testing.T, golden *steps.Function, f *pwl.Function, h *ir.Histogram) {
	t.Helper()
	squares, weight := int64(0), int64(0)
	for _, b := range h.Bins {
		n := b.Last - b.First + 1
		for j := range n {
			w, d := b.Count*(j+1)/n-b.Count*j/n, f.Eval(b.First+j)-golden.Eval(b.First+j)
			squares, weight = squares+w*d*d, weight+w
		}
	}
	weigh := weigherOf(&ir.Layer{Options: ir.Options{Weight: &ir.Weight{Histogram: h}}})
	require.Equal(t, squares, newMeasure(golden, f, weigh).squares.Int64())
	require.Equal(t, weight, weigh(golden.Input.Min(), golden.Input.Max()).Int64())
}
