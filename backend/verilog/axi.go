package verilog

import (
	"fmt"
	"slices"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
)

// AXI is the backend for tops with AXI interfaces around the modules of Target.
var AXI = backend.Target{
	Name: "axi",
	Doc:  "AXI4-Stream and AXI4-Lite tops around the modules of verilog, with drivers and register maps",
	Emit: emitAXI,
}

// top is a module with AXI interfaces around a module with a handshake.
type top struct {
	name, core string
	m          *datapath.Module
	source     ir.Source
	doc        string
	ports      portSet
	registers  *registerMap // nil around a fixed function
	trials     []trial
}

func emitAXI(r *backend.Request) (*backend.Response, error) {
	e := &emission{Request: r, names: backend.NewNames(reserved...)}
	tops, err := e.tops()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(tops, (*top).streams) && len(e.problems) == 0 {
		p := &ir.Problem{
			Code:    "axi-stream",
			Message: fmt.Sprintf("%s has no hardware with a handshake, which a stream needs", r.Design.Name),
			Help:    "give a unit or a layer style = pipelined or style = serial, or leave out the target axi",
		}
		if len(tops) > 0 {
			p.At = tops[0].source
		}
		return nil, p
	}
	for _, t := range tops {
		if t.streams() {
			e.top(t)
		}
	}
	name := backend.Identifier(r.Design.Name)
	e.file(name+".core", func() string { return emitCore(name, tops) })
	return e.response()
}

// streams reports whether the module has the handshake of a stream.
func (t *top) streams() bool { return t.ports.has("x_valid") }

// tops are all modules. Their names are claimed as Target claims them, so that they
// are the same.
func (e *emission) tops() ([]*top, error) {
	var tops []*top
	for _, u := range e.Design.Hardware {
		name := e.claim("unit "+u.Name, u.Name, u.Source)
		if len(u.Fields) == 0 {
			return nil, fmt.Errorf("verilog: unit %s has no fields to map", u.Name)
		}
		trials, err := e.trials(u)
		if err != nil {
			return nil, err
		}
		tops = append(tops, &top{
			core: name, m: u.Module, source: u.Source, doc: "the unit " + u.Name,
			registers: newRegisterMap(name, u), trials: trials,
		})
	}
	for _, l := range e.Design.Layers {
		if l.Hardware == nil {
			continue
		}
		name := e.claim("layer "+l.Name, l.Name, l.Source)
		p, err := e.meaning(l.Name)
		if err != nil {
			return nil, err
		}
		tops = append(tops, &top{
			core: name, m: l.Hardware, source: l.Source, doc: "the layer " + l.Name,
			trials: []trial{{layer: p}},
		})
	}
	for _, t := range tops {
		if err := knownPorts(t.m); err != nil {
			return nil, err
		}
		t.ports = portsByName(t.m)
	}
	return tops, nil
}

// top adds the files of one top.
func (e *emission) top(t *top) {
	t.name = e.names.Claim(t.core+"_axi", "_tb")
	if over := len(t.name) - (nameLimit - len("_axi")); over > 0 {
		e.problems = append(e.problems, &ir.Problem{
			Code:    "name-too-long",
			Message: fmt.Sprintf("%s makes file names that are %s too long", t.doc, ir.Plural(over, "byte")),
			At:      t.source,
			Help:    "shorten its name or that of the file",
		})
	}
	e.file("axi/"+t.name+".v", func() string { return emitTop(t) })
	if len(t.trials) > 0 {
		e.file("axi/"+t.name+"_tb.v", func() string { return emitTopBench(t) })
	}
	if t.registers == nil {
		return
	}
	e.file("axi/"+t.core+".h", func() string { return emitDriver(t.registers) })
	e.file("axi/"+t.core+"_images.h", func() string { return emitImages(t.registers) })
	e.file("axi/"+t.core+".rdl", func() string { return emitRDL(t.registers) })
	e.file("axi/"+t.core+".md", func() string { return emitMarkdown(t.registers) })
}
