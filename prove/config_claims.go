package prove

import (
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
		hit := s.g.And(w.valid[0], s.g.Equal(w.addr, s.address(f)))
		after[i] = s.g.Choose(hit, w.data[:f.Type.Width], words[i])
	}
	return after
}

// anyWords are contents of the fields.
func (s *scene) anyWords() [][]aig.Lit {
	words := make([][]aig.Lit, len(s.fields))
	for i, f := range s.fields {
		words[i] = s.g.Vector(f.Type.Width)
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

// configuration are the latches that are not driven.
func (s *scene) configuration() []bool {
	kept := s.driven()
	for i := range kept {
		kept[i] = !kept[i]
	}
	return kept
}
