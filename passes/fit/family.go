package fit

import (
	"cmp"
	"slices"
	"sync"

	"grauc/ir"
	"grauc/ir/pwl"
)

// slope is one of the sums of terms a shape allows.
type slope struct {
	sum   pwl.Sum
	terms [ir.MaxTerms]term
	count uint8 // of terms
}

// term is a pwl.Term in few bytes: there are many slopes.
type term struct {
	shift    int8
	negative bool
}

func (s *slope) Terms() []pwl.Term {
	terms := make([]pwl.Term, s.count)
	for i, t := range s.terms[:s.count] {
		terms[i] = pwl.Term{Shift: int(t.shift), Negative: t.negative}
	}
	return terms
}

// negative is a slope with all its terms' signs turned.
func (s *slope) negative(guard int) *slope {
	n := *s
	for i := range n.terms[:n.count] {
		n.terms[i].negative = !n.terms[i].negative
	}
	n.sum = pwl.NewSum(n.Terms(), guard)
	return &n
}

// family is every function of the input that the terms of a shape can form, each
// once, with as few terms as it takes. The slopes ascend by rise.
type family struct {
	slopes []slope
	rises  []float64 // of the slopes, with guard bits: without the floors
	floors int64     // how many terms of one slope may floor: no slope is off its rise by more
	key    familyKey
	among  *families
}

// coarser is the family of the same slopes for outputs of 2^drop codes, without guard bits.
func (f *family) coarser(drop int) *family {
	key := f.key
	key.guard = 0
	key.minShift, key.maxShift = key.minShift+drop, key.maxShift+drop
	return f.among.of(key)
}

// familyKey is what a family depends on.
type familyKey struct {
	terms, minShift, maxShift, guard int
	signs                            ir.Signs
	input                            ir.Integer
}

// families keeps each family for the fits of all channels.
type families struct {
	mutex sync.Mutex
	known map[familyKey]*family
}

func (fs *families) get(shape ir.Shape, input ir.Integer) *family {
	return fs.of(familyKey{shape.Terms, shape.MinShift, shape.MaxShift, shape.Guard, shape.Signs, input})
}

func (fs *families) of(key familyKey) *family {
	fs.mutex.Lock()
	defer fs.mutex.Unlock()
	if fs.known == nil {
		fs.known = map[familyKey]*family{}
	}
	f := fs.known[key]
	if f == nil {
		f = newFamily(key)
		f.among = fs
		fs.known[key] = f
	}
	return f
}

func newFamily(key familyKey) *family {
	sums := key.sums()
	order := make([]int32, len(sums))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(sums[a].sum.Rise(), sums[b].sum.Rise()), cmp.Compare(a, b))
	})
	f := &family{floors: int64(key.terms), key: key}
	f.slopes = make([]slope, 0, len(sums))
	f.rises = make([]float64, 0, len(sums))
	for _, i := range order {
		if s := &sums[i]; !f.has(s) {
			f.slopes, f.rises = append(f.slopes, *s), append(f.rises, s.sum.Rise())
		}
	}
	return f
}

// has reports whether a slope that does not rise less than any before is there.
func (f *family) has(s *slope) bool {
	for i := len(f.slopes) - 1; i >= 0 && f.rises[i] == s.sum.Rise(); i-- {
		if f.slopes[i].sum == s.sum {
			return true
		}
	}
	return false
}

// sums are the slopes, some of them more than once, those of fewer terms first.
func (k familyKey) sums() []slope {
	terms := k.usefulTerms()
	sums := []slope{{}}
	from := []int{0} // number of the first term that may be next
	last := 0
	for range k.terms {
		end := len(sums)
		for ; last < end; last++ {
			for i := from[last]; i < len(terms); i++ {
				if s := sums[last]; s.extend(terms[i], k.guard) {
					sums, from = append(sums, s), append(from, i)
				}
			}
		}
	}
	return sums
}

// extend adds a term, whose shift is no less than that of the last, unless they
// cancel.
func (s *slope) extend(t term, guard int) bool {
	if s.count > 0 {
		if last := s.terms[s.count-1]; last.shift == t.shift && last.negative != t.negative {
			return false
		}
	}
	s.terms[s.count] = t
	s.count++
	s.sum = s.sum.Plus(pwl.Term{Shift: int(t.shift), Negative: t.negative}, guard)
	return true
}

// usefulTerms lists the terms by ascending shift: only the first of the shifts
// that leave nothing but the sign, and none whose values might overflow with two
// others and a bias.
func (k familyKey) usefulTerms() []term {
	var terms []term
	for e := k.minShift; e <= k.maxShift && e <= max(k.minShift, k.guard+k.input.Width-1); e++ {
		if pwl.Magnitude(e, k.guard, k.input) <= pwl.MaxMagnitude>>4 {
			terms = append(terms, term{shift: int8(e)})
			if k.signs == ir.BothSigns {
				terms = append(terms, term{int8(e), true})
			}
		}
	}
	return terms
}
