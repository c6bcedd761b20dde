package prove

import "grauc/prove/aig"

// problem is bits that are to be equal, none of them the same gate on both sides.
type problem struct{ got, want []aig.Lit }

func (p *problem) add(got, want aig.Lit) {
	p.got, p.want = append(p.got, got), append(p.want, want)
}

// problemOf is what is left of claims to ask provers.
func problemOf(claims ...claim) problem {
	var p problem
	asked := map[[2]aig.Lit]bool{}
	for _, c := range claims {
		for i := range c.got {
			pair := [2]aig.Lit{c.got[i], c.want[i]}
			if c.got[i] != c.want[i] && !asked[pair] {
				asked[pair] = true
				p.add(pair[0], pair[1])
			}
		}
	}
	return p
}

// posed is a problem of a graph.
type posed struct {
	g *aig.Graph
	problem
}

// text is a problem as provers read it. Two problems with the same one are the same, but
// for the names of inputs.
func (p posed) text() string {
	inputs := p.inputs()
	return string(p.g.Write(inputs, append(p.got[:len(p.got):len(p.got)], p.want...)))
}

// inputs are those that a problem depends on.
func (p posed) inputs() []aig.Lit { return p.g.Support(p.got, p.want) }

// fails reports whether the sides differ for some values of the inputs.
func (p posed) fails(inputs map[aig.Lit]bool) bool {
	v := make(aig.Values, p.g.Len())
	for in, one := range inputs {
		if one {
			v[in.Gate()] = 1
		}
	}
	p.g.Simulate(v, p.g.Cone(p.got, p.want))
	return v.Differ(p.got, p.want)&1 == 1
}

// answer is what a prover says of problems: Proved if that are all of them, or else which
// one is not. Asked where one does not hold, it has an assignment of inputs; those that
// it does not name may be anything.
type answer struct {
	outcome Outcome
	which   int
	inputs  map[aig.Lit]bool
}
