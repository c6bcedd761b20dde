package prove

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"grauc/prove/aig"
)

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
	made, texts := make([]*task, len(scenes)), make([]string, len(scenes))
	w.each(len(scenes), func(i int) {
		s := scenes[i]()
		made[i] = &task{scene: s, problem: problemOf(s.claims...)}
		texts[i] = posed{s.g, made[i].problem}.text()
	})
	asked := map[string]bool{}
	for i, t := range made {
		switch {
		case t == nil:
			left++
		case !asked[texts[i]]:
			asked[texts[i]] = true
			tasks = append(tasks, t)
		}
	}
	w.each(len(tasks), func(i int) {
		t := tasks[i]
		t.chain, t.apart = sweep(w.ctx, t.g, t.problem, t.stimuli())
	})
	for _, t := range tasks {
		if !t.apart && t.chain.g == nil { // not come to: without a chain there would be nothing to ask
			left++
		}
	}
	return tasks, left
}

// each does something for so many numbers, as many at once as there are processors, until there is no time left.
func (w *workshop) each(n int, do func(i int)) {
	numbers := make(chan int)
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := range numbers {
				do(i)
			}
		})
	}
	for i := range n {
		if w.ctx.Err() != nil {
			break
		}
		numbers <- i
	}
	close(numbers)
	wait.Wait()
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

// hearing is what a prover says of tasks.
type hearing struct {
	*workshop
	by        prover
	verdict   Verdict
	undecided []*task
}

// verdict is Proved if all tasks are. Where a chain fails, or assignments tell sides apart,
// the problem itself is asked.
func (w *workshop) verdict(by prover, tasks []*task) Verdict {
	h := &hearing{workshop: w, by: by, verdict: Verdict{Prover: by.name, Outcome: Proved}}
	var chained []*task
	for _, t := range tasks {
		if t.apart && h.judge(t) {
			return h.verdict
		}
		if len(t.chain.links.got) > 0 { // else structure is all there is to ask
			chained = append(chained, t)
		}
	}
	for len(chained) > 0 {
		some := chains(chained, by.gates)
		switch a, err := by.ask(w, some); {
		case err != nil:
			h.doubt(err.Error(), chained[:len(some)]...)
		case a.outcome == Differs:
			if h.judge(chained[a.which]) {
				return h.verdict
			}
			chained = slices.Delete(chained, a.which, a.which+1)
			continue
		}
		chained = chained[len(some):]
	}
	h.verdict.Left = left(h.undecided)
	return h.verdict
}

// chains are those of the first tasks, as many as a prover is asked about at once.
func chains(of []*task, atOnce int) []posed {
	var some []posed
	gates := 0
	for _, t := range of {
		if gates += t.chain.g.Len(); gates > atOnce && some != nil {
			break
		}
		some = append(some, posed{t.chain.g, t.chain.links})
	}
	return some
}

func (h *hearing) doubt(why string, of ...*task) {
	if h.verdict.Outcome == Proved {
		h.verdict.Outcome, h.verdict.Why = Unknown, why
	}
	h.undecided = append(h.undecided, of...)
}

// judge has the prover say whether the problem of a task holds, and reports whether it
// does not: then the verdict has the claim that fails at the counterexample.
func (h *hearing) judge(t *task) bool {
	if len(t.problem.got) == 0 {
		return false
	}
	a, err := h.by.differ(h.workshop, posed{t.g, t.problem})
	switch {
	case err != nil:
		h.doubt(err.Error(), t)
		return false
	case a.outcome == Proved:
		return false
	}
	v := make(aig.Values, t.g.Len())
	for in, one := range a.inputs {
		if one {
			v[in.Gate()] = 1
		}
	}
	t.g.Simulate(v, t.g.Cone(t.problem.got, t.problem.want, t.x, t.y, t.channel, t.index, t.place, t.allWords()))
	c := failing(t.claims, v)
	if c == nil {
		h.doubt("its counterexample is none", t)
		return false
	}
	h.verdict = Verdict{Prover: h.by.name, Outcome: Differs, Claim: c.what, Witness: t.witness(v), Got: t.outputs(c, v)}
	return true
}

// failing is the first claim that does not hold in the first assignment.
func failing(claims []claim, v aig.Values) *claim {
	for i, c := range claims {
		if v.Differ(c.got, c.want)&1 == 1 {
			return &claims[i]
		}
	}
	return nil
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
