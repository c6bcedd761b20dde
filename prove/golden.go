package prove

import (
	"math"
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

// exact is a width in which neither inputs nor terms wrap.
func exact(l *pwl.Layer) int {
	width := max(l.Input.Width, l.Output.Width) + 1
	for _, c := range l.Channels {
		if c.Function == nil {
			continue
		}
		for _, s := range c.Function.Segments {
			for _, t := range s.Terms {
				width = max(width, l.Input.Width+1+c.Function.Guard+max(0, -t.Shift))
			}
		}
		width = max(width, room(c.Function.Flat()))
	}
	return width
}

// steps is the value of the last run that begins at or below x.
func (f formula) steps(s *steps.Function, x []aig.Lit) []aig.Lit {
	return from(f, s.Runs, func(r steps.Run) int64 { return r.Start }, x, func(r steps.Run) []aig.Lit { return f.number(r.Value) })
}

// from is what the last of some parts that starts at or below x has: they are in order, the first
// starts at the least x.
func from[T any](f formula, parts []T, start func(T) int64, x []aig.Lit, has func(T) []aig.Lit) []aig.Lit {
	if len(parts) == 1 {
		return has(parts[0])
	}
	half := len(parts) / 2
	low, high := from(f, parts[:half], start, x, has), from(f, parts[half:], start, x, has)
	return f.g.Choose(f.below(x, f.number(start(parts[half]))), low, high)
}

func (f formula) function(of *pwl.Function, x []aig.Lit) []aig.Lit {
	w := x
	if v := of.View; v != (pwl.View{}) {
		w = f.clamp(f.shifted(x, v.Shift), v.Codes)
	}
	if tabular(of) {
		return f.table(of, w)
	}
	flat := of.Flat()
	return f.within(room(flat), flat, w)
}

// within is the output for w, by sums of so many bits.
func (f formula) within(width int, of *pwl.Function, w []aig.Lit) []aig.Lit {
	sums := formula{f.g, width}
	sum := sums.number(0)
	for i := range mostTerms(of) {
		term, negative := f.term(of, i, w)
		sum = sums.added(sum, term[:sums.width], negative)
	}
	bias := f.of(of.Segments, w, func(s pwl.Segment) []aig.Lit { return sums.number(s.Bias) })
	return sums.clamp(sums.shifted(f.g.Add(sum, bias, aig.False), of.Guard), of.Output)
}

// room is of how many bits sums are, which holds all of them, and one more than outputs have: that of
// fewer terms may wrap on the way.
func room(of *pwl.Function) int {
	width := of.Output.Width + 1
	for i, s := range of.Segments {
		low, high := s.Bias, s.Bias
		for _, t := range s.Terms {
			first, last := t.Value(s.Start, of.Guard), t.Value(of.End(i), of.Guard)
			low, high = low+min(first, last), high+max(first, last)
		}
		width = max(width, bits.Len64(uint64(max(high, ^low)))+1)
	}
	return width
}

// of is what a segment has, of the one that holds w.
func (f formula) of(segments []pwl.Segment, w []aig.Lit, has func(pwl.Segment) []aig.Lit) []aig.Lit {
	return from(f, segments, func(s pwl.Segment) int64 { return s.Start }, w, has)
}

func mostTerms(of *pwl.Function) int {
	most := 0
	for _, s := range of.Segments {
		most = max(most, len(s.Terms))
	}
	return most
}

// term is one of the terms of the segment that holds w, and whether it is subtracted. It is w shifted
// by no less than the least shift, and then by each power of two in what is left.
func (f formula) term(of *pwl.Function, number int, w []aig.Lit) (term []aig.Lit, negative aig.Lit) {
	least, most := math.MaxInt, math.MinInt
	for _, s := range of.Segments {
		if number < len(s.Terms) {
			least, most = min(least, s.Terms[number].Shift), max(most, s.Terms[number].Shift)
		}
	}
	width := bits.Len(uint(most - least))
	word := f.of(of.Segments, w, func(s pwl.Segment) []aig.Lit {
		if number >= len(s.Terms) {
			return aig.Constant(0, width+2)
		}
		t := s.Terms[number]
		v := aig.Constant(uint64(t.Shift-least), width)
		return append(v, aig.True, aig.False.If(!t.Negative))
	})
	v := f.shifted(f.shifted(w, -of.Guard), least)
	for k := range width {
		v = f.g.Choose(word[k], f.shifted(v, 1<<k), v)
	}
	return f.g.Choose(word[width], v, f.number(0)), word[width+1]
}

// added is a sum with a term.
func (f formula) added(sum, term []aig.Lit, negative aig.Lit) []aig.Lit {
	moved := make([]aig.Lit, len(term))
	for i, l := range term {
		moved[i] = f.g.Xor(l, negative)
	}
	return f.g.Add(sum, moved, negative)
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
