// Package verilog emits hardware as Verilog-2005: a module for every unit and for
// every layer with hardware of its own, a self-checking testbench for each, and
// the configuration of a unit for each of its layers as a $readmemh image.
//
// Every value of the datapath is a wire with its own width and signedness; an
// expression stands inside another only where neither can matter. So nothing is
// ever extended or made unsigned by what stands around it.
package verilog

import (
	"fmt"
	"path"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// Target is the backend.
var Target = backend.Target{
	Name: "verilog",
	Doc:  "Verilog-2005 modules, self-checking testbenches and configuration images",
	Emit: emit,
}

// nameLimit is the longest file name that common file systems take, without the
// longest suffix.
const nameLimit = 255 - len("_tb.v")

func emit(r *backend.Request) (*backend.Response, error) {
	e := &emission{Request: r, names: backend.NewNames(reserved...)}
	for _, u := range r.Design.Hardware {
		if err := e.unit(u); err != nil {
			return nil, err
		}
	}
	for _, l := range r.Design.Layers {
		if l.Hardware == nil {
			continue
		}
		if err := e.layer(l); err != nil {
			return nil, err
		}
	}
	return e.response()
}

// response writes the files, unless there are problems.
func (e *emission) response() (*backend.Response, error) {
	if len(e.problems) > 0 {
		return nil, e.problems
	}
	files := make([]backend.File, len(e.outputs))
	ir.Together(len(files), func(i int) {
		files[i] = backend.File{Path: e.outputs[i].path, Data: []byte(e.outputs[i].text())}
	})
	return &backend.Response{Files: files}, nil
}

// emission is one call of emit.
type emission struct {
	*backend.Request
	names    *backend.Names
	outputs  []output
	problems ir.Problems
}

// output is a file whose text is written once all are known, side by side with
// the others.
type output struct {
	path string
	text func() string
}

func (e *emission) file(path string, text func() string) {
	e.outputs = append(e.outputs, output{path, text})
}

// claim is the name of the module of what the user called name, or "" with a
// problem noted.
func (e *emission) claim(kind, name string, at ir.Source) string {
	module := e.names.Claim(backend.Identifier(e.Design.Name+"_"+name), "_tb")
	if len(module) > nameLimit {
		e.problems = append(e.problems, &ir.Problem{
			Code:    "name-too-long",
			Message: fmt.Sprintf("%s makes a file name of %d bytes; at most %d are possible", kind, len(module)+len("_tb.v"), nameLimit+len("_tb.v")),
			At:      at,
			Help:    "shorten its name or that of the file",
		})
		return ""
	}
	return module
}

func (e *emission) layer(l *datapath.Layer) error {
	name := e.claim("layer "+l.Name, l.Name, l.Source)
	if name == "" {
		return nil
	}
	p, err := e.meaning(l.Name)
	if err != nil {
		return err
	}
	return e.module(name, l.Hardware, nil, []trial{{layer: p}})
}

func (e *emission) unit(u *datapath.Unit) error {
	name := e.claim("unit "+u.Name, u.Name, u.Source)
	if name == "" {
		return nil
	}
	trials, err := e.trials(u)
	if err != nil {
		return err
	}
	images := backend.NewNames()
	for _, image := range u.Images {
		file := path.Join("config", name, images.Claim(backend.Identifier(image.Layer))+".memh")
		e.file(file, func() string { return emitImage(name, u, image) })
	}
	return e.module(name, u.Module, configurationMap(u), trials)
}

// trials are the layers to test a unit with, or else its probe.
func (e *emission) trials(u *datapath.Unit) ([]trial, error) {
	var trials []trial
	for _, image := range u.Images {
		p, err := e.meaning(image.Layer)
		if err != nil {
			return nil, err
		}
		trials = append(trials, trial{layer: p, image: image, wordBits: wordBits(u)})
	}
	if u.Probe != nil {
		trials = append(trials, trial{layer: pwl.Probe(&u.Unit), image: u.Probe, wordBits: wordBits(u)})
	}
	return trials, nil
}

func wordBits(u *datapath.Unit) int {
	if len(u.Fields) == 0 {
		return 0
	}
	return u.Fields[0].WordBits
}

// meaning is the layer at the pwl level.
func (e *emission) meaning(layer string) (*pwl.Layer, error) {
	if l := e.PWL.Layer(layer); l != nil {
		return l, nil
	}
	return nil, fmt.Errorf("verilog: layer %s is not in the pwl module", layer)
}

// module adds a module and its testbench. Without images, which only a design
// written by hand lacks, a unit has no behaviour to test.
func (e *emission) module(name string, m *datapath.Module, notes []string, trials []trial) error {
	if err := knownPorts(m); err != nil {
		return err
	}
	e.file("verilog/"+name+".v", func() string { return emitModule(name, m, e.Design.Part, notes) })
	if len(trials) > 0 {
		e.file("verilog/"+name+"_tb.v", func() string {
			for i := range trials {
				trials[i].spans = spans(trials[i].layer)
			}
			return emitBench(name, m, trials)
		})
	}
	return nil
}
