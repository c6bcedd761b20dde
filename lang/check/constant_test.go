package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/lang/check"
	"grauc/lang/diag"
)

func TestConstants(t *testing.T) {
	for text, want := range map[string]string{
		"1/16": "1/16", "2^-14": "1/16384", "0.05": "1/20", ".5e1": "5", "1e-3": "1/1000", "-2^2": "-4", "(-2)^3": "-8",
		"2^3^2": "512", "2^-2^2": "1/16", "7 - 2 - 1": "4", "8 / 4 / 2": "1", "1 + 2 * 3": "7", "--3": "3",
		"0^0": "1", "0^99999999999": "0", "1^99999999999": "1", "(-1)^99999999999": "-1", "(-1)^-99999999998": "1",
		"(2/3)^-2": "9/4", "abs(-3/2)": "3/2", "floor(-3/2)": "-2", "min(1, 2)": "1", "min(2, 1)": "1",
		"max(1, 2)": "2", "max(2, 1)": "2", "clamp(5, 0, 3)": "3", "clamp(-5, 0, 3)": "0",
		"if 1 < 2 then 3 else 1/0": "3", "if 1 <= 1 and not 2 > 3 then 3 else 4": "3", "if 1 >= 2 or 1 == 2 then 3 else 4": "4",
		"if 1 != 1 or 2 > 1 then 3 else 4": "3", "if 1 > 2 and 1 / 0 > 0 then 3 else 4": "4",
	} {
		m := single(t, "layer l : int8 zero "+text+" -> int8 = x")
		if got := m.Layers[0].Input.Zero.RatString(); got != want {
			t.Errorf("%s is %s, not %s", text, got, want)
		}
	}
}

func TestConstantsFromData(t *testing.T) {
	net := `{"scale": [0.1, 1e-3], "zero": [7, 1], "at": [1, 0], "limit": [2]}`
	m := module(t, map[string]string{"net.json": net, "main.grau": `data net = "net.json"
		quant acc = int8 scale net.scale[net.at[0]] / 2
		layer l[2] : acc -> int8 zero net.zero[0] = x * net.at[c] { max_error = net.limit[0] range = -net.scale[0]..net.scale[0] }`})
	l := m.Layers[0]
	require.Equal(t, "1/2000", l.Input.Scale.RatString())
	require.Equal(t, "7", l.Output.Zero.RatString())
	require.EqualValues(t, 2, l.Options.MaxError)
	require.Equal(t, "-1/10", l.Options.Range.Low.RatString())
}

func TestConstantsRefused(t *testing.T) {
	for text, code := range map[string]string{
		"2^4096 * 2^4096": "constant-size", "2^99999999999": "constant-size", "(1/3)^99999": "constant-size", "1/(1 - 1)": "zero-division",
		"0^-99999999999": "zero-division", "e": "not-rational", "4^0.5": "not-rational", "sqrt(4)": "not-constant",
		"if 1 < pi then 1 else 2": "not-rational", "if pi < 1 then 1 else 2": "not-rational", "if not sin(1) > 0 then 1 else 2": "not-constant",
		"relu(1)": "not-constant", "bn.a[0]": "unknown-data", "x": "unknown-name", "1 < 2": "type-mismatch", "2^600": "zero",
	} {
		refused(t, "layer l : int8 zero "+text+" -> int8 = x", code)
	}
}

// refused checks that a program has one fault, of the given code.
func refused(t *testing.T, text, code string) {
	t.Helper()
	r := check.LoadOverlay("main.grau", map[string]string{"main.grau": text})
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Code != code {
		t.Errorf("%s\nis not refused with %s alone: %v", text, code, r.Diagnostics)
	}
}

func TestIndices(t *testing.T) {
	data := `{"a": [10, 20, 30, 40]}`
	for index, want := range map[string][]int64{
		"c": {10, 20, 30}, "c + 1": {20, 30, 40}, "3 - c": {40, 30, 20}, "floor(c / 2)": {10, 10, 20},
		"if c == 0 then 3 else c": {40, 20, 30}, "min(c, 1)": {10, 20, 20}, "2": {30, 30, 30},
	} {
		m := module(t, map[string]string{"d.json": data,
			"main.grau": "data d = \"d.json\" layer l[3] : int8 -> int8 = d.a[" + index + "] + 0 * x"})
		for channel, want := range want {
			if got, err := m.Eval(m.Layers[0], channel, 1); err != nil || got != want {
				t.Errorf("[%s] of channel %d is %d, %v, not %d", index, channel, got, err, want)
			}
		}
	}
}

func TestExpressions(t *testing.T) {
	for text, want := range map[string]int64{
		"if x > 3 and x < 5 then 1 else 2": 1, "if x < 3 or not x == 5 then 1 else 2": 1, "if not (x != 4) then 1 else 2": 1,
		"-x ^ 2": -16, "2 ^ -1 * x": 2, "x - 1 - 1": 2, "x / 2 / 2": 1, "1 + if x >= 4 then 2 else 3 + 4": 3,
		"min(x, 3) + max(x, 5) + clamp(x, 0, 1)": 9, "floor(pi + e)": 5, "relu6(x = x)": 4,
	} {
		m := single(t, "layer l : int8 -> int8 = "+text)
		if got, err := m.Eval(m.Layers[0], 0, 4); err != nil || got != want {
			t.Errorf("%s at 4 is %d, %v, not %d", text, got, err, want)
		}
	}
}

func TestArgumentsOfOptions(t *testing.T) {
	for _, option := range []string{
		"weight = normal(0)", "weight = normal(0, 1, 2)", "weight = normal(mean = 0..1, stddev = 1)", "weight = normal",
		"weight = uniform(0, 1)", "slopes = pot(shifts = 0..3, shifts = 0..3)", "slopes = apot(terms = 1..2)",
		"range = 1..2 narrow", "fit = minmax(1)", "segments = \"8\"", "style = 3", "shifter = 4",
	} {
		r := check.LoadOverlay("main.grau", map[string]string{"main.grau": "layer l : int8 -> int8 = x { " + option + " }"})
		if r.Module != nil || len(r.Diagnostics) == 0 || r.Diagnostics[0].Span.Column < 31 {
			t.Errorf("%s: %v", option, r.Diagnostics)
		}
	}
}

func TestProblemsBecomeDiagnostics(t *testing.T) {
	at := ir.Source{File: "f", Line: 1, Column: 2, Length: 3}
	d := check.Diagnostic(&ir.Problem{Code: "undefined", Message: "100%", At: at, Help: "h",
		Notes: []ir.Note{{Message: "here"}, {Message: "there", At: at}}})
	want := diag.Diagnostic{Severity: diag.Error, Code: "undefined", Message: "100%", Span: diag.Span(at), Help: "h"}
	if d.Notes[0].Span != nil || *d.Notes[1].Span != diag.Span(at) {
		t.Errorf("notes %+v", d.Notes)
	}
	d.Notes = nil
	if got := fmt.Sprintf("%+v", d); got != fmt.Sprintf("%+v", want) {
		t.Errorf("got %s", got)
	}
}

func TestNamesThatAreMeantOtherwise(t *testing.T) {
	for text, help := range map[string]string{
		"fn f(x) = tanh":                                "`tanh` is a function: write `tanh(...)`",
		"data d = \"d.json\" fn f(x) = d":               "`d` is data: write `d.ARRAY[0]`, in a layer with channels `d.ARRAY[c]`",
		"layer l : int8 -> int8 = batchnorm(x)":         "did you mean `batch_norm`?",
		"layer l : int8 -> int8 = x { imlement = pwl }": "did you mean `implement`?",
	} {
		r := check.LoadOverlay("main.grau", map[string]string{"main.grau": text, "d.json": "{}"})
		if len(r.Diagnostics) != 1 || !strings.Contains(r.Diagnostics[0].Help, help) {
			t.Errorf("%s: %+v", text, r.Diagnostics)
		}
	}
}
