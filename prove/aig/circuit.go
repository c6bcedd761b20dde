package aig

import "slices"

// Circuit is a sequential circuit: a graph, of whose inputs some are ports and some are
// what latches hold. What is neither is undefined: inputs of the port "", each of which
// may be anything at any clock.
type Circuit struct {
	*Graph
	sources map[int]source // of the inputs, by their gates
	latches []Lit
	next    []Lit // what each latch holds after a clock
	inputs  map[string]int
	outputs map[string][]Lit
}

// source is a bit of a port, or a latch.
type source struct {
	port string
	at   int // below 0: ^at is a latch
}

// NewCircuit has no gates.
func NewCircuit() *Circuit {
	return &Circuit{Graph: NewGraph(), sources: map[int]source{}, inputs: map[string]int{}, outputs: map[string][]Lit{}}
}

// Port adds an input port, or that many bits to one.
func (c *Circuit) Port(name string, width int) []Lit {
	v := c.Vector(width)
	for _, l := range v {
		c.sources[l.Gate()] = source{name, c.inputs[name]}
		c.inputs[name]++
	}
	return v
}

// Latch adds latches that keep what they hold until Next says otherwise.
func (c *Circuit) Latch(width int) []Lit {
	v := c.Vector(width)
	for _, l := range v {
		c.sources[l.Gate()] = source{at: ^len(c.latches)}
		c.latches, c.next = append(c.latches, l), append(c.next, l)
	}
	return v
}

// Next is what latches hold after a clock.
func (c *Circuit) Next(latches, next []Lit) {
	for i, l := range latches {
		c.next[^c.sources[l.Gate()].at] = next[i]
	}
}

// SetOutput names bits.
func (c *Circuit) SetOutput(port string, bits []Lit) { c.outputs[port] = bits }

// Output is the width of an output port, 0 if there is none of this name.
func (c *Circuit) Output(port string) int { return len(c.outputs[port]) }

// Inputs are the widths of the input ports. What is undefined is a port "".
func (c *Circuit) Inputs() map[string]int { return c.inputs }

// Latches is the number of latches.
func (c *Circuit) Latches() int { return len(c.latches) }

// Driven marks the latches whose contents depend at any time on inputs other than
// those allowed, but not those that do so through an output port of that name alone.
func (c *Circuit) Driven(through string, allowed func(port string) bool) []bool {
	touched := make([]bool, c.Len())
	for gate, s := range c.sources {
		touched[gate] = s.at >= 0 && !allowed(s.port)
	}
	cut := map[int]bool{}
	for _, l := range c.outputs[through] {
		cut[l.Gate()] = true
	}
	driven := make([]bool, len(c.latches))
	for changed := true; changed; {
		for i := range touched {
			if a, b, ok := c.Fanins(i); ok {
				touched[i] = !cut[i] && (touched[a.Gate()] || touched[b.Gate()])
			}
		}
		changed = false
		for i, n := range c.next {
			if touched[n.Gate()] && !driven[i] {
				driven[i], touched[c.latches[i].Gate()], changed = true, true, true
			}
		}
	}
	return driven
}

// Following marks, of the latches listed, those that hold at any clock what latches that
// keep what they hold had some clocks before: no input reaches them otherwise, and none
// of them itself.
func (c *Circuit) Following(of []bool) []bool {
	supports := make([][]Lit, len(c.next))
	kept := make([]bool, len(c.next)) // those that keep what they hold, or follow some that do
	visited := make([]int, c.Len())
	for i, n := range c.next {
		if of[i] {
			supports[i] = c.inputsBelow(n, i+1, visited, nil)
			kept[i] = slices.Contains(supports[i], c.latches[i])
		}
	}
	following := make([]bool, len(c.next))
	follows := func(l Lit) bool {
		s := c.sources[l.Gate()]
		return s.at < 0 && kept[^s.at]
	}
	for changed := true; changed; {
		changed = false
		for i, support := range supports {
			if of[i] && !kept[i] && !slices.ContainsFunc(support, func(l Lit) bool { return !follows(l) }) {
				kept[i], following[i], changed = true, true, true
			}
		}
	}
	return following
}

// inputsBelow adds the inputs that a literal depends on, those apart that this visit has been to.
func (c *Circuit) inputsBelow(l Lit, visit int, visited []int, inputs []Lit) []Lit {
	i := l.Gate()
	if i == 0 || visited[i] == visit {
		return inputs
	}
	visited[i] = visit
	if a, b, ok := c.Fanins(i); ok {
		return c.inputsBelow(b, visit, visited, c.inputsBelow(a, visit, visited, inputs))
	}
	return append(inputs, l&^1)
}

// Unmark takes the marks from the latches that an output port shows.
func (c *Circuit) Unmark(latches []bool, port string) {
	for _, l := range c.outputs[port] {
		if s, ok := c.sources[l.Gate()]; ok && s.at < 0 {
			latches[^s.at] = false
		}
	}
}
