package real

import "math"

// ball is a real number within err of mid, or, where err is infinite or no number, one
// that nothing is known of: it may even be undefined. Balls decide codes at single inputs
// in a third of the time that intervals take, but for those that are next to a border.
// Of logical values mid is 1 or 0.
//
// An operation adds to err what the errors of its operands can make of it, and what
// rounding mid to nearest does. The roundings of err itself, a few for each operation,
// are within what it is enlarged by.
type ball struct{ mid, err float64 }

const (
	halfUlp  = 0x1p-52     // more than half an ulp of a number, relative to it
	enlarged = 1 + 0x1p-40 // for the roundings of errors
	underMin = 0x1p-600    // more than results and errors lose that are next to 0
)

var unknown = ball{math.NaN(), math.Inf(1)}

// blurred is a ball whose middle was rounded once.
func blurred(mid, err float64) ball {
	return ball{mid, err*enlarged + (math.Abs(mid)*halfUlp + underMin)}
}

// ends are bounds on what is in the ball, no numbers where they are not known.
func (a ball) ends() (lo, hi float64) {
	a = blurred(a.mid, a.err)
	return a.mid - a.err, a.mid + a.err
}

// ball is that of an interval, which should be narrow.
func (v *value) ball() ball {
	switch v.state & (possibilities | isTrue | isFalse) {
	case defined:
		return ball{v.Lo, (v.Hi - v.Lo) * enlarged}
	case isTrue:
		return ball{1, 0}
	case isFalse:
		return ball{0, 0}
	}
	return unknown
}

func truth(holds bool) ball {
	if holds {
		return ball{1, 0}
	}
	return ball{0, 0}
}

// known reports whether anything is: then mid is a number, too.
func (a ball) known() bool { return a.err <= math.MaxFloat64 }

// ball encloses the operation's value at x, given its operands'.
func (s *step) ball(v []ball, x float64) ball {
	a, b := v[s.A], v[s.B]
	switch s.Op {
	case OpX:
		return ball{x, 0}
	case OpNeg:
		return ball{-a.mid, a.err}
	case OpAdd:
		return blurred(a.mid+b.mid, a.err+b.err)
	case OpSub:
		return blurred(a.mid-b.mid, a.err+b.err)
	case OpMul:
		return a.mul(b)
	case OpDiv:
		return a.div(b)
	case OpPow:
		if s.kind == kindPower {
			return a.power(s.n)
		}
		return b.mul(a.log()).exp() // of more than 0
	case OpMin:
		return ball{min(a.mid, b.mid), max(a.err, b.err)}
	case OpMax:
		return ball{max(a.mid, b.mid), max(a.err, b.err)}
	case OpAbs:
		return ball{math.Abs(a.mid), a.err}
	case OpFloor:
		return a.floor()
	case OpExp:
		return a.exp()
	case OpLog:
		if u := v[s.u]; s.kind == kindSoftplus && u.mid > 41 && u.err < 1 {
			return blurred(u.mid, u.err+0x1p-57)
		}
		return a.log()
	case OpSqrt:
		return a.sqrt()
	case OpErf:
		return a.steady(erfBounds, 1.2)
	case OpTanh:
		return a.steady(tanhBounds, 1)
	case OpSin:
		return a.steady(sinBounds, 1)
	case OpCos:
		return a.steady(cosBounds, 1)
	case OpLess, OpLessEq:
		return a.before(b)
	case OpNot:
		return ball{1 - a.mid, a.err}
	case OpAnd:
		return choice(a, b, ball{0, 0})
	case OpOr:
		return choice(a, ball{1, 0}, b)
	case OpSelect:
		return choice(a, b, v[s.C])
	}
	return unknown
}

func (a ball) mul(b ball) ball {
	return blurred(float64(a.mid*b.mid), math.Abs(a.mid)*b.err+(math.Abs(b.mid)+b.err)*a.err)
}

// div needs a divisor that is surely not 0.
func (a ball) div(b ball) ball {
	size := math.Abs(b.mid)
	if !(size > 2*b.err+0x1p-400) { // so that what underflows above is still next to 0
		return unknown
	}
	q := a.mid / b.mid
	return blurred(q, (a.err+math.Abs(q)*b.err)/(size-b.err))
}

func (a ball) power(n int64) ball {
	if n < 0 {
		return ball{1, 0}.div(a.power(-n))
	}
	r := ball{1, 0 * a.err} // not known where a is not
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			r = r.mul(a)
		}
		a = a.mul(a)
	}
	return r
}

func (a ball) floor() ball {
	lo, hi := a.ends()
	if lo, hi = math.Floor(lo), math.Floor(hi); lo != hi {
		return unknown
	}
	return ball{lo, 0}
}

// exp is off by e^mid times what e^err - 1 is at most.
func (a ball) exp() ball {
	if !(a.err < 0.5) {
		return unknown
	}
	lo, hi := expBounds(a.mid)
	return blurred(lo, hi*(a.err+a.err*a.err)+(hi-lo))
}

func (a ball) log() ball {
	if !(a.mid > 2*a.err) {
		return unknown
	}
	lo, hi := logBounds(a.mid)
	return blurred(lo, a.err/(a.mid-a.err)+(hi-lo))
}

func (a ball) sqrt() ball {
	switch {
	case a.mid > 2*a.err:
		root := math.Sqrt(a.mid)
		return blurred(root, a.err/root)
	case a == ball{}:
		return a
	}
	return unknown
}

// steady applies a function that is given by bounds at a point, with slopes between
// -steepest and steepest.
func (a ball) steady(bounds func(float64) (lo, hi float64), steepest float64) ball {
	if !a.known() {
		return unknown
	}
	lo, hi := bounds(a.mid)
	return blurred(lo, steepest*a.err+(hi-lo))
}

// before is whether a is less than b, where they are not equal.
func (a ball) before(b ball) ball {
	lo, hi := blurred(b.mid-a.mid, a.err+b.err).ends()
	if lo > 0 || hi < 0 {
		return truth(lo > 0)
	}
	return unknown
}

// choice is a where a condition holds, else b.
func choice(condition, a, b ball) ball {
	switch {
	case !condition.known():
		return unknown
	case condition.mid > 0:
		return a
	}
	return b
}
