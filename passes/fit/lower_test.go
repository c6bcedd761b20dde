package fit

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// layerOf wraps functions of one format in a layer.
func layerOf(name string, shape ir.Shape, maxError int64, functions ...*steps.Function) *steps.Layer {
	l := &steps.Layer{Channels: functions}
	l.Name, l.Shape, l.Options = name, shape, ir.Options{MaxError: maxError}
	l.Source = ir.Source{File: "test.grau", Line: 3, Column: 7, Length: len(name)}
	l.Input, l.Output = ir.Plain(functions[0].Input), ir.Plain(functions[0].Output)
	if len(functions) > 1 {
		l.Channels, l.Layer.Channels = functions, len(functions)
	}
	return l
}

func moduleOf(layers ...*steps.Layer) *steps.Module {
	return &steps.Module{Head: ir.Head{Name: "test"}, Layers: layers}
}

func exampleOf(name string, width, outWidth int) *steps.Function {
	for _, e := range examples {
		if e.name == name {
			return e.golden(width, outWidth)
		}
	}
	panic(name)
}

var edge = ir.Shape{Segments: 8, Terms: 2, MinShift: 0, MaxShift: 24, Guard: 2}

func TestLowerVerifies(t *testing.T) {
	var layers []*steps.Layer
	for i, e := range examples {
		shape, width := edge, 16
		if i%2 == 0 {
			shape, width = ir.Shape{Segments: 6, Terms: 1, MaxShift: 22}, 24
		}
		layers = append(layers, layerOf(e.name, shape, -1, e.golden(width, 8)))
	}
	m, err := Lower(moduleOf(layers...))
	require.NoError(t, err)
	require.NoError(t, pwl.Verify(m))
	for _, l := range m.Layers {
		e := l.Channels[0].Error
		t.Logf("%s: %d segments, max %d at %d, %.1f%% exact", l.Name, len(l.Channels[0].Function.Segments), e.Max, e.At, 100*float64(e.Exact)/float64(e.Inputs))
	}
}

func TestLowerMatchesBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 100 {
		golden, shape := randomCase(r)
		b := &brute{golden: golden, shape: shape, combine: larger}
		b.cost = b.distance
		least := b.least()
		wish := r.Int64N(least[0]+2) - 1
		l := layerOf("l", shape, wish, golden)
		l.Options.Implement = ir.PWL
		m, err := Lower(moduleOf(l))
		if wish >= 0 && wish < least[len(least)-1] {
			var problems ir.Problems
			if !errors.As(err, &problems) || problems[0].Code != "fit-budget" || problems[0].At != l.Source {
				t.Fatalf("case %d: max_error = %d below %d gives %v", i, wish, least[len(least)-1], err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		if err := pwl.Verify(m); err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		fewest := len(least)
		for k := len(least); wish >= 0 && k > 0 && least[k-1] <= wish; k-- {
			fewest = k
		}
		c := m.Layers[0].Channels[0]
		checkTies(t, b, fewest, c)
		if c.Error.Max != least[fewest-1] || len(c.Function.Segments) > fewest {
			t.Fatalf("case %d: max_error = %d: %d segments with error %d, brute force has %d with %d",
				i, wish, len(c.Function.Segments), c.Error.Max, fewest, least[fewest-1])
		}
	}
}

// checkTies holds the squares, and what is said of them, against the best that any fit of
// so many segments and the same maximum error has.
func checkTies(t *testing.T, b *brute, segments int, c *pwl.Channel) {
	t.Helper()
	b.combine = sum
	b.cost = func(x, y int64) int64 {
		d := b.distance(x, y)
		if d > c.Error.Max {
			return never
		}
		return d * d
	}
	want := b.least()[segments-1]
	require.Equal(t, c.Error.Squares.Int64(), c.Squares.Sum)
	require.LessOrEqual(t, want, c.Squares.Sum)
	require.LessOrEqual(t, c.Squares.Bound, want, "%+v with %+v", c.Golden, b.shape)
}

func TestLowerIsDeterministic(t *testing.T) {
	var functions []*steps.Function
	for _, outWidth := range []int{4, 5, 6, 7, 8} {
		functions = append(functions, &steps.Function{
			Input: ir.Integer{Width: 16, Signed: true}, Output: ir.Integer{Width: 8},
			Runs: exampleOf("silu", 16, outWidth).Runs,
		})
	}
	functions = append(functions, functions[0], functions[3])
	squares := layerOf("c", ir.Shape{Segments: 6, Terms: 1, MaxShift: 22}, -1, exampleOf("tanh", 16, 8), exampleOf("elu", 16, 8))
	squares.Options.Fit = ir.RMSE
	m := moduleOf(layerOf("a", edge, -1, functions...), layerOf("b", edge, -1, exampleOf("gelu", 16, 8)), squares)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one, err := Lower(m)
	require.NoError(t, err)
	runtime.GOMAXPROCS(4)
	four, err := Lower(m)
	require.NoError(t, err)
	if !reflect.DeepEqual(one, four) {
		t.Error("one core and four differ")
	}
	var last ir.Progress
	stages := map[string]bool{}
	telling, err := LowerTelling(m, func(p ir.Progress) {
		if last.Done > p.Done || p.Done > last.Done+1 || p.Total != 8 {
			t.Errorf("%v after %v", p, last)
		}
		last = p
		stages[p.Stage] = true
	})
	require.NoError(t, err)
	require.Equal(t, ir.Progress{Done: 8, Total: 8}, last)
	require.Contains(t, stages, atError)
	if !reflect.DeepEqual(one, telling) {
		t.Error("fits depend on whether somebody is told of them")
	}
	a := one.Layer("a").Channels
	if a[0].Function != a[5].Function || a[0].Function == a[1].Function {
		t.Error("equal channels should share a fit, different ones not")
	}
}

func TestChoice(t *testing.T) {
	few := &steps.Function{
		Input: ir.Integer{Width: 24, Signed: true}, Output: ir.Integer{Width: 2},
		Runs: []steps.Run{{Start: -1 << 23, Value: 0}, {Start: 5, Value: 1}, {Start: 9, Value: 3}},
	}
	many := exampleOf("silu", 16, 8)
	wants := func(golden *steps.Function, edit func(l *steps.Layer)) *steps.Layer {
		l := layerOf("l", edge, -1, golden)
		edit(l)
		return l
	}
	for _, c := range []struct {
		name  string
		layer *steps.Layer
		how   ir.Implement
		why   string // or the code of the problem
	}{
		{"open", wants(many, func(*steps.Layer) {}), ir.PWL, "not weighed against other ways yet"},
		{"on a unit", wants(few, func(l *steps.Layer) { l.Unit = "edge" }), ir.PWL, "unit edge holds segments"},
		{"stated", wants(few, func(l *steps.Layer) { l.Options.Implement = ir.PWL }), ir.PWL, "the layer says implement = pwl"},
		{"table", wants(many, func(l *steps.Layer) { l.Options.Implement = ir.Table }), ir.Table, "the layer says implement = table"},
		{"wide table", wants(few, func(l *steps.Layer) { l.Options.Implement = ir.Table }), ir.Auto, "fit-table"},
		{"unit table", wants(few, func(l *steps.Layer) { l.Unit, l.Options.Implement = "edge", ir.Table }), ir.Auto, "fit-unit"},
		{"terms", wants(few, func(l *steps.Layer) { l.Shape.Terms = 4 }), ir.Auto, "fit-terms"},
	} {
		in := moduleOf(c.layer)
		in.Units = []*ir.Unit{{Name: "edge", Input: c.layer.Input.Integer, Output: c.layer.Output.Integer, Shape: c.layer.Shape}}
		m, err := Lower(in)
		if c.how == ir.Auto {
			var problems ir.Problems
			if !errors.As(err, &problems) || problems[0].Code != c.why {
				t.Errorf("%s: %v, not %s", c.name, err, c.why)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		l := m.Layers[0]
		if l.Implement != c.how || !strings.HasSuffix(l.Why, c.why) {
			t.Errorf("%s: %s because %q, not %s because %q", c.name, l.Implement, l.Why, c.how, c.why)
		}
		if (l.Channels[0].Function != nil) != (c.how == ir.PWL) || (l.Channels[0].Steps != nil) == (c.how == ir.PWL) {
			t.Errorf("%s: %+v", c.name, l.Channels[0])
		}
	}
}

// On a unit that counts thresholds a layer is exact, or refused where it falls.
func TestUnitOfThresholds(t *testing.T) {
	rises := exampleOf("sigmoid", 12, 4)
	layer := layerOf("l", ir.Shape{}, -1, rises)
	layer.Unit = "count"
	m := moduleOf(layer)
	m.Units = []*ir.Unit{{Name: "count", Input: rises.Input, Output: rises.Output, Implement: ir.Thresholds}}
	out, err := Lower(m)
	require.NoError(t, err)
	require.Equal(t, ir.Thresholds, out.Layers[0].Implement)
	require.Equal(t, "unit count counts thresholds", out.Layers[0].Why)
	require.Same(t, rises, out.Layers[0].Channels[0].Steps)

	layer.Channels[0] = exampleOf("silu", 12, 4)
	_, err = Lower(m)
	var problems ir.Problems
	require.ErrorAs(t, err, &problems)
	require.Equal(t, "fit-rising", problems[0].Code)
	require.ErrorContains(t, err, "and falls at input -1288")

	falls := exampleOf("sigmoid", 12, 4)
	falls.Fall()
	layer.Channels[0] = falls
	_, err = Lower(m)
	require.ErrorContains(t, err, "unit count counts up")
	m.Units[0].Monotonic = ir.Either
	out, err = Lower(m)
	require.NoError(t, err)
	require.Same(t, falls, out.Layers[0].Channels[0].Steps)
}

// The advice of a refusal holds: each of the changes it names reaches the error.
func TestAdviceHolds(t *testing.T) {
	golden := exampleOf("sigmoid", 16, 8)
	shape := ir.Shape{Segments: 6, Terms: 1, MaxShift: 15}
	_, err := Lower(moduleOf(layerOf("gate", shape, 1, golden)))
	var problems ir.Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Fatal(err)
	}
	p := problems[0]
	t.Logf("%s\n%v\n%s", p.Message, p.Notes, p.Help)
	fs := new(families)
	least := fs.leastError(golden, shape, golden.Input)
	reaches := func(shape ir.Shape, maxError int64) bool {
		f := newFitter(golden, shape.Guard, fs.get(shape, golden.Input))
		pieces, _ := f.minMax(shape.Segments, maxError, objective{}, int64(golden.Input.Count()), 0)
		return pieces != nil
	}
	if !strings.HasPrefix(p.Message, `layer "gate" cannot keep max_error = 1: with 6 segments of 1 term`) {
		t.Error(p.Message)
	}
	if !reaches(shape, least) || reaches(shape, least-1) {
		t.Errorf("%d is not the least error", least)
	}
	helps, _ := fs.alternatives(golden, shape, golden.Input, 1, least)
	more := shape
	for more.Segments = shape.Segments + 1; !reaches(more, 1); {
		more.Segments++
	}
	if want := ir.Plural(more.Segments, "segment"); !strings.Contains(helps[0], strings.TrimSuffix(want, " segments")) {
		t.Errorf("%v, but it takes %s", helps, want)
	}
}

func TestLeastSquaresOfLayers(t *testing.T) {
	golden := exampleOf("silu", 16, 8)
	shape := ir.Shape{Segments: 6, Terms: 2, MaxShift: 15}
	fit := func(edit func(l *steps.Layer)) *pwl.Channel {
		l := layerOf("l", shape, -1, golden)
		l.Input.Scale = big.NewRat(1, 4096)
		l.Options.Fit = ir.RMSE
		edit(l)
		m, err := Lower(moduleOf(l))
		require.NoError(t, err)
		require.NoError(t, pwl.Verify(m))
		return m.Layers[0].Channels[0]
	}
	least := fit(func(l *steps.Layer) { l.Options.Fit = ir.MinMax })
	plain := fit(func(*steps.Layer) {})
	capped := fit(func(l *steps.Layer) { l.Options.MaxError = least.Error.Max })
	weighed := fit(func(l *steps.Layer) {
		l.Options.Weight = &ir.Weight{Mean: new(big.Rat), Stddev: big.NewRat(1, 2)}
	})
	for _, c := range []*pwl.Channel{plain, capped, weighed} {
		if c.Squares.Sum != c.Squares.Bound {
			t.Errorf("not proved: %+v", c.Squares)
		}
	}
	if plain.Squares.Sum > capped.Squares.Sum || capped.Squares.Sum > least.Error.Squares.Int64() ||
		capped.Error.Max != least.Error.Max || weighed.Error.Squares.Int64() <= plain.Squares.Sum {
		t.Errorf("plain %+v, capped %+v, weighed %+v, least %+v", plain.Error, capped.Error, weighed.Error, least.Error)
	}
	l := layerOf("l", shape, least.Error.Max-1, golden)
	l.Options.Fit = ir.RMSE
	var problems ir.Problems
	if _, err := Lower(moduleOf(l)); !errors.As(err, &problems) || problems[0].Code != "fit-budget" {
		t.Errorf("%v", err)
	}
	l.Options.Weight = &ir.Weight{Mean: big.NewRat(1<<30, 1), Stddev: big.NewRat(1, 2)}
	if _, err := Lower(moduleOf(l)); !errors.As(err, &problems) || problems[0].Code != "fit-weight" {
		t.Errorf("%v", err)
	}
}

// Constants far out and a line up cost little: a fit of least maximum error must not
// lose their exact outputs. With 20 bits in and steps of 1/16 out, the best fit of so
// few single shifts is off by 1 near zero only.
func TestExactPlateaus(t *testing.T) {
	in, out := ir.Integer{Width: 20, Signed: true}, ir.Integer{Width: 8, Signed: true}
	golden := exampleSteps(in, out, func(x int64) float64 {
		real := math.Ldexp(float64(x), -12)
		return real * sigmoid(real) * 16
	})
	shape := ir.Shape{Segments: 6, Terms: 1, MaxShift: 15}
	m, err := Lower(moduleOf(layerOf("silu", shape, -1, golden)))
	require.NoError(t, err)
	e := m.Layers[0].Channels[0].Error
	if share := float64(e.Exact) / float64(e.Inputs); e.Max != 1 || share < 0.97 {
		t.Errorf("maximum error %d, %.4f exact", e.Max, share)
	}
}

// With terms that are only added, slopes do not come in pairs: the bound was once found
// with slopes that fall.
func TestLeastSquaresOfOneSign(t *testing.T) {
	golden := &steps.Function{
		Input: ir.Integer{Width: 5, Signed: true}, Output: ir.Integer{Width: 4, Signed: true},
		Runs: []steps.Run{
			{Start: -16, Value: -3}, {Start: -12, Value: -1}, {Start: -11, Value: 0}, {Start: -9, Value: -1},
			{Start: -8, Value: -2}, {Start: -5, Value: 0}, {Start: -2, Value: 1}, {Start: 10, Value: 2},
		},
	}
	l := layerOf("l", ir.Shape{Segments: 4, Terms: 2, MaxShift: 4, Guard: 1, Signs: ir.PlusOnly}, -1, golden)
	l.Options.Fit, l.Options.Implement = ir.RMSE, ir.PWL
	m, err := Lower(moduleOf(l))
	require.NoError(t, err)
	squares := m.Layers[0].Channels[0].Squares
	require.LessOrEqual(t, squares.Bound, int64(5), "-6, then 11 + x>>1 from -12, -4 from -9, and 2 + x>>3 from -5, have 5")
	require.Equal(t, squares.Bound, squares.Sum)
}

// Squares of 2^32 inputs that are off by half of 2^16 codes do not fit a sum: such a fit
// states none.
func TestHopelessShapes(t *testing.T) {
	golden := &steps.Function{
		Input: ir.Integer{Width: 32, Signed: true}, Output: ir.Integer{Width: 16},
		Runs: []steps.Run{{Start: -1 << 31, Value: 0}, {Start: -7, Value: 65535}, {Start: 1 << 30, Value: 0}},
	}
	m, err := Lower(moduleOf(layerOf("l", ir.Shape{Segments: 1, Terms: 1, MinShift: 30, MaxShift: 31}, -1, golden)))
	require.NoError(t, err)
	require.NoError(t, pwl.Verify(m))
	c := m.Layers[0].Channels[0]
	require.Equal(t, int64(32768), c.Error.Max)
	require.Nil(t, c.Squares)
}

// An input of few codes has fewer than the points that a function is sampled at.
func TestExamplesOfNarrowInputs(t *testing.T) {
	for _, e := range examples {
		golden := e.golden(5, 8)
		require.Equal(t, int64(-16), golden.Runs[0].Start)
		require.Equal(t, golden.Eval(15), e.golden(16, 8).Eval(15<<11))
	}
}
