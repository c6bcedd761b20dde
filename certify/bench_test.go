package certify_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/certify"
	"grauc/ir"
	"grauc/ir/steps"
)

// silu is the golden function of silu at 24 bits, as near as float64 gets: the
// times do not depend on its last bit.
func silu(l *ir.Layer) *steps.Function {
	f := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer}
	for x := f.Input.Min(); x <= f.Input.Max(); x += 16 {
		real := math.Ldexp(float64(x), -20)
		y := f.Output.Clamp(int64(math.RoundToEven(real / (1 + math.Exp(-real)) * 16)))
		if n := len(f.Runs); n == 0 || f.Runs[n-1].Value != y {
			f.Runs = append(f.Runs, steps.Run{Start: x, Value: y})
		}
	}
	return f
}

func BenchmarkCertify(b *testing.B) {
	for _, s := range []struct {
		name  string
		shape ir.Shape
	}{
		{"pot", ir.Shape{Segments: 8, Terms: 1, MaxShift: 24}},
		{"apot2", ir.Shape{Segments: 8, Terms: 2, MaxShift: 26, Guard: 2}},
		{"apot3", ir.Shape{Segments: 8, Terms: 3, MaxShift: 26, Guard: 2}},
	} {
		l := layer(24, 8, s.shape, ir.Options{MaxError: -1, Implement: ir.PWL})
		golden := silu(l)
		c := fitted(b, l, golden)
		b.Run(s.name+"/make", func(b *testing.B) {
			for b.Loop() {
				certify.Certify(l, l.Input.Integer, c)
			}
		})
		r := certify.Certify(l, l.Input.Integer, c)
		b.Run(s.name+"/check", func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, r.Check(l, l.Input.Integer, golden))
			}
		})
		b.Logf("%s: maximum error %d, bound %d", s.name, r.Max, r.Bound)
	}
}
