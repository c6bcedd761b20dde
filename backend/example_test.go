package backend_test

import (
	"fmt"
	"strings"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
)

// A target that writes the kernel of each layer as an S-expression. Its builder makes a
// text of every value; (s9 ...) is what is in the parentheses, wrapped into s9.
var lisp = backend.Target{
	Name: "lisp",
	Doc:  "S-expressions",
	Emit: func(r *backend.Request) (*backend.Response, error) {
		response := &backend.Response{}
		for _, l := range r.Design.Layers {
			k, err := backend.NewKernel(l.Kernel) // refuses what is not combinational
			if err != nil {
				return nil, err
			}
			var b lispBuilder
			datapath.Build(k.Module, &b)
			file := backend.File{Path: "lisp/" + r.Design.Name + "_" + l.Name + ".lisp", Data: []byte(b.out.String())}
			response.Files = append(response.Files, file)
		}
		return response, nil
	},
}

type lispBuilder struct{ out strings.Builder }

// operation is an operation that wraps its exact result into the type of its node.
func operation(n *datapath.Node, name string, operands ...string) string {
	return fmt.Sprintf("(%s (%s %s))", n.Type, name, strings.Join(operands, " "))
}

func shift(n *datapath.Node, name, a string) string {
	return operation(n, name, a, fmt.Sprint(n.Amount))
}

func (*lispBuilder) Input(n *datapath.Node) string            { return n.Name }
func (*lispBuilder) Const(n *datapath.Node) string            { return fmt.Sprint(n.Value) }
func (*lispBuilder) Add(n *datapath.Node, a, b string) string { return operation(n, "+", a, b) }
func (*lispBuilder) Sub(n *datapath.Node, a, b string) string { return operation(n, "-", a, b) }
func (*lispBuilder) Shl(n *datapath.Node, a string) string    { return shift(n, "<<", a) }
func (*lispBuilder) Shr(n *datapath.Node, a string) string    { return shift(n, ">>", a) }
func (*lispBuilder) And(n *datapath.Node, a, b string) string { return operation(n, "and", a, b) }
func (*lispBuilder) Or(n *datapath.Node, a, b string) string  { return operation(n, "or", a, b) }
func (*lispBuilder) Xor(n *datapath.Node, a, b string) string { return operation(n, "xor", a, b) }
func (*lispBuilder) Not(n *datapath.Node, a string) string    { return operation(n, "not", a) }

func (*lispBuilder) Cast(n *datapath.Node, a string, _ datapath.Type) string {
	return fmt.Sprintf("(%s %s)", n.Type, a)
}

func (*lispBuilder) Less(n *datapath.Node, a, b string, _ datapath.Type) string {
	return fmt.Sprintf("(< %s %s)", a, b)
}

func (*lispBuilder) Equal(n *datapath.Node, a, b string, _ datapath.Type) string {
	return fmt.Sprintf("(= %s %s)", a, b)
}

func (*lispBuilder) Mux(n *datapath.Node, sel, then, els string) string {
	return fmt.Sprintf("(if %s %s %s)", sel, then, els)
}

func (*lispBuilder) Table(n *datapath.Node, index string) string {
	return fmt.Sprintf("(nth %s '%d)", index, n.Table)
}

func (b *lispBuilder) Read(n *datapath.Node, mem *datapath.Memory, addr string) string {
	return fmt.Sprintf("(nth %s '%d)", addr, mem.Held)
}

// A kernel has no registers and no memories that are written: NewKernel sees to it.
func (*lispBuilder) Reg(*datapath.Node) string                     { panic("a register in a kernel") }
func (*lispBuilder) Drive(*datapath.Node, string, string, *string) { panic("a register in a kernel") }
func (*lispBuilder) Write(_ *datapath.Memory, _, _, _ string)      { panic("a memory in a kernel") }
func (b *lispBuilder) Output(name string, _ datapath.Type, v string) {
	fmt.Fprintf(&b.out, "(set %s %s)\n", name, v)
}

// A target implements datapath.Builder, which makes a text, or whatever it likes, of each
// value, and hands the layers of a request to it.
func ExampleTarget() {
	// y = x / 4 + 3, as the passes may leave it
	a := datapath.NewAuthor("quarter")
	x := a.Input("x", datapath.Type{Width: 8, Signed: true})
	wide := datapath.Type{Width: 9, Signed: true}
	a.Output("y", a.Add(wide, a.Shr(x, 2), a.Const(wide, 3)))
	layer := &datapath.Layer{Layer: ir.Layer{Name: "quarter"}, Kernel: a.M}
	design := &datapath.Design{Head: ir.Head{Name: "net"}, Layers: []*datapath.Layer{layer}}

	response, err := lisp.Emit(&backend.Request{Design: design})
	if err != nil {
		panic(err)
	}
	for _, f := range response.Files {
		fmt.Printf("%s: %s", f.Path, f.Data)
	}
	// Output:
	// lisp/net_quarter.lisp: (set y (s9 (+ (s9 (s8 (>> x 2))) 3)))
}
