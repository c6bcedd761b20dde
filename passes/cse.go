package passes

import "grauc/ir/datapath"

// cse makes equal values one, registers of equal values included.
func cse(m *datapath.Module) {
	rewrite(m, func(w *rewriter, n *datapath.Node) ref { return w.value(*n) })
}
