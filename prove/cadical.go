package prove

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"grauc/prove/aig"
)

// cadical asks CaDiCaL for an assignment in which some two sides differ, of one pair after
// the other: what it learns of one is there for the next.
func (w *workshop) cadical(problems []posed) (answer, error) {
	c := newClauses(problems)
	if err := w.write("differ.icnf", c.String()); err != nil {
		return answer{}, err
	}
	out, err := w.run("cadical", "-q", "differ.icnf")
	switch {
	case strings.Contains(out, "s UNSATISFIABLE"):
		return answer{outcome: Proved}, nil
	case strings.Contains(out, "s SATISFIABLE"):
		return c.model(problems, out)
	case err == nil:
		err = fmt.Errorf("cadical: %s", lastLine(out))
	}
	return answer{}, err
}

func (w *workshop) cadicalDiffer(p posed) (answer, error) { return w.cadical([]posed{p}) }

// clauses say what the gates of problems are, and then which two sides are to
// differ. The variable of a gate is its number more than what comes before its problem;
// variable 1 is the constant.
type clauses struct {
	strings.Builder
	before []int
}

func newClauses(problems []posed) *clauses {
	c := &clauses{}
	c.WriteString("p inccnf\n-1 0\n")
	next := 1
	for _, p := range problems {
		c.before = append(c.before, next)
		c.gates(p.g, p.g.Cone(p.got, p.want), next)
		next += p.g.Len() - 1
	}
	for i, p := range problems {
		for k := range p.got {
			got, want := variable(p.got[k], c.before[i]), variable(p.want[k], c.before[i])
			fmt.Fprintf(c, "a %d %d 0\na %d %d 0\n", got, -want, -got, want)
		}
	}
	return c
}

func (c *clauses) gates(g *aig.Graph, cone []int, before int) {
	for _, i := range cone {
		if a, b, ok := g.Fanins(i); ok {
			gate, x, y := before+i, variable(a, before), variable(b, before)
			fmt.Fprintf(c, "%d %d 0\n%d %d 0\n%d %d %d 0\n", -gate, x, -gate, y, gate, -x, -y)
		}
	}
}

// variable of a gate, negative for its inverse.
func variable(l aig.Lit, before int) int {
	n := before + l.Gate()
	if l.Gate() == 0 {
		n = 1
	}
	if l.Inverted() {
		return -n
	}
	return n
}

// model reads the lines "v 1 -2 ... 0" of an assignment.
func (c *clauses) model(problems []posed, out string) (answer, error) {
	holds := map[int]bool{}
	for line := range strings.Lines(out) {
		numbers, ok := strings.CutPrefix(line, "v ")
		if !ok {
			continue
		}
		for _, f := range strings.Fields(numbers) {
			if n, err := strconv.Atoi(f); err == nil && n > 0 {
				holds[n] = true
			}
		}
	}
	for i, p := range problems {
		inputs := map[aig.Lit]bool{}
		for _, in := range p.inputs() {
			inputs[in] = holds[c.before[i]+in.Gate()]
		}
		if p.fails(inputs) {
			return answer{Differs, i, inputs}, nil
		}
	}
	return answer{}, errors.New("cadical: its model is none")
}
