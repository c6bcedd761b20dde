package prove

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/irtest"
	"grauc/ir/pwl"
	"grauc/prove/aig"
)

// TestGolden evaluates what layers of random functions must be, and compares it with what
// the pwl level says.
func TestGolden(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		for _, l := range irtest.PWL(r).Layers {
			g := aig.NewGraph()
			x := g.Vector(l.Input.Width)
			for c, channel := range l.Channels {
				y := golden(g, l, c, x)
				require.Len(t, y, l.Output.Width)
				v := make(aig.Values, g.Len())
				codes := inputs(r, l, channel)
				for lane, code := range codes {
					for i, bit := range x {
						v[bit.Gate()] |= uint64(code>>i&1) << lane
					}
				}
				g.Simulate(v, g.Cone(y))
				for lane, code := range codes {
					want := uint64(channel.Eval(code)) << (64 - l.Output.Width) >> (64 - l.Output.Width)
					require.Equal(t, want, v.Number(y, lane), "%v of %d", l, code)
				}
			}
		}
	}
}

// inputs are 64 codes, some of them the borders of segments.
func inputs(r *rand.Rand, l *pwl.Layer, c *pwl.Channel) []int64 {
	var all []int64
	if c.Function != nil {
		all = c.Function.Borders()
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for len(all) < 64 {
		all = append(all, random(r, l.Input.Integer))
	}
	return all[:64]
}

func random(r *rand.Rand, i ir.Integer) int64 { return i.Min() + int64(r.Uint64N(i.Count())) }
