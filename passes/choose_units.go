package passes

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/passes/cost"
	"grauc/passes/fit"
	"grauc/passes/lower"
)

// mostRuns bounds the work of fitting the layers of a unit anew.
const mostRuns = 1 << 13

// UnitAlternative is a way to build a unit, and what it takes.
type UnitAlternative struct {
	Unit   *ir.Unit
	Layers []*pwl.Layer // those on it, fitted to it
	Error  int64        // the largest of its layers, in output codes; -1 without layers
	Cost   cost.Cost
}

// Form is how the unit is built, as one would say it.
func (a *UnitAlternative) Form() string { return UnitForm(a.Unit) }

// UnitAlternatives are a unit as it is and in other ways that hold the layers on it, the
// smallest first: found and shifted otherwise and, where they are as good, of uniform
// segments, tables and thresholds.
func UnitAlternatives(u *ir.Unit, layers []*pwl.Layer, part ir.Part) []UnitAlternative {
	own, ok := weighUnit(u, layers, part)
	if !ok {
		return nil
	}
	all := []UnitAlternative{own}
	for _, other := range found(u) {
		if a, ok := weighUnit(other, reshaped(layers, other), part); ok {
			all = append(all, a)
		}
	}
	for _, ways := range replaced(u, layers) {
		for _, other := range ways {
			if a, ok := movedTo(other, layers, part); ok && a.Error <= own.Error {
				all = append(all, a)
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b UnitAlternative) int {
		return cmp.Or(cmp.Compare(a.Cost.Size(part), b.Cost.Size(part)), cmp.Compare(a.Cost.FF, b.Cost.FF))
	})
	return all
}

// weighUnit is a unit with the layers fitted to it, unless it cannot be built.
func weighUnit(u *ir.Unit, layers []*pwl.Layer, part ir.Part) (UnitAlternative, bool) {
	hardware, err := lower.Unit(u, layers)
	if err != nil {
		return UnitAlternative{}, false
	}
	a := UnitAlternative{Unit: u, Layers: layers, Error: -1, Cost: Cost(hardware.Module, part)}
	for _, l := range layers {
		a.Error = max(a.Error, l.Total().Max)
	}
	return a, true
}

// movedTo is a unit with the layers of another, unless they cannot be moved there.
func movedTo(u *ir.Unit, layers []*pwl.Layer, part ir.Part) (UnitAlternative, bool) {
	on, ok := moved(layers, u)
	if !ok {
		return UnitAlternative{}, false
	}
	if u.Breaks == ir.Uniform && !u.Tabular() {
		u = tightened(u, on)
		on = reshaped(on, u)
	}
	return weighUnit(u, on, part)
}

// found are the other ways to find and shift for the free segments of a unit.
func found(u *ir.Unit) []*ir.Unit {
	if u.Implement == ir.Thresholds || u.Breaks != ir.Free || u.Style == ir.Serial {
		return nil
	}
	var all []*ir.Unit
	for _, search := range []ir.Search{ir.Comparators, ir.Binary, ir.Cascade} {
		for _, shifter := range []ir.Shifter{ir.Chain, ir.Barrel} {
			if search == u.Search && shifter == u.Shifter || search == ir.Cascade && u.Segments > ir.MaxCascade {
				continue
			}
			other := *u
			other.Search, other.Shifter = search, shifter
			all = append(all, &other)
		}
	}
	return all
}

// reshaped are layers with the same segments on a unit that differs in how it is built.
func reshaped(layers []*pwl.Layer, u *ir.Unit) []*pwl.Layer {
	var all []*pwl.Layer
	for _, l := range layers {
		other := *l
		other.Shape = u.Shape
		all = append(all, &other)
	}
	return all
}

// replaced are units in the place of one that holds free segments, for the layers on it:
// of uniform segments and tables, with a window that each layer has shifted to where its
// function changes, and of thresholds. Of each group the first that is as good will do.
func replaced(u *ir.Unit, layers []*pwl.Layer) [][]*ir.Unit {
	if u.Implement == ir.Thresholds || u.Breaks != ir.Free || u.Window.Bits != 0 || len(layers) == 0 || runs(layers...) > mostRuns {
		return nil
	}
	var all [][]*ir.Unit
	if w, ok := windowFor(u, layers); ok && u.Style != ir.Serial {
		for segments := leastSegments * 2; segments <= min(ir.MaxSegments, 1<<w.Bits); segments *= 2 {
			for _, o := range []ir.Overflow{ir.Saturate, ir.Wrap} {
				other := *u
				other.Shape = u.UniformShape(u.Input, u.Output, w, segments, o)
				all = append(all, []*ir.Unit{&other})
			}
		}
		all = append(all, asTables(u, w)...)
	}
	if u.Output.Width <= ir.MaxCounted {
		other := *u
		other.Implement = ir.Thresholds
		other.Shape = ir.Shape{Style: u.Style, Search: ir.Binary, Handshake: u.Handshake}
		all = append(all, []*ir.Unit{&other})
	}
	return all
}

// tightened is a unit with no more shifts and signs than the layers on it use.
func tightened(u *ir.Unit, layers []*pwl.Layer) *ir.Unit {
	other := *u
	other.MinShift, other.MaxShift, other.Signs = u.MaxShift, u.MinShift, ir.PlusOnly
	for _, l := range layers {
		for _, c := range l.Channels {
			for _, s := range c.Function.Segments {
				for _, t := range s.Terms {
					other.MinShift, other.MaxShift = min(other.MinShift, t.Shift), max(other.MaxShift, t.Shift)
					if t.Negative {
						other.Signs = ir.BothSigns
					}
				}
			}
		}
	}
	if other.MinShift > other.MaxShift { // constants alone
		other.MinShift, other.MaxShift = 0, 0
	}
	return &other
}

// windowFor is the finest window that some prescale puts around what each layer tells
// apart.
func windowFor(u *ir.Unit, layers []*pwl.Layer) (ir.Window, bool) {
	all := ir.Window{Bits: u.Output.Width + finest, MinShift: math.MaxInt}
	for _, l := range layers {
		low, high := changing(l)
		w, ok := windowAround(low, high, all.Bits, u.Input)
		if ok {
			all.MinShift, all.MaxShift = min(all.MinShift, w.MinShift), max(all.MaxShift, w.MaxShift)
		}
	}
	return all, all.MinShift <= all.MaxShift
}

// moved are layers fitted to another unit, for the least maximum error, if they can be.
func moved(layers []*pwl.Layer, u *ir.Unit) ([]*pwl.Layer, bool) {
	m := &steps.Module{Head: ir.Head{Units: []*ir.Unit{u}}}
	for _, l := range layers {
		s := &steps.Layer{Layer: l.Layer}
		s.Shape, s.Options = u.Shape, ir.Options{MaxError: -1}
		for _, c := range l.Channels {
			s.Channels = append(s.Channels, c.Golden)
		}
		m.Layers = append(m.Layers, s)
	}
	fitted, err := fit.Lower(m)
	if err != nil {
		return nil, false
	}
	return fitted.Layers, true
}

// UnitForm is how a unit is built, in words.
func UnitForm(u *ir.Unit) string {
	said := fmt.Sprintf("%d segments, %s", u.Segments, u.Shifter)
	switch {
	case u.Implement == ir.Table:
		said = tableForm(&ir.Shape{Segments: u.Segments, Rows: u.Rows})
	case u.Implement == ir.Thresholds:
		said = fmt.Sprintf("%d thresholds", 1<<u.Output.Width-1)
	case u.Breaks == ir.Uniform:
		said = fmt.Sprintf("%d uniform segments", u.Segments)
	}
	if w := u.Window; w.Bits > 0 {
		said += windowForm(w)
		switch {
		case w.MinShift < w.MaxShift:
			said += fmt.Sprintf(", prescale %d..%d", w.MinShift, w.MaxShift)
		case w.MinShift != u.Input.Width-w.Bits:
			said += fmt.Sprintf(", prescale %d", w.MinShift)
		}
	}
	if u.Breaks == ir.Uniform && !u.Tabular() {
		said += fmt.Sprintf(", shifts %d..%d", u.MinShift, u.MaxShift)
		if u.Signs != ir.BothSigns {
			said += " " + u.Signs.String()
		}
		if u.Overflow != ir.Saturate {
			said += ", " + u.Overflow.String()
		}
	}
	if u.Search != ir.Comparators {
		said += ", search " + u.Search.String()
	}
	return said
}
