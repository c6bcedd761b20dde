package pwl

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
)

// randomTerms draws up to three terms, equal and opposite ones included.
func randomTerms(r *rand.Rand) []Term {
	terms := make([]Term, r.IntN(ir.MaxTerms+1))
	for i := range terms {
		terms[i] = Term{Shift: r.IntN(9) - 2, Negative: r.IntN(2) == 0}
	}
	return terms
}

func valueOf(terms []Term, guard int, x int64) int64 {
	s := Segment{Terms: terms}
	return s.Value(x, guard)
}

func TestSumMatchesSweep(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	teeth := 0
	for range 20000 {
		terms, guard := randomTerms(r), r.IntN(4)
		sum := NewSum(terms, guard)
		if sum.tooth != 0 {
			teeth++
		}
		lo := r.Int64N(200) - 100
		hi := lo + r.Int64N(100)
		low, high := valueOf(terms, guard, lo), valueOf(terms, guard, lo)
		for x := lo; x <= hi; x++ {
			v := valueOf(terms, guard, x)
			if got := sum.At(x); got != v {
				t.Fatalf("%v guard %d: At(%d) = %d, not %d", terms, guard, x, got, v)
			}
			low, high = min(low, v), max(high, v)
		}
		if a, b := sum.Extremes(lo, hi); a != low || b != high {
			t.Fatalf("%v guard %d: extremes over %d..%d are %d, %d, not %d, %d", terms, guard, lo, hi, a, b, low, high)
		}
		limit := low - 1 + r.Int64N(high-low+3)
		want := int64(0)
		for x := lo; x <= hi; x++ {
			if valueOf(terms, guard, x) < limit {
				want++
			}
		}
		if got := sum.CountBelow(lo, hi, limit); got != want {
			t.Fatalf("%v guard %d: %d of %d..%d below %d, not %d", terms, guard, got, lo, hi, limit, want)
		}
		checkWithin(t, sum, lo, hi, limit, limit+r.Int64N(high-low+3)-1)
	}
	if teeth < 200 {
		t.Errorf("only %d sums were not monotonic", teeth)
	}
}

// checkWithin compares how far the sum keeps to low..high from either end of lo..hi.
func checkWithin(t *testing.T, sum Sum, lo, hi, low, high int64) {
	t.Helper()
	last := lo
	for last <= hi && low <= sum.At(last) && sum.At(last) <= high {
		last++
	}
	require.Equal(t, last-1, sum.LastWithin(lo, hi, low, high), "%+v from %d..%d within %d..%d", sum, lo, hi, low, high)
	first := hi
	for first >= lo && low <= sum.At(first) && sum.At(first) <= high {
		first--
	}
	require.Equal(t, first+1, sum.FirstWithin(lo, hi, low, high), "%+v down %d..%d within %d..%d", sum, lo, hi, low, high)
}

// Sums of wide inputs change at few of them, and by limits that are far from them all.
func TestSumCrossesWhereBisectionSays(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		terms := make([]Term, 1+r.IntN(ir.MaxTerms))
		for i := range terms {
			terms[i] = Term{Shift: r.IntN(44) - 8, Negative: r.IntN(2) == 0}
		}
		sum := NewSum(terms, r.IntN(4))
		lo := r.Int64N(1<<32) - 1<<31
		hi := lo + r.Int64N(1<<31-max(lo, 0))
		if sum.tooth != 0 { // keep to one block
			lo = max(lo, hi>>sum.tooth<<sum.tooth)
		}
		limit := sum.At(lo + r.Int64N(hi-lo+1))
		if r.IntN(4) == 0 {
			limit = r.Int64() >> r.IntN(60)
		}
		want := search(lo, hi+1, func(x int64) bool { return sum.crossed(x, limit) })
		require.Equal(t, want, sum.crossing(lo, hi, limit), "%v over %d..%d at %d", terms, lo, hi, limit)
	}
}

func TestSumIsCanonical(t *testing.T) {
	same := [][2][]Term{
		{{{Shift: 1}, {Shift: 1}}, {{Shift: 0}}},
		{{{Shift: 5}, {Shift: 3}}, {{Shift: 3}, {Shift: 5}}},
		{{{Shift: 4}, {Shift: 4, Negative: true}, {Shift: 6}}, {{Shift: 6}}},
		{{{Shift: 40}}, {{Shift: 50}}},
	}
	for _, pair := range same {
		if NewSum(pair[0], 1) != NewSum(pair[1], 1) {
			t.Errorf("%v and %v differ", pair[0], pair[1])
		}
	}
	if NewSum([]Term{{Shift: 4}, {Shift: 4}}, 1) == NewSum([]Term{{Shift: 3}}, 1) {
		t.Error("two floors are not one")
	}
}
