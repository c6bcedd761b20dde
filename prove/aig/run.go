package aig

// unset is no literal.
const unset = ^Lit(0)

// Run follows a circuit through clocks, 0 the first, in a graph. Only what is asked
// for is built.
type Run struct {
	g      *Graph
	c      *Circuit
	start  []Lit // the latches before clock 0
	drive  func(clock int, port string) []Lit
	clocks [][]Lit
}

// Run begins a run. The latches hold start, or any contents if it is nil. A port
// for which drive gives nil is free. What is undefined is the port "".
func (g *Graph) Run(c *Circuit, start []Lit, drive func(clock int, port string) []Lit) *Run {
	if start == nil {
		start = g.Vector(len(c.latches))
	}
	return &Run{g: g, c: c, start: start, drive: drive}
}

// Output is a port at a clock.
func (r *Run) Output(clock int, port string) []Lit {
	return r.lits(clock, r.c.outputs[port])
}

// Input is an input port at a clock.
func (r *Run) Input(clock int, port string) []Lit {
	v := make([]Lit, r.c.inputs[port])
	for _, l := range r.c.Graph.inputs {
		if s := r.c.sources[l.Gate()]; s.at >= 0 && s.port == port {
			v[s.at] = r.lit(clock, l)
		}
	}
	return v
}

// State is what the latches marked hold before a clock.
func (r *Run) State(clock int, marked []bool) []Lit {
	var v []Lit
	for i, yes := range marked {
		if yes {
			v = append(v, r.lit(clock, r.c.latches[i]))
		}
	}
	return v
}

func (r *Run) lits(clock int, of []Lit) []Lit {
	v := make([]Lit, len(of))
	for i, l := range of {
		v[i] = r.lit(clock, l)
	}
	return v
}

func (r *Run) lit(clock int, l Lit) Lit {
	known, gate := r.clock(clock), l.Gate()
	if known[gate] == unset {
		known[gate] = r.build(clock, gate)
	}
	return known[gate] ^ l&1
}

// clock is what is known of the gates at a clock.
func (r *Run) clock(clock int) []Lit {
	for len(r.clocks) <= clock {
		r.clocks = append(r.clocks, nil)
	}
	if r.clocks[clock] == nil {
		known := make([]Lit, r.c.Len())
		r.clocks[clock] = known
		r.constants(clock, known)
	}
	return r.clocks[clock]
}

// constants finds what is constant at a clock, so that nothing is built that a shut
// gate keeps out, such as what a register that is held does not take.
func (r *Run) constants(clock int, known []Lit) {
	for i, p := range r.c.gates {
		switch {
		case i == 0:
		case p == pair{}:
			known[i] = r.given(clock, r.c.sources[i])
		default:
			known[i] = unset
			a, b := constant(known, p.a), constant(known, p.b)
			switch {
			case a == False || b == False:
				known[i] = False
			case a == True && b == True:
				known[i] = True
			}
		}
	}
}

// given is what is driven, or what a latch holds if that is known.
func (r *Run) given(clock int, s source) Lit {
	switch {
	case s.at >= 0:
		if bits := r.drive(clock, s.port); s.at < len(bits) {
			return bits[s.at]
		}
		return unset
	case clock == 0:
		return r.start[^s.at]
	}
	return constant(r.clock(clock-1), r.c.next[^s.at])
}

// constant is l if it is known to be constant, else unset.
func constant(known []Lit, l Lit) Lit {
	if v := known[l.Gate()]; v <= True {
		return v ^ l&1
	}
	return unset
}

// build is a gate that is not known yet.
func (r *Run) build(clock, gate int) Lit {
	if a, b, ok := r.c.Fanins(gate); ok {
		return r.g.And(r.lit(clock, a), r.lit(clock, b))
	}
	if s := r.c.sources[gate]; s.at < 0 {
		return r.lit(clock-1, r.c.next[^s.at])
	}
	return r.g.Input()
}
