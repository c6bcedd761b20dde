package check

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"grauc/lang"
	"grauc/lang/diag"
)

// parse reads a program's text, with all it uses.
func (c *checker) parse(path string, data []byte, info fs.FileInfo) *file {
	text, ok := c.text(path, data)
	if !ok {
		return nil
	}
	f := &file{path: path, info: info}
	c.files = append(c.files, f)
	parsed := lang.Parse(path, text)
	c.diagnostics = append(c.diagnostics, parsed.Diagnostics...)
	f.declarations, f.broken, f.incomplete = parsed.Declarations, parsed.Broken, parsed.Abandoned
	c.loading = append(c.loading, f)
	for _, d := range f.declarations {
		if d.Use != nil {
			c.use(f, d.Use)
		}
	}
	c.loading = c.loading[:len(c.loading)-1]
	f.loaded = true
	return f
}

// use follows a use declaration.
func (c *checker) use(f *file, u *lang.Use) {
	name := u.Path.Text()
	path := filepath.Join(filepath.Dir(f.path), name)
	at := c.span(u.Path.Node)
	if known := c.known(path, nil); known != nil && filepath.IsLocal(name) {
		c.link(f, known, at)
		return
	}
	before := f.incomplete
	f.incomplete = true // until the file is linked
	if !strings.HasSuffix(name, ".grau") {
		c.report(diag.New("file-name", at, "`%s` does not end in .grau", name).
			WithHelp("`use` takes programs; numbers come in with `data`"))
		return
	}
	data, info, fault := c.fetch(path, &c.programs, beside(filepath.Dir(f.path), name))
	if fault != nil {
		c.report(fault.at(at))
		return
	}
	used := c.known(path, info)
	if used == nil {
		used = c.parse(path, data, info)
	} else {
		c.read = c.read[:len(c.read)-1] // one file by two names
	}
	if used != nil {
		f.incomplete = before
		c.link(f, used, at)
	}
}

// known finds a file that was read before, under this name or another.
func (c *checker) known(path string, info fs.FileInfo) *file {
	for _, f := range c.files {
		if f.path == path || info != nil && f.info != nil && os.SameFile(f.info, info) {
			return f
		}
	}
	return nil
}

// link lets f see what used declares, unless used is waiting for f.
func (c *checker) link(f, used *file, at diag.Span) {
	if !used.loaded {
		c.report(c.cycle(used, at))
		f.incomplete = true
		return
	}
	f.incomplete = f.incomplete || used.incomplete
	f.uses = append(f.uses, use{used, at})
}

func (c *checker) cycle(back *file, at diag.Span) diag.Diagnostic {
	d := diag.New("use-cycle", at, "`%s` uses itself", back.path)
	found := false
	for i, f := range c.loading {
		found = found || f == back
		if found && i+1 < len(c.loading) {
			d = d.WithNote("`%s` uses `%s`", f.path, c.loading[i+1].path)
		}
	}
	if last := c.loading[len(c.loading)-1]; last != back {
		d = d.WithNote("`%s` uses `%s`", last.path, back.path)
	}
	return d.WithHelp("move what both need into a file that uses neither")
}
