package golang

import (
	"fmt"
	"strings"
	"testing"

	"grauc/backend"
	"grauc/backend/backendtest"
)

func TestOperations(t *testing.T) {
	r := backendtest.Request("operations")
	dir := write(t, r)
	vectors := backendtest.Vectors(t, r)
	golang := backendtest.Tool(t, "go")
	backendtest.Run(t, dir, nil, golang, "vet", "./...")
	backendtest.Run(t, dir, nil, golang, "build", "-o", "driver", ".")
	backendtest.Check(t, r, vectors, backendtest.Run(t, dir, backendtest.Input(vectors), "./driver"))
}

// write writes the package and a program that calls it.
func write(t *testing.T, r *backend.Request) string {
	t.Helper()
	response, err := emit(r)
	if err != nil {
		t.Fatal(err)
	}
	functions, err := backend.Functions(r)
	if err != nil {
		t.Fatal(err)
	}
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
