// Package advise tells what would help a layer that misses its budget or is far off:
// other shapes, more segments, and other output scales near the layer's own. Each
// of them is computed, the functions of other scales anew; none is guessed.
package advise

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/ir/steps"
	"grauc/passes/fit"
)

// Alternative is a change to a layer and what it would do to a channel. Errors are in
// codes of the changed output.
type Alternative struct {
	Change   string  // as one would write it
	MaxError int64   // the least that the changed shape allows, or that of a fit of least squares
	Segments int     // how many it would take to keep to the limit; 0 if more than there may be, or Unknown
	RMSE     float64 // where the layer asks for least squares: of a fit that was found, or more

	kind  kind
	error float64 // what the layer is judged by
}

// kind is what of a layer changes.
type kind uint8

const (
	outputScale kind = 1 << iota
	moreSegments
	moreTerms
	moreGuard
	moreShifts
	moreRows
	moreWindow
	folding
)

// Unknown is a number of segments that was not looked for.
const Unknown = -1

// Weakness is a layer that compiles but is inaccurate. Its errors are maximum errors or,
// where it asks for least squares, weighted root mean square errors.
type Weakness struct {
	Layer    *pwl.Layer
	Limit    float64       // beyond which an error is called inaccurate
	Channel  int           // that is farthest off, the first of them
	Channels int           // how many are beyond the limit
	Error    float64       // of the channel
	Advice   []Alternative // what would help most, at most three
}

// ByMean reports whether the errors are root mean square errors.
func (w *Weakness) ByMean() bool { return byMean(&w.Layer.Layer) }

func byMean(l *ir.Layer) bool { return l.Options.Fit == ir.RMSE }

// errorOf is what a channel of a layer is judged by.
func errorOf(l *pwl.Layer, c *pwl.Channel) float64 {
	switch {
	case !byMean(&l.Layer):
		return float64(c.Error.Max)
	case c.Squares == nil:
		return 0
	}
	return c.Squares.RootMean()
}

// The bounds on the work of advice in a build: on the layers, of which those that are
// farthest off are advised, on the runs of their golden functions, on the slopes of a shape
// that is looked at, each for itself and times the runs, and on the search for a fit of
// least squares.
const (
	mostLayers = 8
	mostRuns   = 1 << 17
	mostSlopes = 1 << 14
	mostEffort = 1 << 27
	mostSteps  = 1 << 24
	mostAdvice = 3
)

// allSteps bounds the search for each fit of least squares where all is listed.
const allSteps = 1 << 27

// Weaknesses finds the layers with errors beyond what is tolerable, in their order.
func Weaknesses(m *spec.Module, p *pwl.Module) []*Weakness {
	var found []*Weakness
	for _, l := range p.Layers {
		if w := weakness(l); w != nil {
			found = append(found, w)
		}
	}
	farthest := slices.Clone(found)
	slices.SortStableFunc(farthest, func(a, b *Weakness) int {
		return cmp.Compare(b.Error*a.Limit, a.Error*b.Limit)
	})
	farthest = farthest[:min(len(farthest), mostLayers)]
	a := &advisor{spec: m, slopes: mostSlopes, effort: mostEffort, steps: mostSteps}
	ir.Together(len(farthest), func(i int) {
		if w := farthest[i]; brief(w.Layer.Channels[w.Channel].Golden) {
			w.Advice = a.best(w)
		}
	})
	return found
}

func weakness(l *pwl.Layer) *Weakness {
	w := &Weakness{Layer: l, Limit: float64(l.Tolerable()), Channel: farthestOff(l)}
	if byMean(&l.Layer) {
		w.Limit = l.TolerableMean()
	}
	w.Error = errorOf(l, l.Channels[w.Channel])
	for _, c := range l.Channels {
		if errorOf(l, c) > w.Limit {
			w.Channels++
		}
	}
	if w.Channels == 0 {
		return nil
	}
	return w
}

// farthestOff is the first channel of the largest error.
func farthestOff(l *pwl.Layer) int {
	worst := 0
	for i, c := range l.Channels {
		if errorOf(l, c) > errorOf(l, l.Channels[worst]) {
			worst = i
		}
	}
	return worst
}

// All lists every alternative for the channel of a layer that is farthest off, without
// a bound on the work, and first what the layer's own shape reaches. Segments are those
// that it takes to keep to a maximum error.
func All(m *spec.Module, l *pwl.Layer, maxError int64) (channel int, list []Alternative) {
	channel = farthestOff(l)
	a := &advisor{spec: m, slopes: math.MaxInt, effort: math.MaxInt, steps: allSteps}
	c := a.caseOf(&l.Layer, channel, l.Channels[channel].Golden, maxError)
	own := c.alternative(0, "as it is", &l.Layer, c.golden)
	return channel, slices.Concat([]Alternative{own}, c.scales(), c.shapes())
}

// Refused adds to the refusals of fits, which know of other shapes, what other output
// scales would do. Other errors it leaves as they are.
func Refused(m *spec.Module, s *steps.Module, err error) error {
	var problems ir.Problems
	if m == nil || s == nil || !errors.As(err, &problems) {
		return err
	}
	a := &advisor{spec: m}
	for _, p := range problems {
		if l := s.Layer(p.Layer); l != nil && p.Code == "fit-budget" {
			a.refused(p, l)
		}
	}
	return err
}

func (a *advisor) refused(p *ir.Problem, l *steps.Layer) {
	golden := l.Channels[p.Channel]
	if !brief(golden) {
		return
	}
	scales := bestScale(a.caseOf(&l.Layer, p.Channel, golden, l.Options.MaxError).scales())
	if len(scales) == 0 {
		return
	}
	best := scales[0]
	if best.MaxError <= l.Options.MaxError {
		p.Help += "; " + best.Change
		return
	}
	note := fmt.Sprintf("%s would reach %d", best.Change, best.MaxError)
	if best.Segments > 0 {
		note += fmt.Sprintf(", and %d with segments = %d", l.Options.MaxError, best.Segments)
	}
	p.Notes = append(p.Notes, ir.Note{Message: note})
}

// brief reports whether golden has few enough runs to be advised on in a build.
func brief(golden *steps.Function) bool { return len(golden.Runs) <= mostRuns }

// advisor computes alternatives.
type advisor struct {
	spec      *spec.Module
	slopes    int   // that a shape may have to be looked at, at most
	effort    int   // its slopes times the runs of golden, at most
	steps     int64 // of the search for a fit of least squares
	prospects fit.Prospects
}

// best are the alternatives that help most. Of two that help alike the simpler one
// comes first, and none is told that changes more than another to no better effect.
func (a *advisor) best(w *Weakness) []Alternative {
	c := a.caseOf(&w.Layer.Layer, w.Channel, w.Layer.Channels[w.Channel].Golden, int64(math.Ceil(w.Limit)))
	list := append(bestScale(c.scales()), c.shapes()...)
	slices.SortStableFunc(list, func(a, b Alternative) int { return cmp.Compare(a.error, b.error) })
	var best []Alternative
	for _, alt := range list {
		idle := slices.ContainsFunc(best, func(b Alternative) bool { return alt.kind&b.kind == b.kind })
		if alt.error < w.Error && !idle && len(best) < mostAdvice {
			best = append(best, alt)
		}
	}
	return best
}

// situation is a channel of a layer that is to be helped.
type situation struct {
	*advisor
	layer   *ir.Layer
	in      ir.Integer // the input of what the layer runs on
	channel int
	golden  *steps.Function
	limit   int64 // what its maximum error is to come down to
}

func (a *advisor) caseOf(l *ir.Layer, channel int, golden *steps.Function, limit int64) *situation {
	return &situation{a, l, a.spec.Datapath(l), channel, golden, limit}
}

// alternative is what a change makes of the channel: of the layer l, for golden.
func (s *situation) alternative(k kind, change string, l *ir.Layer, golden *steps.Function) Alternative {
	a := Alternative{Change: change, kind: k}
	if byMean(s.layer) {
		a.error = math.Inf(1)
		if rmse, most, ok := s.prospects.Mean(l, golden, s.in, s.steps); ok {
			a.RMSE, a.MaxError, a.error = rmse, most, rmse
		}
		return a
	}
	a.MaxError, a.Segments = s.prospects.LeastError(golden, l.Shape, s.in), s.prospects.Segments(golden, l.Shape, s.in, s.limit)
	a.error = float64(a.MaxError)
	return a
}

// shaped is what another shape makes of the channel.
func (s *situation) shaped(k kind, change string, shape ir.Shape) Alternative {
	l := *s.layer
	l.Shape = shape
	return s.alternative(k, change, &l, s.golden)
}

// shapes are the alternatives that other shapes are, the simplest first.
func (s *situation) shapes() []Alternative {
	var list []Alternative
	where := ""
	if s.layer.Unit != "" {
		where = " in unit " + s.layer.Unit
	}
	for _, c := range s.prospects.Changes(s.golden, s.layer.Shape, s.in, min(s.slopes, s.effort/len(s.golden.Runs)), s.limit) {
		list = append(list, s.shaped(kindOf(s.layer.Shape, c.Shape), c.What+where, c.Shape))
	}
	if more, ok := s.moreSegments(); ok {
		list = append(list, s.shaped(moreSegments, fmt.Sprintf("segments = %d%s", more.Segments, where), more))
	}
	if fold, ok := s.folded(); ok {
		list = append(list, fold)
	}
	return list
}

func kindOf(was, is ir.Shape) kind {
	k := kind(0)
	if is.Terms > was.Terms {
		k |= moreTerms
	}
	if is.Guard > was.Guard {
		k |= moreGuard
	}
	if is.MinShift < was.MinShift || is.MaxShift > was.MaxShift {
		k |= moreShifts
	}
	if is.Rows > was.Rows {
		k |= moreRows
	}
	if is.Window.Bits > was.Window.Bits {
		k |= moreWindow
	}
	if is.Segments > was.Segments && is.Window == was.Window {
		k |= moreSegments
	}
	return k
}

// moreSegments is the layer's shape with as many as keep to the limit, or with twice
// as many where that takes more than four times as many or what is judged is a mean.
func (s *situation) moreSegments() (ir.Shape, bool) {
	more := s.layer.Shape
	if more.Tabular() { // those with more are among the changes
		return more, false
	}
	if more.Segments = 0; !byMean(s.layer) {
		more.Segments = s.prospects.Segments(s.golden, more, s.in, s.limit)
	}
	if was := s.layer.Shape.Segments; more.Segments == 0 || more.Segments > 4*was {
		more.Segments = 2 * was
	}
	return more, more.Segments > s.layer.Shape.Segments && more.Segments <= fit.MostSegments(more, s.in)
}
