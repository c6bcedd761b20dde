package cost

// lit is a signal of one bit: a node of the network, complemented where the lowest bit
// is set. Node 0 is the constant 0.
type lit uint32

const (
	no  lit = 0
	yes lit = 1
)

func (l lit) node() int32     { return int32(l >> 1) }
func (l lit) not() lit        { return l ^ 1 }
func (l lit) constant() bool  { return l <= yes }
func (l lit) inverted() bool  { return l&1 == 1 }
func (l lit) when(s bool) lit { return l ^ lit(truth(s)) }

func truth(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

type kind uint8

const (
	leaf kind = iota // of source: what logic starts from
	and
	xor // of two nodes that are not complemented
)

// gate is a node of the network. Its operands come before it.
type gate struct {
	kind   kind
	a, b   lit
	source int32 // of a leaf: index of what drives it
}

// network is logic of two inputs a gate, equal gates being one.
type network struct {
	gates []gate
	known map[gate]int32
}

func newNetwork() *network {
	return &network{gates: make([]gate, 1, 1024), known: map[gate]int32{}}
}

func (n *network) leaf(source int32) lit {
	n.gates = append(n.gates, gate{kind: leaf, source: source})
	return lit(len(n.gates)-1) << 1
}

func (n *network) gate(g gate) lit {
	at, ok := n.known[g]
	if !ok {
		at = int32(len(n.gates))
		n.gates = append(n.gates, g)
		n.known[g] = at
	}
	return lit(at) << 1
}

func (n *network) and(a, b lit) lit {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == no || a == b.not():
		return no
	case a == yes || a == b:
		return b
	}
	return n.gate(gate{kind: and, a: a, b: b})
}

func (n *network) or(a, b lit) lit { return n.and(a.not(), b.not()).not() }

func (n *network) xor(a, b lit) lit {
	if a > b {
		a, b = b, a
	}
	inverted := a.inverted() != b.inverted()
	a, b = a&^1, b&^1
	switch {
	case a == no:
		return b.when(inverted)
	case a == b:
		return no.when(inverted)
	}
	return n.gate(gate{kind: xor, a: a, b: b}).when(inverted)
}

func (n *network) mux(s, then, els lit) lit {
	switch {
	case then == els:
		return then
	case then == els.not():
		return n.xor(s, els)
	}
	return n.or(n.and(s, then), n.and(s.not(), els))
}

// all is whether all are set.
func (n *network) all(bits []lit) lit {
	for len(bits) > 1 {
		half := make([]lit, 0, (len(bits)+1)/2)
		for i := 0; i+1 < len(bits); i += 2 {
			half = append(half, n.and(bits[i], bits[i+1]))
		}
		if len(bits)%2 == 1 {
			half = append(half, bits[len(bits)-1])
		}
		bits = half
	}
	if len(bits) == 0 {
		return yes
	}
	return bits[0]
}

// any is whether one is set.
func (n *network) any(bits []lit) lit { return n.all(inverted(bits)).not() }
