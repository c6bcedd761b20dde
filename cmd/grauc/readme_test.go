package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/targets"
	"grauc/compile"
)

var update = flag.Bool("update", false, "rewrite expected outputs in README.md and in the scripts")

const readme = "../../README.md"

var fence = regexp.MustCompile("(?ms)^```(grau|console)\n(.*?)^```$")

// TestReadme compiles every program that the README shows and runs every command:
// it must print what the README says.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	shell := newShell(t)
	changed := fence.ReplaceAllStringFunc(string(text), func(block string) string {
		parts := fence.FindStringSubmatch(block)
		if parts[1] == "grau" {
			compiles(t, parts[2])
			return block
		}
		return "```console\n" + shell.transcript(parts[2]) + "```"
	})
	switch {
	case changed == string(text):
	case *update:
		require.NoError(t, os.WriteFile(readme, []byte(changed), 0o666))
	default:
		t.Errorf("README.md does not show what the commands print; with -update it does.\n%s", firstDifference(string(text), changed))
	}
}

func compiles(t *testing.T, program string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snippet.grau")
	require.NoError(t, os.WriteFile(path, []byte(program), 0o666))
	d := &compile.Driver{}
	if _, err := d.Build([]string{path}, targets.BuiltIn); err != nil {
		t.Errorf("%v: %v\n%s", err, d.Diagnostics, program)
	}
}

// shell runs commands in a directory that looks like the project.
type shell struct {
	t    *testing.T
	dir  string
	path string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	for _, d := range []string{"examples", "testdata"} {
		whole, err := filepath.Abs(filepath.Join("../..", d))
		require.NoError(t, err)
		require.NoError(t, os.Symlink(whole, filepath.Join(dir, d)))
	}
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "grauc"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return &shell{t: t, dir: dir, path: bin + string(os.PathListSeparator) + os.Getenv("PATH")}
}

// transcript runs the commands of a block and gives the block as it should be.
func (s *shell) transcript(block string) string {
	var b strings.Builder
	for line := range strings.Lines(block) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		cmd := exec.Command("sh", "-c", strings.ReplaceAll(command, "go run ./cmd/grauc", "grauc"))
		cmd.Dir = s.dir
		cmd.Env = append(os.Environ(), "PATH="+s.path)
		out, err := cmd.CombinedOutput()
		if _, exited := err.(*exec.ExitError); err != nil && !exited {
			s.t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s%s", line, out)
	}
	return b.String()
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("line %d is\n%s\nand should be\n%s", i+1, as[i], bs[i])
		}
	}
	return "one is longer than the other"
}
