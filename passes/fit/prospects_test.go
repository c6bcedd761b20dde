package fit

import (
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
	list := Changes(golden, shape, golden.Input)
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
