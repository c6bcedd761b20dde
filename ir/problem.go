package ir

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem is a fault in the user's program found below the language: a value, so
// that whoever called can render it with the source line. It is an error.
type Problem struct {
	Code    string // a slug such as "fit-budget"
	Message string
	At      Source
	Notes   []Note
	Help    string // what would mend it
	Layer   string // by name, where one of its functions is at fault, that of Channel
	Channel int
}

// Note adds a cause, with a place of its own where there is one.
type Note struct {
	Message string
	At      Source
}

func (p *Problem) Error() string {
	if p.At.File == "" {
		return fmt.Sprintf("%s [%s]", p.Message, p.Code)
	}
	return fmt.Sprintf("%s:%d:%d: %s [%s]", p.At.File, p.At.Line, p.At.Column, p.Message, p.Code)
}

// Problems is several of them, in source order.
type Problems []*Problem

// Sort puts problems in source order; those of one place stay as they are.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
	})
}

func (ps Problems) Error() string {
	if len(ps) == 0 {
		return "no problem"
	}
	s := ps[0].Error()
	if len(ps) > 1 {
		s += fmt.Sprintf(" (and %d more)", len(ps)-1)
	}
	return s
}
