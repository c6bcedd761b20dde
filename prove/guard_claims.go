package prove

import (
	"slices"

	"grauc/prove/aig"
)

// A port with cfg_ready holds inputs back while words come in. The claims about it
// speak of settings: what the configuration is after all words were loaded through
// the port, and complete, and then a write was taken that is not in its memory yet. The
// rest of the device, which is what is under way, may be anything; but where a write was
// taken nothing is, as "cfg_ready stays" claims. The claims say that one clock, with any inputs, leads
// from such a setting to such a setting again, so that they are all there are.
type setting struct {
	words    [][]aig.Lit
	complete aig.Lit
	last     write
}

func (s *scene) anySetting() setting {
	last := s.anyWrite()
	last.valid = []aig.Lit{s.g.And(last.valid[0], s.isComplete(last).Not())}
	return setting{s.anyWords(), s.g.Input(), last}
}

// isComplete says that a write is to the word complete, of whatever channel.
func (s *scene) isComplete(w write) aig.Lit {
	word := w.addr[:s.complete.WordBits]
	return s.g.Equal(word, aig.Constant(uint64(s.complete.Word), len(word)))
}

// taking says that inputs are taken.
func (s *scene) taking(a setting) aig.Lit { return s.g.And(a.complete, a.last.valid[0].Not()) }

// held is the configuration of a setting: after a reset in whatever state, and a word
// a clock.
func (s *scene) held(a setting) []aig.Lit {
	n := len(a.words)
	r := s.run(nil, func(clock int) ports {
		p := ports{"rst": bit(clock == 0), "x_valid": bit(false), "cfg_valid": bit(clock > 0)}
		switch at := clock - 1; {
		case at < 0:
		case at < n:
			p["cfg_addr"], p["cfg_data"] = s.address(s.fields[at]), a.words[at]
		case at == n:
			p["cfg_addr"], p["cfg_data"] = s.address(*s.complete), []aig.Lit{a.complete}
		default:
			return p.with(a.last.ports())
		}
		return p
	})
	return r.State(n+3, s.configuration())
}

// set is a state with that setting and what is under way in another state.
func (s *scene) set(a setting, state []aig.Lit) []aig.Lit {
	state, held := slices.Clone(state), s.held(a)
	for i, kept := range s.configuration() {
		if kept {
			state[i], held = held[0], held[1:]
		}
	}
	return state
}

// configuredState is a state in which inputs are taken, with the words and anything under
// way.
func (s *scene) configuredState() []aig.Lit {
	idle := s.anyWrite()
	idle.valid = bit(false)
	return s.set(setting{s.words, aig.True, idle}, s.g.Vector(s.circuit.Latches()))
}

// guardedFunction claims what comes out of an input that is taken, whatever is under
// way before it, and whatever inputs and words are offered after it.
func (s *scene) guardedFunction() {
	if s.serial {
		s.serialFunction(s.configuredState())
		return
	}
	r := s.run(s.configuredState(), func(clock int) ports {
		p := ports{"rst": bit(false), "y_ready": bit(true)}
		if clock == 0 {
			p["x"], p[channelPort], p["x_valid"] = s.x, s.channel, bit(true)
		}
		return p
	})
	s.claim(outputClaim, r.Output(s.latency, "y"), s.y)
}

// guard claims of any setting what is taken when, and what that makes of it.
func (s *scene) guard() {
	a, state, in := s.anySetting(), s.g.Vector(s.circuit.Latches()), s.free()
	idle := s.idle(state)
	s.rare = append(s.rare, idle)
	a.last.valid = []aig.Lit{s.g.And(a.last.valid[0], idle)}
	start := s.set(a, state)
	r := s.run(start, func(clock int) ports {
		if clock == 0 {
			return in
		}
		return ports{"rst": bit(false), "x_valid": bit(false), "y_ready": bit(true)}
	})
	able := s.moves
	if s.serial {
		able = func(*aig.Run) aig.Lit { return s.idle(start) }
	}
	s.claim("x_ready", r.Output(0, "x_ready"), []aig.Lit{s.g.And(s.taking(a), able(r))})

	ready := r.Output(0, "cfg_ready")[0]
	s.step(a, in, r, ready)
	s.claim("cfg_ready stays", []aig.Lit{s.g.And(ready, r.Output(1, "cfg_ready")[0])}, []aig.Lit{ready})
	s.nothingUnderWay(start, in)
	if !s.serial {
		s.valid(a, start)
		s.drains(start)
	}
}

// nothingUnderWay claims that nothing comes out after a clock with cfg_ready, whether an
// input is offered then or not. What cfg_ready implies is known of the state.
func (s *scene) nothingUnderWay(start []aig.Lit, in ports) {
	for _, offered := range []bool{false, true} {
		drive := func(clock int) ports {
			if clock == 0 {
				return in.with(ports{"x_valid": bit(offered)})
			}
			return ports{"rst": bit(false), "x_valid": bit(false), "y_ready": bit(true)}
		}
		ready := s.run(start, drive).Output(0, "cfg_ready")[0]
		r := s.run(s.implied(start, ready), drive)
		var under []aig.Lit
		for clock := range s.latency + 1 {
			under = append(under, s.g.And(ready, r.Output(clock, "y_valid")[0]))
		}
		s.claim("cfg_ready while something is under way", under, aig.Constant(0, len(under)))
	}
}

// step claims what the setting is after a clock. One with a write taken last is only
// reached with cfg_ready.
func (s *scene) step(a setting, in ports, r *aig.Run, ready aig.Lit) {
	offered := in["cfg_valid"][0]
	next := write{[]aig.Lit{s.g.And(offered, ready)}, in["cfg_addr"], in["cfg_data"]}
	after := setting{s.written(a.last, a.words), s.g.And(s.taking(a), offered.Not()), next}
	got, want := r.State(1, s.configuration()), s.held(after)
	reached := s.g.Or(ready, a.last.valid[0].Not())
	s.claim("a write", s.g.Choose(reached, got, want), want)
}

// valid claims that latency moves later y_valid says whether an input was taken.
func (s *scene) valid(a setting, start []aig.Lit) {
	offered := s.g.Vector(1)
	r := s.run(start, func(clock int) ports {
		p := ports{"rst": bit(false), "y_ready": bit(true)}
		if clock == 0 {
			p["x_valid"] = offered
		}
		return p
	})
	s.claim("y_valid", r.Output(s.latency, "y_valid"), []aig.Lit{s.g.And(s.taking(a), offered[0])})
}

// drains claims that a word that is offered is taken once as many moves have passed as
// an input under way can take.
func (s *scene) drains(start []aig.Lit) {
	word := s.anyWrite()
	word.valid = bit(true)
	other := s.g.Choose(s.isComplete(word), s.address(s.fields[0]), word.addr)
	word.addr = slices.Clone(other)
	r := s.run(start, func(int) ports {
		return word.ports().with(ports{"rst": bit(false), "y_ready": bit(true)})
	})
	s.claim("cfg_ready comes", r.Output(s.latency+1, "cfg_ready"), bit(true))
}
