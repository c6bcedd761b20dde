package prove

import (
	"slices"
	"strings"

	"grauc/ir/datapath"
	"grauc/prove/aig"
)

// write is what is offered to the configuration port at a clock.
type write struct{ valid, addr, data []aig.Lit }

func (s *scene) anyWrite() write {
	in := s.circuit.Inputs()
	return write{s.g.Vector(1), s.g.Vector(in["cfg_addr"]), s.g.Vector(in["cfg_data"])}
}

func (w write) ports() ports {
	return ports{"cfg_valid": w.valid, "cfg_addr": w.addr, "cfg_data": w.data}
}

// written are the words after a write.
func (s *scene) written(w write, words [][]aig.Lit) [][]aig.Lit {
	after := make([][]aig.Lit, len(words))
	for i, f := range s.fields {
		address := s.address(f)
		after[i] = slices.Clone(words[i])
		for low, high := 0, 0; low < f.Type.Width; low = high {
			var shared int
			high, shared = s.shared(f, low)
			at, same := slices.Clone(w.addr), slices.Clone(address)
			for bit := shared; bit < s.sharing(f); bit++ {
				at[bit], same[bit] = aig.False, aig.False
			}
			hit := s.g.And(w.valid[0], s.g.Equal(at, same))
			copy(after[i][low:high], s.g.Choose(hit, w.data[low:high], words[i][low:high]))
		}
	}
	return after
}

// shared is where the bits of a word end that begin at one and are held together, and by
// how many bits of their address: a table of a cascade with fewer words than there
// are repeats them.
func (s *scene) shared(f datapath.Field, low int) (high, addressBits int) {
	for i, t := range s.spec.tables {
		if strings.HasPrefix(f.Name, "ranks") && t.low == low {
			return t.high + 1, s.spec.addressBits(i)
		}
	}
	return f.Type.Width, 0
}

// sharing is how many low bits of an address tell words apart some of which are shared.
func (s *scene) sharing(f datapath.Field) int {
	if strings.HasPrefix(f.Name, "ranks") {
		return s.spec.rankBits()
	}
	return 0
}

// anyWords are contents of the fields.
func (s *scene) anyWords() [][]aig.Lit {
	words := make([][]aig.Lit, len(s.fields))
	for i, f := range s.fields {
		words[i] = s.g.Vector(f.Type.Width)
		for low, high := 0, 0; low < f.Type.Width; low = high {
			var bits int
			high, bits = s.shared(f, low)
			if first := f.Word & (1<<bits - 1); s.sharing(f) > bits && first < f.Word {
				copy(words[i][low:high], words[first][low:high])
			}
		}
	}
	return words
}

// protocol claims of a port without cfg_ready that the configuration is at any clock
// what the words written so far make it and the write offered last: one more write, or
// none, makes it what loading the words with that write in them would. Only the word
// addressed changes then, and it holds from the second clock on after it was offered.
func (s *scene) protocol() {
	words := s.anyWords()
	start := s.g.Vector(s.circuit.Latches())
	last, next := s.anyWrite(), s.anyWrite()
	got := s.after(start, words, last, next.ports())
	want := s.after(start, s.written(last, words), next, nil)
	s.claim("a write", got, want)
}

// after is the configuration after words were loaded, one clock passed, a write was
// offered, and after what is driven then, unless it is nil.
func (s *scene) after(start []aig.Lit, words [][]aig.Lit, w write, then ports) []aig.Lit {
	offered := s.loaded()
	r := s.run(start, func(clock int) ports {
		switch {
		case clock < offered:
			return s.load(clock, words)
		case clock == offered:
			return w.ports()
		}
		return then
	})
	end := offered + 1
	if then != nil {
		end++
	}
	return r.State(end, s.configuration())
}

// latches says of each what it holds of a configuration.
type latches struct {
	configuration []bool // are it
	following     []bool // hold what it was some clocks before
}

// kept are the latches that are not driven: those that follow others of them, and the
// configuration, which all others are.
func (s *scene) kept() latches {
	if s.latches.configuration == nil {
		kept := s.driven()
		for i := range kept {
			kept[i] = !kept[i]
		}
		following := s.circuit.Following(kept)
		for i, follows := range following {
			kept[i] = kept[i] && !follows
		}
		s.latches = latches{kept, following}
	}
	return s.latches
}

func (s *scene) configuration() []bool { return s.kept().configuration }

// settling is a state in which latches that follow the configuration may hold anything: it
// may have changed just before.
func (s *scene) settling(state []aig.Lit) []aig.Lit {
	if len(s.fields) == 0 {
		return state
	}
	state = slices.Clone(state)
	for i, follows := range s.kept().following {
		if follows {
			state[i] = s.g.Input()
		}
	}
	return state
}
