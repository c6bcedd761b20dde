package passes

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/ir/steps"
	"grauc/ir/text"
)

var update = flag.Bool("update", false, "rewrite the golden outputs of the passes")

// testdata/PASS/CASE.gir is the input of a pass, CASE.golden what it makes of it: a
// program at its level, or a single module.
func TestPassesByExample(t *testing.T) {
	for i := range Table {
		pass := &Table[i]
		t.Run(pass.Name, func(t *testing.T) {
			cases, err := filepath.Glob(filepath.Join("testdata", pass.Name, "*.gir"))
			if err != nil || len(cases) == 0 {
				t.Fatalf("no examples of it: %v", err)
			}
			for _, file := range cases {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".gir"), func(t *testing.T) { runExample(t, pass, file) })
			}
		})
	}
}

func TestExamplesAreOfPasses(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*")
	require.NoError(t, err)
	for _, dir := range dirs {
		if _, ok := Find(filepath.Base(dir)); !ok {
			t.Errorf("%s: there is no such pass", dir)
		}
	}
}

func runExample(t *testing.T, pass *Pass, file string) {
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	p, print := program(t, string(src))
	if p.Level != pass.From {
		t.Fatalf("it is of level %v, the pass works on %v", p.Level, pass.From)
	}
	require.NoError(t, pass.Run(p))
	p.Level = pass.To
	golden := strings.TrimSuffix(file, ".gir") + ".golden"
	got, err := print(p)
	if err != nil {
		t.Error(err)
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// program reads and checks an example, and says how to print what becomes of it.
func program(t *testing.T, src string) (p *Program, print func(*Program) (string, error)) {
	t.Helper()
	level, err := text.Level(src)
	if err != nil {
		m, err := datapath.ParseModule(src)
		require.NoError(t, err)
		p, print = alone(m), printModule
	} else {
		p, print = parse(t, level, src), printProgram
	}
	if _, err := print(p); err != nil {
		t.Fatal(err)
	}
	return p, print
}

func parse(t *testing.T, level ir.Level, src string) *Program {
	t.Helper()
	p := &Program{Level: level}
	var err error
	switch level {
	case ir.LevelSpec:
		p.Spec, err = spec.Parse(src)
	case ir.LevelSteps:
		p.Steps, err = steps.Parse(src)
	case ir.LevelPWL:
		p.PWL, err = pwl.Parse(src)
	default:
		p.Design, err = datapath.Parse(src)
	}
	require.NoError(t, err)
	return p
}

func printProgram(p *Program) (string, error) { return p.Text(), p.Verify() }

func printModule(p *Program) (string, error) {
	m := p.Design.Hardware[0].Module
	return datapath.PrintModule(m), datapath.VerifyModule(m)
}
