package ir

// Source is a place in a .grau file. Line and Column count from 1, columns in
// bytes; Length is the number of bytes meant, on that line. The zero Source is
// "nowhere".
type Source struct {
	File   string
	Line   int
	Column int
	Length int
}

// File is a file that took part in a compilation.
type File struct {
	Path   string // as the user named it, or relative to the file that uses it
	SHA256 string // lower-case hexadecimal
}

// Head is what every level's module carries beside its layers.
type Head struct {
	Name  string // the file's base name without .grau
	Part  Part
	Files []File
	Units []*Unit
}

// Unit finds a unit by name, or nil.
func (h *Head) Unit(name string) *Unit {
	for _, u := range h.Units {
		if u.Name == name {
			return u
		}
	}
	return nil
}

// Implement is how a layer has to be implemented: as the unit that it runs on is, or else as
// it asks; Auto where that is left to the compiler.
func (h *Head) Implement(l *Layer) Implement {
	switch u := h.Unit(l.Unit); {
	case u == nil:
		return l.Options.Implement
	case u.Implement == Auto:
		return PWL
	default:
		return u.Implement
	}
}

// Datapath is the input of the datapath that a layer runs on: the unit's, or its own.
func (h *Head) Datapath(l *Layer) Integer {
	if u := h.Unit(l.Unit); u != nil {
		return u.Input
	}
	return l.Input.Integer
}
