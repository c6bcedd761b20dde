package real

import (
	"math"
	"math/big"

	"grauc/ir"
)

// Quantizer decides golden codes: q(k) = clamp(round(f(real(k)) / scale + zero)).
// It is not safe for concurrent use; see Fork.
type Quantizer struct {
	tape     *Tape // from an input code to the real that is to be rounded
	program  *program
	values   []value
	balls    []ball
	slopes   []Interval
	format   ir.Integer
	rounding ir.Rounding
	low      float64 // of the output codes
	high     float64

	// Settled counts the codes that needed more than float64.
	Settled int
}

// NewQuantizer composes f with the two number formats.
func NewQuantizer(f *Tape, in, out ir.Format) *Quantizer {
	t := new(Tape)
	x := t.Mul(t.Sub(t.X(), t.Const(in.Zero)), t.Const(in.Scale))
	y := t.Div(t.Inline(f, x), t.Const(out.Scale))
	t.Return(t.Add(y, t.Const(out.Zero)))
	q := &Quantizer{tape: t, program: compile(t), format: out.Integer, rounding: out.Rounding}
	q.low, q.high = float64(out.Min()), float64(out.Max())
	return q.Fork()
}

// Fork is a Quantizer for the same function that another goroutine may use.
func (q *Quantizer) Fork() *Quantizer {
	fork := *q
	fork.Settled = 0
	fork.values = append([]value(nil), q.program.fixed...)
	fork.slopes = make([]Interval, len(fork.values))
	fork.balls = make([]ball, len(fork.values))
	for i := range fork.values {
		fork.balls[i] = fork.values[i].ball()
	}
	return &fork
}

// Key is the same for quantizers of equal functions over equal codes; the input's
// width does not enter it.
func (q *Quantizer) Key() string {
	return q.format.String() + " " + q.rounding.String() + " " + q.tape.Key()
}

// Precisions of the arbitrary-precision attempts, doubled from the first to the last.
const (
	firstPrecision = 128
	lastPrecision  = 4096
)

// Code is the golden output code for the input code k, proved. The error is an
// *Undefined or an *Undecided.
func (q *Quantizer) Code(k int64) (int64, error) {
	code, _, err := q.Point(k)
	return code, err
}

// Point is Code with an estimate of the real number before rounding.
func (q *Quantizer) Point(k int64) (code int64, estimate float64, err error) {
	b := q.ball(float64(k))
	lo, hi := b.ends()
	if lo = q.round(lo); lo == q.round(hi) {
		return int64(lo), b.mid, nil
	}
	v := q.eval(point(float64(k)))
	if v.state&possibilities == defined {
		lo, hi := v.Lo, v.Hi
		if v.state&aboveLo != 0 && isBorder(lo) {
			lo += nudge
		}
		if v.state&belowHi != 0 && isBorder(hi) {
			hi -= nudge
		}
		if lo = q.round(lo); lo == q.round(hi) {
			return int64(lo), v.Lo, nil
		}
	}
	return q.settle(k)
}

func (q *Quantizer) ball(x float64) ball {
	v, p := q.balls, q.program
	for i := range p.steps {
		v[p.at[i]] = p.steps[i].ball(v, x)
	}
	return v[len(v)-1]
}

func (q *Quantizer) eval(x Interval) *value {
	v := q.values
	p := q.program
	for i := range p.steps {
		v[p.at[i]] = p.steps[i].eval(v, x)
	}
	return &v[len(v)-1]
}

// settle decides k exactly, or with as much precision as it takes.
func (q *Quantizer) settle(k int64) (code int64, estimate float64, err error) {
	q.Settled++
	x := new(big.Rat).SetInt64(k)
	for prec := uint(firstPrecision); prec <= lastPrecision; prec *= 2 {
		r := refine(q.tape, x, prec)
		v := r.result()
		switch v.state & possibilities {
		case undefined:
			return 0, 0, r.blame()
		case defined:
			b := r.bounds(v)
			estimate, _ = b.lo.Float64()
			if v.rat != nil {
				return q.roundRat(v.rat), estimate, nil
			}
			if code := q.roundEnd(b.lo, nudge); code == q.roundEnd(b.hi, -nudge) {
				return code, estimate, nil
			}
		}
	}
	return 0, 0, &Undecided{lastPrecision}
}

// round rounds an estimate as the format does, and clamps.
func (q *Quantizer) round(v float64) float64 {
	switch {
	case v <= q.low-1:
		return q.low
	case v >= q.high+1:
		return q.high
	}
	f := math.Floor(v)
	if up(q.rounding, v, f) {
		f++
	}
	return max(q.low, min(f, q.high))
}

// up reports whether v rounds above its floor. It compares with the middle, which is
// exact; v - floor need not be.
func up(r ir.Rounding, v, floor float64) bool {
	middle := floor + 0.5
	switch r {
	case ir.Floor:
		return false
	case ir.Ceil:
		return v > floor
	case ir.Zero:
		return v > floor && v < 0
	case ir.HalfUp:
		return v >= middle
	case ir.HalfDown:
		return v > middle
	case ir.HalfAway:
		return v > middle || v == middle && v > 0
	default:
		return v > middle || v == middle && int64(floor)&1 != 0
	}
}

// nudge is a step from an open end into an interval. Codes change at multiples of
// 1/2 only, so that it crosses no border that an end lies on.
const nudge = 0.25

// isBorder reports whether v is a multiple of 1/2 and so small that half of that
// is exact.
func isBorder(v float64) bool { return math.Abs(v) < 1<<40 && 2*v == math.Floor(2*v) }

// roundEnd rounds the end of an interval; where it is open and a border between two
// codes, as the reals just inside.
func (q *Quantizer) roundEnd(e end, nudge float64) int64 {
	switch {
	case e.Cmp(big.NewFloat(q.low-1)) <= 0:
		return q.format.Min()
	case e.Cmp(big.NewFloat(q.high+1)) >= 0:
		return q.format.Max()
	case e.Sign() != 0 && e.MantExp(nil) < -lastPrecision:
		return q.roundRat(big.NewRat(int64(e.Sign()), 256)) // any such is as good
	}
	v := e.rat
	if v == nil {
		v, _ = e.Rat(nil)
	}
	if e.open && (v.IsInt() || v.Denom().Cmp(big.NewInt(2)) == 0) {
		v = new(big.Rat).Add(v, new(big.Rat).SetFloat64(nudge))
	}
	return q.roundRat(v)
}

func (q *Quantizer) roundRat(v *big.Rat) int64 {
	n := q.rounding.Round(v)
	if !n.IsInt64() {
		if n.Sign() < 0 {
			return q.format.Min()
		}
		return q.format.Max()
	}
	return q.format.Clamp(n.Int64())
}
