package conformance

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir/spec"
	"grauc/lang/check"
	"grauc/passes/golden"
	"grauc/stdlib"
)

var declaration = regexp.MustCompile(`(?m)^fn ([a-z0-9_]+)`)

// library is the names of all library functions, and tanh, which is primitive.
func library(t *testing.T) []string {
	t.Helper()
	names := []string{"tanh"}
	files, err := fs.Glob(stdlib.Files, "*.grau")
	require.NoError(t, err)
	for _, file := range files {
		text, err := stdlib.Files.ReadFile(file)
		require.NoError(t, err)
		for _, m := range declaration.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// specOf is the module of a program.
func specOf(t *testing.T, text string) *spec.Module {
	t.Helper()
	r := check.LoadOverlay("golden.grau", map[string]string{"golden.grau": text})
	if r.Module == nil {
		t.Fatalf("%v", r.Diagnostics)
	}
	return r.Module
}

// unusual are formats of 16-bit inputs: scales that are no powers of two, zeros off
// the middle and between codes, domains from narrow to astronomical.
var unusual = []struct{ in, out string }{
	{"int16 scale 0.00037 zero 1234.5", "int8 scale 3/100 zero -7 round half_up"},
	{"uint16 scale 1/3333 zero 30000", "uint8 scale 1/200 zero 91/7 round half_away"},
	{"int16 scale 7/9 zero -20000", "int10 scale 11/13 zero 1/3 round floor"},
	{"uint16 scale 1/4096 zero 65535.25", "int12 scale 1/1000 zero 2000 round ceil"},
	{"int16 narrow scale 17/100000 zero 0.125", "uint9 scale 1/255 zero 256 round zero"},
}

// TestGoldenIsExhaustive decides every input by itself.
func TestGoldenIsExhaustive(t *testing.T) {
	for _, name := range library(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			for i, f := range unusual {
				fmt.Fprintf(&text, "layer l%d : %s -> %s = %s(x)\n", i, f.in, f.out, name)
			}
			m := specOf(t, text.String())
			got, err := golden.Lower(m)
			require.NoError(t, err)
			want, err := golden.Exhaustive(m)
			require.NoError(t, err)
			for i, l := range got.Layers {
				if !slices.Equal(l.Channels[0].Runs, want.Layers[i].Channels[0].Runs) {
					t.Errorf("%s -> %s: the runs differ from the exhaustive ones", unusual[i].in, unusual[i].out)
				}
			}
		})
	}
}
