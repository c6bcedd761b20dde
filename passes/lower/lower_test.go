package lower

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/passes/lower/lowertest"
)

// everyInput calls f for every code of a layer and every channel.
func everyInput(l *pwl.Layer, f func(channel int, x, want int64)) {
	for c, ch := range l.Channels {
		for x := l.Input.Min(); x <= l.Input.Max(); x++ {
			f(c, x, ch.Eval(x))
		}
	}
}

func lowered(t *testing.T, m *pwl.Module) *datapath.Design {
	t.Helper()
	d, err := Design(m)
	require.NoError(t, err)
	require.NoError(t, datapath.Verify(d))
	return d
}

func TestRandomLayersEqualTheirFunctions(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := lowertest.Module(r, 7)
		d := lowered(t, m)
		for i, l := range d.Layers {
			modules := []*datapath.Module{l.Kernel}
			if l.Hardware != nil {
				modules = append(modules, l.Hardware)
			}
			for k, module := range modules {
				machine := datapath.NewMachine(module)
				machine.Reset()
				everyInput(m.Layers[i], func(channel int, x, want int64) {
					if y := machine.Eval(x, int64(channel)); y != want {
						t.Fatalf("seed %d, layer %s, module %d, channel %d: y(%d) = %d, want %d", seed, l.Name, k, channel, x, y, want)
					}
				})
			}
		}
	}
}

// The images of all layers are loaded in turn, several times, with no reset.
func TestUnitsReloadWithoutReset(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		m := lowertest.Module(r, 7)
		u := lowered(t, m).Hardware[0]
		machine := datapath.NewMachine(u.Module)
		machine.Reset()
		for range 2 {
			for _, image := range u.Images {
				machine.Load(image)
				l := m.Layer(image.Layer)
				everyInput(l, func(channel int, x, want int64) {
					got := datapath.TypeOf(l.Output.Integer).Wrap(machine.Eval(x, int64(channel)))
					if got != want {
						t.Fatalf("seed %d, layer %s, channel %d: y(%d) = %d, want %d", seed, l.Name, channel, x, got, want)
					}
				})
			}
		}
	}
}

// Units whose sums are confined compute every function whose values they promise to
// hold, and refuse all others.
func TestConfinedUnits(t *testing.T) {
	held, refused := 0, 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 4))
		u := lowertest.Unit(r, "shared", 6)
		if u.Implement == ir.Thresholds {
			continue // they have no sums
		}
		u.Output.Width = max(u.Output.Width, 3)
		u.Overflow, u.Load = ir.Saturate, ir.LoadPort
		l := lowertest.On(r, "on", u)
		u.Headroom = 1 + r.IntN(3)
		if r.IntN(4) == 0 || u.Breaks == ir.Uniform {
			u.Headroom, u.Overflow = 0, ir.Wrap
		}
		l.Shape = u.Shape
		d, err := Design(&pwl.Module{Head: ir.Head{Units: []*ir.Unit{u}}, Layers: []*pwl.Layer{l}})
		if err != nil {
			require.ErrorContains(t, err, "exceed the output")
			refused++
			continue
		}
		held++
		require.NoError(t, datapath.Verify(d))
		machine := datapath.NewMachine(d.Hardware[0].Module)
		machine.Reset()
		machine.Load(d.Hardware[0].Images[0])
		everyInput(l, func(channel int, x, want int64) {
			if got := datapath.TypeOf(l.Output.Integer).Wrap(machine.Eval(x, int64(channel))); got != want {
				t.Fatalf("seed %d, channel %d: y(%d) = %d, want %d", seed, channel, x, got, want)
			}
		})
	}
	require.Greater(t, held, 50)
	require.Greater(t, refused, 50)
}

// A stream with random gaps and stalls comes out complete and in order, and a
// result takes the stated latency when nothing stalls.
func TestHandshake(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		l := lowertest.Layer(r, "f", 7)
		l.Shape.Style, l.Shape.Handshake = ir.Pipelined, ir.ReadyValid
		flows(t, seed, l, r)
	}
}

// The same of serial layers, which take an input only when they are done.
func TestSerialHandshake(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		l := serialLayer(r)
		m := flows(t, seed, l, r)
		machine := datapath.NewMachine(m)
		machine.Reset()
		machine.Set("x_valid", 1)
		machine.Set("y_ready", 1)
		for clock := range 3 * m.Interval {
			taken := machine.Get("x_ready") == 1
			require.Equal(t, clock%m.Interval == 0, taken, "seed %d, clock %d of interval %d", seed, clock, m.Interval)
			require.Equal(t, clock%m.Interval == m.Latency, machine.Get("y_valid") == 1, "seed %d, clock %d", seed, clock)
			machine.Clock()
		}
	}
}

func serialLayer(r *rand.Rand) *pwl.Layer {
	for {
		l := lowertest.Layer(r, "f", 7)
		if l.Shape.Style == ir.Serial {
			return l
		}
	}
}

func flows(t *testing.T, seed uint64, l *pwl.Layer, r *rand.Rand) *datapath.Module {
	t.Helper()
	module := lowered(t, &pwl.Module{Layers: []*pwl.Layer{l}}).Layers[0].Hardware
	machine := datapath.NewMachine(module)
	machine.Reset()
	if got := latency(machine); got != module.Latency {
		t.Fatalf("seed %d: %d clocks, stated %d", seed, got, module.Latency)
	}
	if err := stream(machine, l, r); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return module
}

func latency(m *datapath.Machine) int {
	m.Set("y_ready", 1)
	m.Set("x_valid", 1)
	m.Clock()
	m.Set("x_valid", 0)
	clocks := 1
	for m.Get("y_valid") == 0 {
		m.Clock()
		clocks++
	}
	m.Clock()
	return clocks
}

func stream(m *datapath.Machine, l *pwl.Layer, r *rand.Rand) error {
	type input struct {
		channel int
		x       int64
	}
	var sent []input
	received := 0
	for clock := 0; received < 200; clock++ {
		if clock > 50000 {
			return fmt.Errorf("no more results after %d", received)
		}
		in := input{r.IntN(len(l.Channels)), l.Input.Min() + r.Int64N(int64(l.Input.Count()))}
		m.Set("x_valid", int64(r.IntN(2)))
		m.Set("x", in.x)
		if m.Has("x_channel") {
			m.Set("x_channel", int64(in.channel))
		}
		offered := r.IntN(2) == 0
		m.Set("x_valid", map[bool]int64{true: 1}[offered])
		m.Set("y_ready", 0)
		before := m.Get("y_valid")
		ready := int64(r.IntN(2))
		m.Set("y_ready", ready)
		if m.Get("y_valid") != before {
			return fmt.Errorf("y_valid depends on y_ready within a clock")
		}
		if ready == 1 && before == 1 {
			want := sent[received]
			if y := m.Get("y"); y != l.Channels[want.channel].Eval(want.x) {
				return fmt.Errorf("result %d: y(%d) = %d", received, want.x, y)
			}
			received++
		}
		if offered && m.Get("x_ready") == 1 {
			sent = append(sent, in)
		}
		m.Clock()
	}
	return nil
}

// A unit of uniform segments that is loaded through its input takes one address for
// each of its memories, so that it maps to single-port memories.
func TestLoadThroughInputHasOneAddress(t *testing.T) {
	u := &ir.Unit{Name: "u", Input: ir.Integer{Width: 12, Signed: true}, Output: ir.Integer{Width: 8, Signed: true}, Channels: 1}
	u.Shape = ir.Shape{
		Segments: 16, Terms: 1, MinShift: 1, MaxShift: 3, Guard: 1, Breaks: ir.Uniform, Signs: ir.PlusOnly,
		Overflow: ir.Wrap, Load: ir.LoadData, Window: ir.Window{Bits: 8, MinShift: 4, MaxShift: 4},
	}
	d := lowered(t, &pwl.Module{Head: ir.Head{Units: []*ir.Unit{u}}})
	m := d.Hardware[0].Module
	require.Len(t, m.Mems, 1)
	require.Equal(t, 16, m.Mems[0].Depth)
	for _, n := range m.Nodes {
		if n.Op == datapath.OpRead {
			require.Equal(t, m.Mems[0].Addr, n.Args[0])
		}
	}
}

// Nothing depends on the channel of a layer with one, which says nothing.
func TestTheOnlyChannelSaysNothing(t *testing.T) {
	l := lowertest.Ramp(12, 5, ir.Pipelined)
	l.Layer.Channels = 1
	l.Shape.Segments, l.Shape.Terms = 1, 1
	m := lowered(t, &pwl.Module{Layers: []*pwl.Layer{l}}).Layers[0].Hardware
	for _, n := range m.Nodes {
		for _, a := range n.Args {
			require.NotEqual(t, "x_channel", m.Nodes[a].Name, "%v", n.Op)
		}
	}
}
