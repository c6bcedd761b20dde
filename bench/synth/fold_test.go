package synth

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
	"grauc/ir/pwl"
)

// folds compare hardware of a symmetric function with hardware of its positive half that
// is folded: x < 0 goes in as ^x, and what comes out is negated or, where the function is
// symmetric about half the sum of its outputs, inverted. ^x is half a code nearer to 0
// than -x, which the half's zero of -1/2 makes up for.
var folds = []struct {
	name     string
	whole    string // options of the layer or unit
	half     string
	function string // tanh or sigmoid
	unit     bool
	pays     bool // folding takes fewer LUTs of xc7, where the difference is more than byHashes
}{
	{"fixed, auto", "max_error = 2", "max_error = 2", "tanh", false, false},
	{"fixed, auto", "max_error = 2", "max_error = 2", "sigmoid", false, false},
	{"fixed, free breaks", fixedFree, fixedFree, "tanh", false, true},
	{"fixed, free breaks", fixedFree, fixedFree, "sigmoid", false, false},
	{"unit, free breaks", "segments = 8 " + unitFree, "segments = 4 " + unitFree, "tanh", true, false},
	{"unit, uniform breaks", "segments = 128 window = 10 " + unitUniform, "segments = 64 window = 9 " + unitUniform, "tanh", true, false},
	{"unit, uniform breaks, half as wide", "segments = 128 window = 10 " + unitUniform, "segments = 128 window = 10 " + unitUniform, "tanh", true, false},
}

const (
	fixedFree   = "breaks = free slopes = apot(terms = 2) max_error = 2"
	unitFree    = "slopes = pot(shifts = 0..15) guard = 0 shifter = barrel search = cascade headroom = 2"
	unitUniform = "breaks = uniform slopes = pot(shifts = 0..2, signs = plus) guard = 1 overflow = wrap load = data"
)

// wholes and halves are the formats of the functions.
var (
	wholes = map[string]string{"tanh": "int24 scale 2^-20 -> int8 scale 1/127 narrow", "sigmoid": "int24 scale 2^-20 -> uint8 scale 1/255"}
	halves = map[string]string{"tanh": "uint23 scale 2^-20 zero -1/2 -> uint8 scale 1/127", "sigmoid": "uint23 scale 2^-20 zero -1/2 -> uint8 scale 1/255"}
)

// byHashes is by how many LUTs what Yosys makes differs for no other reason than names.
const byHashes = 9

func TestAreaOfFolding(t *testing.T) {
	backendtest.Tool(t, "yosys")
	if testing.Short() {
		t.Skip("synthesis takes minutes")
	}
	for _, f := range folds {
		t.Run(f.name+", "+f.function, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			whole, of := compiled(t, dir, "whole", wholes[f.function], f.function, f.whole, f.unit)
			half, part := compiled(t, dir, "half", halves[f.function], f.function, f.half, f.unit)
			all, err := XC7.Synthesize(whole.File, whole.Name, "")
			require.NoError(t, err)
			folded, err := XC7.Synthesize(fold(t, dir, half, f.function == "sigmoid"), "folded", "")
			require.NoError(t, err)
			t.Logf("whole: %s, maximum error %d, %d LUTs, %d FFs; folded: %s, %d, %d, %d",
				segmentsOf(of), of.Channels[0].Error.Max, all.LUT, all.FF,
				segmentsOf(part), foldedError(of, part, f.function == "sigmoid"), folded.LUT, folded.FF)
			if saved := all.LUT - folded.LUT; max(saved, -saved) > byHashes {
				require.Equal(t, f.pays, saved > 0)
			}
		})
	}
}

// foldedError is the maximum error of a folded half.
func foldedError(whole, half *pwl.Layer, inverted bool) int64 {
	golden, made := whole.Channels[0].Golden, half.Channels[0]
	worst := int64(0)
	for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
		y := made.Eval(max(x, ^x))
		switch {
		case x < 0 && inverted:
			y = golden.Output.Max() - y
		case x < 0:
			y = -y
		}
		d := y - golden.Eval(x)
		worst = max(worst, d, -d)
	}
	return worst
}

// compiled is the hardware of a layer, or of the unit that it runs on, and the layer.
func compiled(t *testing.T, dir, name, formats, function, options string, unit bool) (Module, *pwl.Layer) {
	source := fmt.Sprintf("layer l : %s = %s(x) { handshake = none %s }", formats, function, options)
	if unit {
		in, _, _ := strings.Cut(formats, " ")
		source = fmt.Sprintf("unit u { input = %s output = int8 handshake = none %s }\nlayer l : %s = %s(x) on u", in, options, formats, function)
	}
	p, err := Compile(dir, name, source)
	require.NoError(t, err)
	l := p.PWL.Layers[0]
	if unit {
		return p.Units[0], l
	}
	return p.Layers[0], l
}

func segmentsOf(l *pwl.Layer) string {
	if f := l.Channels[0].Function; f != nil {
		return fmt.Sprintf("%d %s segments", len(f.Segments), l.Shape.Breaks)
	}
	return l.Implement.String()
}

var (
	portOf    = regexp.MustCompile(`(?m)^\s*(input|output)\s+wire\s+(signed\s+)?(\[\d+:0\]\s+)?(\w+),?$`)
	latencyOf = regexp.MustCompile(`y is ready (\d+) clocks? after x`)
)

// fold writes a module around the hardware of a half.
func fold(t *testing.T, dir string, half Module, inverted bool) string {
	text, err := os.ReadFile(half.File)
	require.NoError(t, err)
	latency := latencyOf.FindSubmatch(text)
	require.NotNil(t, latency)
	var ports, wires strings.Builder
	for _, p := range portOf.FindAllSubmatch(text, -1) {
		if name := string(p[4]); strings.HasPrefix(name, "cfg_") {
			fmt.Fprintf(&ports, "  %s wire %s%s,\n", p[1], p[3], name)
			fmt.Fprintf(&wires, "    .%s(%s),\n", name, name)
		}
	}
	negative := "-magnitude"
	if inverted {
		negative = "~magnitude"
	}
	source := fmt.Sprintf(`%s
module folded (
  input wire clk,
%s  input wire [23:0] x,
  output reg [7:0] y
);
  wire [7:0] magnitude;
  reg [%s:1] negative;
  always @(posedge clk) begin
    negative <= {negative, x[23]};
    y <= negative[%s] ? %s : magnitude;
  end
  %s inner (
%s    .clk(clk), .x(x[22:0] ^ {23{x[23]}}), .y(magnitude)
  );
endmodule
`, text, ports.String(), latency[1], latency[1], negative, half.Name, wires.String())
	file := filepath.Join(dir, "folded.v")
	require.NoError(t, os.WriteFile(file, []byte(source), 0o666))
	return file
}
