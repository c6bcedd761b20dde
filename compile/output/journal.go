package output

import (
	"bytes"
	"crypto/rand"
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

// journal is a staging directory inside the destination, for files that are renamed
// into place one by one. The journal proper has a line for each path that commit
// will touch: "=" before those that existed and "+" before new ones. The new file
// of line i is called i and the link to the old one i.old; removed files have no
// new one. Without a complete journal no rename has begun.
type journal struct {
	root *os.Root
	dir  string
}

func (j *journal) new(i int) string { return path.Join(j.dir, strconv.Itoa(i)) }
func (j *journal) old(i int) string { return j.new(i) + ".old" }
func (j *journal) text() string     { return path.Join(j.dir, "journal") }

// replaceEach stages, backs up and renames, and undoes all of it on error.
func replaceEach(root *os.Root, changed []File, gone []string) error {
	j := &journal{root: root, dir: journalPrefix + rand.Text()}
	if err := j.fill(changed, gone); err != nil {
		return errors.Join(err, j.remove())
	}
	if err := j.commit(changed, gone); err != nil {
		return errors.Join(err, j.undo())
	}
	removeEmptyParents(root, gone)
	return j.remove()
}

// fill writes everything that commit will rename, and the journal last.
func (j *journal) fill(files []File, gone []string) error {
	if err := j.root.Mkdir(j.dir, 0o777); err != nil {
		return err
	}
	var lines bytes.Buffer
	for i, f := range files {
		// A full disk shows here, before anything is renamed.
		if err := j.root.WriteFile(j.new(i), f.Data, 0o666); err != nil {
			return err
		}
		if err := j.record(&lines, i, f.Path); err != nil {
			return err
		}
	}
	for i, p := range gone {
		if err := j.record(&lines, len(files)+i, p); err != nil {
			return err
		}
	}
	lines.WriteString(".\n")
	return j.root.WriteFile(j.text(), lines.Bytes(), 0o666)
}

// record keeps what is at p, be it a file or a symbolic link, and notes it down.
func (j *journal) record(lines *bytes.Buffer, i int, p string) error {
	info, err := j.root.Lstat(p)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(lines, "+%s\n", p)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(lines, "=%s\n", p)
	if j.root.Link(p, j.old(i)) == nil {
		return nil
	}
	return j.copyOld(i, p, info) // a file system without hard links
}

func (j *journal) copyOld(i int, p string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is neither a file nor absent: it is left alone", p)
	}
	data, err := j.root.ReadFile(p)
	if err != nil {
		return err
	}
	return j.root.WriteFile(j.old(i), data, info.Mode().Perm())
}

// commit renames. The last file is renamed last, so a caller puts there the one
// that vouches for the others.
func (j *journal) commit(files []File, gone []string) error {
	for _, p := range gone {
		if err := j.root.Remove(p); err != nil {
			return err
		}
	}
	made := "."
	for i, f := range files {
		if d := path.Dir(f.Path); d != made {
			if err := j.root.MkdirAll(d, 0o777); err != nil {
				return err
			}
			made = d
		}
		if err := j.root.Rename(j.new(i), f.Path); err != nil {
			return err
		}
		afterRename(f.Path)
	}
	return nil
}

// remove ends the build: once the journal is gone nothing will be undone.
func (j *journal) remove() error {
	if err := j.root.Remove(j.text()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return j.root.RemoveAll(j.dir)
}

// undo brings back what the journal lists. It may be interrupted and repeated.
func (j *journal) undo() error {
	text, err := j.root.ReadFile(j.text())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	body, complete := strings.CutSuffix(string(text), ".\n")
	if complete {
		i := 0
		for line := range strings.Lines(body) {
			if err := j.undoOne(i, line[0], strings.TrimSuffix(line[1:], "\n")); err != nil {
				return err
			}
			i++
		}
	}
	return j.remove()
}

func (j *journal) undoOne(i int, mark byte, p string) error {
	if err := CheckPath(p); err != nil {
		return err // not a journal of ours
	}
	if mark == '=' {
		return j.restore(i, p)
	}
	if _, err := j.root.Lstat(j.new(i)); err != nil { // it was renamed
		if err := j.root.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	removeEmptyParents(j.root, []string{p})
	return nil
}

func (j *journal) restore(i int, p string) error {
	if _, err := j.root.Lstat(j.old(i)); errors.Is(err, fs.ErrNotExist) {
		return nil // an undo that was killed has been here
	}
	if err := j.root.MkdirAll(path.Dir(p), 0o777); err != nil {
		return err
	}
	return j.root.Rename(j.old(i), p)
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
		if !strings.HasPrefix(name, journalPrefix) {
			continue
		}
		j := &journal{root: root, dir: name}
		if err := j.undo(); err != nil {
			return err
		}
	}
	return nil
}
