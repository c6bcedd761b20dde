package check

import (
	"io/fs"
	"slices"
	"strings"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

// kind is a namespace.
type kind string

const (
	kindFunction kind = "function"
	kindFormat   kind = "format"
	kindUnit     kind = "unit"
	kindData     kind = "data declaration"
)

// key names a declaration within what a file sees.
type key struct {
	kind kind
	name string
}

// file is a program's file.
type file struct {
	path         string
	info         fs.FileInfo
	loaded       bool
	checked      bool
	incomplete   bool // something could not be read: names may be missing
	declarations []*lang.Declaration
	broken       []lang.Broken
	uses         []use
	visible      map[key]*entity
	own          []*entity // in order
}

type use struct {
	file *file
	at   diag.Span
}

// entity is a named declaration, and what checking it has found so far.
type entity struct {
	kind kind
	name lang.Name
	decl *lang.Declaration
	file *file

	state  state
	params []param
	spec   *spec.Func
	calls  []*entity // functions that the body calls
	depth  int       // of those calls
	format ir.Format
	unit   *ir.Unit
	data   *dataset
}

// state is how far checking has come; failed entities have been reported.
type state uint8

const (
	untouched state = iota
	active
	done
	failed
)

// param is a parameter of a function with its default, nil where an argument must
// be given.
type param struct {
	name        string
	fallback    spec.Expr
	fallbackUse []*entity // functions the default calls
	size        int       // of the default
}

// checkFile checks what a file declares, layers aside, after what it uses.
func (c *checker) checkFile(f *file) {
	if f.checked {
		return
	}
	f.checked = true
	for _, u := range f.uses {
		c.checkFile(u.file)
	}
	c.declare(f)
	for _, e := range f.own {
		if c.enough() {
			return
		}
		c.resolve(e)
	}
}

// declare fills in what the file sees.
func (c *checker) declare(f *file) {
	f.visible = map[key]*entity{}
	for _, d := range f.declarations {
		if e := newEntity(f, d); e != nil {
			c.declareOwn(f, e)
		}
	}
	for _, b := range f.broken {
		c.declareBroken(f, b)
	}
	for _, u := range f.uses {
		c.declareUsed(f, u)
	}
}

// kinds are the namespaces by keyword.
var kinds = map[string]kind{"fn": kindFunction, "quant": kindFormat, "unit": kindUnit, "data": kindData}

// declareBroken gives a declaration that has been reported a name, so that its
// uses are no faults as well.
func (c *checker) declareBroken(f *file, b lang.Broken) {
	k := key{kinds[b.Keyword], b.Name.Text}
	if k.kind != "" && f.visible[k] == nil {
		f.visible[k] = &entity{kind: k.kind, name: b.Name, file: f, state: failed}
	}
}

// unknown reports a name that means nothing, unless what is missing may declare it.
func (c *checker) unknown(f *file, d diag.Diagnostic) {
	if !f.incomplete {
		c.report(d)
	}
}

func newEntity(f *file, d *lang.Declaration) *entity {
	e := &entity{decl: d, file: f}
	switch {
	case d.Function != nil:
		e.kind, e.name = kindFunction, d.Function.Name
	case d.Quant != nil:
		e.kind, e.name = kindFormat, d.Quant.Name
	case d.Unit != nil:
		e.kind, e.name = kindUnit, d.Unit.Name
	case d.Data != nil:
		e.kind, e.name = kindData, d.Data.Name
	default:
		return nil
	}
	return e
}

func (c *checker) declareOwn(f *file, e *entity) {
	f.own = append(f.own, e)
	k := key{e.kind, e.name.Text}
	if e.kind == kindFormat && looksLikeInteger(e.name.Text) {
		c.report(diag.New("reserved-name", e.name.Span(), "`%s` is an integer type", e.name.Text).
			WithHelp("give the format a name of its own"))
	}
	if first := f.visible[k]; first != nil {
		c.report(duplicate(e, first))
		return
	}
	f.visible[k] = e
}

func duplicate(e, first *entity) diag.Diagnostic {
	return diag.New("duplicate-name", e.name.Span(), "a second %s called `%s`", e.kind, e.name.Text).
		WithNoteAt(first.name.Span(), "the first is here").
		WithHelp("rename one of them")
}

func (c *checker) declareUsed(f *file, u use) {
	for _, k := range sortedKeys(u.file.visible) {
		e, first := u.file.visible[k], f.visible[k]
		switch {
		case first == nil:
			f.visible[k] = e
		case first == e:
		case first.file == f:
			c.report(duplicate(first, e))
		default:
			c.report(diag.New("duplicate-name", u.at, "this brings in a second %s called `%s`", k.kind, k.name).
				WithNoteAt(first.name.Span(), "the first is here").
				WithNoteAt(e.name.Span(), "the second is here").
				WithHelp("rename one of them"))
		}
	}
}

func sortedKeys(m map[key]*entity) []key {
	keys := make([]key, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.kind != b.kind {
			return strings.Compare(string(a.kind), string(b.kind))
		}
		return strings.Compare(a.name, b.name)
	})
	return keys
}

// names are the names of a kind that a file sees, the library's included.
func (c *checker) names(f *file, kind kind) []string {
	var found []string
	if c.enough() {
		return nil
	}
	for k := range f.visible {
		if k.kind == kind {
			found = append(found, k.name)
		}
	}
	if kind == kindFunction {
		for name := range c.library().items {
			found = append(found, name)
		}
		for name := range primitives {
			found = append(found, name)
		}
	}
	return found
}

// lookup finds what a name means in a file, or nil.
func (c *checker) lookup(f *file, kind kind, name string) *entity {
	if e := f.visible[key{kind, name}]; e != nil {
		return e
	}
	if kind != kindFunction {
		return nil
	}
	return c.library().function(c, name)
}

// resolve checks an entity once.
func (c *checker) resolve(e *entity) bool {
	if e.state != untouched {
		return e.state == done
	}
	e.state = active
	ok := false
	switch e.kind {
	case kindFunction:
		ok = c.function(e)
	case kindFormat:
		e.format, ok = c.format(e.file, e.decl.Quant.Format)
	case kindUnit:
		ok = c.unit(e)
	case kindData:
		ok = c.data(e)
	}
	e.state = failed
	if ok {
		e.state = done
	}
	return ok
}
