package synth

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
)

// free are units with free breaks, and what they may take of xc7: a 24-bit input, 8
// output bits, 8 segments with thresholds of 24 bits, a result every clock or serial.
var free = []struct {
	name, options string
	most          int // LUTs, those of LUTRAM included
}{
	{"one term", "slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = cascade  headroom = 2", 130},
	{"two terms", "slopes = apot(terms = 2, shifts = 0..15)  guard = 2  shifter = barrel  search = cascade  headroom = 2", 170},
	{"chain", "slopes = pot(shifts = 0..7)  guard = 0  search = cascade  headroom = 2", 195},
	{"any sum", "slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = cascade", 205},
	{"binary", "slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = binary  headroom = 2", 190},
	{"binary chain", "slopes = pot(shifts = 0..7)  guard = 0  search = binary  headroom = 2", 255},
	{"serial", "slopes = pot(shifts = 0..15)  guard = 0  style = serial  headroom = 2", 145},
	{"serial two terms", "slopes = apot(terms = 2, shifts = 0..15)  guard = 2  style = serial  headroom = 2", 165},
}

func TestAreaOfFreeBreaks(t *testing.T) {
	backendtest.Tool(t, "yosys")
	if testing.Short() {
		t.Skip("synthesis takes minutes")
	}
	for _, unit := range free {
		t.Run(unit.name, func(t *testing.T) {
			t.Parallel()
			m := freeUnit(t, unit.options)
			a, err := XC7.Synthesize(m.File, m.Name, "")
			require.NoError(t, err)
			t.Logf("%d LUTs, %d of them LUTRAM, %d flip-flops", a.LUT, a.RAM, a.FF)
			require.LessOrEqual(t, a.LUT, unit.most, "%v", a.Cells)
			require.Zero(t, a.BRAM)
		})
	}
}

func freeUnit(t *testing.T, options string) Module {
	source := fmt.Sprintf("unit u { input = int24  output = int8  segments = 8  %s }", options)
	p, err := Compile(t.TempDir(), "free", source)
	require.NoError(t, err)
	return p.Units[0]
}

func TestSpeedOfFreeBreaks(t *testing.T) {
	backendtest.Tool(t, "yosys")
	backendtest.Tool(t, "nextpnr-ice40")
	if testing.Short() {
		t.Skip("synthesis takes minutes")
	}
	m := freeUnit(t, free[0].options)
	_, err := ICE40.Synthesize(m.File, m.Name, m.File+".json")
	require.NoError(t, err)
	speeds, err := Place(m.File+".json", 3)
	require.NoError(t, err)
	t.Logf("%.0f MHz", speeds)
	require.GreaterOrEqual(t, Median(speeds), 150.0)
}
