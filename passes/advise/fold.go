package advise

import (
	"math"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// folded is what hardware of the positive half alone would reach whose inputs and outputs
// are turned around for x < 0. The language has no option for it, so the change says that
// it is by hand.
func (s *situation) folded() (Alternative, bool) {
	a := Alternative{Change: "fold x < 0 onto x >= 0 by hand, as the function is symmetric", kind: folding, Segments: Unknown}
	shape := &s.layer.Shape
	if !s.in.Signed || shape.Breaks != ir.Free || shape.Window.Bits > 0 || shape.Overflow != ir.Saturate || s.layer.Options.Weight != nil {
		return a, false
	}
	above, below, ok := halves(s.golden)
	if !ok {
		return a, false
	}
	f := s.prospects.Fit(s.layer, above, half(s.in), s.steps)
	if f == nil {
		return a, false
	}
	one, other := pwl.Measure(above, f), pwl.Measure(below, f)
	a.MaxError = max(one.Max, other.Max)
	if a.error = float64(a.MaxError); byMean(s.layer) {
		squares, _ := one.Squares.Add(one.Squares, other.Squares).Float64()
		a.RMSE = math.Sqrt(squares / float64(one.Inputs+other.Inputs))
		a.error = a.RMSE
	}
	return a, true
}

// half is the codes from 0 on of a signed format.
func half(in ir.Integer) ir.Integer { return ir.Integer{Width: in.Width - 1} }

// halves are a function from 0 on, and what turning it around would have to be there to
// meet it below 0: at w the golden output of ^w, taken from the sum of the outputs at both
// ends. They have to be no more than a code apart.
func halves(f *steps.Function) (above, below *steps.Function, ok bool) {
	if !f.Input.Signed || f.Input.Narrow || f.Input.Width < 2 {
		return nil, nil, false
	}
	sum := f.Eval(f.Input.Min()) + f.Eval(f.Input.Max())
	above = &steps.Function{Input: half(f.Input), Output: f.Output}
	below = &steps.Function{Input: half(f.Input), Output: f.Output}
	for i, r := range f.Runs {
		if last := f.End(i); last >= 0 {
			above.Runs = append(above.Runs, steps.Run{Start: max(0, r.Start), Value: r.Value})
		}
	}
	for i := len(f.Runs) - 1; i >= 0; i-- {
		if r := f.Runs[i]; r.Start < 0 {
			below.Runs = append(below.Runs, steps.Run{Start: max(0, ^f.End(i)), Value: sum - r.Value})
		}
	}
	return above, below, near(above, below) && near(below, above)
}

// near reports whether two functions are no more than a code apart where the runs of the
// first begin.
func near(f, g *steps.Function) bool {
	for _, r := range f.Runs {
		if d := r.Value - g.Eval(r.Start); d < -1 || d > 1 {
			return false
		}
	}
	return true
}
