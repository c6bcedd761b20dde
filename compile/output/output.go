// Package output writes a build's files into a directory so that the directory
// holds either the former build or the new one.
//
// All files are first written below a staging directory inside the destination,
// with a second link to every file they will replace, and a journal that lists
// them. Only then are they renamed into place. Whatever fails is undone at once;
// what a kill leaves half-renamed is undone from the journal by the next build,
// which also removes the staging directories of killed builds. An exclusive lock
// on the destination keeps two builds apart. Everything happens below an os.Root,
// so that a symbolic link cannot lead a build out of its directory.
package output

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// File is a file to write, by its slash-separated path below the directory.
type File struct {
	Path string
	Data []byte
}

const stagePrefix = ".grauc-build-"

// Stale lists the obsolete files of a former build. It is asked while the
// directory is locked.
type Stale func(root *os.Root) []string

// Write makes dir hold files, and no longer the stale ones. Files that already
// have the right contents are left alone; the last one is put in place last. On
// error the directory is as it was before.
func Write(dir string, files []File, stale Stale) error {
	if err := checkPaths(files); err != nil {
		return err
	}
	created, err := makeDir(dir)
	if err != nil {
		return err
	}
	if err := write(dir, files, stale); err != nil {
		for _, d := range created { // deepest first; fails harmlessly where another build has moved in
			os.Remove(d)
		}
		return err
	}
	return nil
}

func write(dir string, files []File, stale Stale) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	unlock, err := lock(dir)
	if err != nil {
		return fmt.Errorf("cannot lock %s: %w", dir, err)
	}
	defer unlock()
	if err := recoverAll(root); err != nil {
		return fmt.Errorf("cannot undo the build that was killed in %s: %w", dir, err)
	}
	return replace(root, files, stale(root))
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
	case strings.HasPrefix(p, stagePrefix):
		return fmt.Errorf("output path %q is reserved for builds in progress", p)
	}
	return nil
}

// makeDir makes dir and its parents and lists those it made, deepest first.
func makeDir(dir string) (created []string, err error) {
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err == nil && !info.IsDir() {
			return nil, fmt.Errorf("%s is a file, not a directory", d)
		}
		if err == nil || d == filepath.Dir(d) {
			break
		}
		created = append(created, d)
	}
	return created, os.MkdirAll(dir, 0o777)
}

// replace stages, backs up and renames, and undoes all of it on error.
func replace(root *os.Root, files []File, stale []string) error {
	changed, err := changes(root, files)
	if err != nil {
		return err
	}
	gone := existing(root, stale, files)
	if len(changed) == 0 && len(gone) == 0 {
		return nil
	}
	s := &stage{root: root, dir: stagePrefix + rand.Text()}
	if err := s.fill(changed, gone); err != nil {
		return errors.Join(err, s.remove())
	}
	if err := s.commit(changed, gone); err != nil {
		return errors.Join(err, s.undo())
	}
	removeEmptyParents(root, gone)
	return s.remove()
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
