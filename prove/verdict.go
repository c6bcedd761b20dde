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

// task is a scene, and the chain that leads to its claims.
type task struct {
	*scene
	problem problem
	chain   chain
	apart   bool // assignments tell sides apart: there is no chain
}

// tasks searches for the chains of scenes, and how many it did not come to before there was
// no time left. Channels of the same function make the same problem, which is asked once.
func (w *workshop) tasks(scenes []func() *scene) (tasks []*task, left int) {
	asked := map[string]bool{}
	for i, scene := range scenes {
		if w.ctx.Err() != nil {
			return tasks, len(scenes) - i
		}
		s := scene()
		t := &task{scene: s, problem: problemOf(s.claims...)}
		if same := t.problem.text(s.g); !asked[same] {
			asked[same] = true
			t.chain, t.apart = sweep(w.ctx, s.g, t.problem, s.stimuli())
			tasks = append(tasks, t)
		}
	}
	return tasks, 0
}

// verdicts asks the provers at once, each with that much time for all tasks.
func verdicts(shop *workshop, tasks []*task, timeout time.Duration) []Verdict {
	verdicts := make([]Verdict, len(provers))
	var wait sync.WaitGroup
	for i, prover := range provers {
		wait.Go(func() {
			begin := time.Now()
			w, cancel := shop.within(timeout)
			defer cancel()
			verdicts[i] = w.verdict(prover, tasks)
			verdicts[i].Took = time.Since(begin)
		})
	}
	wait.Wait()
	return verdicts
}

// verdict is Proved if all tasks are.
func (w *workshop) verdict(by prover, tasks []*task) Verdict {
	all := Verdict{Prover: by.name, Outcome: Proved}
	var undecided []*task
	for _, t := range tasks {
		v := t.verdict(w, by)
		switch {
		case v.Outcome == Differs:
			return v
		case v.Outcome == Unknown && all.Outcome == Proved:
			all = v
		}
		if v.Outcome == Unknown {
			undecided = append(undecided, t)
		}
	}
	all.Left = left(undecided)
	return all
}

// verdict asks about the chain; where that fails the problem itself is asked.
func (t *task) verdict(w *workshop, by prover) Verdict {
	v := Verdict{Prover: by.name}
	if !t.apart {
		v.note(w.ask(by, t.chain.g, t.chain.links))
	}
	if v.Outcome == Differs || t.apart {
		v = Verdict{Prover: by.name}
		t.judge(&v, w, by, t.problem)
	}
	return v
}

// ask poses a problem, unless structure is all there is to ask.
func (w *workshop) ask(by prover, g *aig.Graph, p problem) (answer, error) {
	if len(p.got) == 0 {
		return answer{outcome: Proved}, nil
	}
	return by.ask(w, g, p)
}

// left are the claims that searches for a chain did not come to the end of.
func left(tasks []*task) []string {
	var names []string
	open, bits := map[string]int{}, map[string]int{}
	for _, t := range tasks {
		for _, c := range t.claims {
			n := 0
			for i := range c.got {
				if t.chain.open[[2]aig.Lit{c.got[i], c.want[i]}] {
					n++
				}
			}
			if n > 0 && open[c.what] == 0 {
				names = append(names, c.what)
			}
			open[c.what] += n
			bits[c.what] += len(c.got)
		}
	}
	for i, what := range names {
		names[i] = fmt.Sprintf("%d of %d bits of %q", open[what], bits[what], what)
	}
	return names
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
