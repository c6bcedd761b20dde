package passes

import (
	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/passes/cost"
	"grauc/passes/fit"
)

// LayerCost is what the ways to build a layer take, the smallest first, and which of them
// is built. A layer on a unit has none.
type LayerCost struct {
	Layer        *pwl.Layer
	Alternatives []Alternative
	Chosen       int
}

// UnitCost is what a unit takes.
type UnitCost struct {
	Unit *ir.Unit
	Cost cost.Cost
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
			c.Alternatives = Alternatives(open, p.PWL.Part)
			c.Chosen = chosen(c.Alternatives, l)
		}
		layers = append(layers, c)
	}
	var units []UnitCost
	for _, u := range p.Design.Hardware {
		units = append(units, UnitCost{Unit: &u.Unit, Cost: cost.Of(u.Module, p.Design.Part)})
	}
	return layers, units, nil
}

// open is a layer fitted as if it left open how it is built, or as it is where segments
// do not do.
func (p *Program) open(i int) (*pwl.Layer, error) {
	built := *p.PWL.Layers[i]
	if p.Steps == nil {
		return &built, nil
	}
	l := *p.Steps.Layers[i]
	sameSegments := built.Implement == ir.PWL && built.Shape.Breaks == l.Shape.Breaks
	built.Shape = l.Shape
	if sameSegments {
		return &built, nil
	}
	l.Options.Implement = ir.PWL
	m, err := fit.Lower(&steps.Module{Head: p.Steps.Head, Layers: []*steps.Layer{&l}})
	switch {
	case isProblem(err):
		return &built, nil
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
