package sat

import "slices"

// learn adds a clause that follows from one that fails, and goes back to where it
// makes a literal hold.
func (s *Solver) learn(conflict *clause) {
	lits := s.analyze(conflict)
	s.order.decay()
	s.weight *= 1 / 0.999
	level := 0
	for k := 1; k < len(lits); k++ {
		if at := int(s.levels[lits[k].variable()]); at > level {
			level = at
			lits[1], lits[k] = lits[k], lits[1]
		}
	}
	s.back(level)
	if len(lits) == 1 {
		s.assign(lits[0], nil)
		return
	}
	c := &clause{lits: lits, learnt: true, activity: s.weight}
	s.attach(c)
	s.assign(lits[0], c)
	if s.learnts = append(s.learnts, c); len(s.learnts) > s.most {
		s.forget()
	}
}

// analyze resolves a clause that fails with what led there, until it has one literal
// of the last level, which comes first.
func (s *Solver) analyze(c *clause) []Lit {
	lits := []Lit{0}
	var marked []int
	open, at := 0, len(s.trail)
	for {
		s.use(c)
		for _, l := range c.lits {
			v := l.variable()
			if s.seen[v] || s.levels[v] == 0 || s.values[l] == holds {
				continue
			}
			s.seen[v] = true
			marked = append(marked, v)
			s.order.bump(v)
			if int(s.levels[v]) == len(s.limits) {
				open++
			} else {
				lits = append(lits, l)
			}
		}
		for at--; !s.seen[s.trail[at].variable()]; at-- {
		}
		if open--; open == 0 {
			break
		}
		c = s.reasons[s.trail[at].variable()]
	}
	lits[0] = s.trail[at].Not()
	lits = append(lits[:1], slices.DeleteFunc(lits[1:], s.redundant)...)
	for _, v := range marked {
		s.seen[v] = false
	}
	return lits
}

// redundant reports whether the other literals of a learnt clause imply one.
func (s *Solver) redundant(l Lit) bool {
	why := s.reasons[l.variable()]
	if why == nil {
		return false
	}
	for _, k := range why.lits {
		if v := k.variable(); v != l.variable() && !s.seen[v] && s.levels[v] > 0 {
			return false
		}
	}
	return true
}

func (s *Solver) use(c *clause) {
	if !c.learnt {
		return
	}
	if c.activity += s.weight; c.activity > 1e100 {
		for _, k := range s.learnts {
			k.activity *= 1e-100
		}
		s.weight *= 1e-100
	}
}

// forget drops the half of the learnt clauses that was used least.
func (s *Solver) forget() {
	slices.SortStableFunc(s.learnts, func(a, b *clause) int {
		switch {
		case a.activity < b.activity:
			return -1
		case a.activity > b.activity:
			return 1
		}
		return 0
	})
	kept := s.learnts[:0]
	for i, c := range s.learnts {
		first := c.lits[0]
		reason := s.values[first] == holds && s.reasons[first.variable()] == c
		if i < len(s.learnts)/2 && len(c.lits) > 2 && !reason {
			c.lits = nil
		} else {
			kept = append(kept, c)
		}
	}
	s.learnts = kept
	s.most += s.most / 20
}
