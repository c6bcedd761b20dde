package passes

import (
	"slices"

	"grauc/ir/datapath"
)

// hold turns memories whose contents are held constant into tables, or into
// constants where they have one word.
func hold(m *datapath.Module) {
	if !slices.ContainsFunc(m.Mems, func(mem datapath.Memory) bool { return mem.Held != nil }) {
		return
	}
	rewrite(m, func(w *rewriter, n *datapath.Node) ref {
		if n.Op != datapath.OpRead || w.m.Mems[n.Mem].Held == nil {
			return w.value(*n)
		}
		return w.value(datapath.Node{Op: datapath.OpTable, Type: n.Type, Args: n.Args, Name: n.Name, Table: w.m.Mems[n.Mem].Held})
	})
}
