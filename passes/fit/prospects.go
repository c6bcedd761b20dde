package fit

import (
	"slices"
	"sort"

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

// Changes lists the shapes worth considering for a function, apart from more segments,
// the simplest first: those of at most so many slopes. More shifts are as few as reach
// the maximum error of all that can matter, or the one that is tolerated if that is larger.
func (p *Prospects) Changes(golden *steps.Function, shape ir.Shape, in ir.Integer, slopes int, tolerated int64) []Change {
	return p.changes(golden, shape, in, slopes, tolerated)
}

func (fs *families) changes(golden *steps.Function, shape ir.Shape, in ir.Integer, slopes int, tolerated int64) []Change {
	var list []Change
	for _, wide := range widened(golden, shape, in, slopes) {
		wide = fs.narrowest(wide, golden, shape, in, tolerated)
		if c := (Change{slopesText(wide), wide}); !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	for _, c := range otherChanges(shape, in) {
		if slopesOf(&c.Shape) <= slopes {
			list = append(list, c)
		}
	}
	return list
}

// widened are a shape with all shifts that can matter to a function, or as many as have so
// many slopes: with those to the right, which cost the least, those to the left, and both.
func widened(golden *steps.Function, shape ir.Shape, in ir.Integer, slopes int) []ir.Shape {
	if shape.Tabular() {
		return nil
	}
	most := min(golden.Input.Width, shape.Window.Codes(in).Width) - 1
	if shape.Breaks == ir.Uniform {
		most = shape.LowBits(in)
	}
	right, left := shape, shape
	for right.MaxShift = max(shape.MaxShift, most+shape.Guard); right.MaxShift > shape.MaxShift && slopesOf(&right) > slopes; {
		right.MaxShift--
	}
	for left.MinShift = min(shape.MinShift, -golden.Output.Width); left.MinShift < shape.MinShift && slopesOf(&left) > slopes; {
		left.MinShift++
	}
	both := right
	both.MinShift = left.MinShift
	var list []ir.Shape
	for _, wide := range []ir.Shape{right, left, both} {
		if wide != shape && slopesOf(&wide) <= slopes && !slices.Contains(list, wide) {
			list = append(list, wide)
		}
	}
	return list
}

// narrowest is a shape with more shifts than another, with as few more as reach the same
// maximum error, or the one that is tolerated if that is larger. If none does it is all of them.
func (fs *families) narrowest(wide ir.Shape, golden *steps.Function, was ir.Shape, in ir.Integer, tolerated int64) ir.Shape {
	goal := max(tolerated, fs.leastError(golden, wide, in))
	reached := func(s ir.Shape) bool { return fs.leastError(golden, s, in) <= goal }
	if reached(was) {
		return wide
	}
	s := wide
	s.MinShift = was.MinShift - sort.Search(was.MinShift-s.MinShift, func(more int) bool {
		fewer := s
		fewer.MinShift = was.MinShift - more
		return reached(fewer)
	})
	s.MaxShift = was.MaxShift + sort.Search(s.MaxShift-was.MaxShift, func(more int) bool {
		fewer := s
		fewer.MaxShift = was.MaxShift + more
		return reached(fewer)
	})
	return s
}

// slopesOf is about how many slopes have to be formed to look at a shape.
func slopesOf(s *ir.Shape) int {
	n, terms := 1, 2*(s.MaxShift-s.MinShift+1)
	for i := range s.Terms {
		n = n * (terms + i) / (i + 1)
	}
	return n
}
