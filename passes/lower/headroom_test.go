package lower

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/passes/lower/lowertest"
)

// What Within changes is no output, and it keeps its promise at every input.
func TestWithin(t *testing.T) {
	changed, failed := 0, 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 5))
		s := lowertest.Shape(r)
		in, out := lowertest.Integer(r, 8), lowertest.Integer(r, 6)
		f := lowertest.Function(r, in, in, out, s)
		bits := out.Width + 1 + r.IntN(3)
		g, ok := f.Within(bits)
		if !ok {
			failed++
			continue
		}
		if len(g.Segments) != len(f.Segments) {
			changed++
		}
		for x := in.Min(); x <= in.Max(); x++ {
			require.Equal(t, f.Eval(x), g.Eval(x), "seed %d, input %d", seed, x)
			v := g.Segments[g.Find(x)].Value(x, g.Guard) >> g.Guard
			require.LessOrEqual(t, -(int64(1) << (bits - 1)), v, "seed %d, input %d", seed, x)
			require.Less(t, v, int64(1)<<(bits-1), "seed %d, input %d", seed, x)
		}
	}
	require.Greater(t, changed, 100)
	require.Less(t, failed, 1000)
}
