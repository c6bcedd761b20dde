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

// tap says whether each term takes stage i, or how many do, and whether they are
// subtracted. Terms never disagree about that, since those that cancel were removed.
func (g *generator) tap(t *taps, i int) (hits []ref, negative ref) {
	if g.p.decoded {
		return []ref{t.taps[i]}, t.minus[i]
	}
	negative = g.Const(datapath.Bit, 0)
	for j := range t.enable {
		hit := g.Named(g.hit(t, j, i), "hit%d", j)
		hits = append(hits, hit)
		negative = g.Or(negative, g.And(hit, t.negative[j]))
	}
	return hits, negative
}

// line is bias + terms as software adds them.
func (g *generator) line(x, bias ref, t *taps) ref {
	if g.p.capture {
		return g.Add(g.p.sum, bias, g.captured(x, t, nil))
	}
	sum := g.Cast(bias, g.p.sum)
	for i := range g.p.shifts {
		hits, negative := g.tap(t, i)
		addend := g.addend(g.p.sum, g.shifted(x, i), hits, negative)
		sum = g.Named(g.Add(g.p.sum, sum, addend), "sum%d", i)
	}
	return sum
}

// terms adds the terms as hardware does: a stage for each shift, the largest
// first, so that no stage handles more bits than the terms so far can have. What a
// stage takes is decoded in the one before. The bits travel along.
func (g *generator) terms(x ref, t *taps, bits []ref) ref {
	if g.p.capture {
		return g.captured(x, t, bits)
	}
	last := len(g.p.shifts) - 1
	sum := g.Const(datapath.Bit, 0)
	hits, negative := g.tap(t, last)
	for i := last; i >= 0; i-- {
		if i < last || g.p.segments > 1 {
			words := append(t.refs(), refs(bits)...)
			g.cut(append(words, refs(hits, &x, &negative, &sum)...)...)
		}
		shifted, wide := g.shifted(x, i), g.p.sumType(i)
		sum = g.Named(g.Add(wide, sum, g.addend(wide, shifted, hits, negative)), "sum%d", i)
		if i > 0 {
			hits, negative = g.tap(t, i-1)
			x = g.needed(x, i-1)
		}
	}
	return sum
}

// captured is the sum of terms that a multiplexer a stage captures as they pass.
func (g *generator) captured(x ref, t *taps, bits []ref) ref {
	terms := slices.Repeat([]ref{g.Const(datapath.Bit, 0)}, g.p.terms)
	last := len(g.p.shifts) - 1
	for i := last; i >= 0; i-- {
		if i < last || g.p.segments > 1 {
			g.cut(append(append(t.refs(), refs(bits)...), append(refs(terms), &x)...)...)
		}
		shifted := g.shifted(x, i)
		for j, v := range terms {
			terms[j] = g.Named(g.Mux(g.hit(t, j, i), shifted, g.Cast(v, g.Type(shifted))), "term%d", j)
		}
		if i > 0 {
			x = g.needed(x, i-1)
		}
	}
	var sum ref
	for j, v := range terms {
		if term := g.signed(g.p.sum, v, g.sign(t, j)); j == 0 {
			sum = term
		} else {
			sum = g.Named(g.Add(g.p.sum, sum, term), "sum%d", j)
		}
	}
	return sum
}

// signed is v, or its complement where negative: see plan.complements.
func (g *generator) signed(t datapath.Type, v, negative ref) ref {
	mask := g.Cast(g.Cast(negative, datapath.Type{Width: 1, Signed: true}), t)
	return g.Xor(g.Cast(v, t), mask)
}

// addend is what a stage contributes: as many times its value as it has hits, or
// the complement.
func (g *generator) addend(t datapath.Type, shifted ref, hits []ref, negative ref) ref {
	count := unsigned(addressWidth(g.p.terms + 1))
	times := g.Cast(hits[0], count)
	for _, hit := range hits[1:] {
		times = g.Add(count, times, hit)
	}
	v := g.Const(t, 0)
	multiple := v
	for n := 1; n <= g.p.terms; n++ {
		multiple = g.Add(t, multiple, shifted)
		v = g.Mux(g.Equal(times, g.Const(count, int64(n))), multiple, v)
	}
	return g.signed(t, v, negative)
}

// aligned is the input without the low bits that the smallest shift drops, if it
// is one to the right: no stage needs them.
func (g *generator) aligned(x ref) ref {
	if g.p.terms == 0 {
		return x
	}
	drop := max(0, g.p.shiftOf(0))
	t := g.p.seen
	t.Width = max(1, t.Width-drop)
	return g.needed(g.Cast(g.Shr(x, min(drop, 63)), t), len(g.p.shifts)-1)
}

// shifted is the aligned input as stage i adds it.
func (g *generator) shifted(x ref, i int) ref {
	t := g.p.shiftedType(i)
	by := g.p.shiftOf(i) - max(0, g.p.shiftOf(0))
	if by < 0 {
		return g.Named(g.Shl(t, x, -by), "shift%d", i)
	}
	return g.Named(g.Cast(g.Shr(x, min(by, 63)), t), "shift%d", i)
}

// needed keeps the bits of the aligned input that stage i and those of smaller
// shifts add.
func (g *generator) needed(x ref, i int) ref {
	t := g.Type(x)
	t.Width = max(1, min(t.Width, g.p.sum.Width+g.p.shiftOf(i)-max(0, g.p.shiftOf(0))))
	return g.Cast(x, t)
}

// population is how many of the bits are set. What is carried comes along.
func (g *generator) population(bits []ref, carried ...*ref) ref {
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
			g.cut(refs(bits, carried...)...)
		}
	}
	return bits[0]
}
