package lower

import (
	"math/bits"

	"grauc/ir"
	"grauc/ir/datapath"
)

// unserial says why there is no serial form of a shape, and what there is instead; ""
// where there is one.
func unserial(s *ir.Shape, how ir.Implement) (why, help string) {
	switch {
	case how == ir.Table:
		return "of a table, which has nothing to do one after another", "use style = pipelined or style = parallel, or implement = pwl"
	case how == ir.PWL && s.Breaks == ir.Uniform:
		return "with uniform breaks, which need no search to save", "use breaks = free, or style = pipelined"
	case s.Search == ir.Cascade:
		return "and search = cascade, but one comparator searches, a threshold a clock", "leave out search, or use style = pipelined"
	case s.Shifter == ir.Barrel:
		return "and shifter = barrel, but x shifts by one bit a clock", "leave out shifter, or use style = pipelined"
	}
	return "", ""
}

// heap is the memory of the thresholds, each at the number that a search has when it
// comes to it: 1, and then twice the number before, plus one where x has reached that.
func (p *plan) heap() store {
	s := store{name: heapName}
	if p.held != nil && p.segments > 2 { // no search comes to number 0
		s.fields = append(s.fields, field{typ: p.thresholds, of: func(*config) int64 { return 0 }})
	}
	for at := 1; at < p.segments; at++ {
		level := bits.Len(uint(at)) - 1
		f := p.threshold((2*(at-1<<level) + 1) << (p.depth() - 1 - level))
		f.word = at
		s.fields = append(s.fields, f)
	}
	return s
}

const heapName = "threshold"

// series is the state of a serial module, which takes an input, searches its segment,
// a threshold a clock, shifts it by a bit a clock, adds the terms as they come by and
// then the bias, saturates, and waits for its output to be taken.
type series struct {
	way   ref // of the search, a one in front of the bits so far; 0: no input is under way
	stage ref // clocks since the search has ended
	idle  ref // no input is under way
	found ref // the search has ended
	done  ref // the output is there
	moves ref // it is not
}

// serially writes a serial module.
func (g *generator) serially() {
	offered := g.Named(g.admit(g.Input("x_valid", datapath.Bit)), "admitted")
	x := g.look(g.input())
	ready := g.Input("y_ready", datapath.Bit)
	s := g.series()
	if g.p.channelPort != "" {
		g.channel = g.Named(g.Reg(g.channel, s.idle, nil), "channel")
	}
	kept := g.keep(s, g.widened(x))
	g.goOn(s, kept, offered, ready)
	y := g.Reg(g.Cast(g.clamp(g.accumulated(s, kept)), g.p.output), s.moves, nil)
	g.guard(offered, []ref{g.Not(s.idle)})
	g.Output("x_ready", g.admit(s.idle))
	g.Output("y_valid", s.done)
	g.Output("y", g.Named(y, "y"))
	g.M.Latency = 1 + g.searchClocks() + g.p.lastStage()
	g.M.Interval = g.M.Latency + 1
}

// lastStage is the stage at which the output is there: after one that decodes what is
// added, one for each shift, one that adds the bias and one that saturates.
func (p *plan) lastStage() int {
	if p.terms == 0 {
		return 1
	}
	return len(p.shifts) + 3
}

// searchClocks is how many thresholds a search compares with.
func (g *generator) searchClocks() int {
	if g.p.segments == 1 {
		return 0
	}
	return g.p.depth()
}

func (g *generator) series() *series {
	n, last := g.searchClocks(), g.p.lastStage()
	s := &series{
		way:   g.Named(g.Later(unsigned(n+1), new(int64)), "way"),
		stage: g.Named(g.Later(unsigned(bits.Len(uint(last))), nil), "stage"),
	}
	s.idle = g.Named(g.Equal(s.way, g.Const(g.Type(s.way), 0)), "idle")
	s.found = g.Named(g.Cast(g.Shr(s.way, n), datapath.Bit), "found")
	s.done = g.Named(g.And(s.found, g.at(s, last)), "done")
	s.moves = g.Named(g.Not(s.done), "moves")
	next := g.Add(g.Type(s.stage), s.stage, g.Const(g.Type(s.stage), 1))
	g.Connect(s.stage, g.Mux(s.found, next, g.Const(g.Type(s.stage), 0)), s.moves)
	return s
}

// at is whether the stage is that one.
func (g *generator) at(s *series, stage int) ref {
	return g.Equal(s.stage, g.Const(g.Type(s.stage), int64(stage)))
}

// left is by how many bits x begins to the left: one more than a term can shift, since
// x shifts while what the first stage adds is decoded.
func (p *plan) left() int {
	if p.terms == 0 {
		return 0
	}
	return max(0, 1-p.shiftOf(0))
}

// widened is x with room below for the shifts to the left.
func (g *generator) widened(x ref) ref {
	t := g.p.seen
	t.Width += g.p.left()
	return g.Shl(t, x, g.p.left())
}

// keep is the register of x, which shifts once the search has ended.
func (g *generator) keep(s *series, x ref) ref {
	kept := g.Named(g.Later(g.Type(x), nil), "kept")
	if g.p.terms == 0 {
		g.Connect(kept, x, s.idle)
		return kept
	}
	g.Connect(kept, g.Mux(s.idle, x, g.Shr(kept, 1)), g.Or(s.idle, s.found))
	return kept
}

// goOn connects the way: it begins with an input that is offered, goes on at each
// threshold, and ends when the output is taken.
func (g *generator) goOn(s *series, kept, offered, ready ref) {
	t, bit := g.Type(s.way), offered
	if g.searchClocks() > 0 {
		threshold := g.readNumber(heapName, g.Cast(s.way, unsigned(g.p.depth())), g.p.segments > 2)
		x := g.Cast(g.Shr(kept, g.p.left()), g.p.thresholds)
		bit = g.Mux(s.idle, offered, g.Named(g.reached(x, threshold), "upper"))
	}
	next := g.Or(g.Shl(t, s.way, 1), g.Cast(bit, t))
	taken := g.And(s.done, ready)
	g.Connect(s.way, g.Mux(s.found, g.Const(t, 0), next), g.Or(g.Not(s.found), taken))
}

// readNumber is a word of the current channel, the one of that number where there are
// several.
func (g *generator) readNumber(name string, number ref, several bool) ref {
	if several {
		return g.readAt(name, number)
	}
	return g.read("%s", name)
}

// ofSegment is a parameter of the segment that was found.
func (g *generator) ofSegment(s *series, name string) ref {
	if g.p.segments == 1 {
		return g.read("%s0", name)
	}
	return g.readAt(name, g.Cast(s.way, unsigned(g.p.depth())))
}

// accumulated is bias + terms, in a register where there are terms.
func (g *generator) accumulated(s *series, kept ref) ref {
	if g.p.counts() {
		return g.stepped(g.read("bias0"), g.Cast(s.way, unsigned(g.p.depth())))
	}
	bias := g.ofSegment(s, "bias")
	if g.p.terms == 0 {
		return bias
	}
	sum := g.Named(g.Later(g.p.sum, nil), "sum")
	last := g.Named(g.Reg(g.And(s.found, g.at(s, len(g.p.shifts))), -1, nil), "last")
	addend := g.Mux(last, g.Cast(bias, g.p.sum), g.passing(s, kept))
	g.Connect(sum, g.Mux(s.found, g.Add(g.p.sum, sum, addend), g.Const(g.p.sum, 0)), s.moves)
	return sum
}

// passing is what the terms add at a stage, by which x is shifted that far. It is
// decoded at the one before, so that a bit of the sum depends on few bits.
func (g *generator) passing(s *series, kept ref) ref {
	t := g.taps([]ref{g.ofSegment(s, "slope")})
	hits, negative := make([]ref, g.p.terms), g.Const(datapath.Bit, 0)
	for j := range hits {
		index := g.Const(g.Type(s.stage), 0)
		if len(t.index) > 0 {
			index = g.Cast(t.index[j], g.Type(s.stage))
		}
		hit := g.And(g.And(s.found, t.enable[j]), g.Equal(index, s.stage))
		negative = g.Or(negative, g.And(hit, t.negative[j]))
		hits[j] = g.Named(g.Reg(hit, -1, nil), "hit%d", j)
	}
	negative = g.Named(g.Reg(negative, -1, nil), "minus")
	shifted := g.Cast(g.Shr(kept, min(max(0, g.p.shiftOf(0)-1), 63)), g.p.sum)
	return g.addend(g.p.sum, g.Named(shifted, "shifted"), hits, negative)
}
