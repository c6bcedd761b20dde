package targets

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// program puts a shell script called grauc-gen-NAME alone on PATH, before the
// programs of the system.
func program(t *testing.T, name, script string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, prefix+name)
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o777))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return path
}

func TestRun(t *testing.T) {
	for _, c := range []struct{ name, script, want, fault string }{
		{"echo", "cat", "hello", ""},
		{"deaf", "echo answer", "answer\n", ""},
		{"fails", "echo half; exit 3", "", "exit status 3"},
		{"waits", "exec sleep 10", "", "no answer after"},
		{"babbles", "while :; do echo babble; done", "", "longer than 1000 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := time.Now()
			got, err := run(program(t, c.name, c.script), []byte("hello"), 2*time.Second, 1000)
			if c.fault == "" && (err != nil || string(got) != c.want) {
				t.Errorf("%q, %v", got, err)
			}
			if c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("error %v, want %q", err, c.fault)
			}
			if took := time.Since(begin); took > 8*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct{ name, answer, fault string }{
		{"nothing", ``, "not what the protocol says"},
		{"no JSON", `hello`, "not what the protocol says"},
		{"two answers", `{} {}`, "something follows"},
		{"unknown field", `{"file": []}`, "unknown field"},
		{"two contents", `{"files": [{"path": "a", "text": "x", "base64": "eA=="}]}`, "both text and base64"},
		{"no base64", `{"files": [{"path": "a", "base64": "!"}]}`, "not what the protocol says"},
	} {
		_, err := decode("t", []byte(c.answer))
		var p *ir.Problem
		if !errors.As(err, &p) || p.Code != "target-failed" || !strings.Contains(p.Message, c.fault) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	r, err := decode("t", []byte(`{"files": [{"path": "a", "text": "x"}, {"path": "b", "base64": "/w=="}, {"path": "c"}]}`))
	if err != nil || string(r.Files[0].Data) != "x" || string(r.Files[1].Data) != "\xff" || len(r.Files[2].Data) != 0 {
		t.Errorf("%v, %v", r, err)
	}
}

func TestRefusalsKeepTheirPlaces(t *testing.T) {
	_, err := decode("t", []byte(`{"diagnostics": [
		{"message": "no", "file": "a.grau", "line": 3, "column": 4, "length": 5, "help": "do"},
		{"message": "never", "code": "own-code"}]}`))
	var ps ir.Problems
	if !errors.As(err, &ps) || len(ps) != 2 {
		t.Fatal(err)
	}
	if p := ps[0]; p.Code != "target-refused" || p.At != (ir.Source{File: "a.grau", Line: 3, Column: 4, Length: 5}) || p.Help != "do" || p.Message != "target t: no" {
		t.Errorf("%+v", p)
	}
	if ps[1].Code != "own-code" {
		t.Errorf("%+v", ps[1])
	}
}

func TestFind(t *testing.T) {
	program(t, "mine", "cat >/dev/null; echo '{}'")
	program(t, "c", "exit 9")
	program(t, "Odd", "exit 9")
	if x, ok := Find("mine"); !ok || x.Name != "mine" {
		t.Error("the program on PATH is not found")
	}
	if x, _ := Find("c"); strings.HasPrefix(x.Doc, "external") {
		t.Error("a program takes the place of a target of the compiler")
	}
	for _, name := range []string{"", "Odd", "../mine", "nosuch", "mine ", "-mine"} {
		if _, ok := Find(name); ok {
			t.Errorf("Find(%q) finds something", name)
		}
	}
	names := Names()
	if !slices.Contains(names, "mine") || slices.Contains(names, "Odd") || names[0] != "verilog" {
		t.Errorf("names: %v", names)
	}
	if n := len(slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n != "c" })); n != 1 {
		t.Errorf("c is listed %d times", n)
	}
}

func TestRequest(t *testing.T) {
	out := filepath.Join(t.TempDir(), "request")
	path := program(t, "keep", "cat > "+out+"; echo '{}'")
	r := &Request{}
	keep := external("keep", path)
	if _, err := keep.Emit(request()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, r))
	if r.Protocol != Protocol || r.Target != "keep" || r.Name != "net" || r.Report == nil || len(r.Report.Layers) != 0 {
		t.Errorf("%+v", r)
	}
	if _, err := pwl.Parse(r.PWL); err != nil {
		t.Errorf("the text of pwl does not read back: %v", err)
	}
}

// request is a file without layers.
func request() *backend.Request {
	head := ir.Head{Name: "net"}
	return &backend.Request{PWL: &pwl.Module{Head: head}, Design: &datapath.Design{Head: head}}
}
