package main

import (
	"math"

	"grauc/ir"
	"grauc/ir/pwl"
)

// The reference to beat is how such units are fitted today: a continuous piecewise
// linear curve of least squares through 512 points of the function, its slopes then
// rounded to the nearest allowed ones, its biases then fitted again to the same
// points. The breaks are found by local search from even spacing: each is moved up
// and down by ever smaller steps for as long as the squares get smaller.
const points = 512

// curve is the points of a real function in output codes, clamped as the output is.
type curve struct {
	x []int64
	y []float64
}

// reference fits with one power of two as slope, or none, and no guard bits.
func reference(c curve, in, out ir.Integer, shape ir.Shape) *pwl.Function {
	breaks := c.search(shape.Segments)
	knots := c.knots(breaks)
	f := &pwl.Function{Input: in, Output: out}
	for i := range shape.Segments {
		from, to := breaks[i], breaks[i+1]
		s := pwl.Segment{Start: c.x[from]}
		if i == 0 {
			s.Start = in.Min()
		}
		slope := (knots[i+1] - knots[i]) / float64(c.x[to]-c.x[from])
		s.Terms = nearest(slope, shape)
		s.Bias = c.bias(from, to, &s)
		f.Segments = append(f.Segments, s)
	}
	return f
}

// search returns the indices of the first point, the breaks and the last point.
func (c curve) search(segments int) []int {
	breaks := make([]int, segments+1)
	for i := range breaks {
		breaks[i] = i * (points - 1) / segments
	}
	least := c.squares(breaks)
	for step := points / 8; step > 0; {
		moved := false
		for i := 1; i < segments; i++ {
			for _, d := range []int{-step, step} {
				old := breaks[i]
				if at := old + d; at > breaks[i-1]+1 && at < breaks[i+1]-1 {
					breaks[i] = at
				}
				if s := c.squares(breaks); s < least {
					least, moved = s, true
				} else {
					breaks[i] = old
				}
			}
		}
		if !moved {
			step /= 2
		}
	}
	return breaks
}

func (c curve) squares(breaks []int) float64 {
	knots := c.knots(breaks)
	sum := 0.0
	for i := range len(breaks) - 1 {
		from, to := breaks[i], breaks[i+1]
		for j := from; j < to || j == points-1; j++ {
			u := c.within(j, from, to)
			d := knots[i]*(1-u) + knots[i+1]*u - c.y[j]
			sum += d * d
		}
	}
	return sum
}

func (c curve) within(j, from, to int) float64 {
	return float64(c.x[j]-c.x[from]) / float64(c.x[to]-c.x[from])
}

// knots are the values at the breaks that make the squares least: the normal
// equations of hat functions, which have three diagonals.
func (c curve) knots(breaks []int) []float64 {
	n := len(breaks)
	diagonal, above, right := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n - 1 {
		from, to := breaks[i], breaks[i+1]
		for j := from; j < to || j == points-1; j++ {
			u := c.within(j, from, to)
			diagonal[i] += (1 - u) * (1 - u)
			above[i] += u * (1 - u)
			diagonal[i+1] += u * u
			right[i] += (1 - u) * c.y[j]
			right[i+1] += u * c.y[j]
		}
	}
	for i := 1; i < n; i++ {
		w := above[i-1] / diagonal[i-1]
		diagonal[i] -= w * above[i-1]
		right[i] -= w * right[i-1]
	}
	right[n-1] /= diagonal[n-1]
	for i := n - 2; i >= 0; i-- {
		right[i] = (right[i] - above[i]*right[i+1]) / diagonal[i]
	}
	return right
}

// nearest is the allowed slope nearest to a real one.
func nearest(slope float64, shape ir.Shape) []pwl.Term {
	var terms []pwl.Term
	least := math.Abs(slope)
	for e := shape.MinShift; e <= shape.MaxShift; e++ {
		for _, negative := range []bool{false, true} {
			v := math.Ldexp(1, -e)
			if negative {
				v = -v
			}
			if d := math.Abs(slope - v); d < least {
				least, terms = d, []pwl.Term{{Shift: e, Negative: negative}}
			}
		}
	}
	return terms
}

// bias is the integer nearest to the mean of what the terms leave.
func (c curve) bias(from, to int, s *pwl.Segment) int64 {
	sum, n := 0.0, 0
	for j := from; j < to || j == points-1; j++ {
		sum += c.y[j] - float64(s.Value(c.x[j], 0))
		n++
	}
	return int64(math.Round(sum / float64(n)))
}
