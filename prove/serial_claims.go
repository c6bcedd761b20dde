package prove

import "grauc/prove/aig"

// A serial module is idle, or has taken an input some clocks ago, or its output waits.
// The claims about it say that it is idle after a reset, and until an input is taken;
// that an input taken while idle, in whatever state the other registers are, has its
// output latency clocks later and none before; and that this waits until it is
// taken, after which the module is idle. So these are all states there are.

// idle says of a state that no input is under way.
func (s *scene) idle(state []aig.Lit) aig.Lit {
	r := s.run(state, func(int) ports { return ports{"rst": bit(false), "x_valid": bit(false)} })
	return s.idleAt(r, 0)
}

// idleAt says it of a clock with neither reset nor input.
func (s *scene) idleAt(r *aig.Run, clock int) aig.Lit {
	port := "x_ready"
	if s.complete != nil {
		port = "cfg_ready"
	}
	return r.Output(clock, port)[0]
}

// rested is a state such as another, which may be any if it is nil, but with the bits
// that idle says of it. It comes with what is left to hold of it to be idle.
func (s *scene) rested(state []aig.Lit) ([]aig.Lit, aig.Lit) {
	if state == nil {
		state = s.g.Vector(s.circuit.Latches())
	}
	rested := s.implied(state, s.idle(state))
	return rested, s.idle(rested)
}

// implied is a state with the bits that a condition on it says.
func (s *scene) implied(state []aig.Lit, by aig.Lit) []aig.Lit {
	implied := map[aig.Lit]bool{}
	s.g.Conjuncts(by, implied)
	known := make([]aig.Lit, len(state))
	for i, l := range state {
		switch known[i] = l; {
		case implied[l]:
			known[i] = aig.True
		case implied[l.Not()]:
			known[i] = aig.False
		}
	}
	return known
}

// serialFunction claims what becomes of an input that is taken while idle, whatever is
// offered after it. The state has the configuration, if there is one.
func (s *scene) serialFunction(state []aig.Lit) {
	start, idle := s.rested(state)
	r := s.run(start, func(clock int) ports {
		if clock == 0 {
			return ports{"rst": bit(false), "x": s.x, channelPort: s.channel, "x_valid": bit(true)}
		}
		return ports{"rst": bit(false)}
	})
	var early, busy []aig.Lit
	for clock := 1; clock <= s.latency; clock++ {
		busy = append(busy, r.Output(clock, "x_ready")...)
		busy = append(busy, r.Output(clock, "cfg_ready")...)
		if clock < s.latency {
			early = append(early, r.Output(clock, "y_valid")...)
		}
	}
	s.claimIf(idle, "y_valid before the output is there", early, aig.Constant(0, len(early)))
	s.claimIf(idle, "ready while an input is under way", busy, aig.Constant(0, len(busy)))
	s.claimIf(idle, "y_valid", r.Output(s.latency, "y_valid"), bit(true))
	s.claimIf(idle, outputClaim, r.Output(s.latency, "y"), s.y)
}

func (s *scene) claimIf(condition aig.Lit, what string, got, want []aig.Lit) {
	s.claim(what, s.g.Choose(condition, got, want), want)
}

// serially makes the other claims about a serial module.
func (s *scene) serially() {
	s.rests()
	s.waits()
	r := s.run(nil, func(clock int) ports { return ports{"rst": bit(clock == 0), "x_valid": bit(false)} })
	s.claim("reset", []aig.Lit{s.idleAt(r, 1), r.Output(1, "y_valid")[0]}, []aig.Lit{aig.True, aig.False})
}

// rests claims that a module that is idle has no output, and is idle until an input is
// taken.
func (s *scene) rests() {
	start, idle := s.rested(nil)
	offered := s.g.Vector(1)
	r := s.run(start, func(clock int) ports {
		if clock == 0 {
			return ports{"rst": bit(false), "x_valid": offered}
		}
		return ports{"rst": bit(false), "x_valid": bit(false)}
	})
	taken := s.g.And(offered[0], r.Output(0, "x_ready")[0])
	s.claimIf(idle, "idle until an input is taken", []aig.Lit{s.idleAt(r, 1), r.Output(0, "y_valid")[0]}, []aig.Lit{taken.Not(), aig.False})
}

// waits claims that an output is a register's, stays until it is taken, and leaves the
// module idle.
func (s *scene) waits() {
	start := s.g.Vector(s.circuit.Latches())
	taken := s.g.Vector(1)
	r := s.run(start, func(clock int) ports {
		if clock == 0 {
			return ports{"rst": bit(false), "y_ready": taken}
		}
		return ports{"rst": bit(false), "x_valid": bit(false)}
	})
	other := s.run(start, func(int) ports { return ports{} })
	y, valid := r.Output(0, "y"), r.Output(0, "y_valid")[0]
	s.claim("outputs are registers'", append(y, valid), append(other.Output(0, "y"), other.Output(0, "y_valid")...))
	s.claimIf(valid, "idle once the output is taken", []aig.Lit{s.idleAt(r, 1), r.Output(1, "y_valid")[0]}, []aig.Lit{taken[0], taken[0].Not()})
	s.claimIf(s.g.And(valid, taken[0].Not()), "an output that waits", r.Output(1, "y"), y)
	s.claimIf(valid, "x_ready while an output waits", r.Output(0, "x_ready"), bit(false))
}
