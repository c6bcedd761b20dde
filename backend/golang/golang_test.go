package golang

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/backend/backendtest"
)

func TestOperations(t *testing.T) { vetAndRun(t, backendtest.Request("operations")) }

func TestNames(t *testing.T) {
	for _, r := range backendtest.Awkward("8-bit\nnet*/", "net_test", "main") {
		t.Run(r.Design.Name, func(t *testing.T) { vetAndRun(t, r) })
	}
}

func TestSample(t *testing.T) { vetAndRun(t, backendtest.Sample()) }

func TestGolden(t *testing.T) {
	response, err := emit(backendtest.Sample())
	require.NoError(t, err)
	backendtest.Golden(t, response.Files)
}

func TestShortResult(t *testing.T) {
	dir := write(t, backendtest.Sample())
	test := `package sample

import "testing"

func TestShort(t *testing.T) {
	y := []int8{5, 6}
	defer func() {
		if recover() == nil || y[0] != 5 {
			t.Error("no panic, or y touched")
		}
	}()
	LeakyN(y[:1], []int32{1 << 10, 1 << 10})
}
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go", "sample", "sample_test.go"), []byte(test), 0o666))
	backendtest.Run(t, dir, nil, backendtest.Tool(t, "go"), "test", "./go/sample")
}

func TestExported(t *testing.T) {
	for layer, want := range map[string]string{
		"relu": "Relu", "smooth_ties": "SmoothTies", "fc0": "Fc0", "_": "X", "_1": "X1", "GELU": "GELU",
	} {
		if got := exported(layer); got != want {
			t.Errorf("%s is %s instead of %s", layer, got, want)
		}
	}
}

func TestPackageName(t *testing.T) {
	for file, want := range map[string]string{
		"net": "net", "my-net": "my_net", "8bit": "grau_8bit", "func": "func_2", "string": "string_2", "main": "main_2",
		"internal": "internal_2", "documentation": "documentation_2", "net_test": "net_test_", "net_LINUX": "net_LINUX_",
		"net_arm64": "net_arm64_", "arm64": "arm64", "é": "grau__",
	} {
		if got := packageName(file); got != want {
			t.Errorf("%s is %s instead of %s", file, got, want)
		}
	}
}

func vetAndRun(t *testing.T, r *backend.Request) {
	t.Helper()
	dir := write(t, r)
	golang := backendtest.Tool(t, "go")
	backendtest.Run(t, dir, nil, golang, "vet", "./...")
	backendtest.Run(t, dir, nil, golang, "build", "-o", "driver", ".")
	vectors := backendtest.Vectors(t, r)
	backendtest.Check(t, r, vectors, backendtest.Run(t, dir, backendtest.Input(vectors), "./driver"))
}

// write writes the package and a program that calls it.
func write(t *testing.T, r *backend.Request) string {
	t.Helper()
	response, err := emit(r)
	require.NoError(t, err)
	functions, err := backend.Functions(r)
	require.NoError(t, err)
	f := newFile(r.Design.Name, functions)
	var calls strings.Builder
	for _, fn := range f.functions {
		channel := ""
		if fn.Channels {
			channel = ", channel"
		}
		fmt.Fprintf(&calls, `func(x []int64, channel int) {
	xs, ys := make([]%[1]s, len(x)), make([]%[2]s, len(x))
	for i, v := range x {
		xs[i] = %[1]s(v)
		put(int64(p.%[3]s(xs[i]%[4]s)))
	}
	p.%[3]sN(ys, xs%[4]s)
	for _, v := range ys {
		put(int64(v))
	}
},
`, goType(fn.X), goType(fn.Y), fn.name, channel)
	}
	return backendtest.Write(t, append(response.Files,
		backend.File{Path: "go.mod", Data: []byte("module test\n\ngo 1.20\n")},
		backend.File{Path: "main.go", Data: fmt.Appendf(nil, driver, f.pkg, calls.String())})...)
}

const driver = `package main

import (
	"bufio"
	"encoding/binary"
	"os"

	p "test/go/%s"
)

var out = bufio.NewWriter(os.Stdout)

func put(v int64) { binary.Write(out, binary.LittleEndian, v) }

var run = []func(x []int64, channel int){
%s}

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		var head [3]int64
		if binary.Read(in, binary.LittleEndian, &head) != nil {
			break
		}
		x := make([]int64, head[2])
		binary.Read(in, binary.LittleEndian, x)
		run[head[0]](x, int(head[1]))
	}
	out.Flush()
}
`
