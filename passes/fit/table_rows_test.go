package fit

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// everyRow is all rows of so many numbers up to span, the least of which is 0.
func everyRow(size int, span int64) [][]int64 {
	rows := [][]int64{nil}
	for range size {
		var longer [][]int64
		for _, row := range rows {
			for v := range span + 1 {
				longer = append(longer, append(slices.Clone(row), v))
			}
		}
		rows = longer
	}
	return slices.DeleteFunc(rows, func(row []int64) bool { return slices.Min(row) > 0 })
}

// costOfRow is the least of a cost over all biases of a segment with a row.
func costOfRow(golden *steps.Function, view pwl.View, low int, k int64, row []int64, squares bool) int64 {
	best := int64(never)
	for bias := golden.Output.Min() - 8; bias <= golden.Output.Max(); bias++ {
		worst, sum := int64(0), int64(0)
		for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
			w := view.Of(x)
			if w>>low != k {
				continue
			}
			y := bias + row[w&(1<<low-1)]
			d := y - golden.Eval(x)
			if worst, sum = max(worst, d, -d), sum+d*d; !golden.Output.Contains(y) {
				worst, sum = never, never
			}
		}
		if squares {
			worst = sum
		}
		best = min(best, worst)
	}
	return best
}

// leastShared is the least maximum error, or sum of squares, of a table with two rows.
func leastShared(golden *steps.Function, shape ir.Shape, view pwl.View, squares bool) int64 {
	low := shape.LowBits(golden.Input)
	rows := everyRow(1<<low, 1<<shape.RowBits-1)
	segments := map[int64][]int64{} // cost by row
	for w := view.Codes.Min(); w <= view.Codes.Max(); w++ {
		if k := w >> low; segments[k] == nil {
			for _, row := range rows {
				segments[k] = append(segments[k], costOfRow(golden, view, low, k, row, squares))
			}
		}
	}
	best := int64(never)
	for i := range rows {
		for j := range i + 1 {
			all := int64(0)
			for _, costs := range segments {
				c := min(costs[i], costs[j])
				if squares {
					all += c
				} else {
					all = max(all, c)
				}
			}
			best = min(best, all)
		}
	}
	return best
}

func sharedCase(r *rand.Rand) (*steps.Function, ir.Shape, pwl.View) {
	shape := ir.Shape{
		Segments: 4, Rows: 2, RowBits: 2, Breaks: ir.Uniform, Overflow: ir.Wrap,
		Window: ir.Window{Bits: 4, MinShift: 1, MaxShift: 1},
	}
	golden := &steps.Function{Input: ir.Integer{Width: 5, Signed: true}, Output: ir.Integer{Width: 4, Signed: true}}
	y := r.Int64N(16) - 8
	for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
		if n := len(golden.Runs); n == 0 || golden.Runs[n-1].Value != y {
			golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: y})
		}
		y = golden.Output.Clamp(y + r.Int64N(3) - r.Int64N(2))
	}
	return golden, shape, pwl.View{Shift: 1, Codes: shape.Window.Codes(golden.Input)}
}

func fitTable(t *testing.T, golden *steps.Function, shape ir.Shape, o ir.Options) *pwl.Channel {
	t.Helper()
	o.Implement = ir.Table
	l := &steps.Layer{
		Layer:    ir.Layer{Name: "l", Input: ir.Plain(golden.Input), Output: ir.Plain(golden.Output), Shape: shape, Options: o},
		Channels: []*steps.Function{golden},
	}
	m, err := Lower(&steps.Module{Layers: []*steps.Layer{l}})
	require.NoError(t, err)
	require.NoError(t, pwl.Verify(m))
	return m.Layers[0].Channels[0]
}

// Of few segments and rows the search sees all: no table has a smaller maximum error.
func TestSharedRowsAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	above := 0
	for i := range 60 {
		golden, shape, view := sharedCase(r)
		c := fitTable(t, golden, shape, ir.Options{MaxError: -1})
		want := leastShared(golden, shape, view, false)
		require.Equal(t, want, c.Error.Max, "case %d: %v", i, golden.Runs)
		direct := shape
		direct.Segments, direct.Rows, direct.RowBits = 16, 0, 0
		if fitTable(t, golden, direct, ir.Options{MaxError: -1}).Error.Max < want {
			above++
		}
	}
	require.Greater(t, above, 5, "rows hardly matter")
}

// Least squares of shared rows are not below their bound, nor below what is best; few are
// above it.
func TestSquaresOfSharedRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	missed := 0
	for i := range 60 {
		golden, shape, view := sharedCase(r)
		c := fitTable(t, golden, shape, ir.Options{MaxError: -1, Fit: ir.RMSE})
		want := leastShared(golden, shape, view, true)
		require.LessOrEqual(t, c.Squares.Bound, want, "case %d", i)
		require.GreaterOrEqual(t, c.Squares.Sum, want, "case %d", i)
		if c.Squares.Sum > want {
			missed++
		}
	}
	t.Logf("%d of 60 are not the best", missed)
	require.Less(t, missed, 40)
}

// Of the same least maximum error, segments are exact where rows can be found for it.
func TestTailsAreExact(t *testing.T) {
	golden := &steps.Function{Input: ir.Integer{Width: 10, Signed: true}, Output: ir.Integer{Width: 6, Signed: true}}
	for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
		y := max(-30, min(30, x/3))
		if n := len(golden.Runs); n == 0 || golden.Runs[n-1].Value != y {
			golden.Runs = append(golden.Runs, steps.Run{Start: x, Value: y})
		}
	}
	shape := ir.Shape{
		Segments: 32, Rows: 4, RowBits: 4, Breaks: ir.Uniform, Overflow: ir.Wrap,
		Window: ir.Window{Bits: 8, MinShift: 2, MaxShift: 2},
	}
	c := fitTable(t, golden, shape, ir.Options{MaxError: -1})
	require.EqualValues(t, 1, c.Error.Max)
	require.EqualValues(t, golden.Output.Min()+2, c.Eval(golden.Input.Min()))
	require.EqualValues(t, golden.Output.Max()-1, c.Eval(golden.Input.Max()))
	require.Greater(t, c.Error.Exact, uint64(850))
}

func TestBudgetOfTables(t *testing.T) {
	golden, shape, _ := sharedCase(rand.New(rand.NewPCG(5, 6)))
	golden.Runs = []steps.Run{{Start: -16, Value: -8}, {Start: -7, Value: 7}, {Start: 0, Value: -1}}
	l := &steps.Layer{
		Layer: ir.Layer{
			Name: "l", Input: ir.Plain(golden.Input), Output: ir.Plain(golden.Output), Shape: shape,
			Options: ir.Options{MaxError: 3, Implement: ir.Table},
		},
		Channels: []*steps.Function{golden},
	}
	_, err := Lower(&steps.Module{Layers: []*steps.Layer{l}})
	require.Error(t, err)
	problem := err.(ir.Problems)[0]
	require.Contains(t, problem.Message, "cannot keep max_error = 3: with a table of 4 segments and 2 rows of numbers of 2 bits it reaches 8 at best")
	require.Contains(t, problem.Help, "max_error = 8; implement = thresholds")
}
