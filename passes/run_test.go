package passes

import (
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/spec"
)

// relu is a program of two layers, one on a unit.
func relu() *Program {
	m := &spec.Module{Head: ir.Head{Name: "relu"}}
	m.Units = []*ir.Unit{{
		Name: "u", Channels: 1, Shape: ir.Shape{Segments: 4, Terms: 1, MaxShift: 7, Guard: 1},
		Input: ir.Integer{Width: 10, Signed: true}, Output: ir.Integer{Width: 6},
	}}
	for _, unit := range []string{"u", ""} {
		l := &spec.Layer{Layer: ir.Layer{
			Name: "f" + unit, Function: "max(x, 0)", Unit: unit, Shape: m.Units[0].Shape,
			Input:   ir.Plain(ir.Integer{Width: 10, Signed: true}),
			Output:  ir.Plain(ir.Integer{Width: 6}),
			Options: ir.Options{MaxError: -1, Implement: ir.PWL},
		}}
		l.Output.Scale = big.NewRat(8, 1)
		l.Body = &spec.Op{Name: "max", Args: []spec.Expr{spec.X{}, spec.Number{Value: new(big.Rat)}}}
		m.Layers = append(m.Layers, l)
	}
	return &Program{Spec: m}
}

func TestRunGoesAllTheWayDown(t *testing.T) {
	var ran []string
	p := relu()
	err := Run(p, ir.LevelDatapath, Options{VerifyEach: true, Reevaluate: true, Progress: func(pass string, _ *Program) { ran = append(ran, pass) }})
	require.NoError(t, err)
	if p.Level != ir.LevelDatapath || len(ran) != len(Table) {
		t.Errorf("at %v after %v", p.Level, ran)
	}
}

// What is chosen may be nearer to golden than the segments there were before.
func TestReevaluationLetsAnExactFormBeChosen(t *testing.T) {
	p := relu()
	open := p.Spec.Layers[1]
	open.Shape.Segments, open.Shape.MinShift, open.Output = 1, 3, ir.Plain(ir.Integer{Width: 1})
	open.Options.Implement = ir.Auto
	before := int64(0)
	err := Run(p, ir.LevelDatapath, Options{Reevaluate: true, Progress: func(pass string, p *Program) {
		if pass == "fit" {
			before = p.PWL.Layers[1].Total().Max
		}
	}})
	require.NoError(t, err)
	require.Positive(t, before)
	require.Zero(t, p.PWL.Layers[1].Total().Max)
}

func TestRunTellsShares(t *testing.T) {
	last := map[string][2]int{}
	err := Run(relu(), ir.LevelDatapath, Options{Share: func(pass string, p ir.Progress) { last[pass] = [2]int{p.Done, p.Total} }})
	require.NoError(t, err)
	for _, pass := range []string{"golden", "fit"} { // both layers are alike
		if last[pass] != [2]int{1, 1} {
			t.Errorf("%s: %v functions are done at last", pass, last[pass])
		}
	}
}

func TestRunStopsAndPrints(t *testing.T) {
	p := relu()
	var text strings.Builder
	err := Run(p, ir.LevelDatapath, Options{StopAfter: "fit", PrintAfter: map[string]bool{"golden": true, "fit": true}, Print: &text})
	require.NoError(t, err)
	if p.Level != ir.LevelPWL || p.Design != nil {
		t.Errorf("it stopped at %v", p.Level)
	}
	for _, want := range []string{"// after golden\ngrauc.steps", "// after fit\ngrauc.pwl"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q was not printed", want)
		}
	}
	if err := Run(p, ir.LevelDatapath, Options{VerifyEach: true, Reevaluate: true}); err != nil || p.Level != ir.LevelDatapath {
		t.Errorf("it went on to %v: %v", p.Level, err)
	}
	if err := Run(p, ir.LevelDatapath, Options{StopAfter: "nothing"}); err == nil {
		t.Error("an unknown pass was accepted")
	}
}

func TestTableKeepsItsOrder(t *testing.T) {
	require.NoError(t, checkTable(Table))
	for i := range Table {
		for _, o := range Table[i].After {
			if o.Why == "" {
				t.Errorf("pass %s does not say why it comes after %s", Table[i].Name, o.Pass)
			}
			if err := checkTable(without(o.Pass)); err == nil || !strings.Contains(err.Error(), o.Why) && Table[i].From == ir.LevelDatapath && !required(o.Pass) {
				t.Errorf("pass %s ran without %s: %v", Table[i].Name, o.Pass, err)
			}
		}
	}
	if err := checkTable(append(slices.Clone(Table), Table[len(Table)-1])); err == nil {
		t.Error("a pass may be there twice")
	}
}

func without(name string) []Pass {
	return slices.DeleteFunc(slices.Clone(Table), func(p Pass) bool { return p.Name == name })
}

func required(name string) bool {
	p, ok := Find(name)
	return ok && p.Required
}

// breaking is a table whose last pass does harm to the datapath.
func breaking(harm func(*datapath.Design) error) []Pass {
	return append(slices.Clone(Table), Pass{
		Name: "harm", From: ir.LevelDatapath, To: ir.LevelDatapath,
		Run: func(p *Program) error { return harm(p.Design) },
	})
}

func TestTheCulpritIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		harm    func(*datapath.Design) error
		options Options
	}{
		"it fails":                      {func(*datapath.Design) error { return errors.New("no") }, Options{}},
		"its result is malformed":       {malformed, Options{VerifyEach: true}},
		"a kernel means something else": {func(d *datapath.Design) error { return invert(d.Layers[0].Kernel) }, Options{Reevaluate: true}},
		"hardware means something else": {func(d *datapath.Design) error { return invert(d.Layers[1].Hardware) }, Options{Reevaluate: true}},
		"a unit means something else":   {func(d *datapath.Design) error { return invert(d.Hardware[0].Module) }, Options{Reevaluate: true}},
	} {
		err := runTable(breaking(c.harm), relu(), ir.LevelDatapath, c.options)
		if err == nil || !strings.Contains(err.Error(), "pass harm") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := runTable(breaking(malformed), relu(), ir.LevelDatapath, Options{}); err == nil {
		t.Error("a malformed result was handed on")
	}
}

func malformed(d *datapath.Design) error {
	d.Layers[0].Kernel.Outputs[0].Value = -1
	return nil
}

// invert complements the output y.
func invert(m *datapath.Module) error {
	a := datapath.Author{M: m}
	for i := range m.Outputs {
		if m.Outputs[i].Name == "y" {
			m.Outputs[i].Value = a.Not(m.Outputs[i].Value)
		}
	}
	return nil
}

func TestProblemsArriveAsTheyAre(t *testing.T) {
	problem := &ir.Problem{Code: "some-code", Message: "some message"}
	err := runTable(breaking(func(*datapath.Design) error { return problem }), relu(), ir.LevelDatapath, Options{})
	if err != error(problem) {
		t.Errorf("it became %v", err)
	}
}
