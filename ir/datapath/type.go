package datapath

import (
	"math/bits"

	"grauc/ir"
)

// Type is a width in bits, 1 to 64, and how the bits are read. A 64-bit type is
// signed: every value fits an int64.
type Type struct {
	Width  int
	Signed bool
}

// Bit is the type of conditions.
var Bit = Type{Width: 1}

// TypeOf is the type that carries the codes of a format.
func TypeOf(i ir.Integer) Type { return Type{Width: i.Width, Signed: i.Signed} }

// TypeFor is the narrowest type that holds lo..hi.
func TypeFor(lo, hi int64) Type {
	if lo >= 0 {
		return Type{Width: max(1, bits.Len64(uint64(hi)))}
	}
	width := max(bits.Len64(uint64(^lo)), bits.Len64(uint64(max(hi, 0))))
	return Type{Width: width + 1, Signed: true}
}

// Min is the smallest value of the type.
func (t Type) Min() int64 {
	if t.Signed {
		return int64(-1) << (t.Width - 1)
	}
	return 0
}

// Max is the largest value of the type.
func (t Type) Max() int64 {
	if t.Signed {
		return int64(uint64(1)<<(t.Width-1) - 1)
	}
	return int64(uint64(1)<<t.Width - 1)
}

// Wrap is v modulo 2^Width, in the type's range.
func (t Type) Wrap(v int64) int64 {
	unused := 64 - t.Width
	if t.Signed {
		return v << unused >> unused
	}
	return int64(uint64(v) << unused >> unused)
}

// Contains reports whether v is a value of the type.
func (t Type) Contains(v int64) bool { return t.Wrap(v) == v }

// Covers reports whether every value of u is one of t.
func (t Type) Covers(u Type) bool { return t.Contains(u.Min()) && t.Contains(u.Max()) }
