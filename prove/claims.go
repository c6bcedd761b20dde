package prove

import (
	"maps"
	"slices"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/prove/aig"
)

// claim says that two lists of bits are equal, whatever the inputs of the graph.
type claim struct {
	what      string
	got, want []aig.Lit
}

// scene is a device, and the inputs that claims about it speak of. They are legal by
// construction: what is free is mapped onto all that is legal.
type scene struct {
	g         *aig.Graph
	circuit   *aig.Circuit
	latency   int
	channels  int
	serial    bool
	spec      *specification   // nil for a fixed layer
	fields    []datapath.Field // none: nothing to configure
	complete  *datapath.Field  // the word after which inputs are taken again, if there is one
	registers []string         // see loadedRegister
	latches   latches          // see kept

	domain     datapath.Type // of x
	codomain   datapath.Type // of y
	x, channel []aig.Lit
	index      []aig.Lit              // of the uniform segment that is looked at
	place      []aig.Lit              // of the word of rows that is
	passing    map[string][][]aig.Lit // what memories read at each clock, see wordsUnderWay
	words      [][]aig.Lit            // of the fields, in that channel
	y          []aig.Lit              // what must come out
	rare       []aig.Lit              // conditions that claims speak of, and that few assignments meet
	claims     []claim
}

const channelPort = "x_channel"

// outputClaim is what is claimed of y.
const outputClaim = "y"

func (s *scene) claim(what string, got, want []aig.Lit) {
	s.claims = append(s.claims, claim{what, got, want})
}

// codes are free codes of an input format.
func codes(g *aig.Graph, t ir.Integer) []aig.Lit {
	x := g.Vector(t.Width)
	if t.Narrow {
		lowest := g.Equal(x, aig.Constant(uint64(t.Min()-1), t.Width))
		x = g.Choose(lowest, aig.Constant(uint64(t.Min()), t.Width), x)
	}
	return x
}

// below are free numbers less than n.
func below(g *aig.Graph, n, width int) []aig.Lit {
	v := g.Vector(width)
	inside := g.Less(append(slices.Clone(v), aig.False), aig.Constant(uint64(n), width+1))
	return g.Choose(inside, v, aig.Constant(0, width))
}

// ports drives ports of a device. What is not there is free.
type ports map[string][]aig.Lit

func bit(yes bool) []aig.Lit { return []aig.Lit{aig.False.If(!yes)} }

func (p ports) with(q ports) ports {
	both := maps.Clone(p)
	maps.Copy(both, q)
	return both
}

// free is free inputs for one clock.
func (s *scene) free() ports {
	p := ports{}
	widths := s.circuit.Inputs()
	for _, name := range slices.Sorted(maps.Keys(widths)) {
		p[name] = s.g.Vector(widths[name])
	}
	return p
}

// run follows the device through clocks.
func (s *scene) run(start []aig.Lit, at func(clock int) ports) *aig.Run {
	clocks := map[int]ports{}
	return s.g.Run(s.circuit, start, func(clock int, port string) []aig.Lit {
		if strings.HasSuffix(port, ".at") {
			return s.at(port)
		}
		if name, is := strings.CutSuffix(port, ".elsewhere"); is && clock < len(s.passing[name]) {
			return s.passing[name][clock]
		}
		if clocks[clock] == nil {
			clocks[clock] = at(clock)
		}
		return clocks[clock][port]
	})
}

// at is which words of a memory are looked at.
func (s *scene) at(port string) []aig.Lit {
	if strings.HasPrefix(port, segmentMemory+".") {
		return s.inChannel(s.index)
	}
	if strings.HasPrefix(port, rowMemory+".") {
		return s.inChannel(s.place)
	}
	return s.channel
}

// inChannel has the channel above the number of a word.
func (s *scene) inChannel(at []aig.Lit) []aig.Lit {
	if s.channels > 1 {
		at = append(at[:len(at):len(at)], s.channel...)
	}
	return at
}

func (s *scene) handshake() bool { return s.circuit.Output("x_ready") > 0 }

// load offers words to a configuration port without cfg_ready, one a clock from
// clock 0 on.
func (s *scene) load(clock int, words [][]aig.Lit) ports {
	p := ports{"rst": bit(false), "cfg_valid": bit(clock < len(words))}
	if clock < len(words) {
		p["cfg_addr"], p["cfg_data"] = s.address(s.fields[clock]), words[clock]
	}
	return p
}

// loaded is the clock from which on the words hold: the second after the last one.
func (s *scene) loaded() int {
	if len(s.fields) == 0 {
		return 0
	}
	return len(s.fields) + 1
}

func (s *scene) address(f datapath.Field) []aig.Lit {
	a := aig.Constant(uint64(f.Word), f.WordBits)
	switch f.Name {
	case lineWord:
		copy(a, s.index)
	case numberWord:
		copy(a, s.place)
	}
	return s.inChannel(a)
}

// function claims what comes out, whatever the state before the words were loaded.
// y_valid says latency moves after x_valid what that said, and then y is the output.
// Without a handshake y is the output of every x.
func (s *scene) function() {
	begin := s.loaded()
	loading := s.run(nil, func(clock int) ports { return s.load(clock, s.words).with(ports{"y_ready": bit(true)}) })
	state := s.settling(loading.State(begin, slices.Repeat([]bool{true}, s.circuit.Latches())))
	valid := s.g.Vector(1)
	r := s.run(state, func(clock int) ports {
		p := s.load(begin+clock, s.words)
		p["y_ready"] = bit(true)
		if clock == 0 {
			p["x"], p[channelPort], p["x_valid"] = s.x, s.channel, valid
		}
		return p
	})
	s.comesOut(r, s.latency, valid)
}

// comesOut claims what comes out at a clock, if something does.
func (s *scene) comesOut(r *aig.Run, clock int, valid []aig.Lit) {
	got, want := r.Output(clock, "y"), s.y
	if s.handshake() {
		s.claim("y_valid", r.Output(clock, "y_valid"), valid)
		none := aig.Constant(0, len(got))
		got, want = s.g.Choose(valid[0], got, none), s.g.Choose(valid[0], want, none)
	}
	s.claim(outputClaim, got, want)
}

// ready claims from any state that x_ready is y_ready or not y_valid.
func (s *scene) ready() {
	r := s.run(nil, func(int) ports { return ports{"rst": bit(false)} })
	s.claim("x_ready", r.Output(0, "x_ready"), []aig.Lit{s.moves(r)})
}

// moves says of the first clock of a run that the output is free or taken.
func (s *scene) moves(r *aig.Run) aig.Lit {
	return s.g.Or(r.Input(0, "y_ready")[0], r.Output(0, "y_valid")[0].Not())
}

// stalls claims from any state that a clock in which the output is free or taken is
// the same whether y_ready or not, and that any other leaves everything but the
// configuration as it is. Then what holds of moves in a row holds with any stalls
// between them. Outputs that depend on the state alone are part of it.
func (s *scene) stalls() {
	in := s.free().with(ports{"rst": bit(false)})
	start := s.g.Vector(s.circuit.Latches())
	r := s.run(start, func(int) ports { return in })
	moves := s.run(start, func(int) ports { return in.with(ports{"y_ready": bit(true)}) })
	other := s.run(start, func(int) ports { return s.free().with(ports{"rst": bit(false)}) })

	s.claim("outputs are registers'", append(r.Output(0, "y"), r.Output(0, "y_valid")...), append(other.Output(0, "y"), other.Output(0, "y_valid")...))
	driven := s.driven()
	s.claim("a clock is a move or a stall", r.State(1, driven),
		s.g.Choose(s.moves(r), moves.State(1, driven), r.State(0, driven)))
}

// driven are the latches that are no configuration: those that inputs reach other than
// through the port and its cfg_ready, and that are no memory that is loaded through
// the input. What is undefined drives none.
func (s *scene) driven() []bool {
	driven := s.circuit.Driven("cfg_ready", func(port string) bool {
		return port == "" || port == "rst" || port == "clk" || strings.HasPrefix(port, "cfg_") || strings.HasSuffix(port, ".at") || strings.HasSuffix(port, ".elsewhere")
	})
	if s.spec != nil && s.spec.u.Load == ir.LoadData {
		for _, port := range append(s.registers, segmentMemory+".words", rowMemory+".words", prescaleMemory+".words") {
			s.circuit.Unmark(driven, port)
		}
	}
	return driven
}

// reset claims that after a clock with rst, whatever the state before, nothing comes
// out until an input has gone through.
func (s *scene) reset() {
	r := s.run(nil, func(clock int) ports { return ports{"rst": bit(clock == 0), "y_ready": bit(clock > 0)} })
	var valid []aig.Lit
	for clock := 1; clock <= s.latency; clock++ {
		valid = append(valid, r.Output(clock, "y_valid")...)
	}
	s.claim("reset", valid, aig.Constant(0, len(valid)))
}
