package passes

import (
	"slices"

	"grauc/ir/datapath"
)

// fold computes what is constant and replaces operations by simpler ones. It is
// what makes a unit with a constant configuration as small as one written by hand.
func fold(m *datapath.Module) {
	rewrite(m, func(w *rewriter, n *datapath.Node) ref { return (&folder{w}).emit(n) })
}

// folder is a rewriter whose new values are simplified as they are written.
type folder struct{ *rewriter }

// rules are the simplifications of each operation: what takes the place of n, if
// anything does. Operands are simplified already.
var rules [datapath.OpReg + 1]func(*folder, *datapath.Node) (ref, bool)

func init() {
	rules = [...]func(*folder, *datapath.Node) (ref, bool){
		datapath.OpCast:  (*folder).cast,
		datapath.OpAdd:   (*folder).add,
		datapath.OpSub:   (*folder).sub,
		datapath.OpShl:   (*folder).shl,
		datapath.OpShr:   (*folder).shr,
		datapath.OpLess:  (*folder).less,
		datapath.OpEqual: (*folder).equal,
		datapath.OpAnd:   (*folder).and,
		datapath.OpOr:    (*folder).or,
		datapath.OpXor:   (*folder).xor,
		datapath.OpNot:   (*folder).not,
		datapath.OpMux:   (*folder).mux,
		datapath.OpReg:   (*folder).reg,
	}
}

// emit is the simplest value found that equals n.
func (f *folder) emit(n *datapath.Node) ref {
	if v, ok := f.constant(n); ok {
		return f.konst(n.Type, v)
	}
	if rule := rules[n.Op]; rule != nil {
		if r, ok := rule(f, n); ok {
			return r
		}
	}
	if r, ok := f.distribute(n); ok {
		return r
	}
	r := f.value(*n)
	if b := f.bounds(r); b.Min == b.Max && n.Op != datapath.OpConst && n.Op != datapath.OpInput {
		return f.konst(n.Type, b.Min)
	}
	return r
}

// constant computes n where all its operands are constants.
func (f *folder) constant(n *datapath.Node) (int64, bool) {
	switch n.Op {
	case datapath.OpInput, datapath.OpConst, datapath.OpRead, datapath.OpReg:
		return 0, false
	}
	if slices.ContainsFunc(n.Args, func(a ref) bool { return !f.isConst(a) }) {
		return 0, false
	}
	args := make([]int64, len(n.Args))
	for i, a := range n.Args {
		args[i] = f.node(a).Value
	}
	return n.Apply(args...), true
}

func (f *folder) konst(t datapath.Type, v int64) ref {
	return f.value(datapath.Node{Op: datapath.OpConst, Type: t, Value: t.Wrap(v)})
}

// is reports whether r is the constant v.
func (f *folder) is(r ref, v int64) bool {
	n := f.node(r)
	return n.Op == datapath.OpConst && n.Value == v
}

func (f *folder) isConst(r ref) bool { return f.node(r).Op == datapath.OpConst }

func (f *folder) op(op datapath.Op, t datapath.Type, args ...ref) ref {
	return f.emit(&datapath.Node{Op: op, Type: t, Args: args})
}

func (f *folder) shift(op datapath.Op, t datapath.Type, v ref, amount int) ref {
	return f.emit(&datapath.Node{Op: op, Type: t, Args: []ref{v}, Amount: amount})
}

func (f *folder) castTo(t datapath.Type, v ref) ref {
	if f.typ(v) == t {
		return v
	}
	return f.op(datapath.OpCast, t, v)
}

// allOnes is the value whose bits are all 1.
func allOnes(t datapath.Type) int64 { return t.Wrap(-1) }

// extended is v where r is a cast of v that changes no value.
func (f *folder) extended(r ref) (ref, bool) {
	n := f.node(r)
	if n.Op == datapath.OpCast && n.Type.Covers(f.typ(n.Args[0])) {
		return n.Args[0], true
	}
	return 0, false
}

func (f *folder) cast(n *datapath.Node) (ref, bool) {
	v := n.Args[0]
	if f.typ(v) == n.Type {
		return v, true
	}
	inner := f.node(v)
	if inner.Op == datapath.OpCast {
		from := inner.Args[0]
		if n.Type.Width <= inner.Type.Width || inner.Type.Covers(f.typ(from)) {
			return f.castTo(n.Type, from), true
		}
	}
	return 0, false
}

func (f *folder) shl(n *datapath.Node) (ref, bool) {
	v := n.Args[0]
	switch inner := f.node(v); {
	case n.Amount == 0:
		return v, true
	case n.Amount >= n.Type.Width:
		return f.konst(n.Type, 0), true
	case inner.Op == datapath.OpShl:
		return f.shift(datapath.OpShl, n.Type, inner.Args[0], min(63, n.Amount+inner.Amount)), true
	}
	return 0, false
}

func (f *folder) shr(n *datapath.Node) (ref, bool) {
	v := n.Args[0]
	inner := f.node(v)
	switch {
	case n.Amount == 0:
		return v, true
	case n.Amount >= n.Type.Width && n.Type.Signed:
		return f.shift(datapath.OpShr, n.Type, v, n.Type.Width-1), true
	case n.Amount >= n.Type.Width:
		return f.konst(n.Type, 0), true
	case inner.Op == datapath.OpShr:
		return f.shift(datapath.OpShr, n.Type, inner.Args[0], min(63, n.Amount+inner.Amount)), true
	case inner.Op == datapath.OpShl && !f.shifted(inner):
		if inner.Amount > n.Amount {
			return f.shift(datapath.OpShl, n.Type, inner.Args[0], inner.Amount-n.Amount), true
		}
		return f.shift(datapath.OpShr, n.Type, inner.Args[0], n.Amount-inner.Amount), true
	}
	if from, ok := f.extended(v); ok {
		return f.castTo(n.Type, f.shift(datapath.OpShr, f.typ(from), from, n.Amount)), true
	}
	if inner.Op == datapath.OpCast {
		// The cast after a shift to the right drops bits that are empty by then.
		from := f.node(inner.Args[0])
		if b := f.bounds(inner.Args[0]); from.Op == datapath.OpShr && inner.Type.Contains(b.Min) && inner.Type.Contains(b.Max) {
			return f.castTo(n.Type, f.shift(datapath.OpShr, from.Type, inner.Args[0], n.Amount)), true
		}
	}
	return 0, false
}

// shifted reports whether a left shift may lose bits.
func (f *folder) shifted(n *datapath.Node) bool {
	b := f.bounds(n.Args[0])
	return b.Min<<n.Amount>>n.Amount != b.Min || b.Max<<n.Amount>>n.Amount != b.Max ||
		!n.Type.Contains(b.Min<<n.Amount) || !n.Type.Contains(b.Max<<n.Amount)
}

func (f *folder) add(n *datapath.Node) (ref, bool) {
	x, y := n.Args[0], n.Args[1]
	if f.isConst(x) {
		x, y = y, x
	}
	if f.is(y, 0) {
		return x, true
	}
	if f.isConst(y) {
		if r, ok := f.increased(n.Type, x, f.node(y).Value); ok {
			return r, true
		}
	}
	for _, pair := range [][2]ref{{x, y}, {y, x}} {
		// x + ^y is x - 1 - y: worth it where the 1 vanishes in a constant.
		if inner := f.node(pair[1]); inner.Op == datapath.OpNot {
			if less, ok := f.increased(n.Type, pair[0], -1); ok {
				return f.op(datapath.OpSub, n.Type, less, inner.Args[0]), true
			}
		}
	}
	return 0, false
}

// increased is x + c where a constant inside x takes it up.
func (f *folder) increased(t datapath.Type, x ref, c int64) (ref, bool) {
	n := *f.node(x)
	switch n.Op {
	case datapath.OpConst:
		return f.konst(t, n.Value+c), true
	case datapath.OpAdd:
		for i, other := range []int{1, 0} {
			if inner, ok := f.increased(t, n.Args[i], c); ok {
				return f.op(datapath.OpAdd, t, inner, n.Args[other]), true
			}
		}
	case datapath.OpSub:
		if inner, ok := f.increased(t, n.Args[0], c); ok {
			return f.op(datapath.OpSub, t, inner, n.Args[1]), true
		}
	}
	return 0, false
}

func (f *folder) sub(n *datapath.Node) (ref, bool) {
	x, y := n.Args[0], n.Args[1]
	switch {
	case f.is(y, 0):
		return x, true
	case x == y:
		return f.konst(n.Type, 0), true
	case f.isConst(y) && n.Type.Contains(-f.node(y).Value):
		return f.op(datapath.OpAdd, n.Type, x, f.konst(n.Type, -f.node(y).Value)), true
	}
	return 0, false
}

func (f *folder) and(n *datapath.Node) (ref, bool) {
	for i, v := range n.Args {
		other := n.Args[1-i]
		switch {
		case f.is(v, 0):
			return v, true
		case f.is(v, allOnes(n.Type)), v == other, n.Type == datapath.Bit && f.implies(other, v):
			return other, true
		case f.opposite(v, other):
			return f.konst(n.Type, 0), true
		}
	}
	return 0, false
}

func (f *folder) or(n *datapath.Node) (ref, bool) {
	for i, v := range n.Args {
		other := n.Args[1-i]
		switch {
		case f.is(v, 0), v == other, n.Type == datapath.Bit && f.implies(v, other):
			return other, true
		case f.is(v, allOnes(n.Type)):
			return v, true
		case f.opposite(v, other):
			return f.konst(n.Type, -1), true
		}
	}
	return 0, false
}

func (f *folder) xor(n *datapath.Node) (ref, bool) {
	for i, v := range n.Args {
		other := n.Args[1-i]
		switch {
		case f.is(v, 0):
			return other, true
		case f.is(v, allOnes(n.Type)):
			return f.op(datapath.OpNot, n.Type, other), true
		case v == other:
			return f.konst(n.Type, 0), true
		}
	}
	return 0, false
}

func (f *folder) not(n *datapath.Node) (ref, bool) {
	if inner := f.node(n.Args[0]); inner.Op == datapath.OpNot {
		return inner.Args[0], true
	}
	return 0, false
}

// opposite reports whether one is the complement of the other.
func (f *folder) opposite(a, b ref) bool {
	na, nb := f.node(a), f.node(b)
	return na.Op == datapath.OpNot && na.Args[0] == b || nb.Op == datapath.OpNot && nb.Args[0] == a
}

// less drops extensions from both sides.
func (f *folder) less(n *datapath.Node) (ref, bool) {
	if n.Args[0] == n.Args[1] {
		return f.konst(datapath.Bit, 0), true
	}
	return f.compared(n)
}

func (f *folder) equal(n *datapath.Node) (ref, bool) {
	x, y := n.Args[0], n.Args[1]
	if f.isConst(x) {
		x, y = y, x
	}
	switch {
	case x == y:
		return f.konst(datapath.Bit, 1), true
	case f.typ(x) == datapath.Bit && f.is(y, 1):
		return x, true
	case f.typ(x) == datapath.Bit && f.is(y, 0):
		return f.op(datapath.OpNot, datapath.Bit, x), true
	}
	if r, ok := f.countIs(x, y); ok {
		return r, true
	}
	return f.compared(n)
}

// compared compares before the extension what is extended alike, or extended and
// compared with a constant.
func (f *folder) compared(n *datapath.Node) (ref, bool) {
	x, xok := f.extended(n.Args[0])
	y, yok := f.extended(n.Args[1])
	switch {
	case xok && yok && f.typ(x) == f.typ(y):
	case xok && f.isConst(n.Args[1]) && f.typ(x).Contains(f.node(n.Args[1]).Value):
		y = f.konst(f.typ(x), f.node(n.Args[1]).Value)
	case yok && f.isConst(n.Args[0]) && f.typ(y).Contains(f.node(n.Args[0]).Value):
		x = f.konst(f.typ(y), f.node(n.Args[0]).Value)
	default:
		return 0, false
	}
	return f.op(n.Op, datapath.Bit, x, y), true
}

// countIs is the comparison of the number of set bits among two with a constant.
func (f *folder) countIs(sum, c ref) (ref, bool) {
	n := *f.node(sum)
	if n.Op != datapath.OpAdd || !f.isConst(c) || n.Type.Width < 2 {
		return 0, false
	}
	a, aok := f.extended(n.Args[0])
	b, bok := f.extended(n.Args[1])
	if !aok || !bok || f.typ(a) != datapath.Bit || f.typ(b) != datapath.Bit {
		return 0, false
	}
	switch f.node(c).Value {
	case 0:
		return f.op(datapath.OpNot, datapath.Bit, f.op(datapath.OpOr, datapath.Bit, a, b)), true
	case 1:
		return f.op(datapath.OpXor, datapath.Bit, a, b), true
	case 2:
		return f.op(datapath.OpAnd, datapath.Bit, a, b), true
	}
	return 0, false
}

// implies reports whether a is 0 or b is 1 for certain: x >= 7 implies x >= 5.
func (f *folder) implies(a, b ref) bool {
	if a == b {
		return true
	}
	x, low, below := f.bound(a)
	y, high, below2 := f.bound(b)
	if x < 0 || x != y || below != below2 {
		return false
	}
	return below && low <= high || !below && low >= high
}

// bound recognizes x < c and x >= c; x is -1 where r is neither.
func (f *folder) bound(r ref) (x ref, c int64, below bool) {
	n, below := f.node(r), true
	if n.Op == datapath.OpNot {
		n, below = f.node(n.Args[0]), false
	}
	if n.Op != datapath.OpLess || !f.isConst(n.Args[1]) {
		return -1, 0, false
	}
	return n.Args[0], f.node(n.Args[1]).Value, below
}

func (f *folder) reg(n *datapath.Node) (ref, bool) {
	if len(n.Args) == 2 && f.is(n.Args[1], 1) {
		return f.emit(&datapath.Node{Op: datapath.OpReg, Type: n.Type, Args: n.Args[:1], Name: n.Name, Reset: n.Reset, Start: n.Start}), true
	}
	// What a register holds before its first input is unknown: it may as well be
	// the constant.
	d := n.Args[0]
	holds := func(v *int64) bool { return v == nil || f.is(d, *v) }
	if f.isConst(d) && holds(n.Reset) && holds(n.Start) {
		return d, true
	}
	return 0, false
}
