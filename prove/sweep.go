package prove

import (
	"math/rand/v2"

	"grauc/prove/aig"
)

// rounds is how many times 64 assignments tell apart what is not equal.
const rounds = 256

// sweeping leads a prover from what is equal near the inputs to what is to be
// proved: gates that random assignments do not tell apart are problems of their own,
// each posed as if all before it were solved, so that the sides become one step by
// step. Only if all are solved is anything proved; one that is not is left out the
// next time.
type sweeping struct {
	g       *aig.Graph
	problem problem
	looks   []look
	wrong   map[int]bool // gates whose like is not equal
	apart   bool         // the sides of the problem are told apart
}

// look is a digest of what a gate was for all assignments; two gates that look
// alike are likely equal. What looks constant is left alone: it may be rare only.
type look struct {
	digest   uint64
	inverted bool // so that it begins with 0
	varies   bool
}

func sweep(g *aig.Graph, p problem, numbers [][]aig.Lit) *sweeping {
	s := &sweeping{g: g, problem: p, looks: make([]look, g.Len()), wrong: map[int]bool{}}
	chance := rand.New(rand.NewPCG(1, 2))
	cone := g.Cone(p.got, p.want)
	for r := range rounds {
		v := make(aig.Values, g.Len())
		stimulate(v, numbers, chance)
		g.Simulate(v, cone, chance.Uint64)
		for i := range cone {
			s.looks[i].add(v[i], r == 0)
		}
		for i := range p.got {
			s.apart = s.apart || v.Of(p.got[i]) != v.Of(p.want[i])
		}
	}
	return s
}

func (l *look) add(v uint64, first bool) {
	if first {
		l.inverted = v&1 == 1
	}
	if l.inverted {
		v = ^v
	}
	l.varies = l.varies || v != 0
	l.digest = (l.digest ^ v) * 0x9e3779b97f4a7c15
	l.digest ^= l.digest >> 29
}

// stimulate assigns each vector numbers of which as many are near zero as far from it.
func stimulate(v aig.Values, vectors [][]aig.Lit, chance *rand.Rand) {
	for _, bits := range vectors {
		for lane := range 64 {
			n := int64(chance.Uint64()) >> (64 - len(bits) + chance.IntN(len(bits)))
			for i, l := range bits {
				v[l.Gate()] |= uint64(n>>i&1) << lane
			}
		}
	}
}

// pose gives a graph with the problems in order, and the gate of s.g that each is
// about; the last one, if it is -1, is the problem itself.
func (s *sweeping) pose() (h *aig.Graph, problems []problem, about []int) {
	h = aig.NewGraph()
	to := make([]aig.Lit, s.g.Len())
	like := map[uint64]aig.Lit{}
	for i, used := range s.g.Cone(s.problem.got, s.problem.want) {
		if !used || i == 0 {
			continue
		}
		if a, b, ok := s.g.Fanins(i); ok {
			to[i] = h.And(to[a.Gate()]^a&1, to[b.Gate()]^b&1)
		} else {
			to[i] = h.Input()
		}
		look := s.looks[i]
		if !look.varies {
			continue
		}
		first, known := like[look.digest]
		first = first.If(!look.inverted)
		switch {
		case !known:
			like[look.digest] = to[i].If(!look.inverted)
		case first != to[i] && !s.wrong[i]:
			problems = append(problems, problem{[]aig.Lit{to[i]}, []aig.Lit{first}})
			about = append(about, i)
			to[i] = first
		}
	}
	last := claim{got: moved(s.problem.got, to), want: moved(s.problem.want, to)}
	if p, any := last.problem(); any {
		problems, about = append(problems, p), append(about, -1)
	}
	return h, problems, about
}

func moved(lits, to []aig.Lit) []aig.Lit {
	v := make([]aig.Lit, len(lits))
	for i, l := range lits {
		v[i] = to[l.Gate()] ^ l&1
	}
	return v
}
