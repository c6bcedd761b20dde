package prove

import (
	"fmt"
	"slices"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// wide holds every intermediate result: the verifier of pwl bounds them to 62 bits.
const wide = 64

// channelBits is the width of a channel's number in a golden module.
const channelBits = 17

// golden is the layer's meaning as a Verilog module, written from the formula of the
// pwl level alone and sharing nothing with the netlist.
func golden(l *pwl.Layer, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "module %s (input wire %sx, input wire [16:0] x_channel, output reg %sy);\n", name, vector(l.Input.Integer), vector(l.Output.Integer))
	fmt.Fprintf(&b, "  wire signed [%d:0] all = x;\n  reg signed [%d:0] w, sum;\n", wide-1, wide-1)
	b.WriteString("  always @* begin\n    w = all;\n    sum = 0;\n    y = 0;\n    case (x_channel)\n")
	for c, ch := range l.Channels {
		fmt.Fprintf(&b, "    %d: begin\n", c)
		if ch.Function != nil {
			writeFunction(&b, ch.Function)
		} else {
			writeSteps(&b, ch.Steps)
		}
		b.WriteString("    end\n")
	}
	b.WriteString("    endcase\n  end\nendmodule\n")
	return b.String()
}

func writeFunction(b *strings.Builder, f *pwl.Function) {
	if v := f.View; v != (pwl.View{}) {
		low, high := literal(v.Codes.Min()), literal(v.Codes.Max())
		fmt.Fprintf(b, "      w = all >>> %d;\n      w = w < %s ? %s : w > %s ? %s : w;\n", v.Shift, low, low, high, high)
	}
	if tabular(f) {
		writeTable(b, f)
		return
	}
	for _, s := range f.Flat().Segments {
		fmt.Fprintf(b, "      if (w >= %s) sum = %s", literal(s.Start), literal(s.Bias))
		for _, t := range s.Terms {
			b.WriteString(term(t, f.Guard))
		}
		b.WriteString(";\n")
	}
	fmt.Fprintf(b, "      sum = sum >>> %d;\n", f.Guard)
	low, high := literal(f.Output.Min()), literal(f.Output.Max())
	fmt.Fprintf(b, "      y = sum < %s ? %s : sum > %s ? %s : sum;\n", low, low, high, high)
}

// mostLookedUp is of how many bits a table is written out, by one after the other.
const mostLookedUp = 12

// tabular reports whether a function has no terms and few enough codes.
func tabular(f *pwl.Function) bool {
	return seenBy(f).Width <= mostLookedUp && !slices.ContainsFunc(f.Segments, func(s pwl.Segment) bool { return s.Terms != nil })
}

// seenBy is what segments are of.
func seenBy(f *pwl.Function) ir.Integer {
	if f.View == (pwl.View{}) {
		return f.Input
	}
	return f.View.Codes
}

// writeTable writes the output at each code: bias, and the number that is added to it.
func writeTable(b *strings.Builder, f *pwl.Function) {
	in := seenBy(f)
	var at func(bit int, code int64) string
	at = func(bit int, code int64) string {
		if bit < 0 {
			if in.Signed && code > in.Max() {
				code -= 1 << in.Width
			}
			s := f.Segments[f.At(max(code, f.First()))]
			y := s.Bias
			if f.Rows != nil {
				y += f.Rows[s.Row][code&int64(len(f.Rows[s.Row])-1)]
			}
			return literal(f.Output.Clamp(y >> f.Guard))
		}
		return fmt.Sprintf("w[%d] ? (%s) : (%s)", bit, at(bit-1, code|1<<bit), at(bit-1, code))
	}
	fmt.Fprintf(b, "      y = %s;\n", at(in.Width-1, 0))
}

func term(t pwl.Term, guard int) string {
	sign, shift, by := "+", ">>>", min(t.Shift, wide-1)
	if t.Negative {
		sign = "-"
	}
	if by < 0 {
		shift, by = "<<<", -by
	}
	return fmt.Sprintf(" %s ((w <<< %d) %s %d)", sign, guard, shift, by)
}

func writeSteps(b *strings.Builder, f *steps.Function) {
	for _, r := range f.Runs {
		fmt.Fprintf(b, "      if (w >= %s) y = %s;\n", literal(r.Start), literal(r.Value))
	}
}

// literal is v as a signed number of the wide type; no v is the most negative one.
func literal(v int64) string {
	if v < 0 {
		return fmt.Sprintf("-%d'sd%d", wide, -v)
	}
	return fmt.Sprintf("%d'sd%d", wide, v)
}

func vector(t ir.Integer) string {
	if t.Signed {
		return fmt.Sprintf("signed [%d:0] ", t.Width-1)
	}
	return fmt.Sprintf("[%d:0] ", t.Width-1)
}
