package verilog

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/passes/lower"
)

var rewrite = flag.Bool("update", false, "write the golden files anew")

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
	if err != nil {
		t.Fatal(err)
	}
	if err := datapath.Verify(d); err != nil {
		t.Fatal(err)
	}
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
	p.layer("once", "near", 0, bent(int12, int8, 30))
	p.layer("then", "near", 0, bent(int12, uint4, 9))
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
	if err != nil {
		t.Fatal(err)
	}
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
	verilator, yosys := tool(t, "verilator"), tool(t, "yosys")
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
	verilator := tool(t, "verilator")
	e := emitTo(t, kit().request(t))
	dir := filepath.Join(e.dir, "verilog")
	out, err := run(t, dir, verilator, "--binary", "--timing", "--top-module", "kit_edge_tb", "--prefix", "bench",
		"-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0", "--Mdir", "built", "kit_edge.v", "kit_edge_tb.v")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err = run(t, dir, filepath.Join(dir, "built", "bench"))
	if err != nil || !strings.HasPrefix(out, "PASS kit_edge ") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSnapshot holds what a reader sees.
func TestSnapshot(t *testing.T) {
	p := &program{input: int12}
	p.Name = "bend"
	p.unit("edge", 1, ir.Pipelined)
	p.layer("one", "edge", 0, bent(int12, int8, 30))
	e := emitTo(t, p.request(t))
	for _, name := range []string{"verilog/bend_edge.v", "verilog/bend_edge_tb.v", "config/bend_edge/one.memh"} {
		golden := filepath.Join("testdata", filepath.Base(name)+".golden")
		if *rewrite {
			write(t, ".", golden, e.files[name])
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if e.files[name] != string(want) {
			t.Errorf("%s is not what %s says; go test -update ./backend/verilog writes it anew", name, golden)
		}
	}
}
