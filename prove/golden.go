package prove

import (
	"math/bits"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/prove/aig"
)

// golden is the output of a channel of a layer, from the formula of the pwl level alone:
// it shares nothing with the netlist.
func golden(g *aig.Graph, l *pwl.Layer, channel int, x []aig.Lit) []aig.Lit {
	f := formula{g, exact(l)}
	c, y := l.Channels[channel], []aig.Lit(nil)
	if x = extended(x, l.Input.Signed, f.width); c.Function != nil {
		y = f.function(c.Function, x)
	} else {
		y = f.steps(c.Steps, x)
	}
	return y[:l.Output.Width]
}

// formula calculates with signed numbers of a width that holds all of them.
type formula struct {
	g     *aig.Graph
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

// steps is the value of the last run that begins at or below x.
func (f formula) steps(s *steps.Function, x []aig.Lit) []aig.Lit {
	y := f.number(0)
	for _, r := range s.Runs {
		y = f.g.Choose(f.below(x, f.number(r.Start)).Not(), f.number(r.Value), y)
	}
	return y
}

func (f formula) function(of *pwl.Function, x []aig.Lit) []aig.Lit {
	w := x
	if v := of.View; v != (pwl.View{}) {
		w = f.clamp(f.shifted(x, v.Shift), v.Codes)
	}
	if tabular(of) {
		return f.table(of, w)
	}
	sum := f.number(0)
	for _, s := range of.Flat().Segments {
		sum = f.g.Choose(f.below(w, f.number(s.Start)).Not(), f.segment(s, of.Guard, w), sum)
	}
	return f.clamp(f.shifted(sum, of.Guard), of.Output)
}

// segment is the bias of a segment, and the sum of its terms.
func (f formula) segment(s pwl.Segment, guard int, w []aig.Lit) []aig.Lit {
	sum := f.number(s.Bias)
	for _, t := range s.Terms {
		term := f.shifted(f.shifted(w, -guard), t.Shift)
		if t.Negative {
			sum = f.g.Subtract(sum, term)
		} else {
			sum = f.g.Add(sum, term, aig.False)
		}
	}
	return sum
}

// mostLookedUp is of how many bits a table is looked up, by one after the other.
const mostLookedUp = 12

// tabular reports whether a function has no terms and few enough codes.
func tabular(of *pwl.Function) bool {
	return seenBy(of).Width <= mostLookedUp && !slices.ContainsFunc(of.Segments, func(s pwl.Segment) bool { return s.Terms != nil })
}

// seenBy is what segments are of.
func seenBy(of *pwl.Function) ir.Integer {
	if of.View == (pwl.View{}) {
		return of.Input
	}
	return of.View.Codes
}

// table looks the output up: bias, and the number that is added to it.
func (f formula) table(of *pwl.Function, w []aig.Lit) []aig.Lit {
	in := seenBy(of)
	outputs := make([][]aig.Lit, 1<<in.Width)
	for at := range outputs {
		code := int64(at)
		if in.Signed && code > in.Max() {
			code -= 1 << in.Width
		}
		s := of.Segments[of.At(max(code, of.First()))]
		y := s.Bias
		if of.Rows != nil {
			y += of.Rows[s.Row][at&(len(of.Rows[s.Row])-1)]
		}
		outputs[at] = f.number(of.Output.Clamp(y >> of.Guard))
	}
	return chosen(f.g, w[:in.Width], outputs)
}

func (f formula) number(v int64) []aig.Lit { return aig.Constant(uint64(v), f.width) }

// shifted is v divided by a power of two, which floors, or multiplied by one if by is negative.
func (f formula) shifted(v []aig.Lit, by int) []aig.Lit {
	moved := make([]aig.Lit, f.width)
	for i := range moved {
		if from := i + by; from >= 0 {
			moved[i] = v[min(from, f.width-1)]
		}
	}
	return moved
}

// clamp is the nearest code of a format.
func (f formula) clamp(v []aig.Lit, to ir.Integer) []aig.Lit {
	low, high := f.number(to.Min()), f.number(to.Max())
	return f.g.Choose(f.below(v, low), low, f.g.Choose(f.below(high, v), high, v))
}

// below is a < b: their highest bits count the other way round.
func (f formula) below(a, b []aig.Lit) aig.Lit {
	a, b = slices.Clone(a), slices.Clone(b)
	top := f.width - 1
	a[top], b[top] = b[top], a[top]
	return f.g.Less(a, b)
}

// chosen is the word of that number, found bit by bit, the highest first.
func chosen(g *aig.Graph, number []aig.Lit, words [][]aig.Lit) []aig.Lit {
	if len(words) == 1 {
		return words[0]
	}
	top := len(number) - 1
	half := min(1<<top, len(words))
	if half < len(words) && number[top] == aig.True {
		return chosen(g, number[:top], words[half:])
	}
	low := chosen(g, number[:top], words[:half])
	if half == len(words) || number[top] == aig.False {
		return low
	}
	return g.Choose(number[top], chosen(g, number[:top], words[half:]), low)
}
