package prove

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// workshop is a directory in which tools run until a deadline.
type workshop struct {
	dir      string
	deadline time.Time
}

var errTimeout = errors.New("timeout")

func (w *workshop) write(name, text string) error {
	return os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644)
}

func (w *workshop) output(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(w.dir, name))
}

// command is a tool that ends with the deadline, together with what it started.
func (w *workshop) command(name string, args ...string) (*exec.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithDeadline(context.Background(), w.deadline)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = w.dir
	ownGroup(cmd)
	return cmd, cancel
}

// run is what a tool prints.
func (w *workshop) run(name string, args ...string) (string, error) {
	cmd, cancel := w.command(name, args...)
	defer cancel()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if !time.Now().Before(w.deadline) {
		err = errTimeout
	}
	return out.String(), err
}
