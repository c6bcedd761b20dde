package fit

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"grauc/ir"
	"grauc/ir/pwl"
)

// slope is one of the sums of terms a shape allows.
type slope struct {
	sum   pwl.Sum
	rise  float64 // outputs, with guard bits, for each input: without the floors
	terms [ir.MaxTerms]pwl.Term
	count uint8 // of terms
}

func (s *slope) Terms() []pwl.Term {
	return slices.Clone(s.terms[:s.count])
}

// family is every function of the input that the terms of a shape can form, each
// once, with as few terms as it takes. The slopes ascend by rise.
type family struct {
	slopes []slope
	floors int64 // how many terms of one slope may floor: no slope is off its rise by more
}

// familyKey is what a family depends on.
type familyKey struct {
	terms, minShift, maxShift, guard int
	input                            ir.Integer
}

// families keeps each family for the fits of all channels.
type families struct {
	mutex sync.Mutex
	known map[familyKey]*family
}

func (fs *families) get(shape ir.Shape, input ir.Integer) *family {
	key := familyKey{shape.Terms, shape.MinShift, shape.MaxShift, shape.Guard, input}
	fs.mutex.Lock()
	defer fs.mutex.Unlock()
	if fs.known == nil {
		fs.known = map[familyKey]*family{}
	}
	f := fs.known[key]
	if f == nil {
		f = newFamily(key)
		fs.known[key] = f
	}
	return f
}

func newFamily(key familyKey) *family {
	terms := key.usefulTerms()
	f := &family{slopes: []slope{{}}, floors: int64(key.terms)}
	seen := map[pwl.Sum]bool{{}: true}
	last := []choice{{}}
	for range key.terms {
		var next []choice
		for _, c := range last {
			for i := c.from; i < len(terms); i++ {
				s := c.with(terms[i], key.guard)
				if sum := s.sum; !seen[sum] {
					seen[sum] = true
					f.slopes = append(f.slopes, s)
				}
				next = append(next, choice{s, i})
			}
		}
		last = next
	}
	slices.SortStableFunc(f.slopes, func(a, b slope) int { return cmp.Compare(a.rise, b.rise) })
	return f
}

// choice is a slope that may be extended by the terms numbered from on.
type choice struct {
	slope
	from int
}

func (c *choice) with(t pwl.Term, guard int) slope {
	s := c.slope
	s.terms[s.count] = t
	s.count++
	s.sum = pwl.NewSum(s.terms[:s.count], guard)
	s.rise = 0
	for _, t := range s.terms[:s.count] {
		s.rise += rise(t, guard)
	}
	return s
}

// usefulTerms lists the terms by ascending shift: only the first of the shifts
// that leave nothing but the sign, and none whose values might overflow with two
// others and a bias.
func (k familyKey) usefulTerms() []pwl.Term {
	var terms []pwl.Term
	for e := k.minShift; e <= k.maxShift && e <= max(k.minShift, k.guard+k.input.Width-1); e++ {
		if pwl.Magnitude(e, k.guard, k.input) <= pwl.MaxMagnitude>>4 {
			terms = append(terms, pwl.Term{Shift: e}, pwl.Term{Shift: e, Negative: true})
		}
	}
	return terms
}

func rise(t pwl.Term, guard int) float64 {
	r := math.Ldexp(1, guard-t.Shift)
	if t.Negative {
		return -r
	}
	return r
}
