package golden

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/real/realtest"
	"grauc/ir/spec"
)

// BenchmarkRuns measures golden with proof: inputs from -8 to 8 over 24 and 32 bits,
// outputs of 8 and 16 bits.
func BenchmarkRuns(b *testing.B) {
	for _, c := range []struct {
		width, out int
		scale      string
	}{{24, 8, "1/16"}, {32, 8, "1/16"}, {24, 16, "1/4096"}} {
		in := format(c.width, true, fmt.Sprintf("1/%d", int64(1)<<(c.width-4)), "0", 0)
		out := format(c.out, true, c.scale, "0", 0)
		for _, f := range realtest.Functions {
			b.Run(fmt.Sprintf("%s-%dto%d", f.Name, c.width, c.out), func(b *testing.B) {
				t := f.Tape()
				for b.Loop() {
					found, err := runs(real.NewQuantizer(t, in, out), in.Integer)
					require.NoError(b, err)
					b.ReportMetric(float64(len(found)), "runs")
				}
			})
		}
	}
}

// BenchmarkPoint measures the decision of one code.
func BenchmarkPoint(b *testing.B) {
	in, out := format(24, true, "1/1048576", "0", 0), format(8, true, "1/16", "0", 0)
	for _, f := range realtest.Functions {
		b.Run(f.Name, func(b *testing.B) {
			q := real.NewQuantizer(f.Tape(), in, out)
			x := int64(0)
			for b.Loop() {
				x = (x*5 + 12345) % (1 << 23)
				if _, err := q.Code(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkChannels measures 4800 batch-normalized channels of silu.
func BenchmarkChannels(b *testing.B) {
	const channels = 4800
	r := rand.New(rand.NewPCG(1, 1))
	var gain, offset []*big.Rat
	for range channels {
		gain = append(gain, big.NewRat(1+r.Int64N(2000), 1000))
		offset = append(offset, big.NewRat(r.Int64N(4000)-2000, 1000))
	}
	at := func(array string) spec.Expr { return &spec.Element{Data: "d", Array: array, Index: spec.Channel{}} }
	x := op("+", op("*", at("gain"), spec.X{}), at("offset"))
	l := layer("l", channels, op("/", x, op("+", num(1, 1), op("exp", op("neg", x)))))
	l.Input = ir.Format{Integer: ir.Integer{Width: 24, Signed: true}, Scale: big.NewRat(1, 1<<20), Zero: new(big.Rat)}
	m := &spec.Module{
		Data:   []*spec.Data{{Name: "d", Arrays: []spec.Array{{Name: "gain", Values: gain}, {Name: "offset", Values: offset}}}},
		Layers: []*spec.Layer{l},
	}
	for b.Loop() {
		if _, err := Lower(m); err != nil {
			b.Fatal(err)
		}
	}
}
