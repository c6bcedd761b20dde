package conformance

import (
	"math/big"
	"testing"

	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/report"
)

// TestLevels compares the levels with each other, and the errors that the report
// states with what counting gives.
func TestLevels(t *testing.T) {
	for _, p := range programs(t) {
		t.Run(p.name, func(t *testing.T) { levels(t, p) })
	}
}

func levels(t *testing.T, p *program) {
	for i, l := range p.PWL.Layers {
		goldenIsSpec(t, p, i)
		kernelIsPWL(t, p, i)
		if l.Input.Width <= 16 {
			statedErrorsAreTrue(t, l, p.report.Layers[i])
		}
	}
}

// goldenIsSpec evaluates the spec one input at a time: all of them up to 10 bits,
// else a sample and both sides of every step.
func goldenIsSpec(t *testing.T, p *program, i int) {
	t.Helper()
	layer := p.Spec.Layers[i]
	for c, golden := range p.Steps.Layers[i].Channels {
		var xs []int64
		if layer.Input.Width <= 10 && len(p.Steps.Layers[i].Channels) < 64 {
			for x := layer.Input.Min(); x <= layer.Input.Max(); x++ {
				xs = append(xs, x)
			}
		} else {
			xs = telling(layer.Input.Integer, p.PWL.Layers[i].Channels[c], 200)
		}
		for _, x := range xs {
			want, err := p.Spec.Eval(layer, c, x)
			if err != nil {
				t.Fatalf("%s[%d](%d): %v", layer.Name, c, x, err)
			}
			if got := golden.Eval(x); got != want {
				t.Fatalf("%s[%d](%d): steps %d, spec %d", layer.Name, c, x, got, want)
			}
		}
	}
}

func kernelIsPWL(t *testing.T, p *program, i int) {
	t.Helper()
	machine := datapath.NewMachine(p.Design.Layers[i].Kernel)
	wrong := 0
	outputs(p.PWL, spans(i, p.PWL.Layers[i]), func(s span, x, want int64) {
		if got := machine.Eval(x, s.channel); got != want && wrong < 5 {
			wrong++
			t.Errorf("%s[%d](%d): datapath %d, pwl %d", p.PWL.Layers[i].Name, s.channel, x, got, want)
		}
	})
}

// statedErrorsAreTrue sweeps all inputs.
func statedErrorsAreTrue(t *testing.T, l *pwl.Layer, stated report.Layer) {
	t.Helper()
	var all counted
	for c, channel := range l.Channels {
		var one counted
		for x := l.Input.Min(); x <= l.Input.Max(); x++ {
			d := channel.Eval(x) - channel.Golden.Eval(x)
			one.add(d)
			all.add(d)
		}
		if got := stated.Channels[c].Quality; got != one.quality() {
			t.Errorf("%s[%d]: the report states %+v, a sweep gives %+v", l.Name, c, got, one.quality())
		}
	}
	if stated.Quality != all.quality() {
		t.Errorf("%s: the report states %+v, a sweep gives %+v", l.Name, stated.Quality, all.quality())
	}
}

type counted struct {
	max, squares  int64
	exact, inputs uint64
}

func (c *counted) add(d int64) {
	c.inputs++
	c.squares += d * d
	c.max = max(c.max, d, -d)
	if d == 0 {
		c.exact++
	}
}

func (c *counted) quality() report.Quality {
	return report.Quality{
		MaxError: c.max,
		RMSE:     report.RootMean(big.NewInt(c.squares), c.inputs),
		Exact:    report.Share(c.exact, c.inputs),
	}
}
