package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// stage is a staging directory: new/ holds the files to come, old/ links to the
// files they replace, and the journal lists what the renames will touch. Without
// a complete journal no rename has begun.
type stage struct {
	root *os.Root
	dir  string
}

// afterRename is called with each path put in place, so that tests can die there.
var afterRename = func(string) {}

func (s *stage) new(p string) string { return path.Join(s.dir, "new", p) }
func (s *stage) old(p string) string { return path.Join(s.dir, "old", p) }
func (s *stage) journal() string     { return path.Join(s.dir, "journal") }

// remove ends the build: once the journal is gone nothing will be undone.
func (s *stage) remove() error {
	if err := s.root.Remove(s.journal()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.root.RemoveAll(s.dir)
}

func makeParents(r *os.Root, p string) error { return r.MkdirAll(path.Dir(p), 0o777) }

// fill writes everything that commit will rename. The journal comes last: a line
// for each path, "=" before those that existed and "+" before new ones.
func (s *stage) fill(files []File, gone []string) error {
	var journal bytes.Buffer
	for _, f := range files {
		if err := s.writeFile(s.new(f.Path), f.Data); err != nil {
			return err
		}
		mark, err := s.backup(f.Path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&journal, "%c%s\n", mark, f.Path)
	}
	for _, p := range gone {
		mark, err := s.backup(p)
		if err != nil {
			return err
		}
		fmt.Fprintf(&journal, "%c%s\n", mark, p)
	}
	journal.WriteString(".\n")
	return s.writeFile(s.journal(), journal.Bytes())
}

// writeFile does not wait for the disk: what a build makes can be made again, and
// a build must not take ten times as long because of it. A full disk shows here,
// before anything is renamed.
func (s *stage) writeFile(p string, data []byte) error {
	if err := makeParents(s.root, p); err != nil {
		return err
	}
	return s.root.WriteFile(p, data, 0o666)
}

// backup keeps what is at p, be it a file or a symbolic link.
func (s *stage) backup(p string) (mark byte, err error) {
	info, err := s.root.Lstat(p)
	if errors.Is(err, fs.ErrNotExist) {
		return '+', nil
	}
	if err != nil {
		return 0, err
	}
	if err := makeParents(s.root, s.old(p)); err != nil {
		return 0, err
	}
	if s.root.Link(p, s.old(p)) == nil {
		return '=', nil
	}
	return '=', s.copyOld(p, info) // a file system without hard links
}

func (s *stage) copyOld(p string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is neither a file nor absent: it is left alone", p)
	}
	data, err := s.root.ReadFile(p)
	if err != nil {
		return err
	}
	return s.root.WriteFile(s.old(p), data, info.Mode().Perm())
}

// commit renames. The last file is renamed last, so a caller puts there the one
// that vouches for the others.
func (s *stage) commit(files []File, gone []string) error {
	for _, p := range gone {
		if err := s.root.Remove(p); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := makeParents(s.root, f.Path); err != nil {
			return err
		}
		if err := s.root.Rename(s.new(f.Path), f.Path); err != nil {
			return err
		}
		afterRename(f.Path)
	}
	return nil
}

// undo brings back what the journal lists. It may be interrupted and repeated.
func (s *stage) undo() error {
	text, err := s.root.ReadFile(s.journal())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	body, complete := strings.CutSuffix(string(text), ".\n")
	if complete {
		for line := range strings.Lines(body) {
			if err := s.undoOne(line[0], strings.TrimSuffix(line[1:], "\n")); err != nil {
				return err
			}
		}
	}
	return s.remove()
}

func (s *stage) undoOne(mark byte, p string) error {
	if err := CheckPath(p); err != nil {
		return err // not a journal of ours
	}
	if mark == '=' {
		return s.restore(p)
	}
	if _, err := s.root.Lstat(s.new(p)); err != nil { // it was renamed, or never will be
		if err := s.root.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	removeEmptyParents(s.root, []string{p})
	return nil
}

func (s *stage) restore(p string) error {
	if _, err := s.root.Lstat(s.old(p)); errors.Is(err, fs.ErrNotExist) {
		return nil // an undo that was killed has been here
	}
	if err := makeParents(s.root, p); err != nil {
		return err
	}
	return s.root.Rename(s.old(p), p)
}

// recoverAll undoes the builds that were killed. The lock is held, so none of
// them is alive.
func recoverAll(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasPrefix(name, stagePrefix) {
			continue
		}
		s := &stage{root: root, dir: name}
		if err := s.undo(); err != nil {
			return err
		}
	}
	return nil
}
