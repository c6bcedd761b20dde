package datapath

// Builder receives the nodes of a module one by one: one method per operation, so
// that a new operation breaks every backend's build and never its output. V is
// what a backend makes of a value: an expression, an LLVM value, a slot.
type Builder[V any] interface {
	Input(n *Node) V
	Const(n *Node) V
	Cast(n *Node, a V, from Type) V
	Add(n *Node, a, b V) V
	Sub(n *Node, a, b V) V
	Shl(n *Node, a V) V
	Shr(n *Node, a V) V
	Less(n *Node, a, b V, of Type) V
	Equal(n *Node, a, b V, of Type) V
	And(n *Node, a, b V) V
	Or(n *Node, a, b V) V
	Xor(n *Node, a, b V) V
	Not(n *Node, a V) V
	Mux(n *Node, sel, then, els V) V
	Table(n *Node, index V) V
	Read(n *Node, mem *Memory, addr V) V

	// Reg declares a register and gives its present value. Drive, called after
	// all nodes are built, connects its input; enable is nil where there is none.
	Reg(n *Node) V
	Drive(n *Node, reg, d V, enable *V)
	// Write connects the write port of a memory that is not held.
	Write(mem *Memory, enable, addr, data V)
	Output(name string, t Type, v V)
}

// Build walks m in order and hands every node to b: the one switch over the
// operations.
func Build[V any](m *Module, b Builder[V]) {
	v := make([]V, len(m.Nodes))
	for i := range m.Nodes {
		n := &m.Nodes[i]
		v[i] = build(m, b, n, v)
	}
	for i := range m.Nodes {
		if n := &m.Nodes[i]; n.Op == OpReg {
			drive(b, n, v[i], v)
		}
	}
	for i := range m.Mems {
		if mem := &m.Mems[i]; mem.Held == nil {
			b.Write(mem, v[mem.Enable], v[mem.Addr], v[mem.Data])
		}
	}
	for _, o := range m.Outputs {
		b.Output(o.Name, m.Nodes[o.Value].Type, v[o.Value])
	}
}

func drive[V any](b Builder[V], n *Node, reg V, v []V) {
	if len(n.Args) == 2 {
		b.Drive(n, reg, v[n.Args[0]], &v[n.Args[1]])
		return
	}
	b.Drive(n, reg, v[n.Args[0]], nil)
}

func build[V any](m *Module, b Builder[V], n *Node, v []V) V {
	arg := func(i int) V { return v[n.Args[i]] }
	typ := func(i int) Type { return m.Nodes[n.Args[i]].Type }
	switch n.Op {
	case OpInput:
		return b.Input(n)
	case OpConst:
		return b.Const(n)
	case OpCast:
		return b.Cast(n, arg(0), typ(0))
	case OpAdd:
		return b.Add(n, arg(0), arg(1))
	case OpSub:
		return b.Sub(n, arg(0), arg(1))
	case OpShl:
		return b.Shl(n, arg(0))
	case OpShr:
		return b.Shr(n, arg(0))
	case OpLess:
		return b.Less(n, arg(0), arg(1), typ(0))
	case OpEqual:
		return b.Equal(n, arg(0), arg(1), typ(0))
	case OpAnd:
		return b.And(n, arg(0), arg(1))
	case OpOr:
		return b.Or(n, arg(0), arg(1))
	case OpXor:
		return b.Xor(n, arg(0), arg(1))
	case OpNot:
		return b.Not(n, arg(0))
	case OpMux:
		return b.Mux(n, arg(0), arg(1), arg(2))
	case OpTable:
		return b.Table(n, arg(0))
	case OpRead:
		return b.Read(n, &m.Mems[n.Mem], arg(0))
	case OpReg:
		return b.Reg(n)
	}
	panic("datapath: unknown operation")
}
