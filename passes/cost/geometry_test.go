package cost

import (
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
)

// What Yosys 0.23 (`debug memory_libmap`) makes of memories.
func TestGeometry(t *testing.T) {
	g := cheapest(distributedKinds, 22, 77, true)
	require.Equal(t, []int{48, 3, 32}, []int{g.n, g.banks, g.deep}, "three banks of 32 words, which come cheaper than two of 64")
	require.InDelta(t, 112.5, g.price, 1e-9)
	g = cheapest(blockKinds[ir.XC7], 22, 77, true)
	require.Equal(t, []int{1, 1, 512}, []int{g.n, g.banks, g.deep})
	require.InDelta(t, 129, g.price, 1e-9)
	g = cheapest(blockKinds[ir.ICE40], 1, 4096, false)
	require.Equal(t, []int{1, 2, 2048}, []int{g.n, g.banks, g.deep}, "banks of one bit beside each other in words of two")
	g = cheapest(blockKinds[ir.ICE40], 1, 4096, true)
	require.True(t, g.masked)
	g = cheapest(blockKinds[ir.ICE40], 8, 512, true)
	require.False(t, g.masked)
	require.Equal(t, 1, g.n)
}
