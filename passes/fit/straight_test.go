package fit

import (
	"math"
	"math/big"
	"testing"

	"grauc/ir"

	"github.com/stretchr/testify/require"
)

// Where errors are many codes, fits are as good as the best that are known.
func TestFitsOfWideOutputs(t *testing.T) {
	known := map[string]float64{
		"sigmoid": 156.6, "tanh": 153.5, "silu": 49.5, "gelu": 34, "softplus": 39.1, "mish": 60.3,
		"hardswish": 84.3, "elu": 40, "exp_neg": 106.6,
	}
	for _, e := range examples[1:] {
		golden := e.golden(16, 16)
		shape := ir.Shape{Segments: 8, Terms: 2, MinShift: -8, MaxShift: 17, Guard: 2}
		f := new(families).newFitter(golden, shape, views(shape, golden.Input)[0])
		pieces, s := f.rmse(8, -1, objective{}, int64(golden.Input.Count()), squaresBudget)
		require.Equal(t, s.Sum, f.costOf(pieces, &objective{}))
		require.Less(t, math.Sqrt(float64(s.Sum)/float64(s.Weight)), known[e.name], e.name)
	}
}

// Where few inputs weigh much, lines and breaks are as fine as these need: fits are as good as
// the best that are known.
func TestWeightedFitsOfWideOutputs(t *testing.T) {
	known := map[string]float64{"sigmoid": 55.4, "silu": 23.5, "elu": 17.8, "exp_neg": 75.4}
	for _, e := range examples {
		if known[e.name] == 0 {
			continue
		}
		golden := e.golden(16, 16)
		shape := ir.Shape{Segments: 8, Terms: 2, MinShift: -8, MaxShift: 15, Guard: 2}
		o := objective{weigh: normal(&ir.Weight{Mean: new(big.Rat), Stddev: big.NewRat(3<<10, 1)}, ir.Plain(golden.Input))}
		weight := o.weight(golden.Input.Min(), golden.Input.Max())
		f := new(families).newFitter(golden, shape, views(shape, golden.Input)[0])
		pieces, s := f.rmse(8, -1, o, weight, squaresBudget)
		require.Equal(t, s.Sum, f.costOf(pieces, &o))
		require.Less(t, math.Sqrt(float64(s.Sum)/float64(s.Weight)), known[e.name], e.name)
	}
}

// A line that leaves a clamp and comes to the other is found as one segment, with and without
// weights and within a maximum error.
func TestStraightLines(t *testing.T) {
	in, out := ir.Integer{Width: 12, Signed: true}, ir.Integer{Width: 16, Signed: true}
	shape := ir.Shape{Segments: 1, Terms: 2, MinShift: -8, MaxShift: 14, Guard: 2}
	w := &ir.Weight{Mean: new(big.Rat), Stddev: big.NewRat(500, 1)}
	format := ir.Format{Integer: in, Scale: big.NewRat(1, 1), Zero: new(big.Rat)}
	normal := weighingOf(&ir.Layer{Input: format, Options: ir.Options{Weight: w}}).weigh
	for name, o := range map[string]objective{
		"alike": {limit: math.MaxInt32}, "normal": {limit: math.MaxInt32, weigh: normal}, "limited": {limit: 1},
	} {
		for _, rise := range []float64{48, -48} {
			golden := exampleSteps(in, out, func(x int64) float64 { return rise * float64(x-77) })
			f := new(families).newFitter(golden, shape, views(shape, in)[0])
			require.Empty(t, f.straight(shape.Segments, &o, -1), "all lines cost too much")
			pieces := f.straight(shape.Segments, &o, infinite)
			require.Len(t, pieces, 1, name)
			require.Less(t, f.costOf(pieces, &o), o.weight(in.Min(), in.Max()), name)
		}
	}
}
