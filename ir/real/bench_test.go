package real_test

import (
	"testing"

	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/real/realtest"
)

// BenchmarkSettle measures a decision by arbitrary precision: a near tie.
func BenchmarkSettle(b *testing.B) {
	in, out := output(16, true, "1/2", "0", 0), output(8, true, "1", "0", ir.HalfEven)
	for _, f := range realtest.Functions {
		q := real.NewQuantizer(f.Tape(), in, out)
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := q.Settle(81); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
