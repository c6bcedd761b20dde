package lower

import (
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// TestProbes runs every probe on its unit. It must reach every segment, and
// different outputs there, or it would test nothing.
func TestProbes(t *testing.T) {
	for _, u := range []*ir.Unit{
		{Name: "plain", Channels: 1, Input: ir.Integer{Width: 12, Signed: true}, Output: ir.Integer{Width: 8, Signed: true},
			Shape: ir.Shape{Segments: 8, Terms: 2, MaxShift: 15, Guard: 2}},
		{Name: "wide", Channels: 64, Input: ir.Integer{Width: 32, Signed: true}, Output: ir.Integer{Width: 16, Signed: true},
			Shape: ir.Shape{Segments: 128, Terms: 1, MinShift: 20, MaxShift: 20}},
		{Name: "steep", Channels: 2, Input: ir.Integer{Width: 16}, Output: ir.Integer{Width: 4},
			Shape: ir.Shape{Segments: 3, Terms: 3, MinShift: -4, MaxShift: 3, Guard: 8, Style: ir.Parallel}},
		{Name: "tiny", Channels: 1, Input: ir.Integer{Width: 3, Signed: true}, Output: ir.Integer{Width: 1},
			Shape: ir.Shape{Segments: 8, Terms: 1}},
		{Name: "confined", Channels: 1, Input: ir.Integer{Width: 24, Signed: true}, Output: ir.Integer{Width: 8, Signed: true},
			Shape: ir.Shape{Segments: 8, Terms: 2, MaxShift: 15, Guard: 2, Shifter: ir.Barrel, Search: ir.Cascade, Headroom: 1}},
		{Name: "wraps", Channels: 3, Input: ir.Integer{Width: 24, Signed: true}, Output: ir.Integer{Width: 8, Signed: true},
			Shape: ir.Shape{Segments: 12, Terms: 3, MinShift: -8, MaxShift: 15, Search: ir.Binary, Overflow: ir.Wrap}},
	} {
		d, err := Design(&pwl.Module{Head: ir.Head{Units: []*ir.Unit{u}}})
		require.NoError(t, err)
		require.NoError(t, datapath.Verify(d))
		machine := datapath.NewMachine(d.Hardware[0].Module)
		machine.Reset()
		machine.Load(d.Hardware[0].Probe)
		for c, ch := range pwl.Probe(u).Channels {
			seen := map[int64]bool{}
			for k, s := range ch.Function.Segments {
				for _, x := range []int64{s.Start, (s.Start + ch.Function.End(k)) / 2, ch.Function.End(k)} {
					want := ch.Eval(x)
					seen[want] = true
					if got := machine.Eval(x, int64(c)); got != want {
						t.Errorf("%s: channel %d of %d is %d, want %d", u.Name, c, x, got, want)
					}
				}
			}
			if n := len(ch.Function.Segments); n != u.Segments || len(seen) < min(n, int(u.Output.Count())) {
				t.Errorf("%s: channel %d has %d segments and %d outputs", u.Name, c, n, len(seen))
			}
		}
	}
}
