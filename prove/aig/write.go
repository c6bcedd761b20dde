package aig

import (
	"encoding/binary"
	"fmt"
)

// Write is the literals as outputs of a combinational graph in the binary AIGER
// format, with those inputs.
func (g *Graph) Write(inputs, outputs []Lit) []byte {
	number := make([]Lit, len(g.gates))
	for i, in := range inputs {
		number[in.Gate()] = Lit(i+1) << 1
	}
	var ands []byte
	cone, n := g.Cone(outputs), len(inputs)
	translate := func(l Lit) Lit { return number[l.Gate()] ^ l&1 }
	for _, i := range cone {
		a, b, ok := g.Fanins(i)
		if !ok {
			continue
		}
		n++
		lhs := Lit(n) << 1
		number[i] = lhs
		high, low := translate(a), translate(b)
		high, low = max(high, low), min(high, low)
		ands = binary.AppendUvarint(ands, uint64(lhs-high))
		ands = binary.AppendUvarint(ands, uint64(high-low))
	}
	text := fmt.Appendf(nil, "aig %d %d 0 %d %d\n", n, len(inputs), len(outputs), n-len(inputs))
	for _, o := range outputs {
		text = fmt.Appendf(text, "%d\n", translate(o))
	}
	return append(text, ands...)
}

// Support is the inputs that literals depend on, in the order they were made.
func (g *Graph) Support(of ...[]Lit) []Lit {
	var used []Lit
	for _, i := range g.Cone(of...) {
		if _, _, ok := g.Fanins(i); !ok {
			used = append(used, Lit(i<<1))
		}
	}
	return used
}
