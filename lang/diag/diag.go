// Package diag is what the compiler says about a program: diagnostics as values,
// the table of their codes, and their rendering as text or JSON. Rendering is
// apart from saying, so that an editor can use the same values.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether a program can be compiled in spite of a diagnostic.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Span is a stretch of one line. Line and Column count from 1, columns and Length
// in bytes. A Span without a File is nowhere; without a Line it is the whole file.
type Span struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Length int    `json:"length"`
}

func (s Span) String() string {
	if s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
}

// Note is a cause, with a place of its own where there is one.
type Note struct {
	Message string `json:"message"`
	Span    *Span  `json:"span,omitempty"`
}

// Diagnostic is one thing to say. Code is a slug of the table (see Explain).
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Message  string   `json:"message"`
	Span     Span     `json:"span"`
	Notes    []Note   `json:"notes,omitempty"`
	Help     string   `json:"help,omitempty"`
}

func (d Diagnostic) String() string {
	if d.Span.File == "" {
		return fmt.Sprintf("%s[%s]: %s", d.Severity, d.Code, d.Message)
	}
	return fmt.Sprintf("%s: %s[%s]: %s", d.Span, d.Severity, d.Code, d.Message)
}

// New is an error without notes.
func New(code string, span Span, format string, args ...any) Diagnostic {
	return Diagnostic{Severity: Error, Code: code, Message: fmt.Sprintf(format, args...), Span: span}
}

// NewWarning is a warning without notes.
func NewWarning(code string, span Span, format string, args ...any) Diagnostic {
	d := New(code, span, format, args...)
	d.Severity = Warning
	return d
}

// WithHelp adds what would mend it.
func (d Diagnostic) WithHelp(format string, args ...any) Diagnostic {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// WithNote adds a cause that has no place of its own.
func (d Diagnostic) WithNote(format string, args ...any) Diagnostic {
	d.Notes = append(slices.Clip(d.Notes), Note{Message: fmt.Sprintf(format, args...)})
	return d
}

// WithNoteAt adds a cause that has a place.
func (d Diagnostic) WithNoteAt(at Span, format string, args ...any) Diagnostic {
	d.Notes = append(slices.Clip(d.Notes), Note{Message: fmt.Sprintf(format, args...), Span: &at})
	return d
}

// HasErrors reports whether any of them forbids compiling.
func HasErrors(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders by place within each file; files stay in the order given, and files
// that are not named come last, by name.
func Sort(ds []Diagnostic, files []string) {
	rank := map[string]int{}
	for i, f := range files {
		rank[f] = i + 1
	}
	of := func(file string) int {
		if r := rank[file]; r > 0 {
			return r
		}
		return len(files) + 1
	}
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(of(a.Span.File), of(b.Span.File)),
			cmp.Compare(a.Span.File, b.Span.File),
			cmp.Compare(a.Span.Line, b.Span.Line),
			cmp.Compare(a.Span.Column, b.Span.Column),
		)
	})
}

// Limit keeps the first most of them and says how many were left out.
func Limit(ds []Diagnostic, most int) []Diagnostic {
	if len(ds) <= most {
		return ds
	}
	left := len(ds) - most
	more := New("more-errors", Span{}, "and %d more", left).
		WithHelp("mend the ones above first; some of the rest may follow from them")
	return append(slices.Clip(ds[:most]), more)
}
