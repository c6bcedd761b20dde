package datapath

import "fmt"

// Author writes a module node by node. Its methods extend operands as their
// names say and never lose bits unless asked to (Cast, and Add or Sub into a
// type given by hand); nothing is simplified here, that is the passes' work.
type Author struct{ M *Module }

// NewAuthor starts an empty module.
func NewAuthor(name string) *Author { return &Author{M: &Module{Name: name}} }

// Node appends a node as it is.
func (a *Author) Node(n Node) Ref {
	a.M.Nodes = append(a.M.Nodes, n)
	return Ref(len(a.M.Nodes) - 1)
}

// Type is the type of a value.
func (a *Author) Type(r Ref) Type { return a.M.Nodes[r].Type }

// Named sets the hint of a value and returns it.
func (a *Author) Named(r Ref, format string, args ...any) Ref {
	if n := &a.M.Nodes[r]; n.Op != OpInput {
		n.Name = fmt.Sprintf(format, args...)
	}
	return r
}

// Input adds an input port.
func (a *Author) Input(name string, t Type) Ref {
	return a.Node(Node{Op: OpInput, Type: t, Name: name})
}

// Output adds an output port.
func (a *Author) Output(name string, v Ref) {
	a.M.Outputs = append(a.M.Outputs, Output{Name: name, Value: v})
}

// Const is a constant of a type that holds it.
func (a *Author) Const(t Type, v int64) Ref {
	return a.Node(Node{Op: OpConst, Type: t, Value: v})
}

// Cast wraps v into t; where v has that type already it is returned.
func (a *Author) Cast(v Ref, t Type) Ref {
	if a.Type(v) == t {
		return v
	}
	return a.Node(Node{Op: OpCast, Type: t, Args: []Ref{v}})
}

// Add is x + y wrapped into t.
func (a *Author) Add(t Type, x, y Ref) Ref { return a.binary(OpAdd, t, x, y) }

// Sub is x - y wrapped into t.
func (a *Author) Sub(t Type, x, y Ref) Ref { return a.binary(OpSub, t, x, y) }

// And is bitwise, on two values of one type.
func (a *Author) And(x, y Ref) Ref { return a.binary(OpAnd, a.Type(x), x, y) }

// Or is bitwise, on two values of one type.
func (a *Author) Or(x, y Ref) Ref { return a.binary(OpOr, a.Type(x), x, y) }

// Xor is bitwise, on two values of one type.
func (a *Author) Xor(x, y Ref) Ref { return a.binary(OpXor, a.Type(x), x, y) }

// Not is bitwise.
func (a *Author) Not(x Ref) Ref {
	return a.Node(Node{Op: OpNot, Type: a.Type(x), Args: []Ref{x}})
}

func (a *Author) binary(op Op, t Type, x, y Ref) Ref {
	return a.Node(Node{Op: op, Type: t, Args: []Ref{a.Cast(x, t), a.Cast(y, t)}})
}

// Shl is x * 2^amount wrapped into t.
func (a *Author) Shl(t Type, x Ref, amount int) Ref {
	return a.Node(Node{Op: OpShl, Type: t, Args: []Ref{a.Cast(x, t)}, Amount: amount})
}

// Shr is floor(x / 2^amount), of x's type.
func (a *Author) Shr(x Ref, amount int) Ref {
	return a.Node(Node{Op: OpShr, Type: a.Type(x), Args: []Ref{x}, Amount: amount})
}

// Less is x < y, on two values of one type.
func (a *Author) Less(x, y Ref) Ref {
	return a.Node(Node{Op: OpLess, Type: Bit, Args: []Ref{x, y}})
}

// Equal is x == y, on two values of one type.
func (a *Author) Equal(x, y Ref) Ref {
	return a.Node(Node{Op: OpEqual, Type: Bit, Args: []Ref{x, y}})
}

// Mux is then when sel is 1, else els; both of one type.
func (a *Author) Mux(sel, then, els Ref) Ref {
	return a.Node(Node{Op: OpMux, Type: a.Type(then), Args: []Ref{sel, then, els}})
}

// Table is contents[index].
func (a *Author) Table(t Type, index Ref, contents []int64) Ref {
	return a.Node(Node{Op: OpTable, Type: t, Args: []Ref{index}, Table: contents})
}

// Read reads memory mem.
func (a *Author) Read(mem int, addr Ref) Ref {
	return a.Node(Node{Op: OpRead, Type: a.M.Mems[mem].Type, Args: []Ref{addr}, Mem: mem})
}

// Memory adds a memory and returns its index.
func (a *Author) Memory(m Memory) int {
	a.M.Mems = append(a.M.Mems, m)
	return len(a.M.Mems) - 1
}

// Reg is a register of d; enable < 0 means none. reset is nil or the value under rst.
func (a *Author) Reg(d, enable Ref, reset *int64) Ref {
	args := []Ref{d}
	if enable >= 0 {
		args = append(args, enable)
	}
	a.M.Clocked = true
	return a.Node(Node{Op: OpReg, Type: a.Type(d), Args: args, Reset: reset})
}

// Later is a register whose input is not built yet: connect it with Connect.
func (a *Author) Later(t Type, reset *int64) Ref {
	a.M.Clocked = true
	return a.Node(Node{Op: OpReg, Type: t, Reset: reset})
}

// Starting gives a register its value at power-up and returns it.
func (a *Author) Starting(reg Ref, v int64) Ref {
	a.M.Nodes[reg].Start = &v
	return reg
}

// Connect gives a register made by Later its input; enable < 0 means none.
func (a *Author) Connect(reg, d, enable Ref) {
	args := []Ref{a.Cast(d, a.Type(reg))}
	if enable >= 0 {
		args = append(args, enable)
	}
	a.M.Nodes[reg].Args = args
}
