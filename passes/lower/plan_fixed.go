package lower

import (
	"fmt"
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// planFixed is the shape that holds the given functions, one for each channel, and
// nothing else.
func planFixed(l *pwl.Layer, in ir.Integer, fs []*pwl.Function, to purpose) (*plan, error) {
	p := &plan{
		name: l.Name, source: l.Source, doc: layerDoc(l), to: to,
		input: datapath.TypeOf(l.Input.Integer), output: datapath.TypeOf(l.Output.Integer),
		window: windowFor(fs), seen: datapath.TypeOf(l.Input.Integer),
		channels: len(fs), style: l.Shape.Style, bare: l.Shape.Handshake == ir.NoHandshake, guard: fs[0].Guard,
	}
	onGrid := (l.Implement == ir.PWL || l.Implement == ir.Table) && l.Shape.Breaks == ir.Uniform
	if p.window != nil || onGrid {
		p.seen = datapath.TypeOf(l.Shape.Window.Codes(in))
	}
	p.thresholds = p.seen
	if l.Layer.Channels > 0 {
		p.channelPort = "x_channel"
	}
	if to == software {
		p.style, p.channelPort = ir.Parallel, portIf(l.Layer.Channels > 0, "channel")
	}
	for _, f := range fs {
		if f.Guard != p.guard {
			return nil, fmt.Errorf("layer %s: its channels have %d and %d guard bits", l.Name, p.guard, f.Guard)
		}
		p.include(f)
	}
	slices.Sort(p.shifts)
	if to == hardware && l.Shape.Shifter == ir.Barrel && p.terms > 0 {
		p.shifter, p.capture = ir.Barrel, true
	}
	if (p.shifter == ir.Barrel || p.style == ir.Serial) && p.terms > 0 {
		p.fillShifts()
	}
	// Adders at every stage pay where each has a clock to itself, or where constants
	// make most of them vanish; elsewhere multiplexers are cheaper.
	p.capture = p.capture || p.terms == 1 || to == hardware && p.style == ir.Parallel
	if onGrid {
		p.layGrid(&l.Shape, fs, to)
	}
	if to == hardware && !onGrid {
		p.searchBy(l.Shape.Search)
	}
	if p.search == ir.Cascade && p.segments > ir.MaxCascade {
		return nil, longCascade(l, p.segments)
	}
	for _, f := range fs {
		p.held = append(p.held, p.configure(f))
	}
	if p.selection != selectNumber {
		p.selection = p.choose(to)
	}
	p.decoded = p.channels == 1 && p.shifter == ir.Chain && p.grid == nil && p.style != ir.Serial // they fold; in a table they would cost more words than decoding does
	if err := p.sizeFixed(l, fs, to); err != nil {
		return nil, err
	}
	return p, nil
}

// include widens the shape until f fits.
func (p *plan) include(f *pwl.Function) {
	p.segments = max(p.segments, len(f.Segments))
	for _, s := range f.Segments {
		terms := newSlope(s.Terms)
		p.terms = max(p.terms, len(terms))
		for _, t := range terms {
			if !slices.Contains(p.shifts, t.Shift) {
				p.shifts = append(p.shifts, t.Shift)
			}
			p.subtracts = p.subtracts || t.Negative
		}
	}
}

// fillShifts lets the shifts have no gaps.
func (p *plan) fillShifts() {
	first, last := p.shifts[0], p.shifts[len(p.shifts)-1]
	p.shifts = nil
	for e := first; e <= last; e++ {
		p.shifts = append(p.shifts, e)
	}
}

// configure is the configuration for f. Segments beyond its last repeat it, so that
// it does not matter whether their thresholds are passed.
func (p *plan) configure(f *pwl.Function) config {
	if p.grid != nil {
		return p.configureGrid(f)
	}
	c := config{min: f.Output.Min(), max: f.Output.Max(), prescale: f.View.Shift}
	for k := range p.segments {
		s := f.Segments[min(k, len(f.Segments)-1)]
		if k > 0 {
			c.thresholds = append(c.thresholds, s.Start)
		}
		terms := newSlope(s.Terms)
		c.slopes = append(c.slopes, terms)
		c.biases = append(c.biases, s.Bias+p.complements(terms))
	}
	return c
}

func (p *plan) choose(to purpose) selection {
	switch {
	case p.countable() && to == hardware:
		return selectCount
	case p.countable():
		return selectSteps
	case to == hardware:
		return p.tree()
	case p.channels == 1 && p.terms > 0:
		return selectLast
	default:
		return selectChain
	}
}

// tree is how hardware selects: fewer bits are fewer registers.
func (p *plan) tree() selection {
	if p.style == ir.Parallel {
		return selectTree
	}
	return selectWay
}

// step is by how much each threshold changes a piecewise constant function: +1 or
// -1, or 0 where they differ.
func (p *plan) step() int64 {
	step := int64(0)
	for _, c := range p.held {
		for k, b := range c.biases[1:] {
			d := b - c.biases[k]
			if d != 1 && d != -1 || step != 0 && d != step {
				return 0
			}
			step = d
		}
	}
	return step
}

func (p *plan) countable() bool {
	return p.grid == nil && p.terms == 0 && p.segments > 2 && p.step() != 0
}

// sizeFixed chooses the widths of a fixed function.
func (p *plan) sizeFixed(l *pwl.Layer, fs []*pwl.Function, to purpose) error {
	out := fs[0].Output
	var values, exact interval
	for i, f := range fs {
		values.join(valuesOf(f))
		exact.join(p.sumsOf(f, p.held[i]))
	}
	p.low, p.high = values.lo < out.Min(), values.hi > out.Max()
	p.limits = p.output
	p.result = p.output
	if p.low || p.high {
		values.add(out.Min())
		values.add(out.Max())
		p.result = values.typ()
	}
	p.sum = datapath.Type{Width: p.result.Width + p.guard, Signed: p.result.Signed}
	if to == software {
		p.sum = exact.typ()
		p.result = p.sum
		if wide := datapath.TypeOf(out); !p.result.Covers(wide) {
			p.result = (&interval{lo: min(p.sum.Min(), out.Min()), hi: max(p.sum.Max(), out.Max()), any: true}).typ()
			p.sum = p.result
		}
	}
	p.bias = p.sum
	if p.sum.Width > 63 {
		return tooWide("layer "+l.Name, p.sum.Width, l.Source)
	}
	if !p.decoded {
		if err := p.fitWords("layer "+l.Name, l.Source); err != nil {
			return err
		}
	}
	for i := range p.held {
		for k, b := range p.held[i].biases {
			p.held[i].biases[k] = p.bias.Wrap(b)
		}
	}
	return nil
}

// piecewiseConstant is the exact function with a segment for each run.
func piecewiseConstant(f *steps.Function) *pwl.Function {
	g := &pwl.Function{Input: f.Input, Output: f.Output}
	for _, r := range f.Runs {
		g.Segments = append(g.Segments, pwl.Segment{Start: r.Start, Bias: r.Value})
	}
	return g
}
