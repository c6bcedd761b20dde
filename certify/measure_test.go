package certify

import (
	"math/rand/v2"
	"testing"

	"grauc/ir"
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
		want, got := pwl.Measure(golden, f), newMeasure(golden, f)
		if got.max != want.Max || got.at != want.At || got.squares.Cmp(want.Squares) != 0 || uint64(got.exact) != want.Exact {
			t.Fatalf("case %d: max %d at %d, squares %s, exact %d; pwl says %+v", i, got.max, got.at, got.squares, got.exact, want)
		}
	}
}
