package check

import (
	"fmt"
	"slices"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang/diag"
)

// module builds the spec of a file without errors.
func (c *checker) module(f *file, layers []*checkedLayer) *spec.Module {
	m := &spec.Module{Head: ir.Head{Name: moduleName(f.path), Files: c.filesRead()}}
	for _, l := range layers {
		m.Layers = append(m.Layers, l.layer)
	}
	m.Units = units(f, layers)
	functions := reached(layers)
	nameFunctions(functions)
	for _, p := range c.calls {
		p.call.Func = p.to.spec.Name
	}
	for _, e := range functions {
		m.Funcs = append(m.Funcs, e.spec)
	}
	m.Data = c.dataUsed(f, m)
	return m
}

// filesRead lists every file once, the first read first.
func (c *checker) filesRead() []ir.File {
	var found []ir.File
	seen := map[string]bool{}
	for _, f := range c.read {
		if !seen[f.Path] {
			seen[f.Path] = true
			found = append(found, f)
		}
	}
	return found
}

// units are the file's own, and those of used files that a layer runs on.
func units(f *file, layers []*checkedLayer) []*ir.Unit {
	var found []*ir.Unit
	seen := map[*entity]bool{}
	add := func(e *entity) {
		if e != nil && !seen[e] {
			seen[e] = true
			found = append(found, e.unit)
		}
	}
	for _, e := range f.own {
		if e.kind == kindUnit {
			add(e)
		}
	}
	for _, l := range layers {
		add(l.unit)
	}
	return found
}

// warnOfUnused tells of units that no layer runs on: often a forgotten `on`.
func (c *checker) warnOfUnused(m *spec.Module) {
	for _, u := range m.Units {
		if !slices.ContainsFunc(m.Layers, func(l *spec.Layer) bool { return l.Unit == u.Name }) {
			c.report(diag.NewWarning("unit-unused", diag.Span(u.Source), "no layer runs on unit `%s`", u.Name).
				WithHelp("end a layer's declaration in `on %s`; without one, the unit is built and tested with a made-up function", u.Name))
		}
	}
}

// reached are the functions that layers call, directly or not, callees first.
func reached(layers []*checkedLayer) []*entity {
	var found []*entity
	seen := map[*entity]bool{}
	var visit func(e *entity)
	visit = func(e *entity) {
		if seen[e] {
			return
		}
		seen[e] = true
		for _, callee := range e.calls {
			visit(callee)
		}
		found = append(found, e)
	}
	for _, l := range layers {
		for _, e := range l.calls {
			visit(e)
		}
	}
	return found
}

// nameFunctions makes names unique: a program's functions keep theirs, unless it
// is a primitive's, and library functions they hide give way.
func nameFunctions(functions []*entity) {
	taken := map[string]bool{}
	for name := range primitives {
		taken[name] = true
	}
	for _, e := range functions {
		taken[e.name.Text] = taken[e.name.Text] || !e.isLibrary()
	}
	claim := func(e *entity) {
		name := e.name.Text
		for i := 2; taken[name]; i++ {
			name = fmt.Sprintf("%s_%d", e.name.Text, i)
		}
		taken[name] = true
		e.spec.Name = name
	}
	for _, e := range functions {
		if e.isLibrary() || primitives[e.name.Text] != "" {
			claim(e)
		}
	}
}

// dataUsed are the datasets that functions and layers refer to, in the order of
// their first mention.
func (c *checker) dataUsed(f *file, m *spec.Module) []*spec.Data {
	var found []*spec.Data
	seen := map[string]bool{}
	mention := func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		e := c.lookup(f, kindData, name)
		found = append(found, &spec.Data{Name: name, Arrays: e.data.arrays})
	}
	for _, fn := range m.Funcs {
		elements(fn.Body, mention)
	}
	for _, l := range m.Layers {
		elements(l.Body, mention)
	}
	return found
}

// elements calls mention with every dataset an expression refers to.
func elements(e spec.Expr, mention func(string)) {
	switch e := e.(type) {
	case *spec.Element:
		mention(e.Data)
	case *spec.Op:
		for _, a := range e.Args {
			elements(a, mention)
		}
	case *spec.Call:
		for _, a := range e.Args {
			elements(a, mention)
		}
	case *spec.If:
		elements(e.Cond, mention)
		elements(e.Then, mention)
		elements(e.Else, mention)
	}
}
