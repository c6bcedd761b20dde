package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/pwl"
)

// TestQuick runs the program on few cases and reads the ratios that it prints.
func TestQuick(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, bench(&out, true, ""))
	text := out.String()
	for _, want := range []string{"errors in output codes", "one fit,", "40 channels", "golden with proof"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.Contains(line, "geometric mean") {
			continue
		}
		got, most := strings.Fields(line), strings.Fields(lines[i+1])
		if got[2] > most[2] || got[3] > most[3] {
			t.Errorf("the ratios are %s and %s, which may be at most %s and %s", got[2], got[3], most[2], most[3])
		}
		return
	}
	t.Errorf("no ratios in\n%s", text)
}

// A curve that is straight but for breaks which the search can reach is met exactly,
// rounding included, where its slopes are powers of two.
func TestReference(t *testing.T) {
	in, out := ir.Integer{Width: 16, Signed: true}, ir.Integer{Width: 8}
	value := func(x int64) float64 { return float64(max(0, x))/128 + float64(max(0, x-8192))/128 }
	var c curve
	for j := range int64(points) {
		x := in.Min() + j*128
		c.x, c.y = append(c.x, x), append(c.y, value(x))
	}
	breaks := c.search(3)
	if s := c.squares(breaks); s > 1e-12 {
		t.Errorf("breaks %v leave squares of %g", breaks, s)
	}
	f := reference(c, in, out, ir.Shape{Segments: 3, Terms: 1, MinShift: 0, MaxShift: 15})
	want := [][]pwl.Term{nil, {{Shift: 7}}, {{Shift: 6}}}
	for i, s := range f.Segments {
		if len(s.Terms) != len(want[i]) || len(s.Terms) == 1 && s.Terms[0] != want[i][0] {
			t.Errorf("segment %d has the terms %v, not %v", i, s.Terms, want[i])
		}
	}
	for x := in.Min(); x <= in.Max(); x += 11 {
		if got, want := f.Eval(x), min(value(x), 255); math.Abs(float64(got)-want) > 1.5 {
			t.Fatalf("at %d it is %d, not %g", x, got, want)
		}
	}
}

func TestKnots(t *testing.T) {
	c := curve{}
	for j := range int64(points) {
		c.x, c.y = append(c.x, j), append(c.y, float64(3*j-7))
	}
	for i, k := range c.knots([]int{0, 100, points - 1}) {
		if want := []float64{-7, 293, 3*(points-1) - 7}[i]; math.Abs(k-want) > 1e-6 {
			t.Errorf("knot %d is %g, not %g", i, k, want)
		}
	}
}
