package compile

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"grauc/backend"
	"grauc/compile/output"
	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang/diag"
	"grauc/passes"
	"grauc/report"
)

const reportName = "report.json"

// Outputs are the files of a build before they are written.
type Outputs struct {
	Report   *report.Report
	Programs []*passes.Program // one a file, in the order of the call
	files    []output.File
}

// Build compiles files for targets. It returns nil, nil when the options stop it
// before the last pass.
func (d *Driver) Build(paths []string, targets []backend.Target) (*Outputs, error) {
	modules, err := d.Load(paths)
	if err != nil {
		return nil, err
	}
	programs, err := d.lowerAll(modules)
	if err != nil || slices.ContainsFunc(programs, func(p *passes.Program) bool { return p.Level != ir.LevelDatapath }) {
		return nil, err
	}
	return d.emit(programs, targets)
}

// lowerAll goes on after a file at fault, so that one run tells of all of them.
func (d *Driver) lowerAll(modules []*spec.Module) ([]*passes.Program, error) {
	var programs []*passes.Program
	fault := false
	for _, m := range modules {
		p, err := d.Lower(m, ir.LevelDatapath)
		if err != nil && !errors.Is(err, ErrFault) {
			return nil, err
		}
		fault = fault || err != nil
		programs = append(programs, p)
	}
	if fault {
		return nil, ErrFault
	}
	return programs, nil
}

// emission is what one target made of one file.
type emission struct {
	module, target string
	response       *backend.Response
	err            error
}

func (d *Driver) emit(programs []*passes.Program, targets []backend.Target) (*Outputs, error) {
	d.constants(programs)
	weak := d.weaknesses(programs)
	defer d.stage("emit")()
	all := emitAll(programs, targets)
	for _, e := range all {
		if err := d.fault(e.module, e.err); err != nil && !errors.Is(err, ErrFault) {
			return nil, err
		}
	}
	if diag.HasErrors(d.Diagnostics) {
		return nil, ErrFault
	}
	o := &Outputs{Report: report.New(), Programs: programs}
	for i, p := range programs {
		o.Report.Add(p.PWL, weak[i], d.Thorough, d.counted("certificates"))
	}
	o.add(all)
	return o, nil
}

// emitAll asks all targets at once; the answers are in a fixed order.
func emitAll(programs []*passes.Program, targets []backend.Target) []emission {
	all := make([]emission, 0, len(programs)*len(targets))
	for _, p := range programs {
		for _, t := range targets {
			all = append(all, emission{module: p.PWL.Name, target: t.Name})
		}
	}
	var g errgroup.Group
	for i := range all {
		p, t := programs[i/len(targets)], targets[i%len(targets)]
		g.Go(func() error {
			all[i].response, all[i].err = emit(t, &backend.Request{PWL: p.PWL, Design: p.Design})
			return nil
		})
	}
	g.Wait()
	return all
}

// emit asks one target. On a goroutine of its own a panic would end the process
// without a report, so it becomes an error here.
func emit(t backend.Target, r *backend.Request) (response *backend.Response, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("target %s: panic: %v\n\n%s", t.Name, v, debug.Stack())
		}
	}()
	return t.Emit(r)
}

func (o *Outputs) add(all []emission) {
	type entry struct {
		backend.File
		module, target string
	}
	var entries []entry
	for _, e := range all {
		for _, f := range e.response.Files {
			entries = append(entries, entry{f, e.module, e.target})
		}
	}
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].Path < entries[j].Path })
	for _, e := range entries {
		o.files = append(o.files, output.File{Path: e.Path, Data: e.Data})
		o.Report.AddFile(e.Path, e.module+".grau", e.target, e.Data)
	}
}

// Write puts the outputs into a directory: all of them or, on error, none. Files
// that a former build made from the same source for the same target, and that
// nobody has changed since, go when they are not made any more.
func (d *Driver) Write(o *Outputs, dir string) error {
	defer d.stage("write")()
	files := append(slices.Clip(o.files), output.File{Path: reportName, Data: o.Report.JSON()})
	if err := output.Write(dir, files, o.stale); err != nil {
		d.report(diag.New("output-failed", diag.Span{File: dir}, "the outputs cannot be written: %v", tidy(err)).
			WithNote("what was in the directory before is still there, unchanged"))
		return ErrFault
	}
	return nil
}

// tidy puts an error of several lines on one.
func tidy(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// stale reads the report of the former build.
func (o *Outputs) stale(root *os.Root) []string {
	text, err := root.ReadFile(reportName)
	if err != nil {
		return nil
	}
	var former report.Report
	if json.Unmarshal(text, &former) != nil {
		return nil
	}
	var gone []string
	for _, f := range former.Files {
		if o.remade(f) && unchanged(root, f) {
			gone = append(gone, f.Path)
		}
	}
	return gone
}

// remade reports whether this build has outputs of the same source and target.
func (o *Outputs) remade(f report.File) bool {
	return slices.ContainsFunc(o.Report.Files, func(g report.File) bool {
		return g.Source == f.Source && g.Target == f.Target
	})
}

func unchanged(root *os.Root, f report.File) bool {
	data, err := root.ReadFile(f.Path)
	return err == nil && report.Sum(data) == f.SHA256
}
