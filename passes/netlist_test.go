package passes

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/irtest"
)

// alone is a program that consists of one module of hardware.
func alone(m *datapath.Module) *Program {
	return &Program{Level: ir.LevelDatapath, Design: &datapath.Design{Hardware: []*datapath.Unit{{Module: m}}}}
}

// settled makes what a random module does depend on nothing that is arbitrary:
// every register has a value under reset. It reports whether that is enough.
func settled(m *datapath.Module) bool {
	for i := range m.Nodes {
		if n := &m.Nodes[i]; n.Op == datapath.OpReg && n.Reset == nil {
			n.Reset = new(int64)
		}
	}
	for i := range m.Mems {
		if m.Mems[i].Held == nil {
			return false
		}
	}
	return true
}

// trace is what comes out of a module clock by clock for random inputs.
func trace(m *datapath.Module, seed uint64) []int64 {
	r := rand.New(rand.NewPCG(seed, 3))
	machine := datapath.NewMachine(m)
	machine.Reset()
	var out []int64
	for range 40 {
		for i := range m.Nodes {
			if n := &m.Nodes[i]; n.Op == datapath.OpInput {
				machine.Set(n.Name, irtest.Extreme(r, n.Type))
			}
		}
		for _, o := range m.Outputs {
			out = append(out, machine.Get(o.Name))
		}
		machine.Clock()
	}
	return out
}

// No generator writes netlists as odd as random ones: every pass by itself, and all
// in turn, must leave what they do as it is.
func TestPassesKeepTheMeaningOfRandomNetlists(t *testing.T) {
	for seed := range uint64(1500) {
		m := irtest.Module(rand.New(rand.NewPCG(seed, 1)))
		if !settled(m) {
			continue
		}
		want := trace(m, seed)
		text := datapath.PrintModule(m)
		for i := range Table {
			if Table[i].From == ir.LevelDatapath {
				checkPass(t, &Table[i], text, seed, want)
			}
		}
		whole := alone(m)
		for i := range Table {
			if pass := &Table[i]; pass.From == ir.LevelDatapath {
				require.NoError(t, pass.Run(whole))
				compare(t, "the passes up to "+pass.Name, m, text, seed, want)
			}
		}
	}
}

func checkPass(t *testing.T, pass *Pass, text string, seed uint64, want []int64) {
	t.Helper()
	m, err := datapath.ParseModule(text)
	require.NoError(t, err)
	require.NoError(t, pass.Run(alone(m)))
	compare(t, "pass "+pass.Name, m, text, seed, want)
}

func compare(t *testing.T, what string, m *datapath.Module, text string, seed uint64, want []int64) {
	t.Helper()
	if err := datapath.VerifyModule(m); err != nil {
		t.Fatalf("seed %d: %s: %v\nof\n%s", seed, what, err, text)
	}
	for i, got := range trace(m, seed) {
		if got != want[i] {
			t.Fatalf("seed %d: %s: output %d in clock %d, was %d\n%sof\n%s", seed, what, got, i, want[i], datapath.PrintModule(m), text)
		}
	}
}
