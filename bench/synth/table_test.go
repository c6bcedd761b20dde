package synth

import (
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
)

// tables are the units of examples/table.grau, in its order, and what they and its layers
// may take of xc7: a 24-bit input, 8 output bits, a result every clock.
var tables = []struct {
	name      string
	most, ram int // LUTs, those of LUTRAM included, and block memories
}{
	{"shared", 26, 0},
	{"finer", 30, 0},
	{"finest", 34, 0},
	{"smaller", 18, 0},
	{"direct", 0, 1},
	{"scaled", 71, 0},
	{"many", 9, 6},
	{"silu5", 14, 0},
	{"silu6", 90, 0},
}

func TestAreaOfTables(t *testing.T) {
	backendtest.Tool(t, "yosys")
	source, err := os.ReadFile("../../examples/table.grau")
	require.NoError(t, err)
	p, err := Compile(t.TempDir(), "table", string(source))
	require.NoError(t, err)
	modules := append(p.Units, p.Layers...)
	require.Len(t, modules, len(tables))
	for i, table := range tables {
		a, err := XC7.Synthesize(modules[i].File, modules[i].Name, "")
		require.NoError(t, err)
		t.Logf("%s: %d LUTs, %d of them LUTRAM, %d flip-flops, %v block memories", table.name, a.LUT, a.RAM, a.FF, a.BRAM)
		require.LessOrEqual(t, a.LUT, table.most, "%s: %v", table.name, a.Cells)
		require.EqualValues(t, table.ram, math.Round(float64(a.BRAM)), "%s: %v", table.name, a.Cells)
	}
}

// smooth are functions whose codes fill 8 bits over inputs from -8 to 8, by the real
// numbers that the codes reach from: at scale s the output is uint8 or int8 of that scale.
var smooth = []struct{ name, output string }{
	{"silu", "uint8 scale 8.3/%d zero 9"}, {"gelu", "uint8 scale 8.2/%d zero 6"}, {"mish", "uint8 scale 8.4/%d zero 10"},
	{"hardswish", "uint8 scale 8.4/%d zero 12"}, {"softplus", "uint8 scale 8/%d"}, {"elu", "uint8 scale 9/%d zero 28"},
	{"sigmoid", "uint8 scale 1/%d"}, {"tanh", "int8 scale 2/%d"},
}

// The errors of units of tables over all inputs, at many output scales: 1 but where steep
// is the name of a function, which is off by no more than worst.
func TestErrorOfTables(t *testing.T) {
	for _, unit := range []struct {
		name, options string
		steep         map[string]int64
	}{
		{"26 LUTs", "window = 10  segments = 64  rows = 8", map[string]int64{"tanh": 2}},
		{"30 LUTs", "window = 10  segments = 128  rows = 8", map[string]int64{"tanh": 2}},
		{"18 LUTs", "window = 9  segments = 64  rows = 4", map[string]int64{"hardswish": 2, "sigmoid": 2, "tanh": 8}},
		{"28 LUTs", "window = 11  segments = 128  rows = 4  row_bits = 4", map[string]int64{"tanh": 2}},
		{"34 LUTs", "window = 11  segments = 128  rows = 8  row_bits = 4", nil},
		{"direct", "window = 11", nil},
	} {
		source := fmt.Sprintf("quant acc = int24 scale 2^-20\nunit u { input = acc  output = int8  implement = table  handshake = none  %s }\n", unit.options)
		for _, f := range smooth {
			for i := range 16 {
				source += fmt.Sprintf("layer %s%d : acc -> "+f.output+" = %[1]s(x) on u\n", f.name, i, 255-8*i)
			}
		}
		p, err := Compile(t.TempDir(), "errors", source)
		require.NoError(t, err)
		worst, beyond := map[string]int64{}, map[string]int{}
		for _, l := range p.PWL.Layers {
			f := l.Function[:len(l.Function)-len("(x)")]
			e := l.Channels[0].Error.Max
			worst[f] = max(worst[f], e)
			if e > 1 {
				beyond[f]++
			}
		}
		t.Logf("%s: %v; above 1 at so many of 16 scales: %v", unit.name, worst, beyond)
		for f, e := range worst {
			require.LessOrEqual(t, e, max(1, unit.steep[f]), "%s: %s", unit.name, f)
		}
	}
}
