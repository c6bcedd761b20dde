package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang/check"
)

// module checks a program that must have no faults. Files are given as an
// overlay, the program itself as main.grau.
func module(t *testing.T, files map[string]string) *spec.Module {
	t.Helper()
	r := check.LoadOverlay("main.grau", files)
	for _, d := range r.Diagnostics {
		t.Error(d)
	}
	if r.Module == nil {
		t.FailNow()
	}
	return r.Module
}

func single(t *testing.T, text string) *spec.Module {
	t.Helper()
	return module(t, map[string]string{"main.grau": text})
}

func functionNames(m *spec.Module) string {
	var names []string
	for _, f := range m.Funcs {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func TestShapeDefaults(t *testing.T) {
	for text, want := range map[string]ir.Shape{
		"layer l : int16 -> int8 = x":                                                                          {Segments: 8, Terms: 2, MinShift: -8, MaxShift: 17, Guard: 2},
		"layer l : int16 -> int5 = x":                                                                          {Segments: 8, Terms: 2, MinShift: -5, MaxShift: 17, Guard: 2},
		"layer l : uint11 -> uint4 = x":                                                                        {Segments: 4, Terms: 1, MinShift: -4, MaxShift: 10},
		"layer l : uint1 -> uint8 = x":                                                                         {Segments: 2, Terms: 2, MinShift: -8, MaxShift: 2, Guard: 2},
		"layer l : int16 -> int8 = x { slopes = pot guard = 0 }":                                               {Segments: 8, Terms: 1, MinShift: -8, MaxShift: 15},
		"layer l : int16 -> int2 = x { slopes = apot(terms = 3) }":                                             {Segments: 4, Terms: 3, MinShift: -2, MaxShift: 15},
		"layer l : int16 -> int8 = x { style = serial }":                                                       {Segments: 8, Terms: 2, MinShift: -8, MaxShift: 17, Guard: 2, Style: ir.Serial},
		"layer l : int16 -> int8 = x { shifter = barrel }":                                                     {Segments: 8, Terms: 2, MinShift: -8, MaxShift: 17, Guard: 2, Shifter: ir.Barrel},
		"layer l : int16 -> int2 = x { slopes = apot(2, -3..2^3) }":                                            {Segments: 4, Terms: 2, MinShift: -3, MaxShift: 8},
		"unit u { input = int24 output = int8 slopes = pot(shifts = 0..15) } layer l : int16 -> int2 = x on u": {Segments: 8, Terms: 1, MaxShift: 15, Guard: 2},
	} {
		if got := single(t, text).Layers[0].Shape; got != want {
			t.Errorf("%s\nhas %+v\nnot %+v", text, got, want)
		}
	}
}

func TestFormats(t *testing.T) {
	m := single(t, `quant wide = int24 scale 2^-14 zero 1/2 round floor
quant same = wide scale 0.05
layer a : wide -> int8 narrow scale (1 + 1/3) / 2^2 zero -10 round half_up = x
layer b : same -> uint1 = x`)
	a, b := m.Layers[0], m.Layers[1]
	for got, want := range map[string]string{
		a.Input.String():  "int24 scale 1/16384 zero 1/2 round floor",
		a.Output.String(): "int8 narrow scale 1/3 zero -10 round half_up",
		b.Input.String():  "int24 scale 1/20 zero 1/2 round floor",
		b.Output.String(): "uint1",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestOptions(t *testing.T) {
	m := single(t, `/// What it is for.
layer l : int8 -> int8 =
	max(x, // the input
	    0) { max_error = 1 fit = rmse weight = normal(0, stddev = 1/2) range = -4..2^2 implement = table }
layer plain : int8 -> int8 = x`)
	l, o := m.Layers[0], m.Layers[0].Options
	if l.Doc != "What it is for." || l.Function != "max(x, 0)" {
		t.Errorf("doc %q, function %q", l.Doc, l.Function)
	}
	if o.MaxError != 1 || o.Fit != ir.RMSE || o.Implement != ir.Table {
		t.Errorf("%+v", o)
	}
	if o.Weight.Mean.RatString() != "0" || o.Weight.Stddev.RatString() != "1/2" {
		t.Errorf("weight %v", o.Weight)
	}
	if o.Range.Low.RatString() != "-4" || o.Range.High.RatString() != "4" {
		t.Errorf("range %v", o.Range)
	}
	if p := m.Layers[1].Options; p != (ir.Options{MaxError: -1, AnyShape: true}) {
		t.Errorf("options left out are %+v", p)
	}
}

func TestFunctionsInOrder(t *testing.T) {
	m := single(t, `fn last(x) = middle(x) + relu(x)
fn unused(x) = x
fn middle(x, a = first(2)) = a * x
fn first(x) = x
layer l : int8 -> int8 = last(x)`)
	if got, want := functionNames(m), "first middle relu last"; got != want {
		t.Errorf("functions %q, want %q", got, want)
	}
}

func TestDefaultsAreFilledIn(t *testing.T) {
	m := single(t, `fn line(x, slope = 2, offset = 1/2) = slope * x + offset
layer l : int8 -> int8 = line(x, offset = 3)`)
	call := m.Layers[0].Body.(*spec.Call)
	if len(call.Args) != 3 {
		t.Fatalf("%d arguments", len(call.Args))
	}
	slope, offset := call.Args[1].(spec.Number), call.Args[2].(spec.Number)
	if slope.Value.RatString() != "2" || offset.Value.RatString() != "3" {
		t.Errorf("slope %v, offset %v", slope.Value, offset.Value)
	}
}

// A program's own function hides the library's and even a primitive, but the
// library goes on calling its own.
func TestHiding(t *testing.T) {
	m := single(t, `fn elu(x, alpha = 5) = alpha
fn exp(x) = x
layer own : int8 -> int8 = elu(x) + exp(x)
layer library : int8 -> int8 = selu(x)`)
	if got, want := functionNames(m), "elu exp_2 elu_2 selu"; got != want {
		t.Errorf("functions %q, want %q", got, want)
	}
	for layer, x := range map[string]int64{"own": 7, "library": 7} {
		want := map[string]int64{"own": 12, "library": 7}[layer]
		if got, err := m.Eval(m.Layer(layer), 0, x); err != nil || got != want {
			t.Errorf("%s(%d) is %d, %v, not %d", layer, x, got, err, want)
		}
	}
}

func TestUse(t *testing.T) {
	m := module(t, map[string]string{
		"main.grau": `use "left.grau" use "sub/right.grau" use "base.grau"
layer l : q -> q = left(x) + right(x) on u`,
		"left.grau":      "use \"base.grau\" fn left(x) = base(x)\nfn relu(x) = -x\nlayer l : q -> q = x",
		"sub/right.grau": "use \"same.grau\" fn right(x) = relu(x)",
		"base.grau":      "quant q = int8 fn base(x) = x unit u { input = int8 output = int8 } unit idle { input = int8 output = int8 }",
		"sub/same.grau":  "fn same(x) = x",
	})
	if got, want := functionNames(m), "base left relu right"; got != want {
		t.Errorf("functions %q, want %q", got, want)
	}
	var files []string
	for _, f := range m.Files {
		files = append(files, f.Path)
	}
	if got, want := strings.Join(files, " "), "main.grau left.grau base.grau sub/right.grau sub/same.grau"; got != want {
		t.Errorf("files %q, want %q", got, want)
	}
	if len(m.Layers) != 1 || len(m.Units) != 1 || m.Units[0].Name != "u" {
		t.Errorf("%d layers, units %v", len(m.Layers), m.Units)
	}
	if m.Files[0].SHA256 == m.Files[1].SHA256 || len(m.Files[0].SHA256) != 64 {
		t.Error("the hashes are not the files'")
	}
}

func TestFilesOnDisk(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "sub/main.grau", "use \"twin.grau\" use \"link.grau\" data d = \"inner/d.json\"\nlayer l[2] : int8 -> int8 = twin(x) * d.a[1 - c]")
	write(t, "sub/twin.grau", "fn twin(x) = x")
	write(t, "sub/inner/d.json", "\ufeff{\"a\": [0.1, -25e-1], \"b\": []}")
	require.NoError(t, os.Symlink("twin.grau", "sub/link.grau"))
	r := check.Load(filepath.Join("sub", "main.grau"))
	if r.Module == nil {
		t.Fatal(r.Diagnostics)
	}
	values := r.Module.Array("d", "a")
	if len(values) != 2 || values[0].RatString() != "1/10" || values[1].RatString() != "-5/2" {
		t.Errorf("values %v", values)
	}
	if got, err := r.Module.Eval(r.Module.Layers[0], 0, 4); err != nil || got != -10 {
		t.Errorf("channel 0 of 4 is %d, %v", got, err)
	}
	if r.Module.Name != "main" || len(r.Module.Files) != 3 {
		t.Errorf("name %s, files %v", r.Module.Name, r.Module.Files)
	}
}

// The main file may be anything the caller names; what is not a program's text is
// a diagnostic.
func TestMainFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "huge.grau", "")
	require.NoError(t, os.Truncate("huge.grau", 100<<20))
	for path, code := range map[string]string{
		"missing.grau": "file-missing", ".": "file-kind", "/dev/zero": "file-kind", "huge.grau": "file-size", "": "file-missing",
	} {
		r := check.Load(path)
		if r.Module != nil || len(r.Diagnostics) != 1 || r.Diagnostics[0].Code != code {
			t.Errorf("%q: %v", path, r.Diagnostics)
		}
	}
	write(t, "empty.grau", "")
	if r := check.Load("empty.grau"); r.Module == nil || len(r.Diagnostics) > 0 {
		t.Errorf("an empty program: %v", r.Diagnostics)
	}
}

// The examples have no faults.
func TestExamples(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*.grau")
	if err != nil || len(examples) == 0 {
		t.Fatal("no examples", err)
	}
	for _, name := range examples {
		r := check.Load(name)
		for _, d := range r.Diagnostics {
			t.Error(d)
		}
		if r.Module == nil {
			t.Errorf("%s has no module", name)
			continue
		}
		if err := spec.Verify(r.Module); err != nil {
			t.Error(err)
		}
	}
}

// FuzzLoad looks for programs that make the checker panic, or come out with
// errors and a module, or without either.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		"quant a = int8 scale 1/16 layer l[3] : a -> uint4 = silu(c * x) { range = -1..1 segments = 3 }",
		"fn f(x, a = g(1)) = a fn g(x) = f(x) unit u { input = int8 output = int8 slopes = apot(shifts = 0..3) } layer l : int8 -> int8 = f(x) on u",
		"quant a = b narrow quant b = a layer l : a -> b = x", "use \"main.grau\" data d = \"d.json\" fn f(x) = d.a[0]",
	} {
		f.Add(text, "{\"a\": [1, 2e3]}")
	}
	f.Fuzz(func(t *testing.T, text, data string) {
		r := check.LoadOverlay("main.grau", map[string]string{"main.grau": text, "d.json": data})
		if (r.Module == nil) != (len(r.Diagnostics) > 0) {
			t.Errorf("module %v, diagnostics %v", r.Module, r.Diagnostics)
		}
		if r.Module != nil {
			if err := spec.Verify(r.Module); err != nil {
				t.Error(err)
			}
		}
	})
}
