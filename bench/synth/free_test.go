package synth

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
)

// free are units with free breaks, and what they may take of xc7: a 24-bit input, 8
// output bits, 8 segments with thresholds of 24 bits, a result every clock.
var free = []struct {
	name, options string
	most          int // LUTs, those of LUTRAM included
}{
	{"one term", "slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = cascade  headroom = 2", 130},
	{"two terms", "slopes = apot(terms = 2, shifts = 0..15)  guard = 2  shifter = barrel  search = cascade  headroom = 2", 170},
	{"chain", "slopes = pot(shifts = 0..7)  guard = 0  search = cascade  headroom = 2", 200},
	{"any sum", "slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = cascade", 195},
	{"binary", "slopes = pot(shifts = 0..15)  guard = 0  shifter = barrel  search = binary  headroom = 2", 180},
	{"binary chain", "slopes = pot(shifts = 0..7)  guard = 0  search = binary  headroom = 2", 270},
}

func TestAreaOfFreeBreaks(t *testing.T) {
	backendtest.Tool(t, "yosys")
	if testing.Short() {
		t.Skip("synthesis takes minutes")
	}
	for i, unit := range free {
		t.Run(unit.name, func(t *testing.T) {
			t.Parallel()
			source := fmt.Sprintf("unit u { input = int24  output = int8  segments = 8  %s }", unit.options)
			p, err := Compile(t.TempDir(), fmt.Sprintf("free%d", i), source)
			require.NoError(t, err)
			a, err := XC7.Synthesize(p.Units[0].File, p.Units[0].Name, "")
			require.NoError(t, err)
			t.Logf("%d LUTs, %d of them LUTRAM, %d flip-flops", a.LUT, a.RAM, a.FF)
			require.LessOrEqual(t, a.LUT, unit.most, "%v", a.Cells)
			require.Zero(t, a.BRAM)
		})
	}
}
