package real

import "math"

// A slope holds every divided difference (f(u) - f(v)) / (u - v) of an operation over
// two different integers u, v of a piece. It needs no derivative: clamps and floors
// come out monotone. Jumps stay bounded because u and v are at least 1 apart.

// slope is the operation's slope, given the operands' slopes d, and the enclosures v
// of operands and result over the piece.
func (s *step) slope(v []value, d []Interval, result *value) Interval {
	da := d[s.A]
	switch s.Op {
	case OpX:
		return point(1)
	case OpSelect:
		return v[s.A].state.branchSlope(&v[s.B], &v[s.C], d[s.B], d[s.C])
	case OpNot, OpAnd, OpOr, OpLess, OpLessEq, OpEqual:
		return Interval{}
	}
	a := &v[s.A]
	if arity[s.Op] == 1 {
		if da == (Interval{}) {
			return da
		}
		return s.chain(a, da, result)
	}
	b, db := &v[s.B], d[s.B]
	switch s.Op {
	case OpAdd:
		return da.add(db)
	case OpSub:
		if s.A == s.B {
			return Interval{}
		}
		return da.sub(db)
	case OpMul:
		if s.kind == kindScale {
			return da.scale(s.p, s.q)
		}
		return a.mul(db).add(b.mul(da))
	case OpDiv:
		if s.A == s.B {
			return Interval{}
		}
		return da.sub(result.mul(db)).div(b.Interval)
	case OpMin:
		return extremeSlope(a, b, da, db)
	case OpMax:
		return extremeSlope(b, a, da, db)
	default: // OpPow
		return s.powerSlope(a, b, da, db, result)
	}
}

// chain is the slope of a function of one operand, by the mean value theorem where
// it is smooth.
func (s *step) chain(a *value, da Interval, result *value) Interval {
	switch s.Op {
	case OpNeg:
		return da.neg()
	case OpAbs:
		switch {
		case a.Lo >= 0:
			return da
		case a.Hi <= 0:
			return da.neg()
		}
		return da.hull(da.neg())
	case OpFloor:
		if result.isPoint() {
			return Interval{}
		}
		step := Interval{addDown(da.Lo, -1), addUp(da.Hi, 1)}
		if da.Lo >= 0 {
			step.Lo = 0
		}
		if da.Hi <= 0 {
			step.Hi = 0
		}
		return step
	case OpExp:
		return result.mul(da)
	case OpLog:
		return da.div(Interval{max(a.Lo, 0), max(a.Hi, 0)})
	case OpSqrt:
		return da.div(result.scale(2, 1))
	case OpErf:
		bell := a.Interval.power(2).neg().exp()
		return bell.mul(Interval{nextDown(twoOverSqrtPi), nextUp(twoOverSqrtPi)}).mul(da)
	case OpTanh:
		rest := point(1).sub(result.Interval.power(2))
		return Interval{max(rest.Lo, 0), rest.Hi}.mul(da)
	case OpSin:
		return a.cos().mul(da)
	default: // OpCos
		return a.sin().neg().mul(da)
	}
}

// extremeSlope is the slope of the smaller of a and b. Where which one that is
// changes, the difference lies between those of both.
func extremeSlope(a, b *value, da, db Interval) Interval {
	switch {
	case a.Hi <= b.Lo:
		return da
	case b.Hi <= a.Lo:
		return db
	}
	return da.hull(db)
}

func (s *step) powerSlope(a, b *value, da, db Interval, result *value) Interval {
	switch {
	case s.kind == kindPower && s.n == 0:
		return Interval{}
	case s.kind == kindPower:
		return a.Interval.power(s.n-1).scale(float64(s.n), 1).mul(da)
	case s.kind == kindRoot && a.Lo >= 0:
		less := b.sub(point(1))
		return b.mul(less.mul(a.log()).exp()).mul(da)
	case a.Lo > 0: // e ^ (b log a)
		inner := b.mul(da.div(a.Interval)).add(a.log().mul(db))
		return result.mul(inner)
	}
	return whole
}

// branchSlope is the slope of a select. Across an undecided condition the difference
// is at most that of the branches' values, over a distance of at least 1.
func (cond state) branchSlope(a, b *value, da, db Interval) Interval {
	switch cond & (isTrue | isFalse) {
	case isTrue:
		return da
	case isFalse:
		return db
	}
	jump := a.sub(b.Interval)
	far := max(math.Abs(jump.Lo), math.Abs(jump.Hi))
	return da.hull(db).hull(Interval{-far, far})
}
