package verilog

import (
	"testing"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

func layerOf(fs ...*pwl.Function) *pwl.Layer {
	p := &program{}
	return p.layer("one", "", ir.Parallel, fs...)
}

// each calls f for every input of every span, and checks their order.
func each(t *testing.T, spans []span, f func(channel int, x, y int64)) {
	t.Helper()
	for i, s := range spans {
		if s.last < s.first || i > 0 && spans[i-1].channel == s.channel && spans[i-1].last >= s.first {
			t.Fatalf("span %d is out of order", i)
		}
		for x := s.first; x <= s.last; x++ {
			f(s.channel, x, s.y)
		}
	}
}

func TestSpansOfNarrowInputs(t *testing.T) {
	l := layerOf(bent(int12, int8, 30), dented(int12, int8, 7))
	tried := 0
	each(t, spans(l), func(channel int, x, y int64) {
		tried++
		if want := l.Channels[channel].Eval(x); y != want {
			t.Fatalf("channel %d, x = %d: %d instead of %d", channel, x, y, want)
		}
	})
	if tried != 2*4096 {
		t.Errorf("%d inputs are tried", tried)
	}
}

// TestSpansOfWideInputs asks for every place where something can go wrong.
func TestSpansOfWideInputs(t *testing.T) {
	l := layerOf(bent(int24, int8, 1000))
	f := l.Channels[0]
	f.Golden = &steps.Function{Input: int24, Output: int8, Runs: []steps.Run{{Start: int24.Min()}, {Start: 77777, Value: 1}}}
	tried := map[int64]bool{}
	each(t, spans(l), func(_ int, x, y int64) {
		tried[x] = true
		if want := f.Eval(x); y != want {
			t.Fatalf("x = %d: %d instead of %d", x, y, want)
		}
	})
	must := []int64{int24.Min(), int24.Max()}
	for _, start := range []int64{-9000, 500, 20000, 77777} {
		must = append(must, start-1, start, start+1)
	}
	for x := int64(-9100); x < 30000; x++ {
		if f.Eval(x) != f.Eval(x+1) {
			must = append(must, x, x+1)
		}
	}
	missing := 0
	for _, x := range must {
		if !tried[x] {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d inputs are not tried", missing, len(must))
	}
	if len(tried) < randomVectors || len(tried) > directed+randomVectors {
		t.Errorf("%d inputs are tried", len(tried))
	}
}

// TestSpansOfManyChannels bounds what a testbench holds.
func TestSpansOfManyChannels(t *testing.T) {
	var fs []*pwl.Function
	for range 256 {
		fs = append(fs, bent(int24, ir.Integer{Width: 16, Signed: true}, 1000))
	}
	tried := 0
	each(t, spans(layerOf(fs...)), func(int, int64, int64) { tried++ })
	if tried < 256*16 || tried > 2*directed {
		t.Errorf("%d inputs are tried", tried)
	}
}
