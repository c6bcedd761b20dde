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

// workshop is a directory in which tools run until a context ends.
type workshop struct {
	ctx context.Context
	dir string
}

var errTimeout = errors.New("timeout")

func (w *workshop) write(name, text string) error {
	return os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644)
}

func (w *workshop) output(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(w.dir, name))
}

// within is the same directory, for so much time from now on.
func (w *workshop) within(timeout time.Duration) (*workshop, context.CancelFunc) {
	ctx, cancel := context.WithTimeoutCause(w.ctx, timeout, errTimeout)
	return &workshop{ctx, w.dir}, cancel
}

// run is what a tool prints. It ends with the context, together with what it started.
func (w *workshop) run(name string, args ...string) (string, error) {
	cmd := exec.CommandContext(w.ctx, name, args...)
	cmd.Dir = w.dir
	ownGroup(cmd)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if w.ctx.Err() != nil {
		err = context.Cause(w.ctx)
	}
	return out.String(), err
}
