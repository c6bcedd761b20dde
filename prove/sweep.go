package prove

import (
	"context"
	"math/rand/v2"
	"slices"

	"grauc/prove/aig"
	"grauc/prove/sat"
)

// A chain leads from what is equal near the inputs to what is to be proved: each
// problem says of two gates that they are equal, posed as if all before it were solved,
// and the last ones are what is left of the problem itself. Only if all hold is it
// solved. Each prover proves all of the chain; how it was found is nothing to
// rely on.
type chain struct {
	g     *aig.Graph
	links problem
	open  map[[2]aig.Lit]bool // the pairs of the problem that the search left undecided
}

// These are of what guides the search for a chain alone.
const (
	rounds      = 64    // times 64 assignments before
	patience    = 300   // conflicts to tell two gates apart
	perseverant = 20000 // conflicts to tell the sides apart
)

// sweeping finds a chain: gates that no assignment so far tells apart are compared, and
// are one if they are equal; else an assignment that tells them apart joins the others.
type sweeping struct {
	ctx context.Context
	g   *aig.Graph
	stimuli
	cone    []int
	chance  *rand.Rand
	values  aig.Values       // of a block of 64 assignments
	first   aig.Values       // of the first block
	digests []uint64         // of what assignments so far make of each gate
	early   []uint64         // what those were after the first blocks
	like    map[uint64][]int // gates that differ, those with the same early digest in a list

	to     []aig.Lit // the gates in the graph of the chain
	chain  chain
	solver *sat.Solver
	known  int // gates the solver has clauses of
}

// sweep finds a chain for a problem, or that assignments tell its sides apart. When its
// context ends, the rest is left to the provers as it is.
func sweep(ctx context.Context, g *aig.Graph, p problem, st stimuli) (c chain, apart bool) {
	s := &sweeping{
		ctx: ctx, g: g, stimuli: st, cone: g.Cone(p.got, p.want), chance: rand.New(rand.NewPCG(1, 2)),
		values: make(aig.Values, g.Len()), digests: make([]uint64, g.Len()), like: map[uint64][]int{},
		to: make([]aig.Lit, g.Len()), chain: chain{g: aig.NewGraph(), open: map[[2]aig.Lit]bool{}}, solver: sat.New(),
	}
	s.solver.Stop = s.over
	if s.simulate(p) {
		return chain{}, true
	}
	s.early = slices.Clone(s.digests)
	s.like[s.early[0]] = []int{0}
	for _, i := range s.cone {
		s.gate(i)
	}
	return s.chain, s.finish(p)
}

// simulate evaluates the first blocks, and whether they tell the sides apart.
func (s *sweeping) simulate(p problem) bool {
	for range rounds {
		s.random()
		s.evaluate()
		if s.values.Differ(p.got, p.want) != 0 {
			return true
		}
		s.observe()
	}
	return false
}

// evaluate finds the values of the gates from those of the inputs.
func (s *sweeping) evaluate() {
	s.meet()
	s.g.Simulate(s.values, s.cone)
	if s.first == nil {
		s.first = slices.Clone(s.values)
	}
}

// observe takes the values of the gates into their digests.
func (s *sweeping) observe() {
	for _, i := range s.cone {
		d := (s.digests[i] ^ s.values[i] ^ -(s.first[i] & 1)) * 0x9e3779b97f4a7c15
		s.digests[i] = d ^ d>>29
	}
}

// stimuli are vectors to assign numbers of which as many are near zero as far from it, and
// lists of literals that should all hold at once in some assignments.
type stimuli struct{ numbers, rare [][]aig.Lit }

// random assigns the inputs.
func (s *sweeping) random() {
	v := s.values
	for _, i := range s.cone {
		if _, _, ok := s.g.Fanins(i); !ok {
			v[i] = s.chance.Uint64()
		}
	}
	for _, bits := range s.numbers {
		for lane := range 64 {
			n := int64(s.chance.Uint64()) >> (64 - len(bits) + s.chance.IntN(len(bits)))
			for i, l := range bits {
				if _, _, ok := s.g.Fanins(l.Gate()); l > aig.True && !ok {
					v[l.Gate()] = v[l.Gate()]&^(1<<lane) | uint64(n>>i&1)<<lane
				}
			}
		}
	}
}

// meet has what is rare hold in half the assignments after the first.
func (s *sweeping) meet() {
	v := s.values
	for _, all := range s.rare {
		some := s.chance.Uint64() &^ 1
		for _, l := range all {
			if _, _, ok := s.g.Fanins(l.Gate()); l > aig.True && !ok {
				v[l.Gate()] = v[l.Gate()]&^some | some&^-uint64(l&1)
			}
		}
	}
}

// inverted reports whether a gate is 1 in the first assignment: two gates are alike
// if they, or their inverses, are equal in all.
func (s *sweeping) inverted(gate int) bool { return s.first[gate]&1 == 1 }

// over reports whether there is no time left.
func (s *sweeping) over() bool { return s.ctx.Err() != nil }

// gate takes over one gate, and compares it with those that are alike.
func (s *sweeping) gate(i int) {
	h := s.chain.g
	if a, b, ok := s.g.Fanins(i); ok {
		s.to[i] = h.And(s.to[a.Gate()]^a&1, s.to[b.Gate()]^b&1)
	} else {
		s.to[i] = h.Input()
	}
	if s.over() {
		return
	}
	for _, j := range s.like[s.early[i]] {
		if s.digests[i] != s.digests[j] {
			continue
		}
		same := s.to[j].If(s.inverted(i) == s.inverted(j))
		if same == s.to[i] {
			return
		}
		switch s.compare(s.to[i], same, patience) {
		case sat.Unsatisfiable:
			s.chain.links.add(s.to[i], same)
			s.to[i] = same
			return
		case sat.Satisfiable:
			s.learn()
		}
	}
	s.like[s.early[i]] = append(s.like[s.early[i]], i)
}

// compare asks whether two gates of the chain's graph can differ.
func (s *sweeping) compare(a, b aig.Lit, conflicts int) sat.Answer {
	if s.over() {
		return sat.Unknown
	}
	s.clauses()
	cone := s.chain.g.ConeOf(a, b)
	says := sat.Unsatisfiable
	for range 2 {
		a, b = a.Not(), b.Not()
		switch s.solver.Solve([]sat.Lit{sat.Lit(a), sat.Lit(b.Not())}, cone, conflicts) {
		case sat.Satisfiable:
			return sat.Satisfiable
		case sat.Unknown:
			says = sat.Unknown
		}
	}
	if says == sat.Unsatisfiable {
		s.solver.Add(sat.Lit(a), sat.Lit(b.Not()))
		s.solver.Add(sat.Lit(a.Not()), sat.Lit(b))
	}
	return says
}

// clauses tells the solver what the gates are.
func (s *sweeping) clauses() {
	h := s.chain.g
	s.solver.Grow(h.Len())
	if s.known == 0 {
		s.solver.Add(sat.Lit(aig.True))
	}
	for ; s.known < h.Len(); s.known++ {
		a, b, ok := h.Fanins(s.known)
		if !ok {
			continue
		}
		l := sat.Lit(s.known << 1)
		s.solver.Add(l.Not(), sat.Lit(a))
		s.solver.Add(l.Not(), sat.Lit(b))
		s.solver.Add(l, sat.Lit(a.Not()), sat.Lit(b.Not()))
	}
}

// learn keeps the assignment that the solver found, with others that are near.
func (s *sweeping) learn() {
	for _, i := range s.cone {
		if _, _, ok := s.g.Fanins(i); ok {
			continue
		}
		found := uint64(0)
		if s.to[i] != aig.False && s.solver.Value(sat.Lit(s.to[i])) {
			found = ^found
		}
		s.values[i] = found ^ s.chance.Uint64()&s.chance.Uint64()&s.chance.Uint64()&^1
	}
	s.evaluate()
	s.observe()
}

// finish adds what is left of the problem, and whether that has no solution.
func (s *sweeping) finish(p problem) (apart bool) {
	for i := range p.got {
		got, want := s.moved(p.got[i]), s.moved(p.want[i])
		if got == want {
			continue
		}
		s.chain.links.add(got, want)
		switch s.compare(got, want, perseverant) {
		case sat.Satisfiable:
			return true
		case sat.Unknown:
			s.chain.open[[2]aig.Lit{p.got[i], p.want[i]}] = true
		}
	}
	return false
}

func (s *sweeping) moved(l aig.Lit) aig.Lit { return s.to[l.Gate()] ^ l&1 }
