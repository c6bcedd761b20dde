//go:build !unix

package output

import (
	"errors"
	"os"
	"path/filepath"
)

// lock makes a lock file, for want of a lock that the system frees by itself.
func lock(dir string) (unlock func(), err error) {
	name := filepath.Join(dir, ".grauc-lock")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return nil, errors.New("another build writes into it; if there is none, remove " + name)
	}
	if err != nil {
		return nil, err
	}
	return func() {
		f.Close()
		os.Remove(name)
	}, nil
}
