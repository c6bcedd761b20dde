package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// maxEntries is how many files and directories a build brings along: more would
// take longer than the build itself is worth.
const maxEntries = 1 << 16

// copier makes the tree new from the tree old; both are names in parent.
type copier struct {
	parent   *os.Root
	old, new string
	seen     map[string]fs.FileInfo // what old held, by path below it
}

// copy makes directory p with all that is in it. Directories are made again, all
// else is linked.
func (c *copier) copy(p string) error {
	from, to := path.Join(c.old, p), path.Join(c.new, p)
	d, err := c.parent.Open(from)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := isMount(d); err != nil {
		return err
	}
	names, err := d.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if isStage(name) {
			continue // of a build into a directory further down
		}
		if err := c.entry(path.Join(p, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err // what somebody has just removed is not missed
		}
	}
	return c.attributes(d, to)
}

func (c *copier) entry(p string) error {
	from, to := path.Join(c.old, p), path.Join(c.new, p)
	info, err := c.parent.Lstat(from)
	if err != nil {
		return err
	}
	if len(c.seen) == maxEntries {
		return fmt.Errorf("%s holds more than %d files", c.old, maxEntries)
	}
	c.seen[p] = info
	if !info.IsDir() {
		return c.parent.Link(from, to)
	}
	if err := c.parent.Mkdir(to, 0o700); err != nil {
		return err
	}
	return c.copy(p)
}

// isMount finds that something is mounted on a directory, which no copy has.
func isMount(d *os.File) error {
	var st unix.Statx_t
	if err := unix.Statx(int(d.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_TYPE, &st); err != nil {
		return os.NewSyscallError("statx", err)
	}
	if st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0 {
		return fmt.Errorf("%s is a mount point", d.Name())
	}
	return nil
}

// attributes gives the directory at path to what d has: owner, extended
// attributes, permissions and times. It comes after the entries, which change times
// and need permissions.
func (c *copier) attributes(d *os.File, to string) error {
	copied, err := c.parent.Open(to)
	if err != nil {
		return err
	}
	defer copied.Close()
	want, err := d.Stat()
	if err != nil {
		return err
	}
	have, err := copied.Stat()
	if err != nil {
		return err
	}
	w, h := want.Sys().(*syscall.Stat_t), have.Sys().(*syscall.Stat_t)
	if w.Uid != h.Uid || w.Gid != h.Gid {
		if err := copied.Chown(int(w.Uid), int(w.Gid)); err != nil {
			return err
		}
	}
	if err := extended(d, copied); err != nil {
		return err
	}
	if err := copied.Chmod(want.Mode()); err != nil {
		return err
	}
	return c.parent.Chtimes(to, time.Time{}, want.ModTime())
}

// extended copies extended attributes, of which access control lists are some.
func extended(from, to *os.File) error {
	want, err := attributeNames(from)
	if err != nil {
		return err
	}
	for _, name := range want {
		value := make([]byte, 1<<16) // the most that Linux allows
		n, err := unix.Fgetxattr(int(from.Fd()), name, value)
		if err != nil {
			return os.NewSyscallError("fgetxattr", err)
		}
		if err := unix.Fsetxattr(int(to.Fd()), name, value[:n], 0); err != nil {
			return os.NewSyscallError("fsetxattr", err)
		}
	}
	have, err := attributeNames(to)
	if err == nil && !slices.Equal(have, want) {
		err = fmt.Errorf("%s inherits attributes which %s lacks", to.Name(), from.Name())
	}
	return err
}

// attributeNames are in order; a file system without attributes has none.
func attributeNames(d *os.File) ([]string, error) {
	list := make([]byte, 1<<16)
	n, err := unix.Flistxattr(int(d.Fd()), list)
	if err != nil && !errors.Is(err, unix.ENOTSUP) {
		return nil, os.NewSyscallError("flistxattr", err)
	}
	var names []string
	for name := range bytes.SplitSeq(list[:max(n, 0)], []byte{0}) {
		if len(name) > 0 {
			names = append(names, string(name))
		}
	}
	slices.Sort(names)
	return names, nil
}

// discard removes directory p of old after the exchange. What copy has not seen is
// not ours: it moves to new.
func (c *copier) discard(p string) error {
	dir := path.Join(c.old, p)
	d, err := c.parent.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return err
	}
	if err := d.Chmod(0o700); err != nil {
		return err
	}
	for _, name := range names {
		if err := c.discardEntry(path.Join(p, name)); err != nil {
			return err
		}
	}
	return c.parent.Remove(dir)
}

func (c *copier) discardEntry(p string) error {
	from, to := path.Join(c.old, p), path.Join(c.new, p)
	info, err := c.parent.Lstat(from)
	if err != nil {
		return err
	}
	switch seen := c.seen[p]; {
	case seen == nil || !os.SameFile(seen, info):
		if err := c.parent.MkdirAll(path.Dir(to), 0o777); err != nil {
			return err
		}
		return c.parent.Rename(from, to)
	case info.IsDir():
		return c.discard(p)
	}
	return c.parent.Remove(from)
}
