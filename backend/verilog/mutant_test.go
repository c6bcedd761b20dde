package verilog

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"grauc/backend/backendtest"
	"grauc/ir"
)

// verdicts runs the testbench of each mutant, all of them in one simulation, and
// gives the first word of what each says.
func verdicts(t *testing.T, e *emitted, name string, mutants map[string]string) map[string]string {
	t.Helper()
	var text strings.Builder
	bench := e.files["verilog/"+name+"_tb.v"]
	numbers := map[string]string{}
	for what, module := range mutants {
		other := fmt.Sprintf("mutant%d", len(numbers))
		numbers[other] = what
		text.WriteString(strings.ReplaceAll(module+alone(bench), name, other))
	}
	dir := t.TempDir()
	write(t, dir, "mutants.v", text.String())
	if out, err := run(t, dir, backendtest.Tool(t, "iverilog"), "-g2005", "-o", "mutants.vvp", "mutants.v"); err != nil {
		t.Fatal(err, out)
	}
	out, err := run(t, dir, backendtest.Tool(t, "vvp"), "-n", "mutants.vvp")
	if err != nil {
		t.Fatal(err, out)
	}
	says := map[string]string{}
	for _, l := range strings.Split(strings.TrimSpace(out), "\n") {
		w := strings.Fields(strings.ReplaceAll(l, ":", ""))
		says[numbers[w[1]]] = w[0]
	}
	return says
}

// alone is a testbench that ends by itself instead of ending the simulation.
func alone(bench string) string {
	bench = strings.Replace(bench, "initial forever #5", "initial while (!ended) #5", 1)
	bench = strings.ReplaceAll(bench, "$finish(0);", "ended = 1'b1;")
	return regexp.MustCompile(`(?m)^module \w+_tb;$`).ReplaceAllString(bench, "$0\n  reg ended = 1'b0;")
}

// TestMutantsOfFunction puts every fault the mutations know into a combinational
// module. A mutant that passes must be no fault: equal to the module everywhere.
func TestMutantsOfFunction(t *testing.T) {
	e := emitTo(t, kit().request(t))
	name := "kit_straight"
	module := e.files["verilog/"+name+".v"]
	all := backendtest.Mutants(module, backendtest.Faults)
	maps.Copy(all, backendtest.Inverted(module, 8))
	says := verdicts(t, e, name, all)
	equal := equivalent(t, name, module, all)
	caught := 0
	for what := range all {
		if says[what] != "FAIL" && says[what] != "PASS" {
			t.Errorf("says nothing: %s", what)
		}
		if caughtHere := says[what] == "FAIL"; caughtHere == equal[what] {
			t.Errorf("%s, equal to the module %t: %s", says[what], equal[what], what)
		}
		if says[what] == "FAIL" {
			caught++
		}
	}
	if caught < 25 {
		t.Errorf("only %d of %d mutants are caught", caught, len(all))
	}
}

// equivalent compares mutants with the module for every input of 12 bits.
func equivalent(t *testing.T, name, module string, mutants map[string]string) map[string]bool {
	t.Helper()
	var text, links strings.Builder
	text.WriteString(module)
	var whats []string
	for what, m := range mutants {
		other := fmt.Sprintf("mutant%d", len(whats))
		text.WriteString(strings.ReplaceAll(m, name, other))
		fmt.Fprintf(&links, "  wire [7:0] y%d; %s m%d (x, y%d);\n", len(whats), other, len(whats), len(whats))
		fmt.Fprintf(&links, "  reg same%d = 1; always @(i) #1 if (y%d !== y) same%d = 0;\n", len(whats), len(whats), len(whats))
		whats = append(whats, what)
	}
	fmt.Fprintf(&text, "module compare;\n  integer i; wire [11:0] x = i[11:0]; wire [7:0] y;\n  %s gold (x, y);\n%s  initial begin\n", name, links.String())
	text.WriteString("    for (i = 0; i < 4096; i = i + 1) #2;\n    #2;\n")
	for i := range whats {
		fmt.Fprintf(&text, "    $display(\"%%b\", same%d);\n", i)
	}
	text.WriteString("  end\nendmodule\n")
	dir := t.TempDir()
	write(t, dir, "compare.v", text.String())
	if out, err := run(t, dir, backendtest.Tool(t, "iverilog"), "-g2005", "-s", "compare", "-o", "compare.vvp", "compare.v"); err != nil {
		t.Fatal(err, out)
	}
	out, err := run(t, dir, backendtest.Tool(t, "vvp"), "-n", "compare.vvp")
	if err != nil {
		t.Fatal(err, out)
	}
	equal := map[string]bool{}
	for i, bit := range strings.Fields(out) {
		equal[whats[i]] = bit == "1"
	}
	return equal
}

// faults of a unit beside its function: each must be caught.
var unitFaults = []backendtest.Fault{
	backendtest.Swap("a valid bit set by reset", `\b(\w*valid\w*) <= 1'b0;`, "${1} <= 1'b1;"),
	backendtest.Swap("a valid bit not reset", `\b(\w*valid\w*) <= 1'b0;`, "${1} <= ${1};"),
	backendtest.Swap("an enable that is always on", `if \(advance\) begin`, "if (1'b1) begin"),
	backendtest.Swap("a stall that is not made", `wire advance = .*`, "wire advance = 1'b1;"),
	backendtest.Swap("half the pace", `wire advance = .*`, "wire advance = ~y_valid_q;"),
	backendtest.Swap("a result that waits for nothing", `assign y_valid = .*`, "assign y_valid = 1'b1;"),
	backendtest.Swap("results without end", `y_valid_q <= valid.*;`, "y_valid_q <= y_valid_q | valid1_q1;"),
	backendtest.Swap("another word", `cfg_addr(\w*) == 4'd(\d)\)`, "cfg_addr${1} == 4'd${2} + 4'd1)"),
	backendtest.Swap("a word that is always written", `<= cfg_valid & `, "<= 1'b1 & "),
	backendtest.Swap("a word that is never written", `<= cfg_valid & `, "<= 1'b0 & "),
	backendtest.Swap("a configuration that is never whole", `complete <= .*`, "complete <= 1'b0;"),
	backendtest.Swap("a configuration that is always whole", `complete <= .*`, "complete <= 1'b1;"),
	backendtest.Swap("a configuration that a word makes whole", `complete <= (.*) & \(cfg_addr.*`, "complete <= ${1};"),
	backendtest.Swap("inputs while the configuration is not whole", `assign x_ready = .* & complete|assign x_ready = complete & .*`, "assign x_ready = advance"),
	backendtest.Swap("words while results are under way", `wire cfg_ready(\w*) = .*`, "wire cfg_ready${1} = ~(complete & x_valid);"),
	backendtest.Swap("the other channel", `write_channel <= `, "write_channel <= ~"),
	backendtest.Swap("one channel", `(\d_mem)\[x_channel\w*\]`, "${1}[1'b0]"),
	backendtest.Swap("a neighbour's channel", `x_channel_q3 <= x_channel_q2`, "x_channel_q3 <= x_channel"),
}

// TestMutantsOfUnit puts faults into the handshake and the configuration of a
// unit, line by line.
func TestMutantsOfUnit(t *testing.T) {
	p := &program{input: int8}
	p.Name = "kit"
	p.unit("edge", 2, ir.Pipelined)
	p.layer("wide", "edge", 0, bent(int8, int8, 3), dented(int8, int8, 4))
	p.layer("tiny", "edge", 0, bent(int8, int3n, 2))
	e := emitTo(t, p.request(t))
	name := "kit_edge"
	module := e.files["verilog/"+name+".v"]
	all := backendtest.Inverted(module, 8)
	for _, f := range unitFaults {
		mutants := backendtest.Mutants(module, []backendtest.Fault{f})
		if len(mutants) == 0 {
			t.Errorf("no line is open to %s", f.What)
		}
		maps.Copy(all, mutants)
	}
	for what, says := range verdicts(t, e, name, all) {
		delete(all, what)
		if says != "FAIL" {
			t.Errorf("%s: %s", says, what)
		}
	}
	for what := range all {
		t.Errorf("says nothing: %s", what)
	}
}
