package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// afterRename is called with each path put in place, so that tests can die there.
var afterRename = func(string) {}

// stage is a staging directory. The journal has a line for each path that commit
// will touch: "=" before those that existed and "+" before new ones. The new file
// of line i is called i and the link to the old one i.old; removed files have no
// new one. Without a complete journal no rename has begun.
type stage struct {
	root *os.Root
	dir  string
}

func (s *stage) new(i int) string { return path.Join(s.dir, strconv.Itoa(i)) }
func (s *stage) old(i int) string { return s.new(i) + ".old" }
func (s *stage) journal() string  { return path.Join(s.dir, "journal") }

// fill writes everything that commit will rename, and the journal last.
func (s *stage) fill(files []File, gone []string) error {
	if err := s.root.Mkdir(s.dir, 0o777); err != nil {
		return err
	}
	var journal bytes.Buffer
	for i, f := range files {
		// A build does not wait for the disk: what it makes can be made again, and
		// waiting would take several times as long as the build itself. A full disk
		// shows here, before anything is renamed.
		if err := s.root.WriteFile(s.new(i), f.Data, 0o666); err != nil {
			return err
		}
		if err := s.record(&journal, i, f.Path); err != nil {
			return err
		}
	}
	for i, p := range gone {
		if err := s.record(&journal, len(files)+i, p); err != nil {
			return err
		}
	}
	journal.WriteString(".\n")
	return s.root.WriteFile(s.journal(), journal.Bytes(), 0o666)
}

// record keeps what is at p, be it a file or a symbolic link, and notes it down.
func (s *stage) record(journal *bytes.Buffer, i int, p string) error {
	info, err := s.root.Lstat(p)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(journal, "+%s\n", p)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(journal, "=%s\n", p)
	if s.root.Link(p, s.old(i)) == nil {
		return nil
	}
	return s.copyOld(i, p, info) // a file system without hard links
}

func (s *stage) copyOld(i int, p string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is neither a file nor absent: it is left alone", p)
	}
	data, err := s.root.ReadFile(p)
	if err != nil {
		return err
	}
	return s.root.WriteFile(s.old(i), data, info.Mode().Perm())
}

// commit renames. The last file is renamed last, so a caller puts there the one
// that vouches for the others.
func (s *stage) commit(files []File, gone []string) error {
	for _, p := range gone {
		if err := s.root.Remove(p); err != nil {
			return err
		}
	}
	made := "."
	for i, f := range files {
		if d := path.Dir(f.Path); d != made {
			if err := s.root.MkdirAll(d, 0o777); err != nil {
				return err
			}
			made = d
		}
		if err := s.root.Rename(s.new(i), f.Path); err != nil {
			return err
		}
		afterRename(f.Path)
	}
	return nil
}

// remove ends the build: once the journal is gone nothing will be undone.
func (s *stage) remove() error {
	if err := s.root.Remove(s.journal()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.root.RemoveAll(s.dir)
}

// undo brings back what the journal lists. It may be interrupted and repeated.
func (s *stage) undo() error {
	text, err := s.root.ReadFile(s.journal())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	body, complete := strings.CutSuffix(string(text), ".\n")
	if complete {
		i := 0
		for line := range strings.Lines(body) {
			if err := s.undoOne(i, line[0], strings.TrimSuffix(line[1:], "\n")); err != nil {
				return err
			}
			i++
		}
	}
	return s.remove()
}

func (s *stage) undoOne(i int, mark byte, p string) error {
	if err := CheckPath(p); err != nil {
		return err // not a journal of ours
	}
	if mark == '=' {
		return s.restore(i, p)
	}
	if _, err := s.root.Lstat(s.new(i)); err != nil { // it was renamed
		if err := s.root.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	removeEmptyParents(s.root, []string{p})
	return nil
}

func (s *stage) restore(i int, p string) error {
	if _, err := s.root.Lstat(s.old(i)); errors.Is(err, fs.ErrNotExist) {
		return nil // an undo that was killed has been here
	}
	if err := s.root.MkdirAll(path.Dir(p), 0o777); err != nil {
		return err
	}
	return s.root.Rename(s.old(i), p)
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
