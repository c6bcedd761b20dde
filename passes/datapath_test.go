package passes

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/passes/lower"
	"grauc/passes/lower/lowertest"
)

// cleaned is what the passes of the datapath level make of a file.
func cleaned(t testing.TB, m *pwl.Module) *datapath.Design {
	t.Helper()
	d, err := lower.Design(m)
	require.NoError(t, err)
	for _, step := range []struct {
		of func(*datapath.Design) []*datapath.Module
		f  func(*datapath.Module)
	}{
		{modules, hold}, {modules, scalarize}, {modules, fold}, {hardware, narrow}, {modules, fold}, {modules, cse}, {hardware, func(m *datapath.Module) { bankIf(m, 2, func(*datapath.Node) bool { return true }) }}, {modules, dce},
	} {
		for _, m := range step.of(d) {
			step.f(m)
		}
		require.NoError(t, datapath.Verify(d))
	}
	return d
}

func TestPassesKeepTheMeaningOfRandomFiles(t *testing.T) {
	for seed := range uint64(300) {
		m := lowertest.Module(rand.New(rand.NewPCG(seed, 4)), 7)
		d := cleaned(t, m)
		for i, l := range d.Layers {
			checkModule(t, l.Kernel, m.Layers[i], nil)
			if l.Hardware != nil {
				checkModule(t, l.Hardware, m.Layers[i], nil)
			}
		}
		for _, image := range d.Hardware[0].Images {
			checkModule(t, d.Hardware[0].Module, m.Layer(image.Layer), image)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// checkModule compares a module with its layer on every input.
func checkModule(t *testing.T, m *datapath.Module, l *pwl.Layer, image *datapath.Image) {
	t.Helper()
	machine := datapath.NewMachine(m)
	machine.Reset()
	if image != nil {
		machine.Load(image)
	}
	for c, ch := range l.Channels {
		for x := l.Input.Min(); x <= l.Input.Max(); x++ {
			want := ch.Eval(x)
			if y := datapath.TypeOf(l.Output.Integer).Wrap(machine.Eval(x, int64(c))); y != want {
				t.Errorf("module %s, channel %d: y(%d) = %d, want %d", m.Name, c, x, y, want)
				return
			}
		}
	}
}

// Without channels a kernel computes in types that hold every result, so that no
// target has to wrap.
func TestKernelsNeverWrap(t *testing.T) {
	for seed := range uint64(200) {
		m := lowertest.Module(rand.New(rand.NewPCG(seed, 7)), 7)
		for _, l := range cleaned(t, m).Layers {
			if l.Layer.Channels > 0 {
				continue
			}
			for i, r := range datapath.Ranges(l.Kernel) {
				switch l.Kernel.Nodes[i].Op {
				case datapath.OpAdd, datapath.OpSub, datapath.OpShl:
					if r.Wraps {
						t.Fatalf("seed %d, layer %s: value %d may wrap: %+v\n%s", seed, l.Name, i, r, datapath.PrintModule(l.Kernel))
					}
				}
			}
		}
	}
}

// What a layer of 8 segments and two terms comes to.
func TestSizesOfSilu(t *testing.T) {
	for style, most := range map[ir.Style]int{ir.Parallel: 83, ir.Pipelined: 164} {
		l := cleaned(t, &pwl.Module{Layers: []*pwl.Layer{lowertest.Silu(24, style)}}).Layers[0]
		if n := len(l.Hardware.Nodes); n > most {
			t.Errorf("%v hardware has %d nodes, was %d", style, n, most)
		}
		if n := len(l.Kernel.Nodes); n > 62 {
			t.Errorf("the kernel has %d nodes, was 62", n)
		}
		if want := map[ir.Style]int{ir.Pipelined: 9}[style]; l.Hardware.Latency != want {
			t.Errorf("%v: latency %d, want %d", style, l.Hardware.Latency, want)
		}
	}
}

// BenchmarkSilu lowers and cleans a layer of 8 segments: hardware and kernel.
func BenchmarkSilu(b *testing.B) {
	l := lowertest.Silu(24, ir.Pipelined)
	for range b.N {
		cleaned(b, &pwl.Module{Layers: []*pwl.Layer{l}})
	}
}

// BenchmarkThresholds does the same for 255 thresholds.
func BenchmarkThresholds(b *testing.B) {
	l := lowertest.Ramp(24, 8, ir.Parallel)
	for range b.N {
		cleaned(b, &pwl.Module{Layers: []*pwl.Layer{l}})
	}
}
