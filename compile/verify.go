package compile

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"grauc/certify"
	"grauc/ir"
	"grauc/ir/spec"
	"grauc/ir/steps"
	"grauc/passes/golden"
	"grauc/report"
)

// exhaustiveWidth is the widest input of which every code is decided by itself when
// a report is rechecked. Golden functions of wider ones come from proved pieces.
const exhaustiveWidth = 16

// Verdict is a layer whose certificates hold.
type Verdict struct {
	Layer      report.Layer
	Exhaustive bool // golden was found input by input
}

// VerifyFit rechecks all certificates of a report against the sources, those named in
// the call or else those the report names, from the current directory. What does not
// hold is in the error, one line each. Thoroughly, it takes more time for what is second to
// the least maximum error.
func (d *Driver) VerifyFit(name string, sources []string, thoroughly bool) ([]Verdict, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, &MismatchError{err.Error()}
	}
	r := report.New()
	if err := json.Unmarshal(text, r); err != nil {
		return nil, &MismatchError{fmt.Sprintf("%s: not a report of grauc: %v", name, err)}
	}
	if len(r.Sources) == 0 {
		return nil, &MismatchError{name + ": not a report of grauc: it names no sources"}
	}
	if len(sources) == 0 {
		if sources, err = roots(r); err != nil {
			return nil, err
		}
	}
	modules, err := d.Load(sources)
	if err != nil {
		return nil, err
	}
	if err := checkSources(r, modules); err != nil {
		return nil, err
	}
	v := verification{report: r, check: (*certify.Certificate).Check}
	if thoroughly {
		v.check = (*certify.Certificate).CheckThoroughly
	}
	for _, m := range modules {
		if err := d.fault(m.Name, v.module(m)); err != nil {
			return nil, err
		}
	}
	if len(v.verdicts) != len(r.Layers) {
		return nil, &MismatchError{fmt.Sprintf("%s: %d layers, the sources have %d", name, len(r.Layers), len(v.verdicts))}
	}
	return v.verdicts, nil
}

// MismatchError says what of a report does not hold.
type MismatchError struct{ Message string }

func (e *MismatchError) Error() string { return e.Message }

// roots are the sources that have layers of their own.
func roots(r *report.Report) ([]string, error) {
	var paths []string
	for _, s := range r.Sources {
		if !slices.ContainsFunc(r.Layers, func(l report.Layer) bool { return l.File == filepath.Base(s.Path) }) {
			continue
		}
		path := filepath.FromSlash(s.Path)
		if _, err := os.Stat(path); err != nil {
			return nil, &MismatchError{fmt.Sprintf("source %s is not in the current directory: name it after the report", s.Path)}
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// checkSources holds what was read against what the report says was read.
func checkSources(r *report.Report, modules []*spec.Module) error {
	read := report.New()
	for _, m := range modules {
		read.AddSources(m.Files)
	}
	same := func(a, b report.Source) bool {
		return filepath.Base(a.Path) == filepath.Base(b.Path) && a.SHA256 == b.SHA256
	}
	for _, s := range r.Sources {
		if !slices.ContainsFunc(read.Sources, func(t report.Source) bool { return same(s, t) }) {
			return &MismatchError{fmt.Sprintf("source %s: not what the report was made of, or not read", s.Path)}
		}
	}
	if len(read.Sources) != len(r.Sources) {
		return &MismatchError{fmt.Sprintf("the report names %d sources, %d were read", len(r.Sources), len(read.Sources))}
	}
	return nil
}

type checker func(*certify.Certificate, *ir.Layer, ir.Integer, *steps.Function) error

// verification goes through the layers of a report in order.
type verification struct {
	report   *report.Report
	check    checker
	verdicts []Verdict
}

func (v *verification) module(m *spec.Module) error {
	functions, err := recompute(m)
	if err != nil {
		return err
	}
	for _, l := range functions.Layers {
		l.Options.Implement = functions.Implement(&l.Layer) // as the layer may say itself
		if err := v.layer(m.Name+".grau", l, functions.Datapath(&l.Layer)); err != nil {
			return err
		}
	}
	return nil
}

// recompute finds the golden functions of a module anew.
func recompute(m *spec.Module) (*steps.Module, error) {
	all := &steps.Module{Head: m.Head}
	for _, l := range m.Layers {
		find := golden.Lower
		if l.Input.Width <= exhaustiveWidth {
			find = golden.Exhaustive
		}
		one, err := find(only(m, l))
		if err != nil {
			return nil, err
		}
		all.Layers = append(all.Layers, one.Layers...)
	}
	return all, nil
}

func (v *verification) layer(file string, l *steps.Layer, in ir.Integer) error {
	i := slices.IndexFunc(v.report.Layers, func(r report.Layer) bool { return r.File == file && r.Name == l.Name })
	if i < 0 {
		return &MismatchError{fmt.Sprintf("layer %q: not in the report", l.Name)}
	}
	r := v.report.Layers[i]
	if err := v.checkLayer(&r, l, in); err != nil {
		return &MismatchError{fmt.Sprintf("layer %q: %v", l.Name, err)}
	}
	v.verdicts = append(v.verdicts, Verdict{Layer: r, Exhaustive: l.Input.Width <= exhaustiveWidth})
	return nil
}

// checkLayer rechecks the certificates of a layer, on all cores, and tells of the
// first that does not hold.
func (v *verification) checkLayer(r *report.Layer, l *steps.Layer, in ir.Integer) error {
	if len(r.Channels) != len(l.Channels) {
		return fmt.Errorf("field channels: %d of them, the layer has %d", len(r.Channels), len(l.Channels))
	}
	errs := make([]error, len(l.Channels))
	ir.Together(len(errs), func(c int) { errs[c] = checkChannel(v.check, &r.Channels[c], &l.Layer, in, l.Channels[c]) })
	for c, err := range errs {
		if err != nil {
			return fmt.Errorf("channel %d: %w", c, err)
		}
	}
	return r.Consistent(&l.Layer)
}

func checkChannel(check checker, r *report.Channel, l *ir.Layer, in ir.Integer, golden *steps.Function) error {
	if r.Certificate == nil {
		return errors.New("field certificate: missing")
	}
	if err := check(r.Certificate, l, in, golden); err != nil {
		var f *certify.Fault
		if errors.As(err, &f) {
			return fmt.Errorf("field certificate.%s: %s", f.Field, f.Why)
		}
		return err
	}
	return nil
}
