package verilog

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
)

// run runs a program in a directory and gives all it says.
func run(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// silent runs a program that must succeed and say nothing.
func silent(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	if out, err := run(t, dir, name, args...); err != nil || out != "" {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
}

// simulate compiles files with Icarus and gives the lines the simulation prints.
func simulate(t *testing.T, dir, top string, files ...string) []string {
	t.Helper()
	image := filepath.Join(dir, top+".vvp")
	args := append([]string{"-Wall", "-g2005", "-s", top, "-o", image}, files...)
	silent(t, dir, backendtest.Tool(t, "iverilog"), args...)
	out, err := run(t, dir, backendtest.Tool(t, "vvp"), "-n", image)
	if err != nil {
		t.Fatalf("vvp: %v\n%s", err, out)
	}
	return strings.Split(strings.TrimSpace(out), "\n")
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
}
