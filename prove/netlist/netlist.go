// Package netlist reads the netlists that Yosys writes as JSON, of cells that have whole
// words as inputs, into circuits of single gates. What the cells mean is written down
// here, and tested against Yosys's own mapping of them. What is undefined, or driven by
// nothing, is an input of the circuit, which may be anything.
package netlist

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"grauc/prove/aig"
)

// Design is a netlist of modules.
type Design struct{ modules map[string]*module }

type module struct {
	Ports map[string]struct {
		Direction string
		Bits      []signal
	}
	Cells    map[string]*cell
	Netnames map[string]struct{ Bits []signal }
}

type cell struct {
	Type        string
	Parameters  map[string]string
	Connections map[string][]signal
}

// signal is the number of a net, from 2 on, or what is constant.
type signal int

const undefined signal = -1 // 0 and 1 are constants

// UnmarshalJSON reads a number, or "0", "1", "x", "z".
func (s *signal) UnmarshalJSON(data []byte) error {
	switch text := string(data); text {
	case `"0"`, `"1"`:
		*s = signal(text[1] - '0')
	case `"x"`, `"z"`:
		*s = undefined
	default:
		return json.Unmarshal(data, (*int)(s))
	}
	return nil
}

// Parse parses JSON.
func Parse(data []byte) (Design, error) {
	var d struct{ Modules map[string]*module }
	if err := json.Unmarshal(data, &d); err != nil {
		return Design{}, fmt.Errorf("netlist: %w", err)
	}
	return Design{d.Modules}, nil
}

// View is what is looked at of a module besides its ports.
type View struct {
	// Words is how many words of a memory of that size are looked at: those whose address
	// has, above as many bits as tell them apart, what is held in the input NAME.at. Words
	// elsewhere read as what the input NAME.elsewhere is, so that what holds of these holds of
	// all. A number that is no power of two, or does not divide the size, means all words.
	Words func(size int) int
	// Nets are names of some whose values are an output, too.
	Nets []string
}

// Circuit is a module as a circuit. NAME.words is what a memory holds of the words that
// are looked at, NAME.port what its ports are given: the addresses that are read, the address
// and data of what is written, zeros elsewhere, and which bits are written.
func (d Design) Circuit(name string, view View) (*aig.Circuit, error) {
	m := d.modules[name]
	if m == nil {
		return nil, fmt.Errorf("netlist: no module %s", name)
	}
	r := &reader{module: m, c: aig.NewCircuit(), driven: map[signal]pin{}, known: map[signal]aig.Lit{}, words: map[*cell]*memory{}}
	r.inputs()
	r.latches(view)
	r.outputs(view)
	if r.err != nil {
		return nil, fmt.Errorf("netlist: module %s: %w", name, r.err)
	}
	return r.c, nil
}

// pin is a bit of an output of a cell.
type pin struct {
	of   *cell
	port string
	at   int
}

// reader makes a circuit of a module, from its outputs and registers to its inputs.
type reader struct {
	*module
	c      *aig.Circuit
	clock  signal
	driven map[signal]pin
	known  map[signal]aig.Lit
	words  map[*cell]*memory
	err    error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) inputs() {
	for _, name := range slices.Sorted(maps.Keys(r.Ports)) {
		p := r.Ports[name]
		if p.Direction != "input" {
			continue
		}
		if name == "clk" {
			r.clock = p.Bits[0]
		}
		r.drive(p.Bits, r.c.Port(name, len(p.Bits)))
	}
}

// drive says what signals are.
func (r *reader) drive(signals []signal, lits []aig.Lit) {
	for i, s := range signals {
		r.known[s] = lits[i]
	}
}

// latches makes those of registers and memories, and notes what drives other nets.
func (r *reader) latches(view View) {
	for _, name := range slices.Sorted(maps.Keys(r.Cells)) {
		switch c := r.Cells[name]; c.Type {
		case "$dff":
			r.clocked(c, "CLK", "CLK_POLARITY")
			r.drive(c.Connections["Q"], r.c.Latch(len(c.Connections["Q"])))
		case "$mem_v2":
			r.memory(c, view)
			r.drives(c, "RD_DATA")
		default:
			if len(c.Connections["Y"]) == 0 {
				r.fail("a cell %s", c.Type)
			}
			r.drives(c, "Y")
		}
	}
}

func (r *reader) drives(c *cell, port string) {
	for i, s := range c.Connections[port] {
		r.driven[s] = pin{c, port, i}
	}
}

// clocked checks that a cell has the clock, and that its rising edge counts.
func (r *reader) clocked(c *cell, port, polarity string) {
	if s := c.Connections[port]; len(s) != 1 || s[0] != r.clock || r.clock == 0 || r.number(c, polarity) != 1 {
		r.fail("a register with another clock than the rising edge of clk")
	}
}

// outputs finds what outputs, registers and memories depend on.
func (r *reader) outputs(view View) {
	for _, name := range slices.Sorted(maps.Keys(r.Ports)) {
		if p := r.Ports[name]; p.Direction == "output" {
			r.c.SetOutput(name, r.values(p.Bits))
		}
	}
	for _, name := range view.Nets {
		if net, ok := r.Netnames[name]; ok {
			r.c.SetOutput(name, r.values(net.Bits))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Cells)) {
		switch c := r.Cells[name]; c.Type {
		case "$dff":
			r.c.Next(r.values(c.Connections["Q"]), r.values(c.Connections["D"]))
		case "$mem_v2":
			r.write(c)
		}
	}
}

func (r *reader) values(signals []signal) []aig.Lit {
	v := make([]aig.Lit, len(signals))
	for i, s := range signals {
		v[i] = r.value(s)
	}
	return v
}

// value is a signal. A cell is entered once: one that depends on itself is undefined.
func (r *reader) value(s signal) aig.Lit {
	switch s {
	case 0, 1:
		return aig.Lit(s)
	case undefined:
		return r.anything(1)[0]
	}
	if l, ok := r.known[s]; ok {
		if l == entered {
			r.fail("a loop without a register")
			return aig.False
		}
		return l
	}
	p, ok := r.driven[s]
	if !ok {
		r.known[s] = r.anything(1)[0]
		return r.known[s]
	}
	nets := p.of.Connections[p.port]
	if p.port == "RD_DATA" {
		width := r.number(p.of, "WIDTH")
		first := p.at / width * width
		nets = nets[first : first+width]
	}
	for _, n := range nets {
		r.known[n] = entered
	}
	if p.port == "RD_DATA" {
		r.drive(nets, r.read(p.of, p.at/r.number(p.of, "WIDTH")))
	} else {
		r.drive(nets, r.evaluate(p.of, len(nets)))
	}
	return r.known[s]
}

// entered marks what is being evaluated.
const entered = ^aig.Lit(0)

// anything is so many bits that are undefined.
func (r *reader) anything(n int) []aig.Lit { return r.c.Port("", n) }

// number is a parameter.
func (r *reader) number(c *cell, name string) int {
	n := 0
	for _, digit := range c.Parameters[name] {
		n = n<<1 | int(digit-'0')
	}
	return n
}
