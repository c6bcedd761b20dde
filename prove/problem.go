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

// text is a problem as provers read it. Two problems with the same one are the same, but
// for the names of inputs.
func (p problem) text(g *aig.Graph) string {
	inputs := g.Support(p.got, p.want)
	return string(g.Write(inputs, append(p.got[:len(p.got):len(p.got)], p.want...)))
}

// answer is what a prover says of a problem: with an assignment of inputs where the
// sides differ. Inputs that it does not name may be anything.
type answer struct {
	outcome Outcome
	inputs  map[aig.Lit]bool
}
