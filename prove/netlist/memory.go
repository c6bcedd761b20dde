package netlist

import (
	"math/bits"
	"slices"
	"strings"

	"grauc/prove/aig"
)

// memory is what is looked at of one.
type memory struct {
	name  string
	at    []aig.Lit   // the high bits of the addresses of the words
	low   int         // how many bits tell words apart
	words [][]aig.Lit // latches, or the contents of what is never written
}

// memory makes the words of a memory.
func (r *reader) memory(c *cell, view View) {
	size, width, address := r.number(c, "SIZE"), r.number(c, "WIDTH"), r.number(c, "ABITS")
	writes := r.number(c, "WR_PORTS")
	if writes > 1 || strings.Contains(c.Parameters["RD_CLK_ENABLE"], "1") {
		r.fail("a memory with more than one port to write, or a register to read")
		return
	}
	m := &memory{name: strings.TrimPrefix(c.Parameters["MEMID"], `\`)}
	r.words[c] = m
	if writes == 0 {
		m.low = address
		for k := range size {
			m.words = append(m.words, r.initial(c, k*width, width))
		}
		return
	}
	r.clocked(c, "WR_CLK", "WR_CLK_POLARITY")
	kept, n := size, size
	if view.Words != nil {
		n = view.Words(size)
	}
	if n < size && n > 0 && size%n == 0 && n&(n-1) == 0 {
		kept, m.low = n, bits.Len(uint(n-1))
		m.at = r.c.Port(m.name+".at", address-m.low)
	} else {
		m.low = address
	}
	var all []aig.Lit
	for range kept {
		word := r.c.Latch(width)
		m.words, all = append(m.words, word), append(all, word...)
	}
	r.c.SetOutput(m.name+".words", all)
}

// initial is what a memory that is never written holds.
func (r *reader) initial(c *cell, from, width int) []aig.Lit {
	init := c.Parameters["INIT"] // the highest bit first
	word := make([]aig.Lit, width)
	for i := range word {
		switch at := len(init) - 1 - from - i; {
		case at >= 0 && init[at] != 'x':
			word[i] = aig.Lit(init[at] - '0')
		default:
			word[i] = r.anything(1)[0]
		}
	}
	return word
}

// write says what the words are after a clock.
func (r *reader) write(c *cell) {
	m := r.words[c]
	if m == nil || r.number(c, "WR_PORTS") == 0 {
		return
	}
	address, data, enable := r.address(c, c.Connections["WR_ADDR"]), r.values(c.Connections["WR_DATA"]), r.values(c.Connections["WR_EN"])
	r.c.SetOutput(m.name+".port", r.used(c, address, data, enable))
	for i := range data { // Yosys leaves undefined what is not written
		data[i] = r.c.Where(enable[i], data[i])
	}
	inside := r.c.Equal(address[m.low:], m.at)
	for k, word := range m.words {
		here := r.c.And(inside, r.c.Equal(address[:m.low], aig.Constant(uint64(k), m.low)))
		next := make([]aig.Lit, len(word))
		for i := range next {
			next[i] = r.c.Mux(r.c.And(here, enable[i]), data[i], word[i])
		}
		r.c.Next(word, next)
	}
}

// used is what the ports of a memory are given: addresses that are read, and the address and
// data of what is written, or zeros, above which bits are.
func (r *reader) used(c *cell, address, data, enable []aig.Lit) []aig.Lit {
	some, none := r.c.Any(enable), make([]aig.Lit, max(len(address), len(data)))
	address = r.c.Choose(some, address, none)
	data = r.c.ChooseEach(enable, data, none)
	return slices.Concat(r.values(c.Connections["RD_ADDR"]), address, data, enable)
}

// read is what a port reads.
func (r *reader) read(c *cell, port int) []aig.Lit {
	m, width, n := r.words[c], r.number(c, "WIDTH"), r.number(c, "ABITS")
	if m == nil {
		return make([]aig.Lit, width)
	}
	address := r.address(c, c.Connections["RD_ADDR"][port*n:(port+1)*n])
	if m.low == n {
		return r.lookUp(m.words, address, width)
	}
	inside := r.c.Equal(address[m.low:], m.at)
	return r.c.Choose(inside, r.lookUp(m.words, address[:m.low], width), r.c.Port(m.name+".elsewhere", width))
}

// address counts from the first word.
func (r *reader) address(c *cell, of []signal) []aig.Lit {
	first := aig.Constant(uint64(r.number(c, "OFFSET")), len(of))
	return r.binary("$sub", r.values(of), first)
}

// lookUp is the word of an address; beyond the last one it is undefined.
func (r *reader) lookUp(words [][]aig.Lit, address []aig.Lit, width int) []aig.Lit {
	if len(words) == 0 {
		return r.anything(width)
	}
	if len(address) == 0 {
		return words[0]
	}
	top := len(address) - 1
	half := min(1<<top, len(words))
	low, high := r.lookUp(words[:half], address[:top], width), r.lookUp(words[half:], address[:top], width)
	return r.c.Choose(address[top], high, low)
}
