package lang_test

import (
	"strings"
	"testing"

	"grauc/lang"
)

// parseOne parses text that must be one declaration without a fault.
func parseOne(t *testing.T, text string) *lang.Declaration {
	t.Helper()
	f := lang.Parse("test.grau", text)
	for _, d := range f.Diagnostics {
		t.Errorf("%v\nin %q", d, text)
	}
	if len(f.Declarations) != 1 {
		t.Fatalf("%d declarations in %q", len(f.Declarations), text)
	}
	return f.Declarations[0]
}

func TestWordsAreNotReserved(t *testing.T) {
	names := []string{
		"fn", "use", "quant", "unit", "data", "layer", "on", "narrow", "scale", "zero", "round", "input", "output",
		"segments", "slopes", "guard", "style", "channels", "pot", "apot", "fit", "range", "weight", "x", "c", "e", "pi",
	}
	for _, n := range names {
		text := strings.ReplaceAll("fn N(N, q = 1) = N + N(N, q = N) * N\n"+
			"quant N = N scale 1/2 zero 3\n"+
			"unit N { input = int8 output = N }\n"+
			"data N = \"f.json\"\n"+
			"layer N[2] : N -> N = N(N) + N.N[N] on N { range = N..N }\n"+
			"fn last(x) = x", "N", n)
		f := lang.Parse("test.grau", text)
		if len(f.Diagnostics) > 0 || len(f.Declarations) != 6 {
			t.Errorf("%s: %d declarations, %v", n, len(f.Declarations), f.Diagnostics)
		}
	}
}

func TestNewlinesMeanNothing(t *testing.T) {
	text := `layer a : int8 scale 1/16 narrow -> uint8 zero 10 round half_up = f ( x , b = 2 ) on u { range = -8..8 fit = rmse }
quant q = int8 scale 2 ^ -14 fn f(x) = if x > 0 then x else - x ^ 2`
	words := strings.Fields(text)
	for _, form := range []string{strings.Join(words, " "), strings.Join(words, "\n"), strings.Join(words, " // note\n")} {
		f := lang.Parse("test.grau", form)
		if len(f.Diagnostics) > 0 || len(f.Declarations) != 3 {
			t.Errorf("%d declarations, %v in %q", len(f.Declarations), f.Diagnostics, form)
		}
	}
}

func TestNumbersAndRanges(t *testing.T) {
	for text, ends := range map[string][2]string{
		"0..15": {"0", "15"}, "0.5..1.5": {"0.5", "1.5"}, ".5..1e-3": {".5", "1e-3"}, "1e3..2E+4": {"1e3", "2E+4"},
	} {
		d := parseOne(t, "layer a : q -> q = x { range = "+text+" }")
		v := d.Layer.Options[0].Value
		if low, high := number(v.Low), number(v.High); low != ends[0] || high != ends[1] {
			t.Errorf("%s is %q to %q", text, low, high)
		}
	}
}

func number(e *lang.Expr) string {
	return e.First.First.Comparison.Left.First.First.Power.Base.Number
}

func TestPowersBindTighterThanSigns(t *testing.T) {
	d := parseOne(t, "fn f(x) = -x ^ 2 ^ -y")
	sign := d.Function.Body.First.First.Comparison.Left.First.First
	if sign.Negated == nil || sign.Negated.Power == nil {
		t.Fatal("the sign is not outermost")
	}
	outer := sign.Negated.Power
	if outer.Exponent == nil || outer.Exponent.Power == nil || outer.Exponent.Power.Exponent.Negated == nil {
		t.Error("the exponent is not 2 ^ (-y)")
	}
}

// An expression at fault gets the place where it stops to be one, however deep.
func TestFaultsInExpressions(t *testing.T) {
	for text, want := range map[string]string{
		"fn f(x) = g(x + )":     "expected an operand, found `)`",
		"fn f(x) = g(x, )":      "expected an argument, found `)`",
		"fn f(x) = g(x, a = )":  "expected an expression, found `)`",
		"fn f(x) = (x":          "the declaration ends where `)` is expected",
		"fn f(x) = if x then 1": "the declaration ends where `else` is expected",
		"fn f(x) = 1 + not x":   "expected an operand, found `not`",
		"fn f(x) = d.+":         "expected a name, found `+`",
		"fn f(x) = d.g + 1":     "expected `[`, found `+`",
		"fn f(x) = g(1..)":      "expected an expression, found `)`",
	} {
		f := lang.Parse("test.grau", text)
		if len(f.Diagnostics) != 1 || f.Diagnostics[0].Message != want {
			t.Errorf("%q: %v, want %q", text, f.Diagnostics, want)
		}
	}
}

func TestDocComments(t *testing.T) {
	f := lang.Parse("test.grau", `
/// not of f
// a plain comment
fn f(x) = x /// nor this
/// one
///   two
//// a plain comment

fn g(x) = /// nor this
  x
/// at the end`)
	if len(f.Diagnostics) > 0 || len(f.Declarations) != 2 {
		t.Fatal(len(f.Declarations), f.Diagnostics)
	}
	if got := f.Declarations[1].Doc(); got != "nor this\none\n  two" {
		t.Errorf("g has the doc comment %q", got)
	}
}

func TestSpansEndWithTheLastToken(t *testing.T) {
	d := parseOne(t, "fn f(x) = x + 1   // a comment\n\n")
	s := d.Function.Body.Span()
	if s.Line != 1 || s.Column != 11 || s.Length != len("x + 1") {
		t.Errorf("the body is at %v, %d bytes", s, s.Length)
	}
}

func TestRecovery(t *testing.T) {
	f := lang.Parse("test.grau", `fn f(x = x
quant a = int8
fn = x
quant b == int8
layer c : a -> a = x
unit {}
fn g(x) = x`)
	if len(f.Diagnostics) != 4 {
		t.Errorf("%d diagnostics: %v", len(f.Diagnostics), f.Diagnostics)
	}
	var kept []string
	for _, d := range f.Declarations {
		switch {
		case d.Quant != nil:
			kept = append(kept, d.Quant.Name.Text)
		case d.Layer != nil:
			kept = append(kept, d.Layer.Name.Text)
		case d.Function != nil:
			kept = append(kept, d.Function.Name.Text)
		}
	}
	if got := strings.Join(kept, " "); got != "a c g" {
		t.Errorf("kept %q", got)
	}
}

func TestOneLine(t *testing.T) {
	got := lang.OneLine("f(x, // first\n\n   b = 2)\t* 3 ")
	if want := "f(x, b = 2) * 3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzParse looks for texts that make the parser panic, lose its place, or accept
// what it also complains about.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", " fn", "fn f(x, a = 1) = if x >= 0 then x else -a * x ^ 2", "quant a = int8 narrow scale 1/16 zero -3 round floor",
		"unit u { input = int24 output = int8 slopes = apot(terms = 2, shifts = 0..15), channels = 64 }",
		"data d = \"d.json\" layer l[2] : a -> b = d.g[c] * x on u { range = -8..8 weight = normal(0, 1) }",
		"use \"o.grau\" /// doc\nfn g(x) = x", "fn = \nlayer a :", "fn f(x) = \u202e", "\"", "fn f(x) = ((((", "\xff\x00",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := lang.Parse("fuzz.grau", text)
		lines := strings.Count(text, "\n") + 1
		for _, d := range file.Diagnostics {
			if d.Span.Line < 1 || d.Span.Line > lines || d.Span.Column < 1 || d.Message == "" || d.Help == "" {
				t.Errorf("%+v", d)
			}
		}
		for _, d := range file.Declarations {
			if d.Pos.Offset >= d.EndPos.Offset || d.EndPos.Offset > len(text) {
				t.Errorf("a declaration from %d to %d", d.Pos.Offset, d.EndPos.Offset)
			}
		}
	})
}
