package lower

import (
	"slices"

	"grauc/ir/datapath"
)

// slopeWords are the stored words of a segment's slope: one that packs its terms,
// or, where it is stored decoded, a word for each tap and one for each sign.
func (g *generator) slopeWords(k int) []ref {
	if !g.p.decoded {
		return []ref{g.read("slope%d", k)}
	}
	var words []ref
	for i := range g.p.taps() {
		words = append(words, g.read("tap%d_%d", k, i))
	}
	for i := range g.p.signs() {
		words = append(words, g.read("minus%d_%d", k, i))
	}
	return words
}

// taps say what a slope takes from each stage.
type taps struct {
	enable, negative, index []ref // packed: of each term
	taps, minus             []ref // decoded
}

func (t *taps) refs() []*ref {
	all := append(refs(t.enable), refs(t.negative)...)
	all = append(all, refs(t.index)...)
	return append(append(all, refs(t.taps)...), refs(t.minus)...)
}

func (g *generator) taps(words []ref) *taps {
	t := &taps{}
	if g.p.decoded {
		t.taps, t.minus = words[:g.p.taps()], words[g.p.taps():]
		for i, v := range t.taps {
			g.Named(v, "tap%d", i)
		}
		for i, v := range t.minus {
			g.Named(v, "minus%d", i)
		}
		return t
	}
	at := 0
	field := func(width int, name string, j int) ref {
		v := g.Cast(g.Shr(words[0], at), unsigned(width))
		at += width
		return g.Named(v, "%s%d", name, j)
	}
	for j := range g.p.terms {
		t.enable = append(t.enable, field(1, "enable", j))
		t.negative = append(t.negative, field(1, "negative", j))
		if w := g.p.indexWidth(); w > 0 {
			t.index = append(t.index, field(w, "index", j))
		}
	}
	return t
}

// hit says that term j takes its value from stage i.
func (g *generator) hit(t *taps, j, i int) ref {
	if g.p.decoded {
		return t.taps[j*len(g.p.shifts)+i]
	}
	if len(t.index) == 0 {
		return t.enable[j]
	}
	at := g.Const(g.Type(t.index[j]), int64(i))
	return g.And(t.enable[j], g.Equal(t.index[j], at))
}

// sign says that term j is subtracted.
func (g *generator) sign(t *taps, j int) ref {
	if g.p.decoded {
		return t.minus[j]
	}
	return t.negative[j]
}

// tap is how often stage i is taken and whether it is subtracted. Terms never
// disagree about that, since those that cancel were removed.
func (g *generator) tap(t *taps, i int) (times, negative ref) {
	if g.p.decoded {
		return t.taps[i], t.minus[i]
	}
	count := unsigned(addressWidth(g.p.terms + 1))
	times, negative = g.Const(count, 0), g.Const(datapath.Bit, 0)
	for j := range t.enable {
		hit := g.hit(t, j, i)
		times = g.Add(count, times, hit)
		negative = g.Or(negative, g.And(hit, t.negative[j]))
	}
	return times, negative
}

// line is bias + terms: the chain of shifters with taps at every stage. Either
// each term is captured by a multiplexer a stage, and added at the end, or terms
// are added where they pass.
func (g *generator) line(x, bias ref, t *taps) ref {
	acc := g.Cast(bias, g.p.sum)
	shifted := g.firstShift(x)
	var captured []ref
	if g.p.capture {
		zero := g.Const(g.Type(shifted), 0)
		captured = slices.Repeat([]ref{zero}, g.p.terms)
	}
	for i := range g.p.shifts {
		if i > 0 {
			shifted = g.nextShift(shifted, i)
		}
		g.Named(shifted, "shift%d", i)
		for j, v := range captured {
			captured[j] = g.Named(g.Mux(g.hit(t, j, i), g.Cast(shifted, g.Type(v)), v), "term%d", j)
		}
		if !g.p.capture {
			acc = g.Named(g.Add(g.p.sum, acc, g.addend(t, i, g.Cast(shifted, g.p.sum))), "sum%d", i)
		}
		if g.p.capture || i < len(g.p.shifts)-1 {
			g.cut(append(append(t.refs(), refs(captured)...), &shifted, &acc)...)
		}
	}
	for j, v := range captured {
		acc = g.Named(g.Add(g.p.sum, acc, g.signed(v, g.sign(t, j))), "sum%d", j)
	}
	return acc
}

// signed is v, or its complement where negative: see plan.complements.
func (g *generator) signed(v, negative ref) ref {
	mask := g.Cast(g.Cast(negative, datapath.Type{Width: 1, Signed: true}), g.p.sum)
	return g.Xor(g.Cast(v, g.p.sum), mask)
}

// addend is what a stage contributes: as many times its value, or the complement.
func (g *generator) addend(t *taps, i int, shifted ref) ref {
	times, negative := g.tap(t, i)
	v := g.Const(g.p.sum, 0)
	multiple := v
	for n := 1; n <= g.p.terms; n++ {
		multiple = g.Add(g.p.sum, multiple, shifted)
		v = g.Mux(g.Equal(times, g.Const(g.Type(times), int64(n))), multiple, v)
	}
	return g.signed(v, negative)
}

// aligned is the input without the low bits that the largest shift to the left
// still drops, if it is one to the right: no later stage needs them.
func (g *generator) aligned(x ref) ref {
	if g.p.terms == 0 || g.p.shiftOf(0) <= 0 {
		return x
	}
	t := g.p.input
	t.Width = max(1, t.Width-g.p.shiftOf(0))
	return g.low(g.Cast(g.Shr(x, min(g.p.shiftOf(0), 63)), t), 0)
}

// firstShift is the aligned input shifted as far left as any term wants it.
func (g *generator) firstShift(x ref) ref {
	left := max(0, -g.p.shiftOf(0))
	t := g.Type(x)
	t.Width += left
	return g.low(g.Shl(t, x, left), 0)
}

// nextShift shifts on to stage i.
func (g *generator) nextShift(v ref, i int) ref {
	by := g.p.shifts[i] - g.p.shifts[i-1]
	t := g.Type(v)
	t.Width = max(1, t.Width-by)
	return g.low(g.Cast(g.Shr(v, min(by, 63)), t), i)
}

// low keeps the bits of stage i from which this and the later stages take the low
// bits that a sum needs.
func (g *generator) low(v ref, i int) ref {
	last := g.p.shifts[len(g.p.shifts)-1]
	need := g.p.sum.Width + last - g.p.shifts[i]
	t := g.Type(v)
	t.Width = min(t.Width, need)
	return g.Cast(v, t)
}

// population is how many of the bits are set.
func (g *generator) population(bits []ref) ref {
	for level := 1; len(bits) > 1; level++ {
		width := unsigned(addressWidth(1<<level + 1))
		var sums []ref
		for len(bits) > 1 {
			sums = append(sums, g.Add(width, bits[0], bits[1]))
			bits = bits[2:]
		}
		if len(bits) == 1 {
			sums = append(sums, bits[0])
		}
		bits = sums
		if level%3 == 0 && len(bits) > 1 {
			g.cut(refs(bits)...)
		}
	}
	return bits[0]
}
