// Package backendtest holds what the tests of the software backends share: kernels
// of every operation, what they compute, and the programs that compare.
package backendtest

import (
	"fmt"
	"math/rand/v2"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// operands are the types the operations are tried on; the inputs of 6 bits each
// reach every pair of values of the narrow ones.
var operands = []datapath.Type{
	datapath.Bit,
	{Width: 1, Signed: true},
	{Width: 3}, {Width: 6, Signed: true},
	{Width: 31}, {Width: 32}, {Width: 32, Signed: true}, {Width: 33, Signed: true},
	{Width: 63}, {Width: 64, Signed: true},
}

var v64 = datapath.Type{Width: 64, Signed: true}

var amounts = []int{0, 1, 2, 5, 31, 32, 40, 63}

// Request has a layer for every operation on every type: x and the channel are the
// operands, spread over the type. Random kernels follow.
func Request(name string) *backend.Request {
	r := &request{newRequest(name)}
	for _, t := range operands {
		for _, op := range operations {
			o := start(t, "%s", op.name)
			r.finish(o, op.apply(o, t))
		}
	}
	for seed := range uint64(16) {
		Add(r.Request, fmt.Sprintf("random%d", seed), random(seed))
	}
	return r.Request
}

// operations compute something of o.x and o.c, which are of type t.
var operations = []struct {
	name  string
	apply func(o *operation, t datapath.Type) datapath.Ref
}{
	{"add", func(o *operation, t datapath.Type) datapath.Ref { return o.Add(t, o.x, o.c) }},
	{"add_const", func(o *operation, t datapath.Type) datapath.Ref { return o.Add(t, o.x, o.Const(t, t.Min())) }},
	{"sub", func(o *operation, t datapath.Type) datapath.Ref { return o.Sub(t, o.x, o.c) }},
	{"sub_const", func(o *operation, t datapath.Type) datapath.Ref { return o.Sub(t, o.Const(t, t.Max()), o.c) }},
	{"less", func(o *operation, _ datapath.Type) datapath.Ref { return o.Less(o.x, o.c) }},
	{"less_const", func(o *operation, t datapath.Type) datapath.Ref { return o.Less(o.Const(t, t.Wrap(5)), o.x) }},
	{"equal", func(o *operation, _ datapath.Type) datapath.Ref { return o.Equal(o.x, o.c) }},
	{"and", func(o *operation, _ datapath.Type) datapath.Ref { return o.And(o.x, o.c) }},
	{"or", func(o *operation, _ datapath.Type) datapath.Ref { return o.Or(o.x, o.c) }},
	{"xor", func(o *operation, _ datapath.Type) datapath.Ref { return o.Xor(o.x, o.c) }},
	{"and_compared", func(o *operation, _ datapath.Type) datapath.Ref { // which looks like && to compilers
		return o.And(o.Equal(o.Shr(o.x, 1), o.c), o.Less(o.Shr(o.c, 2), o.x))
	}},
	{"not", func(o *operation, _ datapath.Type) datapath.Ref { return o.Not(o.x) }},
	{"not_less", func(o *operation, _ datapath.Type) datapath.Ref { return o.Not(o.Less(o.x, o.c)) }},
	{"mux", func(o *operation, t datapath.Type) datapath.Ref {
		return o.Mux(o.Less(o.c, o.x), o.Not(o.x), o.c)
	}},
	{"mux_zero", func(o *operation, t datapath.Type) datapath.Ref {
		return o.Mux(o.Equal(o.c, o.x), o.x, o.Const(t, 0))
	}},
	{"mux_zero_then", func(o *operation, t datapath.Type) datapath.Ref {
		return o.Mux(o.Less(o.c, o.x), o.Const(t, 0), o.x)
	}},
	{"mux_const", func(o *operation, t datapath.Type) datapath.Ref {
		return o.Mux(o.Cast(o.x, datapath.Bit), o.Const(t, t.Min()), o.Const(t, t.Max()))
	}},
	{"mux_two", func(o *operation, t datapath.Type) datapath.Ref { // 2 ^ 6 looks like a power to compilers
		return o.Mux(o.Less(o.c, o.x), o.Const(t, t.Wrap(6)), o.Const(t, t.Wrap(2)))
	}},
	{"min", func(o *operation, _ datapath.Type) datapath.Ref { return o.Mux(o.Less(o.c, o.x), o.c, o.x) }},
	{"max", func(o *operation, _ datapath.Type) datapath.Ref { return o.Mux(o.Less(o.c, o.x), o.x, o.c) }},
	{"table", func(o *operation, t datapath.Type) datapath.Ref {
		return o.Table(t, o.Cast(o.x, datapath.Type{Width: 5}), words(t, 19))
	}},
	{"table_full", func(o *operation, t datapath.Type) datapath.Ref {
		return o.Table(t, o.Cast(o.c, datapath.Type{Width: 2}), words(t, 4))
	}},
	{"table_short", func(o *operation, t datapath.Type) datapath.Ref {
		return o.Table(t, o.Cast(o.x, datapath.Type{Width: 6}), words(t, 3))
	}},
	{"table_bit", func(o *operation, t datapath.Type) datapath.Ref {
		return o.Table(t, o.Less(o.x, o.c), words(t, 2))
	}},
	{"held", func(o *operation, t datapath.Type) datapath.Ref {
		mem := o.Memory(datapath.Memory{Name: "held", Type: t, Depth: 7, Held: words(t, 7)})
		addr := o.Cast(o.x, datapath.Type{Width: 4})
		return o.Xor(o.Read(mem, addr), o.Read(mem, o.Cast(o.c, datapath.Type{Width: 3})))
	}},
	{"shl", func(o *operation, t datapath.Type) datapath.Ref {
		v := o.x
		for _, amount := range amounts {
			v = o.Add(t, v, o.Shl(t, o.x, amount))
		}
		return v
	}},
	{"shr", func(o *operation, t datapath.Type) datapath.Ref {
		v := o.x
		for _, amount := range amounts {
			v = o.Add(t, v, o.Shr(o.x, amount))
		}
		return v
	}},
	{"cast", func(o *operation, t datapath.Type) datapath.Ref {
		v := o.x
		for _, to := range operands {
			v = o.Add(v64, v, o.Cast(o.x, to))
		}
		return v
	}},
	{"constants", func(o *operation, t datapath.Type) datapath.Ref {
		low, high := o.Const(t, t.Min()), o.Const(t, t.Max())
		v := o.Xor(o.Add(t, low, high), o.Sub(t, low, high))
		v = o.Xor(v, o.Xor(o.Shr(low, 1), o.Shl(t, high, 1)))
		return o.Xor(v, o.Xor(o.Not(low), o.Mux(o.Less(low, high), low, high)))
	}},
}

func words(t datapath.Type, n int) []int64 {
	w := make([]int64, n)
	for i := range w {
		w[i] = t.Wrap(int64(uint64(i+1) * 0x9e3779b97f4a7c15))
	}
	w[0] = t.Min()
	return w
}

type request struct{ *backend.Request }

func newRequest(name string) *backend.Request {
	head := ir.Head{Name: name}
	return &backend.Request{PWL: &pwl.Module{Head: head}, Design: &datapath.Design{Head: head}}
}

// Add puts a kernel into a request as a layer of its own. A kernel with an input
// named channel gets as many channels as that has values, up to 64.
func Add(r *backend.Request, name string, m *datapath.Module) {
	x, _ := m.Input("x")
	y, _ := m.OutputType("y")
	l := ir.Layer{
		Name: name, Function: name + "(x)",
		Source: ir.Source{File: r.Design.Name + ".grau", Line: len(r.Design.Layers) + 1, Column: 7},
		Input:  ir.Plain(ir.Integer{Width: x.Width, Signed: x.Signed}),
		Output: ir.Plain(ir.Integer{Width: y.Width, Signed: y.Signed}),
	}
	if c, ok := m.Input("channel"); ok {
		l.Channels = 1 << min(c.Width, 6)
	}
	r.PWL.Layers = append(r.PWL.Layers, &pwl.Layer{Layer: l, Implement: ir.Table})
	r.Design.Layers = append(r.Design.Layers, &datapath.Layer{Layer: l, Kernel: m})
}

// operation is a kernel under construction with two operands of type t.
type operation struct {
	*datapath.Author
	name string
	x, c datapath.Ref
}

func start(t datapath.Type, format string, args ...any) *operation {
	o := &operation{name: fmt.Sprintf(format, args...) + "_" + typeName(t)}
	o.Author = datapath.NewAuthor(o.name)
	o.x = o.spread(o.Input("x", datapath.Type{Width: 6, Signed: true}), t)
	o.c = o.spread(o.Input("channel", datapath.Type{Width: 6}), t)
	return o
}

func typeName(t datapath.Type) string {
	if t.Signed {
		return fmt.Sprintf("s%d", t.Width)
	}
	return fmt.Sprintf("u%d", t.Width)
}

// spread makes the extreme values of 6 bits extreme in t too.
func (o *operation) spread(v datapath.Ref, t datapath.Type) datapath.Ref {
	w := o.Cast(v, t)
	if t.Width <= 6 {
		return w
	}
	wide := o.Shl(t, w, t.Width-6)
	low := o.Cast(o.Equal(o.And(v, o.Const(o.Type(v), 1)), o.Const(o.Type(v), 1)), t)
	return o.Xor(wide, low)
}

// finish outputs the lowest and the highest bits of v, so that no fault in it
// escapes.
func (r *request) finish(o *operation, v datapath.Ref) {
	out := datapath.Type{Width: 16, Signed: true}
	t := o.Type(v)
	y := o.Cast(v, out)
	for shift := 13; shift < t.Width; shift += 13 {
		y = o.Xor(y, o.Cast(o.Shr(v, shift), out))
	}
	o.Output("y", y)
	Add(r.Request, o.name, o.M)
}

// random is a kernel of random operations on random types.
func random(seed uint64) *datapath.Module {
	g := rand.New(rand.NewPCG(seed, 7))
	a := datapath.NewAuthor("random")
	inputs := []datapath.Type{{Width: 8, Signed: true}, {Width: 1}, {Width: 11}, {Width: 24, Signed: true}, {Width: 32, Signed: true}, {Width: 32}}
	values := []datapath.Ref{a.Input("x", inputs[g.IntN(len(inputs))])}
	if g.IntN(2) == 0 {
		values = append(values, a.Input("channel", datapath.Type{Width: 3}))
	}
	last := -1
	pick := func(t datapath.Type) datapath.Ref {
		i := len(values) - 1 - g.IntN(min(len(values), 6))
		if g.IntN(8) == 0 || i == last { // compilers warn where a value meets itself
			return a.Const(t, t.Wrap(int64(g.Uint64())>>g.IntN(64)))
		}
		last = i
		return a.Cast(values[i], t)
	}
	hints := []string{"", "", "", "sum", "x", "int", "return", "Sum", "range", "v1", "channel_code"}
	for range 30 {
		t := datapath.Type{Width: 1 + g.IntN(40), Signed: g.IntN(2) == 0}
		if g.IntN(6) == 0 {
			t = operands[g.IntN(len(operands))]
		}
		x := pick(t)
		v := x
		switch y := pick(t); g.IntN(11) {
		case 0, 1:
			v = a.Add(t, x, y)
		case 2:
			v = a.Sub(t, x, y)
		case 3:
			v = a.Shl(t, x, g.IntN(64))
		case 4:
			v = a.Shr(x, g.IntN(64))
		case 5:
			v = a.And(x, y)
		case 6:
			v = a.Or(x, y)
		case 7:
			v = a.Xor(x, a.Not(y))
		case 8, 9:
			v = a.Mux(a.Less(x, y), pick(t), x)
		case 10:
			v = a.Table(t, a.Cast(x, datapath.Type{Width: 4}), words(t, 5+g.IntN(11)))
		}
		values = append(values, a.Named(v, "%s", hints[g.IntN(len(hints))]))
	}
	y := datapath.Type{Width: 1 + g.IntN(16), Signed: g.IntN(2) == 0}
	a.Output("y", a.Cast(values[len(values)-1], y))
	return a.M
}
