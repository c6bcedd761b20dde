package conformance

import (
	"bufio"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
)

// A bench drives one emitted module with input codes from a file and writes its
// outputs to another, one a line. The output side waits now and then, as a
// receiver would. Units are loaded for one layer after the other without reset.
type bench struct {
	*program
	module string // name in Verilog
	ports  *datapath.Module
	spans  []span
	phases []phase // of a unit: what to load before which inputs
}

// phase loads an image and then feeds inputs up to a count.
type phase struct {
	image []datapath.Word
	upTo  int // inputs
}

func (b *bench) unit() bool { return len(b.phases) > 0 }

// benches are the modules of a file.
func benches(t *testing.T, p *program) []*bench {
	t.Helper()
	var all []*bench
	for i, l := range p.Design.Layers {
		if l.Hardware != nil {
			all = append(all, &bench{program: p, module: moduleName(t, p, l.Source), ports: l.Hardware, spans: spans(i, p.PWL.Layers[i])})
		}
	}
	for _, u := range p.Design.Hardware {
		b := &bench{program: p, module: moduleName(t, p, u.Source), ports: u.Module}
		count := 0
		for _, image := range u.Images {
			i := slices.IndexFunc(p.Design.Layers, func(l *datapath.Layer) bool { return l.Name == image.Layer })
			more := spans(i, p.PWL.Layers[i])
			for _, s := range more {
				count += int(s.count)
			}
			b.spans = append(b.spans, more...)
			b.phases = append(b.phases, phase{image: loaded(t, p, u, image), upTo: count})
		}
		if b.unit() {
			all = append(all, b)
		}
	}
	return all
}

var moduleLine = regexp.MustCompile(`(?m)^module (\w+)`)

// moduleName finds the module whose head says that it comes from a line of the
// source: its name may differ from the layer's.
func moduleName(t *testing.T, p *program, from ir.Source) string {
	t.Helper()
	head := fmt.Sprintf("// from %s:%d\n", from.File, from.Line)
	for _, path := range sources(t, p) {
		if text := readFile(t, path); strings.Contains(text, head) {
			return moduleOf(t, path)
		}
	}
	t.Fatalf("no module comes from %s:%d", from.File, from.Line)
	return ""
}

func portType(m *datapath.Module, name string) (datapath.Type, bool) {
	for i := range m.Nodes {
		if n := &m.Nodes[i]; n.Op == datapath.OpInput && n.Name == name {
			return n.Type, true
		}
	}
	for _, o := range m.Outputs {
		if o.Name == name {
			return m.Nodes[o.Value].Type, true
		}
	}
	return datapath.Type{}, false
}

// write writes the bench as Verilog, with its inputs, and returns the text.
func (b *bench) write(t *testing.T, dir string, k int) string {
	t.Helper()
	x, _ := portType(b.ports, "x")
	y, _ := portType(b.ports, "y")
	channel, hasChannel := portType(b.ports, "x_channel")
	var words strings.Builder
	count := 0
	inputs(b.spans, func(s span, code int64) {
		count++
		word := uint64(code) & (1<<x.Width - 1)
		if hasChannel {
			word |= uint64(s.channel) << x.Width
		}
		fmt.Fprintf(&words, "%x\n", word)
	})
	writeFile(t, words.String(), dir, fmt.Sprintf("x%d.hex", k))

	width := x.Width
	if hasChannel {
		width += channel.Width
	}
	var v strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&v, format+"\n", args...) }
	line("module bench%d (input wire clock, input wire rst, output reg done);", k)
	line("  wire clk = clock && !done; // what has ended takes no time")
	line("  reg [%d:0] vectors [0:%d];", width-1, count-1)
	line("  integer taken, given, file;")
	line("  reg [15:0] noise;")
	line("  wire [%d:0] vector = vectors[taken];", width-1)
	line("  wire [%d:0] y;", y.Width-1)
	line("  wire [%d:0] input_word = %s;", width-1, ifElse(b.offers(), "loading ? offer : vector", "vector"))
	connect := []string{fmt.Sprintf(".x(input_word[%d:0])", x.Width-1), ".y(y)"}
	if hasChannel {
		connect = append(connect, fmt.Sprintf(".x_channel(input_word[%d:%d])", width-1, x.Width))
	}
	if b.ports.Clocked {
		connect = append(connect, ".clk(clk)")
	}
	if b.ports.Clocked && b.ports.Resets() {
		connect = append(connect, ".rst(rst)")
	}
	_, handshake := portType(b.ports, "x_valid")
	line("  reg [1:0] quiet;")
	line("  wire loading, offered, x_ready, y_valid, y_ready;")
	if handshake {
		connect = append(connect, ".x_valid(offered)", ".x_ready(x_ready)", ".y_valid(y_valid)", ".y_ready(y_ready)")
	} else {
		line("  assign x_ready = 1'b1;")
		if b.ports.Latency == 0 {
			line("  assign y_valid = offered;")
		} else {
			line("  reg [%d:0] under_way = 0;", b.ports.Latency)
			line("  always @(posedge clk) under_way <= {under_way, take};")
			line("  assign y_valid = under_way[%d];", b.ports.Latency-1)
		}
	}
	b.writeLoader(t, &v, dir, k, count, &connect)
	line("  assign offered = !rst && !loading && quiet == 2'd0 && taken < limit;")
	line("  assign y_ready = %s;", ifElse(!handshake && b.ports.Latency > 0, "1'b1", "noise[1:0] != 2'b00"))
	line("  wire take = offered && x_ready%s;", ifElse(handshake, "", " && y_ready"))
	line("  %s dut (%s);", b.module, strings.Join(connect, ", "))
	line("  initial begin")
	line("    $readmemh(\"x%d.hex\", vectors);", k)
	line("    file = $fopen(\"y%d.txt\", \"w\");", k)
	line("    taken = 0; given = 0; quiet = 2'd0; done = 1'b0; noise = 16'hace1;")
	line("  end")
	line("  always @(posedge clk) begin")
	line("    noise <= {noise[14:0], noise[15] ^ noise[13] ^ noise[12] ^ noise[10]};")
	line("    quiet <= loading ? 2'd3 : quiet == 2'd0 ? 2'd0 : quiet - 2'd1;")
	line("    if (take) taken <= taken + 1;")
	line("    if (!rst && y_valid && y_ready) begin")
	line("      $fwrite(file, \"%%h\\n\", y);")
	line("      given <= given + 1;")
	line("      if (given + 1 == %d) begin done <= 1'b1; $fclose(file); end", count)
	line("    end")
	line("  end")
	line("endmodule")
	return v.String()
}

// writeLoader adds what loads a unit: words of the configuration port, while no
// result is outstanding.
func (b *bench) writeLoader(t *testing.T, v *strings.Builder, dir string, k, count int, connect *[]string) {
	t.Helper()
	line := func(format string, args ...any) { fmt.Fprintf(v, format+"\n", args...) }
	if !b.unit() {
		line("  assign loading = 1'b0;")
		line("  wire [31:0] limit = %d;", count)
		return
	}
	addr := b.address()
	data, _ := portType(b.ports, "cfg_data")
	var words strings.Builder
	total := 0
	for _, ph := range b.phases {
		total += len(ph.image)
	}
	line("  reg [%d:0] words [0:%d];", addr.Width+data.Width-1, total-1)
	line("  integer loaded, phase;")
	line("  reg [31:0] limit, words_limit;")
	line("  always @* case (phase)")
	at := 0
	for i, ph := range b.phases {
		for _, w := range ph.image {
			fmt.Fprintf(&words, "%s\n", concatenated(w, addr.Width, data.Width))
		}
		at += len(ph.image)
		line("    %d: begin limit = %d; words_limit = %d; end", i, ph.upTo, at)
	}
	line("    default: begin limit = 0; words_limit = 0; end")
	line("  endcase")
	writeFile(t, words.String(), dir, fmt.Sprintf("cfg%d.hex", k))
	line("  assign loading = loaded < words_limit;")
	line("  wire [%d:0] word = words[loaded];", addr.Width+data.Width-1)
	line("  initial begin $readmemh(\"cfg%d.hex\", words); loaded = 0; phase = 0; end", k)
	line("  always @(posedge clk) if (!rst) begin")
	line("    if (loading) loaded <= loaded + 1;")
	line("    else if (quiet == 2'd0 && given == limit) phase <= phase + 1;")
	line("  end")
	address := fmt.Sprintf("word[%d:%d]", addr.Width+data.Width-1, data.Width)
	*connect = append(*connect, ".cfg_valid(!rst && loading)", fmt.Sprintf(".cfg_data(word[%d:0])", data.Width-1))
	if b.offers() {
		line("  wire [%d:0] offer = %s;", addr.Width-1, address)
	} else {
		*connect = append(*connect, ".cfg_addr("+address+")")
	}
}

// offers reports whether the unit is loaded through its input.
func (b *bench) offers() bool {
	_, addressed := portType(b.ports, "cfg_addr")
	return b.unit() && !addressed
}

// address is the type of what a word is written to.
func (b *bench) address() datapath.Type {
	if addr, ok := portType(b.ports, "cfg_addr"); ok {
		return addr
	}
	x, _ := portType(b.ports, "x")
	channel, _ := portType(b.ports, "x_channel")
	return datapath.Type{Width: x.Width + channel.Width}
}

// concatenated is {addr, data} in hexadecimal.
func concatenated(w datapath.Word, addrWidth, dataWidth int) string {
	bits := fmt.Sprintf("%0*b%0*b", addrWidth, w.Addr, dataWidth, w.Data)
	for len(bits)%4 != 0 {
		bits = "0" + bits
	}
	var hex strings.Builder
	for i := 0; i < len(bits); i += 4 {
		digit, _ := strconv.ParseUint(bits[i:i+4], 2, 4)
		fmt.Fprintf(&hex, "%x", digit)
	}
	return hex.String()
}

// loaded reads the emitted image of a layer, which must be that of the design.
func loaded(t *testing.T, p *program, u *datapath.Unit, image *datapath.Image) []datapath.Word {
	t.Helper()
	text := readFile(t, p.path("config", p.name+"_"+u.Name, image.Layer+".memh"))
	var words []datapath.Word
	next := uint64(0)
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "//")
		for _, f := range strings.Fields(code) {
			digits, jump := strings.CutPrefix(f, "@")
			v, ok := new(big.Int).SetString(digits, 16)
			if !ok {
				t.Fatalf("%s.memh: %q", image.Layer, digits)
			}
			if u.Load == ir.LoadData {
				words = append(words, offer(u, v))
				continue
			}
			if jump {
				next = v.Uint64()
				continue
			}
			words = append(words, datapath.Word{Addr: next, Data: v.Uint64()})
			next++
		}
	}
	if !slices.Equal(words, image.Words) {
		t.Errorf("%s.memh is not the image of the layer", image.Layer)
	}
	return words
}

// offer splits a word that is loaded through the input.
func offer(u *datapath.Unit, v *big.Int) datapath.Word {
	data, _ := portType(u.Module, "cfg_data")
	low := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(data.Width)), big.NewInt(1))
	return datapath.Word{
		Addr: new(big.Int).Rsh(v, uint(data.Width)).Uint64(),
		Data: new(big.Int).And(v, low).Uint64(),
	}
}

func ifElse(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// writeBenches writes one top module around benches.
func writeBenches(t *testing.T, dir string, all []*bench) {
	t.Helper()
	var v strings.Builder
	v.WriteString("`timescale 1ns/1ns\n")
	for k, b := range all {
		v.WriteString(b.write(t, dir, k))
	}
	fmt.Fprintf(&v, "module top;\n  reg clk = 1'b0, rst = 1'b1;\n  wire [%d:0] done;\n  integer age = 0;\n", len(all)-1)
	for k := range all {
		fmt.Fprintf(&v, "  bench%d b%d (.clock(clk), .rst(rst), .done(done[%d]));\n", k, k, k)
	}
	v.WriteString(`  always #1 clk = ~clk;
  always @(posedge clk) begin
    age <= age + 1;
    if (age == 4) rst <= 1'b0;
    if (&done) $finish;
    if (age > 20000000) begin $display("no end"); $finish; end
  end
endmodule
`)
	writeFile(t, v.String(), dir, "top.v")
}

// compareOutputs reads what the benches wrote.
func compareOutputs(t *testing.T, dir string, all []*bench) {
	t.Helper()
	for k, b := range all {
		f, err := os.Open(filepath.Join(dir, fmt.Sprintf("y%d.txt", k)))
		if err != nil {
			t.Errorf("%s: %v", b.module, err)
			continue
		}
		b.compare(t, bufio.NewScanner(f))
		f.Close()
	}
}

func (b *bench) compare(t *testing.T, lines *bufio.Scanner) {
	t.Helper()
	y, _ := portType(b.ports, "y")
	wrong, at := 0, 0
	outputs(b.PWL, b.spans, func(s span, x, want int64) {
		at++
		if wrong > 5 {
			return
		}
		if !lines.Scan() {
			t.Errorf("%s: no output %d", b.module, at)
			wrong = 10
			return
		}
		expected := uint64(want) & (1<<y.Width - 1)
		if got, err := strconv.ParseUint(strings.TrimSpace(lines.Text()), 16, 64); err != nil || got != expected {
			wrong++
			t.Errorf("%s: %s[%d](%d) = %s, want %x", b.module, b.PWL.Layers[s.layer].Name, s.channel, x, lines.Text(), expected)
		}
	})
	if wrong == 0 && lines.Scan() {
		t.Errorf("%s: more outputs than inputs", b.module)
	}
}

// sources are the emitted modules without the testbenches.
func sources(t *testing.T, p *program) []string {
	t.Helper()
	all, err := filepath.Glob(p.path("verilog", "*.v"))
	require.NoError(t, err)
	return slices.DeleteFunc(all, func(s string) bool { return strings.HasSuffix(s, "_tb.v") })
}

func TestIcarus(t *testing.T) {
	t.Parallel()
	for _, p := range programs(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			dir, all := t.TempDir(), benches(t, p)
			writeBenches(t, dir, all)
			must(t, dir, "iverilog", append([]string{"-g2005", "-s", "top", "-o", "top.vvp", "top.v"}, sources(t, p)...)...)
			must(t, dir, "vvp", "-n", "top.vvp")
			compareOutputs(t, dir, all)
		})
	}
}

// TestVerilator simulates the modules of all programs at once: compiling takes
// much longer than running.
func TestVerilator(t *testing.T) {
	t.Parallel()
	var all []*bench
	args := []string{"--binary", "--language", "1364-2005", "-Wno-fatal", "-Wno-lint",
		"--top-module", "top", "-Mdir", "obj", "top.v"}
	for _, p := range programs(t) {
		all = append(all, benches(t, p)...)
		args = append(args, sources(t, p)...)
	}
	dir := t.TempDir()
	writeBenches(t, dir, all)
	must(t, dir, "verilator", args...)
	must(t, dir, filepath.Join(dir, "obj", "Vtop"))
	compareOutputs(t, dir, all)
}

// TestTestbenches runs the emitted testbenches: every one must say that it passed.
func TestTestbenches(t *testing.T) {
	t.Parallel()
	for _, p := range programs(t) {
		list, err := filepath.Glob(p.path("verilog", "*_tb.v"))
		require.NoError(t, err)
		for _, tb := range list {
			name := strings.TrimSuffix(filepath.Base(tb), ".v")
			t.Run(p.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				image := filepath.Join(t.TempDir(), "tb.vvp")
				must(t, p.path("verilog"), "iverilog", append([]string{"-g2005", "-Wall", "-s", moduleOf(t, tb), "-o", image, tb}, sources(t, p)...)...)
				if out := must(t, p.path("verilog"), "vvp", "-n", image); !strings.Contains(out, "PASS") || strings.Contains(out, "FAIL") {
					t.Errorf("the testbench says:\n%s", tail(out))
				}
			})
		}
	}
}

func moduleOf(t *testing.T, path string) string {
	t.Helper()
	m := moduleLine.FindStringSubmatch(readFile(t, path))
	if m == nil {
		t.Fatalf("%s holds no module", path)
	}
	return m[1]
}
