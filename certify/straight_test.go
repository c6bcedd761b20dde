package certify_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"
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
	var found tally
	for i := range 300 {
		l := squaresCase(r, i)
		l.Output.Width = 4 + r.IntN(3)
		l.Shape.MinShift = -r.IntN(3) // steep enough to go from one end of the outputs to the other
		if l.Shape.Terms == 3 {
			l.Shape.MinShift /= 2
		}
		golden := []func(*rand.Rand, *ir.Layer) *steps.Function{jumpy, rough}[i/3%2](r, l)
		want := leastSquares(l, golden)
		for grid := range l.Input.Width {
			sum := []int64{far, min(far, 2*want+1)}[grid%2]
			got, ok := certify.StraightSquares(l, golden, sum, grid)
			require.True(t, ok)
			require.LessOrEqual(t, got, want, "case %d, %+v, %+v: cells of 2^%d, sum %d", i, l.Shape, l.Options, grid, sum)
			found.add(got, want)
		}
	}
	found.enough(t)
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

// rough is a golden function that mostly is far from any few lines: with jumps, stretches at
// the ends of the outputs, and lines that leave them.
func rough(r *rand.Rand, l *ir.Layer) *steps.Function {
	in, out := l.Input.Integer, l.Output.Integer
	f := &steps.Function{Input: in, Output: out}
	kind, level, rise, left, noise := 0, int64(0), int64(0), 0, 1+r.Int64N(1<<r.IntN(6))
	for x := in.Min(); x <= in.Max(); x++ {
		if left--; left < 0 {
			kind, left = r.IntN(4), r.IntN(10)
			level, rise = out.Min()+r.Int64N(int64(out.Count())), r.Int64N(33)-16
		}
		y := level + r.Int64N(noise)
		switch kind {
		case 0:
			y = out.Min() + r.Int64N(noise)/8
		case 1:
			y = out.Max() - r.Int64N(noise)/8
		case 2:
			level += rise
		}
		if y = out.Clamp(y); len(f.Runs) == 0 || f.Runs[len(f.Runs)-1].Value != y {
			f.Runs = append(f.Runs, steps.Run{Start: x, Value: y})
		}
	}
	return f
}

// Straight lines that are held to the output codes cost nothing, wherever they begin and end, and
// whatever is where inputs weigh nothing.
func TestStraightLinesAreHeld(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for i := range 400 {
		l := layer(7, 5, ir.Shape{Segments: 1 + r.IntN(4), Terms: 1, MinShift: -5, MaxShift: 3}, ir.Options{MaxError: -1, Fit: ir.RMSE})
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
				at, slope = r.Int64N(90)-45, []int64{-32, -16, -8, -2, -1, 0, 1, 2, 4, 16, 32}[r.IntN(11)]
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
			require.Less(t, got, 1e-6, "case %d, cells of 2^%d, %d segments, %+v", i, grid, l.Shape.Segments, golden.Runs)
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

// No input weighs more than it does in truth, and those of a histogram as much.
func TestPlateaus(t *testing.T) {
	r := rand.New(rand.NewPCG(29, 30))
	for i := range 18 {
		l := layer(6+i%2*10, 8, ir.Shape{Segments: 1, Terms: 1}, ir.Options{})
		w := &ir.Weight{Mean: big.NewRat(r.Int64N(3000)-1500, 7), Stddev: big.NewRat(1+r.Int64N(20000), 3)}
		if i%3 == 0 {
			w = &ir.Weight{Histogram: irtest.Histogram(r, l.Input.Integer)}
		}
		l.Options.Weight = w
		weights := make([]int64, l.Input.Count())
		for _, p := range certify.Plateaus(l) {
			for x := p[0]; x <= p[1]; x++ {
				weights[x-l.Input.Min()] += p[2]
			}
		}
		for i, got := range weights {
			want := certify.Weight(l, l.Input.Min()+int64(i))
			require.LessOrEqual(t, got, want)
			if w.Histogram != nil || l.Input.Width <= 14 {
				require.Equal(t, want, got)
			}
		}
	}
}

// Moments of cells are those of their inputs, whatever is seen and however they weigh.
func TestMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	for i := range 200 {
		l := squaresCase(r, i)
		golden := rough(r, l)
		for _, v := range views(l) {
			grid := r.IntN(4)
			origin, ends, got := certify.Moments(l, golden, v, grid)
			want := make([][6]*big.Int, len(got))
			for k := range want {
				for n := range want[k] {
					want[k][n] = new(big.Int)
				}
			}
			for x := l.Input.Min(); x <= l.Input.Max(); x++ {
				w, weight, q := v.Of(x)-origin, weightAt(l, x), golden.Eval(x)
				for n, of := range []int64{1, w, q, w * w, w * q, q * q} {
					at := sort.Search(len(ends), func(i int) bool { return ends[i] > w })
					sum := want[at][n]
					sum.Add(sum, big.NewInt(weight*of))
				}
			}
			for k := range want {
				for n := range want[k] {
					require.Zero(t, want[k][n].Cmp(got[k][n]), "case %d: cell %d, moment %d", i, k, n)
				}
			}
		}
	}
}

// Integers of 128 bits are exact, and float64 values near them, below 0 and just above.
func TestWideIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 34))
	any := func() int64 { return int64(r.Uint64()) >> r.IntN(64) }
	for range 10000 {
		a, b, c, d := any(), any(), any(), any()
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		want.Sub(want.Add(want, big.NewInt(c)), big.NewInt(d))
		got, off := certify.Wide(a, b, c, d)
		require.Zero(t, want.Cmp(got))
		require.Less(t, math.Abs(off), 1e-15)
	}
}

// What is seen of lines that come to an end of the codes without looking at rates is no more than
// they cost, and of many rates most of it.
func TestLinesBend(t *testing.T) {
	r := rand.New(rand.NewPCG(35, 36))
	near, all := 0, 0
	for i := range 60 {
		l := squaresCase(r, i)
		l.Shape = ir.Shape{Segments: 1, Terms: 3, MinShift: -3, MaxShift: 5}
		golden := rough(r, l)
		certify.Meetings(l, golden, r.IntN(3), func(met, bend float64) {
			require.LessOrEqual(t, bend, met*(1+1e-9)+1e-9, "case %d", i)
			if all++; bend > 0.7*met {
				near++
			}
		})
	}
	require.Greater(t, near, all/4)
}
