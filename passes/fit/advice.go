package fit

import (
	"fmt"
	"math"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// mostSlopes bounds the slopes of shapes that a refusal considers.
const mostSlopes = 1 << 15

// overBudget tells what the channels that missed the maximum error could reach,
// and what would help the worst of them.
func (b *batch) overBudget(l *pwl.Layer, in ir.Integer, missed []int) *ir.Problem {
	worst, least := 0, int64(-1)
	for _, i := range missed {
		if e := b.leastError(l.Channels[i].Golden, l.Shape, in); e > least {
			worst, least = i, e
		}
	}
	subject := fmt.Sprintf("layer %q", l.Name)
	if l.Channels != nil && l.Layer.Channels > 0 {
		subject = fmt.Sprintf("channel %d of layer %q", worst, l.Name)
	}
	p := &ir.Problem{
		Code: "fit-budget", At: l.Source, Layer: l.Name, Channel: worst,
		Message: fmt.Sprintf("%s cannot keep max_error = %d: with %s it reaches %d at best",
			subject, l.Options.MaxError, describe(l.Shape), least),
	}
	if n := len(missed); n > 1 {
		p.Notes = append(p.Notes, ir.Note{Message: fmt.Sprintf("%d of the %d channels miss it; this one has the largest error", n, len(l.Channels))})
	}
	golden := l.Channels[worst].Golden
	helps, falls := b.alternatives(golden, l.Shape, in, l.Options.MaxError, least)
	for _, f := range falls {
		p.Notes = append(p.Notes, ir.Note{Message: f})
	}
	helps = append(helps, fmt.Sprintf("max_error = %d", least))
	if l.Unit == "" {
		helps = append(helps, fmt.Sprintf("implement = thresholds, exact with %s", ir.Plural(len(golden.Runs)-1, "threshold")))
	}
	p.Help = "what would do: " + strings.Join(helps, "; ")
	return p
}

func describe(s ir.Shape) string {
	if s.Tabular() {
		return describeTable(s)
	}
	return fmt.Sprintf("%s of %s, shifts %d..%d and %s", ir.Plural(s.Segments, segmentOf(&s)), ir.Plural(s.Terms, "term"),
		s.MinShift, s.MaxShift, ir.Plural(s.Guard, "guard bit"))
}

func segmentOf(s *ir.Shape) string {
	if s.Breaks == ir.Uniform {
		return "uniform segment"
	}
	return "segment"
}

// leastError is the least maximum error of a shape, where in is the datapath's input.
func (fs *families) leastError(golden *steps.Function, shape ir.Shape, in ir.Integer) int64 {
	least := int64(math.MaxInt64)
	for _, view := range views(shape, in) {
		f := fs.newFitter(golden, shape, view)
		if shape.Rows > 0 {
			least = min(least, f.leastShared(shape, in))
		} else if shape.Breaks == ir.Uniform {
			spans := f.equal(shape.LowBits(in))
			least = min(least, f.leastTolerance(func() bool { return f.allHold(spans) }))
		} else {
			least = min(least, f.leastError(shape.Segments))
		}
	}
	return least
}

// otherChanges lists the shapes worth considering, apart from more segments and shifts.
func otherChanges(shape ir.Shape, in ir.Integer) []Change {
	if shape.Tabular() {
		return tableChanges(shape, in)
	}
	guard := func(s ir.Shape) string { return fmt.Sprintf("guard = %d", s.Guard) }
	var list []Change
	terms := shape
	terms.Terms++
	if terms.Terms <= ir.MaxTerms {
		list = append(list, Change{slopesText(terms), terms})
	}
	for bits := shape.Guard + 1; bits <= min(shape.Guard+2, ir.MaxGuard); bits++ {
		more := shape
		more.Guard = bits
		list = append(list, Change{guard(more), more})
	}
	if terms.Guard += 2; terms.Terms <= ir.MaxTerms && terms.Guard <= ir.MaxGuard {
		list = append(list, Change{slopesText(terms) + " " + guard(terms), terms})
	}
	return list
}

func slopesText(s ir.Shape) string {
	if s.Terms == 1 {
		return fmt.Sprintf("slopes = pot(shifts = %d..%d%s)", s.MinShift, s.MaxShift, signsText(s))
	}
	return fmt.Sprintf("slopes = apot(terms = %d, shifts = %d..%d%s)", s.Terms, s.MinShift, s.MaxShift, signsText(s))
}

func signsText(s ir.Shape) string {
	if s.Signs == ir.BothSigns {
		return ""
	}
	return fmt.Sprintf(", signs = %s", s.Signs)
}

// alternatives are changes that reach a maximum error, and notes on those that
// need more segments too, or reach less than the shape does.
func (fs *families) alternatives(golden *steps.Function, shape ir.Shape, in ir.Integer, maxError, reached int64) (helps, falls []string) {
	if n := fs.segmentsFor(golden, shape, in, maxError); shape.Tabular() {
		// its segments are among the changes
	} else if n > 0 {
		helps = append(helps, fmt.Sprintf("segments = %d", n))
	} else {
		falls = append(falls, fmt.Sprintf("even %s would not do", ir.Plural(MostSegments(shape, in), segmentOf(&shape))))
	}
	for _, c := range fs.changes(golden, shape, in, mostSlopes, maxError) {
		n := fs.segmentsFor(golden, c.Shape, in, maxError)
		if n > 0 && (n <= shape.Segments || shape.Tabular()) {
			helps = append(helps, c.What)
			continue
		}
		least := fs.leastError(golden, c.Shape, in)
		fall := fmt.Sprintf("%s would reach %d", c.What, least)
		if n > 0 {
			fall += fmt.Sprintf(", and %d with segments = %d", maxError, n)
		}
		if n > 0 || least < reached {
			falls = append(falls, fall)
		}
	}
	return helps, falls
}

// segmentsFor is the number of segments it takes to keep to a maximum error, 0 if
// it takes more than there may be.
func (fs *families) segmentsFor(golden *steps.Function, shape ir.Shape, in ir.Integer, maxError int64) int {
	if shape.Tabular() {
		if fs.leastError(golden, shape, in) <= maxError {
			return shape.Segments
		}
		return 0
	}
	if shape.Breaks == ir.Uniform {
		return fs.uniformFor(golden, shape, in, maxError)
	}
	fewest := 0
	for _, view := range views(shape, in) {
		f := fs.newFitter(golden, shape, view)
		f.tolerate(maxError)
		if spans, ok := f.cover(ir.MaxSegments); ok && (fewest == 0 || len(spans) < fewest) {
			fewest = len(spans)
		}
	}
	return fewest
}

// uniformFor is segmentsFor for uniform segments.
func (fs *families) uniformFor(golden *steps.Function, shape ir.Shape, in ir.Integer, maxError int64) int {
	most := MostSegments(shape, in)
	for shape.Segments = 2; shape.Segments <= most; shape.Segments *= 2 {
		if fs.leastError(golden, shape, in) <= maxError {
			return shape.Segments
		}
	}
	return 0
}

// MostSegments is how many segments there may be; uniform ones of a shape must leave
// its largest shift something to shift.
func MostSegments(shape ir.Shape, in ir.Integer) int {
	n := ir.MaxSegments
	switch {
	case shape.Tabular():
		return shape.Segments
	case shape.Breaks != ir.Uniform:
		return n
	}
	shape.Segments = n
	for n > 2 && shape.LowBits(in) < max(0, shape.MaxShift-shape.Guard) {
		n /= 2
		shape.Segments = n
	}
	return n
}
