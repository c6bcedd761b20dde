package verilog

import (
	"fmt"
	"strconv"

	"grauc/ir/datapath"
)

// signal is a declared name, with the bits of it that something reads.
type signal struct {
	name string
	typ  datapath.Type
	read uint64
}

// all is the reading of every bit.
func (s *signal) all() []read { return []read{{s, ones(s.typ.Width)}} }

// read is the use of some bits of a signal.
type read struct {
	signal *signal
	mask   uint64
}

// note records reads whose text stands in the module.
func note(rs []read) {
	for _, r := range rs {
		r.signal.read |= r.mask
	}
}

func ones(width int) uint64 { return ^uint64(0) >> (64 - width) }

// value is a value of the netlist as text: a name or a literal, which may stand as
// an operand anywhere, or an expression, which may stand only where neither its
// width nor its signedness can matter, and is declared as a wire otherwise.
type value struct {
	typ   datapath.Type
	text  string
	op    string   // operator outermost in text; "" when nothing can tear it apart
	arms  []string // instead of text, of a multiplexer: its lines, last first
	reads []read
	stage int
	want  string // name to declare it under
	note  string // what to say of it above its declaration

	signal *signal // a name
	fixed  *int64  // a literal

	negated string // a comparison: the opposite
	source  *value // a right shift: the name that is shifted,
	amount  int    // and how far
}

func named(s *signal, stage int) *value {
	return &value{typ: s.typ, text: s.name, reads: s.all(), stage: stage, signal: s}
}

func constant(t datapath.Type, v int64) *value {
	return &value{typ: t, text: literal(t, v), stage: configured, fixed: &v}
}

// beyond reports that v, as an address, is known to lie outside mem.
func (v *value) beyond(mem *datapath.Memory) bool {
	return v.fixed != nil && *v.fixed >= int64(mem.Depth)
}

func reads(vs ...*value) []read {
	var all []read
	for _, v := range vs {
		all = append(all, v.reads...)
	}
	return all
}

// slice is bits high to low of a signal.
func (s *signal) slice(high, low int) string {
	switch {
	case low == 0 && high == s.typ.Width-1:
		return s.name
	case high == low:
		return s.name + "[" + strconv.Itoa(high) + "]"
	default:
		return s.name + "[" + strconv.Itoa(high) + ":" + strconv.Itoa(low) + "]"
	}
}

// extended is the take bits of s from low upwards, extended to width.
func (s *signal) extended(low, take, width int, signed bool) string {
	bits, fill := s.slice(low+take-1, low), width-take
	switch {
	case fill == 0:
		return bits
	case !signed:
		return "{" + zeros(fill) + ", " + bits + "}"
	case take == 1:
		return fmt.Sprintf("{%d{%s}}", width, bits)
	case fill == 1:
		return "{" + s.slice(low+take-1, low+take-1) + ", " + bits + "}"
	default:
		return fmt.Sprintf("{{%d{%s}}, %s}", fill, s.slice(low+take-1, low+take-1), bits)
	}
}

func castName(source string, t datapath.Type) string {
	if t.Signed {
		return source + "_s" + strconv.Itoa(t.Width)
	}
	return source + "_u" + strconv.Itoa(t.Width)
}
