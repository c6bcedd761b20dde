package fit

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/irtest"
	"grauc/ir/real"
	"grauc/ir/steps"
)

func TestNormalWeights(t *testing.T) {
	in := ir.Plain(ir.Integer{Width: 8, Signed: true})
	in.Scale, in.Zero = big.NewRat(1, 16), big.NewRat(3, 1)
	weigh := normal(&ir.Weight{Mean: big.NewRat(1, 2), Stddev: big.NewRat(1, 1)}, in)
	if all := weigh(in.Min(), in.Max()); all < 1<<32-4 || all > 1<<32 {
		t.Errorf("all weights together are %d", all)
	}
	total := int64(0)
	for x := in.Min(); x <= in.Max(); x++ {
		if w := weigh(x, x); w < 0 {
			t.Errorf("weight of %d is %d", x, w)
		} else {
			total += w
		}
	}
	if all := weigh(in.Min(), in.Max()); total != all {
		t.Errorf("weights add up to %d, not %d", total, all)
	}
	// The mean is at code 11: weights fall off from there on both sides alike.
	for d := int64(0); d < 40; d++ {
		a, b := weigh(11-d, 11-d), weigh(11+d, 11+d)
		if a-b < -2 || a-b > 2 || weigh(12+d, 12+d) > b {
			t.Errorf("weights at %d from the mean: %d, %d", d, a, b)
		}
	}
}

// Of a bin, the first j of n codes weigh floor(Count * j / n).
func TestHistogramWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 200 {
		in := irtest.Integer(r, 8)
		bins := irtest.Histogram(r, in).Bins
		var weights []int64 // of each code
		for x := in.Min(); x <= in.Max(); x++ {
			w := int64(0)
			for _, b := range bins {
				if n := b.Last - b.First + 1; b.First <= x && x <= b.Last {
					w = b.Count*(x-b.First+1)/n - b.Count*(x-b.First)/n
				}
			}
			weights = append(weights, w)
		}
		weigh := histogram(bins)
		for lo := range weights {
			total := int64(0)
			for hi := lo; hi < len(weights); hi++ {
				total += weights[hi]
				require.Equal(t, total, weigh(in.Min()+int64(lo), in.Min()+int64(hi)), "%v from %d to %d", bins, lo, hi)
			}
		}
	}
}

// Counts and widths of bins may be as large as they get.
func TestHistogramOfWideBins(t *testing.T) {
	in := ir.Integer{Width: 32, Signed: true}
	const count = 1 << 58
	weigh := histogram([]ir.Bin{{First: in.Min(), Last: in.Max(), Count: count}})
	require.Equal(t, int64(count), weigh(in.Min(), in.Max()))
	require.Equal(t, int64(count)>>32, weigh(5, 5))
	require.Equal(t, int64(count)>>1, weigh(in.Min(), -1))
}

// Layers share fits only where they weigh alike.
func TestWeightsTellFitsApart(t *testing.T) {
	golden := exampleOf("silu", 16, 8)
	bins := func(first int64) *ir.Weight {
		return &ir.Weight{Histogram: &ir.Histogram{File: "h.json", Bins: []ir.Bin{{First: first, Last: first + 999, Count: 5000}}}}
	}
	keys := map[string]bool{}
	for _, w := range []*ir.Weight{nil, bins(0), bins(1), {Mean: new(big.Rat), Stddev: big.NewRat(1, 1)}} {
		l := layerOf("l", edge, -1, golden)
		l.Options.Fit, l.Options.Weight = ir.RMSE, w
		keys[weighingOf(&l.Layer).key] = true
	}
	require.Len(t, keys, 4)
	a, b := layerOf("a", edge, -1, golden), layerOf("b", edge, -1, golden)
	a.Options.Weight, b.Options.Weight = bins(0), bins(7)
	require.NotEqual(t, weighingOf(&a.Layer).key, weighingOf(&b.Layer).key)
	b.Options.Weight = bins(0)
	require.Equal(t, weighingOf(&a.Layer).key, weighingOf(&b.Layer).key)
}

// Inputs beside those that weigh anything neither cost nor keep a fit from being proved.
func TestWeightsOfFewInputs(t *testing.T) {
	golden := exampleOf("silu", 24, 8)
	for _, most := range []int64{-1, 2} {
		l := layerOf("l", ir.Shape{Segments: 4, Terms: 2, MaxShift: 24, Guard: 2}, most, golden)
		l.Options.Fit, l.Options.Weight = ir.RMSE, &ir.Weight{Histogram: &ir.Histogram{Bins: []ir.Bin{{First: -300000, Last: 200000, Count: 1 << 30}}}}
		m, err := Lower(moduleOf(l))
		require.NoError(t, err)
		c := m.Layers[0].Channels[0]
		require.Equal(t, c.Squares.Bound, c.Squares.Sum, "proved")
		require.Equal(t, golden.Input.Min(), c.Function.Segments[0].Start)
		if most >= 0 {
			require.LessOrEqual(t, c.Error.Max, most)
		}
	}
}

// A slope of x - x/2 - x/2 goes up and down at every input, nobody knows how much that
// loses without walking along all of them, and there is always a constant that is as good.
func TestWeightsOfManyInputs(t *testing.T) {
	golden := &steps.Function{
		Input: ir.Integer{Width: 32}, Output: ir.Integer{Width: 12},
		Runs: []steps.Run{{Start: 0, Value: 128}, {Start: 50, Value: 190}, {Start: 100, Value: 255}},
	}
	for _, w := range []*ir.Weight{
		{Mean: big.NewRat(50, 1), Stddev: big.NewRat(30, 1)},
		{Histogram: &ir.Histogram{Bins: []ir.Bin{{First: 0, Last: 1<<32 - 1, Count: 1 << 34}}}},
	} {
		for _, fit := range []ir.Fit{ir.MinMax, ir.RMSE} {
			l := layerOf("l", ir.Shape{Segments: 1, Terms: 3, MaxShift: 15, Guard: 3}, -1, golden)
			l.Options.Fit, l.Options.Weight = fit, w
			m, err := Lower(moduleOf(l))
			require.NoError(t, err)
			for _, s := range m.Layers[0].Channels[0].Function.Segments {
				require.Empty(t, s.Terms)
			}
		}
	}
}

// Shares by floating point are those correctly rounded, as near to ties as there are inputs,
// and where the distribution is far from all of them.
func TestNormalWeightsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		in := ir.Plain(irtest.Integer(r, 24))
		in.Scale = big.NewRat(1+r.Int64N(1000), 1+r.Int64N(1000))
		in.Zero = big.NewRat(r.Int64N(1<<24)-1<<23, 3)
		mean := new(big.Rat).Add(in.Real(in.Min()+r.Int64N(int64(in.Count()))), big.NewRat(r.Int64N(1000), 7))
		w := &ir.Weight{Mean: mean, Stddev: new(big.Rat).Mul(in.Scale, big.NewRat(1+r.Int64N(1<<20), 1+r.Int64N(1<<10)))}
		near := nearShareBelow(w, in)
		exact := real.NewQuantizer(shareBelow(w, in), in, ir.Plain(ir.Integer{Width: weightBits + 1}))
		for range 50 {
			x := in.Min() + r.Int64N(int64(in.Count()))
			code, err := exact.Code(x)
			require.NoError(t, err)
			share, off := near(x)
			require.LessOrEqual(t, math.Abs(share-float64(code)), 0.5+off/16)
		}
	}
}
