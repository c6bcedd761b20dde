// Package compile takes .grau files all the way: it loads and checks them, runs
// the passes, asks the targets for their files and writes those.
package compile

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang/check"
	"grauc/lang/diag"
	"grauc/passes"
	"grauc/passes/advise"
)

// ErrFault says that the input is at fault in ways the driver's Diagnostics tell.
// Any other error of a driver's methods is a bug in the compiler.
var ErrFault = errors.New("the input is at fault")

// Driver holds the settings of a compilation and gathers what it has to say.
type Driver struct {
	Passes  passes.Options
	Part    ir.Part                                // that files are built for
	Observe func(stage string, took time.Duration) // of each finished stage; may be nil
	Tell    func(what string, p ir.Progress)       // of what begins, and how far it is; may be nil

	// Thorough makes certificates take seconds a fit for the squares of fits of least maximum
	// error, not milliseconds.
	Thorough bool

	Diagnostics []diag.Diagnostic
	Sources     diag.Sources
	called      map[string]map[string]string // by module and local name: files as the call named them
}

// Load reads and checks files.
func (d *Driver) Load(paths []string) ([]*spec.Module, error) {
	defer d.stage("load")()
	var modules []*spec.Module
	for _, p := range paths {
		r := check.Load(p)
		d.gather(r)
		if r.Module != nil {
			d.localize(r.Module, filepath.Dir(p))
			r.Module.Part = d.Part
			modules = append(modules, r.Module)
		}
	}
	d.checkNames(paths, modules)
	if diag.HasErrors(d.Diagnostics) {
		return nil, ErrFault
	}
	return modules, nil
}

func (d *Driver) gather(r *check.Result) {
	d.Diagnostics = append(d.Diagnostics, r.Diagnostics...)
	if d.Sources == nil {
		d.Sources = diag.Sources{}
	}
	maps.Copy(d.Sources, r.Sources)
}

// checkNames refuses files whose outputs would have the same names.
func (d *Driver) checkNames(paths []string, modules []*spec.Module) {
	if len(modules) != len(paths) {
		return
	}
	seen := map[string]string{}
	for i, m := range modules {
		key := strings.ToLower(backend.Identifier(m.Name))
		first, ok := seen[key]
		switch {
		case ok && first == paths[i]:
			d.report(diag.New("output-clash", diag.Span{File: paths[i]}, "%s is given twice", first).
				WithHelp("name each file once"))
		case ok:
			d.report(diag.New("output-clash", diag.Span{File: paths[i]}, "the outputs of %s would overwrite those of %s", paths[i], first).
				WithHelp("outputs are named after the file without its directory; rename one, or build them into two directories"))
		default:
			seen[key] = paths[i]
		}
	}
}

// Lower takes a module down to a level, or as far as the options say.
func (d *Driver) Lower(m *spec.Module, to ir.Level) (*passes.Program, error) {
	p := &passes.Program{Level: ir.LevelSpec, Spec: m}
	return p, d.Advance(p, to)
}

// Advance runs the passes that take a program down to a level.
func (d *Driver) Advance(p *passes.Program, to ir.Level) error {
	err := passes.Run(p, to, d.options())
	return d.fault(moduleName(p), advise.Refused(p.Spec, p.Steps, err))
}

// Apply runs the named passes and no others.
func (d *Driver) Apply(p *passes.Program, names []string) error {
	err := passes.RunOnly(p, names, d.options())
	return d.fault(moduleName(p), advise.Refused(p.Spec, p.Steps, err))
}

// options are those of the passes, with every pass observed as a stage.
func (d *Driver) options() passes.Options {
	o := d.Passes
	if d.Tell != nil {
		o.Share = func(pass string, p ir.Progress) { d.Tell("pass "+pass, p) }
	}
	if d.Observe == nil {
		return o
	}
	begin := time.Now()
	o.Progress = func(pass string, p *passes.Program) {
		d.Observe(pass, time.Since(begin))
		if d.Passes.Progress != nil {
			d.Passes.Progress(pass, p)
		}
		begin = time.Now()
	}
	return o
}

// moduleName is the name of a program whose files localize has named, or "".
func moduleName(p *passes.Program) string {
	if p.Spec == nil {
		return ""
	}
	return p.Spec.Name
}

// fault turns problems of a module into diagnostics.
func (d *Driver) fault(module string, err error) error {
	found := problems(err)
	if found == nil {
		return err
	}
	for _, p := range found {
		d.report(d.placed(module, check.Diagnostic(p)))
	}
	return ErrFault
}

func (d *Driver) report(x diag.Diagnostic) { d.Diagnostics = append(d.Diagnostics, x) }

// problems are the faults of the user's program in an error, or nil where it is
// something else.
func problems(err error) ir.Problems {
	var several ir.Problems
	if errors.As(err, &several) {
		return several
	}
	var one *ir.Problem
	if errors.As(err, &one) {
		return ir.Problems{one}
	}
	return nil
}

// only is a module with one of its layers.
func only(m *spec.Module, layer *spec.Layer) *spec.Module {
	one := *m
	one.Layers = []*spec.Layer{layer}
	one.Units = slices.DeleteFunc(slices.Clone(m.Units), func(u *ir.Unit) bool { return u.Name != layer.Unit })
	return &one
}

// stage begins a stage, whose time is taken; the result ends it.
func (d *Driver) stage(name string) func() {
	if d.Tell != nil {
		d.Tell(name, ir.Progress{})
	}
	if d.Observe == nil {
		return func() {}
	}
	begin := time.Now()
	return func() { d.Observe(name, time.Since(begin)) }
}

// counted tells how far something is that is counted, nil where nobody is told.
func (d *Driver) counted(what string) func(ir.Progress) {
	if d.Tell == nil {
		return nil
	}
	return func(p ir.Progress) { d.Tell(what, p) }
}
