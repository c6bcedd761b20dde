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
	case b.part == ir.XC7:
		if d, ok := b.module.ByDigits(n, b.constants); ok {
			return b.settle(n, b.digits(n, []*value{l, r}[d.At], d))
		}
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

// digits compares v with a constant by two numbers of a bit for each digit of v, of which the
// first is less where v is at least the constant. A carry chain subtracts them: the two take a
// look-up table for about three and a half bits of v.
func (b *builder) digits(n *datapath.Node, v *value, c datapath.ByDigits) *value {
	b.atom(v)
	s, count := v.signal, len(c.Digits)
	from := []read{{s, ones(s.typ.Width-c.Digits[0].Low) << c.Digits[0].Low}}
	side := func(what string, bit func(d datapath.Digit) string) *value {
		bits := make([]string, count)
		for i, d := range c.Digits {
			bits[count-1-i] = bit(d)
		}
		w := &value{
			typ: datapath.Type{Width: count}, stage: b.facts[n].stage,
			text: "{" + strings.Join(bits, ", ") + "}", reads: from, want: constantName(s, what, c.Least),
		}
		b.declare(w)
		return w
	}
	l := side("below", func(d datapath.Digit) string { return inverse(s.digit(d, d.Below)) })
	r := side("above", func(d datapath.Digit) string { return s.digit(d, d.Above) })
	gap := &value{
		typ: datapath.Type{Width: count + 1}, stage: b.facts[n].stage,
		text:  fmt.Sprintf("{1'd0, %s} - {1'd0, %s}", l.text, r.text),
		reads: reads(l, r), want: constantName(s, "from", c.Least), note: fmt.Sprintf("%s >= %d", s.name, c.Least),
	}
	b.declare(gap)
	top := &value{text: gap.signal.slice(count, count), reads: []read{{gap.signal, 1 << count}}, want: "least"}
	if c.Opposite {
		return complement(top)
	}
	return top
}

// constantName is a name for what is computed of a signal and a constant.
func constantName(s *signal, what string, c int64) string {
	return fmt.Sprintf("%s_%s_%s", s.name, what, strings.Replace(fmt.Sprint(c), "-", "m", 1))
}

// digit says whether one is at least a number.
func (s *signal) digit(d datapath.Digit, least int64) string {
	top := d.High - d.Low
	sign := s.typ.Signed && d.High == s.typ.Width-1
	switch {
	case least == 0:
		return "1'b1"
	case least == 2<<top:
		return "1'b0"
	case sign:
		return reduced("~"+s.slice(d.High, d.High), least>>top == 1, s.runs(least<<d.Low, d.High-1, d.Low))
	case least == 1 && top > 0:
		return "|" + s.slice(d.High, d.Low)
	}
	return s.runs(least<<d.Low, d.High, d.Low)
}

// inverse is the opposite of what digit says.
func inverse(bit string) string {
	switch {
	case bit == "1'b1":
		return "1'b0"
	case bit == "1'b0":
		return "1'b1"
	case strings.HasPrefix(bit, "~") && !strings.Contains(bit, " "):
		return bit[1:]
	}
	return "~(" + bit + ")"
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
		want: constantName(s, "from", least),
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
		return s.runs(least, top, 0)
	}
	return reduced("~"+s.slice(top, top), least >= 0, s.runs(least, top-1, 0))
}

// runs is for the bits from high to low, or "" where they may be anything.
func (s *signal) runs(least int64, high, low int) string {
	if least&int64(ones(high+1)) == 0 {
		return ""
	}
	set := least >> high & 1
	end := high
	for end > low && least>>(end-1)&1 == set {
		end--
	}
	bits := s.slice(high, end)
	if end < high {
		bits = "(" + string("|&"[set]) + bits + ")"
	}
	return reduced(bits, set == 1, s.runs(least, end-1, low))
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
