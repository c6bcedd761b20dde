package fit

import (
	"math"

	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// coarser is a fitter of the same function with output codes of 2^drop, and no guard bits: its
// lines are those of f, up to what is lost by rounding.
func (f *fitter) coarser(drop int) *fitter {
	half := int64(1) << drop >> 1
	out := f.golden.Output
	out.Width -= drop
	round := func(y int64) int64 { return out.Clamp((y + half) >> drop) }
	golden := &steps.Function{Input: f.golden.Input, Output: out}
	for _, r := range f.golden.Runs {
		y := round(r.Value)
		if n := len(golden.Runs); f.seen != nil || n == 0 || golden.Runs[n-1].Value != y {
			golden.Runs = append(golden.Runs, steps.Run{Start: r.Start, Value: y})
		}
	}
	c := newFitter(golden, 0, f.family.coarser(drop))
	c.wraps = f.wraps
	if s := f.seen; s != nil {
		c.seen = &seen{golden: golden, from: s.from}
		for i := range s.least {
			c.seen.least, c.seen.greatest = append(c.seen.least, round(s.least[i])), append(c.seen.greatest, round(s.greatest[i]))
		}
		for _, p := range s.parts {
			p.golden = round(p.golden)
			c.seen.parts = append(c.seen.parts, p)
		}
	}
	c.tolerate(0)
	return c
}

// drop is how many bits fewer outputs suffice for a good outline of a fit of such a cost:
// then errors are still some codes.
func (f *fitter) drop(cost, weight int64) int {
	if len(f.start) <= manyRuns || cost < weight {
		return 0
	}
	mean := math.Sqrt(float64(cost) / float64(weight))
	return max(0, min(f.golden.Output.Width-fewestBits, math.Ilogb(mean)-errorBits))
}

const (
	manyRuns   = 1 << 10 // of fewer all lines can be searched
	fewestBits = 6
	errorBits  = 1

	// From so many bits on the lines are too many for a search among all of them.
	hopelessDrop = 3

	// An outline takes such a share of the work allowed at most, as a power of two.
	outlineShare = 3
)

// roughly are pieces, or such that cost less where errors are many output codes.
func (f *fitter) roughly(pieces []piece, drop, segments int, o objective, weight, budget int64) []piece {
	cost := f.costOf(pieces, &o)
	straight := f.straight(segments, &o, cost)
	switch {
	case straight == nil:
		return f.outlined(pieces, drop, segments, o, weight, budget)
	case f.costOf(straight, &o) < cost:
		return straight
	}
	return pieces
}

// outlined are pieces, or such that cost less by way of fewer output codes: if errors turn
// out much smaller than they were, by way of more of them again.
func (f *fitter) outlined(pieces []piece, drop, segments int, o objective, weight, budget int64) []piece {
	cost := f.costOf(pieces, &o)
	for before := drop + 1; 0 < drop && drop < before; {
		better := f.outline(drop, segments, o, budget>>outlineShare)
		least := f.costOf(better, &o)
		if better == nil || least >= cost {
			break
		}
		pieces, cost = better, least
		before, drop = drop-1, f.drop(cost, weight)
	}
	return pieces
}

// outline finds pieces of little squares by way of output codes of 2^drop, none where what
// it finds does not keep to the objective's limit.
func (f *fitter) outline(drop, segments int, o objective, budget int64) []piece {
	f.at.stage(atOutline)
	all := int64(f.golden.Output.Count())
	rough := o
	if o.limit < all {
		rough.limit = max(1, o.limit>>drop)
	}
	c := f.coarser(drop)
	if c.leastError(segments); c.tolerance > rough.limit {
		return nil
	}
	spans, _ := c.cover(segments)
	found, _, _ := c.leastCost(c.polish(spans, segments, &rough), segments, rough, budget)
	f.tolerate(min(o.limit, all))
	pieces := make([]piece, 0, len(found))
	for _, p := range found {
		s := span{start: p.start, end: p.end, run: f.runOf(p.start)}
		pieces = append(pieces, piece{span: s, line: f.refined(p.line, drop)})
	}
	if !f.settle(&o, pieces, int64(1)<<(drop+f.guard)) {
		return nil
	}
	return merge(pieces)
}

// settle gives pieces better biases, from those they have on in steps, and breaks by turns.
// It fails if one has no bias that keeps to the tolerance.
func (f *fitter) settle(o *objective, pieces []piece, step int64) bool {
	for range outlineRounds {
		for i := range pieces {
			if !f.settleBias(o, &pieces[i], step) {
				return false
			}
		}
		for i := 1; i < len(pieces); i++ {
			f.moveBreak(o, &pieces[i-1], &pieces[i])
		}
		step = max(1, step>>2)
	}
	return true
}

// refined is a line of a fitter of output codes of 2^drop among those of f.
func (f *fitter) refined(l line, drop int) line {
	sl := &slope{count: l.count, terms: l.terms}
	for i := range sl.terms[:sl.count] {
		sl.terms[i].shift -= int8(drop)
	}
	sl.sum = pwl.NewSum(sl.Terms(), f.guard)
	return line{sl, (2*l.bias - 1) << (drop + f.guard) >> 1} // there golden was rounded
}

const outlineRounds = 3

// settleBias looks for the bias of a piece that costs least, from the one it has on in
// steps. It fails if none keeps to the tolerance.
func (f *fitter) settleBias(o *objective, p *piece, step int64) bool {
	least, greatest := f.biases(p.slope, p.span, f.runOf(p.end))
	if least > greatest {
		return false
	}
	p.bias = max(least, min(p.bias, greatest))
	p.loss = f.lossOn(o, p.line, p.span)
	try := func(bias int64) bool {
		l := line{p.slope, max(least, min(bias, greatest))}
		loss := f.lossOn(o, l, p.span)
		if loss >= p.loss {
			return false
		}
		p.line, p.loss = l, loss
		return true
	}
	for finest := max(1, step>>outlineBits); step >= finest; step >>= 1 {
		for try(p.bias+step) || try(p.bias-step) {
		}
	}
	return true
}

const outlineBits = 4
