package aig

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// truth is a function of six inputs, a bit for each assignment.
type truth uint64

// random builds gates of others at random, next to what they must be.
type random struct {
	*rand.Rand
	g     *Graph
	lits  []Lit
	truth map[Lit]truth
}

func (r *random) any() (Lit, truth) {
	l := r.lits[r.IntN(len(r.lits))]
	if r.IntN(2) == 0 {
		return l.Not(), ^r.truth[l]
	}
	return l, r.truth[l]
}

func (r *random) put(l Lit, is truth) {
	r.lits = append(r.lits, l)
	r.truth[l] = is
}

// TestGates evaluates gates that And has made simpler, and those that are simpler where
// a condition holds.
func TestGates(t *testing.T) {
	for seed := range uint64(200) {
		r := &random{Rand: rand.New(rand.NewPCG(seed, 0)), g: NewGraph(), truth: map[Lit]truth{}}
		inputs := make(Values, 7)
		for i, l := range r.g.Vector(6) {
			for at := range 64 {
				inputs[l.Gate()] |= uint64(at>>i&1) << at
			}
			r.put(l, truth(inputs[l.Gate()]))
		}
		for range 100 {
			a, isA := r.any()
			b, isB := r.any()
			if l := r.g.And(a, b); l > True {
				r.put(l, isA&isB)
			} else {
				require.Equal(t, -truth(l), isA&isB)
			}
		}
		condition, holds := r.any()
		l, is := r.any()
		there := r.g.Where(condition, l)
		v := append(inputs, make(Values, r.g.Len()-len(inputs))...)
		r.g.Simulate(v, r.g.Cone(append(r.lits, there)))
		for _, l := range r.lits {
			require.Equal(t, uint64(r.truth[l]), v.Of(l))
		}
		require.Equal(t, uint64(is&holds), v.Of(there)&uint64(holds))
	}
}
