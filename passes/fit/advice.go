package fit

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// overBudget tells what the channels that missed the maximum error could reach,
// and what would help the worst of them.
func (b *batch) overBudget(l *pwl.Layer, missed []int) *ir.Problem {
	worst, least := 0, int64(-1)
	for _, i := range missed {
		if e := b.leastError(l.Channels[i].Golden, l.Shape); e > least {
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
	helps, falls := b.alternatives(golden, l.Shape, l.Options.MaxError)
	for _, f := range falls {
		p.Notes = append(p.Notes, ir.Note{Message: f})
	}
	helps = append(helps, fmt.Sprintf("max_error = %d", least))
	if l.Unit == "" {
		helps = append(helps, fmt.Sprintf("implement = thresholds, exact with %s", count(len(golden.Runs)-1, "threshold")))
	}
	p.Help = "what would do: " + strings.Join(helps, "; ")
	return p
}

func describe(s ir.Shape) string {
	return fmt.Sprintf("%s of %s, shifts %d..%d and %s", count(s.Segments, "segment"), count(s.Terms, "term"),
		s.MinShift, s.MaxShift, count(s.Guard, "guard bit"))
}

func (fs *families) leastError(golden *steps.Function, shape ir.Shape) int64 {
	return newFitter(golden, shape.Guard, fs.get(shape, golden.Input)).leastError(shape.Segments)
}

// change is a shape other than the layer's, and how one would write it.
type change struct {
	what  string
	shape ir.Shape
}

// changes lists the shapes worth considering, apart from more segments.
func changes(shape ir.Shape) []change {
	slopes := func(s ir.Shape) string {
		return fmt.Sprintf("slopes = apot(terms = %d, shifts = %d..%d)", s.Terms, s.MinShift, s.MaxShift)
	}
	guard := func(s ir.Shape) string { return fmt.Sprintf("guard = %d", s.Guard) }
	var list []change
	terms := shape
	terms.Terms++
	if terms.Terms <= ir.MaxTerms {
		list = append(list, change{slopes(terms), terms})
	}
	for bits := shape.Guard + 1; bits <= min(shape.Guard+2, ir.MaxGuard); bits++ {
		more := shape
		more.Guard = bits
		list = append(list, change{guard(more), more})
	}
	if terms.Guard += 2; terms.Terms <= ir.MaxTerms && terms.Guard <= ir.MaxGuard {
		list = append(list, change{slopes(terms) + " " + guard(terms), terms})
	}
	return list
}

// alternatives are changes that reach a maximum error, and notes on those that
// need more segments too.
func (fs *families) alternatives(golden *steps.Function, shape ir.Shape, maxError int64) (helps, falls []string) {
	if n := fs.segmentsFor(golden, shape, maxError); n > 0 {
		helps = append(helps, fmt.Sprintf("segments = %d", n))
	} else {
		falls = append(falls, fmt.Sprintf("even %d segments would not do", ir.MaxSegments))
	}
	for _, c := range changes(shape) {
		n := fs.segmentsFor(golden, c.shape, maxError)
		if n > 0 && n <= shape.Segments {
			helps = append(helps, c.what)
			continue
		}
		fall := fmt.Sprintf("%s would reach %d", c.what, fs.leastError(golden, c.shape))
		if n > 0 {
			fall += fmt.Sprintf(", and %d with segments = %d", maxError, n)
		}
		falls = append(falls, fall)
	}
	return helps, falls
}

// segmentsFor is the number of segments it takes to keep to a maximum error, 0 if
// it takes more than there may be.
func (fs *families) segmentsFor(golden *steps.Function, shape ir.Shape, maxError int64) int {
	f := newFitter(golden, shape.Guard, fs.get(shape, golden.Input))
	f.tolerate(maxError)
	spans, ok := f.cover(ir.MaxSegments)
	if !ok {
		return 0
	}
	return len(spans)
}
