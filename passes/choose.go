package passes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/passes/cost"
	"grauc/passes/lower"
)

// Alternative is a way to build a layer, and what it takes.
type Alternative struct {
	Form  string // as one would say it: "thresholds"
	Layer *pwl.Layer
	Error int64 // the largest, in output codes
	Cost  cost.Cost
}

// Limits of what is costed, so that the time a choice takes is bounded: beyond them an
// alternative is not the smallest one.
const (
	mostCompared = 1 << 11 // runs over all channels that each have a comparator, or that uniform segments are fitted to
	mostSearched = 1 << 15 // that are searched
	mostWords    = 1 << 18 // of a table
)

// Alternatives are the ways to build a fitted layer that has no unit, the smallest first:
// as it is, exactly, and with uniform segments and tables that are as good as what is
// asked for.
// What cannot be built is not among them.
func Alternatives(l *pwl.Layer, part ir.Part) []Alternative {
	return weighed(slices.Concat(candidates(l), uniformly(l, allowed(l)), tabled(l, allowed(l))), part)
}

func weighed(layers []*pwl.Layer, part ir.Part) []Alternative {
	var all []Alternative
	for _, other := range layers {
		m, err := lower.Hardware(other)
		if err != nil {
			continue
		}
		all = append(all, Alternative{Form: form(other), Layer: other, Error: other.Total().Max, Cost: Cost(m, part)})
	}
	smallestFirst(all, part)
	return all
}

func smallestFirst(all []Alternative, part ir.Part) {
	slices.SortStableFunc(all, func(a, b Alternative) int {
		return cmp.Or(cmp.Compare(a.Cost.Size(part), b.Cost.Size(part)), cmp.Compare(a.Cost.FF, b.Cost.FF))
	})
}

// Cost is what a module takes of a part once the passes on datapaths have run on it. They
// do run on it.
func Cost(m *datapath.Module, part ir.Part) cost.Cost {
	for _, p := range onDatapaths {
		p.module(m, part)
	}
	return cost.Of(m, part)
}

// candidates are a layer as it is and in all other ways but those that are large: comparators
// of very many thresholds, and tables of inputs so wide that they are in pieces.
func candidates(l *pwl.Layer) []*pwl.Layer {
	all := searches(l)
	if l.Implement != ir.Thresholds && runs(l) <= mostSearched {
		all = append(all, searches(exactly(l, ir.Thresholds))...)
	}
	if width := l.Input.Width; l.Implement != ir.Table && width <= datapath.TableBits && len(l.Channels)<<width <= mostWords {
		all = append(all, exactly(l, ir.Table))
	}
	return all
}

// searches are a layer with each way to find what holds an input, unless it says one.
func searches(l *pwl.Layer) []*pwl.Layer {
	all := []*pwl.Layer{l}
	if l.Shape.Search != ir.Comparators || l.Shape.Breaks != ir.Free || l.Shape.Style == ir.Serial || l.Implement == ir.Table {
		return all
	}
	if l.Implement == ir.Thresholds && runs(l) > mostCompared {
		all = nil
	}
	for _, s := range []ir.Search{ir.Binary, ir.Cascade} {
		other := *l
		other.Shape.Search = s
		all = append(all, &other)
	}
	return all
}

// exactly is a layer built in a way that is exact. It looks at all of the input, and nothing said
// of segments has a meaning for it.
func exactly(l *pwl.Layer, how ir.Implement) *pwl.Layer {
	other := *l
	other.Implement, other.Channels = how, nil
	other.Shape = ir.Shape{Segments: 1, Terms: 1, Search: l.Shape.Search, Style: l.Shape.Style, Handshake: l.Shape.Handshake}
	for _, c := range l.Channels {
		other.Channels = append(other.Channels, &pwl.Channel{Golden: c.Golden, Steps: c.Golden, Error: pwl.Exactly(c.Golden)})
	}
	return &other
}

// allowed is the maximum error that a layer may have: what is asked for, or that of its
// segments.
func allowed(l *pwl.Layer) int64 {
	if l.Options.MaxError >= 0 {
		return l.Options.MaxError
	}
	return l.Total().Max
}

// form is how a layer is built, in words.
func form(l *pwl.Layer) string {
	search := ""
	if l.Shape.Search != ir.Comparators {
		search = ", search " + l.Shape.Search.String()
	}
	switch {
	case l.Shape.Tabular():
		return tableForm(&l.Shape)
	case l.Implement == ir.PWL && l.Shape.Breaks == ir.Uniform:
		return fmt.Sprintf("pwl of %d uniform segments%s", l.Shape.Segments, windowForm(l.Shape.Window))
	case l.Implement == ir.PWL:
		return "pwl of " + ir.Plural(l.SegmentCount(), "segment") + search
	case l.Implement == ir.Thresholds:
		return ir.Plural(l.SegmentCount()-1, "threshold") + search
	}
	return l.Implement.String()
}

// choose builds each layer that leaves it open in the smallest way whose error is no
// larger than that asked for or, where none is, than that of its segments.
func choose(m *pwl.Module) {
	var open []*pwl.Layer
	for _, l := range m.Layers {
		if l.Unit == "" && l.Options.Implement == ir.Auto {
			open = append(open, l)
		}
	}
	ir.Together(len(open), func(i int) { chooseFor(open[i], m.Part) })
}

// chooseFor weighs uniform segments and tables only where a maximum error is asked for: they meet
// it, but are off by as much at more inputs than free ones.
func chooseFor(l *pwl.Layer, part ir.Part) {
	layers := candidates(l)
	if l.Options.MaxError >= 0 {
		layers = slices.Concat(layers, uniformly(l, allowed(l)), tabled(l, allowed(l)))
	}
	all := weighed(layers, part)
	if a := pick(all, allowed(l), part); a != nil {
		why := explain(*a, all, part)
		*l = *a.Layer
		l.Why = why
	}
}

// pick is the smallest alternative whose error is no larger than most. Of those that the
// estimate cannot tell from it, it is the one with the fewest flip-flops.
func pick(all []Alternative, most int64, part ir.Part) *Alternative {
	var best, smallest *Alternative
	for i := range all {
		a := &all[i]
		switch {
		case a.Error > most:
		case smallest == nil:
			best, smallest = a, a
		case cost.Alike(smallest.Cost.Size(part), a.Cost.Size(part)) && a.Cost.FF < best.Cost.FF:
			best = a
		}
	}
	return best
}

// explain says what was chosen and what the others would have taken.
func explain(chosen Alternative, all []Alternative, part ir.Part) string {
	var others []string
	for _, a := range all {
		if a.Layer != chosen.Layer {
			others = append(others, a.String(part))
		}
	}
	why := fmt.Sprintf("the smallest on %s: %s", part, chosen.String(part))
	if len(others) > 0 {
		why += "; " + strings.Join(others, ", ")
	}
	return why
}

// String is the alternative with its error and what it takes.
func (a Alternative) String(part ir.Part) string {
	said := a.Form
	if a.Error > 0 {
		said += fmt.Sprintf(" (error %d)", a.Error)
	}
	return said + " " + a.Cost.On(part)
}
