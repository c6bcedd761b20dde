package certify_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/certify"
	"grauc/ir"
	"grauc/ir/irtest"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// By straight lines the bound is not above the truth, and where outputs are many it is a good part.
func TestStraightSquaresAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	positive, good := 0, 0
	for i := range 400 {
		l := squaresCase(r, i)
		l.Output.Width = 4 + r.IntN(3)
		golden := jumpy(r, l)
		want := leastSquares(l, golden)
		for grid := range l.Input.Width {
			sum := []int64{far, min(far, 2*want+1)}[grid%2]
			got, ok := certify.StraightSquares(l, golden, sum, grid)
			require.True(t, ok)
			require.LessOrEqual(t, got, want, "case %d, %+v, %+v: cells of 2^%d, sum %d", i, l.Shape, l.Options, grid, sum)
			if got > 0 {
				positive++
			}
			if got > want/2 {
				good++
			}
		}
	}
	require.Greater(t, positive, 100)
	require.Greater(t, good, 40)
}

// jumpy is a golden function that goes far up and down, to the ends of the codes often.
func jumpy(r *rand.Rand, l *ir.Layer) *steps.Function {
	f := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer}
	y, slope := int64(0), int64(0)
	for x := f.Input.Min(); x <= f.Input.Max(); x++ {
		if r.IntN(6) == 0 {
			slope = r.Int64N(7) - 3
		}
		if r.IntN(8) == 0 {
			y = f.Output.Min() + r.Int64N(int64(f.Output.Count()))
		}
		y = f.Output.Clamp(y + slope)
		if n := len(f.Runs); n == 0 || f.Runs[n-1].Value != y {
			f.Runs = append(f.Runs, steps.Run{Start: x, Value: y})
		}
	}
	return f
}

// On any cells one straight line has the least squares that there are, of inputs as they are seen
// and weighed.
func TestOneStraightLine(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for i := range 300 {
		l := squaresCase(r, i)
		l.Shape.Segments, l.Shape.Breaks, l.Shape.Overflow = 1, ir.Free, ir.Wrap
		golden := jumpy(r, l)
		v := views(l)[0]
		n, x, y, xx, xy, yy := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
		for code := golden.Input.Min(); code <= golden.Input.Max(); code++ {
			w, g := v.Of(code), golden.Eval(code)
			weight := weightAt(l, code)
			for _, sum := range []struct {
				of *big.Rat
				by int64
			}{{n, 1}, {x, w}, {y, g}, {xx, w * w}, {xy, w * g}, {yy, g * g}} {
				sum.of.Add(sum.of, big.NewRat(weight*sum.by, 1))
			}
		}
		want := int64(0)
		if n.Sign() > 0 {
			about := func(sum, a, b *big.Rat) *big.Rat { // of products, about both means
				mean := new(big.Rat).Quo(new(big.Rat).Mul(a, b), n)
				return mean.Sub(sum, mean)
			}
			least := about(yy, y, y)
			if spread := about(xx, x, x); spread.Sign() > 0 {
				slope := about(xy, x, y)
				least.Sub(least, slope.Quo(slope.Mul(slope, slope), spread))
			}
			want = new(big.Int).Quo(least.Num(), least.Denom()).Int64()
		}
		for grid := range l.Input.Width {
			got, ok := certify.StraightLines(l, golden, grid)
			require.True(t, ok)
			require.Equal(t, want, got, "case %d, %+v, %+v, cells of 2^%d", i, l.Shape, l.Options, grid)
		}
	}
}

// Straight lines that are held to the output codes cost nothing, wherever they begin and end, and
// whatever is where inputs weigh nothing.
func TestStraightLinesAreHeld(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for i := range 400 {
		l := layer(7, 5, ir.Shape{Segments: 1 + r.IntN(4), Terms: 1, MaxShift: 3}, ir.Options{MaxError: -1, Fit: ir.RMSE})
		if i%3 == 0 {
			l.Options.Weight = &ir.Weight{Histogram: irtest.Histogram(r, l.Input.Integer)}
		}
		golden := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer}
		var starts []int64
		for range l.Shape.Segments - 1 {
			starts = append(starts, r.Int64N(128)-64)
		}
		for x, at, slope := int64(-64), int64(-8), int64(1); x <= 63; x++ {
			if slices.Contains(starts, x) {
				at, slope = r.Int64N(90)-45, []int64{-40, -20, -7, -2, -1, 0, 1, 3, 5, 15, 50}[r.IntN(11)]
			}
			y := golden.Output.Clamp(at)
			if weightAt(l, x) == 0 {
				y = r.Int64N(31) - 15
			}
			if n := len(golden.Runs); n == 0 || golden.Runs[n-1].Value != y {
				golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: y})
			}
			at += slope
		}
		for grid := range 7 {
			got, ok := certify.StraightLines(l, golden, grid)
			require.True(t, ok)
			require.Zero(t, got, "case %d, cells of 2^%d, %d segments, %+v", i, grid, l.Shape.Segments, golden.Runs)
		}
	}
}

// A line of a unit is as near to a straight one as stated, and no nearer by much.
func TestLinesAreNearlyStraight(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for i := range 60 {
		l := layer(9, 4, ir.Shape{Segments: 1, Terms: 1 + i%3, MinShift: -1, MaxShift: 9, Guard: i / 3 % 4}, ir.Options{MaxError: -1, Fit: ir.RMSE})
		golden := wobbly(r, l)
		stated, _, _ := certify.FromStraight(l, golden, 1)
		d, _ := stated.Float64()
		most := 0.0
		for range 200 {
			s := pwl.Segment{Bias: r.Int64N(64)}
			rate := 0.0
			for range l.Shape.Terms {
				t := pwl.Term{Shift: r.IntN(11) - 1, Negative: r.IntN(2) == 0}
				s.Terms = append(s.Terms, t)
				sign := 1.0
				if t.Negative {
					sign = -1
				}
				rate += math.Ldexp(sign, -t.Shift)
			}
			low, high := math.Inf(1), math.Inf(-1)
			for x := l.Input.Min(); x <= l.Input.Max(); x++ {
				away := float64(s.Value(x, l.Shape.Guard)>>l.Shape.Guard) - rate*float64(x)
				low, high = min(low, away), max(high, away)
			}
			most = max(most, (high-low)/2)
		}
		require.LessOrEqual(t, most, math.Sqrt(d), "%+v", l.Shape)
		require.Greater(t, most, 0.7*math.Sqrt(d), "%+v", l.Shape)
	}
}

// What remains of squares is that of the roots, to the next integer.
func TestSquaresLessFloors(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	for i := range 200 {
		l := layer(8+r.IntN(16), 4, ir.Shape{Segments: 1, Terms: 1 + i%3, Guard: r.IntN(9)}, ir.Options{MaxError: -1, Fit: ir.RMSE})
		golden := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer, Runs: []steps.Run{{Start: l.Input.Min()}}}
		sum := int64(1) << r.IntN(45)
		sum += r.Int64N(sum)
		of, less, more := certify.FromStraight(l, golden, sum)
		d, _ := of.Float64()
		apart := math.Sqrt(d * float64(l.Input.Count()))
		remains := max(0, math.Sqrt(float64(sum))-apart)
		near := 4 + 1e-9*float64(sum)
		require.InDelta(t, remains*remains, float64(less), near)
		require.InDelta(t, (math.Sqrt(float64(sum))+apart)*(math.Sqrt(float64(sum))+apart), float64(more), near+4e-9*d*float64(l.Input.Count()))
		require.GreaterOrEqual(t, float64(less)+1e-9*float64(sum), remains*remains)
		_, back, _ := certify.FromStraight(l, golden, more)
		require.GreaterOrEqual(t, back, sum)
	}
}
