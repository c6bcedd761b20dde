package backend

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
)

// FileName is the .grau file of a base name, for a comment.
func FileName(base string) string { return oneLine(base) + ".grau" }

// Describe says in a few lines what a layer is, for a comment on what is emitted
// for it: where it comes from, its formats, how it is made and how far off it is.
func Describe(l *pwl.Layer) []string {
	lines := docLines(l.Doc)
	lines = append(lines,
		fmt.Sprintf("%s: %s = %s", place(l), l.Name, oneLine(l.Function)),
		"input:  "+l.Input.String()+", codes "+codes(l.Input.Integer),
		"output: "+l.Output.String()+", codes "+codes(l.Output.Integer),
		"a code q of a format means the real number scale * (q - zero)",
	)
	return append(lines, made(l))
}

func place(l *pwl.Layer) string {
	if l.Source.File == "" {
		return "layer"
	}
	return fmt.Sprintf("%s:%d", oneLine(l.Source.File), l.Source.Line)
}

func codes(i ir.Integer) string { return fmt.Sprintf("%d to %d", i.Min(), i.Max()) }

// made is the implementation with its error over all channels.
func made(l *pwl.Layer) string {
	what := l.Implement.String()
	if l.Layer.Channels > 0 {
		what = fmt.Sprintf("%d channels, %s", len(l.Channels), what)
	}
	if l.Implement == ir.PWL {
		what += " of " + ir.Plural(int64(l.SegmentCount()), "segment")
	}
	return what + ": " + errorText(l.Total())
}

func errorText(e pwl.Error) string {
	if e.Max == 0 {
		return "exact for every input"
	}
	inputs := new(big.Int).SetUint64(e.Inputs)
	return fmt.Sprintf("off by at most %s, RMSE %.3f, exact for %s",
		ir.Plural(e.Max, "code"), math.Sqrt(ratio(e.Squares, inputs)), exactText(e))
}

// exactText never rounds to all inputs what some are missing from.
func exactText(e pwl.Error) string {
	if wrong := e.Inputs - e.Exact; wrong < e.Inputs/20000 {
		return fmt.Sprintf("all inputs but %d", wrong)
	}
	return fmt.Sprintf("%.2f %% of all inputs", 100*float64(e.Exact)/float64(e.Inputs))
}

func ratio(a, b *big.Int) float64 {
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}

func docLines(doc string) []string {
	if doc == "" {
		return nil
	}
	var lines []string
	for _, l := range strings.Split(doc, "\n") {
		lines = append(lines, oneLine(l))
	}
	return lines
}

// oneLine is text that stays on its line: control characters become spaces.
func oneLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.Join(strings.Fields(clean), " ")
}
