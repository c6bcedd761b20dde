// Package check gives .grau programs their meaning: it reads a file with all it
// uses, resolves names and formats, and builds the spec level. Whatever is wrong
// with a program becomes diagnostics; no input makes it panic.
//
// Each kind of declaration (functions, formats, units, data, layers) has names of
// its own. A file sees its own declarations, those of the files it uses, and of
// the files these use; two of one name are a fault. Library functions are seen
// where none of these has the name, and primitives last. Functions resolve the
// names in their bodies where they are declared, so hiding a library function
// changes nothing inside the library. Layers belong to their file alone: those of
// a used file are parsed but take no part.
package check

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

// maxDiagnostics is how many are given at once.
const maxDiagnostics = 20

// Result is what became of a file.
type Result struct {
	Module      *spec.Module // nil if there are errors
	Diagnostics []diag.Diagnostic
	Sources     diag.Sources // the texts the diagnostics point into
}

// Prepare begins what Load needs whatever the file, for callers that have other
// things to do first.
func Prepare() {
	lang.Prepare()
	go outlines() // hardly a program calls nothing of the library
}

// Load reads and checks a file with all it uses.
func Load(path string) *Result { return LoadOverlay(path, nil) }

// LoadOverlay is Load with texts that take the place of files: an editor's unsaved
// ones. Their names are paths as Load forms them, relative to the same directory.
func LoadOverlay(path string, overlay map[string]string) *Result {
	Prepare()
	c := &checker{overlay: overlay, sources: diag.Sources{}, programs: programQuota, numbers: dataQuota, datasets: map[string]*dataset{}}
	r := &Result{Sources: c.sources}
	if main := c.main(path); main != nil {
		c.checkFile(main)
		layers := c.layers(main)
		if !diag.HasErrors(c.diagnostics) {
			r.Module = c.module(main, layers)
			c.warnOfUnused(r.Module)
		}
	}
	diag.Sort(c.diagnostics, c.order)
	r.Diagnostics = diag.Limit(c.diagnostics, maxDiagnostics)
	return r
}

// Diagnostic is a problem found below the language as a diagnostic.
func Diagnostic(p *ir.Problem) diag.Diagnostic {
	d := diag.New(p.Code, diag.Span(p.At), "%s", p.Message)
	for _, n := range p.Notes {
		if n.At.File == "" {
			d = d.WithNote("%s", n.Message)
		} else {
			d = d.WithNoteAt(diag.Span(n.At), "%s", n.Message)
		}
	}
	d.Help = p.Help
	return d
}

type checker struct {
	overlay     map[string]string
	sources     diag.Sources
	order       []string // files in the order they were read
	read        []ir.File
	programs    quota
	numbers     quota
	numberCount int
	datasets    map[string]*dataset // by path; nil for one at fault
	files       []*file
	loading     []*file // the chain of uses being followed
	lib         *library
	calling     []frame // the chain of functions being checked
	calls       []pendingCall
	diagnostics []diag.Diagnostic
}

func (c *checker) report(d diag.Diagnostic) { c.diagnostics = append(c.diagnostics, d) }

// enough reports whether so much is wrong that looking further helps nobody.
func (c *checker) enough() bool { return len(c.diagnostics) > 3*maxDiagnostics }

// span is a node's place, without what stands on further lines.
func (c *checker) span(n lang.Node) diag.Span {
	s := n.Span()
	if n.EndPos.Line != n.Pos.Line {
		line, _, _ := strings.Cut(c.sources[s.File][n.Pos.Offset:], "\n")
		s.Length = len(strings.TrimRight(line, "\r"))
	}
	return s
}

func (c *checker) source(n lang.Node) ir.Source { return ir.Source(c.span(n)) }

// main reads the file that was asked for.
func (c *checker) main(path string) *file {
	data, info, fault := c.fetch(path, &c.programs, func() (opener, error) { return plainOpener(path), nil })
	if fault != nil {
		if fault.code == "file-missing" {
			fault.help = "check the path"
		}
		c.report(fault.at(diag.Span{File: path}))
		return nil
	}
	return c.parse(path, data, info)
}

// plainOpener opens a path as it is, wherever it leads.
func plainOpener(path string) opener {
	return opener{
		stat:  func() (fs.FileInfo, error) { return os.Stat(path) },
		open:  func(flag int) (*os.File, error) { return os.OpenFile(path, flag, 0) },
		close: func() {},
	}
}

// moduleName is a file's base name without .grau.
func moduleName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), ".grau")
}
