package verilog

import (
	"fmt"
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
