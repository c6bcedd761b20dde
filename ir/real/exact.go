package real

import "math/big"

// exact is a rational, an arbitrary-precision enclosure, or a logical value.
type exact struct {
	rat   *big.Rat // nil: only the bounds are known
	ends  bigInterval
	state state
}

// refiner evaluates a tape at a rational point: exactly as long as the operations
// are rational, with intervals of its precision from there on.
type refiner struct {
	context
	tape *Tape
	x    *big.Rat
	v    []exact
}

func refine(t *Tape, x *big.Rat, prec uint) *refiner {
	r := &refiner{context: context{prec}, tape: t, x: x, v: make([]exact, len(t.Code))}
	for i, in := range t.Code {
		r.v[i] = r.eval(in)
	}
	return r
}

// result is the value of the whole tape.
func (r *refiner) result() *exact { return &r.v[len(r.v)-1] }

func (r *refiner) rational(v *big.Rat) exact {
	if ratBits(v) > maxRatBits {
		return exact{ends: r.rat(v), state: defined}
	}
	return exact{rat: v, state: defined}
}

// bounds are the enclosure of a real value.
func (r *refiner) bounds(v *exact) bigInterval {
	if v.rat != nil {
		return r.rat(v.rat)
	}
	if v.ends.lo.Float == nil { // undefined
		return r.whole()
	}
	return v.ends
}

// sign is the sign of v where it is known.
func (r *refiner) sign(v *exact) (sign int, known bool) {
	if v.rat != nil {
		return v.rat.Sign(), true
	}
	sign = r.bounds(v).sign()
	return sign, sign != 0
}

func (r *refiner) eval(in Instr) exact {
	switch in.Op {
	case OpX:
		return exact{rat: r.x, state: defined}
	case OpConst:
		return exact{rat: in.K, state: defined}
	case OpPi:
		return exact{ends: r.pi(), state: defined}
	case OpE:
		return exact{ends: r.expAt(big.NewFloat(1)), state: defined}
	case OpNot, OpAnd, OpOr:
		return exact{state: logical(in.Op, r.v[in.A].state, r.v[in.B].state)}
	case OpLess, OpLessEq, OpEqual:
		return exact{state: r.compare(in)}
	case OpSelect:
		return r.choose(r.v[in.A].state, &r.v[in.B], &r.v[in.C])
	}
	a := &r.v[in.A]
	all := a.state
	b := a
	if arity[in.Op] == 2 {
		b = &r.v[in.B]
		all = strict(a.state, b.state)
	}
	if all&defined == 0 {
		return exact{state: undefined}
	}
	v := r.rationally(in, a, b)
	if v.rat == nil && v.state == 0 {
		v = r.approximately(in, a, b)
	}
	if all&undefined != 0 {
		v.state |= undefined
	}
	return v
}

// rationally gives the result where it is a rational of moderate size, or surely
// undefined; otherwise the zero exact.
func (r *refiner) rationally(in Instr, a, b *exact) exact {
	if in.Op == OpMul && (isZero(a) || isZero(b)) || in.Op == OpSub && in.A == in.B {
		return exact{rat: new(big.Rat), state: defined}
	}
	if in.Op == OpDiv && (in.A == in.B || isZero(a)) {
		if sign, known := r.sign(b); known && sign != 0 {
			if isZero(a) {
				return *a
			}
			return exact{rat: big.NewRat(1, 1), state: defined}
		}
	}
	if in.Op == OpPow && isZero(b) {
		return exact{rat: big.NewRat(1, 1), state: defined}
	}
	if a.rat == nil || b.rat == nil {
		return exact{}
	}
	x, y := a.rat, b.rat
	switch in.Op {
	case OpNeg:
		return r.rational(new(big.Rat).Neg(x))
	case OpAbs:
		return r.rational(new(big.Rat).Abs(x))
	case OpFloor:
		return r.rational(ratFloor(x))
	case OpAdd:
		return r.rational(new(big.Rat).Add(x, y))
	case OpSub:
		return r.rational(new(big.Rat).Sub(x, y))
	case OpMul:
		return r.rational(new(big.Rat).Mul(x, y))
	case OpDiv:
		if y.Sign() == 0 {
			return exact{state: undefined}
		}
		return r.rational(new(big.Rat).Quo(x, y))
	case OpMin, OpMax:
		if (x.Cmp(y) < 0) == (in.Op == OpMin) {
			return *a
		}
		return *b
	case OpPow:
		if x.Sign() < 0 && !y.IsInt() || x.Sign() == 0 && y.Sign() < 0 {
			return exact{state: undefined}
		}
		return orNothing(ratPow(x, y))
	case OpSqrt:
		if x.Sign() < 0 {
			return exact{state: undefined}
		}
		return orNothing(ratRoot(x, 2))
	case OpLog:
		if x.Sign() <= 0 {
			return exact{state: undefined}
		}
		if x.Cmp(big.NewRat(1, 1)) == 0 {
			return orNothing(new(big.Rat))
		}
	case OpExp, OpCos:
		if x.Sign() == 0 {
			return orNothing(big.NewRat(1, 1))
		}
	case OpErf, OpTanh, OpSin:
		if x.Sign() == 0 {
			return orNothing(new(big.Rat))
		}
	}
	return exact{}
}

func isZero(v *exact) bool { return v.rat != nil && v.rat.Sign() == 0 }

func orNothing(v *big.Rat) exact {
	if v == nil {
		return exact{}
	}
	return exact{rat: v, state: defined}
}

// approximately encloses the result.
func (r *refiner) approximately(in Instr, a, b *exact) exact {
	x, y := r.bounds(a), r.bounds(b)
	out := exact{state: defined}
	switch in.Op {
	case OpNeg:
		out.ends = r.neg(x)
	case OpAbs:
		out.ends = r.abs(x)
	case OpFloor:
		return r.floor(x)
	case OpAdd:
		out.ends = r.add(x, y)
	case OpSub:
		out.ends = r.sub(x, y)
	case OpMul:
		out.ends = r.mul(x, y)
	case OpDiv:
		out.ends = r.div(x, y)
		sign, known := r.sign(b)
		if !known {
			out.state |= undefined
		} else if sign == 0 {
			out = exact{state: undefined}
		}
	case OpMin, OpMax:
		if less := before(x, y, true); less || before(y, x, true) {
			if less == (in.Op == OpMin) {
				return *a
			}
			return *b
		}
		out.ends = r.min(x, y)
		if in.Op == OpMax {
			out.ends = r.max(x, y)
		}
	case OpPow:
		return r.raise(a, b)
	case OpExp:
		out.ends = r.exp(x)
	case OpLog:
		if u, ok := r.tape.softplus(in); ok {
			out.ends = r.softplus(r.bounds(&r.v[u]))
			return out
		}
		sign, known := r.sign(a)
		out.ends = r.log(x)
		if !known {
			out.state |= undefined
		} else if sign <= 0 {
			out = exact{state: undefined}
		}
	case OpSqrt:
		out.ends = r.sqrt(x)
		if x.hi.Sign() < 0 || x.hi.Sign() == 0 && x.hi.strict() {
			out = exact{state: undefined}
		} else if x.lo.Sign() < 0 {
			out.state |= undefined
		}
	case OpErf:
		out.ends = r.erf(x)
	case OpTanh:
		out.ends = r.tanh(x)
	case OpSin:
		out.ends = r.sin(x)
	case OpCos:
		out.ends = r.cos(x)
	}
	return out
}

// softplus is log(exp(u) + 1) as max(u, 0) + log(exp(-|u|) + 1), which keeps what
// little it is above u.
func (r *refiner) softplus(u bigInterval) bigInterval {
	little := r.log(r.add(r.exp(r.neg(r.abs(u))), r.int(1)))
	return r.add(r.max(u, r.int(0)), little)
}

// floor is exact where both ends agree.
func (r *refiner) floor(x bigInterval) exact {
	if x.lo.IsInf() || x.hi.IsInf() || exponent(x.lo.Float) > maxRatBits || exponent(x.hi.Float) > maxRatBits {
		return exact{ends: r.add(x, bigInterval{closed(-1), closed(0)}), state: defined}
	}
	lo, hi := x.lo.floor(false), x.hi.floor(true)
	if lo.Cmp(hi) == 0 {
		return exact{rat: lo, state: defined}
	}
	return exact{ends: bigInterval{r.rat(lo).lo, r.rat(hi).hi}, state: defined}
}

// floor is the largest integer not above an end; below it where the end is an open
// upper one.
func (e end) floor(upper bool) *big.Rat {
	i, accuracy := e.Int(nil)
	if accuracy == big.Above || accuracy == big.Exact && upper && e.strict() { // Int truncates towards 0
		i.Sub(i, big.NewInt(1))
	}
	return new(big.Rat).SetInt(i)
}

// raise is a ^ b where that is not a rational of moderate size.
func (r *refiner) raise(a, b *exact) exact {
	x, y := r.bounds(a), r.bounds(b)
	sign, known := r.sign(a)
	if b.rat != nil && b.rat.IsInt() && b.rat.Num().BitLen() < 63 {
		n := b.rat.Num().Int64()
		out := exact{ends: r.power(x, n), state: defined}
		if n < 0 && !known {
			out.state |= undefined
		}
		return out
	}
	switch {
	case known && sign == 0 && y.sign() > 0:
		return exact{rat: new(big.Rat), state: defined}
	case known && sign == 0 && y.sign() < 0:
		return exact{state: undefined}
	case known && sign > 0:
		return exact{ends: r.exp(r.mul(y, r.log(x))), state: defined}
	case known && sign < 0 && b.rat != nil && !b.rat.IsInt():
		return exact{state: undefined}
	case x.lo.Sign() == 0 && y.lo.Sign() > 0:
		return exact{ends: r.exp(r.mul(y, r.log(x))), state: defined}
	}
	return exact{ends: r.whole(), state: defined | undefined}
}

func (r *refiner) compare(in Instr) state {
	a, b := &r.v[in.A], &r.v[in.B]
	out := strict(a.state, b.state)
	if out&defined == 0 {
		return out
	}
	out &= undefined
	known, holds := in.A == in.B, in.Op != OpLess
	if a.rat != nil && b.rat != nil {
		known, holds = true, compares(in.Op, a.rat.Cmp(b.rat))
	} else if x, y := r.bounds(a), r.bounds(b); !known {
		switch {
		case before(x, y, in.Op == OpLessEq):
			known, holds = true, in.Op != OpEqual
		case before(y, x, in.Op == OpLess):
			known, holds = true, false
		}
	}
	switch {
	case !known:
		return out | isTrue | isFalse
	case holds:
		return out | isTrue
	}
	return out | isFalse
}

// before reports whether every number in a is below every one in b, or at most equal
// to it where touching will do.
func before(a, b bigInterval, touching bool) bool {
	c, open := a.hi.Cmp(b.lo.Float), a.hi.strict() || b.lo.strict()
	if (a.hi.rat != nil || b.lo.rat != nil) && a.hi.small() && b.lo.small() {
		c, open = a.hi.exact().Cmp(b.lo.exact()), a.hi.open || b.lo.open
	}
	return c < 0 || c == 0 && (open || touching)
}

func (r *refiner) choose(cond state, a, b *exact) exact {
	var v exact
	switch cond & (isTrue | isFalse) {
	case isTrue:
		v = *a
	case isFalse:
		v = *b
	case isTrue | isFalse:
		v.state = (a.state | b.state) & (defined | undefined)
		if a.rat != nil && b.rat != nil && a.rat.Cmp(b.rat) == 0 {
			v.rat = a.rat
		} else {
			v.ends = r.hull(r.bounds(a), r.bounds(b))
		}
	}
	v.state |= cond & undefined
	return v
}
