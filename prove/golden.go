package prove

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// channelBits is the width of a channel's number in a golden module.
const channelBits = 17

// golden is the layer's meaning as a Verilog module, written from the formula of the
// pwl level alone and sharing nothing with the netlist.
func golden(l *pwl.Layer, name string) string {
	f := &formula{width: exact(l)}
	fmt.Fprintf(f, "module %s (input wire %sx, input wire [16:0] x_channel, output reg %sy);\n", name, vector(l.Input.Integer), vector(l.Output.Integer))
	fmt.Fprintf(f, "  wire signed [%d:0] all = x;\n  reg signed [%d:0] w, sum;\n", f.width-1, f.width-1)
	f.WriteString("  always @* begin\n    w = all;\n    sum = 0;\n    y = 0;\n    case (x_channel)\n")
	for c, ch := range l.Channels {
		fmt.Fprintf(f, "    %d: begin\n", c)
		if ch.Function != nil {
			f.function(ch.Function)
		} else {
			f.steps(ch.Steps)
		}
		f.WriteString("    end\n")
	}
	f.WriteString("    endcase\n  end\nendmodule\n")
	return f.String()
}

// formula writes the meaning in numbers of a width that holds all of them.
type formula struct {
	strings.Builder
	width int
}

// exact is a width in which nothing wraps.
func exact(l *pwl.Layer) int {
	width := max(l.Input.Width, l.Output.Width) + 1
	for _, c := range l.Channels {
		if c.Function == nil {
			continue
		}
		for _, s := range c.Function.Flat().Segments {
			term := l.Input.Width + 1 + c.Function.Guard
			for _, t := range s.Terms {
				term = max(term, l.Input.Width+1+c.Function.Guard-t.Shift)
			}
			bias := bits.Len64(uint64(max(s.Bias, -s.Bias))) + 1
			width = max(width, max(term, bias, c.Function.Output.Width+1)+len(s.Terms)+1)
		}
	}
	return width
}

func (f *formula) function(g *pwl.Function) {
	if v := g.View; v != (pwl.View{}) {
		low, high := f.literal(v.Codes.Min()), f.literal(v.Codes.Max())
		fmt.Fprintf(f, "      w = all >>> %d;\n      w = w < %s ? %s : w > %s ? %s : w;\n", v.Shift, low, low, high, high)
	}
	if tabular(g) {
		f.table(g)
		return
	}
	for _, s := range g.Flat().Segments {
		fmt.Fprintf(f, "      if (w >= %s) sum = %s", f.literal(s.Start), f.literal(s.Bias))
		for _, t := range s.Terms {
			f.WriteString(term(t, g.Guard))
		}
		f.WriteString(";\n")
	}
	fmt.Fprintf(f, "      sum = sum >>> %d;\n", g.Guard)
	low, high := f.literal(g.Output.Min()), f.literal(g.Output.Max())
	fmt.Fprintf(f, "      y = sum < %s ? %s : sum > %s ? %s : sum;\n", low, low, high, high)
}

// mostLookedUp is of how many bits a table is written out, by one after the other.
const mostLookedUp = 12

// tabular reports whether a function has no terms and few enough codes.
func tabular(g *pwl.Function) bool {
	return seenBy(g).Width <= mostLookedUp && !slices.ContainsFunc(g.Segments, func(s pwl.Segment) bool { return s.Terms != nil })
}

// seenBy is what segments are of.
func seenBy(g *pwl.Function) ir.Integer {
	if g.View == (pwl.View{}) {
		return g.Input
	}
	return g.View.Codes
}

// table writes the output at each code: bias, and the number that is added to it.
func (f *formula) table(g *pwl.Function) {
	in := seenBy(g)
	var at func(bit int, code int64) string
	at = func(bit int, code int64) string {
		if bit < 0 {
			if in.Signed && code > in.Max() {
				code -= 1 << in.Width
			}
			s := g.Segments[g.At(max(code, g.First()))]
			y := s.Bias
			if g.Rows != nil {
				y += g.Rows[s.Row][code&int64(len(g.Rows[s.Row])-1)]
			}
			return f.literal(g.Output.Clamp(y >> g.Guard))
		}
		return fmt.Sprintf("w[%d] ? (%s) : (%s)", bit, at(bit-1, code|1<<bit), at(bit-1, code))
	}
	fmt.Fprintf(f, "      y = %s;\n", at(in.Width-1, 0))
}

func term(t pwl.Term, guard int) string {
	sign, shift, by := "+", ">>>", t.Shift
	if t.Negative {
		sign = "-"
	}
	if by < 0 {
		shift, by = "<<<", -by
	}
	return fmt.Sprintf(" %s ((w <<< %d) %s %d)", sign, guard, shift, by)
}

func (f *formula) steps(g *steps.Function) {
	for _, r := range g.Runs {
		fmt.Fprintf(f, "      if (w >= %s) y = %s;\n", f.literal(r.Start), f.literal(r.Value))
	}
}

func (f *formula) literal(v int64) string { return sized(v, f.width) }

func vector(t ir.Integer) string {
	if t.Signed {
		return fmt.Sprintf("signed [%d:0] ", t.Width-1)
	}
	return fmt.Sprintf("[%d:0] ", t.Width-1)
}
