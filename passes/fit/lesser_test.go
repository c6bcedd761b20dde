package fit

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// randomLayer is a layer of which the fit is mostly not proved the best with a small budget: of
// wide outputs and two or three terms, some with weights, windows, uniform segments or a
// maximum error.
func randomLayer(r *rand.Rand) *steps.Layer {
	width := 6 + r.IntN(7)
	golden := examples[r.IntN(len(examples))].golden(width, 8+r.IntN(9))
	shape := ir.Shape{Segments: 1 + r.IntN(8), Terms: 2 + r.IntN(2), MinShift: -r.IntN(6), MaxShift: width - 1 - r.IntN(4), Guard: r.IntN(4)}
	switch r.IntN(4) {
	case 0:
		shape.Window = ir.Window{Bits: width - r.IntN(3)}
		shape.MaxShift = min(shape.MaxShift, shape.Window.Bits-1)
	case 1:
		low := 3 + r.IntN(2)
		shape.Breaks, shape.Window.Bits, shape.Segments = ir.Uniform, width, 1<<(width-low)
		shape.MaxShift = min(shape.MaxShift, low-1)
	}
	l := layerOf("l", shape, -1, golden)
	l.Options.Implement, l.Options.Fit = ir.PWL, ir.Fit(r.IntN(2))
	if r.IntN(3) == 0 {
		l.Options.Weight = &ir.Weight{Mean: big.NewRat(r.Int64N(16), 1), Stddev: big.NewRat(1+r.Int64N(int64(1)<<(width-2)), 1)}
	}
	return l
}

// A fit of one term more is no worse, whatever work is allowed.
func TestMoreTermsAreNotWorse(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	var fs families
	unproved, gained := 0, 0
	for range 150 {
		l := randomLayer(r)
		budget := int64(1) << (10 + r.IntN(10))
		fit := func(terms int) *job {
			j := &job{golden: l.Channels[0], shape: l.Shape, options: l.Options, datapath: l.Input.Integer, weighing: weighingOf(&l.Layer), budget: budget}
			j.shape.Terms = terms
			j.run(&fs)
			return j
		}
		most, less := fit(l.Shape.Terms), fit(l.Shape.Terms-1)
		require.Equal(t, pwl.Measure(most.golden, most.fit), most.err)
		if l.Options.Fit == ir.MinMax {
			require.LessOrEqual(t, most.err.Max, less.err.Max)
			if most.err.Max < less.err.Max {
				continue
			}
		}
		require.LessOrEqual(t, most.squares.Sum, less.squares.Sum, "%+v %+v", l.Shape, l.Options)
		require.LessOrEqual(t, most.squares.Bound, most.squares.Sum)
		if most.squares.Bound < most.squares.Sum {
			unproved++
		}
		if most.squares.Sum == less.squares.Sum {
			gained++
		}
	}
	t.Log(unproved, gained)
	require.Greater(t, unproved, 20)
}
