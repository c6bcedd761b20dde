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

// lock waits until no other build writes into dir. The kernel frees the lock of a
// killed build.
func lock(dir string) (unlock func(), err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(lockPatience); ; time.Sleep(lockInterval) {
		err := unix.Flock(int(d.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { d.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			d.Close()
			return nil, err
		}
		if time.Now().After(deadline) {
			d.Close()
			return nil, errLocked
		}
	}
}
