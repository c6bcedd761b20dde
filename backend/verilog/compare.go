package verilog

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
)

// gateWidth is up to which width Yosys makes gates of comparisons and no carry chains.
const gateWidth = 2

// Less is written so that Yosys makes of it what is smallest on the part, whatever else it
// decides by: of its own orders of operands it chooses by hashes.
func (b *builder) Less(n *datapath.Node, l, r *value, of datapath.Type) *value {
	switch {
	case of.Signed && r.fixed != nil && *r.fixed == 0 && l.fixed == nil:
		b.atom(l)
		top := of.Width - 1
		return b.settle(n, &value{text: l.signal.slice(top, top), reads: []read{{l.signal, 1 << top}}, want: "negative"})
	case b.part != ir.ICE40:
		return b.settle(n, b.less(l, r, of))
	case r.fixed != nil && *r.fixed > of.Min() && l.fixed == nil:
		return b.settle(n, complement(b.atLeast(n, l, *r.fixed)))
	case l.fixed != nil && *l.fixed < of.Max() && r.fixed == nil:
		return b.settle(n, b.atLeast(n, r, *l.fixed+1))
	case of.Width > gateWidth && l.fixed == nil && r.fixed == nil:
		return b.settle(n, b.borrow(n, l, r, of))
	}
	return b.settle(n, b.less(l, r, of))
}

// less compares with one operator alone, and has constants on its left side: for the
// others Yosys adds a comparison for equality where carry chains subtract. It knows what
// it is to be less than a power of two, but not that the sign says what is less than zero.
func (b *builder) less(l, r *value, of datapath.Type) *value {
	if r.fixed != nil && *r.fixed > of.Min() && (*r.fixed < 0 || *r.fixed&(*r.fixed-1) != 0) {
		v := b.operation("<", "less", constant(of, *r.fixed-1), l)
		v.text, v.negated, v.op = "!("+v.text+")", v.text, "!"
		return v
	}
	v := b.operation("<", "less", l, r)
	v.negated = "!(" + v.text + ")"
	return v
}

// complement is the opposite of a name.
func complement(v *value) *value {
	return &value{text: "!" + v.text, op: "!", reads: v.reads, want: "less", negated: v.text}
}

// atLeast is the wire that says whether v is at least a constant, as logic on its bits:
// about a look-up table of four inputs for three of them, and fast, where a carry chain takes
// a logic cell for each.
func (b *builder) atLeast(n *datapath.Node, v *value, least int64) *value {
	b.atom(v)
	s, low := v.signal, 0
	for least>>low&1 == 0 && low < s.typ.Width {
		low++
	}
	w := &value{
		typ: datapath.Bit, stage: b.facts[n].stage,
		text: s.atLeast(least), reads: []read{{s, ones(s.typ.Width-low) << low}},
		want: fmt.Sprintf("%s_from_%s", s.name, strings.Replace(fmt.Sprint(least), "-", "m", 1)),
		note: fmt.Sprintf("%s >= %d", s.name, least),
	}
	b.declare(w)
	return w
}

// atLeast is s >= least: a reduction for each run of equal bits of the constant, the highest
// first. In a run of ones all have to be set, else in one of zeros any will do. The sign
// is the other way round.
func (s *signal) atLeast(least int64) string {
	top := s.typ.Width - 1
	if !s.typ.Signed {
		return s.runs(least, top)
	}
	return reduced("~"+s.slice(top, top), least >= 0, s.runs(least, top-1))
}

// runs is for the bits from high down, or "" where they may be anything.
func (s *signal) runs(least int64, high int) string {
	if least&int64(ones(high+1)) == 0 {
		return ""
	}
	set := least >> high & 1
	low := high
	for low > 0 && least>>(low-1)&1 == set {
		low--
	}
	bits := s.slice(high, low)
	if low < high {
		bits = "(" + string("|&"[set]) + bits + ")"
	}
	return reduced(bits, set == 1, s.runs(least, low-1))
}

// reduced is a run and the rest: both have to hold, or either will do.
func reduced(run string, both bool, rest string) string {
	if strings.Contains(rest, " ") {
		rest = "(" + rest + ")"
	}
	switch {
	case rest == "":
		return run
	case both:
		return run + " & " + rest
	}
	return run + " | " + rest
}

// borrow is what goes out of l - r. Where the complement of l takes less than that of r,
// their order is turned round: r - l - 1 is r and the complement of l.
func (b *builder) borrow(n *datapath.Node, l, r *value, of datapath.Type) *value {
	wide := func(v *value) string {
		b.atom(v)
		return v.signal.extended(0, of.Width, of.Width+1, of.Signed)
	}
	left := b.module.SubtractsLeft(n, b.uses)
	gap := &value{
		typ: datapath.Type{Width: of.Width + 1}, stage: b.facts[n].stage,
		text: wide(l) + " - " + wide(r), reads: reads(l, r), want: "gap",
	}
	if left {
		gap.text = wide(r) + " + ~" + wide(l)
	}
	b.declare(gap)
	top := gap.signal.slice(of.Width, of.Width)
	borrow := &value{text: top, reads: []read{{gap.signal, 1 << of.Width}}, want: "less", negated: "!" + top}
	if left {
		borrow.text, borrow.negated, borrow.op = borrow.negated, top, "!"
	}
	return borrow
}
