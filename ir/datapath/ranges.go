package datapath

import (
	"math"
	"math/bits"
)

// Range says what a value can be. Min and Max bound the value itself. ExactMin and
// ExactMax bound the result of the operation before it is wrapped, held to the
// int64 range; Wraps is false where the two are the same for every input, so that
// a target need not wrap.
type Range struct {
	Min, Max           int64
	ExactMin, ExactMax int64
	Wraps              bool
}

// Contains reports whether v lies within Min and Max.
func (r Range) Contains(v int64) bool { return r.Min <= v && v <= r.Max }

// Ranges bounds every value of a module that verifies. A register counts as
// holding what is put into it, not its contents before that, which are unknown.
func Ranges(m *Module) []Range { return ExtendRanges(m, make([]Range, 0, len(m.Nodes))) }

// ExtendRanges adds the ranges of the values that were appended to m since known
// was computed.
func ExtendRanges(m *Module, known []Range) []Range {
	for i := len(known); i < len(m.Nodes); i++ {
		known = append(known, rangeOf(m, &m.Nodes[i], Ref(i), known))
	}
	return known
}

func rangeOf(m *Module, n *Node, self Ref, a []Range) Range {
	arg := func(i int) Range { return a[n.Args[i]] }
	t := n.Type
	switch n.Op {
	case OpConst:
		return within(n.Value, n.Value)
	case OpCast:
		return wrapped(t, arg(0).Min, arg(0).Max, false)
	case OpAdd:
		x, y := arg(0), arg(1)
		lo, over1 := addSat(x.Min, y.Min)
		hi, over2 := addSat(x.Max, y.Max)
		return wrapped(t, lo, hi, over1 || over2)
	case OpSub:
		x, y := arg(0), arg(1)
		lo, over1 := subSat(x.Min, y.Max)
		hi, over2 := subSat(x.Max, y.Min)
		return wrapped(t, lo, hi, over1 || over2)
	case OpShl:
		lo, over1 := shlSat(arg(0).Min, n.Amount)
		hi, over2 := shlSat(arg(0).Max, n.Amount)
		return wrapped(t, lo, hi, over1 || over2)
	case OpShr:
		return within(arg(0).Min>>n.Amount, arg(0).Max>>n.Amount)
	case OpLess:
		return decided(arg(0).Max < arg(1).Min, arg(0).Min >= arg(1).Max)
	case OpEqual:
		x, y := arg(0), arg(1)
		return decided(x.Min == x.Max && y.Min == y.Max && x.Min == y.Min, x.Max < y.Min || y.Max < x.Min)
	case OpAnd:
		return andRange(t, arg(0), arg(1))
	case OpOr, OpXor:
		return orRange(t, arg(0), arg(1))
	case OpNot:
		if t.Signed {
			return within(^arg(0).Max, ^arg(0).Min)
		}
		return within(t.Max()-arg(0).Max, t.Max()-arg(0).Min)
	case OpMux:
		if r, ok := extremeRange(m, n, a); ok {
			return r
		}
		return muxRange(arg(0), arg(1), arg(2))
	case OpTable:
		return wordsRange(n.Table, arg(0))
	case OpRead:
		if held := m.Mems[n.Mem].Held; held != nil {
			return wordsRange(held, arg(0))
		}
	case OpReg:
		return registerRange(n, self, a)
	}
	return within(t.Min(), t.Max())
}

func within(lo, hi int64) Range { return Range{Min: lo, Max: hi, ExactMin: lo, ExactMax: hi} }

// wrapped is what becomes of an exact interval in type t.
func wrapped(t Type, lo, hi int64, saturated bool) Range {
	r := Range{Min: lo, Max: hi, ExactMin: lo, ExactMax: hi}
	if saturated || lo < t.Min() || hi > t.Max() {
		r.Wraps = true
		r.Min, r.Max = t.Min(), t.Max()
		if !saturated && uint64(hi)-uint64(lo) <= uint64(t.Max())-uint64(t.Min()) && t.Wrap(lo) <= t.Wrap(hi) {
			r.Min, r.Max = t.Wrap(lo), t.Wrap(hi)
		}
	}
	return r
}

func decided(yes, no bool) Range {
	switch {
	case yes:
		return within(1, 1)
	case no:
		return within(0, 0)
	}
	return within(0, 1)
}

func muxRange(sel, then, els Range) Range {
	switch {
	case sel.Min == 1:
		return within(then.Min, then.Max)
	case sel.Max == 0:
		return within(els.Min, els.Max)
	}
	return within(min(then.Min, els.Min), max(then.Max, els.Max))
}

// extremeRange is the range of a multiplexer that takes the smaller or the larger of
// the two values it compares, as a clamp does.
func extremeRange(m *Module, n *Node, a []Range) (Range, bool) {
	sel, then, els := &m.Nodes[n.Args[0]], n.Args[1], n.Args[2]
	if sel.Op != OpLess {
		return Range{}, false
	}
	x, y := a[then], a[els]
	switch {
	case m.same(sel.Args[0], then) && m.same(sel.Args[1], els):
		return within(min(x.Min, y.Min), min(x.Max, y.Max)), true
	case m.same(sel.Args[0], els) && m.same(sel.Args[1], then):
		return within(max(x.Min, y.Min), max(x.Max, y.Max)), true
	}
	if inner := &m.Nodes[els]; inner.Op == OpMux && m.same(sel.Args[1], then) {
		return m.clampRange(sel.Args[0], then, inner, a)
	}
	return Range{}, false
}

// clampRange is the range of "v < lo ? lo : hi < v ? hi : v", both comparisons of v
// itself: what is left of inner is at least lo, or hi where that is less.
func (m *Module) clampRange(v, lo Ref, inner *Node, a []Range) (Range, bool) {
	sel, hi := &m.Nodes[inner.Args[0]], inner.Args[1]
	if sel.Op != OpLess || !m.same(sel.Args[0], hi) || sel.Args[1] != v || inner.Args[2] != v {
		return Range{}, false
	}
	return within(min(a[lo].Min, a[hi].Min), max(a[lo].Max, min(a[hi].Max, a[v].Max))), true
}

// same reports whether two references are to one value, or to equal constants.
func (m *Module) same(x, y Ref) bool {
	a, b := &m.Nodes[x], &m.Nodes[y]
	return x == y || a.Op == OpConst && b.Op == OpConst && a.Value == b.Value
}

// andRange: clearing bits never raises a value, and never makes it negative unless
// both operands can be.
func andRange(t Type, x, y Range) Range {
	switch {
	case x.Min >= 0 && y.Min >= 0:
		return within(0, min(x.Max, y.Max))
	case x.Min >= 0:
		return within(0, x.Max)
	case y.Min >= 0:
		return within(0, y.Max)
	}
	lo, hi := spread(x, y)
	return within(max(lo, t.Min()), min(hi, t.Max()))
}

func orRange(t Type, x, y Range) Range {
	lo, hi := spread(x, y)
	return within(max(lo, t.Min()), min(hi, t.Max()))
}

// spread is the range of the two's complement numbers of as many bits as the wider
// operand needs: no bitwise operation leaves it.
func spread(x, y Range) (lo, hi int64) {
	width := 0
	for _, v := range []int64{x.Min, x.Max, y.Min, y.Max} {
		width = max(width, bits.Len64(uint64(v^v>>63)))
	}
	hi = int64(uint64(1)<<width - 1)
	if x.Min < 0 || y.Min < 0 {
		return -hi - 1, hi
	}
	return 0, hi
}

func wordsRange(words []int64, index Range) Range {
	first, last := index.Min, index.Max
	n := int64(len(words))
	if first >= n {
		return within(0, 0)
	}
	lo, hi := words[first], words[first]
	for _, w := range words[first:min(last+1, n)] {
		lo, hi = min(lo, w), max(hi, w)
	}
	if last >= n {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	return within(lo, hi)
}

// registerRange knows nothing of a register whose input comes later in the order.
func registerRange(n *Node, self Ref, a []Range) Range {
	if len(n.Args) == 0 || n.Args[0] >= self {
		return within(n.Type.Min(), n.Type.Max())
	}
	d := a[n.Args[0]]
	lo, hi := d.Min, d.Max
	for _, v := range []*int64{n.Reset, n.Start} {
		if v != nil {
			lo, hi = min(lo, *v), max(hi, *v)
		}
	}
	return within(lo, hi)
}

func addSat(x, y int64) (int64, bool) {
	s := x + y
	if (s > x) == (y > 0) || y == 0 {
		return s, false
	}
	return limit(y < 0), true
}

func subSat(x, y int64) (int64, bool) {
	d := x - y
	if (d < x) == (y > 0) || y == 0 {
		return d, false
	}
	return limit(y > 0), true
}

func shlSat(x int64, amount int) (int64, bool) {
	if s := x << amount; s>>amount == x {
		return s, false
	}
	return limit(x < 0), true
}

func limit(low bool) int64 {
	if low {
		return math.MinInt64
	}
	return math.MaxInt64
}
