package spec_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"grauc/ir/spec"
	"grauc/ir/text"
)

const head = "grauc.spec \"t\"\n"

// function is a module of one function with this body.
func function(params, body string) string {
	return head + "fn f(" + params + ") {\n  body " + body + "\n}\n"
}

func body(t *testing.T, src string) (spec.Expr, *spec.Func) {
	t.Helper()
	m, err := spec.Parse(src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return m.Funcs[0].Body, m.Funcs[0]
}

func TestExpressions(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"x + y * x ^ y", "x + y * x ^ y"},
		{"((x + y)) * x", "(x + y) * x"},
		{"x - (y - x) - y", "x - (y - x) - y"},
		{"x / (y / x)", "x / (y / x)"},
		{"x ^ y ^ x", "x ^ y ^ x"},
		{"(x ^ y) ^ x", "(x ^ y) ^ x"},
		{"-x ^ 2", "-x ^ 2"},
		{"(-x) ^ 2", "(-x) ^ 2"},
		{"2 ^ -x", "2 ^ -x"},
		{"2^-14", "2 ^ -14"},
		{"-3", "-3"},
		{"-(3)", "-(3)"},
		{"--3", "--3"},
		{"-3 ^ 2", "-3 ^ 2"},
		{"(-3) ^ 2", "(-3) ^ 2"},
		{"x - -3", "x - -3"},
		{"x -3", "x - 3"},
		{"1/3", "1/3"},
		{"1 / 3", "1 / 3"},
		{"x * 1/3", "x * (1/3)"},
		{"1/3 ^ x", "(1/3) ^ x"},
		{"0.1", "0.1"},
		{"1e-30", "1e-30"},
		{"2e3", "2000"},
		{"if x < y then x else if y > 0 then y else 0", "if x < y then x else if y > 0 then y else 0"},
		{"1 + (if x < y then x else y)", "1 + (if x < y then x else y)"},
		{"(if x < y then x else y) + 1", "(if x < y then x else y) + 1"},
		{"if not (x < y and y < x or x == y) then 1 else 0", "if not (x < y and y < x or x == y) then 1 else 0"},
		{"if not x < y and y != x then 1 else 0", "if not x < y and y != x then 1 else 0"},
		{"if (not x < y) or not (y >= x) then 1 else 0", "if not x < y or not y >= x then 1 else 0"},
		{"clamp(exp(x), min(x, y), pi * e)", "clamp(exp(x), min(x, y), pi * e)"},
		{`g(x) + "exp"(x) + "std.g"(y)`, `g(x) + "exp"(x) + "std.g"(y)`},
		{`bn.gamma[x] * "if"."a b"[0]`, `bn.gamma[x] * "if"."a b"[0]`},
		{"$0 + $1", "x + y"},
		{"$2 + $7", "$2 + $7"}, // called e, and out of range
		{"$x + $c", "$x + $c"},
	} {
		e, f := body(t, function("x, y, e", c.in))
		if got := spec.Format(e, f); got != c.want {
			t.Errorf("%s prints as %s, want %s", c.in, got, c.want)
		}
	}
}

func TestFormsOfOneNumberDiffer(t *testing.T) {
	kind := func(src string) string {
		e, _ := body(t, function("x", src))
		switch e := e.(type) {
		case spec.Number:
			return "number"
		case *spec.Op:
			return e.Name
		}
		return "other"
	}
	for src, want := range map[string]string{
		"-3": "number", "-(3)": "neg", "-3 ^ 2": "neg", "(-3) ^ 2": "^", "1/3": "number", "1 / 3": "/",
	} {
		if got := kind(src); got != want {
			t.Errorf("%s is %s, want %s", src, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", `1:1: expected "grauc", found the end of the text`},
		{"grauc.stops \"t\"", `1:7: "stops" is not a level; the levels are spec, steps, pwl, datapath`},
		{"grauc.pwl \"t\"", `1:1: this text is of level pwl, not spec`},
		{"grauc.spec t", `1:12: expected the module's name in quotes, found "t"`},
		{head + "\nfun f()", `3:1: expected "data", "file", "fn", "layer", "part" or "unit", found "fun"`},
		{function("x", "x +"), `4:1: expected an expression, found "}"`},
		{function("x", "y"), `3:8: nothing here is called "y"`},
		{function("x", "x < x < x"), `3:14: expected "body", "doc" or "}", found "<"`},
		{function("x", "(x"), `4:1: expected ")", found "}"`},
		{function("x", "max(x 1)"), `3:14: expected ",", found "1"`},
		{function("x", "x\n body x"), `4:2: body is stated twice`},
		{function("x", "1e99999"), `3:8: the exponent of a number is beyond 10000`},
		{function("x", "1/0"), `3:8: expected a number, found "1/0"`},
		{function("x", "é"), `3:8: unexpected character 'é'`},
		{function("x", "x\n at 1:2"), `4:5: expected "body", "doc" or "}", found "1"`},
		{function("x", "exp(x)\n at 1:2"), `5:1: expected "+", found "}"`},
		{head + "layer l : int8 -> foo", `2:19: expected an integer format such as int8 or uint4, found "foo"`},
		{head + "layer l : int8 -> int8 round up {}", `2:30: "up" is not a rounding; there are half_even, half_up, half_down, half_away, floor, ceil, zero`},
		{head + "layer l[99999999999999999999] : int8", `2:9: expected the number of channels, an integer of 64 bits, found "99999999999999999999"`},
		{head + "file \"a", `2:6: the string does not end`},
		{head + "file \"a\n\"", `2:6: the string does not end on its line`},
		{head + "data d { array a { 1 2", `2:23: expected "}", found the end of the text`},
	} {
		_, err := spec.Parse(c.src)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\ngives %v\nwant  %s", c.src, err, c.want)
		}
	}
}

// What is too deep is refused, and quickly; what is merely long is not.
func TestNesting(t *testing.T) {
	const deep = 1000000
	for _, c := range []string{
		strings.Repeat("(", deep), strings.Repeat("-", deep), strings.Repeat("x ^ ", deep),
		strings.Repeat("f(", deep), strings.Repeat("if x < 0 then x else ", deep), "if " + strings.Repeat("not ", deep),
	} {
		start := time.Now()
		_, err := spec.Parse(function("x", c))
		var at *text.Error
		if !errors.As(err, &at) || !strings.Contains(at.Message, "nested deeper") {
			t.Errorf("%.20s...: %v", c, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%.20s...: refused after %v", c, took)
		}
	}
	long := "x" + strings.Repeat(" + x", 100000)
	if e, f := body(t, function("x", long)); spec.Format(e, f) != long {
		t.Error("a long sum prints as something else")
	}
}
