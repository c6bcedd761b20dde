package steps

import (
	"fmt"

	"grauc/ir"
)

// Verify reports the first thing that is wrong with a module.
func Verify(m *Module) error {
	headers := make([]*ir.Layer, len(m.Layers))
	for i, l := range m.Layers {
		headers[i] = &l.Layer
	}
	if err := m.VerifyLayers(headers); err != nil {
		return err
	}
	for _, l := range m.Layers {
		if err := verifyLayer(l); err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	return nil
}

func verifyLayer(l *Layer) error {
	if len(l.Channels) != l.ChannelCount() {
		return fmt.Errorf("%d functions where the layer has %d channels", len(l.Channels), l.ChannelCount())
	}
	for c, f := range l.Channels {
		if err := f.Verify(&l.Layer); err != nil {
			return fmt.Errorf("channel %d: %w", c, err)
		}
	}
	return nil
}

// Verify reports the first thing that is wrong with f as a function of a layer.
func (f *Function) Verify(of *ir.Layer) error {
	if f == nil {
		return fmt.Errorf("no function")
	}
	if f.Input != of.Input.Integer || f.Output != of.Output.Integer {
		return fmt.Errorf("%s -> %s where the layer is %s -> %s", f.Input, f.Output, of.Input.Integer, of.Output.Integer)
	}
	if len(f.Runs) == 0 {
		return fmt.Errorf("no runs")
	}
	if first := f.Runs[0].Start; first != f.Input.Min() {
		return fmt.Errorf("run 0 starts at %d, not at the smallest input %d", first, f.Input.Min())
	}
	for i := range f.Runs {
		if err := f.verifyRun(i); err != nil {
			return fmt.Errorf("run %d: %w", i, err)
		}
	}
	return nil
}

func (f *Function) verifyRun(i int) error {
	r := f.Runs[i]
	switch {
	case !f.Input.Contains(r.Start):
		return fmt.Errorf("start %d is not a code of %s", r.Start, f.Input)
	case !f.Output.Contains(r.Value):
		return fmt.Errorf("output %d is not a code of %s", r.Value, f.Output)
	case i > 0 && r.Start <= f.Runs[i-1].Start:
		return fmt.Errorf("start %d is not above %d", r.Start, f.Runs[i-1].Start)
	case i > 0 && r.Value == f.Runs[i-1].Value:
		return fmt.Errorf("output %d is that of the run before", r.Value)
	}
	return nil
}
