package prove

import (
	"maps"
	"slices"
	"strings"

	"grauc/ir/datapath"
	"grauc/prove/aig"
)

// A unit that is loaded through its input writes a word where the input offered with
// it selects. Its contents, of any state, are what its memories hold once as many moves
// have passed without a word as those under way can take. The claims say that an input
// comes out by the contents of the state in which it was offered, and that a word
// makes of them what it is documented to. Which registers hold them is taken from names,
// and is no assumption: the claims fail of any other ones.
//
// Of stalls they say that one changes nothing, the memories apart, and these neither once
// the words under way are written: a unit is loaded while nothing stalls, as it is
// while idle.

// The memories of uniform segments, of the rows they share, and of the shift of their
// window.
const (
	rowMemory      = "rows_mem"
	segmentMemory  = "segments_mem"
	prescaleMemory = "prescale_mem"
)

// loadedByInputs makes the claims about such a unit.
func (s *scene) loadedByInputs(reference *aig.Circuit) {
	start := s.g.Vector(s.circuit.Latches())
	if s.spec.line.rows {
		s.wordsUnderWay(start)
	}
	s.words = s.flushed(start) // by the shift of the window, which no segment changes
	s.index = s.segment(reference, s.x, s.words)
	s.words = s.flushed(start)
	s.place = s.placeOf(reference, s.x, s.words)
	s.words = s.flushed(start)
	s.y = s.reference(reference, s.x, s.words)
	valid := s.g.Vector(1)
	r := s.run(start, func(clock int) ports {
		p := ports{"rst": bit(false), "y_ready": bit(true)}
		if clock == 0 {
			p["x"], p[channelPort], p["x_valid"], p["cfg_valid"] = s.x, s.channel, valid, bit(false)
		}
		return p
	})
	s.comesOut(r, s.latency, valid)
	s.passes(start, r)

	s.index, s.place = s.anyIndex(), s.g.Vector(s.spec.placeBits())
	s.offeredWord(start, reference)
	s.keepsContents()
	s.clocked()
}

// anyIndex is a segment, which may be any.
func (s *scene) anyIndex() []aig.Lit { return s.g.Vector(addressWidth(s.spec.segments)) }

// segment is the number of the one that an input selects.
func (s *scene) segment(reference *aig.Circuit, x []aig.Lit, words [][]aig.Lit) []aig.Lit {
	return s.output(reference, s.specified(x, words), "segment")
}

// placeOf is the number of the word of rows that an input selects, nil if there are none.
func (s *scene) placeOf(reference *aig.Circuit, x []aig.Lit, words [][]aig.Lit) []aig.Lit {
	return s.output(reference, s.specified(x, words), "place")
}

// flushed are the contents of a state.
func (s *scene) flushed(start []aig.Lit) [][]aig.Lit {
	return s.contents(s.flush(start), s.latency)
}

func (s *scene) flush(start []aig.Lit) *aig.Run {
	return s.run(start, func(int) ports { return ports{"rst": bit(false), "cfg_valid": bit(false), "y_ready": bit(true)} })
}

// wordsUnderWay has the words under way in a state read of channels and segments that are not
// looked at the same whatever comes after them: it tells which numbers of rows they write.
// That is so as long as they find a memory with the same contents at the same address, as
// passes claims.
func (s *scene) wordsUnderWay(start []aig.Lit) {
	s.passing = map[string][][]aig.Lit{}
	for _, name := range []string{prescaleMemory, segmentMemory} {
		width := s.circuit.Inputs()[name+".elsewhere"]
		if width == 0 {
			continue
		}
		r := s.flush(start)
		for clock := 0; clock < s.latency && s.writes(r, clock, name); clock++ {
			s.passing[name] = append(s.passing[name], s.g.Vector(width))
		}
	}
}

// writes reports whether a memory may be written at a clock.
func (s *scene) writes(r *aig.Run, clock int, name string) bool {
	port := r.Output(clock, name+".port")
	return port[len(port)-1] != aig.False
}

// passes claims that words under way find memories as if nothing came after them.
func (s *scene) passes(start []aig.Lit, r *aig.Run) {
	alone := s.flush(start)
	for _, name := range slices.Sorted(maps.Keys(s.passing)) {
		for clock := range s.passing[name] {
			s.claim("words under way", r.Output(clock, name+".port"), alone.Output(clock, name+".port"))
		}
	}
}

// contents are the words at a clock; what holds none has no claim that is true.
func (s *scene) contents(r *aig.Run, clock int) [][]aig.Lit {
	words := make([][]aig.Lit, len(s.fields))
	for i, f := range s.fields {
		candidates := []string{segmentMemory + ".words"}
		switch f.Name {
		case numberWord:
			candidates = []string{rowMemory + ".words"}
		case "prescale":
			candidates = append(s.registers[:len(s.registers):len(s.registers)], prescaleMemory+".words")
		}
		words[i] = s.g.Vector(f.Type.Width)
		for _, port := range candidates {
			if s.circuit.Output(port) == f.Type.Width {
				words[i] = r.Output(clock, port)
			}
		}
	}
	return words
}

// offeredWord claims what a word does that is offered in a state: to the contents of any
// segment, and to the numbers of rows, of which the segment that the input selects tells
// which is written.
func (s *scene) offeredWord(start []aig.Lit, reference *aig.Circuit) {
	widths := s.circuit.Inputs()
	w := offer{s.g.Input(), s.g.Vector(widths["x"]), below(s.g, s.channels, max(1, widths[channelPort])), s.g.Vector(widths["cfg_data"])}
	segment := s.segment(reference, w.x, s.flushed(start))
	s.offeredTo(start, w, segment, nil, func(f datapath.Field) bool { return f.Name != numberWord })
	if s.spec.line.rows {
		any := s.index
		s.index = segment
		place := s.placeOf(reference, w.x, s.flushed(start))
		s.offeredTo(start, w, segment, place, func(f datapath.Field) bool { return f.Name == numberWord })
		s.index = any
	}
}

// offeredTo claims it of some of the contents.
func (s *scene) offeredTo(start []aig.Lit, w offer, segment, place []aig.Lit, some func(datapath.Field) bool) {
	r := s.run(start, func(clock int) ports {
		p := ports{"rst": bit(false), "y_ready": bit(true), "cfg_valid": bit(false)}
		if clock == 0 {
			p["x"], p[channelPort], p["cfg_valid"], p["cfg_data"] = w.x, w.channel, []aig.Lit{w.valid}, w.data
		}
		return p
	})
	s.passes(start, r)
	got, want := s.contents(r, s.latency+1), s.taken(w, s.flushed(start), segment, place)
	for i, f := range s.fields {
		if some(f) {
			s.claim("a word for the "+f.Name, got[i], want[i])
		}
	}
}

// keepsContents claims that nothing but words changes the contents, stalls and a reset
// neither.
func (s *scene) keepsContents() {
	r := s.run(nil, func(clock int) ports {
		p := ports{"cfg_valid": bit(false)}
		if clock < s.latency {
			p["rst"], p["y_ready"] = bit(false), bit(true)
		}
		return p
	})
	before, after := s.contents(r, s.latency), s.contents(r, s.latency+1)
	for i := range before {
		s.claim("contents without words", after[i], before[i])
	}
}

// offer is a word, and the input that is offered with it.
type offer struct {
	valid            aig.Lit
	x, channel, data []aig.Lit
}

// taken are the words after one that was offered: it belongs to the segment of the input,
// and its number to the place in rows of that, by the shift of the window and the segment
// before it.
func (s *scene) taken(w offer, words [][]aig.Lit, segment, place []aig.Lit) [][]aig.Lit {
	here, line := s.g.And(w.valid, s.g.Equal(w.channel, s.channel)), s.spec.line
	after := make([][]aig.Lit, len(words))
	for i, f := range s.fields {
		switch f.Name {
		case "prescale":
			after[i] = s.g.Choose(here, w.data[line.prescale:line.over], words[i])
		case numberWord:
			hit := s.g.And(here, s.g.Equal(place, s.place))
			after[i] = s.g.Choose(hit, w.data[line.number.low:line.number.high+1], words[i])
		default:
			hit := s.g.And(here, s.g.Equal(segment, s.index))
			after[i] = s.g.Choose(hit, w.data[:f.Type.Width], words[i])
		}
	}
	return after
}

// loadedRegister is the name of the register that holds the shift of the window of a
// unit that is loaded through its input, where it is no memory.
func loadedRegister(verilog string) []string {
	for _, line := range strings.Split(verilog, "\n") {
		name, ok := strings.CutSuffix(strings.TrimSpace(line), ";")
		register := name[strings.LastIndexByte(name, ' ')+1:]
		if ok && strings.HasPrefix(name, "reg ") && (register == "prescale" || strings.HasPrefix(register, "prescale_q")) {
			return []string{register}
		}
	}
	return nil
}
