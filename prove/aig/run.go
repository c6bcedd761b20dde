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
// for which drive gives nil is free. Unnamed inputs are the port "".
func (g *Graph) Run(c *Circuit, start []Lit, drive func(clock int, port string) []Lit) *Run {
	if start == nil {
		start = g.Vector(len(c.next))
	}
	return &Run{g: g, c: c, start: start, drive: drive}
}

// Output is a port at a clock.
func (r *Run) Output(clock int, port string) []Lit {
	return r.lits(clock, r.c.outputs[port])
}

// Input is an input port at a clock.
func (r *Run) Input(clock int, port string) []Lit {
	var v []Lit
	for i, b := range r.c.inputs {
		if b.port == port {
			for len(v) <= b.at {
				v = append(v, False)
			}
			v[b.at] = r.gate(clock, 1+i)
		}
	}
	return v
}

// State is what the latches marked hold before a clock.
func (r *Run) State(clock int, marked []bool) []Lit {
	var v []Lit
	for i, yes := range marked {
		if yes {
			v = append(v, r.gate(clock, 1+len(r.c.inputs)+i))
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
	return r.gate(clock, l.Gate()) ^ l&1
}

func (r *Run) gate(clock, gate int) Lit {
	known := r.clock(clock)
	if known[gate] == unset {
		known[gate] = r.build(clock, gate-1)
	}
	return known[gate]
}

// clock is what is known of the gates at a clock.
func (r *Run) clock(clock int) []Lit {
	for len(r.clocks) <= clock {
		r.clocks = append(r.clocks, nil)
	}
	if r.clocks[clock] == nil {
		known := make([]Lit, 1+len(r.c.inputs)+len(r.c.next)+len(r.c.ands))
		r.clocks[clock] = known
		r.constants(clock, known)
	}
	return r.clocks[clock]
}

// constants finds what is constant at a clock, so that nothing is built that a shut
// gate keeps out, such as what a register that is held does not take.
func (r *Run) constants(clock int, known []Lit) {
	for i, b := range r.c.inputs {
		known[1+i] = unset
		if bits := r.drive(clock, b.port); b.at < len(bits) {
			known[1+i] = bits[b.at]
		}
	}
	latches := known[1+len(r.c.inputs):][:len(r.c.next)]
	if clock == 0 {
		copy(latches, r.start)
	} else {
		before := r.clock(clock - 1)
		for i, l := range r.c.next {
			latches[i] = constant(before, l)
		}
	}
	ands := known[1+len(r.c.inputs)+len(r.c.next):]
	for i, p := range r.c.ands {
		ands[i] = unset
		a, b := constant(known, p.a), constant(known, p.b)
		switch {
		case a == False || b == False:
			ands[i] = False
		case a == True && b == True:
			ands[i] = True
		}
	}
}

// constant is l if it is known to be constant, else unset.
func constant(known []Lit, l Lit) Lit {
	if v := known[l.Gate()]; v <= True {
		return v ^ l&1
	}
	return unset
}

// build is a gate that is not known yet, counted without the constant.
func (r *Run) build(clock, gate int) Lit {
	latch := gate - len(r.c.inputs)
	and := latch - len(r.c.next)
	switch {
	case latch < 0:
		return r.g.Input()
	case and >= 0:
		p := r.c.ands[and]
		return r.g.And(r.lit(clock, p.a), r.lit(clock, p.b))
	default:
		return r.lit(clock-1, r.c.next[latch])
	}
}
