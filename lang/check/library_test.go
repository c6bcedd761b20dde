package check_test

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/lang/check"
	"grauc/stdlib"
)

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func choose(cond bool, a, b float64) float64 {
	if cond {
		return a
	}
	return b
}

// library is every library function, with what it should be in terms of the math
// package, for its defaults and for other arguments.
var library = []struct {
	call string
	want func(x float64) float64
}{
	{"identity(x)", func(x float64) float64 { return x }},
	{"relu(x)", func(x float64) float64 { return max(x, 0) }},
	{"relu6(x)", func(x float64) float64 { return min(max(x, 0), 6) }},
	{"leaky_relu(x)", func(x float64) float64 { return max(x, 0) + 0.01*min(x, 0) }},
	{"leaky_relu(x, slope = 0.2)", func(x float64) float64 { return max(x, 0) + 0.2*min(x, 0) }},
	{"prelu(x)", func(x float64) float64 { return max(x, 0) + 0.25*min(x, 0) }},
	{"prelu(x, slope = -1)", math.Abs},
	{"sigmoid(x)", logistic},
	{"logsigmoid(x)", func(x float64) float64 { return math.Log(logistic(x)) }},
	{"silu(x)", func(x float64) float64 { return x * logistic(x) }},
	{"swish(x)", func(x float64) float64 { return x * logistic(x) }},
	{"swish(x, beta = 1.5)", func(x float64) float64 { return x * logistic(1.5*x) }},
	{"gelu(x)", func(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) }},
	{"gelu_tanh(x)", func(x float64) float64 {
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	}},
	{"quick_gelu(x)", func(x float64) float64 { return x * logistic(1.702*x) }},
	{"softplus(x)", func(x float64) float64 { return math.Log1p(math.Exp(x)) }},
	{"softplus(x, beta = -2)", func(x float64) float64 { return math.Log1p(math.Exp(-2*x)) / -2 }},
	{"softsign(x)", func(x float64) float64 { return x / (1 + math.Abs(x)) }},
	{"mish(x)", func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) }},
	{"elu(x)", func(x float64) float64 { return choose(x > 0, x, math.Expm1(x)) }},
	{"elu(x, alpha = 2)", func(x float64) float64 { return choose(x > 0, x, 2*math.Expm1(x)) }},
	{"selu(x)", func(x float64) float64 {
		return 1.0507009873554805 * choose(x > 0, x, 1.6732632423543772*math.Expm1(x))
	}},
	{"celu(x)", func(x float64) float64 { return choose(x > 0, x, math.Expm1(x)) }},
	{"celu(x, alpha = 2)", func(x float64) float64 { return choose(x > 0, x, 2*math.Expm1(x/2)) }},
	{"hardtanh(x)", func(x float64) float64 { return min(max(x, -1), 1) }},
	{"hardtanh(x, low = 0, high = 2)", func(x float64) float64 { return min(max(x, 0), 2) }},
	{"hardsigmoid(x)", func(x float64) float64 { return min(max(x/6+0.5, 0), 1) }},
	{"hardswish(x)", func(x float64) float64 { return x * min(max(x+3, 0), 6) / 6 }},
	{"tanhshrink(x)", func(x float64) float64 { return x - math.Tanh(x) }},
	{"sign(x)", func(x float64) float64 { return choose(x >= 0, 1, -1) }},
	{"step(x)", func(x float64) float64 { return choose(x >= 0, 1, 0) }},
	{"exp_neg(x)", func(x float64) float64 { return math.Exp(-x) }},
	{"batch_norm(x)", func(x float64) float64 { return x / math.Sqrt(1+1e-5) }},
	{"batch_norm(x, gamma = 2, beta = 3, mean = 1, var = 4, eps = 0)", func(x float64) float64 { return x + 2 }},
}

// TestLibrary compares the library with float64 mathematics, to within a code
// where rounding is close.
func TestLibrary(t *testing.T) {
	const in, out = 1.0 / 4096, 1.0 / 1024
	var text strings.Builder
	for i, f := range library {
		fmt.Fprintf(&text, "layer f%d : int16 scale 2^-12 -> int16 scale 2^-10 = %s\n", i, f.call)
	}
	m := single(t, text.String())
	for i, f := range library {
		for x := int64(-32768); x < 32768; x += 1571 {
			got, err := m.Eval(m.Layers[i], 0, x)
			if err != nil {
				t.Errorf("%s: %v", f.call, err)
				continue
			}
			want := math.Round(f.want(float64(x)*in) / out)
			want = min(max(want, -32768), 32767)
			if math.Abs(float64(got)-want) > 1 {
				t.Errorf("%s at %g is %g, not %g", f.call, float64(x)*in, float64(got)*out, want*out)
			}
		}
	}
}

// TestLibraryFarOut evaluates where exp is astronomical.
func TestLibraryFarOut(t *testing.T) {
	var text strings.Builder
	for i, f := range library {
		fmt.Fprintf(&text, "layer f%d : int32 -> int16 = %s\n", i, f.call)
	}
	m := single(t, text.String())
	for i, f := range library {
		for _, x := range []int64{-1 << 31, -70000, -1000, 0, 1000, 70000, 1<<31 - 1} {
			got, err := m.Eval(m.Layers[i], 0, x)
			if err != nil {
				t.Errorf("%s at %d: %v", f.call, x, err)
				continue
			}
			want := f.want(float64(x))
			if math.IsNaN(want) || math.IsInf(want, 0) && strings.HasPrefix(f.call, "softplus") ||
				math.IsInf(want, 0) && strings.HasPrefix(f.call, "logsigmoid") {
				continue // float64 cannot say
			}
			want = min(max(math.RoundToEven(want), -32768), 32767)
			if math.Abs(float64(got)-want) > 1 {
				t.Errorf("%s at %d is %d, not %g", f.call, x, got, want)
			}
		}
	}
}

var declared = regexp.MustCompile(`(?m)^(///.*\n)*fn ([a-z0-9_]+)`)

// TestLibraryIsWhole finds every library function in the table above, and a doc
// comment on each.
func TestLibraryIsWhole(t *testing.T) {
	tested := map[string]bool{}
	for _, f := range library {
		name, _, _ := strings.Cut(f.call, "(")
		tested[name] = true
	}
	files, err := fs.Glob(stdlib.Files, "*.grau")
	require.NoError(t, err)
	found := 0
	for _, name := range files {
		text, err := stdlib.Files.ReadFile(name)
		require.NoError(t, err)
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			found++
			if m[1] == "" {
				t.Errorf("%s has no doc comment", m[2])
			}
			if !tested[m[2]] {
				t.Errorf("%s is not tested", m[2])
			}
		}
		if r := check.LoadOverlay(name, map[string]string{name: string(text)}); r.Module == nil {
			t.Errorf("%s as a program of its own: %v", name, r.Diagnostics)
		}
	}
	if found != len(tested) {
		t.Errorf("%d functions are declared, %d tested", found, len(tested))
	}
}
