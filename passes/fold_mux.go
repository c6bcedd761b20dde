package passes

import "grauc/ir/datapath"

func (f *folder) mux(n *datapath.Node) (ref, bool) {
	sel, then, els := n.Args[0], n.Args[1], n.Args[2]
	s, t, e := f.node(sel), f.node(then), f.node(els)
	remade := func(sel, then, els ref) (ref, bool) { return f.op(datapath.OpMux, n.Type, sel, then, els), true }
	switch {
	case f.is(sel, 1), then == els:
		return then, true
	case f.is(sel, 0):
		return els, true
	case s.Op == datapath.OpNot && f.node(s.Args[0]).Op != datapath.OpLess: // but x >= c stays as it is
		return remade(s.Args[0], els, then)
	case e.Op == datapath.OpMux && e.Args[1] == then && f.implies(sel, e.Args[0]):
		return els, true
	case e.Op == datapath.OpMux && e.Args[1] == then && f.implies(e.Args[0], sel):
		return remade(sel, then, e.Args[2])
	case t.Op == datapath.OpMux && f.implies(sel, t.Args[0]):
		return remade(sel, t.Args[1], els)
	case e.Op == datapath.OpMux && f.implies(e.Args[0], sel):
		return remade(sel, then, e.Args[2])
	}
	if n.Type == datapath.Bit {
		return f.bitMux(n)
	}
	return 0, false
}

// bitMux are the multiplexers of one bit that are a gate or less.
func (f *folder) bitMux(n *datapath.Node) (ref, bool) {
	sel, then, els := n.Args[0], n.Args[1], n.Args[2]
	switch {
	case f.is(then, 1) && f.is(els, 0):
		return sel, true
	case f.is(then, 0) && f.is(els, 1):
		return f.op(datapath.OpNot, datapath.Bit, sel), true
	case sel == then:
		return f.op(datapath.OpMux, datapath.Bit, sel, f.konst(datapath.Bit, 1), els), true
	case sel == els:
		return f.op(datapath.OpMux, datapath.Bit, sel, then, f.konst(datapath.Bit, 0)), true
	case f.is(els, 0) && f.implies(then, sel):
		return then, true
	case f.is(then, 1) && f.implies(sel, els):
		return els, true
	}
	return 0, false
}

// maxTree bounds the constants that an operation is distributed over.
const maxTree = 1 << 10

// distribute moves an operation on constants chosen by multiplexers, or looked up
// in a table, into the constants.
func (f *folder) distribute(n *datapath.Node) (ref, bool) {
	switch n.Op {
	case datapath.OpMux, datapath.OpTable, datapath.OpRead, datapath.OpReg, datapath.OpInput, datapath.OpConst:
		return 0, false
	}
	if r, ok := f.intoTable(n); ok {
		return r, true
	}
	if !f.chosen(n.Args) {
		return 0, false
	}
	d := distributor{f: f, n: n, done: map[[2]ref]ref{}, left: maxTree}
	r := d.apply(n.Args)
	return r, d.left > 0
}

// chosen reports whether any operand is a multiplexer of constants and all of them
// may be.
func (f *folder) chosen(args []ref) bool {
	any := false
	for _, a := range args {
		if f.isConst(a) {
			continue
		}
		if !f.tree(a) {
			return false
		}
		any = any || f.node(a).Op == datapath.OpMux
	}
	return any
}

// tree reports whether r is one of constants and bits, as chosen by multiplexers.
// The check goes down one side only: distributor makes sure of the rest.
func (f *folder) tree(r ref) bool {
	for f.node(r).Op == datapath.OpMux {
		r = f.node(r).Args[2]
	}
	return f.isConst(r) || f.typ(r) == datapath.Bit
}

// distributor applies n's operation to every combination of constants that its
// operands can choose at once. It gives up, with left 0, where that is not certain
// to be simpler.
type distributor struct {
	f    *folder
	n    *datapath.Node
	done map[[2]ref]ref
	left int
}

func (d *distributor) apply(args []ref) ref {
	if d.left <= 0 {
		return 0
	}
	k := [2]ref{args[0], args[len(args)-1]}
	if r, ok := d.done[k]; ok {
		return r
	}
	d.left--
	sel, ok := d.selects(args)
	if !ok {
		return d.leaf(args)
	}
	then, els := make([]ref, len(args)), make([]ref, len(args))
	for i, a := range args {
		if then[i], els[i], ok = d.arms(a, sel); !ok {
			d.left = 0
			return 0
		}
	}
	t, e := d.apply(then), d.apply(els)
	if d.left <= 0 {
		return 0
	}
	r := d.f.op(datapath.OpMux, d.n.Type, sel, t, e)
	d.done[k] = r
	return r
}

func (d *distributor) leaf(args []ref) ref {
	n := *d.n
	n.Args = args
	v, ok := d.f.constant(&n)
	if !ok {
		d.left = 0
		return 0
	}
	return d.f.konst(n.Type, v)
}

// selects is what the first operand that is not constant depends on.
func (d *distributor) selects(args []ref) (ref, bool) {
	for _, a := range args {
		if n := d.f.node(a); n.Op == datapath.OpMux {
			return n.Args[0], true
		}
	}
	return 0, false
}

// arms is what a is when sel is 1 and when it is 0.
func (d *distributor) arms(a, sel ref) (then, els ref, ok bool) {
	n := d.f.node(a)
	switch {
	case n.Op == datapath.OpConst:
		return a, a, true
	case n.Op == datapath.OpMux && n.Args[0] == sel:
		return n.Args[1], n.Args[2], true
	case a == sel:
		return d.f.konst(datapath.Bit, 1), d.f.konst(datapath.Bit, 0), true
	case d.f.opposite(a, sel):
		return d.f.konst(datapath.Bit, 0), d.f.konst(datapath.Bit, 1), true
	}
	return 0, 0, false
}

// maxTableWords bounds the tables that an operation is moved into.
const maxTableWords = 1 << 12

// intoTable computes an operation on a looked-up word, and constants or other
// words looked up with the same index, when the table is made.
func (f *folder) intoTable(n *datapath.Node) (ref, bool) {
	index, depth := ref(-1), 0
	for _, a := range n.Args {
		v := f.node(a)
		switch {
		case v.Op == datapath.OpConst:
		case v.Op == datapath.OpTable && (index < 0 || index == v.Args[0]):
			index, depth = v.Args[0], max(depth, len(v.Table))
		default:
			return 0, false
		}
	}
	if index < 0 || depth > maxTableWords || !f.complete(n, index, depth) {
		return 0, false
	}
	words := make([]int64, depth)
	args := make([]int64, len(n.Args))
	for i := range words {
		for k, a := range n.Args {
			args[k] = f.node(a).Apply(int64(i))
		}
		words[i] = n.Apply(args...)
	}
	return f.emit(&datapath.Node{Op: datapath.OpTable, Type: n.Type, Args: []ref{index}, Name: n.Name, Table: words}), true
}

// complete reports whether the result is 0 beyond the table, as a table's is.
func (f *folder) complete(n *datapath.Node, index ref, depth int) bool {
	if f.bounds(index).Max < int64(depth) {
		return true
	}
	args := make([]int64, len(n.Args))
	for k, a := range n.Args {
		if f.isConst(a) {
			args[k] = f.node(a).Value
		}
	}
	return n.Apply(args...) == 0
}
