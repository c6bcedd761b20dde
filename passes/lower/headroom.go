package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// confine gives sums no more bits than a shape promises of them: its headroom beside
// the output's, or none where values that overflow wrap.
func (p *plan) confine(s *ir.Shape) {
	result := datapath.Type{Width: p.output.Width + s.Headroom, Signed: true}
	switch {
	case s.Overflow == ir.Wrap:
		result = p.output
		p.low, p.high = false, false
	case s.Headroom == 0:
		return
	}
	if result.Width >= p.result.Width {
		return
	}
	p.confined = true
	p.result = result
	p.sum = datapath.Type{Width: result.Width + p.guard, Signed: result.Signed}
	p.bias = p.sum
}

// holds reports whether the sums of a plan hold every value of f before saturation.
func (p *plan) holds(f *pwl.Function) bool {
	values := valuesOf(f)
	if !p.low { // nothing saturates to the layer's own codes, either
		return values.lo >= f.Output.Min() && values.hi <= f.Output.Max()
	}
	return p.result.Contains(values.lo) && p.result.Contains(values.hi)
}

func unconfined(u *ir.Unit, l *pwl.Layer) error {
	if u.Overflow == ir.Wrap {
		return unfit(u, l, "its values exceed the output")
	}
	return unfit(u, l, fmt.Sprintf("its values exceed the output by more than the headroom of %s", ir.Plural(u.Headroom, "bit")))
}
