package real

import (
	"math"
	"math/big"
)

// state says what a value may be. Several bits are several possibilities: a proof
// needs all of them to agree.
type state uint8

const (
	defined   state = 1 << iota // a real within the bounds
	undefined                   //
	isTrue                      // of logical values
	isFalse                     //
	// These are not possibilities but facts.
	nonzero // not 0, though the bounds may touch it
	aboveLo // strictly above the lower bound
	belowHi // strictly below the upper bound

	possibilities = defined | undefined
)

// swapped exchanges the bounds, as negation does.
func (s state) swapped() state {
	out := s &^ (aboveLo | belowHi)
	if s&aboveLo != 0 {
		out |= belowHi
	}
	if s&belowHi != 0 {
		out |= aboveLo
	}
	return out
}

const openEnds = aboveLo | belowHi

// factor is what an operand's bounds tell of those of a product's absolute value:
// nothing where its sign is open.
func (a *value) factor() state {
	switch {
	case a.Lo > 0:
		return a.state & openEnds
	case a.Hi < 0:
		return a.state.swapped() & openEnds
	}
	return 0
}

// product is what is known of the bounds of a product, or quotient, of a and b.
func product(a, b *value, fb state) state {
	if a.Lo <= 0 && a.Hi >= 0 || b.Lo <= 0 && b.Hi >= 0 {
		return 0
	}
	out := a.factor() | fb
	if (a.Lo > 0) != (b.Lo > 0) {
		out = out.swapped()
	}
	return out
}

// step is an operation made ready for float64 intervals.
type step struct {
	Instr
	kind kind
	n    int64   // exponent, of kindPower
	u    int32   // operand of kindSoftplus
	p, q float64 // factor p / q, of kindScale
}

// kind refines Op where constants allow a better way.
type kind uint8

const (
	kindPlain    kind = iota
	kindScale         // A * p / q
	kindPower         // A ^ n
	kindRoot          // A ^ constant, not an integer
	kindSoftplus      // log(exp(u) + 1), which is u and a little where exp(u) overflows
)

// value is a float64 enclosure of a real or logical value.
type value struct {
	Interval
	state state
}

// program is a tape compiled for intervals. What does not depend on the input is
// computed once.
type program struct {
	tape  *Tape
	fixed []value // of constant operations
	steps []step  // the others, in order
	at    []int32 // their indices
}

func compile(t *Tape) *program {
	p := &program{tape: t, fixed: make([]value, len(t.Code))}
	varies := make([]bool, len(t.Code))
	for i, in := range t.Code {
		varies[i] = in.Op == OpX
		for _, operand := range in.operands() {
			varies[i] = varies[i] || varies[operand]
		}
		s := t.prepare(in)
		if varies[i] {
			p.steps = append(p.steps, s)
			p.at = append(p.at, int32(i))
		} else {
			p.fixed[i] = s.eval(p.fixed, Interval{})
		}
	}
	return p
}

func (t *Tape) prepare(in Instr) step {
	s := step{Instr: in}
	if u, ok := t.softplus(in); ok {
		s.kind, s.u = kindSoftplus, u
	}
	if in.Op != OpMul && in.Op != OpPow {
		return s
	}
	k := t.constant(in.B)
	switch {
	case k == nil:
	case in.Op == OpMul:
		p, exactP := new(big.Float).SetInt(k.Num()).Float64()
		q, exactQ := new(big.Float).SetInt(k.Denom()).Float64()
		if f, exact := k.Float64(); exact {
			p, q = f, 1
		} else if exactP != big.Exact || exactQ != big.Exact {
			return s
		}
		s.kind, s.p, s.q = kindScale, p, q
	case k.IsInt() && k.Num().BitLen() < 32:
		s.kind, s.n = kindPower, k.Num().Int64()
	case !k.IsInt():
		s.kind = kindRoot
	}
	return s
}

// softplus recognizes log(exp(u) + 1).
func (t *Tape) softplus(in Instr) (u int32, ok bool) {
	if in.Op != OpLog || !t.is(in.A, OpAdd) {
		return 0, false
	}
	sum := t.Code[in.A]
	return t.Code[sum.A].A, t.is(sum.A, OpExp) && t.isInt(sum.B, 1)
}

// enclose gives the float64 enclosure of an exact rational.
func enclose(k *big.Rat) Interval {
	f, exact := k.Float64()
	switch {
	case exact:
		return point(f)
	case f == 0 && k.Sign() > 0:
		return Interval{0, math.SmallestNonzeroFloat64}
	case f == 0:
		return Interval{-math.SmallestNonzeroFloat64, 0}
	}
	return Interval{nextDown(f), nextUp(f)}
}

// strict is the state of a result that is defined where all operands are.
func strict(a, b state) state { return a&b&defined | (a|b)&undefined }

// eval encloses the operation's value over x, given its operands'.
func (s *step) eval(v []value, x Interval) value {
	switch s.Op {
	case OpX:
		return value{x, defined}
	case OpConst:
		return value{enclose(s.K), defined}
	case OpPi:
		return value{Interval{math.Pi, nextUp(math.Pi)}, defined}
	case OpE:
		return value{Interval{math.E, nextUp(math.E)}, defined}
	case OpSelect:
		return choose(v[s.A].state, v[s.B], v[s.C])
	case OpNot, OpAnd, OpOr:
		return value{state: logical(s.Op, v[s.A].state, v[s.B].state)}
	case OpLess, OpLessEq, OpEqual:
		return s.compare(&v[s.A], &v[s.B])
	}
	if u := &v[s.u]; s.kind == kindSoftplus && u.Lo > 40 {
		return value{Interval{u.Lo, addUp(u.Hi, 0x1p-57)}, u.state&possibilities | openEnds}
	}
	if arity[s.Op] == 1 {
		return s.unary(&v[s.A])
	}
	return s.binary(&v[s.A], &v[s.B])
}

func (s *step) unary(a *value) value {
	r := value{state: a.state & (possibilities | nonzero)}
	switch s.Op {
	case OpNeg:
		r.Interval, r.state = a.neg(), a.state.swapped()
	case OpAbs:
		r.Interval = a.abs()
	case OpFloor:
		r.Interval = a.floor()
		r.state &^= nonzero
	case OpExp:
		r.Interval = a.exp()
		r.state |= nonzero | a.irrational()
	case OpLog:
		r.Interval = a.log()
		r.state = domain(a, a.Lo > 0 || a.Lo == 0 && a.state&nonzero != 0, a.Hi <= 0)
	case OpSqrt:
		r.Interval = a.sqrt()
		r.state = domain(a, a.Lo >= 0, a.Hi < 0)
	case OpErf:
		r.Interval = a.erf()
		r.state |= a.irrational()
	case OpTanh:
		r.Interval = a.tanh()
		r.state |= a.irrational()
	case OpSin:
		r.Interval = a.sin()
		r.state &^= nonzero
	case OpCos:
		r.Interval = a.cos()
		r.state &^= nonzero
	}
	return r
}

// irrational says that exp, erf and tanh are strictly within the bounds computed for
// them, except at 0.
func (a *value) irrational() state {
	var out state
	if a.Lo != 0 {
		out |= aboveLo
	}
	if a.Hi != 0 {
		out |= belowHi
	}
	return out
}

// domain is the state of a partial function's result, given whether its operand is
// surely inside and surely outside its domain.
func domain(a *value, inside, outside bool) state {
	switch {
	case inside:
		return a.state & possibilities
	case outside:
		return undefined
	}
	return a.state&defined | undefined
}

func (s *step) binary(a, b *value) value {
	r := value{state: strict(a.state, b.state)}
	switch s.Op {
	case OpAdd:
		r.Interval = a.add(b.Interval)
		r.state |= (a.state | b.state) & openEnds
	case OpSub:
		if s.A == s.B {
			return r // 0 where defined
		}
		r.Interval = a.sub(b.Interval)
		r.state |= (a.state | b.state.swapped()) & openEnds
	case OpMul:
		if s.kind == kindScale {
			r.Interval = a.scale(s.p, s.q)
			switch {
			case s.p > 0:
				r.state = a.state
			case s.p < 0:
				r.state = a.state.swapped()
			}
			return r
		}
		r.Interval = a.mul(b.Interval)
		r.state |= a.state&b.state&nonzero | product(a, b, b.factor())
	case OpDiv:
		if s.A == s.B {
			r.Interval = point(1)
		} else {
			r.Interval = a.div(b.Interval)
		}
		zero := b.Lo <= 0 && b.Hi >= 0 && b.state&nonzero == 0
		r.state = domain(&r, !zero, zero && b.isPoint())
		if s.A != s.B {
			r.state |= product(a, b, b.factor().swapped())
		}
		r.state |= a.state & nonzero
	case OpPow:
		return s.power(a, b)
	case OpMin:
		r.Interval = a.min(b.Interval)
	case OpMax:
		r.Interval = a.max(b.Interval)
	}
	return r
}

func (s *step) power(a, b *value) value {
	r := value{state: strict(a.state, b.state)}
	zero := a.Lo <= 0 && a.Hi >= 0 && a.state&nonzero == 0
	if s.kind == kindPower {
		r.Interval = a.Interval.power(s.n)
		if s.n < 0 {
			r.state = domain(&r, !zero, zero && a.isPoint())
		}
		r.state |= a.state & nonzero
		return r
	}
	if n := b.Lo; b.isPoint() && n == math.Floor(n) && math.Abs(n) < 1<<62 {
		integer := step{kind: kindPower, n: int64(n)}
		return integer.power(a, b)
	}
	noInteger := math.Floor(b.Lo) == math.Floor(b.Hi) && b.Lo > math.Floor(b.Lo)
	switch {
	case a.Lo > 0, a.Lo == 0 && b.Lo > 0:
		r.Interval = b.mul(a.log()).exp()
	case a.Hi < 0 && noInteger:
		r.state = undefined
	case a.Lo == 0 && !zero:
		r.Interval = Interval{0, math.Inf(1)}
	default:
		r.Interval = whole
		r.state |= undefined
	}
	return r
}

// compare decides a comparison where the bounds allow.
func (s *step) compare(a, b *value) value {
	r := strict(a.state, b.state)
	out := r & undefined
	if r&defined == 0 {
		return value{state: out}
	}
	yes, no := false, false
	switch s.Op {
	case OpLess:
		yes, no = a.Hi < b.Lo, a.Lo >= b.Hi || s.A == s.B
	case OpLessEq:
		yes, no = a.Hi <= b.Lo || s.A == s.B, a.Lo > b.Hi
	case OpEqual:
		yes, no = s.A == s.B || a.isPoint() && b.isPoint() && a.Lo == b.Lo, a.Hi < b.Lo || b.Hi < a.Lo
	}
	if !yes {
		out |= isFalse
	}
	if !no {
		out |= isTrue
	}
	return value{state: out}
}

// logical is the outcome of not, and, or; the second operand counts only where the
// first leaves the matter open.
func logical(op Op, a, b state) state {
	out := a & undefined
	switch op {
	case OpNot:
		if a&isTrue != 0 {
			out |= isFalse
		}
		if a&isFalse != 0 {
			out |= isTrue
		}
	case OpAnd:
		out |= a & isFalse
		if a&isTrue != 0 {
			out |= b
		}
	case OpOr:
		out |= a & isTrue
		if a&isFalse != 0 {
			out |= b
		}
	}
	return out
}

// choose is the value of a select: one branch, or the hull of both.
func choose(cond state, a, b value) value {
	var r value
	switch cond & (isTrue | isFalse) {
	case isTrue:
		r = a
	case isFalse:
		r = b
	case isTrue | isFalse:
		r = value{a.hull(b.Interval), (a.state|b.state)&possibilities | a.state&b.state&nonzero}
	}
	r.state |= cond & undefined
	return r
}
