package ir

import (
	"fmt"
	"math/big"
)

// Limits of the number formats a layer may use. Inputs wider than MaxInputWidth
// would overflow the 64-bit integers every level computes with; outputs wider
// than MaxOutputWidth have more runs than a step function should hold.
const (
	MaxInputWidth  = 32
	MaxOutputWidth = 16
)

// Integer is a set of codes: every signed or unsigned integer of Width bits,
// without the most negative one when Narrow is set.
type Integer struct {
	Width  int
	Signed bool
	Narrow bool
}

// Min is the smallest code.
func (f Integer) Min() int64 {
	if !f.Signed {
		return 0
	}
	low := int64(-1) << (f.Width - 1)
	if f.Narrow {
		low++
	}
	return low
}

// Max is the largest code.
func (f Integer) Max() int64 {
	if f.Signed {
		return int64(1)<<(f.Width-1) - 1
	}
	return int64(1)<<f.Width - 1
}

// Count is the number of codes.
func (f Integer) Count() uint64 { return uint64(f.Max()-f.Min()) + 1 }

// Contains reports whether x is one of the codes.
func (f Integer) Contains(x int64) bool { return f.Min() <= x && x <= f.Max() }

// Clamp is the code nearest to x.
func (f Integer) Clamp(x int64) int64 { return max(f.Min(), min(x, f.Max())) }

// String is the format as the language writes it: "int8 narrow".
func (f Integer) String() string {
	prefix := "uint"
	if f.Signed {
		prefix = "int"
	}
	s := fmt.Sprintf("%s%d", prefix, f.Width)
	if f.Narrow {
		s += " narrow"
	}
	return s
}

// Rounding says how a real number becomes an integer.
type Rounding uint8

const (
	HalfEven Rounding = iota // to nearest, ties to the even integer
	HalfUp                   // to nearest, ties towards +infinity
	HalfDown                 // to nearest, ties towards -infinity
	HalfAway                 // to nearest, ties away from zero
	Floor                    // towards -infinity
	Ceil                     // towards +infinity
	Zero                     // towards zero
)

var roundingNames = []string{"half_even", "half_up", "half_down", "half_away", "floor", "ceil", "zero"}

// Roundings lists the names of all roundings, in the order of the constants.
func Roundings() []string { return append([]string(nil), roundingNames...) }

func (r Rounding) String() string { return roundingNames[r] }

// ParseRounding is the inverse of String.
func ParseRounding(name string) (Rounding, bool) { return parseName[Rounding](roundingNames, name) }

// Round rounds an exact rational.
func (r Rounding) Round(v *big.Rat) *big.Int {
	floor, rest := new(big.Int).DivMod(v.Num(), v.Denom(), new(big.Int))
	if rest.Sign() == 0 {
		return floor
	}
	if r.up(v.Sign(), floor.Bit(0) == 1, rest.Lsh(rest, 1).Cmp(v.Denom())) {
		floor.Add(floor, big.NewInt(1))
	}
	return floor
}

// up decides between floor and floor+1 for a value that is not an integer.
// half compares the fractional part with one half.
func (r Rounding) up(sign int, floorOdd bool, half int) bool {
	switch r {
	case Floor:
		return false
	case Ceil:
		return true
	case Zero:
		return sign < 0
	}
	if half != 0 {
		return half > 0
	}
	switch r {
	case HalfUp:
		return true
	case HalfDown:
		return false
	case HalfAway:
		return sign > 0
	default:
		return floorOdd
	}
}

// Format is a number format: real = Scale * (code - Zero). Scale is positive;
// both are exact. Rounding applies where the format is an output.
type Format struct {
	Integer
	Scale    *big.Rat
	Zero     *big.Rat
	Rounding Rounding
}

// Plain is the format of the bare integers: scale 1, zero 0, ties to even.
func Plain(i Integer) Format {
	return Format{Integer: i, Scale: big.NewRat(1, 1), Zero: new(big.Rat)}
}

// Real is the real number that a code stands for.
func (f Format) Real(code int64) *big.Rat {
	v := new(big.Rat).SetInt64(code)
	return v.Mul(v.Sub(v, f.Zero), f.Scale)
}

// String is the format as the language writes it, with defaults left out.
func (f Format) String() string {
	s := f.Integer.String()
	if f.Scale.Cmp(big.NewRat(1, 1)) != 0 {
		s += " scale " + f.Scale.RatString()
	}
	if f.Zero.Sign() != 0 {
		s += " zero " + f.Zero.RatString()
	}
	if f.Rounding != HalfEven {
		s += " round " + f.Rounding.String()
	}
	return s
}
