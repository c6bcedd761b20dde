package lower

import (
	"slices"

	"grauc/ir/datapath"
)

// addends are what is added to the bias. Those of a chain are ready to be added.
type addends struct {
	values           []ref
	enable, negative []ref // of each value; nil: all are added
}

func (a *addends) refs() []*ref {
	return append(refs(a.values), append(refs(a.enable), refs(a.negative)...)...)
}

// term is addend j as it is added.
func (g *generator) term(a *addends, j int) ref {
	v := g.Cast(a.values[j], g.p.sum)
	if a.enable == nil {
		return v
	}
	v = g.Mux(a.enable[j], v, g.Const(g.p.sum, 0))
	return g.signed(g.p.sum, v, a.negative[j])
}

// barrel shifts for each term by its own amount, two bits of it in a stage, the
// upper ones first.
func (g *generator) barrel(x ref, t *taps, bits []ref) addends {
	values := slices.Repeat([]ref{g.leftmost(x)}, g.p.terms)
	for low := (g.p.indexWidth() - 1) &^ 1; low >= 0; low -= 2 {
		g.cut(append(append(t.refs(), refs(bits)...), refs(values)...)...)
		for j := range values {
			values[j] = g.Named(g.quarter(values[j], t.index[j], low), "shifted%d", j)
		}
	}
	return addends{values, t.enable, t.negative}
}

// leftmost is the aligned input as far to the left as any term wants it.
func (g *generator) leftmost(x ref) ref {
	left := max(0, -g.p.shiftOf(0))
	t := g.Type(x)
	t.Width += left
	return g.Named(g.Shl(t, x, left), "wide")
}

// quarter shifts v by what the bits of the index from low on say, two of them if it
// has so many.
func (g *generator) quarter(v, index ref, low int) ref {
	bit := func(at int) ref { return g.Cast(g.Shr(index, at), datapath.Bit) }
	by := func(n int) ref { return g.Shr(v, min(n<<low, 63)) }
	even := g.Mux(bit(low), by(1), by(0))
	if low+1 >= g.p.indexWidth() {
		return even
	}
	return g.Mux(bit(low+1), g.Mux(bit(low), by(3), by(2)), even)
}
