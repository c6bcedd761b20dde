package fit

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// leastUniform is the least maximum error of uniform segments of a view, and the least
// sum of squares with one of at most a limit, by trying all slopes and biases on every
// input that each segment holds.
func leastUniform(golden *steps.Function, shape ir.Shape, view pwl.View, low int, limit int64) (worst, squares int64) {
	inputs := map[int64][]int64{}
	for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
		k := view.Of(x) >> low
		inputs[k] = append(inputs[k], x)
	}
	for _, xs := range inputs {
		best, sum := int64(never), int64(never)
		for _, terms := range termSets(shape, shape.Terms) {
			if shape.Signs == ir.PlusOnly && negative(terms) {
				continue
			}
			a, b := bestBiases(golden, shape, view, terms, xs, limit)
			best, sum = min(best, a), min(sum, b)
		}
		worst, squares = max(worst, best), squares+sum
	}
	return worst, squares
}

func negative(terms []pwl.Term) bool {
	for _, t := range terms {
		if t.Negative {
			return true
		}
	}
	return false
}

// bestBiases is the least maximum error of any bias on some inputs, and the least sum of
// squares with one of at most a limit.
func bestBiases(golden *steps.Function, shape ir.Shape, view pwl.View, terms []pwl.Term, xs []int64, limit int64) (best, squares int64) {
	best, squares = never, never
	out := golden.Output
	s := pwl.Segment{Terms: terms}
	for bias := int64(-300); bias <= 300; bias++ {
		worst, sum := int64(0), int64(0)
		for _, x := range xs {
			y := (bias + s.Value(view.Of(x), shape.Guard)) >> shape.Guard
			if !out.Contains(y) && shape.Overflow == ir.Wrap {
				worst = never
			}
			d := out.Clamp(y) - golden.Eval(x)
			worst, sum = max(worst, d, -d), sum+d*d
		}
		if best = min(best, worst); worst <= limit {
			squares = min(squares, sum)
		}
	}
	return best, squares
}

func TestUniformMatchesBruteForce(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 21))
		in := ir.Integer{Width: 4 + r.IntN(3), Signed: r.IntN(2) == 0}
		golden := randomSteps(r, in, ir.Integer{Width: 3 + r.IntN(2), Signed: r.IntN(2) == 0})
		shape := ir.Shape{
			Segments: 2 << r.IntN(2), Terms: 1 + r.IntN(2), Guard: r.IntN(3), Breaks: ir.Uniform,
			Signs: ir.Signs(r.IntN(2)), Overflow: ir.Overflow(r.IntN(2)),
		}
		shape.Window = ir.Window{Bits: 3 + r.IntN(in.Width-2), MinShift: r.IntN(3)}
		shape.Window.MaxShift = shape.Window.MinShift + r.IntN(2)
		shape.MaxShift = min(2, shape.LowBits(in)+shape.Guard)
		least, squares := int64(never), int64(never)
		for _, view := range views(shape, in) {
			worst, sum := leastUniform(golden, shape, view, shape.LowBits(in), never-1)
			least, squares = min(least, worst), min(squares, sum)
		}
		l := layerOf("l", shape, -1, golden)
		l.Options.Implement = ir.PWL
		require.Equal(t, least, fittedAlone(t, l).Error.Max, "seed %d: %+v", seed, shape)
		l.Options.Fit = ir.RMSE
		require.Equal(t, squares, fittedAlone(t, l).Squares.Sum, "seed %d: %+v", seed, shape)
	}
}

func fittedAlone(t *testing.T, l *steps.Layer) *pwl.Channel {
	m, err := Lower(moduleOf(l))
	require.NoError(t, err)
	require.NoError(t, pwl.Verify(m))
	return m.Layers[0].Channels[0]
}

// Segments in which no input weighs anything are fitted as if all weighed alike.
func TestUniformSegmentsWithoutWeight(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 23))
	in := ir.Integer{Width: 6}
	golden := randomSteps(r, in, ir.Integer{Width: 4})
	shape := ir.Shape{Segments: 8, Terms: 1, MaxShift: 3, Breaks: ir.Uniform}
	l := layerOf("l", shape, -1, golden)
	l.Options.Implement, l.Options.Fit = ir.PWL, ir.RMSE
	alike := fittedAlone(t, l)
	l.Options.Weight = &ir.Weight{Histogram: &ir.Histogram{Bins: []ir.Bin{{First: 20, Last: 21, Count: 5}}}}
	weighed := fittedAlone(t, l)
	require.Equal(t, int64(5), weighed.Squares.Weight)
	for x := in.Min(); x <= in.Max(); x++ {
		if x>>3 != 20>>3 {
			require.Equal(t, alike.Function.Eval(x), weighed.Function.Eval(x), "input %d", x)
		}
	}
}

// leastFree is the least maximum error of segments with free breaks over a view, and the
// least sum of squares with one of at most a limit: the best that each stretch of its codes
// allows, put together in all ways.
func leastFree(golden *steps.Function, shape ir.Shape, view pwl.View, segments int, limit int64) (worst, squares int64) {
	inputs := map[int64][]int64{}
	for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
		w := view.Of(x) - view.Codes.Min()
		inputs[w] = append(inputs[w], x)
	}
	n := int64(view.Codes.Count())
	least, sums := make([]int64, n+1), make([]int64, n+1) // of the first codes, with the segments so far
	for i := range n {
		least[i+1], sums[i+1] = never, never
	}
	for range segments {
		next, nextSums := slices.Clone(least), slices.Clone(sums)
		for from := range n {
			var xs []int64
			for to := from; to < n; to++ {
				xs = append(xs, inputs[to]...)
				best, sum := int64(never), int64(never)
				for _, terms := range termSets(shape, shape.Terms) {
					if shape.Signs != ir.PlusOnly || !negative(terms) {
						a, b := bestBiases(golden, shape, view, terms, xs, limit)
						best, sum = min(best, a), min(sum, b)
					}
				}
				next[to+1] = min(next[to+1], max(least[from], best))
				nextSums[to+1] = min(nextSums[to+1], sums[from]+sum)
			}
		}
		least, sums = next, nextSums
	}
	return least[n], sums[n]
}

// TestWindowsMatchBruteForce fits free breaks through windows, many of which saturate: a
// code at an end then stands for inputs whose goldens are far apart.
func TestWindowsMatchBruteForce(t *testing.T) {
	proved := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 22))
		in := ir.Integer{Width: 4 + r.IntN(2), Signed: r.IntN(2) == 0}
		golden := randomSteps(r, in, ir.Integer{Width: 3 + r.IntN(2), Signed: r.IntN(2) == 0})
		shape := ir.Shape{
			Segments: 1 + r.IntN(3), Terms: 1, MaxShift: 2, Guard: r.IntN(2),
			Signs: ir.Signs(r.IntN(2)), Overflow: ir.Overflow(r.IntN(2)),
			Window: ir.Window{Bits: 3, MinShift: r.IntN(2)},
		}
		shape.Window.MaxShift = shape.Window.MinShift + r.IntN(2)
		least := int64(never)
		for _, view := range views(shape, in) {
			worst, _ := leastFree(golden, shape, view, shape.Segments, never)
			least = min(least, worst)
		}
		l := layerOf("l", shape, -1, golden)
		l.Options.Implement = ir.PWL
		c := fittedAlone(t, l)
		require.Equal(t, least, c.Error.Max, "seed %d: %+v", seed, shape)
		squares := int64(never)
		for _, view := range views(shape, in) {
			_, sum := leastFree(golden, shape, view, shape.Segments, least)
			squares = min(squares, sum)
		}
		require.LessOrEqual(t, c.Squares.Bound, squares, "seed %d: %+v", seed, shape)
		require.GreaterOrEqual(t, c.Squares.Sum, squares, "seed %d: %+v", seed, shape)
		if c.Squares.Bound == c.Squares.Sum {
			proved++
		}
	}
	if proved < 20 {
		t.Errorf("the squares of %d are proved the least", proved)
	}
}

// seenBrute tries everything on what a view shows. A line that wraps is none.
func seenBrute(golden *steps.Function, shape ir.Shape, view pwl.View, o objective) int64 {
	b := &brute{golden: &steps.Function{Input: view.Seen(golden.Input), Output: golden.Output}, shape: shape, combine: sum}
	inputs := map[int64][]int64{}
	for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
		inputs[view.Of(x)] = append(inputs[view.Of(x)], x)
	}
	b.cost = func(w, y int64) int64 {
		total := int64(0)
		for _, x := range inputs[w] {
			d := y - golden.Eval(x)
			if max(d, -d) > o.limit || !golden.Output.Contains(y) {
				return never
			}
			total += d * d * o.weight(x, x)
		}
		return total
	}
	return b.least()[shape.Segments-1]
}

// Least squares through windows and where values wrap are the least there are.
func TestLeastSquaresOfWindowsMatchBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	open, none := 0, 0
	for i := range 600 {
		golden, shape := randomCase(r)
		in := golden.Input
		if i%3 != 0 {
			shape.Window = ir.Window{Bits: 2 + r.IntN(in.Width-2), MinShift: r.IntN(3)}
			shape.Window.MaxShift = shape.Window.MinShift + r.IntN(2)
		}
		if i%3 != 1 {
			shape.Overflow = ir.Wrap
		}
		o := objective{weigh: randomWeights(r, in, r.IntN(4)), limit: math.MaxInt32}
		options := ir.Options{MaxError: -1, Fit: ir.RMSE}
		if r.IntN(3) == 0 {
			o.limit = r.Int64N(int64(golden.Output.Count()))
			options.MaxError = o.limit
		}
		want := int64(never)
		for _, view := range views(shape, in) {
			want = min(want, seenBrute(golden, shape, view, o))
		}
		j := &job{golden: golden, shape: shape, options: options, datapath: in, weighing: weighing{weigh: o.weigh}, budget: squaresBudget}
		if j.run(new(families)); j.fit == nil {
			require.Equal(t, int64(never), want, "case %d: %+v", i, shape)
			none++
			continue
		}
		got := int64(0)
		for x := in.Min(); x <= in.Max(); x++ {
			d := j.fit.Eval(x) - golden.Eval(x)
			got += d * d * o.weight(x, x)
		}
		require.Equal(t, got, j.squares.Sum, "case %d: %+v", i, shape)
		require.LessOrEqual(t, j.squares.Bound, want, "case %d: %+v %+v", i, shape, golden)
		if j.squares.Bound < got {
			open++
			require.Equal(t, 3, shape.Terms, "case %d: %+v, %d but %d", i, shape, got, want)
		}
	}
	t.Logf("%d open, %d have none", open, none)
	require.Less(t, open, 60)
	require.Less(t, none, 100)
}

// Whatever the budget, there is a fit, of what is stated, and the bound is one. What is spent
// is about the budget; with all that it takes, nothing is better.
func TestBudgetOfUniformSegments(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	short := 0
	for i := range 150 {
		golden, shape := randomCase(r)
		in := golden.Input
		shape.Breaks, shape.Segments = ir.Uniform, 2<<r.IntN(2)
		shape.Window = ir.Window{Bits: in.Width}
		shape.MaxShift = min(shape.MaxShift, shape.LowBits(in)+shape.Guard)
		shape.MinShift = min(shape.MinShift, shape.MaxShift)
		o := objective{weigh: randomWeights(r, in, i%4)}
		view := views(shape, in)[0]
		fit := func(budget int64) ([]piece, *pwl.Squares) {
			options := ir.Options{MaxError: -1, Fit: ir.RMSE}
			f := new(families).newFitter(golden, shape, view)
			return f.uniform(shape.LowBits(in), &options, o, o.weight(in.Min(), in.Max()), budget)
		}
		_, best := fit(1 << 40)
		require.Equal(t, best.Sum, best.Bound, "case %d: %+v", i, shape)
		for _, budget := range []int64{1, 1 << 6, 1 << 9, 1 << 12} {
			pieces, some := fit(budget)
			require.Equal(t, in.Min(), pieces[0].start)
			require.GreaterOrEqual(t, some.Sum, best.Sum, "case %d: %+v", i, shape)
			require.LessOrEqual(t, some.Bound, best.Sum, "case %d: %+v", i, shape)
			if some.Bound < some.Sum {
				short++
			}
		}
	}
	require.Greater(t, short, 50)
}

// Steps are counted: a segment takes hardly more than it is allowed, and what looks good comes
// first.
func TestBudgetOfBargains(t *testing.T) {
	in, out := ir.Integer{Width: 24, Signed: true}, ir.Integer{Width: 16, Signed: true}
	golden := &steps.Function{Input: in, Output: out}
	for x := in.Min(); x <= in.Max(); x += 1 << 10 {
		real := math.Ldexp(float64(x), -20)
		golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: int64(math.Round(4096 * real / (1 + math.Exp(-real))))})
	}
	shape := ir.Shape{Segments: 4, Terms: 2, MinShift: -4, MaxShift: 20, Guard: 4, Breaks: ir.Uniform, Window: ir.Window{Bits: 24}}
	f := new(families).newFitter(golden, shape, views(shape, in)[0])
	f.tolerate(int64(out.Count()))
	o := objective{limit: int64(out.Count())}
	for _, s := range f.equal(shape.LowBits(in)) {
		const budget = 1 << 18
		b := f.cheapest(s, &o, budget)
		require.False(t, b.tried)
		require.Less(t, b.took, int64(budget+1<<17))
		better := f.cheapest(s, &o, 1<<23)
		require.Less(t, float64(b.cost), 1.05*float64(better.cost), "of %d", s.start)
	}
}
