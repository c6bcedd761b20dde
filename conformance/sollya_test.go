package conformance

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/steps"
	"grauc/passes/golden"
)

// formula is a function in Sollya's language, for x < 0 and for x >= 0.
type formula struct{ below, above string }

func everywhere(f string) formula { return formula{f, f} }

const squashed = "x/(1+exp(-(%s)))"

// formulas are the library's functions as their definitions in the literature have
// them, not as the library writes them.
var formulas = map[string]formula{
	"tanh":        everywhere("tanh(x)"),
	"identity":    everywhere("x"),
	"relu":        {"0", "x"},
	"relu6":       everywhere("(abs(x)-abs(x-6)+6)/2"),
	"leaky_relu":  {"-abs(x)/100", "x"}, // x/100 is a polynomial, whose coefficient Sollya rounds
	"prelu":       {"x/4", "x"},
	"hardtanh":    everywhere("(abs(x+1)-abs(x-1))/2"),
	"hardsigmoid": everywhere("(abs(x+3)-abs(x-3)+6)/12"),
	"hardswish":   everywhere("x*(abs(x+3)-abs(x-3)+6)/12"),
	"sign":        {"-1", "1"},
	"step":        {"0", "1"},
	"batch_norm":  everywhere("x/sqrt(1+1/100000)"),
	"sigmoid":     everywhere("1/(1+exp(-x))"),
	"logsigmoid":  everywhere("-log1p(exp(-x))"),
	"softsign":    everywhere("x/(1+abs(x))"),
	"tanhshrink":  everywhere("x-tanh(x)"),
	"exp_neg":     everywhere("exp(-x)"),
	"silu":        everywhere(fmt.Sprintf(squashed, "x")),
	"swish":       everywhere(fmt.Sprintf(squashed, "x")),
	"gelu":        everywhere("x*erfc(-x/sqrt(2))/2"),
	"gelu_tanh":   everywhere("x/2*(1+tanh(sqrt(2/pi)*(x+44715/1000000*x^3)))"),
	"quick_gelu":  everywhere(fmt.Sprintf(squashed, "1702/1000*x")),
	"softplus":    everywhere("log1p(exp(x))"),
	"mish":        everywhere("x*tanh(log1p(exp(x)))"),
	"elu":         {"expm1(x)", "x"},
	"selu": {"10507009873554804934193349852946/10^31*16732632423543772848170429916717/10^31*expm1(x)",
		"10507009873554804934193349852946/10^31*x"},
	"celu": {"expm1(x)", "x"},
}

// Inputs from -8 to 8, and outputs so fine that inputs come close to ties.
const (
	sollyaInput  = 20 // fractional bits
	sollyaOutput = 12
	sollyaPoints = 10000
	sollyaClose  = 8000 // of them the nearest to a tie
)

// TestGoldenAgreesWithSollya compares golden codes with enclosures that Sollya
// computes with 160 bits: at the inputs nearest to a tie between two codes, and at
// others.
func TestGoldenAgreesWithSollya(t *testing.T) {
	backendtest.Tool(t, "sollya")
	for _, name := range library(t) {
		f, ok := formulas[name]
		if !ok {
			t.Errorf("%s has no formula", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			agreesWithSollya(t, name, f)
		})
	}
}

func agreesWithSollya(t *testing.T, name string, f formula) {
	m := specOf(t, fmt.Sprintf("layer l : int24 scale 2^-%d -> int16 scale 2^-%d = %s(x)\n", sollyaInput, sollyaOutput, name))
	lowered, err := golden.Lower(m)
	require.NoError(t, err)
	function := lowered.Layers[0].Channels[0]
	q, err := m.Quantizer(m.Layers[0], 0)
	require.NoError(t, err)
	xs := nearTies(t, q, function)
	for i, v := range enclosures(t, f, xs) {
		want := v.round(function.Output)
		if got := function.Eval(xs[i]); got != want {
			t.Errorf("%s(%d * 2^-%d) is %d, which Sollya has between %s and %s", name, xs[i], sollyaInput, got, v.lo, v.hi)
		}
	}
}

// nearTies picks the inputs around a step of the function that lie nearest to the
// tie, and fills up with inputs from everywhere. Between two steps of a monotonic
// function no input is nearer to a tie than those.
func nearTies(t *testing.T, q *real.Quantizer, f *steps.Function) []int64 {
	type input struct {
		x        int64
		distance float64
	}
	var all []input
	for _, r := range f.Runs[1:] {
		for _, x := range []int64{r.Start - 1, r.Start} {
			_, v, err := q.Point(x)
			require.NoError(t, err)
			all = append(all, input{x, math.Abs(v - math.Floor(v) - 0.5)})
		}
	}
	slices.SortFunc(all, func(a, b input) int { return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.x, b.x)) })
	var xs []int64
	for _, i := range all[:min(len(all), sollyaClose)] {
		xs = append(xs, i.x)
	}
	if len(xs) > 0 {
		t.Logf("the nearest input is %.1e codes from a tie", all[0].distance)
	}
	r := rand.New(rand.NewPCG(160, 0))
	for len(xs) < sollyaPoints {
		xs = append(xs, f.Input.Min()+r.Int64N(int64(f.Input.Count())))
	}
	return xs
}

// enclosure holds the real number that is to be rounded.
type enclosure struct{ lo, hi *big.Rat }

// enclosures has Sollya evaluate all inputs in one run.
func enclosures(t *testing.T, f formula, xs []int64) []enclosure {
	var script strings.Builder
	script.WriteString("prec=160!; verbosity=0!; display=hexadecimal!;\n")
	fmt.Fprintf(&script, "below=(%s)*2^%d; above=(%s)*2^%d;\n", f.below, sollyaOutput, f.above, sollyaOutput)
	fmt.Fprintf(&script, "procedure at(f, k) { var y; y=evaluate(f,[k*2^(-%d)]); print(inf(y),sup(y)); };\n", sollyaInput)
	script.WriteString("for k in [|")
	for i, x := range xs {
		if i > 0 {
			script.WriteByte(',')
		}
		fmt.Fprint(&script, x)
	}
	script.WriteString("|] do { if (k < 0) then at(below,k) else at(above,k); };\nquit;\n")
	dir := t.TempDir()
	writeFile(t, script.String(), dir, "points.sollya")
	out := must(t, dir, "sollya", filepath.Join(dir, "points.sollya"))
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(xs) {
		t.Fatalf("%d lines for %d inputs:\n%s", len(lines), len(xs), tail(out))
	}
	all := make([]enclosure, len(xs))
	for i, line := range lines {
		lo, hi, _ := strings.Cut(line, " ")
		all[i] = enclosure{number(t, lo), number(t, hi)}
	}
	return all
}

// number reads a number as Sollya prints it in hexadecimal.
func number(t *testing.T, text string) *big.Rat {
	f, _, err := big.ParseFloat(text, 0, 200, big.ToNearestEven)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	r, _ := f.Rat(nil)
	return r
}

// round is the code of both ends, half to even; where they differ a number that is
// no code.
func (e enclosure) round(out ir.Integer) int64 {
	lo, hi := ir.HalfEven.Round(e.lo), ir.HalfEven.Round(e.hi)
	if lo.Cmp(hi) != 0 {
		return out.Max() + 1
	}
	return out.Clamp(lo.Int64())
}
