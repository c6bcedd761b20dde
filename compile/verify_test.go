package compile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/compile"
)

const certified = `
unit small { input = int8 output = int6 segments = 3 slopes = pot(shifts = 0..6) channels = 2 }
layer pair[2] : int8 scale 1/16 -> int6 scale 1/8 = tanh(x + c) on small
layer few : int8 scale 1/16 -> int6 scale 1/8 = x ^ 2 / 16 { implement = pwl max_error = 2 }
layer exact : int8 -> int3 = x / 16 { implement = thresholds }
layer heavy : int8 scale 1/16 -> int6 scale 1/8 = tanh(2 * x) { implement = pwl segments = 1 fit = rmse weight = normal(1, 2) }
layer weak[2] : int8 scale 1/16 -> int6 scale 1/8 = tanh(x) * (c + 1) { implement = pwl segments = 1 }
`

// Every number, string and entry of what a report says of layers and sources is
// altered, one at a time, but for prose and advice.
func TestAlteredReportsAreRejected(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "f.grau")
	require.NoError(t, os.WriteFile(source, []byte(certified), 0o666))
	d := &compile.Driver{}
	o, err := d.Build([]string{source}, nil)
	require.NoError(t, err)
	name := filepath.Join(dir, "report.json")
	verify := func(text []byte) error {
		require.NoError(t, os.WriteFile(name, text, 0o666))
		_, err := new(compile.Driver).VerifyFit(name, []string{source}, false)
		return err
	}
	require.NoError(t, verify(o.Report.JSON()))

	var root map[string]any
	require.NoError(t, json.Unmarshal(o.Report.JSON(), &root))
	altered := 0
	try := func(path string) {
		if strings.HasSuffix(path, ".why") || strings.HasSuffix(path, ".path") || strings.Contains(path, ".weakness.advice") {
			return
		}
		text, err := json.Marshal(root)
		require.NoError(t, err)
		altered++
		if err := verify(text); !errors.As(err, new(*compile.MismatchError)) {
			t.Errorf("%s altered: %v", path, err)
		}
	}
	for _, key := range []string{"layers", "sources"} {
		alter(key, root[key], func(v any) { root[key] = v }, try)
	}
	if altered < 200 {
		t.Errorf("only %d alterations", altered)
	}
}

// alter changes every leaf of a tree and shortens every list, and puts all back.
func alter(path string, v any, set func(any), try func(path string)) {
	change := func(n any) {
		set(n)
		try(path)
		set(v)
	}
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			alter(path+"."+k, e, func(n any) { v[k] = n }, try)
		}
	case []any:
		for i, e := range v {
			alter(fmt.Sprintf("%s[%d]", path, i), e, func(n any) { v[i] = n }, try)
		}
		if len(v) > 0 {
			change(v[1:])
			change(append([]any{v[0]}, v...))
		}
	case float64:
		change(v + 1)
		change(v - 1)
	case string:
		change(v + "x")
		change("")
	case nil:
		change("x")
	}
}

// The reports of all examples hold.
func TestExamplesHold(t *testing.T) {
	files, err := filepath.Glob("../examples/*.grau")
	require.NoError(t, err)
	held := 0
	for _, file := range files {
		o, err := new(compile.Driver).Build([]string{file}, nil)
		require.NoError(t, err)
		if len(o.Report.Layers) == 0 { // a library
			continue
		}
		name := filepath.Join(t.TempDir(), "report.json")
		require.NoError(t, os.WriteFile(name, o.Report.JSON(), 0o666))
		verdicts, err := new(compile.Driver).VerifyFit(name, []string{file}, false)
		require.NoError(t, err, file)
		held += len(verdicts)
	}
	require.Greater(t, held, 40)
}
