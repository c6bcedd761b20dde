package aig

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Circuit is a sequential circuit as read: literals count its own gates, of which
// those of inputs and of latches come first.
type Circuit struct {
	inputs  []bit // unnamed ones are bits of a port ""
	next    []Lit // of each latch
	ands    []pair
	outputs map[string][]Lit
}

// bit is a bit of a port.
type bit struct {
	port string
	at   int
}

// Read reads the binary AIGER format with its symbols.
func Read(data []byte) (*Circuit, error) {
	r := bufio.NewReader(bytes.NewReader(data))
	var m, i, l, o, a int
	if _, err := fmt.Fscanf(r, "aig %d %d %d %d %d", &m, &i, &l, &o, &a); err != nil {
		return nil, fmt.Errorf("aiger: header: %w", err)
	}
	if m != i+l+a {
		return nil, errors.New("aiger: gates are missing")
	}
	rest, err := r.ReadString('\n')
	if err != nil || strings.Trim(rest, " 0\n") != "" {
		return nil, fmt.Errorf("aiger: more in the header than is known: %q", rest)
	}
	c := &Circuit{inputs: make([]bit, i), ands: make([]pair, a)}
	for n := range c.inputs {
		c.inputs[n].at = n
	}
	if c.next, err = readLits(r, l); err != nil {
		return nil, err
	}
	outputs, err := readLits(r, o)
	if err != nil {
		return nil, err
	}
	if err := c.readAnds(r); err != nil {
		return nil, err
	}
	return c, c.name(r, outputs)
}

// readLits reads a literal a line; what a latch starts with may follow it.
func readLits(r *bufio.Reader, n int) ([]Lit, error) {
	lits := make([]Lit, n)
	for i := range lits {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		v, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			return nil, err
		}
		lits[i] = Lit(v)
	}
	return lits, nil
}

// readAnds reads the gates, each as two differences downwards.
func (c *Circuit) readAnds(r *bufio.Reader) error {
	first := len(c.inputs) + len(c.next) + 1
	for i := range c.ands {
		d0, err := binary.ReadUvarint(r)
		if err != nil {
			return err
		}
		d1, err := binary.ReadUvarint(r)
		if err != nil {
			return err
		}
		lhs := uint64(first+i) << 1
		if d0 > lhs || d1 > lhs-d0 {
			return errors.New("aiger: a gate before what it is made of")
		}
		c.ands[i] = pair{Lit(lhs - d0), Lit(lhs - d0 - d1)}
	}
	return nil
}

var symbol = regexp.MustCompile(`^([ilo])(\d+) (.+?)(?:\[(\d+)\])?$`)

// name gives the ports their names by the symbols: lines such as "i7 x[3]", up to a
// comment. (The map that Yosys writes leaves out outputs that are constant.)
func (c *Circuit) name(r *bufio.Reader, outputs []Lit) error {
	c.outputs = map[string][]Lit{}
	named := 0
	for {
		line, err := r.ReadString('\n')
		if line = strings.TrimSuffix(line, "\n"); line == "c" || line == "" && err != nil {
			break
		}
		m := symbol.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("aiger: symbol %q", line)
		}
		n, _ := strconv.Atoi(m[2])
		at, _ := strconv.Atoi(m[4])
		switch {
		case m[1] == "i" && n < len(c.inputs):
			c.inputs[n] = bit{m[3], at}
		case m[1] == "o" && n < len(outputs):
			c.setOutput(bit{m[3], at}, outputs[n])
			named++
		}
	}
	if named != len(outputs) {
		return fmt.Errorf("aiger: %d of %d outputs have names", named, len(outputs))
	}
	return nil
}

func (c *Circuit) setOutput(b bit, l Lit) {
	lits := c.outputs[b.port]
	for len(lits) <= b.at {
		lits = append(lits, False)
	}
	lits[b.at] = l
	c.outputs[b.port] = lits
}

// Output is the width of an output port, 0 if there is none of this name.
func (c *Circuit) Output(port string) int { return len(c.outputs[port]) }

// Inputs are the widths of the input ports. What is undefined is a port "".
func (c *Circuit) Inputs() map[string]int {
	widths := map[string]int{}
	for _, b := range c.inputs {
		widths[b.port] = max(widths[b.port], b.at+1)
	}
	return widths
}

// Latches is the number of latches.
func (c *Circuit) Latches() int { return len(c.next) }

// Driven marks the latches whose contents depend at any time on inputs other than
// those allowed, but not those that do so through an output port of that name alone.
func (c *Circuit) Driven(through string, allowed func(port string) bool) []bool {
	in := len(c.inputs)
	touched := make([]bool, 1+in+len(c.next)+len(c.ands))
	for i, b := range c.inputs {
		touched[1+i] = !allowed(b.port)
	}
	cut := map[int]bool{}
	for _, l := range c.outputs[through] {
		cut[l.Gate()] = true
	}
	first := 1 + in + len(c.next)
	latches := touched[1+in : first]
	for changed := true; changed; {
		for i, p := range c.ands {
			touched[first+i] = !cut[first+i] && (touched[p.a.Gate()] || touched[p.b.Gate()])
		}
		changed = false
		for i, n := range c.next {
			if touched[n.Gate()] && !latches[i] {
				latches[i], changed = true, true
			}
		}
	}
	return latches
}

// Unmark takes the marks from the latches that an output port shows.
func (c *Circuit) Unmark(latches []bool, port string) {
	for _, l := range c.outputs[port] {
		if at := l.Gate() - 1 - len(c.inputs); at >= 0 && at < len(latches) {
			latches[at] = false
		}
	}
}
