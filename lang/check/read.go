package check

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"

	"grauc/ir"
	"grauc/lang/diag"
)

const maxFiles = 256

// quota bounds the bytes of each file of a kind, and of all of them.
type quota struct{ each, rest int64 }

var (
	programQuota = quota{each: 1 << 20, rest: 4 << 20}
	dataQuota    = quota{each: 16 << 20, rest: 64 << 20}
)

// fault is what is wrong with a file, before it is known who asked for it.
type fault struct{ code, message, help string }

func (f *fault) at(s diag.Span) diag.Diagnostic {
	d := diag.New(f.code, s, "%s", f.message)
	d.Help = f.help
	return d
}

// opener is a file that is not open yet.
type opener struct {
	stat  func() (fs.FileInfo, error)
	open  func(flag int) (*os.File, error)
	close func()
}

// beside opens name in the directory of the file that asks for it, and follows no
// link out of it.
func beside(dir, name string) func() (opener, error) {
	return func() (opener, error) {
		if !filepath.IsLocal(name) {
			return opener{}, errOutside
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return opener{}, err
		}
		return opener{
			stat:  func() (fs.FileInfo, error) { return root.Stat(name) },
			open:  func(flag int) (*os.File, error) { return root.OpenFile(name, flag, 0) },
			close: func() { root.Close() },
		}, nil
	}
}

var errOutside = errors.New("path escapes from parent")

// fetch reads a file whole, and remembers its name and hash. An overlay has no
// FileInfo.
func (c *checker) fetch(path string, q *quota, open func() (opener, error)) ([]byte, fs.FileInfo, *fault) {
	if len(c.read) >= maxFiles {
		return nil, nil, &fault{"file-count", fmt.Sprintf("more than %d files", maxFiles),
			"put the numbers of several data files into one"}
	}
	var data []byte
	var info fs.FileInfo
	if text, ok := c.overlay[path]; ok {
		data = []byte(text)
	} else {
		var err error
		if data, info, err = readRegular(open, min(q.each, q.rest)); err != nil {
			return nil, nil, explain(path, q, err)
		}
	}
	q.rest -= int64(len(data))
	sum := sha256.Sum256(data)
	c.read = append(c.read, ir.File{Path: filepath.ToSlash(path), SHA256: hex.EncodeToString(sum[:])})
	return data, info, nil
}

var (
	errIrregular = errors.New("not a regular file")
	errSize      = errors.New("too large")
)

// readRegular reads a regular file of at most limit bytes. It asks before it
// opens and again after, since opening a device can act and opening a pipe can
// wait for ever.
func readRegular(open func() (opener, error), limit int64) ([]byte, fs.FileInfo, error) {
	o, err := open()
	if err != nil {
		return nil, nil, err
	}
	defer o.close()
	info, err := o.stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errIrregular
	}
	f, err := o.open(os.O_RDONLY | syscall.O_NONBLOCK)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errIrregular
	}
	if info.Size() > limit {
		return nil, nil, errSize
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errSize
	}
	return data, info, err
}

// explain puts an error from the system into words.
func explain(path string, q *quota, err error) *fault {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &fault{"file-missing", fmt.Sprintf("there is no file `%s`", path),
			"names are relative to the file that has them"}
	case errors.Is(err, errIrregular):
		return &fault{"file-kind", fmt.Sprintf("`%s` is not a regular file", path),
			"directories, devices and pipes cannot be read here"}
	case errors.Is(err, errSize) && q.rest < q.each:
		return &fault{"file-size", fmt.Sprintf("`%s` makes the files too large altogether", path),
			"leave out what is not needed"}
	case errors.Is(err, errSize):
		return &fault{"file-size", fmt.Sprintf("`%s` is larger than %d MiB", path, q.each>>20),
			"split it into several files"}
	case strings.HasSuffix(err.Error(), errOutside.Error()):
		return &fault{"file-outside", "this leads out of the directory of the program",
			"keep the file beside the one that names it, or below, and give its name from there"}
	}
	return &fault{"file-unreadable", fmt.Sprintf("`%s` cannot be read: %v", path, err),
		"check that it is a file and that you may read it"}
}

// text checks that data is text, and drops a byte order mark.
func (c *checker) text(path string, data []byte) (string, bool) {
	text := strings.TrimPrefix(string(data), "\ufeff")
	c.sources[path] = text
	c.order = append(c.order, path)
	at := invalidUTF8(text)
	if at < 0 {
		return text, true
	}
	c.report(diag.New("not-utf8", place(path, text, at, 1), "the byte 0x%02X is not UTF-8", text[at]).
		WithHelp("save the file as UTF-8"))
	return "", false
}

func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if _, n := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && n == 1 {
			return i
		}
	}
	return -1
}

// place is the span of n bytes at an offset of a text.
func place(path, text string, offset, n int) diag.Span {
	before := text[:offset]
	return diag.Span{
		File: path, Line: 1 + strings.Count(before, "\n"),
		Column: offset - strings.LastIndexByte(before, '\n'), Length: n,
	}
}
