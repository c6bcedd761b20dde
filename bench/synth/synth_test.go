package synth

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
)

// hand has cells that can be counted by hand: 5 registers of what 5 inputs give, a
// memory of 32 words of 6 bits, and one of 512 words of 18 bits.
const hand = `module hand (input wire clk, input wire we, input wire [4:0] a, input wire [5:0] d,
    input wire [8:0] b, input wire [17:0] e, output reg [4:0] y, output wire [5:0] z, output reg [17:0] w);
  reg [5:0] small [0:31];
  reg [17:0] large [0:511];
  assign z = small[a];
  always @(posedge clk) begin
    if (we) small[a] <= d;
    if (we) large[b] <= e;
    w <= large[b];
    y <= {^a, &a, |a, a[0] & (a[1] ^ a[2] | a[3] & a[4]), a[4] ? a[3] : a[2]};
  end
endmodule
`

func write(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "hand.v")
	require.NoError(t, os.WriteFile(file, []byte(hand), 0o666))
	return file
}

func TestAreaOfXC7(t *testing.T) {
	backendtest.Tool(t, "yosys")
	a, err := XC7.Synthesize(write(t), "hand", "")
	require.NoError(t, err)
	require.Equal(t, 4, a.RAM, "one RAM32M: %v", a.Cells)
	require.Equal(t, 9, a.LUT, "%v", a.Cells)
	require.Equal(t, 5, a.FF, "%v", a.Cells)
	require.Equal(t, 1, a.BRAM, "%v", a.Cells)
	require.Zero(t, a.DSP)
}

func TestAreaAndSpeedOfICE40(t *testing.T) {
	backendtest.Tool(t, "yosys")
	backendtest.Tool(t, "nextpnr-ice40")
	file := write(t)
	a, err := ICE40.Synthesize(file, "hand", file+".json")
	require.NoError(t, err)
	require.Equal(t, 3, a.BRAM, "512 words of 18 bits in memories of 4096: %v", a.Cells)
	require.Greater(t, a.LUT, 0)
	speeds, err := Place(file+".json", 3)
	require.NoError(t, err)
	require.Len(t, speeds, 3)
	require.IsNonDecreasing(t, speeds)
	require.Equal(t, speeds[1], Median(speeds))
	require.Greater(t, speeds[0], 50.0)
}

func TestLUTRAMCountsInLUTs(t *testing.T) {
	a := area(map[string]int{"LUT6": 3, "RAM32M": 2, "RAM128X1S": 1, "FDRE": 4, "RAMB36E1": 1, "INV": 1, "CARRY4": 9})
	require.Equal(t, 3+8+2, a.LUT)
	require.Equal(t, 10, a.RAM)
	require.Equal(t, 4, a.FF)
	require.Equal(t, 2, a.BRAM)
}

func TestCompileGivesTheModules(t *testing.T) {
	p, err := Compile(t.TempDir(), "two", `
		unit edge { input = int12  output = int8  segments = 4  slopes = pot(shifts = 0..7) }
		layer on_it : int12 scale 2^-8 -> int8 scale 1/16 = silu(x) on edge
		layer alone : int12 scale 2^-8 -> int8 scale 1/16 = silu(x)`)
	require.NoError(t, err)
	require.Equal(t, "two_edge", p.Units[0].Name)
	require.Len(t, p.Layers, 1)
	require.Equal(t, "two_alone", p.Layers[0].Name)
	require.FileExists(t, p.Layers[0].File)

	_, err = Compile(t.TempDir(), "wrong", "layer a : int8 -> int8 = sigmiod(x)")
	require.ErrorContains(t, err, "sigmiod")
}
