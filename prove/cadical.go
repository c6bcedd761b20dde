package prove

import (
	"fmt"
	"strconv"
	"strings"

	"grauc/prove/aig"
)

// cadical asks CaDiCaL for an assignment in which some two sides differ.
func (w *workshop) cadical(g *aig.Graph, p problem) (answer, error) {
	if err := w.write("differ.cnf", dimacs(g, p)); err != nil {
		return answer{}, err
	}
	out, err := w.run("cadical", "-q", "differ.cnf")
	switch {
	case strings.Contains(out, "s UNSATISFIABLE"):
		return answer{outcome: Proved}, nil
	case strings.Contains(out, "s SATISFIABLE"):
		return answer{Differs, model(g, p, out)}, nil
	case err == nil:
		err = fmt.Errorf("cadical: %s", lastLine(out))
	}
	return answer{}, err
}

// model reads the lines "v 1 -2 ... 0" of an assignment.
func model(g *aig.Graph, p problem, out string) map[aig.Lit]bool {
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
	values := map[aig.Lit]bool{}
	for _, in := range g.Support(p.got, p.want) {
		values[in] = holds[in.Gate()]
	}
	return values
}

// dimacs says in clauses that some sides of a problem differ. Gates are variables of
// their number, the constant is one more than there are gates.
func dimacs(g *aig.Graph, p problem) string {
	var b strings.Builder
	clauses, variables := 0, g.Len()
	add := func(lits ...int) {
		for _, l := range lits {
			b.WriteString(strconv.Itoa(l))
			b.WriteByte(' ')
		}
		b.WriteString("0\n")
		clauses++
	}
	number := func(l aig.Lit) int {
		n := l.Gate()
		if n == 0 {
			n = g.Len()
		}
		if l.Inverted() {
			return -n
		}
		return n
	}
	add(number(aig.True))
	for _, i := range g.Cone(p.got, p.want) {
		if x, y, ok := g.Fanins(i); ok {
			add(-i, number(x))
			add(-i, number(y))
			add(i, -number(x), -number(y))
		}
	}
	some := make([]int, len(p.got))
	for i := range p.got {
		variables++
		some[i] = variables
		x, y := number(p.got[i]), number(p.want[i])
		add(-variables, x, y)
		add(-variables, -x, -y)
	}
	add(some...)
	return fmt.Sprintf("p cnf %d %d\n", variables, clauses) + b.String()
}
