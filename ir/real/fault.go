package real

import (
	"fmt"
	"math/big"
)

// Undefined says that a function has no value at an input.
type Undefined struct {
	Op       Op
	Operands []string // their values, decimal
}

func (u *Undefined) Error() string {
	a := u.Operands[0]
	switch u.Op {
	case OpDiv:
		return fmt.Sprintf("%s / 0 is undefined", a)
	case OpPow:
		return fmt.Sprintf("(%s) ^ (%s) is undefined", a, u.Operands[1])
	case OpLog:
		return fmt.Sprintf("log(%s) is undefined", a)
	default:
		return fmt.Sprintf("sqrt(%s) is undefined", a)
	}
}

// Undecided says that a value lies so close to a border between two outputs, or
// exactly on it, that no precision tried could tell them apart.
type Undecided struct{ Bits uint }

func (u *Undecided) Error() string {
	return fmt.Sprintf("%d bits of precision do not decide the result", u.Bits)
}

// blame finds the first operation that made the result undefined.
func (r *refiner) blame() *Undefined {
	i := int32(len(r.v) - 1)
	for {
		next, found := r.culprit(r.tape.Code[i])
		if !found {
			break
		}
		i = next
	}
	in := r.tape.Code[i]
	u := &Undefined{Op: in.Op}
	for _, operand := range in.operands() {
		u.Operands = append(u.Operands, r.text(operand))
	}
	return u
}

// culprit is the operand that made an operation undefined, if one did.
func (r *refiner) culprit(in Instr) (operand int32, found bool) {
	operands := in.operands()
	if in.Op == OpSelect && r.v[in.A].state&undefined == 0 {
		if r.v[in.A].state&isTrue != 0 {
			operands = []int32{in.B, in.C}
		} else {
			operands = []int32{in.C}
		}
	}
	for _, operand := range operands {
		if r.v[operand].state&undefined != 0 {
			return operand, true
		}
	}
	return 0, false
}

func (r *refiner) text(i int32) string {
	v := &r.v[i]
	if v.rat != nil {
		return Decimal(v.rat)
	}
	if v.ends.lo.Float == nil {
		return "?"
	}
	return fmt.Sprintf("%.6g", v.ends.lo.Float)
}

// Decimal writes a rational as people would: exactly where that is short, else to
// six significant digits.
func Decimal(v *big.Rat) string {
	if v.IsInt() && v.Num().BitLen() < 64 {
		return v.Num().String()
	}
	f := new(big.Float).SetPrec(64).SetRat(v)
	if short := f.Text('g', 10); len(short) <= 12 {
		if back, ok := new(big.Rat).SetString(short); ok && back.Cmp(v) == 0 {
			return short
		}
	}
	return f.Text('g', 6)
}

// Constant is the exact value of an operation that does not depend on the input, if
// it is defined and rational.
func (t *Tape) Constant(i int32) (*big.Rat, bool) {
	if k := t.constant(i); k != nil {
		return k, true
	}
	part := Tape{Code: append([]Instr(nil), t.Code[:i+1]...)}
	part.Return(i)
	for prec := uint(firstPrecision); prec <= lastPrecision; prec *= 2 {
		v := refine(&part, new(big.Rat), prec).result()
		if v.state&possibilities == defined && v.rat != nil {
			return v.rat, true
		}
	}
	return nil, false
}
