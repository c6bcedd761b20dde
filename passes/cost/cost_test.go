package cost_test

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
	"grauc/bench/synth"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/passes/cost"
)

// grid is one design each, small ones: docs/area.md has more of them.
var grid = []struct{ name, source string }{
	{"chain", "unit u { input = int16  output = int8  segments = 4  slopes = pot(shifts = 0..5)  guard = 0 }"},
	{"two terms", "unit u { input = int12  output = int8  segments = 4  slopes = apot(terms = 2, shifts = 0..7)  guard = 2 }"},
	{"barrel", "unit u { input = int16  output = int4  segments = 4  slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel }"},
	{"channels", "unit u { input = int12  output = int4  segments = 2  slopes = pot(shifts = 0..7)  guard = 0  shifter = barrel  channels = 64 }"},
	{"fixed", "layer l : int16 scale 2^-12 -> int8 scale 1/16 = silu(x) { implement = pwl }"},
	{"thresholds", "layer l : int16 scale 2^-12 -> uint4 scale 1/15 = sigmoid(x) { implement = thresholds }"},
	{"table", "layer l : int8 scale 2^-4 -> int8 scale 1/16 = silu(x) { implement = table }"},
	{"uniform", "layer l : int24 scale 2^-14 -> int8 scale 1/16 = silu(x) { breaks = uniform  segments = 64  window = -8..8  guard = 1  overflow = wrap }"},
	{"chosen", "layer l : int24 scale 2^-14 -> int8 scale 1/16 = silu(x) { max_error = 1 }"},
	{"channels of what is chosen", "layer l[8] : int24 scale 2^-14 -> uint8 scale 1/32 = silu(x * (1 - c / 32)) { max_error = 2 }"},
	{"table of rows", "layer l : int24 scale 2^-20 -> int8 narrow scale 1/127 = tanh(x) { implement = table  window = 10  segments = 128  rows = 8 }"},
	{"unit of rows", "unit u { input = int24  output = int8  implement = table  window = 10  segments = 64  rows = 8  load = data  handshake = none }"},
	{"unit of rows and a port", "unit u { input = int24  output = int8  implement = table  window = 9  segments = 64  rows = 4  channels = 8 }"},
	{"unit of words", "unit u { input = int24  output = int8  implement = table  window = 11  handshake = none }"},
	{"small uniform unit", "unit u { input = int24  output = int8  breaks = uniform  segments = 64  window = 10  slopes = pot(shifts = 1..3, signs = plus)  " +
		"guard = 1  overflow = wrap  load = data  handshake = none }"},
	{"channels of a uniform unit", "unit u { input = int24  output = int8  breaks = uniform  segments = 64  window = 10  slopes = pot(shifts = 1..3, signs = plus)  " +
		"guard = 1  overflow = wrap  handshake = none  channels = 64 }"},
	{"stored thresholds", "unit u { input = int12  output = int8  implement = thresholds  search = binary }"},
	{"one threshold", "unit u { input = int24  output = int1  implement = thresholds }"},
	{"three thresholds", "unit u { input = int16  output = int2  implement = thresholds  search = binary }"},
	{"ranks", "layer l : int24 scale 2^-20 -> uint1 = sigmoid(x) { implement = thresholds  search = cascade }"},
	{"cascade", "unit u { input = int16  output = int8  segments = 8  slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = cascade }"},
	{"block", "layer l : int9 scale 2^-5 -> int8 scale 1/16 = silu(x) { implement = table }"},
}

// tolerance is how far off a cost may be, as a share and, of small ones, in look-up tables.
const (
	tolerance = 0.15
	fewTables = 3
)

func TestCostIsWhatYosysMakes(t *testing.T) {
	backendtest.Tool(t, "yosys")
	backendtest.Tool(t, "nextpnr-ice40")
	for _, g := range grid {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			for _, part := range []ir.Part{ir.XC7, ir.ICE40} {
				p, err := synth.CompileFor(part, t.TempDir(), "m", g.source)
				require.NoError(t, err)
				module := append(p.Units, p.Layers...)[0]
				netlist := module.File + ".json"
				made, err := synth.Part(part.String()).Synthesize(module.File, module.Name, netlist)
				require.NoError(t, err)
				c := cost.Of(hardware(p), part)
				within(t, c.LUT, made.LUT, "%s: look-up tables: %v", part, made.Cells)
				assert.Equal(t, made.FF, c.FF, "%s: flip-flops: %v", part, made.Cells)
				assert.Equal(t, made.BRAM, c.BRAM, "%s: block memories: %v", part, made.Cells)
				if part == ir.ICE40 {
					cells, err := synth.Cells(netlist)
					require.NoError(t, err)
					within(t, c.Cells, cells, "logic cells: %v", made.Cells)
				}
			}
		})
	}
}

func within(t *testing.T, estimated, made int, what string, args ...any) {
	t.Helper()
	off := math.Abs(float64(estimated - made))
	assert.LessOrEqual(t, off, max(fewTables, tolerance*float64(made)), "%d estimated, %d made: %s", estimated, made, fmt.Sprintf(what, args...))
}

func hardware(p *synth.Program) *datapath.Module {
	if len(p.Design.Hardware) > 0 {
		return p.Design.Hardware[0].Module
	}
	return p.Design.Layers[0].Hardware
}

// alone is a module of one operation on inputs of some bits.
func alone(width int, op func(a *datapath.Author, x, y datapath.Ref) datapath.Ref) *datapath.Module {
	a := datapath.NewAuthor("alone")
	t := datapath.Type{Width: width, Signed: true}
	a.Output("y", op(a, a.Input("x", t), a.Input("z", t)))
	return a.M
}

func TestPieces(t *testing.T) {
	less := func(a *datapath.Author, x, y datapath.Ref) datapath.Ref { return a.Less(x, y) }
	add := func(a *datapath.Author, x, y datapath.Ref) datapath.Ref { return a.Add(a.Type(x), x, y) }
	same := func(a *datapath.Author, x, y datapath.Ref) datapath.Ref { return a.Equal(x, y) }
	require.Equal(t, 16, cost.Of(alone(24, less), ir.XC7).LUT, "two for every three bits")
	require.Equal(t, 25, cost.Of(alone(24, less), ir.ICE40).LUT, "inverters, and what to make of the carry and the signs")
	require.Equal(t, 24, cost.Of(alone(24, add), ir.XC7).LUT)
	require.Equal(t, 24, cost.Of(alone(24, add), ir.ICE40).LUT)
	require.Equal(t, 1, cost.Of(alone(3, same), ir.XC7).LUT)
	require.Zero(t, cost.Of(alone(24, func(a *datapath.Author, x, _ datapath.Ref) datapath.Ref { return a.Shr(x, 3) }), ir.XC7).LUT)
}

func TestSizeWeighsBlocks(t *testing.T) {
	require.Less(t, (cost.Cost{LUT: 200}).Size(ir.XC7), (cost.Cost{BRAM: 1}).Size(ir.XC7))
	require.Greater(t, (cost.Cost{LUT: 100, Cells: 300}).Size(ir.ICE40), (cost.Cost{BRAM: 1}).Size(ir.ICE40))
	require.Equal(t, "3 LUT and 2 RAMB18", cost.Cost{LUT: 3, FF: 9, BRAM: 2}.On(ir.XC7))
	require.Equal(t, "10 cells and 2 EBR", cost.Cost{LUT: 3, FF: 9, Cells: 10, BRAM: 2}.On(ir.ICE40))
}

// Tables of all kinds that go into registers: of few words that differ, of one that does, of
// none.
func TestTablesOfAnyWords(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 4000 {
		a := datapath.NewAuthor("m")
		word := datapath.Type{Width: 1 + r.IntN(3)}
		words := make([]int64, 1+r.IntN(64))
		for i := range words {
			if words[i] = word.Max(); r.IntN(8) == 0 {
				words[i] = r.Int64N(1 << word.Width)
			}
		}
		index := datapath.Type{Width: bits.Len(uint(len(words)-1)) + r.IntN(2)}
		if index.Width == 0 {
			index.Width = 1
		}
		a.Output("y", a.Reg(a.Table(word, a.Reg(a.Input("x", index), -1, nil), words), -1, nil))
		for _, part := range []ir.Part{ir.XC7, ir.ICE40} {
			got := cost.Of(a.M, part)
			require.LessOrEqual(t, got.LUT, 64*word.Width, "%v: %v", part, words)
			require.LessOrEqual(t, got.FF, index.Width+word.Width, "%v: %v", part, words)
		}
	}
}
