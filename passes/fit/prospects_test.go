package fit

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
)

// Changes keep to what they do not change, and say so where it has to be written.
func TestChangesKeepSignsAndWindows(t *testing.T) {
	golden := exampleOf("silu", 16, 8)
	shape := ir.Shape{
		Segments: 16, Terms: 1, MaxShift: 3, Signs: ir.PlusOnly, Overflow: ir.Wrap,
		Window: ir.Window{Bits: 10, MinShift: 6, MaxShift: 6},
	}
	list := new(Prospects).Changes(golden, shape, golden.Input, 1<<11, 1)
	require.NotEmpty(t, list)
	for _, c := range list {
		require.Equal(t, shape.Window, c.Shape.Window, c.What)
		require.Equal(t, ir.PlusOnly, c.Shape.Signs, c.What)
		require.Equal(t, ir.Wrap, c.Shape.Overflow, c.What)
		if strings.Contains(c.What, "slopes") {
			require.Contains(t, c.What, ", signs = plus)")
		}
		require.LessOrEqual(t, new(Prospects).LeastError(golden, c.Shape, golden.Input), new(Prospects).LeastError(golden, shape, golden.Input), c.What)
	}
}

// Where shifts are missing, as many are told as make up for it, and no more.
func TestChangesAddFewShifts(t *testing.T) {
	golden := exampleOf("silu", 24, 8)
	least := func(most int) int64 {
		return new(Prospects).LeastError(golden, ir.Shape{Segments: 8, Terms: 1, MaxShift: most}, golden.Input)
	}
	full := least(24)
	enough := 0
	for least(enough) > full {
		enough++
	}
	require.Greater(t, enough, 2)
	for _, slopes := range []int{math.MaxInt, 2 * (enough + 1)} {
		c := new(Prospects).Changes(golden, ir.Shape{Segments: 8, Terms: 1, MaxShift: enough - 2}, golden.Input, slopes, 0)[0]
		require.Equal(t, fmt.Sprintf("slopes = pot(shifts = 0..%d)", enough), c.What)
	}
	loose := new(Prospects).Changes(golden, ir.Shape{Segments: 8, Terms: 1, MaxShift: enough - 2}, golden.Input, math.MaxInt, least(enough-1))[0]
	require.Equal(t, enough-1, loose.Shape.MaxShift)
}
