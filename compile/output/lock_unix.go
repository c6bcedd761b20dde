//go:build unix

package output

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

const (
	lockPatience = 30 * time.Second
	lockInterval = 10 * time.Millisecond
)

var errLocked = errors.New("another build has been writing into it for a long time")

// lock waits until no other build writes into root. The kernel frees the lock of a
// killed build.
func lock(root *os.Root) (unlock func(), err error) {
	d, err := openLocked(root, ".", unix.LOCK_EX)
	if err != nil {
		return nil, err
	}
	return func() { d.Close() }, nil
}

// lockAbove waits until no other build writes into a directory that dir lies in, and
// keeps others from beginning to: they would bring along what dir was before. Builds wait
// for those above them alone, so that no two wait for each other.
func lockAbove(dir string) (unlock func(), err error) {
	var held []*os.File
	unlock = func() {
		for _, d := range held {
			d.Close()
		}
	}
	at, err := filepath.Abs(dir)
	for above := filepath.Dir(at); err == nil && above != at; at, above = above, filepath.Dir(above) {
		var d *os.File
		if d, err = openAt(above, unix.LOCK_SH); d != nil {
			held = append(held, d)
		}
		if errors.Is(err, fs.ErrPermission) {
			err = nil // nobody without privileges builds into what cannot be read
		}
	}
	if err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

func openAt(dir string, how int) (*os.File, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	return locked(d, how)
}

// openLocked opens a directory and waits for its lock, which closing it frees.
func openLocked(root *os.Root, name string, how int) (*os.File, error) {
	d, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	return locked(d, how)
}

// locked waits for the lock of d, or closes it.
func locked(d *os.File, how int) (*os.File, error) {
	deadline := time.Now().Add(lockPatience)
	for {
		err := unix.Flock(int(d.Fd()), how|unix.LOCK_NB)
		if err == nil {
			return d, nil
		}
		switch {
		case !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR):
		case time.Now().After(deadline):
			err = errLocked
		default:
			time.Sleep(lockInterval)
			continue
		}
		d.Close()
		return nil, err
	}
}
