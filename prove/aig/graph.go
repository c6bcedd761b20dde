// Package aig holds and-inverter graphs, the form in which hardware and its
// specification are handed to provers: reading what Yosys writes, following a
// circuit from clock to clock, evaluating 64 inputs at a time.
package aig

// Lit is a gate of a graph or its inverse.
type Lit uint32

// The constants.
const (
	False Lit = 0
	True  Lit = 1
)

// Not is the inverse.
func (l Lit) Not() Lit { return l ^ 1 }

// Gate is the number of the gate.
func (l Lit) Gate() int { return int(l >> 1) }

// Inverted reports whether l is the inverse of its gate.
func (l Lit) Inverted() bool { return l&1 == 1 }

// If is l, or its inverse unless yes.
func (l Lit) If(yes bool) Lit {
	if yes {
		return l
	}
	return l.Not()
}

// pair is what a gate is the conjunction of, the smaller one first. Inputs and the
// constant, gate 0, are no conjunctions.
type pair struct{ a, b Lit }

// Graph is a combinational graph without two gates that are alike. Gates come after
// what they are made of.
type Graph struct {
	gates  []pair
	inputs []Lit
	known  map[pair]Lit

	visited []int // the search that reached a gate last
	visit   int
}

// NewGraph has nothing but the constants.
func NewGraph() *Graph {
	return &Graph{gates: make([]pair, 1), known: map[pair]Lit{}}
}

// Input adds an input.
func (g *Graph) Input() Lit {
	l := Lit(len(g.gates) << 1)
	g.gates = append(g.gates, pair{})
	g.inputs = append(g.inputs, l)
	return l
}

// Vector is an input of so many bits, the lowest first.
func (g *Graph) Vector(width int) []Lit {
	v := make([]Lit, width)
	for i := range v {
		v[i] = g.Input()
	}
	return v
}

// Len is the number of gates, inputs and the constant included.
func (g *Graph) Len() int { return len(g.gates) }

// Fanins are what a gate is the conjunction of.
func (g *Graph) Fanins(gate int) (a, b Lit, ok bool) {
	p := g.gates[gate]
	return p.a, p.b, p != pair{}
}

// And is a and b.
func (g *Graph) And(a, b Lit) Lit {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == False || a == b.Not():
		return False
	case a == True || a == b:
		return b
	}
	if l, ok := g.absorbed(a, b); ok {
		return l
	}
	if l, ok := g.absorbed(b, a); ok {
		return l
	}
	if l, ok := g.resolved(a, b); ok {
		return l
	}
	p := pair{a, b}
	if l, ok := g.known[p]; ok {
		return l
	}
	l := Lit(len(g.gates) << 1)
	g.gates = append(g.gates, p)
	g.known[p] = l
	return l
}

// absorbed is a and b, if what b is made of has a part in it that a makes superfluous.
func (g *Graph) absorbed(a, b Lit) (l Lit, ok bool) {
	switch {
	case g.implies(a, b, near):
		return a, true
	case g.implies(a, b.Not(), near):
		return False, true
	}
	p := g.gates[b.Gate()]
	switch {
	case p == pair{} || !b.Inverted():
		return False, false
	case g.implies(a, p.a, near):
		return g.And(a, p.b.Not()), true
	case g.implies(a, p.b, near):
		return g.And(a, p.a.Not()), true
	}
	return False, false
}

// resolved is a and b, if they are the inverses of c and d and of c and the inverse of d.
func (g *Graph) resolved(a, b Lit) (l Lit, ok bool) {
	p, q := g.gates[a.Gate()], g.gates[b.Gate()]
	switch {
	case p == pair{} || q == pair{} || !a.Inverted() || !b.Inverted():
		return False, false
	case p.a == q.a && p.b == q.b.Not(), p.a == q.b && p.b == q.a.Not():
		return p.a.Not(), true
	case p.b == q.b && p.a == q.a.Not(), p.b == q.a && p.a == q.b.Not():
		return p.b.Not(), true
	}
	return False, false
}

// near is how many gates And looks beyond.
const near = 2

// implies reports whether b holds where a does, as far as so many gates tell.
func (g *Graph) implies(a, b Lit, depth int) bool {
	if a == b || depth == 0 {
		return a == b
	}
	if p := g.gates[a.Gate()]; p != (pair{}) && !a.Inverted() && (g.implies(p.a, b, depth-1) || g.implies(p.b, b, depth-1)) {
		return true
	}
	p := g.gates[b.Gate()]
	return p != pair{} && b.Inverted() && (g.implies(a, p.a.Not(), depth-1) || g.implies(a, p.b.Not(), depth-1))
}

// Or is a or b.
func (g *Graph) Or(a, b Lit) Lit { return g.And(a.Not(), b.Not()).Not() }

// Mux is then where sel holds, else els.
func (g *Graph) Mux(sel, then, els Lit) Lit {
	if then == els {
		return then
	}
	return g.Or(g.And(sel, then), g.And(sel.Not(), els))
}

// Xor is a or b, but not both.
func (g *Graph) Xor(a, b Lit) Lit { return g.Mux(a, b.Not(), b) }

// Any says that some of the literals holds.
func (g *Graph) Any(of []Lit) Lit {
	some := False
	for _, l := range of {
		some = g.Or(some, l)
	}
	return some
}

// Add is the sum of two vectors of one length and of a carry, in as many bits.
func (g *Graph) Add(a, b []Lit, carry Lit) []Lit {
	sum := make([]Lit, len(a))
	for i := range sum {
		odd := g.Xor(a[i], b[i])
		sum[i] = g.Xor(odd, carry)
		carry = g.Or(g.And(a[i], b[i]), g.And(odd, carry))
	}
	return sum
}

// Subtract is the difference of two vectors of one length, in as many bits.
func (g *Graph) Subtract(a, b []Lit) []Lit {
	inverse := make([]Lit, len(b))
	for i, l := range b {
		inverse[i] = l.Not()
	}
	return g.Add(a, inverse, True)
}

// Equal says that two vectors of one length have the same bits.
func (g *Graph) Equal(a, b []Lit) Lit {
	same := True
	for i := range a {
		same = g.And(same, g.Mux(a[i], b[i], b[i].Not()))
	}
	return same
}

// Less is a < b for unsigned vectors of one length.
func (g *Graph) Less(a, b []Lit) Lit {
	less := False
	for i := range a {
		less = g.Mux(g.Equal(a[i:i+1], b[i:i+1]), less, b[i])
	}
	return less
}

// Choose is a vector where sel holds, else the other one.
func (g *Graph) Choose(sel Lit, then, els []Lit) []Lit {
	v := make([]Lit, len(then))
	for i := range v {
		v[i] = g.Mux(sel, then[i], els[i])
	}
	return v
}

// ChooseEach is each bit of a vector where that of sel holds, else of the other one.
func (g *Graph) ChooseEach(sel, then, els []Lit) []Lit {
	v := make([]Lit, len(sel))
	for i := range v {
		v[i] = g.Mux(sel[i], then[i], els[i])
	}
	return v
}

// Where is a literal as simple as a condition makes it, which counts where that holds alone.
func (g *Graph) Where(condition, l Lit) Lit {
	known := map[int]Lit{0: False, condition.Gate(): True.If(!condition.Inverted())}
	var given func(l Lit) Lit
	given = func(l Lit) Lit {
		i := l.Gate()
		if v, ok := known[i]; ok {
			return v ^ l&1
		}
		v := l &^ 1
		if a, b, ok := g.Fanins(i); ok {
			v = g.And(given(a), given(b))
		}
		known[i] = v
		return v ^ l&1
	}
	return given(l)
}

// Constant is the low bits of v.
func Constant(v uint64, width int) []Lit {
	bits := make([]Lit, width)
	for i := range bits {
		bits[i] = Lit(v >> min(i, 63) & 1)
	}
	return bits
}

// Cone lists the gates that the literals depend on, each after what it is made of, without
// the constant.
func (g *Graph) Cone(of ...[]Lit) []int {
	in := make([]bool, len(g.gates))
	top := 0
	for _, lits := range of {
		for _, l := range lits {
			in[l.Gate()] = true
			top = max(top, l.Gate())
		}
	}
	for i := top; i > 0; i-- {
		if a, b, ok := g.Fanins(i); ok && in[i] {
			in[a.Gate()], in[b.Gate()] = true, true
		}
	}
	var cone []int
	for i := 1; i <= top; i++ {
		if in[i] {
			cone = append(cone, i)
		}
	}
	return cone
}

// ConeOf lists the gates that two literals depend on, without the constant.
func (g *Graph) ConeOf(a, b Lit) []int {
	g.visit++
	for len(g.visited) < len(g.gates) {
		g.visited = append(g.visited, 0)
	}
	cone := g.reach(nil, a)
	return g.reach(cone, b)
}

func (g *Graph) reach(cone []int, from Lit) []int {
	i := from.Gate()
	if i == 0 || g.visited[i] == g.visit {
		return cone
	}
	g.visited[i] = g.visit
	if a, b, ok := g.Fanins(i); ok {
		cone = g.reach(g.reach(cone, a), b)
	}
	return append(cone, i)
}

// Conjuncts collects literals that all hold where l does.
func (g *Graph) Conjuncts(l Lit, into map[Lit]bool) {
	if into[l] {
		return
	}
	into[l] = true
	if a, b, ok := g.Fanins(l.Gate()); ok && !l.Inverted() {
		g.Conjuncts(a, into)
		g.Conjuncts(b, into)
	}
}
