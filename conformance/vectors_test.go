package conformance

import (
	"math/rand/v2"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
)

// span is a stretch of input codes of a channel of a layer.
type span struct{ layer, channel, first, count int64 }

const randomInputs = 100_000

// spans are the inputs to try on a layer: all of them up to 16 bits; above, both
// ends of every run and segment with their neighbours, the ends of the domain and
// random ones.
func spans(layer int, l *pwl.Layer) []span {
	var all []span
	for c, channel := range l.Channels {
		if l.Input.Width <= 16 {
			all = append(all, span{int64(layer), int64(c), l.Input.Min(), int64(l.Input.Count())})
			continue
		}
		for _, x := range telling(l.Input.Integer, channel, randomInputs/len(l.Channels)) {
			all = append(all, span{int64(layer), int64(c), x, 1})
		}
	}
	return all
}

func telling(in ir.Integer, c *pwl.Channel, random int) []int64 {
	xs := []int64{in.Min(), in.Min() + 1, -1, 0, 1, in.Max() - 1, in.Max()}
	around := func(start int64) {
		for d := int64(-2); d <= 1; d++ {
			xs = append(xs, start+d)
		}
	}
	for _, r := range c.Golden.Runs {
		around(r.Start)
	}
	if c.Function != nil {
		for _, x := range c.Function.Borders() {
			around(x)
		}
	}
	source := rand.New(rand.NewPCG(uint64(in.Width), uint64(len(xs))))
	for range random {
		xs = append(xs, in.Min()+source.Int64N(int64(in.Count())))
	}
	xs = slices.DeleteFunc(xs, func(x int64) bool { return !in.Contains(x) })
	slices.Sort(xs)
	return slices.Compact(xs)
}

// inputs are the codes of spans in order, with their channels.
func inputs(spans []span, visit func(s span, x int64)) {
	for _, s := range spans {
		for i := range s.count {
			visit(s, s.first+i)
		}
	}
}

// outputs are inputs with what they must give: what the pwl level says.
func outputs(m *pwl.Module, spans []span, visit func(s span, x, y int64)) {
	for _, s := range spans {
		c := m.Layers[s.layer].Channels[s.channel]
		for x, end := s.first, s.first+s.count-1; x <= end; {
			y, last := c.Eval(x), min(lastAlike(c, x), end)
			for ; x <= last; x++ {
				visit(s, x, y)
			}
		}
	}
}

// lastAlike is the last of the input codes from x on that the function of a channel does
// not tell from x.
func lastAlike(c *pwl.Channel, x int64) int64 {
	if f := c.Function; f != nil {
		_, last := f.View.Inputs(f.View.Of(x), f.Input)
		return last
	}
	return c.Steps.End(c.Steps.Find(x))
}
