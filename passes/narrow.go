package passes

import "grauc/ir/datapath"

// narrow gives hardware no more bits than the range of each value needs. Kernels
// are left alone: software computes in whole machine words.
func narrow(m *datapath.Module) {
	ranges := datapath.Ranges(m)
	rewrite(m, func(w *rewriter, n *datapath.Node) ref {
		at := len(w.replaced)
		return (&narrower{w, ranges, m.Nodes[at].Args}).node(*n, ranges[at])
	})
}

type narrower struct {
	*rewriter
	ranges []datapath.Range // of the old values
	old    []ref            // the old operands of the node at hand
}

func (w *narrower) node(n datapath.Node, r datapath.Range) ref {
	switch n.Op {
	case datapath.OpAdd, datapath.OpSub, datapath.OpShl, datapath.OpAnd, datapath.OpOr, datapath.OpXor, datapath.OpNot:
		return w.as(datapath.TypeFor(r.Min, r.Max), n, n.Args)
	case datapath.OpMux:
		return w.as(datapath.TypeFor(r.Min, r.Max), n, n.Args[1:])
	case datapath.OpReg:
		return w.as(datapath.TypeFor(r.Min, r.Max), n, n.Args[:1])
	case datapath.OpTable:
		t := datapath.TypeFor(r.Min, r.Max)
		if t.Width < n.Type.Width {
			n.Table = wrapped(t, n.Table)
		}
		return w.as(t, n, nil)
	case datapath.OpShr:
		return w.as(w.common(w.old), n, n.Args)
	case datapath.OpLess, datapath.OpEqual:
		if t := w.common(w.old); t.Width < w.typ(n.Args[0]).Width {
			w.castAll(t, n.Args)
		}
	}
	return w.value(n)
}

// wrapped is a table whose words fit t. Those that an index can reach do already.
func wrapped(t datapath.Type, words []int64) []int64 {
	out := make([]int64, len(words))
	for i, v := range words {
		out[i] = t.Wrap(v)
	}
	return out
}

// as computes n in type t where that is narrower, with the given operands cast to
// it, and casts back for those who use it. Every operation it is used for takes the
// low bits of its result from the low bits of these operands, or, as a shift to the
// right, is given operands that t holds.
func (w *narrower) as(t datapath.Type, n datapath.Node, operands []ref) ref {
	wide := n.Type
	if t.Width >= wide.Width {
		return w.value(n)
	}
	w.castAll(t, operands)
	n.Type = t
	r := w.value(n)
	w.name(r, n.Name)
	return w.cast(wide, r)
}

func (w *narrower) castAll(t datapath.Type, operands []ref) {
	for i, v := range operands {
		operands[i] = w.cast(t, v)
	}
}

// common is the narrowest type that holds all of some old values.
func (w *narrower) common(values []ref) datapath.Type {
	lo, hi := w.ranges[values[0]].Min, w.ranges[values[0]].Max
	for _, v := range values[1:] {
		lo, hi = min(lo, w.ranges[v].Min), max(hi, w.ranges[v].Max)
	}
	return datapath.TypeFor(lo, hi)
}
