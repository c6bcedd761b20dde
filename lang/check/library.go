package check

import (
	"strings"
	"sync"

	"grauc/lang"
	"grauc/stdlib"
)

// library is the standard library. Its declarations are parsed when a program
// first calls them.
type library struct {
	file  *file
	items map[string]*lang.Item
	paths map[string]string // of the file that has a function
	texts map[string]string
}

// libraryPath is what the library's files are called in spans.
const libraryPath = "<stdlib>/"

// outlines are the library's functions, cut apart but not parsed. They are shared
// by all checkers and never written.
var outlines = sync.OnceValue(func() []*lang.Outline {
	entries, err := stdlib.Files.ReadDir(".")
	if err != nil {
		panic(err) // it is embedded
	}
	var found []*lang.Outline
	for _, entry := range entries {
		text, err := stdlib.Files.ReadFile(entry.Name())
		if err != nil {
			panic(err)
		}
		found = append(found, lang.NewOutline(libraryPath+entry.Name(), string(text)))
	}
	return found
})

func (c *checker) library() *library {
	if c.lib != nil {
		return c.lib
	}
	c.lib = &library{
		file:  &file{path: libraryPath, loaded: true, checked: true, visible: map[key]*entity{}},
		items: map[string]*lang.Item{}, paths: map[string]string{}, texts: map[string]string{},
	}
	for _, o := range outlines() {
		c.lib.texts[o.Path] = o.Text
		for _, item := range o.Items {
			c.lib.items[item.Name] = item
			c.lib.paths[item.Name] = o.Path
		}
	}
	return c.lib
}

// function finds a library function, or nil.
func (l *library) function(c *checker, name string) *entity {
	k := key{kindFunction, name}
	if e := l.file.visible[k]; e != nil {
		return e
	}
	item := l.items[name]
	if item == nil {
		return nil
	}
	c.sources[l.paths[name]] = l.texts[l.paths[name]]
	decls, bad := item.Parse()
	c.diagnostics = append(c.diagnostics, bad...)
	if len(decls) == 0 {
		return nil
	}
	e := newEntity(l.file, decls[0])
	l.file.visible[k] = e
	return e
}

// isLibrary reports whether the entity is the library's.
func (e *entity) isLibrary() bool { return strings.HasPrefix(e.file.path, libraryPath) }
