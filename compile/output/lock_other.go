//go:build !unix

package output

import (
	"errors"
	"os"
	"path/filepath"
)

// lockAbove does nothing: a lock file in a directory above would be one of its files.
func lockAbove(string) (unlock func(), err error) { return func() {}, nil }

// lock makes a lock file, for want of a lock that the system frees by itself.
func lock(root *os.Root) (unlock func(), err error) {
	const name = ownPrefix + "lock"
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return nil, errors.New("another build writes into it; if there is none, remove " + filepath.Join(root.Name(), name))
	}
	if err != nil {
		return nil, err
	}
	return func() {
		f.Close()
		root.Remove(name)
	}, nil
}
