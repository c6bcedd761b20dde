package lower

import (
	"fmt"

	"grauc/ir"
)

// searchBy makes the plan one whose segments are numbered by a search, if that is how
// they are to be found: their number is rounded up to a power of two.
func (p *plan) searchBy(search ir.Search) {
	if p.style == ir.Serial {
		search = ir.Binary
	}
	if p.segments == 1 || search == ir.Comparators {
		return
	}
	p.segments = 1 << addressWidth(p.segments)
	p.selection, p.search = selectNumber, search
}

// depth is the number of levels of the search.
func (p *plan) depth() int { return addressWidth(p.segments) }

// levels are the memories of the thresholds, one for each level of the search: those
// in the middle of what the way so far, which is the address, has left.
func (p *plan) levels() []store {
	var stores []store
	for level := range p.depth() {
		s := store{name: fmt.Sprintf("level%d", level)}
		for way := range 1 << level {
			k := (2*way + 1) << (p.depth() - 1 - level)
			f := p.threshold(k)
			f.word = k
			s.fields = append(s.fields, f)
		}
		stores = append(stores, s)
	}
	return stores
}

// searched is the sum whose parameters are read at the number of the segment.
func (g *generator) searched(x ref) ref {
	number := g.number(&x)
	if g.p.counts() {
		first := g.read("bias0")
		g.readStage(&number, &first)
		return g.stepped(first, number)
	}
	var terms addends
	way := []ref{number}
	if g.p.terms > 0 {
		terms = g.shifter(x, g.taps(g.slopeAt(number)), way)
	}
	bias := g.Named(g.readAt("bias", way[0]), "bias")
	if g.p.terms == 0 {
		return bias
	}
	g.cut(append(terms.refs(), &bias)...) // a block memory is slow to deliver
	sum := g.add(bias, terms)
	g.cut(&sum)
	return sum
}

// number is the number of the segment that holds x. On return x, aligned for the
// shifters, belongs to the same stage.
func (g *generator) number(x *ref) ref {
	if g.p.search == ir.Cascade {
		return g.cascade(x)
	}
	return g.descend(x)
}

// descend compares x, at each level, with the threshold that the way so far leads to.
func (g *generator) descend(x *ref) ref {
	var number ref
	for level := range g.p.depth() {
		threshold := g.levelAt(level, number)
		words := []*ref{x, &threshold}
		if level > 0 {
			words = append(words, &number)
		}
		if level > 0 || g.p.channels > 1 {
			g.cut(words...)
		}
		upper := g.Named(g.reached(*x, threshold), "upper%d", level)
		if level == 0 {
			number = upper
		} else {
			t := unsigned(level + 1)
			number = g.Named(g.Or(g.Shl(t, number, 1), g.Cast(upper, t)), "way%d", level)
		}
		if level == g.p.depth()-1 {
			*x = g.aligned(*x)
		}
		g.cut(x, &number)
	}
	return number
}

// levelAt is the threshold of a level at the way so far.
func (g *generator) levelAt(level int, way ref) ref {
	name := fmt.Sprintf("level%d", level)
	if level == 0 {
		return g.read("%s", name)
	}
	return g.readAt(name, way)
}

// slopeAt reads the words of a slope.
func (g *generator) slopeAt(number ref) []ref {
	if !g.p.decoded {
		return []ref{g.readAt("slope", number)}
	}
	var words []ref
	for i := range g.p.taps() {
		words = append(words, g.readAt(fmt.Sprintf("tap_%d", i), number))
	}
	for i := range g.p.signs() {
		words = append(words, g.readAt(fmt.Sprintf("minus_%d", i), number))
	}
	return words
}
