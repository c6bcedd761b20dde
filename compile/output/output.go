// Package output writes a build's files into a directory so that the directory
// holds either the former build or the new one, whatever ends the writing: an
// error, a full disk or a kill at any moment.
//
// The new directory is made whole beside the destination, under a name of its own,
// and then takes the destination's place in one step: a rename where nothing was,
// an exchange of the two names where something was. What a build does not change,
// be it of a former build or of somebody else, comes along as a hard link, and so
// keeps its inode, its times and its permissions. What was there before goes after
// the exchange; what appeared in it meanwhile moves to the new directory.
//
// Some destinations cannot be exchanged: the current directory and those above it,
// mount points, directories in a parent that cannot be written, large trees
// (maxEntries), file systems without hard links, systems other than Linux. There
// the files are renamed into place one by one, with a journal (journal.go); what a
// kill leaves half done there is undone by the next build.
//
// Locks, which the kernel frees when a build is killed, keep builds apart: one on
// the destination, one on the staging directory, which tells the next build that
// nobody uses it any more, and shared ones on all directories above, any of which may be
// the destination of another build. After an exchange the lock is that of a directory
// which is no longer at the path: who has waited for it begins again. Everything
// happens below an os.Root, so that a symbolic link cannot lead a build out of its
// directory.
package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"syscall"
)

// File is a file to write, by its slash-separated path below the directory.
type File struct {
	Path string
	Data []byte
}

const (
	ownPrefix     = ".grauc-" // of every name that this package makes for itself
	stagePrefix   = ownPrefix + "build-"
	journalPrefix = ownPrefix + "journal-"
)

var (
	// errMoved says that another directory has come to the destination's place.
	errMoved = errors.New("the directory has been replaced")
	// errInPlace says that no other directory can be put in the destination's place.
	errInPlace = errors.New("the directory cannot be replaced as a whole")
)

// Stale lists the obsolete files of a former build. It is asked while the
// directory is locked.
type Stale func(root *os.Root) []string

// Write makes dir hold files, and no longer the stale ones. Files that already
// have the right contents are left alone; where nothing differs nothing is touched.
// On error the directory is as it was before.
func Write(dir string, files []File, stale Stale) error {
	if err := checkPaths(files); err != nil {
		return err
	}
	dir = filepath.Clean(dir)
	var created []string
	err := errMoved
	for errors.Is(err, errMoved) {
		var made []string
		if made, err = makeDirs(filepath.Dir(dir)); err == nil {
			err = write(dir, files, stale)
		}
		created = append(created, made...)
	}
	if err != nil {
		for _, d := range created { // deepest first; fails harmlessly where another build has moved in
			os.Remove(d)
		}
	}
	return err
}

func write(dir string, files []File, stale Stale) error {
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		return update(real, files, stale)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%s is a symbolic link that leads nowhere", dir)
	}
	err = createLocked(dir, files)
	if !errors.Is(err, errInPlace) {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	if err = update(dir, files, stale); err != nil {
		os.Remove(dir)
	}
	return err
}

func createLocked(dir string, files []File) error {
	free, err := lockAbove(dir)
	if err != nil {
		return lockFault(dir, err)
	}
	defer free()
	return create(dir, files)
}

// update changes a directory that exists.
func update(dir string, files []File, stale Stale) error {
	if err := wantDir(dir); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	unlock, err := lock(root)
	if err != nil {
		return lockFault(dir, err)
	}
	defer unlock()
	free, err := lockAbove(dir)
	if err != nil {
		return lockFault(dir, err)
	}
	defer free()
	err = updateLocked(dir, root, files, stale)
	if err != nil && !leadsTo(dir, root) {
		return errMoved
	}
	return err
}

func lockFault(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errMoved // a directory above has just been exchanged
	}
	return fmt.Errorf("cannot lock %s: %w", dir, err)
}

func updateLocked(dir string, root *os.Root, files []File, stale Stale) error {
	if !leadsTo(dir, root) {
		return errMoved
	}
	sweep(filepath.Dir(dir))
	sweep(dir) // which may be the parent of another build's destination
	if err := recoverAll(root); err != nil {
		return fmt.Errorf("cannot undo the build that was killed in %s: %w", dir, err)
	}
	changed, err := changes(root, files)
	if err != nil {
		return err
	}
	gone := existing(root, stale(root), files)
	if len(changed) == 0 && len(gone) == 0 {
		return nil
	}
	err = exchange(dir, changed, gone)
	if errors.Is(err, errInPlace) {
		return replaceEach(root, changed, gone)
	}
	return err
}

// leadsTo reports whether path is the directory that was opened.
func leadsTo(path string, opened *os.Root) bool {
	here, err := opened.Stat(".")
	there, gone := os.Stat(path)
	return err == nil && gone == nil && os.SameFile(here, there)
}

// checkPaths refuses what would leave the directory, hide in the staging area or
// make two files one.
func checkPaths(files []File) error {
	seen := map[string]string{}
	for _, f := range files {
		if err := CheckPath(f.Path); err != nil {
			return err
		}
		key := strings.ToLower(f.Path)
		if other, ok := seen[key]; ok {
			return fmt.Errorf("two outputs would be one file: %s and %s", other, f.Path)
		}
		seen[key] = f.Path
	}
	for _, f := range files {
		for d := path.Dir(f.Path); d != "."; d = path.Dir(d) {
			if other, ok := seen[strings.ToLower(d)]; ok {
				return fmt.Errorf("output %s lies below output %s, which is a file", f.Path, other)
			}
		}
	}
	return nil
}

// CheckPath says why p is no path below an output directory, or nil.
func CheckPath(p string) error {
	switch {
	case !fs.ValidPath(p) || p == "." || !filepath.IsLocal(filepath.FromSlash(p)):
		return fmt.Errorf("output path %q does not lie below the output directory", p)
	case strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }):
		return fmt.Errorf("output path %q holds a character that file names should not", p)
	case strings.HasPrefix(p, ownPrefix):
		return fmt.Errorf("output path %q is reserved for builds in progress", p)
	}
	return nil
}

// makeDirs makes dir and its parents and lists those it made, deepest first.
func makeDirs(dir string) (created []string, err error) {
	for d := dir; ; d = filepath.Dir(d) {
		err := wantDir(d)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err == nil || d == filepath.Dir(d) {
			break
		}
		created = append(created, d)
	}
	if len(created) == 0 {
		return nil, nil
	}
	return created, os.MkdirAll(dir, 0o777)
}

// wantDir says what stands where a directory is needed.
func wantDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return fmt.Errorf("%s is a file, not a directory", dir)
	case errors.Is(err, syscall.ENOTDIR):
		return wantDir(filepath.Dir(dir))
	}
	return err
}

// changes are the files whose contents differ from what is there.
func changes(root *os.Root, files []File) ([]File, error) {
	var changed []File
	checked := "."
	for _, f := range files {
		if d := path.Dir(f.Path); d != checked {
			if err := checkDir(root, d); err != nil {
				return nil, err
			}
			checked = d
		}
		info, err := root.Lstat(f.Path)
		switch {
		case err == nil && info.IsDir():
			return nil, fmt.Errorf("%s is a directory where a file is to be written", f.Path)
		case err == nil && info.Mode().IsRegular() && info.Size() == int64(len(f.Data)):
			if old, err := root.ReadFile(f.Path); err == nil && bytes.Equal(old, f.Data) {
				continue
			}
		}
		changed = append(changed, f)
	}
	return changed, nil
}

// checkDir says what stands where a directory is needed.
func checkDir(root *os.Root, d string) error {
	for ; d != "."; d = path.Dir(d) {
		link, err := root.Lstat(d)
		if err != nil {
			continue // absent, or something above it is no directory
		}
		info, err := root.Stat(d)
		switch {
		case err != nil && link.Mode()&fs.ModeSymlink != 0:
			return fmt.Errorf("%s is a symbolic link that leads to no directory inside the output directory", d)
		case err == nil && !info.IsDir():
			return fmt.Errorf("%s is a file where a directory is needed", d)
		}
	}
	return nil
}

// existing are the stale files that are there and will not be written again.
func existing(root *os.Root, stale []string, files []File) []string {
	var there []string
	for _, p := range stale {
		kept := slices.ContainsFunc(files, func(f File) bool { return strings.EqualFold(f.Path, p) })
		if CheckPath(p) != nil {
			continue
		}
		if info, err := root.Lstat(p); !kept && err == nil && info.Mode().IsRegular() {
			there = append(there, p)
		}
	}
	sort.Strings(there)
	return slices.Compact(there)
}

func removeEmptyParents(root *os.Root, gone []string) {
	for _, p := range gone {
		for d := path.Dir(p); d != "."; d = path.Dir(d) {
			if info, err := root.Lstat(d); err != nil || !info.IsDir() || root.Remove(d) != nil {
				break // most often because it is not empty
			}
		}
	}
}
