package report

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

func TestRootMean(t *testing.T) {
	for _, c := range []struct {
		squares int64
		n       uint64
		want    float64
	}{
		{0, 256, 0},
		{256, 256, 1},
		{1, 4, 0.5},
		{2, 1, math.Sqrt2},
		{9, 1 << 24, 3.0 / 4096},
		{1, 3, 0.5773502691896257}, // 1/sqrt(3) = 0.57735026918962576450...
	} {
		if got := RootMean(big.NewInt(c.squares), c.n); got != c.want {
			t.Errorf("RootMean(%d, %d) = %v, want %v", c.squares, c.n, got, c.want)
		}
	}
}

// A square of an odd 54-bit number has its root halfway between two float64
// values: the tie must go to the even one.
func TestRootMeanTies(t *testing.T) {
	for _, m := range []int64{1<<53 + 1, 1<<53 + 3} {
		square := new(big.Int).Mul(big.NewInt(m), big.NewInt(m))
		want, _ := new(big.Float).SetInt64(m).Float64()
		if got := RootMean(square, 1); got != want {
			t.Errorf("RootMean(%d^2, 1) = %v, want %v", m, got, want)
		}
	}
}

func TestShareIsOneOnlyWhenAllAreExact(t *testing.T) {
	if got := Share(1<<32-1, 1<<32); got >= 1 {
		t.Errorf("Share = %v", got)
	}
	if got := Share(1<<32, 1<<32); got != 1 {
		t.Errorf("Share = %v", got)
	}
}

func sample() *pwl.Module {
	in, out := ir.Integer{Width: 4, Signed: true}, ir.Integer{Width: 3, Signed: true}
	golden := &steps.Function{Input: in, Output: out, Runs: []steps.Run{{Start: -8, Value: -1}, {Start: 0, Value: 2}}}
	fixed := &pwl.Channel{Golden: golden, Steps: golden, Error: pwl.Error{Squares: new(big.Int), Exact: 16, Inputs: 16}}
	fitted := &pwl.Channel{
		Golden:   golden,
		Function: &pwl.Function{Input: in, Output: out, Segments: []pwl.Segment{{Start: -8}}},
		Error:    pwl.Error{Max: 2, At: 0, Squares: big.NewInt(40), Exact: 0, Inputs: 16},
	}
	head := ir.Layer{Name: "a", Function: "f(x)", Input: ir.Plain(in), Output: ir.Plain(out), Channels: 2, Unit: "u"}
	head.Output.Scale = big.NewRat(1, 4)
	plain := ir.Layer{Name: "b", Function: "g(x)", Input: ir.Plain(in), Output: ir.Plain(out)}
	return &pwl.Module{
		Head: ir.Head{
			Name:  "net",
			Files: []ir.File{{Path: "/home/someone/net.grau", SHA256: "00"}, {Path: "../lib.grau", SHA256: "01"}},
			Units: []*ir.Unit{{Name: "u", Input: in, Output: out, Channels: 2, Shape: ir.Shape{Segments: 1, Terms: 1, MaxShift: 3}}},
		},
		Layers: []*pwl.Layer{
			{Layer: head, Implement: ir.PWL, Why: "asked for", Channels: []*pwl.Channel{fitted, fixed}},
			{Layer: plain, Implement: ir.Thresholds, Why: "exact", Channels: []*pwl.Channel{fixed}},
		},
	}
}

func TestLayerCombinesItsChannels(t *testing.T) {
	r := New()
	r.Add(sample(), nil, false, nil)
	a, b := r.Layers[0], r.Layers[1]
	if a.MaxError != 2 || a.Exact != 0.5 || a.RMSE != math.Sqrt(40.0/32) {
		t.Errorf("layer a: %+v", a.Quality)
	}
	if a.RealMax != 0.5 || a.RealRMSE != math.Sqrt(40.0/32)/4 || a.Channels[0].RealRMSE != math.Sqrt(40.0/16)/4 {
		t.Errorf("layer a, in real units: %+v %+v", a.Real, a.Channels[0].Real)
	}
	if a.Channels[0].Segments != 1 || a.Channels[1].Segments != 2 {
		t.Errorf("segments: %+v", a.Channels)
	}
	if b.Unit != nil || b.Exact != 1 || b.RMSE != 0 {
		t.Errorf("layer b: %+v", b)
	}
	if u := r.Units[0]; len(u.Layers) != 1 || u.Layers[0] != "a" {
		t.Errorf("unit: %+v", u)
	}
}

func TestJSON(t *testing.T) {
	r := New()
	r.Add(sample(), nil, false, nil)
	r.AddFile("c/net.c", "net.grau", "c", []byte("abc"))
	text := string(r.JSON())
	if strings.Contains(text, "/home") {
		t.Error("the report holds an absolute path")
	}
	var back struct {
		Layers []map[string]any
		Files  []map[string]string
	}
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	for _, key := range []string{"name", "file", "unit", "implement", "why", "input", "output", "max_error", "rmse", "exact", "max_error_real", "rmse_real", "channels"} {
		if _, ok := back.Layers[1][key]; !ok {
			t.Errorf("a layer has no %q", key)
		}
	}
	if got := back.Files[0]["sha256"]; got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("sha256 of abc = %s", got)
	}
	if !strings.Contains(string(New().JSON()), `"layers": []`) {
		t.Error("an empty list is written as null")
	}
}
