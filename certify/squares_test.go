package certify_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/certify"
	"grauc/ir"
	"grauc/ir/irtest"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/passes/fit"
)

// far is more than any sum of squares of the tests.
const far = int64(1) << 40

// leastSquares is the least weighted sum of squares of any function of a shape, far if
// none keeps to the maximum error asked for, by trying every interval with every line.
func leastSquares(l *ir.Layer, golden *steps.Function) int64 {
	best := far
	for _, v := range views(l) {
		best = min(best, leastSquaresThrough(l, golden, v))
	}
	return best
}

func leastSquaresThrough(l *ir.Layer, golden *steps.Function, v pwl.View) int64 {
	lo := v.Of(golden.Input.Min())
	n := int(v.Of(golden.Input.Max()) - lo + 1)
	one := make([][]int64, n) // one[i][j]: least cost of one line over i..j
	for i := range one {
		one[i] = make([]int64, n)
		for j := range one[i] {
			one[i][j] = far
		}
	}
	eachLine(l, func(terms []pwl.Term, bias int64) {
		s := pwl.Segment{Bias: bias, Terms: terms}
		costs := make([]int64, n)
		for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
			w := v.Of(x)
			costs[w-lo] += costAt(l, golden, s.Value(w, l.Shape.Guard)>>l.Shape.Guard, x)
		}
		for i := range one {
			total := int64(0)
			for j := i; j < n; j++ {
				total = min(far, total+costs[j])
				one[i][j] = min(one[i][j], total)
			}
		}
	})
	if l.Shape.Breaks == ir.Uniform {
		total, each := int64(0), int64(1)<<l.Shape.LowBits(l.Input.Integer)
		for i := 0; i < n; {
			end := min(n, int((lo+int64(i))|(each-1)-lo)+1)
			total += one[i][end-1]
			i = end
		}
		return min(far, total)
	}
	before := make([]int64, n+1)
	for i := range before {
		before[i] = far
	}
	before[0] = 0
	for range l.Shape.Segments {
		after := append([]int64(nil), before...)
		for i := range one {
			for j := i; j < n; j++ {
				after[j+1] = min(after[j+1], before[i]+one[i][j])
			}
		}
		before = after
	}
	return min(far, before[n])
}

// costAt is what an output costs before the clamp.
func costAt(l *ir.Layer, golden *steps.Function, y, x int64) int64 {
	if l.Shape.Overflow == ir.Wrap && y != golden.Output.Clamp(y) {
		return far
	}
	d := golden.Output.Clamp(y) - golden.Eval(x)
	if limit := l.Options.MaxError; limit >= 0 && max(d, -d) > limit {
		return far
	}
	return weightAt(l, x) * d * d
}

func weightAt(l *ir.Layer, x int64) int64 {
	if l.Options.Weight == nil {
		return 1
	}
	weight := int64(0)
	for _, b := range l.Options.Weight.Histogram.Bins {
		if n := b.Last - b.First + 1; b.First <= x && x <= b.Last {
			weight = b.Count*(x-b.First+1)/n - b.Count*(x-b.First)/n
		}
	}
	return weight
}

// squaresCase is a small layer of any kind of which least squares are asked.
func squaresCase(r *rand.Rand, i int) *ir.Layer {
	shape := ir.Shape{Segments: 1 + r.IntN(4), Terms: 1 + i%3, MaxShift: 1 + r.IntN(4), Guard: r.IntN(4)}
	in := 5
	if shape.Terms == 3 {
		in, shape.MaxShift, shape.Guard = 4, 1+r.IntN(2), r.IntN(2)
	}
	if shape.Terms == 1 {
		shape.MinShift = -r.IntN(2)
	}
	if r.IntN(4) == 0 {
		shape.Window = ir.Window{Bits: 3 + r.IntN(2), MinShift: r.IntN(2)}
		shape.Window.MaxShift = shape.Window.MinShift + r.IntN(2)
	}
	if r.IntN(4) == 0 {
		shape.Breaks, shape.Segments = ir.Uniform, 2<<r.IntN(2)
	}
	if r.IntN(4) == 0 {
		shape.Signs = ir.PlusOnly
	}
	if r.IntN(4) == 0 {
		shape.Overflow = ir.Wrap
	}
	l := layer(in, 4, shape, ir.Options{MaxError: -1, Fit: ir.RMSE, Implement: ir.PWL})
	if r.IntN(3) == 0 {
		l.Options.MaxError = r.Int64N(4)
	}
	if r.IntN(3) == 0 {
		l.Options.Weight = &ir.Weight{Histogram: irtest.Histogram(r, l.Input.Integer)}
	}
	return l
}

// On the finest grid the bound is the truth; on coarser ones, where lines change within
// cells, it is not above.
func TestSquaresAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	tight := 0
	for i := range 600 {
		l := squaresCase(r, i)
		golden := wobbly(r, l)
		want := leastSquares(l, golden)
		for grid := range l.Input.Width {
			got, ok := certify.LeastSquares(l, golden, far, grid, far)
			require.True(t, ok)
			if got > want || grid == 0 && got != want {
				t.Fatalf("case %d, %+v, %+v: %d on grid %d, brute force %d", i, l.Shape, l.Options, got, grid, want)
			}
			if grid == 1 && got == want {
				tight++
			}
		}
		for apart := range int64(3) {
			got, ok := certify.LeastSquares(l, golden, far, r.IntN(2), apart)
			require.True(t, ok)
			require.LessOrEqual(t, got, want, "case %d, %+v, %+v: cells %d apart", i, l.Shape, l.Options, apart)
		}
		below, ok := certify.LeastSquares(l, golden, want/2, 1, 1)
		require.True(t, ok)
		require.LessOrEqual(t, below, want/2)
	}
	require.Greater(t, tight, 150)
}

// On coarse cells, and with lines and slopes taken together, the bound is not above the truth
// either; where segments are given and cells fine, it is a good part of it.
func TestCoarseSquaresAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	var found tally
	for i := range 300 {
		l := squaresCase(r, i)
		golden := wobbly(r, l)
		want := leastSquares(l, golden)
		for lines := range 4 {
			grid, sum := r.IntN(l.Input.Width), []int64{far, min(far, 2*want+1)}[i/2%2]
			got, ok := certify.CoarseSquares(l, golden, sum, grid, lines)
			require.True(t, ok)
			require.LessOrEqual(t, got, want, "case %d, %+v, %+v: cells of 2^%d, 2^%d lines, sum %d", i, l.Shape, l.Options, grid, lines, sum)
			found.add(got, want)
		}
	}
	found.enough(t)
}

// tally counts bounds that say something, and those that say much.
type tally struct{ positive, good int }

func (c *tally) add(bound, truth int64) {
	if bound > 0 {
		c.positive++
	}
	if bound > truth/2 {
		c.good++
	}
}

func (c *tally) enough(t *testing.T) {
	t.Helper()
	require.Greater(t, c.positive, 100)
	require.Greater(t, c.good, 40)
}

// Of 16-bit outputs at least 0.9 of the RMSE is proved to be needed, and nothing else passes.
func TestSquaresOfWideOutputs(t *testing.T) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for name, f := range map[string]func(x float64) float64{
		"sigmoid": func(x float64) float64 { return 65535*sigmoid(x) - 32768 },
		"silu":    func(x float64) float64 { return 4096 * x * sigmoid(x) },
		"exp_neg": func(x float64) float64 { return 65535*math.Exp(-max(x, 0)) - 32768 },
	} {
		l := layer(16, 16, ir.Shape{Segments: 8, Terms: 1, MinShift: -8, MaxShift: 15}, ir.Options{MaxError: -1, Fit: ir.RMSE, Implement: ir.PWL})
		golden := wide(l, f)
		c := certify.Certify(l, l.Input.Integer, fitted(t, l, golden))
		require.False(t, c.Mean.Straight, name)
		checkWide(t, name, l, golden, c)
		other := *c.Mean.Lines + 1
		rejected(t, l, golden, c, func(m *certify.Mean) { m.Lines = &other })
		if name != "silu" {
			continue
		}
		l.Shape.Terms, l.Shape.Guard = 2, 2
		c = certify.Certify(l, l.Input.Integer, fitted(t, l, golden))
		require.True(t, c.Mean.Straight, name)
		checkWide(t, name, l, golden, c)
		rejected(t, l, golden, c, func(m *certify.Mean) { m.Straight = false })
		rejected(t, l, golden, c, func(m *certify.Mean) { m.Lines = new(int) })
	}
}

// wide is the golden function of a layer of scale 2^-12.
func wide(l *ir.Layer, f func(x float64) float64) *steps.Function {
	golden := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer}
	for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
		y := golden.Output.Clamp(int64(math.RoundToEven(f(math.Ldexp(float64(x), -12)))))
		if n := len(golden.Runs); n == 0 || golden.Runs[n-1].Value != y {
			golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: y})
		}
	}
	return golden
}

func checkWide(t *testing.T, name string, l *ir.Layer, golden *steps.Function, c *certify.Certificate) {
	t.Helper()
	require.Greater(t, math.Sqrt(float64(c.Mean.Bound)/float64(c.Mean.Sum)), 0.9, name)
	require.NoError(t, c.Check(l, l.Input.Integer, golden), name)
	rejected(t, l, golden, c, func(m *certify.Mean) { m.Bound++ })
}

// rejected checks that a forgery of what is stated of squares is rejected.
func rejected(t *testing.T, l *ir.Layer, golden *steps.Function, c *certify.Certificate, forge func(*certify.Mean)) {
	t.Helper()
	forged, mean := *c, *c.Mean
	forge(&mean)
	forged.Mean = &mean
	forged = certify.Reseal(forged, l)
	require.Error(t, forged.Check(l, l.Input.Integer, golden), "%+v", mean)
}

func flipped(grid *int) *int {
	if grid == nil {
		return new(int)
	}
	return nil
}

// Of fits of least maximum error a check proves the least squares among those, never more
// than there are, and no bound passes that is higher.
func TestSquaresOfTies(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	proved, forged := 0, 0
	for i := range 200 {
		l := squaresCase(r, i)
		l.Options.Fit, l.Options.MaxError = ir.MinMax, -1
		golden := wobbly(r, l)
		c := certify.Certify(l, l.Input.Integer, worse(l, fitted(t, l, golden)))
		if c.Mean == nil || c.Mean.Sum == 0 {
			continue
		}
		require.NoError(t, c.Check(l, l.Input.Integer, golden))
		capped := *l
		capped.Options.Fit, capped.Options.MaxError = ir.RMSE, c.Max
		least, found := leastSquares(&capped, golden), certify.Found(c)
		require.LessOrEqual(t, found, least, "case %d: %+v", i, l.Shape)
		require.LessOrEqual(t, c.Mean.Bound, found, "case %d: %+v", i, l.Shape)
		for _, bound := range []int64{found + 1, least + 1} {
			if bound <= c.Mean.Sum {
				require.Equal(t, bound <= least, withBound(c, l, bound).Check(l, l.Input.Integer, golden) == nil, "case %d: %+v, bound %d", i, l.Shape, bound)
				forged++
			}
		}
		if found == c.Mean.Sum {
			proved++
			require.Contains(t, c.Statement(), fmt.Sprintf("keeps to %d has less", c.Max))
			require.NotContains(t, c.Statement(), "rechecked")
		}
	}
	require.Greater(t, proved, 60)
	require.Greater(t, forged, 50)
}

// worse is a fit with a break moved, if it has the same maximum error then and more
// squares, and else itself.
func worse(l *ir.Layer, c *pwl.Channel) *pwl.Channel {
	if l.Shape.Breaks == ir.Uniform || l.Shape.Overflow == ir.Wrap {
		return c
	}
	for i := 1; i < len(c.Function.Segments); i++ {
		f := *c.Function
		f.Segments = slices.Clone(f.Segments)
		if f.Segments[i].Start--; f.Segments[i].Start == f.Segments[i-1].Start {
			continue
		}
		sum := int64(0)
		for x := f.Input.Min(); x <= f.Input.Max(); x++ {
			sum += costAt(l, c.Golden, f.Segments[f.Find(x)].Value(f.View.Of(x), f.Guard)>>f.Guard, x)
		}
		if e := pwl.Measure(c.Golden, &f); e.Max == c.Error.Max && sum > c.Squares.Sum {
			squares := *c.Squares
			squares.Sum = sum
			return &pwl.Channel{Golden: c.Golden, Function: &f, Error: e, Squares: &squares}
		}
	}
	return c
}

// withBound is a certificate that states another bound on the squares.
func withBound(c *certify.Certificate, l *ir.Layer, bound int64) *certify.Certificate {
	forged, mean := *c, *c.Mean
	mean.Bound, forged.Mean = bound, &mean
	forged = certify.Reseal(forged, l)
	return &forged
}

// Sums that a normal distribution weighs are those of the fitter, for all sorts of it.
func TestSquaresOfNormalWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for i := range 40 {
		l := layer(8, 5, ir.Shape{Segments: 1 + r.IntN(4), Terms: 1 + r.IntN(2), MaxShift: 8, Guard: r.IntN(2)},
			ir.Options{MaxError: -1, Fit: ir.RMSE, Implement: ir.PWL})
		l.Input.Scale = big.NewRat(1, 1+r.Int64N(50))
		l.Options.Weight = &ir.Weight{Mean: l.Input.Real(r.Int64N(300) - 150), Stddev: big.NewRat(1+r.Int64N(20), 1+r.Int64N(20))}
		golden := wobbly(r, l)
		m, err := fit.Lower(&steps.Module{Layers: []*steps.Layer{{Layer: *l, Channels: []*steps.Function{golden}}}})
		if err != nil {
			continue // none of the inputs weighs anything
		}
		c := certify.Certify(l, l.Input.Integer, m.Layers[0].Channels[0])
		require.Equal(t, c.Mean.Sum, c.Mean.Bound, "case %d", i)
		require.NoError(t, c.Check(l, l.Input.Integer, golden))
	}
}

// What the fitter proves the checker proves, too.
func TestSquaresOfFits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 120 {
		l := squaresCase(r, i)
		l.Options.MaxError, l.Shape.Breaks = -1, ir.Free
		golden := wobbly(r, l)
		c := certify.Certify(l, l.Input.Integer, fitted(t, l, golden))
		require.Equal(t, c.Mean.Sum > 0, c.Mean.Grid != nil)
		require.Equal(t, leastSquares(l, golden), c.Mean.Bound, "%d %+v %+v %+v %+v", i, l.Shape, l.Options, c.Mean, golden)
		require.NoError(t, c.Check(l, l.Input.Integer, golden))
		for _, forge := range []func(*certify.Mean){
			func(m *certify.Mean) { m.Bound-- },
			func(m *certify.Mean) { m.Bound++ },
			func(m *certify.Mean) { m.Grid = flipped(m.Grid) },
		} {
			rejected(t, l, golden, c, forge)
		}
	}
}

// Where a bound is out of reach, none passes.
func TestNoBoundIsTakenOnTrust(t *testing.T) {
	l := layer(18, 16, ir.Shape{Segments: 1, Terms: 1, MaxShift: 2, Guard: 1}, ir.Options{MaxError: -1, Fit: ir.RMSE, Implement: ir.PWL})
	golden := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer}
	for x := golden.Input.Min(); x <= golden.Input.Max(); x += 2 {
		golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: min(x>>2+x>>1&1, golden.Output.Max())})
	}
	f := &pwl.Function{Input: golden.Input, Output: golden.Output, Segments: []pwl.Segment{{Start: golden.Input.Min(), Terms: []pwl.Term{{Shift: 2}}}}}
	e := pwl.Measure(golden, f)
	c := certify.Certify(l, l.Input.Integer, &pwl.Channel{
		Golden: golden, Function: f, Error: e,
		Squares: &pwl.Squares{Sum: e.Squares.Int64(), Bound: e.Squares.Int64(), Weight: int64(e.Inputs)},
	})
	require.Nil(t, c.Mean.Grid)
	require.Zero(t, c.Mean.Bound)
	require.NoError(t, c.Check(l, l.Input.Integer, golden))
	require.Contains(t, c.Statement(), "not proved")
	var fault *certify.Fault
	require.ErrorAs(t, withBound(c, l, 1).Check(l, l.Input.Integer, golden), &fault)
	require.Equal(t, "least_squares.bound", fault.Field)
}

// Of many biases few are of use: no others take time or room.
func TestManyBiases(t *testing.T) {
	l := layer(8, 16, ir.Shape{Segments: 1, Terms: 2, MinShift: -16, MaxShift: 7, Guard: 8}, ir.Options{MaxError: -1, Fit: ir.RMSE, Implement: ir.PWL})
	l.Output.Signed = false
	golden := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer, Runs: []steps.Run{{Start: -128}}}
	for y := int64(1); y < 60; y++ {
		golden.Runs = append(golden.Runs, steps.Run{Start: (1000*(2*y-1) + 933) / 934, Value: y})
	}
	made := fitted(t, l, golden)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := certify.Certify(l, l.Input.Integer, made)
	runtime.ReadMemStats(&after)
	require.Positive(t, c.Mean.Sum)
	require.Equal(t, c.Mean.Sum, c.Mean.Bound)
	require.NoError(t, c.Check(l, l.Input.Integer, golden))
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
}
