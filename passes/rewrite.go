package passes

import (
	"math/bits"
	"slices"

	"grauc/ir/datapath"
)

type ref = datapath.Ref

// rewriter writes a module anew, node by node, in the old order. Equal values
// become one.
type rewriter struct {
	old, m   *datapath.Module
	replaced []ref            // for each old value the new one
	known    []ref            // by the low bits of the hash: the latest new value, or -1
	before   []ref            // for each new value the one before with these bits, or -1
	ranges   []datapath.Range // of the new values, up to date after bounds
	unused   []ref            // room for operands
}

// rewrite replaces m by what f makes of its nodes, one by one. f gets a copy with
// new operands, which is its own until it returns the value that takes its place.
// A register whose operands come later is kept as it is.
func rewrite(m *datapath.Module, f func(w *rewriter, n *datapath.Node) ref) {
	w := newRewriter(m)
	var later []ref
	var n datapath.Node
	for i := range m.Nodes {
		n = m.Nodes[i]
		if n.Op == datapath.OpReg && slices.Max(n.Args) >= ref(i) {
			later = append(later, ref(i))
			n.Args = nil
			w.replaced = append(w.replaced, w.append(n))
			continue
		}
		n.Args = w.operands(n.Args)
		r := f(w, &n)
		w.name(r, m.Nodes[i].Name)
		w.replaced = append(w.replaced, r)
	}
	for _, r := range later {
		w.m.Nodes[w.replaced[r]].Args = w.operands(m.Nodes[r].Args)
	}
	w.connect()
	*m = *w.m
}

func newRewriter(m *datapath.Module) *rewriter {
	head := *m
	w := &rewriter{
		old: m, m: &head,
		replaced: make([]ref, 0, len(m.Nodes)),
		known:    slices.Repeat([]ref{-1}, 1<<bits.Len(uint(len(m.Nodes)))),
		before:   make([]ref, 0, len(m.Nodes)),
	}
	w.m.Nodes = make([]datapath.Node, 0, len(m.Nodes))
	w.m.Mems = slices.Clone(m.Mems)
	w.m.Outputs = slices.Clone(m.Outputs)
	return w
}

// connect moves outputs and memory ports to the new values.
func (w *rewriter) connect() {
	for i := range w.m.Outputs {
		w.m.Outputs[i].Value = w.replaced[w.m.Outputs[i].Value]
	}
	for i := range w.m.Mems {
		if mem := &w.m.Mems[i]; mem.Held == nil {
			mem.Enable, mem.Addr, mem.Data = w.replaced[mem.Enable], w.replaced[mem.Addr], w.replaced[mem.Data]
		}
	}
}

func (w *rewriter) operands(old []ref) []ref {
	args := w.room(len(old))
	for i, r := range old {
		args[i] = w.replaced[r]
	}
	return args
}

// room is a list of n operands.
func (w *rewriter) room(n int) []ref {
	if n > len(w.unused) {
		w.unused = make([]ref, n+len(w.old.Nodes))
	}
	args := w.unused[:n:n]
	w.unused = w.unused[n:]
	return args
}

// append adds a node without looking for an equal one.
func (w *rewriter) append(n datapath.Node) ref {
	w.m.Nodes = append(w.m.Nodes, n)
	w.before = append(w.before, -1)
	return ref(len(w.m.Nodes) - 1)
}

// name keeps the hint of a value that took another's place.
func (w *rewriter) name(r ref, hint string) {
	if n := &w.m.Nodes[r]; n.Name == "" && n.Op != datapath.OpConst {
		n.Name = hint
	}
}

// value is the value equal to n, a new one if there is none yet.
func (w *rewriter) value(n datapath.Node) ref {
	if n.Op == datapath.OpInput {
		return w.append(n)
	}
	if commutes(n.Op) && n.Args[0] > n.Args[1] {
		n.Args[0], n.Args[1] = n.Args[1], n.Args[0]
	}
	latest := &w.known[hash(&n)&uint64(len(w.known)-1)]
	for r := *latest; r >= 0; r = w.before[r] {
		if equal(&w.m.Nodes[r], &n) {
			return r
		}
	}
	r := w.append(n)
	w.before[r], *latest = *latest, r
	return r
}

// cast is a value in another type, itself where it has that.
func (w *rewriter) cast(t datapath.Type, v ref) ref {
	if w.typ(v) == t {
		return v
	}
	return w.value(datapath.Node{Op: datapath.OpCast, Type: t, Args: []ref{v}})
}

func commutes(op datapath.Op) bool {
	switch op {
	case datapath.OpAdd, datapath.OpEqual, datapath.OpAnd, datapath.OpOr, datapath.OpXor:
		return true
	}
	return false
}

// hash mixes what equal compares, but for resets and all of a table but its head.
func hash(n *datapath.Node) uint64 {
	h := uint64(n.Op)<<8 | uint64(n.Type.Width)
	mix := func(v uint64) { h = (h ^ v) * 0x9e3779b97f4a7c15; h ^= h >> 32 }
	mix(uint64(n.Value))
	mix(uint64(n.Amount)<<32 ^ uint64(n.Mem))
	for _, a := range n.Args {
		mix(uint64(a))
	}
	for _, v := range n.Table[:min(len(n.Table), 4)] {
		mix(uint64(v))
	}
	return h
}

// equal reports whether nodes compute the same value, whatever their names.
func equal(a, b *datapath.Node) bool {
	return a.Op == b.Op && a.Type == b.Type && a.Value == b.Value && a.Amount == b.Amount && a.Mem == b.Mem &&
		slices.Equal(a.Args, b.Args) && slices.Equal(a.Table, b.Table) && same(a.Reset, b.Reset) && same(a.Start, b.Start)
}

func same(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func (w *rewriter) node(r ref) *datapath.Node { return &w.m.Nodes[r] }

func (w *rewriter) typ(r ref) datapath.Type { return w.m.Nodes[r].Type }

func (w *rewriter) bounds(r ref) datapath.Range {
	if w.ranges == nil {
		w.ranges = make([]datapath.Range, 0, len(w.old.Nodes))
	}
	w.ranges = datapath.ExtendRanges(w.m, w.ranges)
	return w.ranges[r]
}

// modules are all modules of a design.
func modules(d *datapath.Design) []*datapath.Module {
	all := hardware(d)
	for _, l := range d.Layers {
		all = append(all, l.Kernel)
	}
	return all
}

// hardware is all modules but the kernels.
func hardware(d *datapath.Design) []*datapath.Module {
	var all []*datapath.Module
	for _, u := range d.Hardware {
		all = append(all, u.Module)
	}
	for _, l := range d.Layers {
		if l.Hardware != nil {
			all = append(all, l.Hardware)
		}
	}
	return all
}
