package fit

import (
	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// Prospects tells what shapes would reach, without making their fits.
type Prospects struct{ families }

// LeastError is the least maximum error of any function of a shape on a datapath whose
// input is in.
func (p *Prospects) LeastError(golden *steps.Function, shape ir.Shape, in ir.Integer) int64 {
	return p.leastError(golden, shape, in)
}

// Segments is how many segments of a shape it takes to keep to a maximum error, 0 if
// more than there may be.
func (p *Prospects) Segments(golden *steps.Function, shape ir.Shape, in ir.Integer, maxError int64) int {
	return p.segmentsFor(golden, shape, in, maxError)
}

// Mean is what a fit of least squares of a layer has, as far as a search of so many steps
// finds: its root mean square error, weighed as the layer says, and its maximum error.
// There is none if the layer's shape has no such fits.
func (p *Prospects) Mean(l *ir.Layer, golden *steps.Function, in ir.Integer, steps int64) (rmse float64, maxError int64, ok bool) {
	j := p.made(l, golden, in, steps)
	if j.fit == nil {
		return 0, 0, false
	}
	return j.squares.RootMean(), j.err.Max, true
}

// Fit is a fit as a layer asks for it, as far as a search of so many steps finds one, or
// nil.
func (p *Prospects) Fit(l *ir.Layer, golden *steps.Function, in ir.Integer, steps int64) *pwl.Function {
	return p.made(l, golden, in, steps).fit
}

func (p *Prospects) made(l *ir.Layer, golden *steps.Function, in ir.Integer, steps int64) *job {
	j := &job{golden: golden, shape: l.Shape, options: l.Options, datapath: in, weighing: weighingOf(l), budget: steps}
	j.fitWith(&p.families, l.Shape.Segments)
	return j
}

// Change is a shape other than a layer's, and how one would write it.
type Change struct {
	What  string
	Shape ir.Shape
}

// Changes lists the shapes worth considering for a function, apart from more
// segments, the simplest first.
func Changes(golden *steps.Function, shape ir.Shape, in ir.Integer) []Change {
	var list []Change
	if wide, wider := allShifts(golden, shape, in); wider && !shape.Tabular() {
		list = append(list, Change{slopesText(wide), wide})
	}
	return append(list, changes(shape, in)...)
}

// allShifts is a shape with all shifts that can matter to a function, and whether
// these are more than it has.
func allShifts(golden *steps.Function, shape ir.Shape, in ir.Integer) (wide ir.Shape, wider bool) {
	wide = shape
	wide.MinShift = min(shape.MinShift, -golden.Output.Width)
	most := min(golden.Input.Width, shape.Window.Codes(in).Width) - 1
	if shape.Breaks == ir.Uniform {
		most = shape.LowBits(in)
	}
	wide.MaxShift = max(shape.MaxShift, most+shape.Guard)
	return wide, wide != shape
}

// Effort is about how many slopes have to be formed to look at the shape.
func (c *Change) Effort() int {
	n, terms := 1, 2*(c.Shape.MaxShift-c.Shape.MinShift+1)
	for i := range c.Shape.Terms {
		n = n * (terms + i) / (i + 1)
	}
	return n
}
