package c

import (
	"testing"

	"grauc/backend"
	"grauc/backend/backendtest"
)

// strict are the options under which the emitted code must compile in silence.
var strict = []string{"-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-ffreestanding", "-c"}

func TestOperations(t *testing.T) {
	r := backendtest.Request("operations")
	dir := write(t, r)
	vectors := backendtest.Vectors(t, r)
	for _, build := range []struct {
		name     string
		compiler string
		options  []string
	}{
		{"gcc", "gcc", []string{"-O3"}},
		{"clang", "clang", []string{"-O1"}},
		{"sanitizers", "clang", []string{"-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"}},
	} {
		t.Run(build.name, func(t *testing.T) {
			cc := backendtest.Tool(t, build.compiler)
			backendtest.Run(t, dir, nil, cc, append(append(strict, build.options...), "c/operations.c", "-o", "operations.o")...)
			backendtest.Run(t, dir, nil, cc, append(build.options, "driver.c", "operations.o", "-o", "driver")...)
			backendtest.Check(t, r, vectors, backendtest.Run(t, dir, backendtest.Input(vectors), "./driver"))
		})
	}
}

func write(t *testing.T, r *backend.Request) string {
	t.Helper()
	response, err := emit(r)
	if err != nil {
		t.Fatal(err)
	}
	driver, err := backendtest.CDriver(r)
	if err != nil {
		t.Fatal(err)
	}
	return backendtest.Write(t, append(response.Files, driver...)...)
}
