package verilog

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"grauc/backend"
	"grauc/backend/backendtest"
	"grauc/ir"
	"grauc/ir/datapath"
)

// TestImages reads every image as a user would and finds the words in it.
func TestImages(t *testing.T) {
	r := kit().request(t)
	e := emitTo(t, r)
	for _, u := range r.Design.Hardware {
		addr, _ := u.Module.Input("cfg_addr")
		data, _ := u.Module.Input("cfg_data")
		for _, image := range u.Images {
			file := path.Join("config", "kit_"+u.Name, image.Layer+".memh")
			if _, ok := e.files[file]; !ok {
				t.Fatalf("no %s", file)
			}
			write(t, e.dir, "read.v", fmt.Sprintf(`module read;
  reg [%d:0] image [0:%d];
  integer i;
  initial begin
    $readmemh("%s", image);
    for (i = 0; i < %d; i = i + 1) if (^image[i] !== 1'bx) $display("%%0d %%0d", i, image[i]);
  end
endmodule
`, data.Width-1, 1<<addr.Width-1, filepath.Join(e.dir, file), 1<<addr.Width))
			var want []string
			for _, w := range image.Words {
				want = append(want, fmt.Sprintf("%d %d", w.Addr, w.Data))
			}
			if got := simulate(t, e.dir, "read", "read.v"); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", file, got, want)
			}
		}
	}
}

// TestNames lets a file and its layers be called what a target has other uses for.
func TestNames(t *testing.T) {
	p := &program{input: int8}
	p.Name = "always"
	for _, name := range []string{"comb", "COMB", "ff", "x", "x_tb", "X"} {
		p.layer(name, "", ir.Parallel, bent(int8, int8, 3))
	}
	p.unit("latch", 1, ir.Parallel)
	p.layer("in", "latch", ir.Parallel, bent(int8, int8, 3))
	p.layer("IN", "latch", ir.Parallel, bent(int8, int8, 2))
	e := emitTo(t, p.request(t))
	want := []string{
		"config/always_latch_2/IN_2.memh", "config/always_latch_2/in.memh",
		"verilog/always_COMB_3.v", "verilog/always_COMB_3_tb.v",
		"verilog/always_X_2.v", "verilog/always_X_2_tb.v",
		"verilog/always_comb_2.v", "verilog/always_comb_2_tb.v",
		"verilog/always_ff_2.v", "verilog/always_ff_2_tb.v",
		"verilog/always_latch_2.v", "verilog/always_latch_2_tb.v",
		"verilog/always_x.v", "verilog/always_x_tb.v",
		"verilog/always_x_tb_2.v", "verilog/always_x_tb_2_tb.v",
	}
	if got := slices.Sorted(maps.Keys(e.files)); !slices.Equal(got, want) {
		t.Errorf("files:\n%s", strings.Join(got, "\n"))
	}
	for _, name := range e.modules() {
		if out := e.simulate(t, name); len(out) != 1 || !strings.HasPrefix(out[0], "PASS "+name+" ") {
			t.Errorf("%s: %q", name, out)
		}
	}
}

func TestDeterministic(t *testing.T) {
	first, second := emitTo(t, kit().request(t)), emitTo(t, kit().request(t))
	if !maps.Equal(first.files, second.files) {
		t.Error("two emissions of one request differ")
	}
}

func TestRefusals(t *testing.T) {
	p := &program{input: int8}
	p.Name = "long"
	p.layer(strings.Repeat("n", 300), "", ir.Parallel, bent(int8, int8, 3))
	p.layer(strings.Repeat("m", 300), "", ir.Parallel, bent(int8, int8, 3))
	_, err := Target.Emit(p.request(t))
	var problems ir.Problems
	if !errors.As(err, &problems) || len(problems) != 2 || problems[0].Code != "name-too-long" || problems[1].At.Line != 11 {
		t.Errorf("a long name: %v", err)
	}
}

// TestBrokenRequests are faults of the compiler, which no user can mend.
func TestBrokenRequests(t *testing.T) {
	request := func(change func(*backend.Request)) error {
		r := kit().request(t)
		change(r)
		_, err := Target.Emit(r)
		return err
	}
	for what, change := range map[string]func(*backend.Request){
		"a layer without a meaning":    func(r *backend.Request) { r.PWL.Layers = r.PWL.Layers[:3] },
		"a port no testbench knows of": func(r *backend.Request) { addInput(r, "mode") },
		"half a handshake":             func(r *backend.Request) { addInput(r, "cfg_valid") },
	} {
		err := request(change)
		var problem *ir.Problem
		if err == nil || errors.As(err, &problem) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func addInput(r *backend.Request, name string) {
	m := r.Design.Layer("straight").Hardware
	m.Nodes = append(m.Nodes, datapath.Node{Op: datapath.OpInput, Type: datapath.Bit, Name: name})
}

// TestComments keeps a user's text from reaching a tool.
func TestComments(t *testing.T) {
	a := datapath.NewAuthor("quiet")
	a.Output("y", a.Not(a.Input("x", datapath.Bit)))
	a.M.Doc = []string{
		"verilator lint_off WIDTH", "synopsys translate_off", "ends in \\", "`define module", "*/ endmodule\rendmodule\x00\v\tendmodule",
		strings.Repeat("word ", 100),
	}
	a.M.Source = ir.Source{File: "a\nendmodule.grau", Line: 3}
	text := emitModule("quiet", a.M, ir.XC7, nil)
	for _, l := range strings.Split(text[:strings.Index(text, "module quiet")], "\n") {
		if l != "" && !strings.HasPrefix(l, "//") || len(l) > commentWidth+3 || strings.HasSuffix(l, `\`) {
			t.Errorf("%q", l)
		}
	}
	dir := t.TempDir()
	write(t, dir, "quiet.v", text)
	silent(t, dir, backendtest.Tool(t, "verilator"), "--lint-only", "-Wall", "quiet.v")
	silent(t, dir, backendtest.Tool(t, "iverilog"), "-g2005", "-Wall", "-o", "quiet.vvp", "quiet.v")
	silent(t, dir, backendtest.Tool(t, "yosys"), "-q", "-e", ".", "-p", "read_verilog quiet.v; hierarchy -check -top quiet")
}
