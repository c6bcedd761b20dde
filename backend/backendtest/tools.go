package backendtest

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"grauc/backend"
)

// Tool is the path of a program. Where it is missing the test is skipped, or fails
// under GRAUC_TOOLS=required.
func Tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("GRAUC_TOOLS") == "required" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// Run runs a program in dir on some input and gives its output; it must succeed and
// keep silent on standard error.
func Run(t *testing.T, dir string, input []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(input)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		text := complaints.String()
		t.Fatalf("%s %v: %v\n%s", name, args, err, text[:min(len(text), 4000)])
	}
	return out.Bytes()
}

// Write puts the files of a response, and others, into a new folder.
func Write(t *testing.T, files ...backend.File) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var update = flag.Bool("update", false, "rewrite the golden files")

// Golden compares files with those in testdata.
func Golden(t *testing.T, files []backend.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join("testdata", filepath.FromSlash(f.Path))
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, f.Data) {
			t.Errorf("%s is not as expected; look at it, then run go test -update. It is:\n%s", path, f.Data)
		}
	}
}
