package aig

// Values is what the gates of a graph are for 64 assignments of its inputs at once.
type Values []uint64

// Simulate finds the values of the gates of a cone from those of the inputs.
func (g *Graph) Simulate(v Values, cone []int) {
	for _, i := range cone {
		if p := g.gates[i]; p != (pair{}) {
			v[i] = v.Of(p.a) & v.Of(p.b)
		}
	}
}

// Of is a literal, a bit for each assignment.
func (v Values) Of(l Lit) uint64 { return v[l>>1] ^ -uint64(l&1) }

// Differ says of each assignment whether two vectors of one length differ.
func (v Values) Differ(a, b []Lit) uint64 {
	differ := uint64(0)
	for i := range a {
		differ |= v.Of(a[i]) ^ v.Of(b[i])
	}
	return differ
}

// Number is a vector of at most 64 bits as a number, for one assignment.
func (v Values) Number(bits []Lit, assignment int) uint64 {
	n := uint64(0)
	for i, l := range bits {
		n |= v.Of(l) >> assignment & 1 << i
	}
	return n
}
