package compile

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/spec"
	"grauc/passes"
)

// Evaluator is a function from input codes to output codes.
type Evaluator func(x int64) (int64, error)

// Evaluator is a channel of a layer as a level has it.
func (d *Driver) Evaluator(m *spec.Module, layer *spec.Layer, channel int, level ir.Level) (Evaluator, error) {
	if level == ir.LevelSpec {
		return func(x int64) (int64, error) {
			y, err := m.Eval(layer, channel, x)
			return y, d.fault(m.Name, err)
		}, nil
	}
	p, err := d.Lower(only(m, layer), level)
	if err != nil {
		return nil, err
	}
	if p.Level != level {
		return nil, fmt.Errorf("the passes stopped at level %v, not %v", p.Level, level)
	}
	return evaluator(p, channel), nil
}

// evaluator evaluates the only layer of a program.
func evaluator(p *passes.Program, channel int) Evaluator {
	switch p.Level {
	case ir.LevelSteps:
		f := p.Steps.Layers[0].Channels[channel]
		return func(x int64) (int64, error) { return f.Eval(x), nil }
	case ir.LevelPWL:
		c := p.PWL.Layers[0].Channels[channel]
		return func(x int64) (int64, error) { return c.Eval(x), nil }
	default:
		machine := datapath.NewMachine(p.Design.Layers[0].Kernel)
		return func(x int64) (int64, error) { return machine.Eval(x, int64(channel)), nil }
	}
}
