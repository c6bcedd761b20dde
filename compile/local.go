package compile

import (
	"path/filepath"

	"grauc/ir/spec"
	"grauc/lang/diag"
)

// localize names the files of a module by their place beside its main file. What
// is emitted cites these names, so that it does not depend on where the project
// lies or where the compiler was called.
func (d *Driver) localize(m *spec.Module, dir string) {
	called := map[string]string{}
	local := func(file *string) {
		rel, err := filepath.Rel(dir, *file)
		if err != nil || *file == "" {
			return
		}
		rel = filepath.ToSlash(rel)
		called[rel], *file = *file, rel
	}
	for i := range m.Files {
		local(&m.Files[i].Path)
	}
	for _, u := range m.Units {
		local(&u.Source.File)
	}
	for _, l := range m.Layers {
		local(&l.Source.File)
		local(&l.Layer.Body.File)
	}
	if d.called == nil {
		d.called = map[string]map[string]string{}
	}
	d.called[m.Name] = called
}

// placed names the files of a diagnostic as the call did, to find their text.
func (d *Driver) placed(module string, x diag.Diagnostic) diag.Diagnostic {
	called := func(s *diag.Span) {
		if path, ok := d.called[module][s.File]; ok {
			s.File = path
		}
	}
	called(&x.Span)
	for i := range x.Notes {
		if at := x.Notes[i].Span; at != nil {
			called(at)
		}
	}
	return x
}
