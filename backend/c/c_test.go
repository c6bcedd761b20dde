package c

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/backend/backendtest"
	"grauc/ir/datapath"
)

// strict are the options under which the emitted code must compile in silence.
var strict = []string{"-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-ffreestanding", "-c"}

func TestOperations(t *testing.T) {
	r := backendtest.Request("operations")
	for _, build := range []struct {
		name     string
		compiler string
		options  []string
	}{
		{"gcc", "gcc", []string{"-O1"}},
		{"clang", "clang", []string{"-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"}},
	} {
		t.Run(build.name, func(t *testing.T) { compileAndRun(t, r, build.compiler, build.options...) })
	}
}

func TestNames(t *testing.T) {
	for _, r := range backendtest.Awkward("if", "8-bit\nnet*/", "int8") {
		t.Run(r.Design.Name, func(t *testing.T) {
			dir := compileAndRun(t, r, "gcc", "-O0")
			header := backend.Identifier(r.Design.Name) + ".h"
			backendtest.Run(t, dir, nil, backendtest.Tool(t, "g++"), "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c++", "c/"+header)
		})
	}
}

func TestGolden(t *testing.T) {
	response, err := emit(backendtest.Sample())
	require.NoError(t, err)
	backendtest.Golden(t, response.Files)
}

func TestSample(t *testing.T) {
	for _, compiler := range []string{"gcc", "clang-14", "clang-19"} {
		t.Run(compiler, func(t *testing.T) { compileAndRun(t, backendtest.Sample(), compiler, "-O2") })
	}
}

// compileAndRun compiles what is emitted in silence and compares what it computes.
func compileAndRun(t *testing.T, r *backend.Request, compiler string, options ...string) string {
	t.Helper()
	cc := backendtest.Tool(t, compiler)
	dir := write(t, r)
	source := "c/" + backend.Identifier(r.Design.Name) + ".c"
	backendtest.Run(t, dir, nil, cc, slices.Concat(strict, options, []string{source, "-o", "layers.o"})...)
	backendtest.Run(t, dir, nil, cc, slices.Concat(options, []string{"driver.c", "layers.o", "-o", "driver"})...)
	vectors := backendtest.Vectors(t, r)
	backendtest.Check(t, r, vectors, backendtest.Run(t, dir, backendtest.Input(vectors), "./driver"))
	return dir
}

func write(t *testing.T, r *backend.Request) string {
	t.Helper()
	response, err := emit(r)
	require.NoError(t, err)
	driver, err := backendtest.CDriver(r)
	require.NoError(t, err)
	return backendtest.Write(t, append(response.Files, driver...)...)
}

func TestRefuses(t *testing.T) {
	a := datapath.NewAuthor("clocked")
	bit := a.Input("x", datapath.Bit)
	a.Output("y", a.Reg(bit, -1, nil))
	r := backendtest.Sample()
	backendtest.Add(r, "clocked", a.M)
	if _, err := emit(r); err == nil || !strings.Contains(err.Error(), "clocked") {
		t.Errorf("a clocked kernel: %v", err)
	}
}
