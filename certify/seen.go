package certify

import (
	"sort"

	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// see is what an input looks like: x >> shift, held to the codes, or x itself.
func see(v pwl.View, x int64) int64 {
	if v.Codes.Width == 0 {
		return x
	}
	return max(v.Codes.Min(), min(x>>v.Shift, v.Codes.Max()))
}

// views are what the segments of a shape may be of, where in is the input of what the
// layer runs on.
func views(s *ir.Shape, in ir.Integer) []pwl.View {
	if s.Window.Bits == 0 {
		return []pwl.View{{}}
	}
	var all []pwl.View
	for shift := s.Window.MinShift; shift <= s.Window.MaxShift; shift++ {
		all = append(all, pwl.View{Shift: shift, Codes: s.Window.Codes(in)})
	}
	return all
}

// sight is a stretch of what is seen, with the least and the greatest golden output
// of the inputs that look like that: each of them both where the two differ.
type sight struct{ lo, hi, least, greatest int64 }

// sights are those of a golden function, ascending and without gaps.
func sights(golden *steps.Function, v pwl.View) []sight {
	all := make([]sight, 0, len(golden.Runs))
	for i, run := range golden.Runs {
		s := sight{see(v, run.Start), see(v, golden.End(i)), run.Value, run.Value}
		if n := len(all); n > 0 && all[n-1].hi == s.lo {
			shared := all[n-1]
			shared.lo = s.lo
			if all[n-1].hi--; all[n-1].hi < all[n-1].lo {
				all = all[:n-1]
			}
			shared.least, shared.greatest = min(shared.least, s.least), max(shared.greatest, s.greatest)
			all = append(all, shared)
			s.lo++
		}
		if s.lo <= s.hi {
			all = append(all, s)
		}
	}
	return all
}

// find is the number of the sight of w.
func (p *prover) find(w int64) int {
	return sort.Search(len(p.sights), func(i int) bool { return p.sights[i].hi >= w })
}

// first and last are the ends of what is seen.
func (p *prover) first() int64 { return p.sights[0].lo }
func (p *prover) last() int64  { return p.sights[len(p.sights)-1].hi }

// contains reports whether something looks like w.
func (p *prover) contains(w int64) bool { return p.first() <= w && w <= p.last() }
