package datapath_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
)

// sound is a module that verifies, with one of everything.
func sound() *datapath.Module {
	a := datapath.NewAuthor("sound")
	s8, u4 := datapath.Type{Width: 8, Signed: true}, datapath.Type{Width: 4}
	x := a.Input("x", s8)                     // 0
	i := a.Input("i", u4)                     // 1
	one := a.Const(s8, 1)                     // 2
	sum := a.Add(s8, x, one)                  // 3
	less := a.Less(sum, one)                  // 4
	mux := a.Mux(less, sum, x)                // 5
	table := a.Table(s8, i, []int64{1, 2, 3}) // 6
	shr := a.Shr(mux, 2)                      // 7
	reg := a.Reg(shr, less, new(int64))       // 8
	mem := a.Memory(datapath.Memory{Name: "mem", Type: s8, Depth: 16, Enable: less, Addr: i, Data: table})
	held := a.Memory(datapath.Memory{Name: "held", Type: s8, Depth: 2, Held: []int64{4, 5}})
	a.Output("y", a.Xor(reg, a.Xor(a.Read(mem, i), a.Read(held, i)))) // 9..12
	a.M.Latency = 1
	return a.M
}

func TestVerifyModuleFindsEveryFault(t *testing.T) {
	require.NoError(t, datapath.VerifyModule(sound()))
	s9 := datapath.Type{Width: 9, Signed: true}
	for want, harm := range map[string]func(*datapath.Module){
		"no such type":                 func(m *datapath.Module) { m.Nodes[2].Type.Width = 0 },
		"no such type: 64":             func(m *datapath.Module) { m.Nodes[2].Type = datapath.Type{Width: 64} },
		"unknown operation":            func(m *datapath.Module) { m.Nodes[3].Op = 99 },
		"1 operands instead of 2":      func(m *datapath.Module) { m.Nodes[3].Args = m.Nodes[3].Args[:1] },
		"operand 3 does not come":      func(m *datapath.Module) { m.Nodes[3].Args = []datapath.Ref{0, 3} },
		"operand 99 does not come":     func(m *datapath.Module) { m.Nodes[8].Args[0] = 99 },
		"operand -1 does not come":     func(m *datapath.Module) { m.Nodes[8].Args[0] = -1 },
		"constant 128 does not fit":    func(m *datapath.Module) { m.Nodes[2].Value = 128 },
		"value 3: operand 0":           func(m *datapath.Module) { m.Nodes[3].Type = s9 },
		"value 4: a condition":         func(m *datapath.Module) { m.Nodes[4].Type = s9 },
		"value 4: operand 1 has":       func(m *datapath.Module) { m.Nodes[4].Args[1] = 1 },
		"value 5: a condition":         func(m *datapath.Module) { m.Nodes[5].Args[0] = 1 },
		"value 5: operand 1 has":       func(m *datapath.Module) { m.Nodes[5].Args[2] = 1 },
		"a signed index":               func(m *datapath.Module) { m.Nodes[6].Args[0] = 0 },
		"no words":                     func(m *datapath.Module) { m.Nodes[6].Table = nil },
		"mem: 65537 words":             func(m *datapath.Module) { m.Mems[0].Depth = 1<<16 + 1 },
		"17 words cannot be reached":   func(m *datapath.Module) { m.Nodes[6].Table = make([]int64, 17) },
		"word 1 is 300":                func(m *datapath.Module) { m.Nodes[6].Table[1] = 300 },
		"shift by 64":                  func(m *datapath.Module) { m.Nodes[7].Amount = 64 },
		"shift by -1":                  func(m *datapath.Module) { m.Nodes[7].Amount = -1 },
		"value 8: operand 1 has":       func(m *datapath.Module) { m.Nodes[8].Args[0] = 1 },
		"value 8: a condition":         func(m *datapath.Module) { m.Nodes[8].Args[1] = 1 },
		"reset value 200":              func(m *datapath.Module) { v := int64(200); m.Nodes[8].Reset = &v },
		"no memory 2":                  func(m *datapath.Module) { m.Nodes[9].Mem = 2 },
		"its type is not that":         func(m *datapath.Module) { m.Mems[1].Type.Signed = false },
		"memory mem: a condition":      func(m *datapath.Module) { m.Mems[0].Enable = 1 },
		"memory mem: a signed index":   func(m *datapath.Module) { m.Mems[0].Addr = 0 },
		"memory mem: operand 1":        func(m *datapath.Module) { m.Mems[0].Data = 1 },
		"memory mem: its write port":   func(m *datapath.Module) { m.Mems[0].Data = 99 },
		"memory mem: 17 words":         func(m *datapath.Module) { m.Mems[0].Depth = 17 },
		"memory : no name":             func(m *datapath.Module) { m.Mems[0].Name = "" },
		"memory held: holds 2 words":   func(m *datapath.Module) { m.Mems[1].Depth = 3 },
		"memory held: word 0 is -9000": func(m *datapath.Module) { m.Mems[1].Held[0] = -9000 },
		"not clocked":                  func(m *datapath.Module) { m.Clocked = false },
		"latency -1":                   func(m *datapath.Module) { m.Latency = -1 },
		"no outputs":                   func(m *datapath.Module) { m.Outputs = nil },
		"output y: no value":           func(m *datapath.Module) { m.Outputs[0].Value = 99 },
		`name "x" is empty or taken`:   func(m *datapath.Module) { m.Outputs[0].Name = "x" },
		`name "clk" is empty or taken`: func(m *datapath.Module) { m.Nodes[0].Name = "clk" },
		`name "" is empty or taken`:    func(m *datapath.Module) { m.Nodes[0].Name = "" },
	} {
		m := sound()
		harm(m)
		if err := datapath.VerifyModule(m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// design is one layer by itself and one on a unit.
func design() *datapath.Design {
	in, out := ir.Integer{Width: 8, Signed: true}, ir.Integer{Width: 4}
	module := func(name string, ports ...string) *datapath.Module {
		a := datapath.NewAuthor(name)
		x := a.Input("x", datapath.TypeOf(in))
		for _, p := range ports {
			a.Input(p, datapath.Type{Width: 4})
		}
		a.Output("y", a.Cast(x, datapath.TypeOf(out)))
		return a.M
	}
	shape := ir.Shape{Segments: 2, Terms: 1, MaxShift: 4}
	unit := ir.Unit{Name: "u", Input: in, Output: out, Channels: 1, Shape: shape}
	layer := ir.Layer{Name: "own", Input: ir.Plain(in), Output: ir.Plain(out), Shape: shape}
	on := layer
	on.Name, on.Unit = "on", "u"
	return &datapath.Design{
		Head: ir.Head{Name: "two", Units: []*ir.Unit{&unit}},
		Hardware: []*datapath.Unit{{
			Unit:   unit,
			Module: module("u", "cfg_valid", "cfg_addr", "cfg_data"),
			Images: []*datapath.Image{{Layer: "on", Words: []datapath.Word{{Addr: 1, Data: 15}, {Addr: 3, Data: 2}}}},
		}},
		Layers: []*datapath.Layer{
			{Layer: layer, Hardware: module("own"), Kernel: module("own")},
			{Layer: on, Kernel: module("on")},
		},
	}
}

func TestVerifyFindsEveryFaultOfADesign(t *testing.T) {
	require.NoError(t, datapath.Verify(design()))
	for want, harm := range map[string]func(*datapath.Design){
		"unit u: no module":              func(d *datapath.Design) { d.Hardware[0].Module = nil },
		"unit u: no configuration port":  func(d *datapath.Design) { d.Hardware[0].Module.Nodes[2].Name = "other" },
		"word 1 does not fit":            func(d *datapath.Design) { d.Hardware[0].Images[0].Words[1].Data = 16 },
		"word 0 does not fit":            func(d *datapath.Design) { d.Hardware[0].Images[0].Words[0].Addr = 16 },
		"word 1 is out of order":         func(d *datapath.Design) { d.Hardware[0].Images[0].Words[1].Addr = 1 },
		"layer own: no kernel":           func(d *datapath.Design) { d.Layers[0].Kernel = nil },
		"layer own: its kernel":          func(d *datapath.Design) { d.Layers[0].Kernel.Clocked = true },
		"layer own: hardware of its own": func(d *datapath.Design) { d.Layers[0].Hardware = nil },
		"layer on: hardware of its own":  func(d *datapath.Design) { d.Layers[1].Hardware = d.Layers[0].Hardware },
		"module on: input x":             func(d *datapath.Design) { d.Layers[1].Kernel.Nodes[0].Name = "z" },
		"module own: output y":           func(d *datapath.Design) { d.Layers[0].Output.Width = 5 },
		"layer \"own\" is there twice":   func(d *datapath.Design) { d.Layers[1].Layer = d.Layers[0].Layer },
		"module own: ports: no outputs":  func(d *datapath.Design) { d.Layers[0].Hardware.Outputs = nil },
	} {
		d := design()
		harm(d)
		if err := datapath.Verify(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestVerifyDelays(t *testing.T) {
	s8 := datapath.Type{Width: 8, Signed: true}
	piped := func(last func(a *datapath.Author, x, first, channel datapath.Ref) datapath.Ref) *datapath.Module {
		a := datapath.NewAuthor("m")
		x, config := a.Input("x", s8), a.Input("cfg_data", s8)
		channel := a.Input("x_channel", datapath.Type{Width: 2})
		first := a.Reg(a.Add(s8, x, config), -1, nil)
		a.Output("y", a.Cast(a.Reg(last(a, x, first, channel), -1, nil), s8))
		a.M.Latency = 2
		return a.M
	}
	mem := func(a *datapath.Author, at datapath.Ref) datapath.Ref {
		return a.Read(a.Memory(datapath.Memory{Name: "mem", Type: s8, Depth: 4, Held: []int64{1, 2, 3, 4}}), at)
	}
	require.NoError(t, datapath.VerifyDelays(piped(func(a *datapath.Author, x, first, channel datapath.Ref) datapath.Ref {
		return a.Add(s8, first, mem(a, a.Reg(channel, -1, nil)))
	})))
	early := piped(func(a *datapath.Author, x, first, channel datapath.Ref) datapath.Ref {
		return a.Add(s8, first, mem(a, channel))
	})
	require.ErrorContains(t, datapath.VerifyDelays(early), "mixes x of 0 and of 1 clocks ago")
	late := piped(func(a *datapath.Author, x, first, channel datapath.Ref) datapath.Ref { return first })
	late.Latency = 3
	require.ErrorContains(t, datapath.VerifyDelays(late), "is of x 2 clocks ago, with a latency of 3")
	early.Interval = 3 // it takes an x only when it is done with the last
	require.NoError(t, datapath.VerifyDelays(early))
}
