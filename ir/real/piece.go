package real

import "grauc/ir"

// Verdict is what is proved about the golden codes on a piece of the domain.
type Verdict uint8

const (
	Open       Verdict = iota // nothing
	Constant                  // one code
	Increasing                // codes never fall
	Decreasing                // codes never rise
)

// Piece tries to prove something about all codes from first to last. With Constant
// comes the code.
func (q *Quantizer) Piece(first, last int64) (Verdict, int64) {
	x := Interval{float64(first), float64(last)}
	v, d, p := q.values, q.slopes, q.program
	for i := range p.steps {
		at := p.at[i]
		v[at] = p.steps[i].eval(v, x)
		d[at] = p.steps[i].slope(v, d, &v[at])
	}
	end := len(v) - 1
	if v[end].state&possibilities != defined {
		return Open, 0
	}
	if code, ok := q.single(v[end].Interval); ok {
		return Constant, code
	}
	slope := d[end]
	switch {
	case slope.Lo >= 0:
		return Increasing, 0
	case slope.Hi <= 0:
		return Decreasing, 0
	case max(-slope.Lo, slope.Hi)*float64(last-first) < 2:
		if code, ok := q.single(q.meanValue(first, last, slope)); ok {
			return Constant, code
		}
	}
	return Open, 0
}

// meanValue encloses the real on the piece by its slope and its value at an integer
// near the middle.
func (q *Quantizer) meanValue(first, last int64, slope Interval) Interval {
	centre := first + (last-first)/2
	offsets := Interval{float64(first - centre), float64(last - centre)}
	return q.eval(point(float64(centre))).add(slope.mul(offsets))
}

// single is the code that all reals in r round to, if that is one.
func (q *Quantizer) single(r Interval) (code int64, ok bool) {
	lo, hi := q.round(r.Lo), q.round(r.Hi)
	return int64(lo), lo == hi
}

// Border is the real number at which codes change from code to the next one above,
// or below.
func (q *Quantizer) Border(code int64, above bool) float64 {
	c := float64(code)
	lower, upper := c-0.5, c+0.5
	switch {
	case q.rounding == ir.Floor, q.rounding == ir.Zero && code > 0:
		lower, upper = c, c+1
	case q.rounding == ir.Ceil, q.rounding == ir.Zero && code < 0:
		lower, upper = c-1, c
	case q.rounding == ir.Zero:
		lower, upper = -1, 1
	}
	if above {
		return upper
	}
	return lower
}
