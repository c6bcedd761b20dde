package lower

import (
	"math/bits"
	"slices"

	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// slope is the terms of a segment without those that cancel, ascending.
type slope []pwl.Term

// complements is how many complements a slope is added by, each of which is one
// less than what is subtracted: the stored bias makes up for it. On a grid it may be
// negative.
func (p *plan) complements(s slope) int64 {
	n := int64(0)
	if p.grid != nil && p.to == hardware {
		n = -int64(p.terms) // see addTerm
	}
	for i, t := range s {
		if t.Negative && (p.capture || p.grid != nil || i == 0 || s[i-1].Shift != t.Shift) {
			n++
		}
	}
	return n
}

// taps is the number of decoded words that say which stages are taken: one for each
// stage, or, where terms are captured, one for each term and stage.
func (p *plan) taps() int {
	if p.capture {
		return p.terms * len(p.shifts)
	}
	return len(p.shifts)
}

// signs is the number of decoded words that say what is subtracted.
func (p *plan) signs() int {
	if p.capture {
		return p.terms
	}
	return len(p.shifts)
}

func (p *plan) tapWidth() int {
	if p.capture {
		return 1
	}
	return addressWidth(p.terms + 1)
}

// tap is decoded word i of a slope.
func (p *plan) tap(s slope, i int) int64 {
	if p.capture {
		j, stage := i/len(p.shifts), i%len(p.shifts)
		return truth(j < len(s) && s[j].Shift == p.shifts[stage])
	}
	n := int64(0)
	for _, t := range s {
		n += truth(t.Shift == p.shifts[i])
	}
	return n
}

// minus is decoded sign i of a slope.
func (p *plan) minus(s slope, i int) int64 {
	if p.capture {
		return truth(i < len(s) && s[i].Negative)
	}
	return truth(slices.Contains(s, pwl.Term{Shift: p.shifts[i], Negative: true}))
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func newSlope(terms []pwl.Term) slope {
	net := map[int]int{}
	for _, t := range terms {
		if t.Negative {
			net[t.Shift]--
		} else {
			net[t.Shift]++
		}
	}
	var s slope
	for shift, n := range net {
		for range max(n, -n) {
			s = append(s, pwl.Term{Shift: shift, Negative: n < 0})
		}
	}
	slices.SortFunc(s, func(a, b pwl.Term) int { return a.Shift - b.Shift })
	return s
}

// shiftOf is how far to the right stage i shifts the input itself; negative is left.
func (p *plan) shiftOf(i int) int { return p.shifts[i] - p.guard }

// sumType holds the terms of stage i and of larger shifts, or as many low bits of
// them as the sum has.
func (p *plan) sumType(i int) datapath.Type {
	t := p.shiftedType(i)
	width := t.Width + addressWidth(p.terms)
	if !t.Signed {
		width++
	}
	if width >= p.sum.Width {
		return p.sum
	}
	return datapath.Type{Width: width, Signed: true}
}

// shiftedType is the type of what stage i adds.
func (p *plan) shiftedType(i int) datapath.Type {
	t := p.operand()
	t.Width = min(max(1, t.Width-p.shiftOf(i)), p.sum.Width)
	return t
}

// indexWidth is the number of bits that name a stage.
func (p *plan) indexWidth() int { return bits.Len(uint(max(len(p.shifts), 1) - 1)) }

// slopeWidth is the width of a slope word: for each term enable, negative, index.
func (p *plan) slopeWidth() int { return p.terms * (2 + p.indexWidth()) }

// stageOf is the stage that shifts by e.
func (p *plan) stageOf(e int) int { return slices.Index(p.shifts, e) }
