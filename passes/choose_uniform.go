package passes

import (
	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/passes/fit"
)

// What is weighed of uniform segments.
const (
	leastSegments = 16
	coarsest      = -1 // bits of the window beside those of the output
	finest        = 2
)

// uniformly is a layer fitted with uniform segments of windows in which its function
// changes, wherever the error stays within most: for each window with the fewest
// segments that do, and with twice as many, which may take fewer bits each.
func uniformly(l *pwl.Layer, most int64) []*pwl.Layer {
	if !grids(l) {
		return nil
	}
	low, high := changing(l)
	var all []*pwl.Layer
	for extra := coarsest; extra <= finest; extra++ {
		w, ok := windowAround(low, high, max(l.Output.Width+extra, 1), l.Input.Integer)
		if !ok {
			continue
		}
		met := 0
		for segments := leastSegments; segments <= min(ir.MaxSegments, 1<<w.Bits) && met < 2; segments *= 2 {
			if other := onGrid(l, w, segments, most); other != nil {
				all, met = append(all, other), met+1
			}
		}
	}
	return all
}

// grids tells whether uniform segments may stand for those of a layer: their number is
// small work, and what they are to make small is the maximum error.
func grids(l *pwl.Layer) bool {
	return l.Options.AnyShape && l.Shape.Style != ir.Serial && l.Options.Fit == ir.MinMax && runs(l) <= mostCompared
}

// runs is the number of runs of all functions.
func runs(layers ...*pwl.Layer) int {
	n := 0
	for _, l := range layers {
		n += l.Runs()
	}
	return n
}

// changing is the first and the last input at which the output of some channel is
// another than at the input before.
func changing(l *pwl.Layer) (low, high int64) {
	low, high = l.Input.Max(), l.Input.Min()
	for _, c := range l.Channels {
		if n := len(c.Golden.Runs); n > 1 {
			low, high = min(low, c.Golden.Runs[1].Start), max(high, c.Golden.Runs[n-1].Start)
		}
	}
	return low, high
}

// windowAround is the finest window of so many bits that is not held to an end between
// two inputs. There is none if nothing is between them, or less than the window tells
// apart.
func windowAround(low, high int64, width int, in ir.Integer) (ir.Window, bool) {
	if low > high || width >= in.Width {
		return ir.Window{}, false
	}
	codes := ir.Integer{Width: width, Signed: in.Signed}
	r := 0
	for (low-1)>>r < codes.Min() || high>>r > codes.Max() {
		r++
	}
	return ir.Window{Bits: width, MinShift: r, MaxShift: r}, r <= ir.MaxPrescale
}

// onGrid is a layer fitted with so many uniform segments, without saturation where that
// does, or nil if its error is above most.
func onGrid(l *pwl.Layer, w ir.Window, segments int, most int64) *pwl.Layer {
	for _, o := range []ir.Overflow{ir.Wrap, ir.Saturate} {
		shape := l.Shape.UniformShape(l.Input.Integer, l.Output.Integer, w, segments, o)
		if other := refitted(l, shape, -1, ir.PWL); other != nil && other.Total().Max <= most {
			return other
		}
	}
	return nil
}

// refitted is a layer fitted with another shape, or nil if it cannot be. Lines that miss a
// maximum error are not weighed, and need no diagnosis.
func refitted(l *pwl.Layer, shape ir.Shape, maxError int64, how ir.Implement) *pwl.Layer {
	s := &steps.Layer{Layer: l.Layer}
	s.Shape, s.Options.Implement, s.Options.MaxError = shape, how, maxError
	for _, c := range l.Channels {
		s.Channels = append(s.Channels, c.Golden)
	}
	m, err := fit.Lower(&steps.Module{Layers: []*steps.Layer{s}})
	if err != nil {
		return nil
	}
	m.Layers[0].Options = l.Options
	return m.Layers[0]
}
