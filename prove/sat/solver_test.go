package sat

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRandom compares with trying all assignments, under assumptions, for clauses that
// come one after another.
func TestRandom(t *testing.T) {
	const variables = 10
	counts := map[Answer]int{}
	for round := range uint64(300) {
		chance := rand.New(rand.NewPCG(round, 1))
		lit := func() Lit { return Lit(chance.IntN(2 * variables)) }
		s, clauses := New(), [][]Lit{}
		s.Grow(variables)
		all := make([]int, variables)
		for v := range all {
			all[v] = v
		}
		for range 60 {
			c := []Lit{lit(), lit(), lit()}
			clauses = append(clauses, c)
			s.Add(c...)
			assumed := []Lit{lit(), lit()}
			got := s.Solve(assumed, all, 1<<30)
			counts[got]++
			want := Unsatisfiable
			if possible(clauses, assumed, variables) {
				want = Satisfiable
			}
			require.Equal(t, want, got)
			if got == Satisfiable {
				for _, c := range append(clauses, assumed[:1], assumed[1:]) {
					require.True(t, satisfied(c, s.Value))
				}
			}
		}
	}
	require.Greater(t, counts[Satisfiable], 1000)
	require.Greater(t, counts[Unsatisfiable], 1000)
}

func possible(clauses [][]Lit, assumed []Lit, variables int) bool {
	for n := range uint(1) << variables {
		value := func(l Lit) bool { return n>>l.variable()&1 == uint(1-l&1) }
		ok := true
		for _, c := range append(clauses, assumed[:1], assumed[1:]) {
			ok = ok && satisfied(c, value)
		}
		if ok {
			return true
		}
	}
	return false
}

func satisfied(c []Lit, value func(Lit) bool) bool {
	for _, l := range c {
		if value(l) {
			return true
		}
	}
	return false
}

// TestPigeons has 7 pigeons find no room in 6 holes, which takes many conflicts; fewer
// are no answer.
func TestPigeons(t *testing.T) {
	const holes = 6
	at := func(pigeon, hole int) Lit { return Lit(2 * (pigeon*holes + hole)) }
	s := New()
	s.most = 50
	s.Grow(holes * (holes + 1))
	var all []int
	for p := range holes + 1 {
		var somewhere []Lit
		for h := range holes {
			all = append(all, at(p, h).variable())
			somewhere = append(somewhere, at(p, h))
			for q := range p {
				s.Add(at(p, h).Not(), at(q, h).Not())
			}
		}
		s.Add(somewhere...)
	}
	require.Equal(t, Unknown, s.Solve(nil, all, 5))
	require.Equal(t, Unsatisfiable, s.Solve(nil, all, 1<<30))
	require.Equal(t, Unsatisfiable, s.Solve(nil, all, 1<<30))
}
