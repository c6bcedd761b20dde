package synth

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
)

// uniform are the units of examples/tiny.grau, in its order, and what they may take of
// xc7: a 24-bit input, 8 output bits, a result every clock.
var uniform = []struct {
	name      string
	most, ram int // LUTs, those of LUTRAM included, and block memories
}{
	{"tiny", 19, 0},
	{"gates", 30, 0},
	{"scaled", 65, 0},
	{"many", 8, 3},
}

func smallest(t *testing.T) *Program {
	source, err := os.ReadFile("../../examples/tiny.grau")
	require.NoError(t, err)
	p, err := Compile(t.TempDir(), "tiny", string(source))
	require.NoError(t, err)
	return p
}

func TestAreaOfUniformBreaks(t *testing.T) {
	backendtest.Tool(t, "yosys")
	p := smallest(t)
	require.Len(t, p.Units, len(uniform))
	for i, unit := range uniform {
		a, err := XC7.Synthesize(p.Units[i].File, p.Units[i].Name, "")
		require.NoError(t, err)
		t.Logf("%s: %d LUTs, %d of them LUTRAM, %d flip-flops, %v block memories", unit.name, a.LUT, a.RAM, a.FF, a.BRAM)
		require.LessOrEqual(t, a.LUT, unit.most, "%s: %v", unit.name, a.Cells)
		require.EqualValues(t, unit.ram, math.Round(float64(a.BRAM)), "%s: %v", unit.name, a.Cells)
	}
}

func TestSpeedOfUniformBreaks(t *testing.T) {
	backendtest.Tool(t, "yosys")
	backendtest.Tool(t, "nextpnr-ice40")
	m := smallest(t).Units[0]
	_, err := ICE40.Synthesize(m.File, m.Name, m.File+".json")
	require.NoError(t, err)
	speeds, err := Place(m.File+".json", 3)
	require.NoError(t, err)
	t.Logf("%.0f MHz", speeds)
	require.GreaterOrEqual(t, Median(speeds), 230.0)
}
