package passes

import (
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/passes/fit"
)

// LayerCost is what the ways to build a layer take, the smallest first, and which of them
// is built. A layer on a unit has none.
type LayerCost struct {
	Layer        *pwl.Layer
	Alternatives []Alternative
	Chosen       int
}

// UnitCost is what the ways to build a unit take, the smallest first, and which of them is
// built.
type UnitCost struct {
	Unit         *ir.Unit
	Alternatives []UnitAlternative
	Chosen       int
}

// Costs compares the ways to build each layer of a program that is at the datapath level.
func (p *Program) Costs() ([]LayerCost, []UnitCost, error) {
	var layers []LayerCost
	for i, l := range p.PWL.Layers {
		c := LayerCost{Layer: l}
		if l.Unit == "" {
			open, err := p.open(i)
			if err != nil {
				return nil, nil, err
			}
			c.weigh(open, p.PWL.Part)
		}
		layers = append(layers, c)
	}
	var units []UnitCost
	for _, u := range p.Design.Hardware {
		c := UnitCost{Unit: &u.Unit, Alternatives: UnitAlternatives(&u.Unit, p.on(&u.Unit), p.Design.Part)}
		c.Chosen = slices.IndexFunc(c.Alternatives, func(a UnitAlternative) bool { return a.Unit == &u.Unit })
		units = append(units, c)
	}
	return layers, units, nil
}

// weigh compares the layer as it is built with the ways to build one that leaves it open.
func (c *LayerCost) weigh(open *pwl.Layer, part ir.Part) {
	c.Alternatives = Alternatives(open, part)
	if c.Chosen = chosen(c.Alternatives, c.Layer); c.Chosen < 0 {
		c.Alternatives = append(c.Alternatives, weighed([]*pwl.Layer{c.Layer}, part)...)
		smallestFirst(c.Alternatives, part)
		c.Chosen = chosen(c.Alternatives, c.Layer)
	}
}

// on are the layers on a unit.
func (p *Program) on(u *ir.Unit) []*pwl.Layer {
	var all []*pwl.Layer
	for _, l := range p.PWL.Layers {
		if l.Unit == u.Name {
			all = append(all, l)
		}
	}
	return all
}

// open is a layer fitted as if it left open how it is built, or as it is where segments
// do not do.
func (p *Program) open(i int) (*pwl.Layer, error) {
	built := p.PWL.Layers[i]
	if p.Steps == nil {
		return built, nil
	}
	l := *p.Steps.Layers[i]
	if l.Shape.Tabular() {
		return built, nil
	}
	if built.Implement == ir.PWL && built.Shape.Breaks == l.Shape.Breaks {
		same := *built
		same.Shape = l.Shape
		return &same, nil
	}
	if l.Options.Implement != ir.Auto {
		l.Options.Implement = ir.PWL
	}
	m, err := fit.Lower(&steps.Module{Head: p.Steps.Head, Layers: []*steps.Layer{&l}})
	switch {
	case isProblem(err):
		return built, nil
	case err != nil:
		return nil, err
	}
	return m.Layers[0], nil
}

// chosen is the alternative that is built.
func chosen(all []Alternative, built *pwl.Layer) int {
	for i, a := range all {
		if form(a.Layer) == form(built) {
			return i
		}
	}
	return -1
}
