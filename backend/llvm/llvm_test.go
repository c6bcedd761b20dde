package llvm

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/backend/backendtest"
)

func TestOperations(t *testing.T) {
	r := backendtest.Request("operations")
	t.Run("clang-14", func(t *testing.T) { compileAndRun(t, r, "clang-14", "-O1") })
	t.Run("clang-19", func(t *testing.T) { compileAndRun(t, r, "clang-19", "-O2") })
}

// TestAssembles tries every version of LLVM, each with its own verifier.
func TestAssembles(t *testing.T) {
	dir := write(t, backendtest.Request("operations"))
	for _, assembler := range []string{"llvm-as-14", "llvm-as-16", "llvm-as-19"} {
		t.Run(assembler, func(t *testing.T) {
			backendtest.Run(t, dir, nil, backendtest.Tool(t, assembler), "llvm/operations.ll", "-o", "operations.bc")
		})
	}
}

// TestNames also holds that the symbols are those of the C backend: the program
// that calls them is the same.
func TestNames(t *testing.T) {
	for _, r := range backendtest.Awkward("8-bit\nnet*/", "int8") {
		t.Run(r.Design.Name, func(t *testing.T) { compileAndRun(t, r, "clang", "-O0") })
	}
}

// TestVectors holds that the optimizer finds the loop worth vectors.
func TestVectors(t *testing.T) {
	dir := write(t, backendtest.Sample())
	for _, clang := range []string{"clang-14", "clang-19"} {
		t.Run(clang, func(t *testing.T) {
			text := backendtest.Run(t, dir, nil, backendtest.Tool(t, clang), "-O2", "-S", "-emit-llvm", "llvm/sample.ll", "-o", "-")
			_, array, found := strings.Cut(string(text), "@sample_leaky_n(")
			if array, _, _ = strings.Cut(array, "\n}"); !found || !strings.Contains(array, "store <") {
				t.Errorf("the loop of sample_leaky_n stores no vectors:\n%s", array)
			}
		})
	}
}

func TestGolden(t *testing.T) {
	response, err := emit(backendtest.Sample())
	require.NoError(t, err)
	backendtest.Golden(t, response.Files)
}

func compileAndRun(t *testing.T, r *backend.Request, clang, optimize string) {
	t.Helper()
	cc := backendtest.Tool(t, clang)
	dir := write(t, r)
	module := "llvm/" + backend.Identifier(r.Design.Name) + ".ll"
	backendtest.Run(t, dir, nil, cc, optimize, "-c", module, "-o", "layers.o")
	backendtest.Run(t, dir, nil, cc, "driver.c", "layers.o", "-o", "driver")
	vectors := backendtest.Vectors(t, r)
	backendtest.Check(t, r, vectors, backendtest.Run(t, dir, backendtest.Input(vectors), "./driver"))
}

// write writes the module, a driver of the C ABI and the declarations it needs.
func write(t *testing.T, r *backend.Request) string {
	t.Helper()
	response, err := emit(r)
	require.NoError(t, err)
	driver, err := backendtest.CDriver(r)
	require.NoError(t, err)
	return backendtest.Write(t, append(response.Files, driver...)...)
}
