package compile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/ir"
	"grauc/passes"
	"grauc/report"
)

// source writes a .grau file and returns its path.
func source(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

const small = "layer a : int4 -> int4 = x\n"

func target(name string, emit func(*backend.Request) (*backend.Response, error)) backend.Target {
	return backend.Target{Name: name, Emit: emit}
}

func TestFaultsOfATargetKeepTheirPlace(t *testing.T) {
	path := source(t, "a.grau", small)
	refuse := target("odd", func(r *backend.Request) (*backend.Response, error) {
		return nil, &ir.Problem{Code: "target-refused", Message: "no", At: r.PWL.Layers[0].Source}
	})
	d := &Driver{}
	if _, err := d.Build([]string{path}, []backend.Target{refuse}); !errors.Is(err, ErrFault) {
		t.Fatalf("Build: %v", err)
	}
	at := d.Diagnostics[0].Span
	if at.File != path || at.Line != 1 || at.Column != 7 {
		t.Errorf("the diagnostic is at %v, want %s:1:7", at, path)
	}
	if d.Sources[at.File] != small {
		t.Error("the source line cannot be shown")
	}
}

func TestPanicOfATargetIsABug(t *testing.T) {
	wild := target("wild", func(*backend.Request) (*backend.Response, error) { panic("oh") })
	d := &Driver{}
	_, err := d.Build([]string{source(t, "a.grau", small)}, []backend.Target{wild})
	if err == nil || errors.Is(err, ErrFault) || !strings.Contains(err.Error(), "target wild: panic: oh") {
		t.Errorf("Build: %v", err)
	}
}

func TestEmittedNamesAreLocal(t *testing.T) {
	path := source(t, "a.grau", "unit u { input = int4 output = int4 segments = 2 slopes = pot(shifts = 0..3) }\n"+small)
	look := target("look", func(r *backend.Request) (*backend.Response, error) {
		l := r.PWL.Layers[0]
		for _, name := range []string{l.Source.File, l.Body.File, r.PWL.Units[0].Source.File, r.PWL.Files[0].Path} {
			if name != "a.grau" {
				t.Errorf("a target sees the name %q", name)
			}
		}
		return &backend.Response{}, nil
	})
	d := &Driver{}
	if _, err := d.Build([]string{path}, []backend.Target{look}); err != nil {
		t.Fatalf("%v: %v", err, d.Diagnostics)
	}
}

func TestOutputsAreInOrder(t *testing.T) {
	emits := func(name string, paths ...string) backend.Target {
		return target(name, func(*backend.Request) (*backend.Response, error) {
			r := &backend.Response{}
			for _, p := range paths {
				r.Files = append(r.Files, backend.File{Path: p, Data: []byte(p)})
			}
			return r, nil
		})
	}
	d := &Driver{}
	o, err := d.Build([]string{source(t, "a.grau", small)}, []backend.Target{emits("second", "z", "b"), emits("first", "c", "a")})
	require.NoError(t, err)
	var got []string
	for _, f := range o.Report.Files {
		got = append(got, f.Target+":"+f.Path)
	}
	if s := strings.Join(got, " "); s != "first:a second:b first:c second:z" {
		t.Errorf("files: %s", s)
	}
}

func TestTwoTargetsCannotWriteOneFile(t *testing.T) {
	same := func(*backend.Request) (*backend.Response, error) {
		return &backend.Response{Files: []backend.File{{Path: "same"}}}, nil
	}
	d := &Driver{}
	o, err := d.Build([]string{source(t, "a.grau", small)}, []backend.Target{target("a", same), target("b", same)})
	require.NoError(t, err)
	dir := t.TempDir()
	if err := d.Write(o, dir); !errors.Is(err, ErrFault) {
		t.Errorf("Write: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("written: %v", left)
	}
}

func TestStopAfterEmitsNothing(t *testing.T) {
	d := &Driver{Passes: passes.Options{StopAfter: "golden"}}
	never := target("never", func(*backend.Request) (*backend.Response, error) {
		t.Error("a target was asked")
		return &backend.Response{}, nil
	})
	if o, err := d.Build([]string{source(t, "a.grau", small)}, []backend.Target{never}); o != nil || err != nil {
		t.Errorf("Build: %v, %v", o, err)
	}
}

// A report that is not ours, or damaged, makes nothing stale.
func TestStaleNeedsAReportOfOurs(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	o := &Outputs{Report: report.New()}
	o.Report.AddFile("c/a.c", "a.grau", "c", nil)
	for name, text := range map[string]string{
		"none":      "",
		"not JSON":  "hello",
		"other":     `{"files": "none"}`,
		"altered":   `{"files": [{"path": "mine", "sha256": "00", "source": "a.grau", "target": "c"}]}`,
		"elsewhere": `{"files": [{"path": "../mine", "sha256": "` + report.Sum([]byte("mine")) + `", "source": "a.grau", "target": "c"}]}`,
		"another":   `{"files": [{"path": "mine", "sha256": "` + report.Sum([]byte("mine")) + `", "source": "b.grau", "target": "c"}]}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "mine"), []byte("mine"), 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, reportName), []byte(text), 0o666))
		if gone := o.stale(root); len(gone) > 0 {
			t.Errorf("%s: stale: %v", name, gone)
		}
	}
}
