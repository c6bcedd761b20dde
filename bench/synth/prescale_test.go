package synth

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
	"grauc/compile"
	"grauc/ir"
)

// rectifiers are what one term fits well at scales that are aligned, and badly at others.
var rectifiers = []string{"silu(x)", "gelu(x)", "elu(x)", "hardswish(x)", "softplus(x)"}

// prescaled are ways to help them: other options, or a factor on the input that the
// channel chooses.
var prescaled = []struct {
	name, options string
	factors       []float64
}{
	{"one term", "slopes = pot(shifts = 0..20)  guard = 0", nil},
	{"one term, prescale = 0..4", "slopes = pot(shifts = 0..16)  guard = 0  window = 20  prescale = 0..4", nil},
	{"one term of x + x/2^a or x - x/2^a", "slopes = pot(shifts = 0..20)  guard = 0", nearOne()},
	{"two terms", "slopes = apot(terms = 2, shifts = 0..20)  guard = 0", nil},
	{"two terms, 2 guard bits", "slopes = apot(terms = 2, shifts = 0..22)  guard = 2", nil},
}

// nearOne are 1 + 2^-a and 1 - 2^-a for a from 1 to 7.
func nearOne() []float64 {
	var all []float64
	for a := 1; a <= 7; a++ {
		all = append(all, 1+math.Ldexp(1, -a), 1-math.Ldexp(1, -a))
	}
	return all
}

// The mean over 16 output scales of the least maximum error of 8 segments. A factor on
// the input is a change of its scale; inputs reach beyond all that matters.
func TestPrescaleAndAccuracy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes hundreds of fits")
	}
	means := map[string]float64{}
	for _, p := range prescaled {
		total := 0.0
		for _, f := range rectifiers {
			for k := range 16 {
				scale := math.Exp2(float64(k)/16) / 32
				least := leastWith(t, f, scale, 1, p.options)
				for _, factor := range p.factors {
					least = min(least, leastWith(t, f, scale, factor, p.options))
				}
				total += float64(least)
			}
		}
		means[p.name] = total / float64(16*len(rectifiers))
		t.Logf("%s: %.2f", p.name, means[p.name])
	}
	require.GreaterOrEqual(t, means[prescaled[1].name], means[prescaled[0].name], "a shift aligns nothing")
	require.Less(t, means[prescaled[4].name], means[prescaled[2].name])
}

func leastWith(t *testing.T, function string, scale, factor float64, options string) int64 {
	source := fmt.Sprintf("layer l : int24 scale %.17g -> int8 scale %.17g = %s { implement = pwl segments = 8 %s }",
		math.Ldexp(1, -18)/factor, scale, function, options)
	file := filepath.Join(t.TempDir(), "scale.grau")
	require.NoError(t, os.WriteFile(file, []byte(source), 0o666))
	p, err := lower(&compile.Driver{}, file, ir.LevelPWL)
	require.NoError(t, err)
	return p.PWL.Layers[0].Channels[0].Error.Max
}

// shared is a stage before a unit that adds x/2^a to x or takes it away, as two words of
// its configuration say.
const shared = `
module shared (
  input  wire clk,
  input  wire signed [23:0] x,
  output reg  signed [23:0] y,
  input  wire write,
  input  wire [4:0] word
);
  reg [4:0] factor; // used, taken away, a
  reg signed [23:0] x1, x2, part;
  wire signed [23:0] by1 = factor[0] ? x >>> 1 : x;
  wire signed [23:0] by3 = factor[1] ? by1 >>> 2 : by1;
  wire signed [23:0] by7 = factor[2] ? by3 >>> 4 : by3;
  always @(posedge clk) begin
    if (write) factor <= word;
    x1 <= x;
    part <= factor[4] ? by7 ^ {24{factor[3]}} : 24'd0;
    y <= x1 + part + factor[3];
  end
endmodule
`

// A prescale of 1 +- 2^-a takes more than the second term that does better.
func TestAreaOfPrescale(t *testing.T) {
	backendtest.Tool(t, "yosys")
	if testing.Short() {
		t.Skip("synthesis takes minutes")
	}
	file := filepath.Join(t.TempDir(), "shared.v")
	require.NoError(t, os.WriteFile(file, []byte(shared), 0o666))
	stage, err := XC7.Synthesize(file, "shared", "")
	require.NoError(t, err)
	one := freeArea(t, "slopes = pot(shifts = 0..15)  guard = 0")
	two := freeArea(t, "slopes = apot(terms = 2, shifts = 0..15)  guard = 0")
	guarded := freeArea(t, "slopes = apot(terms = 2, shifts = 0..15)  guard = 2")
	t.Logf("one term: %d LUTs, %d FFs; the prescale: %d, %d; two terms: %d, %d; with 2 guard bits: %d, %d",
		one.LUT, one.FF, stage.LUT, stage.FF, two.LUT, two.FF, guarded.LUT, guarded.FF)
	require.Greater(t, one.LUT+stage.LUT, guarded.LUT)
}

func freeArea(t *testing.T, options string) Area {
	m := freeUnit(t, options+"  shifter = barrel  search = cascade  headroom = 2  handshake = none")
	a, err := XC7.Synthesize(m.File, m.Name, "")
	require.NoError(t, err)
	return a
}
