package conformance

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/targets"
	"grauc/compile"
	"grauc/passes"
	"grauc/report"
)

// program is a built .grau file.
type program struct {
	*passes.Program
	name   string
	dir    string // of the outputs
	report *report.Report
}

func (p *program) path(elements ...string) string {
	return filepath.Join(append([]string{p.dir}, elements...)...)
}

// built keeps the programs, which several tests share.
var built struct {
	once     sync.Once
	dir      string
	programs []*program
	err      error
}

func TestMain(m *testing.M) {
	status := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(status)
}

// programs are the examples, the samples, and what else is worth the trouble.
func programs(t *testing.T) []*program {
	t.Helper()
	built.once.Do(func() {
		built.dir, built.err = os.MkdirTemp("", "grauc-conformance-")
		if built.err == nil {
			built.programs, built.err = buildAll(built.dir)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.programs
}

func buildAll(dir string) ([]*program, error) {
	sources, err := filepath.Glob("../examples/*.grau")
	if err != nil {
		return nil, err
	}
	more, err := filepath.Glob("testdata/*.grau")
	if err != nil {
		return nil, err
	}
	tfc, err := madeUpTFC(filepath.Join(dir, "src"))
	if err != nil {
		return nil, err
	}
	var all []*program
	for _, s := range append(append(sources, more...), tfc) {
		p, err := build(s, filepath.Join(dir, strings.TrimSuffix(filepath.Base(s), ".grau")))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s, err)
		}
		if len(p.PWL.Layers) > 0 { // not a library
			all = append(all, p)
		}
	}
	return all, nil
}

func build(source, dir string) (*program, error) {
	d := &compile.Driver{}
	o, err := d.Build([]string{source}, targets.BuiltIn)
	if err == nil {
		err = d.Write(o, dir)
	}
	if err != nil {
		for _, x := range d.Diagnostics {
			err = errors.Join(err, errors.New(x.String()))
		}
		return nil, err
	}
	p := o.Programs[0]
	return &program{Program: p, name: p.PWL.Name, dir: dir, report: o.Report}, nil
}

// madeUpTFC is the three-layer network of testdata/tfc.grau with parameters made
// up: the shape of learned ones, some gains negative.
func madeUpTFC(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	text, err := os.ReadFile("../testdata/tfc.grau")
	if err != nil {
		return "", err
	}
	random := rand.New(rand.NewPCG(1, 2))
	column := func(mean, spread float64) string {
		var values []string
		for range 64 {
			values = append(values, fmt.Sprintf("%.6f", mean+spread*random.NormFloat64()))
		}
		return "[" + strings.Join(values, ", ") + "]"
	}
	positive := func(low, high float64) string {
		var values []string
		for range 64 {
			values = append(values, fmt.Sprintf("%.6f", low+(high-low)*random.Float64()))
		}
		return "[" + strings.Join(values, ", ") + "]"
	}
	for i := range 3 {
		data := fmt.Sprintf("{\"gamma\": %s,\n\"beta\": %s,\n\"mean\": %s,\n\"var\": %s}\n",
			column(1, 0.8), column(0, 0.5), column(0, 60), positive(200, 9000))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("tfc%d.json", i)), []byte(data), 0o666); err != nil {
			return "", err
		}
	}
	path := filepath.Join(dir, "tfc.grau")
	return path, os.WriteFile(path, text, 0o666)
}

// learnedTFC builds the learned network where GRAUC_LEARNED names its .grau file: its
// numbers are no part of the project, whose own tfc has the same shape with made-up ones.
func learnedTFC(t *testing.T) *program {
	t.Helper()
	path := os.Getenv("GRAUC_LEARNED")
	if path == "" {
		t.Skip("GRAUC_LEARNED does not say where the learned network is")
	}
	p, err := build(path, filepath.Join(t.TempDir(), "tfc"))
	require.NoError(t, err)
	return p
}
