package advise_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang/check"
	"grauc/passes"
	"grauc/passes/advise"
)

func load(t *testing.T, source string) *spec.Module {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.grau")
	require.NoError(t, os.WriteFile(name, []byte(source), 0o666))
	r := check.Load(name)
	require.NotNil(t, r.Module, "%s\n%v", source, r.Diagnostics)
	return r.Module
}

func fitted(t *testing.T, source string) *passes.Program {
	t.Helper()
	p := &passes.Program{Level: ir.LevelSpec, Spec: load(t, source)}
	require.NoError(t, passes.Run(p, ir.LevelPWL, passes.Options{}), source)
	return p
}

// settings are what a layer of the tests says.
type settings struct{ input, output, scale, body, slopes, guard, segments string }

func (s settings) source() string {
	return fmt.Sprintf("layer l : %s -> %s scale %s = %s { implement = pwl slopes = %s guard = %s segments = %s }",
		s.input, s.output, s.scale, s.body, s.slopes, s.guard, s.segments)
}

// changed are the settings after a change as it is told.
func (s settings) changed(t *testing.T, change string) settings {
	t.Helper()
	if scale, ok := strings.CutPrefix(change, "output scale "); ok {
		s.scale, _, ok = strings.Cut(scale, ", for ")
		require.True(t, ok)
		return s
	}
	before, guard, _ := strings.Cut(change, "guard = ")
	if guard != "" {
		s.guard = guard
	}
	if slopes, ok := strings.CutPrefix(strings.TrimSpace(before), "slopes = "); ok {
		s.slopes = slopes
	}
	if segments, ok := strings.CutPrefix(change, "segments = "); ok {
		s.segments = segments
	}
	require.NotEqual(t, settings{}, s)
	return s
}

// Whatever is told, of all that is considered, comes out so when it is done.
func TestAdviceHolds(t *testing.T) {
	for _, s := range []settings{
		{"int16 scale 2^-12", "int8", "1/13", "elu(x)", "pot(shifts = 0..15)", "0", "8"},
		{"int16 scale 2^-12", "int8", "1/13", "silu(x)", "pot(shifts = 2..12)", "0", "4"},
		{"int20 scale 0.0001", "uint8", "1/200", "sigmoid(x)", "apot(terms = 2, shifts = 0..15)", "1", "4"},
		{"int12 scale 2^-8", "int10", "0.01", "gelu(x)", "pot(shifts = 0..11)", "0", "3"},
	} {
		p := fitted(t, s.source())
		l := p.PWL.Layers[0]
		channel, all := advise.All(p.Spec, l, 1)
		require.Zero(t, channel)
		require.Equal(t, l.Channels[0].Error.Max, all[0].MaxError)
		require.Greater(t, len(all), 5)
		for _, a := range all[1:] {
			if strings.HasPrefix(a.Change, "fold") {
				continue // by hand
			}
			again := s.changed(t, a.Change)
			require.NotEqual(t, s, again, a.Change)
			require.Equal(t, a.MaxError, fitted(t, again.source()).PWL.Layers[0].Channels[0].Error.Max, "%+v: %s", s, a.Change)
			if a.Segments > 0 {
				again.segments = fmt.Sprint(a.Segments)
				require.LessOrEqual(t, fitted(t, again.source()).PWL.Layers[0].Channels[0].Error.Max, int64(1), "%+v: %s", s, a.Change)
			}
		}
		weak := advise.Weaknesses(p.Spec, p.PWL)
		require.Len(t, weak, 1)
		require.NotEmpty(t, weak[0].Advice)
		last := weak[0].Advice[0]
		for _, a := range weak[0].Advice {
			require.Less(t, float64(a.MaxError), weak[0].Error)
			require.GreaterOrEqual(t, a.MaxError, last.MaxError, "the best comes first")
			last = a
		}
	}
}

// What is told of a layer of least squares was found in short time: at least as much
// comes out when it is done.
func TestAdviceOnMeansHolds(t *testing.T) {
	s := settings{"int16 scale 2^-12", "int8", "1/13", "silu(x)", "pot(shifts = 2..12)", "0", "4 fit = rmse weight = normal(1, 2)"}
	p := fitted(t, s.source())
	_, all := advise.All(p.Spec, p.PWL.Layers[0], 1)
	mean := func(s settings) float64 { return fitted(t, s.source()).PWL.Layers[0].Channels[0].Squares.RootMean() }
	require.Equal(t, mean(s), all[0].RMSE)
	require.Greater(t, len(all), 5)
	for _, a := range all[1:] {
		again := s.changed(t, a.Change)
		if segments, ok := strings.CutPrefix(a.Change, "segments = "); ok {
			again.segments = segments + strings.TrimPrefix(s.segments, "4")
		}
		require.LessOrEqual(t, mean(again), a.RMSE, a.Change)
		require.Positive(t, a.RMSE, a.Change)
	}
	weak := advise.Weaknesses(p.Spec, p.PWL)
	require.Len(t, weak, 1)
	require.Equal(t, all[0].RMSE, weak[0].Error)
	for _, a := range weak[0].Advice {
		require.Less(t, a.RMSE, weak[0].Error)
	}
}

// The advice for a scale that is off: the one at which a shift is a slope of 1.
func TestAlignedScale(t *testing.T) {
	s := settings{"int16 scale 2^-12", "int8", "1/13", "elu(x)", "pot(shifts = 0..15)", "0", "8"}
	p := fitted(t, s.source())
	best := advise.Weaknesses(p.Spec, p.PWL)[0].Advice[0]
	require.Equal(t, "output scale 1/16, for -8 to 7.94", best.Change)
	require.Equal(t, int64(1), best.MaxError)
	require.Equal(t, 4, best.Segments)
}

// Scales that would cut off outputs are not told: this bump is 1 high.
func TestScalesHoldTheOutputs(t *testing.T) {
	p := fitted(t, "layer l : int16 scale 2^-12 -> uint8 scale 1/255 = exp(-x ^ 2) { slopes = pot(shifts = 0..15) guard = 0 segments = 6 }")
	_, all := advise.All(p.Spec, p.PWL.Layers[0], 1)
	for _, a := range all {
		scale, ok := strings.CutPrefix(a.Change, "output scale ")
		require.False(t, ok && scale < "0.0039", a.Change)
	}
}

func TestWhatIsWeak(t *testing.T) {
	const shape = "{ slopes = pot(shifts = 0..15) guard = 0 segments = 4 "
	p := fitted(t, "quant acc = int16 scale 2^-12\n"+
		"layer many[3] : acc -> uint8 scale 1/200 = sigmoid(if c == 1 then x else x / 40) "+shape+"}\n"+
		"layer meant : acc -> uint8 scale 1/200 = sigmoid(x) "+shape+"max_error = 9 }\n"+
		"layer squares : acc -> uint8 scale 1/200 = sigmoid(x) "+shape+"fit = rmse }\n"+
		"layer capped : acc -> uint8 scale 1/200 = sigmoid(x) "+shape+"fit = rmse max_error = 9 }\n"+
		"layer near : acc -> uint8 scale 1/200 = sigmoid(x) { fit = rmse weight = normal(0, 1/8) }\n"+
		"layer fine : acc -> uint8 scale 1/200 = relu(x)\n"+
		"layer wide : acc -> int16 scale 1/4096 = silu(x)\n"+
		"layer exact : acc -> uint8 scale 1/200 = sigmoid(x) { implement = thresholds }\n")
	require.Greater(t, p.PWL.Layer("wide").Channels[0].Error.Max, int64(1))
	weak := advise.Weaknesses(p.Spec, p.PWL)
	require.Len(t, weak, 2)
	require.Equal(t, "many", weak[0].Layer.Name)
	require.Equal(t, 1, weak[0].Channel)
	require.Equal(t, 1, weak[0].Channels)
	require.Equal(t, 1., weak[0].Limit)
	require.Equal(t, "squares", weak[1].Layer.Name)
	require.True(t, weak[1].ByMean())
	require.Equal(t, 0.5, weak[1].Limit)
}

// Refusals tell of scales: as what would do, or as what would not quite.
func TestRefusals(t *testing.T) {
	refusal := func(options string) *ir.Problem {
		p := &passes.Program{Level: ir.LevelSpec, Spec: load(t, "layer l : int16 scale 2^-12 -> int8 scale 1/13 = elu(x) { slopes = pot(shifts = 0..15) guard = 0 "+options+" }")}
		err := passes.Run(p, ir.LevelPWL, passes.Options{})
		var problems ir.Problems
		require.ErrorAs(t, advise.Refused(p.Spec, p.Steps, err), &problems)
		return problems[0]
	}
	does := refusal("segments = 8 max_error = 1")
	require.Contains(t, does.Help, "; output scale 1/16, for -8 to 7.94")
	falls := refusal("segments = 3 max_error = 1")
	require.Equal(t, "output scale 1/16, for -8 to 7.94 would reach 2, and 1 with segments = 4", falls.Notes[len(falls.Notes)-1].Message)
	require.NotContains(t, falls.Help, "scale")
	other := errors.New("other")
	require.Equal(t, other, advise.Refused(nil, nil, other))
}

// What is told of folding comes out of the positive half when it is turned around, and
// only of functions that are symmetric.
func TestFoldingHolds(t *testing.T) {
	const options = " { implement = pwl segments = 5 slopes = pot(shifts = 0..12) guard = 0 }"
	for _, f := range []struct{ body, output string }{{"tanh(x)", "int8 scale 1/127"}, {"sigmoid(x)", "uint8 scale 1/255"}, {"x / (1 + abs(x))", "int8 scale 1/127 zero 3"}} {
		whole := fitted(t, "layer l : int14 scale 2^-10 -> "+f.output+" = "+f.body+options)
		half := fitted(t, "layer l : uint13 scale 2^-10 -> "+f.output+" = "+f.body+options).PWL.Layers[0].Channels[0]
		golden := whole.PWL.Layers[0].Channels[0].Golden
		sum, worst := golden.Eval(golden.Input.Min())+golden.Eval(golden.Input.Max()), int64(0)
		for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
			y := half.Eval(max(x, ^x))
			if x < 0 {
				y = sum - y
			}
			worst = max(worst, y-golden.Eval(x), golden.Eval(x)-y)
		}
		_, all := advise.All(whole.Spec, whole.PWL.Layers[0], 1)
		fold := all[len(all)-1]
		require.Contains(t, fold.Change, "fold x < 0")
		require.Equal(t, worst, fold.MaxError, f.body)
		require.Less(t, fold.MaxError, all[0].MaxError)
	}
	p := fitted(t, "layer l : int14 scale 2^-10 -> int8 scale 1/16 = silu(x)"+options)
	_, all := advise.All(p.Spec, p.PWL.Layers[0], 1)
	require.NotContains(t, all[len(all)-1].Change, "fold")
}
