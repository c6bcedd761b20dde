package passes

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
)

// exhaustive is up to how many inputs, over all channels, every one is evaluated:
// those of one channel of 12 bits.
const exhaustive = 1 << 12

// randomSamples is how many inputs are drawn where not all are evaluated: over all
// channels, and at least of each.
const (
	randomSamples = 256
	leastSamples  = 8
)

// view is one form of a layer: its function at a level, or one of its modules.
type view struct {
	name string
	eval func(channel int, x int64) (int64, error)
}

// samples are outputs, by layer, channel and input, in that order.
type samples [][][]int64

// sampled is the meaning before a pass that works in place. Other passes leave the
// level above as it was, so that it can be asked later. Segments may give way to others, or
// to an exact form: what stays is the golden function that they are off from.
func (p *Program) sampled(pass *Pass) samples {
	if pass.From != pass.To {
		return nil
	}
	ask := p.first(pass.From)
	if pass.From == ir.LevelPWL {
		ask = p.golden
	}
	s, err := p.evaluate(pass.From, ask)
	if err != nil {
		return nil // a fault of the pass before, which reports it
	}
	return s
}

// reevaluated compares the meaning after a pass with that before it. A fit may be
// off by as much as it says.
func (p *Program) reevaluated(pass *Pass, before samples) error {
	if before == nil {
		var err error
		if before, err = p.evaluate(pass.From, p.first(pass.From)); err != nil {
			return err
		}
	}
	for i, l := range p.layers(pass.To) {
		views := p.views(pass.To, i)
		for c := range l.ChannelCount() {
			tolerance := int64(0)
			if pass.To == ir.LevelPWL {
				tolerance = p.PWL.Layers[i].Channels[c].Error.Max
			}
			for _, v := range views {
				if err := differs(l, v, c, p.inputs(i, c, l), before[i][c], tolerance); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func differs(l *ir.Layer, v view, c int, xs, want []int64, tolerance int64) error {
	for k, x := range xs {
		y, err := v.eval(c, x)
		if err != nil {
			return err
		}
		if y < want[k]-tolerance || y > want[k]+tolerance {
			return fmt.Errorf("layer %s, %s, channel %d: y(%d) = %d, was %d", l.Name, v.name, c, x, y, want[k])
		}
	}
	return nil
}

// evaluate asks a form of every layer at a level.
func (p *Program) evaluate(level ir.Level, ask func(layer int) view) (samples, error) {
	var all samples
	for i, l := range p.layers(level) {
		v := ask(i)
		channels := make([][]int64, l.ChannelCount())
		for c := range channels {
			for _, x := range p.inputs(i, c, l) {
				y, err := v.eval(c, x)
				if err != nil {
					return nil, err
				}
				channels[c] = append(channels[c], y)
			}
		}
		all = append(all, channels)
	}
	return all, nil
}

func (p *Program) layers(level ir.Level) []*ir.Layer {
	var all []*ir.Layer
	switch level {
	case ir.LevelSpec:
		for _, l := range p.Spec.Layers {
			all = append(all, &l.Layer)
		}
	case ir.LevelSteps:
		for _, l := range p.Steps.Layers {
			all = append(all, &l.Layer)
		}
	case ir.LevelPWL:
		for _, l := range p.PWL.Layers {
			all = append(all, &l.Layer)
		}
	default:
		for _, l := range p.Design.Layers {
			all = append(all, &l.Layer)
		}
	}
	return all
}

// golden is what the segments of layer i stand for.
func (p *Program) golden(i int) view {
	return view{"golden", func(c int, x int64) (int64, error) { return p.PWL.Layers[i].Channels[c].Golden.Eval(x), nil }}
}

// first is the first form that a layer has at a level.
func (p *Program) first(level ir.Level) func(layer int) view {
	return func(i int) view { return p.views(level, i)[0] }
}

// views are the forms that layer i has at a level.
func (p *Program) views(level ir.Level, i int) []view {
	switch level {
	case ir.LevelSpec:
		l := p.Spec.Layers[i]
		return []view{{"function", func(c int, x int64) (int64, error) { return p.Spec.Eval(l, c, x) }}}
	case ir.LevelSteps:
		return []view{{"steps", func(c int, x int64) (int64, error) { return p.Steps.Layers[i].Channels[c].Eval(x), nil }}}
	case ir.LevelPWL:
		return []view{{"segments", func(c int, x int64) (int64, error) { return p.PWL.Layers[i].Channels[c].Eval(x), nil }}}
	}
	l := p.Design.Layers[i]
	views := []view{machineView("kernel", l.Kernel, nil, l)}
	if l.Hardware != nil {
		views = append(views, machineView("hardware", l.Hardware, nil, l))
	}
	for _, u := range p.Design.Hardware {
		for _, image := range u.Images {
			if image.Layer == l.Name {
				views = append(views, machineView("unit "+u.Name, u.Module, image, l))
			}
		}
	}
	return views
}

func machineView(name string, m *datapath.Module, image *datapath.Image, l *datapath.Layer) view {
	machine := datapath.NewMachine(m)
	machine.Reset()
	if image != nil {
		machine.Load(image)
	}
	t := datapath.TypeOf(l.Output.Integer)
	return view{name, func(c int, x int64) (int64, error) { return t.Wrap(machine.Eval(x, int64(c))), nil }}
}

// inputs are where channel c of layer i is evaluated: everywhere, or where the
// level above says that something changes, at the ends and at random. They depend
// only on levels that stay as they are.
func (p *Program) inputs(i, c int, l *ir.Layer) []int64 {
	lo, hi := l.Input.Min(), l.Input.Max()
	var xs []int64
	if l.Input.Count()*uint64(l.ChannelCount()) <= exhaustive {
		for x := lo; x <= hi; x++ {
			xs = append(xs, x)
		}
		return xs
	}
	add := func(at int64) { xs = append(xs, at-1, at, at+1) }
	add(lo)
	add(hi)
	if p.Steps != nil {
		for _, r := range p.Steps.Layers[i].Channels[c].Runs {
			add(r.Start)
		}
	}
	if p.PWL != nil && p.PWL.Layers[i].Channels[c].Function != nil {
		for _, x := range p.PWL.Layers[i].Channels[c].Function.Borders() {
			add(x)
		}
	}
	r := rand.New(rand.NewPCG(uint64(i), uint64(c)))
	for range max(leastSamples, randomSamples/l.ChannelCount()) {
		xs = append(xs, lo+r.Int64N(hi-lo+1))
	}
	xs = slices.DeleteFunc(xs, func(x int64) bool { return x < lo || x > hi })
	slices.Sort(xs)
	return slices.Compact(xs)
}
