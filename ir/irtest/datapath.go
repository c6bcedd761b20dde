package irtest

import (
	"fmt"
	"math/rand/v2"

	"grauc/ir"
	"grauc/ir/datapath"
)

// Design is a design of random netlists: they compute nothing in particular.
func Design(r *rand.Rand) *datapath.Design {
	d := &datapath.Design{Head: Head(r)}
	for _, u := range d.Units {
		if r.IntN(2) == 0 {
			d.Hardware = append(d.Hardware, hardware(r, u))
		}
	}
	taken := map[string]bool{}
	for range r.IntN(3) {
		l := &datapath.Layer{Layer: Layer(r, &d.Head, taken)}
		in, out := datapath.TypeOf(l.Input.Integer), datapath.TypeOf(l.Output.Integer)
		l.Kernel = netlist(r, in, out, false)
		if l.Unit == "" {
			l.Hardware = netlist(r, in, out, r.IntN(2) == 0)
		}
		d.Layers = append(d.Layers, l)
	}
	return d
}

// Module is a netlist with an input x and an output y.
func Module(r *rand.Rand) *datapath.Module {
	return netlist(r, randomType(r), randomType(r), r.IntN(2) == 0)
}

func hardware(r *rand.Rand, u *ir.Unit) *datapath.Unit {
	d := &datapath.Unit{Unit: *u, Module: netlist(r, datapath.TypeOf(u.Input), datapath.TypeOf(u.Output), true)}
	for i := range r.IntN(4) {
		d.Fields = append(d.Fields, datapath.Field{
			Name: pick(r, names), Word: i, Type: randomType(r), WordBits: 2, Doc: doc(r),
		})
	}
	for range r.IntN(3) {
		d.Images = append(d.Images, image(r, d))
	}
	if len(d.Images) == 0 {
		d.Probe = image(r, d)
	}
	return d
}

func image(r *rand.Rand, u *datapath.Unit) *datapath.Image {
	image := &datapath.Image{Layer: pick(r, names)}
	for a := range uint64(min(16, 1<<u.OfferWidth())) {
		if r.IntN(2) == 0 {
			image.Words = append(image.Words, datapath.Word{Addr: a, Data: r.Uint64N(256)})
		}
	}
	return image
}

func randomType(r *rand.Rand) datapath.Type {
	t := datapath.Type{Width: 1 + r.IntN(pick(r, []int{1, 4, 12, 64})), Signed: r.IntN(2) == 0}
	if t.Width == 64 {
		t.Signed = true
	}
	return t
}

// nets writes a random netlist.
type nets struct {
	*rand.Rand
	*datapath.Author
	later []datapath.Ref // registers whose input is not connected yet
}

func netlist(r *rand.Rand, in, out datapath.Type, clocked bool) *datapath.Module {
	g := &nets{Rand: r, Author: datapath.NewAuthor(pick(r, names))}
	g.M.Source = Source(r)
	g.M.Clocked = clocked
	if clocked {
		g.M.Latency = 1 + r.IntN(4)
	}
	for range r.IntN(3) {
		g.M.Doc = append(g.M.Doc, doc(r))
	}
	g.Author.Input("x", in)
	g.Author.Input("cfg_valid", datapath.Bit)
	g.Author.Input("cfg_addr", datapath.Type{Width: 4})
	g.Author.Input("cfg_data", datapath.Type{Width: 8})
	for range 1 + r.IntN(3) {
		g.memory()
	}
	for range 5 + r.IntN(30) {
		v := g.node()
		if r.IntN(3) == 0 {
			g.Named(v, "%s", pick(r, names))
		}
	}
	for _, v := range g.later {
		g.Connect(v, g.any(), -1)
	}
	g.Author.Output("y", g.Cast(g.any(), out))
	for i := range g.IntN(4) {
		g.Author.Output(fmt.Sprintf("y%d", i+1), g.any())
	}
	if datapath.VerifyDelays(g.M) != nil || clocked && r.IntN(2) == 0 {
		g.M.Interval = g.M.Latency + 1
	}
	return g.M
}

// any is a value, often one of the last.
func (g *nets) any() datapath.Ref {
	n := len(g.M.Nodes)
	if g.IntN(2) == 0 {
		return datapath.Ref(n - 1 - g.IntN(min(n, 4)))
	}
	return datapath.Ref(g.IntN(n))
}

func (g *nets) as(t datapath.Type) datapath.Ref { return g.Cast(g.any(), t) }

func (g *nets) value(t datapath.Type) int64 { return t.Wrap(int64(g.Uint64())) }

func (g *nets) values(t datapath.Type, n int) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = g.value(t)
	}
	return v
}

// memory is written only in a clocked module.
func (g *nets) memory() {
	mem := datapath.Memory{Name: pick(g.Rand, names), Type: randomType(g.Rand), Depth: 1 + g.IntN(40)}
	if g.M.Clocked && g.IntN(2) == 0 {
		mem.Enable = g.as(datapath.Bit)
		mem.Addr = g.as(datapath.Type{Width: 6})
		mem.Data = g.as(mem.Type)
	} else {
		mem.Held = g.values(mem.Type, mem.Depth)
	}
	g.Author.Memory(mem)
}

func (g *nets) node() datapath.Ref {
	t := randomType(g.Rand)
	switch g.IntN(16) {
	case 0:
		return g.Const(t, Extreme(g.Rand, t))
	case 1:
		return g.Add(t, g.any(), g.any())
	case 2:
		return g.Sub(t, g.any(), g.any())
	case 3:
		return g.Shl(t, g.any(), g.IntN(64))
	case 4:
		return g.Shr(g.any(), g.IntN(64))
	case 5:
		return g.Less(g.as(t), g.as(t))
	case 6:
		return g.Equal(g.as(t), g.as(t))
	case 7:
		return g.And(g.as(t), g.as(t))
	case 8:
		return g.Or(g.as(t), g.as(t))
	case 9:
		return g.Xor(g.as(t), g.as(t))
	case 10:
		return g.Not(g.any())
	case 11:
		return g.Mux(g.as(datapath.Bit), g.as(t), g.as(t))
	case 12:
		return g.Table(t, g.as(datapath.Type{Width: 5}), g.values(t, 1+g.IntN(32)))
	case 13:
		return g.Read(g.IntN(len(g.M.Mems)), g.as(datapath.Type{Width: 6}))
	default:
		return g.register(t)
	}
}

func (g *nets) register(t datapath.Type) datapath.Ref {
	if !g.M.Clocked {
		return g.Cast(g.any(), t)
	}
	var reset *int64
	if g.IntN(2) == 0 {
		v := g.value(t)
		reset = &v
	}
	reg := g.connected(t, reset)
	if g.IntN(4) == 0 {
		g.Starting(reg, g.value(t))
	}
	return reg
}

func (g *nets) connected(t datapath.Type, reset *int64) datapath.Ref {
	switch g.IntN(3) {
	case 0:
		v := g.Later(t, reset)
		g.later = append(g.later, v)
		return v
	case 1:
		return g.Reg(g.as(t), g.as(datapath.Bit), reset)
	default:
		return g.Reg(g.as(t), -1, reset)
	}
}

// Extreme is a value of a type, often one at an end or near zero.
func Extreme(r *rand.Rand, t datapath.Type) int64 {
	switch r.IntN(4) {
	case 0:
		return pick(r, []int64{t.Min(), t.Max()})
	case 1:
		return t.Wrap(r.Int64N(7) - 3)
	}
	return t.Wrap(int64(r.Uint64()))
}
