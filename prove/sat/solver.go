// Package sat finds assignments of propositions, or that there are none, by learning
// from conflicts. It guides proofs: what it says is confirmed by other provers.
//
// The library gophersat v1.4.0 was measured in its place: the search for a chain took 0.6 to
// 15 s of processor time instead of 0.01 to 0.1 s, as it assigns all variables and knows no
// limit of conflicts; and answers under assumptions were wrong once clauses were added
// between them.
package sat

// Lit is a variable, counted from 0 and doubled, or plus one its inverse.
type Lit uint32

// Not is the inverse.
func (l Lit) Not() Lit { return l ^ 1 }

func (l Lit) variable() int { return int(l >> 1) }

// Answer is what there is to say of clauses under assumptions.
type Answer int

const (
	Unknown       Answer = iota // too many conflicts
	Satisfiable                 // Value has an assignment
	Unsatisfiable               // there is none
)

type truth int8

const (
	unassigned truth = iota
	holds
	fails
)

type clause struct {
	lits     []Lit // the first two are watched; nil: dropped
	learnt   bool
	activity float64
}

// watch is a clause to look at when one of its literals fails, unless another one
// that is known to be in it holds.
type watch struct {
	of    *clause
	other Lit
}

// Solver holds clauses.
type Solver struct {
	Stop func() bool // has Solve end at the next conflict

	values  []truth // of literals
	levels  []int32 // of variables, as the next two
	reasons []*clause
	phases  []bool
	watches [][]watch // of literals that fail
	trail   []Lit
	limits  []int // where the levels of the trail begin
	head    int   // what is propagated of it
	learnts []*clause
	most    int // learnt clauses that are kept
	empty   bool
	order   order

	seen   []bool
	weight float64 // of a clause that is used
}

// New is a solver without clauses.
func New() *Solver { return &Solver{most: 4000, weight: 1, order: order{step: 1}} }

// Grow makes room for so many variables.
func (s *Solver) Grow(n int) {
	for len(s.levels) < n {
		s.values = append(s.values, unassigned, unassigned)
		s.watches = append(s.watches, nil, nil)
		s.levels = append(s.levels, 0)
		s.reasons = append(s.reasons, nil)
		s.phases = append(s.phases, false)
		s.seen = append(s.seen, false)
	}
	s.order.grow(n)
}

// Value reports whether a literal holds in the assignment that was found. Variables
// that it leaves open do not.
func (s *Solver) Value(l Lit) bool { return s.values[l] == holds }

// Add adds a clause.
func (s *Solver) Add(lits ...Lit) {
	s.back(0)
	var open []Lit
	for _, l := range lits {
		switch s.values[l] {
		case holds:
			return
		case unassigned:
			open = append(open, l)
		}
	}
	switch len(open) {
	case 0:
		s.empty = true
	case 1:
		s.assign(open[0], nil)
		s.empty = s.propagate() != nil || s.empty
	default:
		s.attach(&clause{lits: open})
	}
}

func (s *Solver) attach(c *clause) {
	s.watches[c.lits[0]] = append(s.watches[c.lits[0]], watch{c, c.lits[1]})
	s.watches[c.lits[1]] = append(s.watches[c.lits[1]], watch{c, c.lits[0]})
}

func (s *Solver) assign(l Lit, why *clause) {
	s.values[l], s.values[l.Not()] = holds, fails
	v := l.variable()
	s.levels[v], s.reasons[v] = int32(len(s.limits)), why
	s.trail = append(s.trail, l)
}

// back takes back what was assigned beyond a level.
func (s *Solver) back(level int) {
	if len(s.limits) <= level {
		return
	}
	for _, l := range s.trail[s.limits[level]:] {
		s.values[l], s.values[l.Not()] = unassigned, unassigned
		s.phases[l.variable()] = l&1 == 0
		s.order.put(l.variable())
	}
	s.trail = s.trail[:s.limits[level]]
	s.limits = s.limits[:level]
	s.head = len(s.trail)
}

// propagate assigns what follows, and gives a clause that fails, if one does.
func (s *Solver) propagate() *clause {
	for s.head < len(s.trail) {
		failed := s.trail[s.head].Not()
		s.head++
		if c := s.visit(failed); c != nil {
			return c
		}
	}
	return nil
}

// visit looks at the clauses that watch a literal that now fails.
func (s *Solver) visit(failed Lit) *clause {
	list := s.watches[failed]
	kept := list[:0]
	for i, w := range list {
		if s.values[w.other] == holds {
			kept = append(kept, w)
			continue
		}
		lits := w.of.lits
		if lits == nil {
			continue
		}
		if lits[0] == failed {
			lits[0], lits[1] = lits[1], failed
		}
		first := lits[0]
		if s.values[first] != holds && s.rewatch(w.of, first) {
			continue
		}
		kept = append(kept, watch{w.of, first})
		switch s.values[first] {
		case unassigned:
			s.assign(first, w.of)
		case fails:
			s.watches[failed] = append(kept, list[i+1:]...)
			return w.of
		}
	}
	s.watches[failed] = kept
	return nil
}

// rewatch finds a literal to watch in place of the second one.
func (s *Solver) rewatch(c *clause, first Lit) bool {
	for k := 2; k < len(c.lits); k++ {
		if l := c.lits[k]; s.values[l] != fails {
			c.lits[1], c.lits[k] = l, c.lits[1]
			s.watches[l] = append(s.watches[l], watch{c, first})
			return true
		}
	}
	return false
}

// Solve looks for an assignment in which the assumptions hold and that decides the
// variables listed, within so many conflicts. The clauses must be such that any of those
// can be completed.
func (s *Solver) Solve(assumed []Lit, decide []int, conflicts int) Answer {
	s.back(0)
	if s.empty {
		return Unsatisfiable
	}
	s.order.begin(decide)
	until := restart
	for ; ; until-- {
		c := s.propagate()
		switch {
		case c == nil && until <= 0:
			until = restart
			s.back(0)
		case c == nil:
			until++
			if done := s.decide(assumed); done != Unknown {
				return done
			}
		case len(s.limits) == 0:
			s.empty = true
			return Unsatisfiable
		case conflicts == 0 || s.Stop != nil && s.Stop():
			return Unknown
		default:
			conflicts--
			s.learn(c)
		}
	}
}

// restart is the conflicts after which decisions are taken back.
const restart = 100

// decide assigns the next assumption, or a variable that is open.
func (s *Solver) decide(assumed []Lit) Answer {
	for len(s.limits) < len(assumed) {
		l := assumed[len(s.limits)]
		if s.values[l] == fails {
			return Unsatisfiable
		}
		s.limits = append(s.limits, len(s.trail))
		if s.values[l] == unassigned {
			s.assign(l, nil)
			return Unknown
		}
	}
	for {
		v, any := s.order.take()
		if !any {
			return Satisfiable
		}
		l := Lit(v << 1)
		if s.values[l] == unassigned {
			s.limits = append(s.limits, len(s.trail))
			if !s.phases[v] {
				l = l.Not()
			}
			s.assign(l, nil)
			return Unknown
		}
	}
}
