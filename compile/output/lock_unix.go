//go:build unix

package output

import (
	"errors"
	"os"
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

// openLocked opens a directory and waits for its lock, which closing it frees.
func openLocked(root *os.Root, name string, how int) (*os.File, error) {
	d, err := root.Open(name)
	if err != nil {
		return nil, err
	}
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
