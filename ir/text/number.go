package text

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxExponent bounds the power of ten of a number, and with it the memory that a
// short text can ask for.
const maxExponent = 10000

// Int reads an integer that fits 64 bits.
func (s *Scanner) Int(what string) int64 {
	negative := s.Accept("-")
	v := s.magnitude(what, negative)
	if negative {
		return -int64(v)
	}
	return int64(v)
}

func (s *Scanner) magnitude(what string, negative bool) uint64 {
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	pos := s.tok.pos
	v := s.Uint(what)
	if v > limit {
		s.FailAt(pos, "%s does not fit 64 bits", what)
		return 0
	}
	return v
}

// Count reads an integer that fits an int.
func (s *Scanner) Count(what string) int {
	pos := s.tok.pos
	v := s.Int(what)
	if int64(int(v)) != v {
		s.FailAt(pos, "%s is too large", what)
	}
	return int(v)
}

// Uint reads an unsigned integer that fits 64 bits, decimal or 0x and lower-case
// hexadecimal.
func (s *Scanner) Uint(what string) uint64 {
	if s.tok.kind != number {
		s.Expected(what)
		return 0
	}
	digits, base := s.tok.text, 10
	if strings.HasPrefix(digits, "0x") {
		digits, base = digits[2:], 16
	}
	v, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		s.Expected(what + ", an integer of 64 bits")
		return 0
	}
	s.next()
	return v
}

// Big reads an integer of any size.
func (s *Scanner) Big(what string) *big.Int {
	r := s.Rat(what)
	if !r.IsInt() {
		s.Fail("%s is not an integer", what)
	}
	return new(big.Int).Set(r.Num())
}

// Rat reads a rational number: -12, 1/3, 0.25, 5e-3.
func (s *Scanner) Rat(what string) *big.Rat {
	negative := s.Accept("-")
	r := s.Magnitude(what)
	if negative {
		r.Neg(r)
	}
	return r
}

// Magnitude reads a rational number without a sign.
func (s *Scanner) Magnitude(what string) *big.Rat {
	if s.tok.kind != number {
		s.Expected(what)
		return new(big.Rat)
	}
	if _, exponent, ok := strings.Cut(s.tok.text, "e"); ok && !strings.HasPrefix(s.tok.text, "0x") {
		if n, err := strconv.Atoi(exponent); err != nil || max(n, -n) > maxExponent {
			s.Fail("the exponent of %s is beyond %d", what, maxExponent)
			return new(big.Rat)
		}
	}
	r, ok := new(big.Rat).SetString(s.tok.text)
	if !ok {
		s.Expected(what)
		return new(big.Rat)
	}
	s.next()
	return r
}

// Number is the text of a rational: a decimal where it has a short one, else
// the shorter of digits with a power of ten and a ratio. A missing number, which
// only a broken module has, is a question mark.
func Number(r *big.Rat) string {
	const short, long = 20, 1000
	if r == nil {
		return "?"
	}
	places, exact := r.FloatPrec()
	switch {
	case exact && places <= short:
		return r.FloatString(places)
	case exact && places <= long:
		power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
		digits := power.Mul(power, r.Num()).Quo(power, r.Denom()).String() + "e-" + strconv.Itoa(places)
		if ratio := r.RatString(); len(ratio) <= len(digits) {
			return ratio
		}
		return digits
	}
	return r.RatString()
}

// Index reads an integer that must be want: the number of an entry in a list.
func (s *Scanner) Index(what string, want int) {
	pos := s.tok.pos
	if got := s.Int(what); got != int64(want) {
		s.FailAt(pos, "%s is %d, and the next one is %d", what, got, want)
	}
}
