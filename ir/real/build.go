package real

import (
	"encoding/binary"
	"math/big"
	"slices"
)

// The builder's methods append an operation and give its index. They share equal
// operations, fold constants that stay rational, and rewrite a few pairs of inverse
// functions, because no precision could decide a tie that only algebra can see:
// exp(log u) is u wherever it is defined at all. Every rewriting keeps the
// function, its domain included.

// key is what makes two operations the same.
type key struct {
	op      Op
	a, b, c int32
	k       string
}

func (in Instr) key() key {
	k := key{op: in.Op, a: in.A, b: in.B, c: in.C}
	if in.K != nil {
		k.k = in.K.RatString()
	}
	return k
}

// same reports whether two operations are the same.
func (in *Instr) same(other *Instr) bool {
	return in.Op == other.Op && in.A == other.A && in.B == other.B && in.C == other.C &&
		(in.K == nil || in.K == other.K || equal(in.K, other.K))
}

// equal is what Cmp tells, without memory for products.
func equal(a, b *big.Rat) bool {
	return a.Num().Cmp(b.Num()) == 0 && a.IsInt() == b.IsInt() && (a.IsInt() || a.Denom().Cmp(b.Denom()) == 0)
}

// fewInstrs is up to how many operations it is quicker to look at all than at an index.
const fewInstrs = 48

func (t *Tape) emit(in Instr) int32 {
	if len(t.Code) <= fewInstrs {
		for i := range t.Code {
			if t.Code[i].same(&in) {
				return int32(i)
			}
		}
		t.Code = append(t.Code, in)
		return int32(len(t.Code) - 1)
	}
	if t.index == nil {
		t.index = make(map[key]int32, 2*len(t.Code)+16)
		for i, old := range t.Code {
			t.index[old.key()] = int32(i)
		}
	}
	k := in.key()
	if i, ok := t.index[k]; ok {
		return i
	}
	i := int32(len(t.Code))
	t.Code = append(t.Code, in)
	t.index[k] = i
	return i
}

func (t *Tape) unary(op Op, a int32) int32     { return t.emit(Instr{Op: op, A: a}) }
func (t *Tape) binary(op Op, a, b int32) int32 { return t.emit(Instr{Op: op, A: a, B: b}) }
func (t *Tape) is(i int32, op Op) bool         { return t.Code[i].Op == op }

// commute is binary for operations whose operands may change places.
func (t *Tape) commute(op Op, a, b int32) int32 { return t.binary(op, min(a, b), max(a, b)) }

// constant is the value of an OpConst, or nil.
func (t *Tape) constant(i int32) *big.Rat {
	if t.Code[i].Op == OpConst {
		return t.Code[i].K
	}
	return nil
}

func (t *Tape) isInt(i int32, n int64) bool {
	k := t.constant(i)
	return k != nil && k.IsInt() && k.Num().IsInt64() && k.Num().Int64() == n
}

// X is the input.
func (t *Tape) X() int32 { return t.emit(Instr{Op: OpX}) }

// Const is an exact rational.
func (t *Tape) Const(v *big.Rat) int32 { return t.emit(Instr{Op: OpConst, K: v}) }

// Int is an integer constant.
func (t *Tape) Int(n int64) int32 { return t.Const(new(big.Rat).SetInt64(n)) }

// Pi is pi.
func (t *Tape) Pi() int32 { return t.emit(Instr{Op: OpPi}) }

// E is the base of the natural logarithm.
func (t *Tape) E() int32 { return t.emit(Instr{Op: OpE}) }

// Neg is -a.
func (t *Tape) Neg(a int32) int32 {
	switch in := t.Code[a]; in.Op {
	case OpConst:
		return t.Const(new(big.Rat).Neg(in.K))
	case OpNeg:
		return in.A
	case OpSub:
		return t.Sub(in.B, in.A)
	case OpMul:
		if k := t.constant(in.B); k != nil {
			return t.Mul(in.A, t.Const(new(big.Rat).Neg(k)))
		}
	}
	return t.unary(OpNeg, a)
}

// Add is a + b.
func (t *Tape) Add(a, b int32) int32 {
	if t.constant(a) != nil {
		a, b = b, a
	}
	k := t.constant(b)
	switch {
	case k == nil:
		if u, ok := t.pythagoras(a, b); ok {
			return t.Add(t.Mul(u, t.Int(0)), t.Int(1)) // undefined where u is
		}
		if t.is(b, OpNeg) {
			return t.Sub(a, t.Code[b].A)
		}
		if t.is(a, OpNeg) {
			return t.Sub(b, t.Code[a].A)
		}
		return t.commute(OpAdd, a, b)
	case t.constant(a) != nil:
		return t.Const(new(big.Rat).Add(t.constant(a), k))
	case k.Sign() == 0:
		return a
	case t.is(a, OpAdd) && t.constant(t.Code[a].B) != nil:
		inner := t.Code[a]
		return t.Add(inner.A, t.Const(new(big.Rat).Add(t.constant(inner.B), k)))
	}
	return t.binary(OpAdd, a, b)
}

// pythagoras recognizes sin(u)^2 + cos(u)^2.
func (t *Tape) pythagoras(a, b int32) (u int32, ok bool) {
	square := func(i int32) (Instr, bool) {
		in := t.Code[i]
		if in.Op != OpPow || !t.isInt(in.B, 2) {
			return in, false
		}
		return t.Code[in.A], true
	}
	f, okF := square(a)
	g, okG := square(b)
	if !okF || !okG || f.A != g.A {
		return 0, false
	}
	return f.A, f.Op == OpSin && g.Op == OpCos || f.Op == OpCos && g.Op == OpSin
}

// Sub is a - b.
func (t *Tape) Sub(a, b int32) int32 {
	switch {
	case t.constant(b) != nil:
		return t.Add(a, t.Neg(b))
	case t.isInt(a, 0):
		return t.Neg(b)
	case t.is(b, OpNeg):
		return t.Add(a, t.Code[b].A)
	}
	return t.binary(OpSub, a, b)
}

// Mul is a * b.
func (t *Tape) Mul(a, b int32) int32 {
	if t.constant(a) != nil {
		a, b = b, a
	}
	k := t.constant(b)
	switch {
	case k == nil && a == b:
		return t.Pow(a, t.Int(2))
	case k == nil:
		return t.commute(OpMul, a, b)
	case t.constant(a) != nil:
		return t.Const(new(big.Rat).Mul(t.constant(a), k))
	case t.isInt(b, 1):
		return a
	case t.isInt(b, -1):
		return t.Neg(a)
	case t.is(a, OpNeg):
		return t.Mul(t.Code[a].A, t.Const(new(big.Rat).Neg(k)))
	case t.is(a, OpMul) && t.constant(t.Code[a].B) != nil:
		inner := t.Code[a]
		return t.Mul(inner.A, t.Const(new(big.Rat).Mul(t.constant(inner.B), k)))
	}
	return t.binary(OpMul, a, b)
}

// Div is a / b. Quotients of exponentials that overflow together become the same
// function in a form that does not.
func (t *Tape) Div(a, b int32) int32 {
	if k := t.constant(b); k != nil && k.Sign() != 0 {
		return t.Mul(a, t.Const(new(big.Rat).Inv(k)))
	}
	if u, ok := t.logistic(a, b); ok {
		return t.Div(t.Int(1), t.Add(t.Exp(t.Neg(u)), t.Int(1)))
	}
	if u, ok := t.hyperbolic(a, b); ok {
		return t.Tanh(u)
	}
	return t.binary(OpDiv, a, b)
}

// logistic recognizes exp(u) / (exp(u) + 1).
func (t *Tape) logistic(a, b int32) (u int32, ok bool) {
	return t.Code[a].A, t.is(a, OpExp) && t.is(b, OpAdd) && t.Code[b].A == a && t.isInt(t.Code[b].B, 1)
}

// hyperbolic recognizes (exp(v) - exp(w)) / (exp(v) + exp(w)), which is
// tanh((v - w) / 2).
func (t *Tape) hyperbolic(a, b int32) (u int32, ok bool) {
	d, s := t.Code[a], t.Code[b]
	if d.Op != OpSub || s.Op != OpAdd || s.A != min(d.A, d.B) || s.B != max(d.A, d.B) ||
		!t.is(d.A, OpExp) || !t.is(d.B, OpExp) {
		return 0, false
	}
	v, w := t.Code[d.A].A, t.Code[d.B].A
	if t.is(w, OpNeg) && t.Code[w].A == v {
		return v, true
	}
	return t.Mul(t.Sub(v, w), t.Const(big.NewRat(1, 2))), true
}

// Pow is a ^ b.
func (t *Tape) Pow(a, b int32) int32 {
	if t.is(a, OpE) {
		return t.Exp(b)
	}
	k := t.constant(b)
	if k == nil {
		return t.binary(OpPow, a, b)
	}
	if base := t.constant(a); base != nil {
		if v := ratPow(base, k); v != nil {
			return t.Const(v)
		}
	}
	switch {
	case t.isInt(b, 1):
		return a
	case t.isInt(b, -1):
		return t.Div(t.Int(1), a)
	case t.isInt(b, 2) && t.is(a, OpSqrt):
		u := t.Code[a].A
		return t.Select(t.LessEq(t.Int(0), u), u, a)
	case k.Cmp(big.NewRat(1, 2)) == 0:
		return t.Sqrt(a)
	}
	return t.binary(OpPow, a, b)
}

// Exp is e ^ a.
func (t *Tape) Exp(a int32) int32 {
	switch {
	case t.isInt(a, 0):
		return t.Int(1)
	case t.isInt(a, 1):
		return t.E()
	case t.is(a, OpLog):
		u := t.Code[a].A
		return t.Select(t.Less(t.Int(0), u), u, a)
	}
	return t.unary(OpExp, a)
}

// Log is the natural logarithm.
func (t *Tape) Log(a int32) int32 {
	switch {
	case t.isInt(a, 1):
		return t.Int(0)
	case t.is(a, OpE):
		return t.Int(1)
	case t.is(a, OpExp):
		return t.Code[a].A
	}
	return t.unary(OpLog, a)
}

// Sqrt is the square root.
func (t *Tape) Sqrt(a int32) int32 {
	if k := t.constant(a); k != nil {
		if v := ratRoot(k, 2); v != nil {
			return t.Const(v)
		}
	}
	if in := t.Code[a]; in.Op == OpPow && t.isInt(in.B, 2) {
		return t.Abs(in.A)
	}
	return t.unary(OpSqrt, a)
}

// Erf is the error function.
func (t *Tape) Erf(a int32) int32 { return t.odd(OpErf, a) }

// Tanh is the hyperbolic tangent.
func (t *Tape) Tanh(a int32) int32 { return t.odd(OpTanh, a) }

// Sin is the sine of an angle in radians.
func (t *Tape) Sin(a int32) int32 { return t.odd(OpSin, a) }

// odd is a function that is 0 at 0.
func (t *Tape) odd(op Op, a int32) int32 {
	if t.isInt(a, 0) {
		return a
	}
	return t.unary(op, a)
}

// Cos is the cosine of an angle in radians.
func (t *Tape) Cos(a int32) int32 {
	if t.isInt(a, 0) {
		return t.Int(1)
	}
	return t.unary(OpCos, a)
}

// Min is the smaller of a and b.
func (t *Tape) Min(a, b int32) int32 { return t.extreme(OpMin, -1, a, b) }

// Max is the larger of a and b.
func (t *Tape) Max(a, b int32) int32 { return t.extreme(OpMax, 1, a, b) }

func (t *Tape) extreme(op Op, sign int, a, b int32) int32 {
	if a == b {
		return a
	}
	if p, q := t.constant(a), t.constant(b); p != nil && q != nil {
		if p.Cmp(q) == sign {
			return a
		}
		return b
	}
	return t.commute(op, a, b)
}

// Clamp is a, held between low and high.
func (t *Tape) Clamp(a, low, high int32) int32 { return t.Min(t.Max(a, low), high) }

// Abs is the absolute value.
func (t *Tape) Abs(a int32) int32 {
	switch in := t.Code[a]; in.Op {
	case OpConst:
		return t.Const(new(big.Rat).Abs(in.K))
	case OpNeg:
		return t.Abs(in.A)
	case OpAbs, OpExp, OpSqrt:
		return a
	}
	return t.unary(OpAbs, a)
}

// Floor is the largest integer not above a.
func (t *Tape) Floor(a int32) int32 {
	if k := t.constant(a); k != nil {
		return t.Const(ratFloor(k))
	}
	if t.is(a, OpFloor) {
		return a
	}
	return t.unary(OpFloor, a)
}

// Less is a < b.
func (t *Tape) Less(a, b int32) int32 { return t.binary(OpLess, a, b) }

// LessEq is a <= b.
func (t *Tape) LessEq(a, b int32) int32 { return t.binary(OpLessEq, a, b) }

// Equal is a == b.
func (t *Tape) Equal(a, b int32) int32 { return t.commute(OpEqual, a, b) }

// And is a and b; b need not be defined where a is false.
func (t *Tape) And(a, b int32) int32 { return t.binary(OpAnd, a, b) }

// Or is a or b; b need not be defined where a is true.
func (t *Tape) Or(a, b int32) int32 { return t.binary(OpOr, a, b) }

// Not is not a.
func (t *Tape) Not(a int32) int32 {
	if t.is(a, OpNot) {
		return t.Code[a].A
	}
	return t.unary(OpNot, a)
}

// Select is a where cond holds and b elsewhere.
func (t *Tape) Select(cond, a, b int32) int32 {
	if t.is(cond, OpNot) {
		cond, a, b = t.Code[cond].A, b, a
	}
	if holds, known := t.Known(cond); known {
		if holds {
			return a
		}
		return b
	}
	return t.emit(Instr{Op: OpSelect, A: cond, B: a, C: b})
}

// Known gives the value of a logical operation that does not depend on the input,
// where comparisons of rational constants settle it.
func (t *Tape) Known(i int32) (value, known bool) {
	in := t.Code[i]
	switch in.Op {
	case OpNot:
		v, ok := t.Known(in.A)
		return !v, ok
	case OpAnd, OpOr:
		a, okA := t.Known(in.A)
		if !okA || a == (in.Op == OpOr) {
			return a, okA
		}
		return t.Known(in.B)
	case OpLess, OpLessEq, OpEqual:
		a, b := t.constant(in.A), t.constant(in.B)
		if a == nil || b == nil {
			return false, false
		}
		return compares(in.Op, a.Cmp(b)), true
	}
	return false, false
}

// compares interprets a three-way comparison.
func compares(op Op, cmp int) bool {
	switch op {
	case OpLess:
		return cmp < 0
	case OpLessEq:
		return cmp <= 0
	default:
		return cmp == 0
	}
}

// Inline appends the function f of the operation x and gives its result.
func (t *Tape) Inline(f *Tape, x int32) int32 {
	at := make([]int32, len(f.Code))
	for i, in := range f.Code {
		switch in.Op {
		case OpX:
			at[i] = x
		case OpConst:
			at[i] = t.Const(in.K)
		default:
			at[i] = t.apply(in.Op, at[in.A], at[in.B], at[in.C])
		}
	}
	return at[len(at)-1]
}

func (t *Tape) apply(op Op, a, b, c int32) int32 {
	switch op {
	case OpPi:
		return t.Pi()
	case OpE:
		return t.E()
	case OpNeg:
		return t.Neg(a)
	case OpAdd:
		return t.Add(a, b)
	case OpSub:
		return t.Sub(a, b)
	case OpMul:
		return t.Mul(a, b)
	case OpDiv:
		return t.Div(a, b)
	case OpPow:
		return t.Pow(a, b)
	case OpExp:
		return t.Exp(a)
	case OpLog:
		return t.Log(a)
	case OpSqrt:
		return t.Sqrt(a)
	case OpErf, OpTanh, OpSin:
		return t.odd(op, a)
	case OpCos:
		return t.Cos(a)
	case OpMin:
		return t.Min(a, b)
	case OpMax:
		return t.Max(a, b)
	case OpAbs:
		return t.Abs(a)
	case OpFloor:
		return t.Floor(a)
	case OpNot:
		return t.Not(a)
	case OpSelect:
		return t.Select(a, b, c)
	default: // comparisons, and, or
		return t.binary(op, a, b)
	}
}

// Return makes i the result and drops what it does not need.
func (t *Tape) Return(i int32) {
	needed := make([]bool, i+1)
	needed[i] = true
	for j := i; j >= 0; j-- {
		if needed[j] {
			for _, operand := range t.Code[j].operands() {
				needed[operand] = true
			}
		}
	}
	at := make([]int32, i+1)
	code := make([]Instr, 0, i+1)
	for j, in := range t.Code[:i+1] {
		if !needed[j] {
			continue
		}
		at[j] = int32(len(code))
		operands := in.operands()
		moved := [3]*int32{&in.A, &in.B, &in.C}
		for n := range operands {
			*moved[n] = at[operands[n]]
		}
		code = append(code, in)
	}
	t.Code, t.index = slices.Clip(code), nil
}

// operands are the indices an operation reads.
func (in *Instr) operands() []int32 {
	all := [3]int32{in.A, in.B, in.C} // stays in the caller, where this is inlined
	return all[:arity[in.Op]]
}

var arity = [...]int{
	OpX: 0, OpConst: 0, OpPi: 0, OpE: 0,
	OpNeg: 1, OpExp: 1, OpLog: 1, OpSqrt: 1, OpErf: 1, OpTanh: 1, OpSin: 1, OpCos: 1,
	OpAbs: 1, OpFloor: 1, OpNot: 1,
	OpAdd: 2, OpSub: 2, OpMul: 2, OpDiv: 2, OpPow: 2, OpMin: 2, OpMax: 2,
	OpLess: 2, OpLessEq: 2, OpEqual: 2, OpAnd: 2, OpOr: 2,
	OpSelect: 3,
}

// Key is the same for two tapes exactly when they are the same.
func (t *Tape) Key() string {
	var b []byte
	for _, in := range t.Code {
		b = append(b, byte(in.Op))
		for _, operand := range in.operands() {
			b = binary.AppendUvarint(b, uint64(operand))
		}
		if in.K != nil {
			b = append(in.K.Num().Append(b, 32), '/') // the base is quick
			b = append(in.K.Denom().Append(b, 32), ' ')
		}
	}
	return string(b)
}
