package ir_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/ir/steps"
)

// The files in testdata hold one small program at every level, written by hand.
func example(t *testing.T, level string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "leak."+level+".gir"))
	require.NoError(t, err)
	return string(data)
}

func TestExamplesPrintAsTheyStand(t *testing.T) {
	for _, level := range []string{"spec", "steps", "pwl", "datapath"} {
		f := formNamed(t, level)
		m, err := f.parse(example(t, level))
		if err != nil {
			t.Fatalf("%s: %v", level, err)
		}
		if err := f.verify(m); err != nil {
			t.Errorf("%s: %v", level, err)
		}
		if got := f.print(m); got != example(t, level) {
			t.Errorf("%s prints as\n%s", level, got)
		}
	}
}

func must[M any](t *testing.T) func(*M, error) *M {
	return func(m *M, err error) *M {
		t.Helper()
		require.NoError(t, err)
		return m
	}
}

func TestExamplesMeanTheSame(t *testing.T) {
	source := must[spec.Module](t)(spec.Parse(example(t, "spec")))
	golden := must[steps.Module](t)(steps.Parse(example(t, "steps"))).Layers[0].Channels[0]
	linear := must[pwl.Module](t)(pwl.Parse(example(t, "pwl"))).Layers[0].Channels[0]
	layer := must[datapath.Design](t)(datapath.Parse(example(t, "datapath"))).Layers[0]

	if !golden.Equal(linear.Golden) {
		t.Error("pwl states another golden function than steps")
	}
	kernel, hardware := datapath.NewMachine(layer.Kernel), datapath.NewMachine(layer.Hardware)
	hardware.Reset()
	for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
		if got, err := source.Eval(source.Layers[0], 0, x); err != nil || got != golden.Eval(x) {
			t.Errorf("spec(%d) = %d, %v, want %d", x, got, err, golden.Eval(x))
		}
		want := linear.Eval(x)
		if got := kernel.Eval(x, 0); got != want {
			t.Errorf("kernel(%d) = %d, want %d", x, got, want)
		}
		if got := hardware.Eval(x, 0); got != want {
			t.Errorf("hardware(%d) = %d, want %d", x, got, want)
		}
	}
}
