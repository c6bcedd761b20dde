package passes

import (
	"errors"
	"fmt"
	"io"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/ir/steps"
)

// Options say how to run the passes, and how to look into them.
type Options struct {
	StopAfter  string          // a pass's name, or "" to run them all
	PrintAfter map[string]bool // by pass's name: print the program to Print
	Print      io.Writer
	VerifyEach bool // verify after every pass instead of after the last one only
	Reevaluate bool // compare sampled outputs before and after every pass

	// Progress, where not nil, is told of each pass that has run.
	Progress func(pass string, p *Program)

	// Share, where not nil, is told of each pass that begins, with no total, and how
	// far it is with the functions that it works on, by one goroutine at a time.
	Share func(pass string, p ir.Progress)
}

// Run takes a program, from whichever level it is at, through the passes that do not lead
// below a level. What is at fault in the user's program is an *ir.Problem or ir.Problems;
// any other error is a bug in a pass, which it names.
func Run(p *Program, to ir.Level, o Options) error {
	if err := checkTable(Table); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	return runTable(Table, p, to, o)
}

func (o *Options) check() error {
	known := map[string]bool{"": true}
	for _, p := range Table {
		known[p.Name] = true
	}
	if !known[o.StopAfter] {
		return fmt.Errorf("no pass %q to stop after", o.StopAfter)
	}
	for name := range o.PrintAfter {
		if !known[name] {
			return fmt.Errorf("no pass %q to print after", name)
		}
	}
	return nil
}

func runTable(table []Pass, p *Program, to ir.Level, o Options) error {
	for i := range table {
		pass := &table[i]
		if pass.From < p.Level || pass.To > to {
			continue
		}
		if err := runPass(pass, p, o); err != nil {
			return err
		}
		if pass.Name == o.StopAfter {
			break
		}
	}
	if o.VerifyEach {
		return nil // done after the last one, too
	}
	if err := p.Verify(); err != nil {
		return fmt.Errorf("the passes leave a program that does not verify: %w", err)
	}
	return nil
}

func runPass(pass *Pass, p *Program, o Options) error {
	var before samples
	if o.Reevaluate {
		before = p.sampled(pass)
	}
	if o.Share != nil {
		o.Share(pass.Name, ir.Progress{})
		p.tell = func(now ir.Progress) { o.Share(pass.Name, now) }
	}
	err := pass.Run(p)
	p.tell = nil
	if err != nil {
		if isProblem(err) {
			return err
		}
		return fmt.Errorf("pass %s: %w", pass.Name, err)
	}
	p.Level = pass.To
	if o.VerifyEach {
		if err := p.Verify(); err != nil {
			return fmt.Errorf("pass %s leaves a program that does not verify: %w", pass.Name, err)
		}
	}
	if o.Reevaluate {
		if err := p.reevaluated(pass, before); err != nil {
			return fmt.Errorf("pass %s changes the meaning: %w", pass.Name, err)
		}
	}
	if o.PrintAfter[pass.Name] {
		if _, err := fmt.Fprintf(o.Print, "// after %s\n%s", pass.Name, p.Text()); err != nil {
			return err
		}
	}
	if o.Progress != nil {
		o.Progress(pass.Name, p)
	}
	return nil
}

func isProblem(err error) bool {
	var one *ir.Problem
	var several ir.Problems
	return errors.As(err, &one) || errors.As(err, &several)
}

// Verify checks a program at its level.
func (p *Program) Verify() error {
	switch p.Level {
	case ir.LevelSpec:
		return spec.Verify(p.Spec)
	case ir.LevelSteps:
		return steps.Verify(p.Steps)
	case ir.LevelPWL:
		return pwl.Verify(p.PWL)
	default:
		return datapath.Verify(p.Design)
	}
}

// Text is a program at its level.
func (p *Program) Text() string {
	switch p.Level {
	case ir.LevelSpec:
		return spec.Print(p.Spec)
	case ir.LevelSteps:
		return steps.Print(p.Steps)
	case ir.LevelPWL:
		return pwl.Print(p.PWL)
	default:
		return datapath.Print(p.Design)
	}
}
