package fit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// Lower chooses how each layer is implemented and fits those that segments do.
// Faults of the program come back as ir.Problems.
func Lower(m *steps.Module) (*pwl.Module, error) { return LowerTelling(m, nil) }

// LowerTelling is Lower that tells how many of the distinct fits are done, and what stage the
// first of the others is at. tell is
// called by one at a time.
func LowerTelling(m *steps.Module, tell func(ir.Progress)) (*pwl.Module, error) {
	var problems ir.Problems
	out := &pwl.Module{Head: m.Head}
	work := newBatch(&m.Head)
	for _, l := range m.Layers {
		how, why, problem := choose(l, &m.Head)
		if problem != nil {
			problems = append(problems, problem)
			continue
		}
		lowered := &pwl.Layer{Layer: l.Layer, Implement: how, Why: why}
		by := weighingOf(&l.Layer)
		for _, golden := range l.Channels {
			lowered.Channels = append(lowered.Channels, work.channel(l, m.Datapath(&l.Layer), how, golden, by))
		}
		out.Layers = append(out.Layers, lowered)
	}
	work.run(tell)
	for _, l := range out.Layers {
		if problem := work.finish(l, m.Datapath(&l.Layer)); problem != nil {
			problems = append(problems, problem)
		}
	}
	if len(problems) > 0 {
		problems.Sort()
		return nil, problems
	}
	return out, nil
}

// choose settles how a layer is implemented, and says why.
func choose(l *steps.Layer, h *ir.Head) (ir.Implement, string, *ir.Problem) {
	u, how := h.Unit(l.Unit), h.Implement(&l.Layer)
	if u != nil && how == ir.Thresholds {
		return how, fmt.Sprintf("unit %s counts thresholds", u.Name), uncounted(l, u)
	}
	if problem := unfit(&l.Layer, u); problem != nil {
		return 0, "", problem
	}
	switch {
	case u != nil && how == ir.Table:
		return how, fmt.Sprintf("unit %s is a table", u.Name), nil
	case u != nil:
		return how, fmt.Sprintf("unit %s holds segments", u.Name), nil
	case how != ir.Auto:
		return how, fmt.Sprintf("the layer says implement = %s", how), nil
	}
	return ir.PWL, "not weighed against other ways yet", nil
}

// uncounted refuses a function that counting thresholds cannot compute.
func uncounted(l *steps.Layer, u *ir.Unit) *ir.Problem {
	for _, c := range l.Channels {
		rise, fall := c.Turns()
		switch {
		case fall == nil || u.Monotonic == ir.Either && rise == nil:
			continue
		case u.Monotonic == ir.Rising && rise == nil:
			return &ir.Problem{
				Code: "fit-rising", At: l.Source,
				Message: fmt.Sprintf("layer %q falls at input %d; unit %s counts up", l.Name, fall.Start, l.Unit),
				Help:    fmt.Sprintf("write `monotonic = either` in unit %s", l.Unit),
			}
		}
		return &ir.Problem{
			Code: "fit-rising", At: l.Source,
			Message: fmt.Sprintf("layer %q rises at input %d and falls at input %d; unit %s counts thresholds, so that its functions go one way",
				l.Name, rise.Start, fall.Start, l.Unit),
			Help: "take a unit of segments or a table, or leave out the unit",
		}
	}
	return nil
}

// unfit is what forbids the implementation a layer asks for.
func unfit(l *ir.Layer, u *ir.Unit) *ir.Problem {
	how := l.Options.Implement
	switch {
	case l.Unit != "" && (how == ir.Thresholds || how == ir.Table) && (u == nil || how != u.Implement):
		return &ir.Problem{
			Code: "fit-unit", At: l.Source,
			Message: fmt.Sprintf("layer %q asks for implement = %s, but unit %s holds segments", l.Name, how, l.Unit),
			Help:    fmt.Sprintf("leave out `on %s`, or `implement`", l.Unit),
		}
	case how == ir.Table && !l.Shape.Tabular() && l.Input.Width > ir.MaxTableWidth:
		return &ir.Problem{
			Code: "fit-table", At: l.Source,
			Message: fmt.Sprintf("layer %q asks for a table of 2^%d entries; tables are made for inputs of up to %d bits",
				l.Name, l.Input.Width, ir.MaxTableWidth),
			Help: "add a window of its top bits, such as window = 11; or implement = thresholds, which is exact",
		}
	case weightless(l):
		return &ir.Problem{
			Code: "fit-weight", At: l.Source,
			Message: fmt.Sprintf("layer %q weighs its inputs with a normal distribution that none of them is near", l.Name),
			Help: fmt.Sprintf("the inputs stand for %s to %s: choose a mean near these or a larger stddev",
				decimal(l.Input.Real(l.Input.Min())), decimal(l.Input.Real(l.Input.Max()))),
		}
	case l.Shape.Terms > ir.MaxTerms:
		return &ir.Problem{
			Code: "fit-terms", At: l.Source,
			Message: fmt.Sprintf("layer %q asks for slopes of %d terms; the most is %d", l.Name, l.Shape.Terms, ir.MaxTerms),
			Help:    fmt.Sprintf("slopes = apot(terms = %d)", ir.MaxTerms),
		}
	}
	return nil
}

func weightless(l *ir.Layer) bool {
	w := l.Options.Weight
	return w != nil && w.Histogram == nil && normal(w, l.Input)(l.Input.Min(), l.Input.Max()) == 0
}

func decimal(r *big.Rat) string {
	v, _ := r.Float64()
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// batch is the fits to be made. Equal ones are made once.
type batch struct {
	families
	head *ir.Head
	jobs []*job
	of   map[*pwl.Channel]*job // after run, of equal ones the first
}

func newBatch(head *ir.Head) *batch { return &batch{head: head, of: map[*pwl.Channel]*job{}} }

// channel prepares a channel and, where segments or a table of them implement it, its
// job.
func (b *batch) channel(l *steps.Layer, in ir.Integer, how ir.Implement, golden *steps.Function, by weighing) *pwl.Channel {
	c := &pwl.Channel{Golden: golden}
	if how != ir.PWL && !l.Shape.Tabular() {
		c.Steps, c.Error = golden, pwl.Exactly(golden)
		return c
	}
	j := &job{golden: golden, shape: b.shape(&l.Layer), options: l.Options, datapath: in, weighing: by, budget: squaresBudget}
	b.jobs = append(b.jobs, j)
	b.of[c] = j
	return c
}

// shape is a layer's shape, with the headroom above the codes of its own output.
func (b *batch) shape(l *ir.Layer) ir.Shape {
	s := l.Shape
	if u := b.head.Unit(l.Unit); u != nil && s.Headroom > 0 {
		s.Headroom += u.Output.Width - l.Output.Width
	}
	return s
}

// key is a digest of all that the fit depends on.
func (j *job) key() [sha256.Size]byte {
	text := make([]byte, 0, 256+16*len(j.golden.Runs))
	text = fmt.Appendln(text, j.golden.Input, j.golden.Output, j.shape, j.datapath, j.options.MaxError, j.options.Fit, j.weighing.key)
	for _, r := range j.golden.Runs {
		text = binary.LittleEndian.AppendUint64(text, uint64(r.Start))
		text = binary.LittleEndian.AppendUint64(text, uint64(r.Value))
	}
	return sha256.Sum256(text)
}

// share leaves the first of equal jobs.
func (b *batch) share() {
	ir.Together(len(b.jobs), func(i int) { b.jobs[i].digest = b.jobs[i].key() })
	first := map[[sha256.Size]byte]*job{}
	b.jobs = slices.DeleteFunc(b.jobs, func(j *job) bool {
		if first[j.digest] != nil {
			return true
		}
		first[j.digest] = j
		return false
	})
	for c, j := range b.of {
		b.of[c] = first[j.digest]
	}
}

// run makes the fits on all cores.
func (b *batch) run(tell func(ir.Progress)) {
	b.share()
	ir.Counted(len(b.jobs), tell, func(i int, at func(string)) {
		b.jobs[i].at = at
		b.jobs[i].run(&b.families)
	})
}

// finish fills in the fits of a layer, or tells why there are none.
func (b *batch) finish(l *pwl.Layer, in ir.Integer) *ir.Problem {
	var missed []int
	for i, c := range l.Channels {
		j := b.of[c]
		switch {
		case j == nil:
		case j.fit == nil:
			missed = append(missed, i)
		default:
			c.Function, c.Error, c.Squares = j.fit, j.err, j.squares
		}
	}
	switch {
	case len(missed) == 0:
		return nil
	case open(l):
		asSteps(l)
		return nil
	}
	return b.overBudget(l, in, missed)
}

// mostSteps is how many runs a layer may have to be built exactly without having asked.
const mostSteps = 1 << 15

// open tells whether a layer leaves it to the compiler how it is built, and what segments
// it has, so that missing a maximum error with the usual ones is no fault.
func open(l *pwl.Layer) bool {
	return l.Options.Implement == ir.Auto && l.Options.AnyShape && l.Runs() <= mostSteps
}

// asSteps implements a layer exactly.
func asSteps(l *pwl.Layer) {
	l.Implement, l.Why = ir.Thresholds, "segments miss the maximum error, and it is not weighed against other ways yet"
	for i, c := range l.Channels {
		l.Channels[i] = &pwl.Channel{Golden: c.Golden, Steps: c.Golden, Error: pwl.Exactly(c.Golden)}
	}
}
