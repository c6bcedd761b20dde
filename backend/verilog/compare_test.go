package verilog

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
)

// TestComparisons compares every input with every constant, on both sides, and with
// another value that is there as it is, or computed, as each part has it.
func TestComparisons(t *testing.T) {
	var modules, bench string
	var want []string
	for part := range ir.Part(len(ir.Parts())) {
		for _, port := range []datapath.Type{{Width: 4, Signed: true}, {Width: 3}} {
			m := comparisons(fmt.Sprintf("%s%d", part, port.Width), port)
			require.NoError(t, datapath.VerifyModule(m))
			modules += emitModule(m.Name, m, part, nil) + "\n"
			b, w := printer(m, all(1<<9))
			bench += b + "\n"
			want = append(want, w...)
		}
	}
	compareNetlists(t, modules, bench, want)
}

func all(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// comparisons has the ports of a random netlist.
func comparisons(name string, t datapath.Type) *datapath.Module {
	n := newNetlist(1, name)
	var x, other datapath.Ref
	for i, node := range n.M.Nodes {
		switch {
		case node.Op == datapath.OpInput && node.Type == t:
			x = datapath.Ref(i)
		case node.Op == datapath.OpInput && node.Type.Width > 1 && node.Type != t:
			other = datapath.Ref(i)
		}
	}
	other = n.Cast(other, t)
	sum := n.Add(t, x, other)
	lists := []datapath.Ref{other, sum}
	for c := t.Min(); c <= t.Max(); c++ {
		lists = append(lists, n.Const(t, c))
	}
	for i, y := range lists {
		n.Output(fmt.Sprintf("left%d", i), n.Less(x, y))
		n.Output(fmt.Sprintf("right%d", i), n.Less(y, x))
		n.Output(fmt.Sprintf("not%d", i), n.Not(n.Less(x, y)))
	}
	n.Output("sums", n.Less(sum, other))
	return n.M
}

// TestComparisonsByDigits compares wide values with constants at and around them: few bits of
// input that are far apart.
func TestComparisonsByDigits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var modules, bench string
	var want []string
	for _, wide := range []datapath.Type{{Width: 13, Signed: true}, {Width: 17, Signed: true}, {Width: 16}, {Width: 24, Signed: true}} {
		for i := range 8 {
			m := spread(fmt.Sprintf("wide%d_%d", wide.Width, i), wide, r)
			require.NoError(t, datapath.VerifyModule(m))
			text := emitModule(m.Name, m, ir.XC7, nil)
			require.Contains(t, text, "_below_")
			modules += text + "\n"
			b, w := printer(m, all(1<<9))
			bench += b + "\n"
			want = append(want, w...)
		}
	}
	compareNetlists(t, modules, bench, want)
}

// spread is a module that compares a value which is made of some bits of the inputs.
func spread(name string, wide datapath.Type, r *rand.Rand) *datapath.Module {
	n := newNetlist(1, name)
	from := wide.Wrap(r.Int64())
	x := n.Const(wide, from)
	var shifts []int
	for _, v := range n.values {
		shifts = append(shifts, r.IntN(wide.Width-1))
		x = n.Xor(x, n.Shl(wide, n.Cast(v, wide), shifts[len(shifts)-1]))
	}
	for i := range 12 {
		c, s := from, stimulus(r.IntN(1<<9))
		for k, v := range n.values {
			in := &n.M.Nodes[v]
			c ^= in.Type.Wrap(s[in.Name]) << shifts[k]
		}
		c = max(wide.Min()+1, min(wide.Wrap(c)+r.Int64N(3)-1, wide.Max()-1))
		left, right := n.Less(x, n.Const(wide, c)), n.Less(n.Const(wide, c), x)
		n.Output(fmt.Sprintf("less%d", i), left)
		n.Output(fmt.Sprintf("more%d", i), n.Not(right))
	}
	return n.M
}
