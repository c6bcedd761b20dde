package cost

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// value is a signal where the leaves have the bits of v, in order.
func (n *network) value(l lit, v uint64) bool {
	g := &n.gates[l.node()]
	switch {
	case l.node() == 0:
		return l.inverted()
	case g.kind == leaf:
		return v>>g.source&1 == 1 != l.inverted()
	case g.kind == and:
		return (n.value(g.a, v) && n.value(g.b, v)) != l.inverted()
	}
	return n.value(g.a, v) != n.value(g.b, v) != l.inverted()
}

// Networks of random gates compute the same when they are swept, and nothing of few leaves twice.
func TestSweep(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, leaves := range []int{1, 3, 5, few, few + 2} {
		n := newNetwork()
		all := []lit{yes}
		for i := range leaves {
			all = append(all, n.leaf(int32(i)))
		}
		pick := func() lit { return all[len(all)-1-r.IntN(min(len(all), leaves+10))].when(r.IntN(2) == 0) }
		for range 60 {
			all = append(all, n.mux(pick(), pick(), pick()), n.xor(pick(), pick()), n.and(pick(), pick()))
		}
		swept, now := n.swept()
		computed := map[string]lit{}
		for _, l := range all {
			to := renamed(now, l)
			column := make([]byte, 1<<leaves)
			for v := range column {
				was := n.value(l, uint64(v))
				require.Equal(t, was, swept.value(to, uint64(v)), "%d leaves, node %d", leaves, l.node())
				if was {
					column[v] = 1
				}
			}
			if first, ok := computed[string(column)]; ok && leaves <= few {
				require.Equal(t, first, to, "%d leaves, node %d", leaves, l.node())
			}
			computed[string(column)] = to
		}
	}
}
