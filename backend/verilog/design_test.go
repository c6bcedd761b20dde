package verilog

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/backend/backendtest"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/passes/lower"
)

var (
	int12 = ir.Integer{Width: 12, Signed: true}
	int24 = ir.Integer{Width: 24, Signed: true}
	int8  = ir.Integer{Width: 8, Signed: true}
	uint4 = ir.Integer{Width: 4}
	int3n = ir.Integer{Width: 3, Signed: true, Narrow: true}
)

var shape = ir.Shape{Segments: 4, Terms: 2, MinShift: 3, MaxShift: 6, Guard: 2}

func styled(s ir.Style) ir.Shape {
	other := shape
	other.Style = s
	return other
}

// bent is a function that goes down, up and to the end of its range; unit is the
// length of a piece of it.
func bent(in, out ir.Integer, unit int64) *pwl.Function {
	return &pwl.Function{Input: in, Output: out, Guard: 2, Segments: []pwl.Segment{
		{Start: in.Min(), Bias: -9},
		{Start: -9 * unit, Bias: -12, Terms: []pwl.Term{{Shift: 5, Negative: true}}},
		{Start: unit / 2, Bias: 3, Terms: []pwl.Term{{Shift: 3}, {Shift: 5, Negative: true}}},
		{Start: 20 * unit, Bias: 40 + unit, Terms: []pwl.Term{{Shift: 3}}},
	}}
}

// dented is another one, unlike it in every segment.
func dented(in, out ir.Integer, unit int64) *pwl.Function {
	return &pwl.Function{Input: in, Output: out, Guard: 2, Segments: []pwl.Segment{
		{Start: in.Min(), Bias: 21, Terms: []pwl.Term{{Shift: 4}, {Shift: 6}}},
		{Start: -4 * unit, Bias: 33, Terms: []pwl.Term{{Shift: 3, Negative: true}}},
		{Start: unit, Bias: -7, Terms: []pwl.Term{{Shift: 4, Negative: true}, {Shift: 6}}},
		{Start: 3 * unit, Bias: 90, Terms: []pwl.Term{{Shift: 5, Negative: true}, {Shift: 6, Negative: true}}},
	}}
}

func stairs(in, out ir.Integer) *steps.Function {
	f := &steps.Function{Input: in, Output: out}
	for v := out.Min(); v <= out.Max(); v++ {
		start := in.Min()
		if v > out.Min() {
			start = v * 100
		}
		f.Runs = append(f.Runs, steps.Run{Start: start, Value: v})
	}
	return f
}

// program collects layers and units into a module.
type program struct {
	pwl.Module
	input ir.Integer // of units
}

func (p *program) unit(name string, channels int, style ir.Style) {
	p.Units = append(p.Units, &ir.Unit{
		Name: name, Input: p.input, Output: int8, Channels: channels, Shape: styled(style),
		Source: ir.Source{File: p.Name + ".grau", Line: 2 + len(p.Units)},
	})
}

func (p *program) layer(name, unit string, style ir.Style, fs ...*pwl.Function) *pwl.Layer {
	l := &pwl.Layer{Layer: ir.Layer{
		Name: name, Unit: unit, Function: "bent(x)", Shape: styled(style),
		Input: ir.Plain(fs[0].Input), Output: ir.Plain(fs[0].Output),
		Source: ir.Source{File: p.Name + ".grau", Line: 10 + len(p.Layers)},
	}, Implement: ir.PWL}
	if len(fs) > 1 {
		l.Layer.Channels = len(fs)
	}
	for _, f := range fs {
		l.Channels = append(l.Channels, &pwl.Channel{Function: f})
	}
	p.Layers = append(p.Layers, l)
	return l
}

func (p *program) steps(name string, how ir.Implement, f *steps.Function) {
	p.Layers = append(p.Layers, &pwl.Layer{
		Layer:     ir.Layer{Name: name, Input: ir.Plain(f.Input), Output: ir.Plain(f.Output), Shape: shape},
		Implement: how, Channels: []*pwl.Channel{{Golden: f, Steps: f}},
	})
}

func (p *program) request(t *testing.T) *backend.Request {
	t.Helper()
	d, err := lower.Design(&p.Module)
	require.NoError(t, err)
	require.NoError(t, datapath.Verify(d))
	return &backend.Request{PWL: &p.Module, Design: d}
}

// kit is a file with every kind of module.
func kit() *program {
	p := &program{input: int12}
	p.Name = "kit"
	p.unit("edge", 2, ir.Pipelined)
	p.unit("near", 1, ir.Parallel)
	p.layer("wide", "edge", 0, bent(int12, int8, 30), dented(int12, int8, 7))
	p.layer("tiny", "edge", 0, bent(int12, int3n, 11))
	p.layer("small", "edge", 0, bent(ir.Integer{Width: 9, Signed: true}, uint4, 5))
	p.layer("once", "near", ir.Parallel, bent(int12, int8, 30))
	p.layer("then", "near", ir.Parallel, bent(int12, uint4, 9))
	p.layer("fixed", "", ir.Pipelined, bent(int12, int8, 30))
	p.layer("straight", "", ir.Parallel, bent(int12, int8, 30))
	p.layer("many", "", ir.Pipelined, bent(int12, int8, 30), dented(int12, int8, 13), bent(int12, int8, 2))
	p.layer("long", "", ir.Pipelined, bent(int24, int8, 1000))
	p.steps("count", ir.Thresholds, stairs(int12, uint4))
	p.steps("look", ir.Table, stairs(ir.Integer{Width: 8}, ir.Integer{Width: 2}))
	return p
}

// emitted are files below a directory of their own.
type emitted struct {
	dir   string
	files map[string]string
}

func emitTo(t *testing.T, r *backend.Request) *emitted {
	t.Helper()
	response, err := Target.Emit(r)
	require.NoError(t, err)
	e := &emitted{t.TempDir(), map[string]string{}}
	for _, f := range response.Files {
		if _, twice := e.files[f.Path]; twice {
			t.Errorf("%s is emitted twice", f.Path)
		}
		e.files[f.Path] = string(f.Data)
		write(t, e.dir, f.Path, string(f.Data))
	}
	return e
}

// modules are the names of the modules that have a testbench.
func (e *emitted) modules() []string {
	var names []string
	for f := range e.files {
		if name, ok := strings.CutSuffix(f, "_tb.v"); ok {
			names = append(names, filepath.Base(name))
		}
	}
	return names
}

func (e *emitted) simulate(t *testing.T, name string) []string {
	t.Helper()
	return simulate(t, filepath.Join(e.dir, "verilog"), name+"_tb", name+".v", name+"_tb.v")
}

func TestBenchesPass(t *testing.T) {
	e := emitTo(t, kit().request(t))
	if n := len(e.modules()); n != 8 {
		t.Errorf("%d modules have a testbench", n)
	}
	for _, name := range e.modules() {
		out := e.simulate(t, name)
		if len(out) != 1 || !regexp.MustCompile(`^PASS `+name+` [1-9]\d* vectors$`).MatchString(out[0]) {
			t.Errorf("%s: %q", name, out)
		}
	}
}

func TestLint(t *testing.T) {
	verilator, yosys := backendtest.Tool(t, "verilator"), backendtest.Tool(t, "yosys")
	e := emitTo(t, kit().request(t))
	dir := filepath.Join(e.dir, "verilog")
	script := ""
	for _, name := range e.modules() {
		v, tb := name+".v", name+"_tb.v"
		silent(t, dir, verilator, "--lint-only", "-Wall", "--language", "1364-2005", v)
		silent(t, dir, verilator, "--lint-only", "-Wall", "--timing", v, tb)
		for _, read := range []string{"read_verilog", "read_verilog -sv"} {
			script += read + " " + v + "; hierarchy -check -top " + name + "; proc; opt; check -assert; design -reset; "
		}
	}
	silent(t, dir, yosys, "-q", "-e", ".", "-p", script)
}

// TestVerilator runs a testbench in a simulator that has two states only.
func TestVerilator(t *testing.T) {
	t.Parallel()
	verilator := backendtest.Tool(t, "verilator")
	e := emitTo(t, ramp())
	dir := filepath.Join(e.dir, "verilog")
	out, err := run(t, dir, verilator, "--binary", "--timing", "--top-module", "hand_ramp_tb", "--prefix", "bench",
		"-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0", "--Mdir", "built", "hand_ramp.v", "hand_ramp_tb.v")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err = run(t, dir, filepath.Join(dir, "built", "bench"))
	if err != nil || !strings.HasPrefix(out, "PASS hand_ramp ") {
		t.Errorf("%v\n%s", err, out)
	}
}

// golden compares what was emitted with the files in testdata.
func (e *emitted) golden(t *testing.T, names ...string) {
	t.Helper()
	files := make([]backend.File, len(names))
	for i, name := range names {
		files[i] = backend.File{Path: filepath.Base(name) + ".golden", Data: []byte(e.files[name])}
	}
	backendtest.Golden(t, files)
}

// TestSnapshot holds what a reader sees.
func TestSnapshot(t *testing.T) {
	e := emitTo(t, ramp())
	e.golden(t, "verilog/hand_ramp.v", "verilog/hand_ramp_tb.v", "config/hand_ramp/one.memh")
	if out := e.simulate(t, "hand_ramp"); len(out) != 1 || !strings.HasPrefix(out[0], "PASS hand_ramp ") {
		t.Errorf("%q", out)
	}
}

// ramp is a unit written by hand: y is 0 below a threshold and bias + x/8 from
// there on.
func ramp() *backend.Request {
	p := &program{input: int8}
	p.Name = "hand"
	p.unit("ramp", 2, ir.Pipelined)
	segments := func(threshold, bias int64) *pwl.Function {
		return &pwl.Function{Input: int8, Output: int8, Segments: []pwl.Segment{
			{Start: -128}, {Start: threshold, Bias: bias, Terms: []pwl.Term{{Shift: 3}}},
		}}
	}
	p.layer("one", "ramp", 0, segments(-20, 3), segments(17, -40))
	image := &datapath.Image{Layer: "one", Words: []datapath.Word{{Addr: 0, Data: 256 - 20}, {Addr: 1, Data: 3}, {Addr: 4, Data: 17}, {Addr: 5, Data: 256 - 40}, {Addr: 6, Data: 1}}}
	unit := &datapath.Unit{
		Unit: *p.Units[0], Module: rampModule(), Images: []*datapath.Image{image},
		Fields: []datapath.Field{
			{Name: "threshold", Word: 0, Type: datapath.TypeOf(int8), WordBits: 2, Doc: "y is 0 below"},
			{Name: "bias", Word: 1, Type: datapath.TypeOf(int8), WordBits: 2, Doc: "added to x/8 from there on"},
			{Name: "complete", Word: 2, Type: datapath.Bit, WordBits: 2, Doc: "1: inputs are taken"},
		},
	}
	layer := &datapath.Layer{Layer: p.Layers[0].Layer}
	return &backend.Request{PWL: &p.Module, Design: &datapath.Design{Head: p.Head, Hardware: []*datapath.Unit{unit}, Layers: []*datapath.Layer{layer}}}
}

func rampModule() *datapath.Module {
	a := datapath.NewAuthor("ramp")
	a.M.Source, a.M.Doc, a.M.Latency = ir.Source{File: "hand.grau", Line: 2}, []string{"A ramp from a threshold on."}, 2
	code := datapath.TypeOf(int8)

	cfgValid, addr, data := a.Input("cfg_valid", datapath.Bit), a.Input("cfg_addr", datapath.Type{Width: 3}), a.Input("cfg_data", datapath.Type{Width: 8})
	complete := a.Named(a.Starting(a.Later(datapath.Bit, nil), 0), "complete")
	xValid, x, c, ready := a.Input("x_valid", datapath.Bit), a.Input("x", code), a.Input("x_channel", datapath.Bit), a.Input("y_ready", datapath.Bit)
	done := a.Named(a.Later(datapath.Bit, new(int64)), "y_valid")
	advance := a.Named(a.Or(a.Not(done), ready), "advance")
	taken := a.And(xValid, complete)
	valid := a.Named(a.Reg(taken, advance, new(int64)), "valid")
	a.Connect(done, valid, advance)

	idle := a.Named(a.Not(a.Or(taken, a.Or(valid, done))), "idle")
	write, word := a.And(cfgValid, idle), a.Cast(addr, datapath.Type{Width: 2})
	selects := func(n int64) datapath.Ref { return a.Equal(word, a.Const(a.Type(word), n)) }
	channel := a.Named(a.Cast(a.Shr(addr, 2), datapath.Bit), "cfg_channel")
	memory := func(name string, n int64) int {
		return a.Memory(datapath.Memory{Name: name, Type: code, Depth: 2, Enable: a.And(write, selects(n)), Addr: channel, Data: a.Cast(data, code)})
	}
	thresholds, biases := memory("threshold", 0), memory("bias", 1)
	a.Connect(complete, a.And(idle, a.And(selects(2), a.Cast(data, datapath.Bit))), cfgValid)

	passed := a.Named(a.Not(a.Less(x, a.Named(a.Read(thresholds, c), "threshold"))), "passed")
	passed1 := a.Named(a.Reg(passed, advance, nil), "passed")
	bias1 := a.Named(a.Reg(a.Read(biases, c), advance, nil), "bias")
	eighth := a.Named(a.Reg(a.Cast(a.Shr(x, 3), datapath.Type{Width: 5, Signed: true}), advance, nil), "eighth")
	sum := a.Named(a.Add(code, bias1, eighth), "sum")
	y := a.Named(a.Reg(a.Mux(passed1, sum, a.Const(code, 0)), advance, nil), "y")
	a.Output("cfg_ready", idle)
	a.Output("x_ready", a.And(advance, complete))
	a.Output("y_valid", done)
	a.Output("y", y)
	return a.M
}
