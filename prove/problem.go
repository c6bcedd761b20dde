package prove

import "grauc/prove/aig"

// problem is bits that are to be equal, none of them the same gate on both sides.
type problem struct{ got, want []aig.Lit }

// problem is what is left of a claim to ask a prover, if anything.
func (c *claim) problem() (p problem, any bool) {
	asked := map[[2]aig.Lit]bool{}
	for i := range c.got {
		pair := [2]aig.Lit{c.got[i], c.want[i]}
		if c.got[i] == c.want[i] || asked[pair] {
			continue
		}
		asked[pair] = true
		p.got, p.want = append(p.got, c.got[i]), append(p.want, c.want[i])
	}
	return p, len(p.got) > 0
}

// answer is what a prover says of a problem: with an assignment of inputs where the
// sides differ. Inputs that it does not name may be anything.
type answer struct {
	outcome Outcome
	inputs  map[aig.Lit]bool
}
