package pwl

import "grauc/ir"

// View is what the segments of a function are of: w(x) = x >> Shift, held to Codes.
// Where it has no Codes that is x itself.
type View struct {
	Shift int
	Codes ir.Integer
}

// Of is w(x).
func (v View) Of(x int64) int64 {
	if v == (View{}) {
		return x
	}
	return v.Codes.Clamp(x >> v.Shift)
}

// Inputs are the first and the last input code that look like w, which some must.
func (v View) Inputs(w int64, in ir.Integer) (first, last int64) {
	if v == (View{}) {
		return w, w
	}
	first, last = in.Min(), in.Max()
	if w > v.Codes.Min() {
		first = max(first, w<<v.Shift)
	}
	if w < v.Codes.Max() {
		last = min(last, (w+1)<<v.Shift-1)
	}
	return first, last
}

// Part is a stretch of what is seen, Lo to Hi, each of which is Each inputs. They
// begin at First.
type Part struct{ Lo, Hi, First, Each int64 }

// input is the first input that looks like w.
func (p Part) input(w int64) int64 { return p.First + (w-p.Lo)*p.Each }

// Parts splits the inputs lo..hi into parts, in ascending order: cut ends and the
// inputs that are held to an end of the window are parts of their own.
func (v View) Parts(lo, hi int64, in ir.Integer, tell func(Part)) {
	if v == (View{}) {
		tell(Part{lo, hi, lo, 1})
		return
	}
	each := int64(1) << v.Shift
	for lo <= hi {
		w := v.Of(lo)
		p := Part{w, w, lo, 0}
		_, last := v.Inputs(w, in)
		last = min(last, hi)
		if p.Each = last - lo + 1; p.Each == each {
			p.Hi = max(w, min(v.Codes.Max()-1, (hi+1)>>v.Shift-1))
			last = lo + (p.Hi-w+1)*each - 1
		}
		tell(p)
		lo = last + 1
	}
}

// Seen are the codes that the inputs look like.
func (v View) Seen(in ir.Integer) ir.Integer {
	if v == (View{}) {
		return in
	}
	if !in.Signed {
		room := v.Codes.Width
		if v.Codes.Signed {
			room--
		}
		return ir.Integer{Width: min(max(in.Width-v.Shift, 0), room)}
	}
	s := ir.Integer{Width: min(max(in.Width-v.Shift, 1), v.Codes.Width), Signed: true}
	s.Narrow = in.Narrow && v.Shift == 0 && in.Width <= v.Codes.Width
	return s
}
