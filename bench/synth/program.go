package synth

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"grauc/backend"
	"grauc/backend/verilog"
	"grauc/compile"
	"grauc/ir"
	"grauc/passes"
)

// Module is a module that a program became.
type Module struct {
	Name string // of the module and, with .v, of its file
	File string
}

// Program is a compiled program with its modules: those of units, then those of layers.
type Program struct {
	*passes.Program
	Units, Layers []Module // of layers, those with hardware of their own
}

// Compile compiles the text of a .grau file to Verilog for xc7 in dir. The file is called
// name.grau.
func Compile(dir, name, source string) (*Program, error) {
	return CompileFor(ir.XC7, dir, name, source)
}

// CompileFor compiles for a part.
func CompileFor(part ir.Part, dir, name, source string) (*Program, error) {
	path := filepath.Join(dir, name+".grau")
	if err := os.WriteFile(path, []byte(source), 0o666); err != nil {
		return nil, err
	}
	d := &compile.Driver{Part: part}
	p, err := lower(d, path, ir.LevelDatapath)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, said(d))
	}
	response, err := verilog.Target.Emit(&backend.Request{PWL: p.PWL, Design: p.Design})
	if err != nil {
		return nil, err
	}
	program := &Program{Program: p}
	return program, program.write(dir, response)
}

func lower(d *compile.Driver, path string, to ir.Level) (*passes.Program, error) {
	modules, err := d.Load([]string{path})
	if err != nil {
		return nil, err
	}
	return d.Lower(modules[0], to)
}

func said(d *compile.Driver) string {
	var all []string
	for _, x := range d.Diagnostics {
		all = append(all, x.Message)
	}
	return strings.Join(all, "; ")
}

// write writes what was emitted; units come first in it.
func (p *Program) write(dir string, r *backend.Response) error {
	var modules []Module
	for _, f := range r.Files {
		base := filepath.Base(f.Path)
		if filepath.Ext(base) != ".v" || strings.HasSuffix(base, "_tb.v") {
			continue
		}
		m := Module{Name: strings.TrimSuffix(base, ".v"), File: filepath.Join(dir, base)}
		if err := os.WriteFile(m.File, f.Data, 0o666); err != nil {
			return err
		}
		modules = append(modules, m)
	}
	units := len(p.Design.Hardware)
	if units > len(modules) {
		return errors.New("fewer modules than units")
	}
	p.Units, p.Layers = modules[:units], modules[units:]
	return nil
}
