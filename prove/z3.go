package prove

import (
	"fmt"
	"strings"

	"grauc/prove/aig"
)

// z3 asks Z3. Where random assignments tell the sides apart it is asked at once for
// one that does; else it is led to the answer.
func (w *workshop) z3(g *aig.Graph, p problem, numbers [][]aig.Lit) (answer, error) {
	s := sweep(g, p, numbers)
	if len(p.got) > manyBits && !s.apart {
		return w.z3Bits(g, p)
	}
	for !s.apart {
		h, problems, about := s.pose()
		says, err := w.z3Each(h, problems)
		if err != nil {
			return answer{}, err
		}
		wrong := 0
		for i, gate := range about {
			if says[i] != "unsat" && gate >= 0 {
				s.wrong[gate] = true
				wrong++
			}
		}
		switch {
		case wrong > 0:
			continue
		case len(problems) == 0 || says[len(says)-1] == "unsat":
			return answer{outcome: Proved}, nil
		}
		break
	}
	return w.z3Model(g, p)
}

// manyBits are so many that each depends on little: those of registers.
const manyBits = 64

// z3Bits asks about each bit by itself.
func (w *workshop) z3Bits(g *aig.Graph, p problem) (answer, error) {
	bits := make([]problem, len(p.got))
	for i := range bits {
		bits[i] = problem{p.got[i : i+1], p.want[i : i+1]}
	}
	says, err := w.z3Each(g, bits)
	if err != nil {
		return answer{}, err
	}
	for i, s := range says {
		if s != "unsat" {
			return w.z3Model(g, bits[i])
		}
	}
	return answer{outcome: Proved}, nil
}

// z3Each says of each problem whether it is "unsat", which is solved.
func (w *workshop) z3Each(g *aig.Graph, problems []problem) ([]string, error) {
	s := smt{g: g, written: make([]bool, g.Len())}
	s.WriteString("(set-logic QF_FD)\n")
	for i, p := range problems {
		s.problem(i, p)
	}
	if err := w.write("each.smt2", s.String()); err != nil {
		return nil, err
	}
	out, err := w.run("z3", "each.smt2")
	if err != nil {
		return nil, err
	}
	says := strings.Fields(out)
	if len(says) != len(problems) {
		return nil, fmt.Errorf("z3: %s", lastLine(out))
	}
	return says, nil
}

// z3Model asks whether the sides differ, and where.
func (w *workshop) z3Model(g *aig.Graph, p problem) (answer, error) {
	s := smt{g: g, written: make([]bool, g.Len())}
	s.problem(0, p)
	inputs := g.Support(p.got, p.want)
	s.WriteString("(get-value (true")
	for _, in := range inputs {
		fmt.Fprintf(&s, " n%d", in.Gate())
	}
	s.WriteString("))\n")
	if err := w.write("model.smt2", s.String()); err != nil {
		return answer{}, err
	}
	out, err := w.run("z3", "model.smt2")
	switch {
	case strings.HasPrefix(out, "unsat"): // and no model, which z3 calls an error
		return answer{outcome: Proved}, nil
	case err != nil:
		return answer{}, err
	case !strings.HasPrefix(out, "sat"):
		return answer{}, fmt.Errorf("z3: %s", lastLine(out))
	}
	values := map[aig.Lit]bool{}
	for _, in := range inputs {
		values[in] = strings.Contains(out, fmt.Sprintf("(n%d true)", in.Gate()))
	}
	return answer{Differs, values}, nil
}

// smt writes the gates of a graph as propositions, each once.
type smt struct {
	strings.Builder
	g       *aig.Graph
	written []bool
}

func (s *smt) problem(n int, p problem) {
	s.declare(append(p.got[:len(p.got):len(p.got)], p.want...))
	fmt.Fprintf(s, "(declare-const differ%d Bool)\n(assert (= differ%d (or", n, n)
	for i := range p.got {
		fmt.Fprintf(s, " (xor %s %s)", proposition(p.got[i]), proposition(p.want[i]))
	}
	fmt.Fprintf(s, ")))\n(check-sat-assuming (differ%d))\n", n)
}

// declare writes what literals are made of and is not written yet.
func (s *smt) declare(of []aig.Lit) {
	for _, l := range of {
		i := l.Gate()
		if i == 0 || s.written[i] {
			continue
		}
		s.written[i] = true
		a, b, ok := s.g.Fanins(i)
		if ok {
			s.declare([]aig.Lit{a, b})
		}
		fmt.Fprintf(s, "(declare-const n%d Bool)\n", i)
		if ok {
			fmt.Fprintf(s, "(assert (= n%d (and %s %s)))\n", i, proposition(a), proposition(b))
		}
	}
}

func proposition(l aig.Lit) string {
	switch {
	case l == aig.False:
		return "false"
	case l == aig.True:
		return "true"
	case l.Inverted():
		return fmt.Sprintf("(not n%d)", l.Gate())
	}
	return fmt.Sprintf("n%d", l.Gate())
}
