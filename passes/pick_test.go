package passes

import (
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/passes/cost"
)

// TestPick holds what decides between alternatives: the error, then the size, then,
// where estimates of it cannot tell, flip-flops.
func TestPick(t *testing.T) {
	all := []Alternative{
		{Form: "coarse", Error: 2, Cost: cost.Cost{LUT: 3, FF: 1}},
		{Form: "small", Error: 1, Cost: cost.Cost{LUT: 7, FF: 79}},
		{Form: "plain", Error: 0, Cost: cost.Cost{LUT: 9, FF: 29}},
		{Form: "large", Error: 0, Cost: cost.Cost{LUT: 10, FF: 5}},
	}
	require.Equal(t, "coarse", pick(all, 2, ir.XC7).Form)
	require.Equal(t, "plain", pick(all, 1, ir.XC7).Form)
	require.Equal(t, "large", pick(all, 0, ir.XC7).Form)
	require.Nil(t, pick(all[:2], 0, ir.XC7))
}
