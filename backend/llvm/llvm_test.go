package llvm

import (
	"testing"

	"grauc/backend"
	"grauc/backend/backendtest"
)

func TestOperations(t *testing.T) {
	r := backendtest.Request("operations")
	dir := write(t, r)
	vectors := backendtest.Vectors(t, r)
	for _, build := range []struct{ clang, optimize string }{{"clang-14", "-O1"}, {"clang-19", "-O2"}} {
		t.Run(build.clang, func(t *testing.T) {
			cc := backendtest.Tool(t, build.clang)
			backendtest.Run(t, dir, nil, cc, build.optimize, "--target="+triple, "-c", "llvm/operations.ll", "-o", "operations.o")
			backendtest.Run(t, dir, nil, cc, "driver.c", "operations.o", "-o", "driver")
			backendtest.Check(t, r, vectors, backendtest.Run(t, dir, backendtest.Input(vectors), "./driver"))
		})
	}
}

func TestAssembles(t *testing.T) {
	dir := write(t, backendtest.Request("operations"))
	for _, assembler := range []string{"llvm-as-14", "llvm-as-16", "llvm-as-19"} {
		t.Run(assembler, func(t *testing.T) {
			backendtest.Run(t, dir, nil, backendtest.Tool(t, assembler), "llvm/operations.ll", "-o", "operations.bc")
		})
	}
}

// write writes the module, a driver of the C ABI and the declarations it needs.
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
