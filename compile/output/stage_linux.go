package output

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// stage is a directory beside the destination, in the parent of both, that is to
// become the destination.
type stage struct {
	parent *os.Root
	beside *os.File // the parent
	dir    *os.File // the staging directory, locked
	root   *os.Root // the staging directory
	name   string
}

func inPlace(err error) error { return fmt.Errorf("%w: %w", errInPlace, err) }

// create puts files where nothing is.
func create(dir string, files []File) error {
	sweep(filepath.Dir(dir))
	s, err := newStage(filepath.Dir(dir), 0o777)
	if err != nil {
		return inPlace(err)
	}
	defer s.close()
	if err = s.write(files); err == nil {
		err = s.moveTo(dir, unix.RENAME_NOREPLACE)
	}
	if err != nil {
		removeTree(s.parent, s.name)
		if !leadsTo(filepath.Dir(dir), s.parent) {
			return errMoved
		}
	}
	return err
}

// exchange puts a copy of dir with the changes made in the place of dir.
func exchange(dir string, changed []File, gone []string) error {
	if aboveCurrent(dir) {
		return errInPlace
	}
	s, err := newStage(filepath.Dir(dir), 0o700)
	if err != nil {
		return inPlace(err)
	}
	defer s.close()
	c := copier{parent: s.parent, old: filepath.Base(dir), new: s.name, seen: map[string]fs.FileInfo{}}
	if err = c.copy("."); err != nil {
		err = inPlace(err)
	} else if err = s.change(changed, gone); err == nil {
		err = s.moveTo(dir, unix.RENAME_EXCHANGE)
	}
	if err != nil {
		removeTree(s.parent, s.name)
		return err
	}
	c.old, c.new = c.new, c.old
	c.discard(".") // if that fails, the next build sweeps
	return nil
}

// aboveCurrent reports whether dir is the current directory or above it: whoever
// works there would find itself in a directory that is gone.
func aboveCurrent(dir string) bool {
	d, err := os.Stat(dir)
	at, atErr := os.Stat(".")
	for up := ".."; err == nil && atErr == nil; up = path.Join(up, "..") {
		if os.SameFile(d, at) {
			return true
		}
		above, err := os.Stat(up)
		if err != nil || os.SameFile(above, at) {
			return err != nil
		}
		at = above
	}
	return true
}

func newStage(parent string, perm fs.FileMode) (s *stage, err error) {
	s = &stage{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.parent, err = os.OpenRoot(parent); err != nil {
		return s, err
	}
	if s.beside, err = s.parent.Open("."); err != nil {
		return s, err
	}
	for {
		s.name = stagePrefix + rand.Text()
		if err = s.parent.Mkdir(s.name, perm); err != nil {
			return s, err
		}
		if s.root, err = s.parent.OpenRoot(s.name); err == nil {
			s.dir, err = openLocked(s.root, ".", unix.LOCK_EX)
		}
		if !errors.Is(err, fs.ErrNotExist) && (err != nil || s.there()) {
			return s, err
		}
		s.closeDir() // it was swept away before it was locked
	}
}

func (s *stage) there() bool {
	opened, err := s.dir.Stat()
	named, gone := s.parent.Lstat(s.name)
	return err == nil && gone == nil && os.SameFile(opened, named)
}

func (s *stage) closeDir() {
	if s.dir != nil {
		s.dir.Close()
	}
	if s.root != nil {
		s.root.Close()
	}
	s.dir, s.root = nil, nil
}

func (s *stage) close() {
	s.closeDir()
	if s.beside != nil {
		s.beside.Close()
	}
	if s.parent != nil {
		s.parent.Close()
	}
}

// write makes files that are not there yet. It does not wait for the disk: what a
// build makes can be made again, and waiting would take several times as long as
// the build itself.
func (s *stage) write(files []File) error {
	made := "."
	for _, f := range files {
		if d := path.Dir(f.Path); d != made {
			if err := s.root.MkdirAll(d, 0o777); err != nil {
				return err
			}
			made = d
		}
		w, err := s.root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		_, err = w.Write(f.Data)
		if err := errors.Join(err, w.Close()); err != nil {
			return err
		}
	}
	return nil
}

// change writes files and removes others. What is there is a link to a file of the
// former directory: it is removed, never written to.
func (s *stage) change(files []File, gone []string) error {
	remove := slices.Clone(gone)
	for _, f := range files {
		remove = append(remove, f.Path)
	}
	for _, p := range remove {
		if err := s.root.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := s.write(files); err != nil {
		return err
	}
	removeEmptyParents(s.root, gone)
	return nil
}

// moveTo is the one step.
func (s *stage) moveTo(dir string, flags uint) error {
	parent := int(s.beside.Fd())
	switch err := unix.Renameat2(parent, s.name, parent, filepath.Base(dir), flags); {
	case errors.Is(err, unix.EEXIST), errors.Is(err, unix.ENOENT):
		return errMoved
	case err != nil:
		return inPlace(os.NewSyscallError("renameat2", err))
	case !leadsTo(dir, s.root): // a build has exchanged a directory above
		return errMoved
	}
	return nil
}

// isStage tells the names of staging directories, which end in a rand.Text, from
// whatever else begins like them.
func isStage(name string) bool {
	text, ok := strings.CutPrefix(name, stagePrefix)
	return ok && len(text) == 26 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// sweep removes the staging directories in parent that no build holds any more.
// Those of other people stay, as they must.
func sweep(parent string) {
	root, err := os.OpenRoot(parent)
	if err != nil {
		return
	}
	defer root.Close()
	d, err := root.Open(".")
	if err != nil {
		return
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	for _, name := range names {
		if isStage(name) {
			sweepOne(root, name)
		}
	}
}

func sweepOne(parent *os.Root, name string) {
	if info, err := parent.Lstat(name); err != nil || !info.IsDir() {
		return
	}
	d, err := parent.Open(name)
	if err != nil {
		return
	}
	defer d.Close()
	if unix.Flock(int(d.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
		removeTree(parent, name)
	}
}

// removeTree also removes directories that may not be written.
func removeTree(parent *os.Root, name string) {
	if parent.RemoveAll(name) == nil {
		return
	}
	fs.WalkDir(parent.FS(), name, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			parent.Chmod(p, 0o700)
		}
		return nil
	})
	parent.RemoveAll(name)
}
