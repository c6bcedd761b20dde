package cost

import (
	"math"
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
)

// gateWidth is up to which width adders and comparisons are gates and no carry chains:
// so say the techmaps of Yosys for both parts.
const gateWidth = 2

// sum is x + y or x - y, of the operands' width.
func (b *blaster) sum(x, y []lit, minus bool) []lit {
	if !minus && b.later(x, y) {
		x, y = y, x
	}
	out := make([]lit, len(x))
	low := 0 // bits that pass as they are
	for ; low < len(x) && (y[low] == no || !minus && x[low] == no); low++ {
		out[low] = b.or(x[low], y[low])
	}
	x, y = x[low:], y[low:]
	if minus {
		y = inverted(y)
	}
	if len(x) <= gateWidth {
		carry := lit(truth(minus))
		for i := range x {
			half := b.xor(x[i], y[i])
			out[low+i] = b.xor(half, carry)
			carry = b.or(b.and(x[i], y[i]), b.and(half, carry))
		}
		return out
	}
	c := chain{propagate: x, generate: y}
	if b.part == ir.XC7 {
		c.propagate, c.generate = make([]lit, len(x)), x
		for i := range x {
			c.propagate[i] = b.xor(x[i], y[i])
		}
	}
	b.chains = append(b.chains, c)
	for i := range x {
		out[low+i] = b.driven(source{kind: fromSum, index: int32(len(b.chains) - 1), bit: int32(i)})
	}
	return out
}

// addend is a number that is added, as wide as the sum.
type addend []lit

// addends are what a value is the sum of, where it is used for nothing but another sum,
// whose addends they become.
func (b *blaster) addends(r datapath.Ref) []addend {
	if b.uses[r] != 1 {
		return []addend{b.values[r]}
	}
	switch n := &b.module.Nodes[r]; n.Op {
	case datapath.OpAdd:
		all := append(slices.Clip(b.addends(n.Args[0])), b.addends(n.Args[1])...)
		if fits(all, n.Type) {
			return all
		}
	case datapath.OpCast:
		from := b.module.Nodes[n.Args[0]]
		if from.Op != datapath.OpAdd || from.Type.Width > n.Type.Width {
			break
		}
		var all []addend
		for _, a := range b.addends(n.Args[0]) {
			all = append(all, extended(a, n.Type.Width, from.Type.Signed))
		}
		return all
	}
	return []addend{b.values[r]}
}

// fits reports whether no sum of such numbers wraps.
func fits(all []addend, t datapath.Type) bool {
	most := 0.0
	for _, a := range all {
		n := effective(a)
		if t.Signed {
			n--
		}
		most += math.Ldexp(1, n)
	}
	n := t.Width
	if t.Signed {
		n--
	}
	return most <= math.Ldexp(1, n)
}

// add adds numbers: three at a time become two by full adders, without a carry from bit to
// bit, and the last two are added by a chain.
func (b *blaster) add(all []addend, width int) []lit {
	columns := make([][]lit, width)
	for _, a := range all {
		for i, l := range a {
			if l != no {
				columns[i] = append(columns[i], l)
			}
		}
	}
	var last [2][]lit
	for i := range columns {
		for len(columns[i]) > 2 {
			x, y, z := columns[i][0], columns[i][1], columns[i][2]
			half := b.xor(x, y)
			columns[i] = append(columns[i][3:], b.xor(half, z))
			if i+1 < width {
				columns[i+1] = append(columns[i+1], b.or(b.and(x, y), b.and(half, z)))
			}
		}
		columns[i] = append(columns[i], no, no)
		last[0], last[1] = append(last[0], columns[i][0]), append(last[1], columns[i][1])
	}
	return b.sum(last[0], last[1], false)
}

// later reports whether x is the second operand of x + y. On xc7 the first one has to be
// there as it is, and takes look-up tables if it is logic. It is the narrower one; those
// of one width Yosys orders by hashes: mostly, in what was measured, so that less logic is
// first.
func (b *blaster) later(x, y []lit) bool {
	if d := effective(x) - effective(y); d != 0 {
		return d > 0
	}
	return b.logic(x) > b.logic(y)
}

// logic is how many bits are computed.
func (b *blaster) logic(bits []lit) int {
	n := 0
	for _, l := range bits {
		if b.gates[l.node()].kind != leaf {
			n++
		}
	}
	return n
}

// effective is the width without what only extends it.
func effective(bits []lit) int {
	n := len(bits)
	for n > 1 && (bits[n-1] == bits[n-2] || bits[n-1] == no) {
		n--
	}
	return n
}

func allConstant(bits []lit) bool {
	for _, l := range bits {
		if !l.constant() {
			return false
		}
	}
	return true
}

func inverted(bits []lit) []lit {
	out := make([]lit, len(bits))
	for i, l := range bits {
		out[i] = l.not()
	}
	return out
}

// less is x < y. With a constant on the right, which is above the least value, it is the
// opposite of the constant before being less.
func (b *blaster) less(n *datapath.Node, x, y []lit, signed bool) lit {
	if b.part == ir.ICE40 {
		return b.subtracted(n, x, y, signed)
	}
	if d, ok := b.module.ByDigits(n, b.constants); ok {
		return b.digits(n, d)
	}
	if l, ok := b.simple(x, y, signed); ok {
		return l
	}
	if !allConstant(y) {
		return b.greater(y, x, signed)
	}
	return b.greater(x, before(y), signed).not()
}

// digits says whether a value is at least a constant, as it is emitted for xc7: by the
// difference of what digits are below and what digits are above.
func (b *blaster) digits(n *datapath.Node, d datapath.ByDigits) lit {
	from := n.Args[d.At]
	t, value := b.module.Nodes[from].Type, b.values[from]
	top := len(d.Digits)
	c := chain{propagate: make([]lit, top+1), generate: make([]lit, top+1)}
	for i, g := range d.Digits {
		part := slices.Clone(value[g.Low : g.High+1])
		if t.Signed && g.High == t.Width-1 {
			part[len(part)-1] = part[len(part)-1].not()
		}
		below, above := b.reached(part, g.Below).not(), b.reached(part, g.Above)
		c.generate[i], c.propagate[i] = below, b.xor(below, above).not()
	}
	b.chains = append(b.chains, c)
	return b.driven(source{kind: fromSum, index: int32(len(b.chains) - 1), bit: int32(top)}).when(d.Opposite)
}

// reached is whether the part of a value is at least a number.
func (b *blaster) reached(part []lit, least int64) lit {
	if least == 1<<len(part) {
		return no
	}
	return b.atLeast(part, constant(least, len(part)), false, yes)
}

// subtracted is x < y as it is emitted for ice40: logic where one of them is constant, else
// the top of a difference.
func (b *blaster) subtracted(n *datapath.Node, x, y []lit, signed bool) lit {
	if allConstant(y) {
		return b.atLeast(x, y, signed, yes).not()
	}
	if allConstant(x) {
		return b.atLeast(y, x, signed, no)
	}
	top := len(x)
	x, y = extended(x, top+1, signed), extended(y, top+1, signed)
	if b.module.SubtractsLeft(n, b.uses) {
		return b.sum(y, inverted(x), false)[top].not()
	}
	return b.sum(x, y, true)[top]
}

// atLeast is x >= c, a constant, or x > c where equal ones do not count: as it is written, a
// run of equal bits of the constant at a time, the highest outermost. What ABC makes of it is
// about as deep and as large as this.
func (b *blaster) atLeast(x, c []lit, signed bool, equal lit) lit {
	if top := len(x) - 1; signed {
		x, c = slices.Clone(x), slices.Clone(c)
		x[top], c[top] = x[top].not(), c[top].not()
	}
	all := equal // are at least those of c, as far as it was looked
	for low := 0; low < len(x); {
		high := low + 1
		for high < len(x) && c[high] == c[low] {
			high++
		}
		switch run := x[low:high]; {
		case c[low] == yes:
			all = b.and(b.all(run), all)
		default:
			all = b.or(b.any(run), all)
		}
		low = high
	}
	return all
}

func (b *blaster) equal(x, y []lit) lit {
	same := make([]lit, len(x))
	for i := range x {
		same[i] = b.xor(x[i], y[i]).not()
	}
	return b.all(same)
}

// before is a constant less one.
func before(bits []lit) []lit {
	out := slices.Clone(bits)
	for i, l := range out {
		out[i] = l.not()
		if l == yes {
			break
		}
	}
	return out
}

// simple is x < y where Yosys finds that it is less than a comparison: with zero, with
// a power of two, of single bits.
func (b *blaster) simple(x, y []lit, signed bool) (lit, bool) {
	top := len(x) - 1
	ones := 0
	for i, l := range y {
		if l == yes {
			ones = ones*64 + i + 1
		}
	}
	switch {
	case allConstant(y) && signed && ones == 0:
		return x[top], true
	case allConstant(y) && !signed && ones > 0 && ones <= 64: // y is 1 << ones-1
		return b.all(inverted(x[ones-1:])), true
	case top == 0 && signed:
		return b.and(x[0], y[0].not()), true
	case top == 0:
		return b.and(x[0].not(), y[0]), true
	}
	return no, false
}

// greater is x > y in pieces that fit into a look-up table of six inputs each, joined by
// a carry chain.
func (b *blaster) greater(x, y []lit, signed bool) lit {
	const inputs = 6
	each := 2
	if allConstant(x) || allConstant(y) {
		each = 1
	}
	var propagate, generate []lit // of the pieces, the highest first
	p, g, room := yes, no, inputs
	for i := len(x) - 1; i >= 0; i-- {
		if room < each {
			propagate, generate = append(propagate, p), append(generate, g)
			p, g, room = yes, no, inputs
		}
		high, low := x[i], y[i]
		if signed && i == len(x)-1 {
			high, low = low, high
		}
		g = b.or(g, b.and(p, b.and(high, low.not())))
		p = b.and(p, b.xor(x[i], y[i]).not())
		room -= each
	}
	propagate, generate = append(propagate, p), append(generate, g)
	if len(propagate) <= gateWidth {
		carry := no
		for i := len(propagate) - 1; i >= 0; i-- {
			carry = b.or(generate[i], b.and(propagate[i], carry))
		}
		return carry
	}
	c := chain{generate: generate}
	for i, p := range propagate {
		c.propagate = append(c.propagate, b.and(p, generate[i].not()))
	}
	return b.carried(c)
}

// carried is the last carry of a chain.
func (b *blaster) carried(c chain) lit {
	b.chains = append(b.chains, c)
	return b.driven(source{kind: fromChain, index: int32(len(b.chains) - 1), bit: int32(len(c.propagate) - 1)})
}
