package diag_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/lang/diag"
)

func render(t *testing.T, d diag.Diagnostic, text string) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, diag.Render(&b, []diag.Diagnostic{d}, diag.Sources{"f": text}, false))
	return b.String()
}

// snippet is the source line and the caret line of what is rendered.
func snippet(t *testing.T, text string, at diag.Span) (line, caret string) {
	t.Helper()
	at.File = "f"
	lines := strings.Split(render(t, diag.New("syntax", at, "m"), text), "\n")
	if len(lines) < 5 {
		t.Fatalf("no snippet in %q", lines)
	}
	return strings.TrimPrefix(lines[3], "1 | "), strings.TrimPrefix(lines[4], "  | ")
}

func TestCarets(t *testing.T) {
	for _, c := range []struct {
		text, line, caret string
		column, length    int
	}{
		{"abc def", "abc def", "    ^^^", 5, 3},
		{"abc def", "abc def", "       ^", 8, 1},
		{"abc def", "abc def", "    ^^^", 5, 99},
		{"\ta\tb", "    a   b", "        ^", 4, 1},
		{"é = x", "é = x", "    ^", 6, 1},
		{"漢字 = x", "漢字 = x", "       ^", 10, 1},
		{"漢字", "漢字", "^^^^", 1, 6},
		{"a\u202eb", "a�b", "  ^", 5, 1},
		{"a\xffb\r", "a�b", "  ^", 3, 1},
		{"", "", "^", 1, 1},
	} {
		line, caret := snippet(t, c.text, diag.Span{Line: 1, Column: c.column, Length: c.length})
		if line != c.line || caret != c.caret {
			t.Errorf("%q at %d, %d:\n%q\n%q\nwant\n%q\n%q", c.text, c.column, c.length, line, caret, c.line, c.caret)
		}
	}
}

func TestLongLinesAreCut(t *testing.T) {
	text := strings.Repeat("a", 5_000_000) + "#" + strings.Repeat("é", 5_000_000)
	line, caret := snippet(t, text, diag.Span{Line: 1, Column: 5_000_001, Length: 1})
	if n := len([]rune(line)); n > 110 {
		t.Errorf("%d characters are shown", n)
	}
	if !strings.HasPrefix(line, "…") || !strings.HasSuffix(line, "…") {
		t.Errorf("the cut is not marked: %s", line)
	}
	at := strings.IndexByte(caret, '^')
	if shown := []rune(line); at < 0 || at >= len(shown) || shown[at] != '#' {
		t.Errorf("the caret is elsewhere:\n%s\n%s", line, caret)
	}
}

func TestWithoutSource(t *testing.T) {
	for _, at := range []diag.Span{{}, {File: "gone", Line: 3, Column: 4}, {File: "f"}, {File: "f", Line: 9, Column: 1}} {
		got := render(t, diag.New("syntax", at, "message").WithHelp("help").WithNote("note"), "one line")
		if !strings.HasPrefix(got, "error[syntax]: message\n") || !strings.Contains(got, "= note: note\n") ||
			!strings.HasSuffix(got, "= help: help\n") || strings.Contains(got, "one line") {
			t.Errorf("%+v:\n%s", at, got)
		}
	}
}

func TestNotesWithPlaces(t *testing.T) {
	d := diag.New("duplicate-name", diag.Span{File: "f", Line: 10, Column: 1, Length: 1}, "twice").
		WithNoteAt(diag.Span{File: "f", Line: 2, Column: 1, Length: 3}, "first")
	want := `error[duplicate-name]: twice
  --> f:10:1
   |
10 | l10
   | ^
note: first
  --> f:2:1
   |
 2 | l2
   | ^^
`
	if got := render(t, d, "l1\nl2\nl3\nl4\nl5\nl6\nl7\nl8\nl9\nl10\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestColor(t *testing.T) {
	d := diag.New("syntax", diag.Span{File: "f", Line: 1, Column: 1, Length: 1}, "m").WithHelp("h")
	var plain, colored strings.Builder
	for b, color := range map[*strings.Builder]bool{&plain: false, &colored: true} {
		require.NoError(t, diag.Render(b, []diag.Diagnostic{d, d}, diag.Sources{"f": "x"}, color))
	}
	if strings.Contains(plain.String(), "\x1b") || !strings.Contains(colored.String(), "\x1b[1;31m") {
		t.Error("colours come and go the wrong way")
	}
}

func TestJSON(t *testing.T) {
	want := []diag.Diagnostic{
		diag.New("syntax", diag.Span{File: "a<b", Line: 1, Column: 2, Length: 3}, "m").WithHelp("h").
			WithNote("n").WithNoteAt(diag.Span{File: "c", Line: 4}, "o"),
		diag.New("width", diag.Span{}, "w"),
	}
	var b strings.Builder
	require.NoError(t, diag.JSON(&b, want))
	var got []diag.Diagnostic
	require.NoError(t, json.Unmarshal([]byte(b.String()), &got))
	if len(got) != 2 || got[0].String() != want[0].String() || got[0].Help != "h" ||
		got[0].Notes[0].Span != nil || got[0].Notes[1].Span.Line != 4 || got[1].Notes != nil {
		t.Errorf("%+v", got)
	}
	b.Reset()
	if err := diag.JSON(&b, nil); err != nil || b.String() != "[]\n" {
		t.Errorf("nothing is %q", b.String())
	}
}

func TestSortAndLimit(t *testing.T) {
	at := func(file string, line, column int) diag.Diagnostic {
		return diag.New("syntax", diag.Span{File: file, Line: line, Column: column}, "m")
	}
	ds := []diag.Diagnostic{at("z", 1, 1), at("b", 1, 1), at("main", 2, 1), at("a", 1, 1), at("main", 1, 5), at("main", 1, 2)}
	diag.Sort(ds, []string{"main", "b"})
	var got []string
	for _, d := range diag.Limit(ds, 4) {
		got = append(got, d.Span.String())
	}
	want := []string{"main:1:2", "main:1:5", "main:2:1", "b:1:1", ""}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(diag.Limit(ds, 6)) != 6 {
		t.Error("six are more than six")
	}
}

func TestNear(t *testing.T) {
	names := []string{"silu", "sigmoid", "gelu", "gelu_tanh", "max_error", "x"}
	for name, want := range map[string]string{
		"sliu": "silu", "SILU": "silu", "sigmoyd": "sigmoid", "gelutanh": "gelu_tanh", "maxerror": "max_error",
		"X": "x", "y": "", "relu": "gelu", "softplus": "", "silu": "", "": "",
	} {
		if got := diag.Near(name, names); got != want {
			t.Errorf("near %q is %q, want %q", name, got, want)
		}
	}
}

func TestCodesAreSortedAndExplained(t *testing.T) {
	codes := diag.Codes()
	for i, c := range codes {
		if i > 0 && codes[i-1].Name >= c.Name {
			t.Errorf("%s comes after %s", c.Name, codes[i-1].Name)
		}
		if found, ok := diag.Explain(c.Name); !ok || found != c || len(c.Text) < 20 || !strings.HasSuffix(c.Text, ".") {
			t.Errorf("%s is not explained", c.Name)
		}
	}
	if _, ok := diag.Explain("no-such-code"); ok {
		t.Error("an unknown code is explained")
	}
}
