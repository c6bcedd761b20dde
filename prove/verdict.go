package prove

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"grauc/ir/datapath"
	"grauc/prove/aig"
)

// Outcome is what a prover found.
type Outcome int

const (
	Unknown Outcome = iota // out of time, or the prover failed
	Proved
	Differs
)

// Verdict is the answer of one prover.
type Verdict struct {
	Prover  string
	Outcome Outcome
	Took    time.Duration // with what all share: Yosys, and the search for a chain
	Claim   string        // that fails
	Witness Witness       // where it fails
	Got     string        // there, if it is about an output
	Why     string        // where it is not decided
	Left    []string      // then the claims that the search for a chain did not come to the end of
}

// chain searches for one, or for an assignment that tells the sides of claims apart.
func (s *scene) chain(w *workshop) (c chain, apart bool) {
	return sweep(w.ctx, s.g, problemOf(s.claims...), s.stimuli())
}

// verdicts asks the provers at once, each with that much time. The chain that leads them is
// shared; where one fails there the problem itself is asked.
func (s *scene) verdicts(shop *workshop, c chain, apart bool, timeout time.Duration) []Verdict {
	p := problemOf(s.claims...)
	verdicts := make([]Verdict, len(provers))
	var wait sync.WaitGroup
	for i, prover := range provers {
		wait.Go(func() {
			begin := time.Now()
			w, cancel := shop.within(timeout)
			defer cancel()
			v := Verdict{Prover: prover.name}
			if !apart {
				v.note(w.ask(prover, c.g, c.links))
			}
			if v.Outcome == Differs || apart {
				v = Verdict{Prover: prover.name}
				s.judge(&v, w, prover, p)
			}
			if v.Outcome == Unknown {
				v.Left = s.left(c)
			}
			v.Took = time.Since(begin)
			verdicts[i] = v
		})
	}
	wait.Wait()
	return verdicts
}

// ask poses a problem, unless structure is all there is to ask.
func (w *workshop) ask(by prover, g *aig.Graph, p problem) (answer, error) {
	if len(p.got) == 0 {
		return answer{outcome: Proved}, nil
	}
	return by.ask(w, g, p)
}

// left are the claims that the search for a chain did not come to the end of.
func (s *scene) left(c chain) []string {
	var left []string
	for _, claim := range s.claims {
		open := func(i int) bool { return c.open[[2]aig.Lit{claim.got[i], claim.want[i]}] }
		n := 0
		for i := range claim.got {
			if open(i) {
				n++
			}
		}
		if n > 0 {
			left = append(left, fmt.Sprintf("%d of %d bits of %q", n, len(claim.got), claim.what))
		}
	}
	return left
}

func (v *Verdict) note(a answer, err error) {
	v.Outcome = a.outcome
	if err != nil {
		v.Outcome, v.Why = Unknown, err.Error()
	}
}

// judge has a prover say whether a problem holds; where not, it notes the claim that
// fails at the counterexample.
func (s *scene) judge(v *Verdict, w *workshop, by prover, p problem) {
	a, err := w.ask(by, s.g, p)
	if v.note(a, err); v.Outcome != Differs {
		return
	}
	values := make(aig.Values, s.g.Len())
	for in, one := range a.inputs {
		if one {
			values[in.Gate()] = 1
		}
	}
	s.g.Simulate(values, s.g.Cone(p.got, p.want, s.x, s.y, s.channel, s.index, s.place, s.allWords()))
	for _, c := range s.claims {
		for i := range c.got {
			if (values.Of(c.got[i])^values.Of(c.want[i]))&1 == 1 {
				v.Claim, v.Witness, v.Got = c.what, s.witness(values), s.outputs(&c, values)
				return
			}
		}
	}
	v.Outcome, v.Why = Unknown, "its counterexample is none"
}

// stimuli are what assignments should have in them.
func (s *scene) stimuli() stimuli {
	st := stimuli{numbers: append(s.words[:len(s.words):len(s.words)], s.x)}
	for _, l := range s.rare {
		all := map[aig.Lit]bool{}
		s.g.Conjuncts(l, all)
		st.rare = append(st.rare, slices.Sorted(maps.Keys(all)))
	}
	return st
}

func (s *scene) allWords() []aig.Lit {
	var all []aig.Lit
	for _, w := range s.words {
		all = append(all, w...)
	}
	return all
}

// Value is a port, or a word of the configuration, and what it holds.
type Value struct {
	Name  string
	Value int64
}

// Witness is the input, its channel and the words where a claim fails.
type Witness []Value

func (s *scene) witness(v aig.Values) Witness {
	w := Witness{{"x", s.domain.Wrap(int64(v.Number(s.x, 0)))}}
	if s.channels > 1 && len(s.channel) > 0 {
		w = append(w, Value{"channel", int64(v.Number(s.channel, 0))})
	}
	for i, word := range s.words {
		if f := s.fields[i]; f.Name != "" {
			w = append(w, Value{s.nameOf(f, v), f.Type.Wrap(int64(v.Number(word, 0)))})
		}
	}
	return w
}

// outputs says what comes out, and what must, where a claim is about that.
func (s *scene) outputs(c *claim, v aig.Values) string {
	if c.what != outputClaim {
		return ""
	}
	code := func(y []aig.Lit) int64 { return s.codomain.Wrap(int64(v.Number(y, 0))) }
	return fmt.Sprintf(": y = %d, must be %d", code(c.got), code(c.want))
}

// nameOf is the name of a word; that of one of many has the number of its segment.
func (s *scene) nameOf(f datapath.Field, v aig.Values) string {
	switch f.Name {
	case lineWord:
		return fmt.Sprintf("segment%d", v.Number(s.index, 0))
	case numberWord:
		low := s.spec.u.LowBits(s.spec.u.Input)
		place := v.Number(s.place, 0)
		return fmt.Sprintf("row%d_%d", place>>low, place&(1<<low-1))
	}
	return f.Name
}

func (w Witness) String() string {
	var parts []string
	for _, v := range w {
		parts = append(parts, fmt.Sprintf("%s = %d", v.Name, v.Value))
	}
	return strings.Join(parts, ", ")
}

// Value of the witness by name.
func (w Witness) Value(name string) (int64, bool) {
	for _, v := range w {
		if v.Name == name {
			return v.Value, true
		}
	}
	return 0, false
}

// AllProved reports whether every prover proved the claim.
func AllProved(verdicts []Verdict) bool {
	for _, v := range verdicts {
		if v.Outcome != Proved {
			return false
		}
	}
	return len(verdicts) > 0
}

// String is a verdict in words.
func (v Verdict) String() string {
	switch v.Outcome {
	case Proved:
		return fmt.Sprintf("proved by %s in %.1f s", v.Prover, v.Took.Seconds())
	case Differs:
		return fmt.Sprintf("DIFFERS (%s) at %s%s, says %s", v.Claim, v.Witness, v.Got, v.Prover)
	}
	if v.Prover == "" {
		return "not proved: " + v.Why
	}
	why := v.Why
	if v.Left != nil {
		why += "; left: " + strings.Join(v.Left, ", ")
	}
	return fmt.Sprintf("not proved by %s (%s)", v.Prover, why)
}
