package fit

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// adviceSegments is how many segments advice goes up to.
const adviceSegments = 1024

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
		Code: "fit-budget", At: l.Source,
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

// alternatives are changes of one thing that reach a maximum error, and notes on
// those that do not.
func (fs *families) alternatives(golden *steps.Function, shape ir.Shape, maxError int64) (helps, falls []string) {
	f := newFitter(golden, shape.Guard, fs.get(shape, golden.Input))
	f.tolerate(maxError)
	if spans, ok := f.cover(adviceSegments); ok {
		helps = append(helps, fmt.Sprintf("segments = %d", len(spans)))
	} else {
		falls = append(falls, fmt.Sprintf("even %d segments would not do", adviceSegments))
	}
	if shape.Terms < pwl.MaxTerms {
		more := shape
		more.Terms++
		what := fmt.Sprintf("slopes = apot(terms = %d)", more.Terms)
		fs.consider(golden, more, maxError, what, &helps, &falls)
	}
	for guard := shape.Guard + 1; guard <= min(shape.Guard+2, pwl.MaxGuard); guard++ {
		more := shape
		more.Guard = guard
		if fs.consider(golden, more, maxError, fmt.Sprintf("guard = %d", guard), &helps, &falls) {
			break
		}
	}
	return helps, falls
}

// consider enters a shape among what helps or what falls short.
func (fs *families) consider(golden *steps.Function, shape ir.Shape, maxError int64, what string, helps, falls *[]string) bool {
	least := fs.leastError(golden, shape)
	if least > maxError {
		*falls = append(*falls, fmt.Sprintf("%s would reach %d", what, least))
		return false
	}
	*helps = append(*helps, what)
	return true
}
