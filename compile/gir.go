package compile

import (
	"errors"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/ir/steps"
	"grauc/ir/text"
	"grauc/lang/diag"
	"grauc/passes"
)

// Parse reads the text of a program at any level, and verifies it. The levels
// above stay empty.
func (d *Driver) Parse(name, src string) (*passes.Program, error) {
	if d.Sources == nil {
		d.Sources = diag.Sources{}
	}
	d.Sources[name] = src
	p, err := parse(src)
	if err != nil {
		d.report(malformed(name, err))
		return nil, ErrFault
	}
	return p, nil
}

func parse(src string) (p *passes.Program, err error) {
	p = &passes.Program{}
	if p.Level, err = text.Level(src); err != nil {
		return nil, err
	}
	switch p.Level {
	case ir.LevelSpec:
		if p.Spec, err = spec.Parse(src); err == nil {
			err = spec.Verify(p.Spec)
		}
	case ir.LevelSteps:
		if p.Steps, err = steps.Parse(src); err == nil {
			err = steps.Verify(p.Steps)
		}
	case ir.LevelPWL:
		if p.PWL, err = pwl.Parse(src); err == nil {
			err = pwl.Verify(p.PWL)
		}
	case ir.LevelDatapath:
		if p.Design, err = datapath.Parse(src); err == nil {
			err = datapath.Verify(p.Design)
		}
	}
	return p, err
}

func malformed(name string, err error) diag.Diagnostic {
	at := diag.Span{File: name}
	message := err.Error()
	var fault *text.Error
	if errors.As(err, &fault) {
		at.Line, at.Column, at.Length = fault.Line, fault.Column, 1
		message = fault.Message
	}
	return diag.New("ir-syntax", at, "%s", message).
		WithHelp("the text of the levels is described in ir/README.md; grauc opt prints it")
}
