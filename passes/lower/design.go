// Package lower turns piecewise linear layers into datapaths. There is one
// generator: a reconfigurable unit is generated from its declaration, a fixed
// function is the same unit planned no larger than its layer needs, with its
// configuration held constant, and so are the multi-threshold unit (a piecewise
// constant function of a segment for each run) and the kernels for software. What
// being constant makes superfluous is left to the passes that follow.
package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// Design lowers a file: every unit with the images of its layers, every other
// layer as hardware of its own, and a kernel for every layer. Its error is of type
// ir.Problems where the program asks for what cannot be built.
func Design(m *pwl.Module) (*datapath.Design, error) {
	units := len(m.Units)
	d := &datapath.Design{
		Head:     m.Head,
		Hardware: make([]*datapath.Unit, units),
		Layers:   make([]*datapath.Layer, len(m.Layers)),
	}
	errs := make([]error, units+len(m.Layers))
	ir.Together(len(errs), func(i int) {
		if i < units {
			d.Hardware[i], errs[i] = Unit(m.Units[i], m.Layers)
		} else {
			d.Layers[i-units], errs[i] = lowerLayer(m.Layers[i-units], m.Datapath(&m.Layers[i-units].Layer))
		}
	})
	var problems ir.Problems
	for _, err := range errs {
		if p, ok := err.(*ir.Problem); ok {
			problems = append(problems, p)
		} else if err != nil {
			return nil, err
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return d, nil
}

// buildable refuses a serial style of what has no such form.
func buildable(what string, s *ir.Shape, how ir.Implement, at ir.Source) error {
	if s.Style != ir.Serial {
		return nil
	}
	why, help := unserial(s, how)
	if why == "" {
		return nil
	}
	return &ir.Problem{
		Code:    "style-serial",
		Message: fmt.Sprintf("%s asks for style = serial %s", what, why),
		At:      at,
		Help:    help,
	}
}

// Unit lowers a unit with the images of those of the layers that run on it.
func Unit(u *ir.Unit, layers []*pwl.Layer) (*datapath.Unit, error) {
	if err := buildable("unit "+u.Name, &u.Shape, ir.PWL, u.Source); err != nil {
		return nil, err
	}
	p, err := planUnit(u)
	if err != nil {
		return nil, err
	}
	unit := &datapath.Unit{Unit: *u, Module: generate(p), Fields: p.layout()}
	for _, l := range layers {
		if l.Unit != u.Name {
			continue
		}
		image, err := p.image(u, l)
		if err != nil {
			return nil, err
		}
		unit.Images = append(unit.Images, image)
	}
	if len(unit.Images) == 0 {
		unit.Probe, err = p.image(u, pwl.Probe(u))
	}
	return unit, err
}

func lowerLayer(l *pwl.Layer, in ir.Integer) (*datapath.Layer, error) {
	layer := &datapath.Layer{Layer: l.Layer}
	var err error
	if layer.Kernel, err = lowerAs(l, in, software); err != nil {
		return nil, err
	}
	if l.Unit != "" {
		return layer, nil
	}
	layer.Hardware, err = Hardware(l)
	return layer, err
}

// Hardware lowers a layer to hardware of its own.
func Hardware(l *pwl.Layer) (*datapath.Module, error) {
	if err := buildable("layer "+l.Name, &l.Shape, l.Implement, l.Source); err != nil {
		return nil, err
	}
	return lowerAs(l, l.Input.Integer, hardware)
}

// purpose is what a fixed function is for: hardware keeps as few bits as give the
// right result, software keeps every sum exact.
type purpose uint8

const (
	hardware purpose = iota
	software
)

// lowerAs is a layer on a datapath whose input is in.
func lowerAs(l *pwl.Layer, in ir.Integer, to purpose) (*datapath.Module, error) {
	if l.Implement == ir.Table && !l.Shape.Tabular() {
		return generateTable(l, to)
	}
	fs := make([]*pwl.Function, len(l.Channels))
	for i, c := range l.Channels {
		if fs[i] = c.Function; fs[i] == nil {
			fs[i] = piecewiseConstant(c.Steps)
		}
		if to == software { // one table is the fastest there
			fs[i] = fs[i].Flat()
		}
	}
	p, err := planFixed(l, in, fs, to)
	if err != nil {
		return nil, err
	}
	return generate(p), nil
}
