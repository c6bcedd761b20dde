package certify_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/certify"
	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// A bound by runs, whole or in parts, is never above what brute force finds.
func TestSpansAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	total, positive, tight := 0, 0, 0
	for i := range 200 {
		l := squaresCase(r, i)
		l.Options.Fit, l.Options.MaxError = ir.MinMax, -1
		if l.Shape.Breaks == ir.Uniform {
			continue
		}
		golden := wobbly(r, l)
		capped := *l
		capped.Options.MaxError = certify.Certify(l, l.Input.Integer, fitted(t, l, golden)).Max
		least := leastSquares(&capped, golden)
		best := int64(0)
		for _, by := range [][2]int{{1, 1}, {2, 1}, {1, 2}, {1, 4}} {
			got, _ := certify.Spans(l, golden, capped.Options.MaxError, far, by[0], by[1])
			require.LessOrEqual(t, got, least, "case %d, %+v, %+v, %v", i, l.Shape, l.Options, by)
			best = max(best, got)
		}
		if least > 0 {
			total++
			if best > 0 {
				positive++
			}
			if best == least {
				tight++
			}
		}
	}
	require.Greater(t, 4*positive, 3*total)
	require.Greater(t, 3*tight, total)
}

// Neither is one of few output codes, where a steep line may come from the least to the
// greatest between two runs.
func TestSpansOfJumps(t *testing.T) {
	r := rand.New(rand.NewPCG(27, 28))
	total, tight := 0, 0
	for i := range 300 {
		shape := ir.Shape{Segments: 2 + r.IntN(2), Terms: 1, MinShift: -r.IntN(5), MaxShift: 3, Guard: r.IntN(2)}
		l := layer(5, 2, shape, ir.Options{MaxError: -1, Implement: ir.PWL})
		golden := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer}
		for x, y := golden.Input.Min(), int64(0); x <= golden.Input.Max(); x += 1 + r.Int64N(9) {
			if n := len(golden.Runs); n > 0 && r.IntN(3) > 0 {
				y = -1 - golden.Runs[n-1].Value // -2 and 1, or the two between
			} else {
				y = golden.Output.Min() + r.Int64N(4)
			}
			if n := len(golden.Runs); n == 0 || golden.Runs[n-1].Value != y {
				golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: y})
			}
		}
		capped := *l
		capped.Options.MaxError = certify.Certify(l, l.Input.Integer, fitted(t, l, golden)).Max
		least := leastSquares(&capped, golden)
		got, _ := certify.Spans(l, golden, capped.Options.MaxError, far, 1, 1)
		require.LessOrEqual(t, got, least, "case %d, %+v, %v", i, l.Shape, golden.Runs)
		if least > 0 {
			total++
			if got > 0 {
				tight++
			}
		}
	}
	require.Greater(t, 4*tight, total)
}

// normalized is silu behind a normalization, as near as float64 gets.
func normalized(l *ir.Layer, gamma, beta float64) *steps.Function {
	return normalizedTo(l, gamma, beta, 32, -119)
}

// normalizedTo is that with so many output codes for 1, and one that stands for 0.
func normalizedTo(l *ir.Layer, gamma, beta, one float64, zero int64) *steps.Function {
	f := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer}
	for x := f.Input.Min(); x <= f.Input.Max(); x += 16 {
		real := gamma*math.Ldexp(float64(x), -20) + beta
		y := f.Output.Clamp(int64(math.RoundToEven(real/(1+math.Exp(-real))*one)) + zero)
		if n := len(f.Runs); n == 0 || f.Runs[n-1].Value != y {
			f.Runs = append(f.Runs, steps.Run{Start: x, Value: y})
		}
	}
	return f
}

// Of two terms a build proves much, and a proof that takes its time more. No other bound
// passes, whoever sealed it.
func TestBoundsOfTwoTerms(t *testing.T) {
	l := layer(24, 8, ir.Shape{Segments: 8, Terms: 2, MaxShift: 25, Guard: 2}, ir.Options{MaxError: -1, Implement: ir.PWL})
	r := rand.New(rand.NewPCG(23, 24))
	share, n := 0.0, 0
	var last *certify.Certificate
	var golden *steps.Function
	var channel *pwl.Channel
	for range 12 {
		golden = normalized(l, math.Exp(r.NormFloat64()/2), r.NormFloat64())
		if channel = fitted(t, l, golden); channel.Squares.Sum > 0 {
			last = certify.Certify(l, l.Input.Integer, channel)
			require.Positive(t, last.Mean.Bound)
			share, n = share+math.Sqrt(float64(last.Mean.Bound)/float64(last.Mean.Sum)), n+1
		}
	}
	require.Greater(t, share/float64(n), 0.6)
	require.NoError(t, last.Check(l, l.Input.Integer, golden))
	require.Contains(t, last.Statement(), "apart")
	for _, bound := range []int64{last.Mean.Bound - 1, last.Mean.Bound + 1, 0, last.Mean.Sum} {
		var fault *certify.Fault
		require.ErrorAs(t, withBound(last, l, bound).Check(l, l.Input.Integer, golden), &fault)
		require.Equal(t, "least_squares.bound", fault.Field, fmt.Sprint(bound))
	}
}

// Where it is asked for, a certificate takes more steps, and says so.
func TestBoundsMadeThoroughly(t *testing.T) {
	l := layer(7, 5, ir.Shape{Segments: 3, Terms: 2, MaxShift: 7, Guard: 1}, ir.Options{MaxError: -1, Implement: ir.PWL})
	golden := wobbly(rand.New(rand.NewPCG(25, 26)), l)
	c := fitted(t, l, golden)
	quick, thorough := certify.Certify(l, l.Input.Integer, c), certify.CertifyThoroughly(l, l.Input.Integer, c)
	require.GreaterOrEqual(t, thorough.Mean.Bound, quick.Mean.Bound)
	require.NoError(t, thorough.Check(l, l.Input.Integer, golden))
	require.Equal(t, thorough.Mean.Bound, certify.Found(thorough))
	for _, forge := range []func(*certify.Mean){
		func(m *certify.Mean) { m.Bound-- },
		func(m *certify.Mean) { m.Steps-- },
		func(m *certify.Mean) { m.Steps = 1 << 40 },
	} {
		forged, mean := *thorough, *thorough.Mean
		forge(&mean)
		forged.Mean = &mean
		forged = certify.Reseal(forged, l)
		require.Error(t, forged.Check(l, l.Input.Integer, golden))
	}
}

// Of uniform segments, which no proof by runs is made of, and of more runs than there is
// room for, a certificate states what cells prove. Nothing else passes.
func TestBoundsWithoutProofByRuns(t *testing.T) {
	for name, c := range map[string]struct {
		out   int
		shape ir.Shape
		runs  bool // that there are many
		share float64
	}{
		"uniform":            {8, ir.Shape{Segments: 16, Terms: 2, MinShift: -2, MaxShift: 12, Guard: 2, Breaks: ir.Uniform, Window: ir.Window{Bits: 16, MinShift: 8, MaxShift: 8}}, false, 0.9},
		"uniform, three":     {10, ir.Shape{Segments: 8, Terms: 3, MinShift: -2, MaxShift: 12, Guard: 1, Breaks: ir.Uniform, Window: ir.Window{Bits: 16, MinShift: 8, MaxShift: 8}}, false, 0.3},
		"many runs":          {16, ir.Shape{Segments: 8, Terms: 1, MaxShift: 15}, true, 0.7},
		"many runs, two":     {16, ir.Shape{Segments: 8, Terms: 2, MaxShift: 15, Guard: 2}, true, 0.1},
		"uniform, many, one": {16, ir.Shape{Segments: 8, Terms: 1, MinShift: -2, MaxShift: 12, Breaks: ir.Uniform, Window: ir.Window{Bits: 16, MinShift: 8, MaxShift: 8}}, true, 0.7},
	} {
		l := layer(24, c.out, c.shape, ir.Options{MaxError: -1, Implement: ir.PWL})
		golden := normalizedTo(l, 1, 0.3, math.Ldexp(1, c.out-4), 0)
		require.Equal(t, c.runs, len(golden.Runs) > 1<<11, name)
		proof := certify.Certify(l, l.Input.Integer, fitted(t, l, golden))
		require.Positive(t, proof.Mean.Sum, name)
		require.Greater(t, math.Sqrt(float64(proof.Mean.Bound)/float64(proof.Mean.Sum)), c.share, name)
		require.NoError(t, proof.Check(l, l.Input.Integer, golden), name)
		require.Error(t, withBound(proof, l, proof.Mean.Bound+1).Check(l, l.Input.Integer, golden), name)
	}
}
