package verilog

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/backend/backendtest"
	"grauc/ir"
	"grauc/ir/datapath"
)

// axiKit has streams of each kind: units with one channel and with a number of
// them that is no power of two, with words of one write and of two, bytes filled
// up and full, loaded through the input, and fixed layers.
func axiKit(t *testing.T) *backend.Request {
	int32in := ir.Integer{Width: 32, Signed: true}
	p := &program{input: int12}
	p.Name = "kit"
	p.unit("edge", 3, ir.Pipelined)
	p.unit("near", 1, ir.Parallel)
	p.input = int32in
	p.unit("far", 1, ir.Pipelined)
	p.Units[2].Output = uint4
	p.unit("idle", 1, ir.Pipelined)
	p.input = int12
	p.offered("shared", 3, ir.Table, ir.Shape{Segments: 16, Rows: 4, RowBits: 4, Window: ir.Window{Bits: 8, MaxShift: 5}})
	p.offered("exact", 1, ir.Auto, ir.Shape{Segments: 8, Terms: 3, MaxShift: 9, Guard: 8})
	p.Units[5].Output = ir.Integer{Width: 16, Signed: true}
	p.layer("wide", "edge", 0, bent(int12, int8, 30), dented(int12, int8, 7), bent(int12, int8, 3))
	p.layer("tiny", "edge", 0, bent(int12, int3n, 11))
	p.layer("once", "near", ir.Parallel, bent(int12, int8, 30))
	p.layer("deep", "far", 0, bent(int32in, uint4, 1000))
	p.layer("fixed", "", ir.Pipelined, bent(int12, int3n, 30))
	p.layer("many", "", ir.Pipelined, bent(int12, int8, 30), dented(int12, int8, 13))
	return p.request(t)
}

// offered is a unit of uniform segments that is loaded through its input. No layer runs
// on it, and it is tested with a probe.
func (p *program) offered(name string, channels int, how ir.Implement, s ir.Shape) {
	p.unit(name, channels, ir.Pipelined)
	u := p.Units[len(p.Units)-1]
	s.Breaks, s.Overflow, s.Load = ir.Uniform, ir.Wrap, ir.LoadData
	u.Shape, u.Implement = s, how
}

// emitBoth writes what both targets emit.
func emitBoth(t *testing.T, r *backend.Request) *emitted {
	t.Helper()
	e := &emitted{t.TempDir(), map[string]string{}}
	for _, target := range []backend.Target{Target, AXI} {
		response, err := target.Emit(r)
		require.NoError(t, err)
		for _, f := range response.Files {
			if _, twice := e.files[f.Path]; twice {
				t.Errorf("%s is emitted twice", f.Path)
			}
			e.files[f.Path] = string(f.Data)
			write(t, e.dir, f.Path, string(f.Data))
		}
	}
	return e
}

func topFiles(name string) []string {
	return []string{"axi/" + name + "_axi.v", "verilog/" + name + ".v"}
}

func (e *emitted) simulateTop(t *testing.T, name string) string {
	t.Helper()
	return strings.Join(simulate(t, e.dir, name+"_axi_tb", append(topFiles(name), "axi/"+name+"_axi_tb.v")...), "\n")
}

var axiTops = []string{"kit_edge", "kit_far", "kit_idle", "kit_shared", "kit_exact", "kit_fixed", "kit_many"}

func TestTopsPass(t *testing.T) {
	t.Parallel()
	verilator, yosys := backendtest.Tool(t, "verilator"), backendtest.Tool(t, "yosys")
	e := emitBoth(t, axiKit(t))
	if _, ok := e.files["axi/kit_near_axi.v"]; ok {
		t.Error("a module without a handshake has a stream")
	}
	for _, name := range axiTops {
		if out := e.simulateTop(t, name); !strings.HasPrefix(out, "PASS "+name+"_axi ") {
			t.Errorf("%s: %s", name, out)
		}
		files, bench := topFiles(name), "axi/"+name+"_axi_tb.v"
		top := name + "_axi"
		silent(t, e.dir, verilator, append([]string{"--lint-only", "-Wall", "--language", "1364-2005", "--top-module", top}, files...)...)
		silent(t, e.dir, verilator, append([]string{"--lint-only", "-Wall", "--timing", "--top-module", top + "_tb", bench}, files...)...)
		silent(t, e.dir, yosys, "-q", "-e", ".", "-p",
			"read_verilog "+strings.Join(files, " ")+"; hierarchy -check -top "+top+"; proc; opt; check -assert")
	}
}

// TestTopInVerilator runs a testbench in a simulator that has two states only.
func TestTopInVerilator(t *testing.T) {
	t.Parallel()
	verilator := backendtest.Tool(t, "verilator")
	e := emitBoth(t, axiKit(t))
	args := append([]string{"--binary", "--timing", "--top-module", "kit_edge_axi_tb", "--prefix", "bench",
		"-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0", "--Mdir", "built", "axi/kit_edge_axi_tb.v"}, topFiles("kit_edge")...)
	if out, err := run(t, e.dir, verilator, args...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := run(t, e.dir, filepath.Join(e.dir, "built", "bench"))
	if err != nil || !strings.HasPrefix(out, "PASS kit_edge_axi ") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTopMutants: every one of these faults must be found.
func TestTopMutants(t *testing.T) {
	t.Parallel()
	e := emitBoth(t, axiKit(t))
	for _, m := range []struct{ name, from, to string }{
		{"kit_edge", "s_axis_tlast};", "!s_axis_tlast};"},
		{"kit_edge", "<= {s_axis_tuser,", "<= {2'd0,"},
		{"kit_edge", "if (give) given", "if (m_axis_tvalid) given"},
		{"kit_edge", "if (take) taken", "if (s_axis_tvalid) taken"},
		{"kit_edge", "offer && !waits;", "offer;"},
		{"kit_edge", "!cfg_ready && !closes;", "!cfg_ready;"},
		{"kit_edge", "!cfg_ready && !closes;", "!closes;"},
		{"kit_edge", "cfg_valid = offer && whole", "cfg_valid = offer"},
		{"kit_edge", "cfg_valid = offer &&", "cfg_valid = write_ready &&"},
		{"kit_edge", "!(whole && to_word)", "!to_word"},
		{"kit_edge", "whole = s_axi_wstrb == 4'b1111", "whole = s_axi_wstrb != 4'b0000"},
		{"kit_edge", "s_axi_wstrb != 4'b0000 && ", ""},
		{"kit_edge", "< 2'd3", "<= 2'd3"},
		{"kit_edge", "read_number < 4'd13", "read_number <= 4'd13"},
		{"kit_edge", "!read_ready && !r_valid", "!read_ready"},
		{"kit_edge", "!write_ready && !b_valid", "!write_ready"},
		{"kit_edge", "offer = s_axi_awvalid && s_axi_wvalid", "offer = s_axi_awvalid"},
		{"kit_edge", "else if (s_axi_bready) b_valid", "else b_valid"},
		{"kit_edge", "else if (s_axi_rready) r_valid", "else r_valid"},
		{"kit_edge", "<= write_fault", "<= 1'b0"},
		{"kit_far", "low_half};", "s_axi_wdata};"},
		{"kit_far", "narrow ? {", "!narrow ? {"},
		{"kit_far", "narrow || s_axi_awaddr[2];", "1'b1;"},
		{"kit_far", "{4'd0, y}", "{4'd1, y}"},
		{"kit_shared", "taken == given && ", ""},
		{"kit_shared", "!complete && ", ""},
		{"kit_shared", "rst && landing == 4'd0", "rst"},
		{"kit_shared", ".x_valid(s_axis_tvalid && complete)", ".x_valid(s_axis_tvalid)"},
		{"kit_shared", "core_ready && complete", "core_ready"},
		{"kit_shared", "complete ? s_axis_tdata[11:0] : load_x", "load_x"},
		{"kit_shared", "complete ? s_axis_tuser : load_channel", "s_axis_tuser"},
		{"kit_shared", "if (cfg_valid) complete <= cfg_ready &&", "if (cfg_valid) complete <="},
		{"kit_shared", "if (cfg_valid) complete", "if (enter) complete"},
		{"kit_shared", "load = enter &&", "load = cfg_valid &&"},
		{"kit_fixed", "{{5{y[2]}}, y}", "{5'd0, y}"},
		{"kit_fixed", "!aresetn", "aresetn"},
	} {
		path := "axi/" + m.name + "_axi.v"
		text := e.files[path]
		if strings.Count(text, m.from) != 1 {
			t.Errorf("%s has %q %d times", path, m.from, strings.Count(text, m.from))
			continue
		}
		write(t, e.dir, path, strings.Replace(text, m.from, m.to, 1))
		if out := e.simulateTop(t, m.name); strings.HasPrefix(out, "PASS") {
			t.Errorf("%s with %q for %q: %s", m.name, m.to, m.from, out)
		}
		write(t, e.dir, path, text)
	}
}

// TestDriver compiles the headers and runs the driver on an array in place of the
// registers.
func TestDriver(t *testing.T) {
	t.Parallel()
	r := axiKit(t)
	e := emitBoth(t, r)
	for _, u := range r.Design.Hardware {
		name := "kit_" + u.Name
		if _, ok := e.files["axi/"+name+".h"]; !ok {
			continue
		}
		for i, image := range u.Images {
			write(t, e.dir, "axi/test.c", driverTest(name, newRegisterMap(name, u), image))
			for _, compiler := range []string{"gcc", "clang"} {
				exe := filepath.Join(e.dir, fmt.Sprintf("%s_%d_%s", name, i, compiler))
				silent(t, filepath.Join(e.dir, "axi"), backendtest.Tool(t, compiler), "-std=c99", "-ffreestanding", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
					"-O1", "test.c", "-o", exe)
				silent(t, e.dir, exe)
			}
		}
	}
}

// driverTest ends with a number that says what failed. What it expects follows from
// the image and from where the unit's fields are, not from the driver's arrays.
func driverTest(name string, r *registerMap, image *datapath.Image) string {
	up := strings.ToUpper(name)
	var t text
	t.line("#include %q", name+"_images.h")
	t.line("static volatile uint32_t regs[%d];", 1<<r.width/4)
	t.open("int main(void) {")
	t.line("regs[%s_REG_ID / 4u] = %s_ID;", up, up)
	t.line("if (%s_matches(regs)) return 1;", name)
	t.line("regs[%s_REG_FINGERPRINT / 4u] = %s_FINGERPRINT;", up, up)
	t.line("if (!%s_matches(regs)) return 2;", name)
	load := fmt.Sprintf("%s_load(regs, %s_image_%s, %s_IMAGE_%s_COUNT, 10u)", name, name, image.Layer, up, strings.ToUpper(image.Layer))
	t.line("regs[%s_REG_STATUS / 4u] = 2u;", up)
	t.line("regs[%s_WORD_COMPLETE / 4u] = 1u;", up)
	t.line("if (%s != -1 || regs[%s_WORD_COMPLETE / 4u] != 0u) return 3;", load, up)
	t.line("for (uint32_t i = %du; i < %du; i++) if (regs[i] != 0u) return 4;", r.base()/4, 1<<r.width/4)
	t.line("regs[%s_REG_STATUS / 4u] = 1u;", up)
	t.line("if (%s != 0) return 5;", load)
	for _, w := range image.Words {
		f := fieldsByWord(r.unit)[int(w.Addr&(1<<r.wordBits()-1))]
		at := fmt.Sprintf("(%s_WORD_%s + %du) / 4u", up, called(r, f.Name), int(w.Addr>>r.wordBits())*r.channelStride())
		t.line("if (regs[%s] != 0x%xu) return 6;", at, uint32(w.Data))
		if f.Type.Width > 32 {
			t.line("if (regs[%s + 1u] != 0x%xu) return 7;", at, w.Data>>32)
		}
	}
	t.line("return 0;")
	t.close("}")
	return t.String()
}

// called is the macro for the offset of a word.
func called(r *registerMap, name string) string {
	stem, at := numbered(name)
	for _, w := range wordRanges(r.words) {
		if w.first != w.last && w.stem == stem && len(at) == len(w.indices) {
			return strings.ToUpper(stem) + strings.NewReplacer("[", "(", " ", ", ", "]", ")").Replace(fmt.Sprint(at))
		}
	}
	return strings.ToUpper(name)
}

func TestNoStream(t *testing.T) {
	p := &program{input: int12}
	p.Name = "still"
	p.layer("a", "", ir.Parallel, bent(int12, int8, 30))
	_, err := AXI.Emit(p.request(t))
	var problem *ir.Problem
	if !errors.As(err, &problem) || problem.Code != "axi-stream" {
		t.Errorf("%v", err)
	}
}

// TestMapSnapshot holds what a reader sees of the smallest map.
func TestMapSnapshot(t *testing.T) {
	e := emitBoth(t, ramp())
	e.golden(t, "axi/hand_ramp_axi.v", "axi/hand_ramp.h", "axi/hand_ramp_images.h", "axi/hand_ramp.md", "axi/hand_ramp.rdl", "hand.core")
	if out := e.simulateTop(t, "hand_ramp"); !strings.HasPrefix(out, "PASS hand_ramp_axi ") {
		t.Error(out)
	}
}
