package lower

import (
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// window is the front end that makes w of x: a shift to the right by one of
// first..last, and then the nearest code of seen.
type window struct {
	first, last int
	saturates   bool // something is beyond the codes of seen after the least shift
}

// windowOf is the front end of a unit.
func windowOf(shape *ir.Shape, in ir.Integer) *window {
	s := shape.Window
	if s.Bits == 0 {
		return nil
	}
	return &window{s.MinShift, s.MaxShift, s.MinShift+s.Bits < in.Width}
}

// windowFor is the front end that fixed functions need.
func windowFor(fs []*pwl.Function) *window {
	if fs[0].View == (pwl.View{}) {
		return nil
	}
	v := fs[0].View
	w := &window{v.Shift, v.Shift, false}
	for _, f := range fs {
		w.first, w.last = min(w.first, f.View.Shift), max(w.last, f.View.Shift)
	}
	w.saturates = w.first+v.Codes.Width < signedLike(datapath.TypeOf(fs[0].Input), datapath.TypeOf(v.Codes)).Width
	return w
}

// signedLike is the type of inputs on a datapath that looks at a type: a layer of
// unsigned codes may run where they are signed.
func signedLike(in, seen datapath.Type) datapath.Type {
	if seen.Signed && !in.Signed {
		return datapath.Type{Width: in.Width + 1, Signed: true}
	}
	return in
}

// indexWidth is the number of bits that say by how much more than first to shift.
func (w *window) indexWidth() int { return addressWidth(w.last - w.first + 1) }

const prescaleName = "prescale"

// front is x on its way through the front end.
type front struct {
	x        ref
	negative ref // x is below 0
	beyond   ref // the bits cut off so far are not all like the sign
	index    ref // of the shift
}

// look turns x, as it comes in, into w, which comes out of a register.
func (g *generator) look(x ref) ref {
	w := g.p.window
	if w == nil {
		g.cut(&x)
		return g.Cast(x, g.p.seen)
	}
	t := signedLike(g.p.input, g.p.seen)
	x = g.Cast(x, t)
	t.Width = max(1, t.Width-w.first)
	x = g.Cast(g.Shr(x, min(w.first, 63)), t)
	if w.first == w.last && !w.saturates {
		x = g.Cast(x, g.p.seen)
		g.cut(&x)
		return x
	}
	f := &front{x: x, beyond: g.Const(datapath.Bit, 0), negative: g.Const(datapath.Bit, 0), index: g.Const(datapath.Bit, 0)}
	if t.Signed {
		f.negative = g.Named(g.Less(x, g.Const(t, 0)), "negative")
	}
	g.cut(&f.x, &f.negative)
	if w.first < w.last {
		g.loadedHere(prescaleName, g.channel)
		f.index = g.read(prescaleName)
		g.readStage(&f.x, &f.negative, &f.index)
	}
	g.prescale(f)
	return g.saturateTo(f)
}

// prescale shifts by two bits of the index in a stage, the upper ones first, and keeps
// as many bits as what is left of the index can still bring into the window.
func (g *generator) prescale(f *front) {
	n := g.p.window.indexWidth()
	for low := (n - 1) &^ 1; low >= 0 && n > 0; low -= 2 {
		g.narrowTo(f, low, min(2, n-low))
		g.cut(&f.x, &f.negative, &f.beyond, &f.index)
	}
	if n == 0 {
		g.narrowTo(f, 0, 0)
		g.cut(&f.x, &f.negative, &f.beyond)
	}
}

// narrowTo shifts by the bits of the index from low on.
func (g *generator) narrowTo(f *front, low, bits int) {
	from := g.Type(f.x)
	to := from
	to.Width = min(from.Width, g.p.seen.Width+1<<low-1)
	shifted, fits := make([]ref, 1<<bits), make([]ref, 1<<bits)
	for i := len(shifted) - 1; i >= 0; i-- {
		by := i << low
		shifted[i] = g.Cast(g.Shr(f.x, min(by, 63)), to)
		fits[i] = g.like(f, to.Width+by-g.signBits(), to.Width+by-g.signBits()+1<<low)
		if i+1 < len(fits) {
			fits[i] = g.And(fits[i], fits[i+1])
		} else {
			fits[i] = g.like(f, to.Width+by-g.signBits(), from.Width)
		}
	}
	f.x = g.Named(g.byBits(f.index, low, shifted), "prescaled")
	f.beyond = g.Named(g.Or(f.beyond, g.Not(g.byBits(f.index, low, fits))), "beyond")
}

// signBits is how many bits of w say its sign.
func (g *generator) signBits() int {
	if g.p.seen.Signed {
		return 1
	}
	return 0
}

// perLook is how many bits one look-up table compares with the sign.
const perLook = 5

// like reports whether the bits of x from first up to but not including end are like
// its sign.
func (g *generator) like(f *front, first, end int) ref {
	end = min(end, g.Type(f.x).Width)
	like := g.Const(datapath.Bit, 1)
	for ; first < end; first += perLook {
		t := unsigned(min(perLook, end-first))
		sign := g.Cast(g.Cast(f.negative, datapath.Type{Width: 1, Signed: true}), t)
		like = g.And(like, g.Equal(g.Cast(g.Shr(f.x, first), t), sign))
	}
	return like
}

// byBits is the value whose number is in the bits of index from low on.
func (g *generator) byBits(index ref, low int, values []ref) ref {
	if len(values) == 1 {
		return values[0]
	}
	half := len(values) / 2
	top := low + addressWidth(len(values)) - 1
	bit := g.Cast(g.Shr(index, top), datapath.Bit)
	return g.Mux(bit, g.byBits(index, low, values[half:]), g.byBits(index, low, values[:half]))
}

// saturateTo holds what is beyond the window to its end on that side.
func (g *generator) saturateTo(f *front) ref {
	x := g.Cast(f.x, g.p.seen)
	if !g.p.window.saturates {
		return x
	}
	end := g.Mux(f.negative, g.Const(g.p.seen, g.p.seen.Min()), g.Const(g.p.seen, g.p.seen.Max()))
	x = g.Named(g.Mux(f.beyond, end, x), "w")
	g.cut(&x)
	return x
}
