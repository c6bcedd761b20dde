// Package golden lowers spec to steps: it decides the output code of every input
// code and proves each one.
package golden

import (
	"errors"
	"fmt"
	"sync"

	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/spec"
	"grauc/ir/steps"
)

// Lower computes the steps of all layers and channels, on all cores. Channels with
// the same function and formats are computed once. The result does not depend on
// the number of cores.
func Lower(m *spec.Module) (*steps.Module, error) { return lower(m, runs, nil) }

// LowerTelling is Lower that tells how many of the distinct functions are done.
// tell is called by one at a time.
func LowerTelling(m *spec.Module, tell func(ir.Progress)) (*steps.Module, error) {
	return lower(m, runs, tell)
}

// Exhaustive is Lower without proofs about pieces of the domain: it decides every
// input code by itself.
func Exhaustive(m *spec.Module) (*steps.Module, error) { return lower(m, sweep, nil) }

// Channel computes the steps of one channel of a layer, which need not be one of the
// module's layers as it is.
func Channel(m *spec.Module, l *spec.Layer, channel int) (*steps.Function, error) {
	q, err := m.Quantizer(l, channel)
	if err != nil {
		return nil, err
	}
	j := &job{layer: l, channel: channel, quantizer: q}
	j.compute(runs)
	return j.function, j.err
}

// job is a function to be computed, once for all channels that have it.
type job struct {
	layer     *spec.Layer // the first that asked
	channel   int
	quantizer *real.Quantizer
	function  *steps.Function
	err       error
}

// method finds the runs of a function over the codes of a format.
type method func(q *real.Quantizer, in ir.Integer) ([]steps.Run, error)

func lower(m *spec.Module, find method, tell func(ir.Progress)) (*steps.Module, error) {
	jobs, table, err := collect(m)
	if err != nil {
		return nil, err
	}
	work(jobs, find, tell)
	if err := faults(jobs); err != nil {
		return nil, err
	}
	out := &steps.Module{Head: m.Head}
	for i, l := range m.Layers {
		layer := &steps.Layer{Layer: l.Layer}
		for _, j := range table[i] {
			layer.Channels = append(layer.Channels, j.function)
		}
		out.Layers = append(out.Layers, layer)
	}
	return out, nil
}

// faults are a problem for each layer that has any: that of the first of its functions,
// with how many others are at fault. One cause mostly has all channels fail.
func faults(jobs []*job) error {
	var problems ir.Problems
	first := map[*spec.Layer]*ir.Problem{}
	others := map[*ir.Problem]int{}
	for _, j := range jobs {
		var p *ir.Problem
		switch {
		case j.err == nil:
		case !errors.As(j.err, &p):
			return j.err
		case first[j.layer] != nil:
			others[first[j.layer]]++
		default:
			first[j.layer] = p
			problems = append(problems, p)
		}
	}
	for _, p := range problems {
		if n := others[p]; n > 0 {
			p.Notes = append(p.Notes, ir.Note{Message: ir.Plural(n, "other channel") + " of the layer cannot be computed, either"})
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return inOrder(problems)
}

// collect lists the distinct functions in the order of their first use, and says
// which one each channel of each layer has.
func collect(m *spec.Module) (jobs []*job, table [][]*job, err error) {
	known := map[string]*job{}
	listed := map[*job]bool{}
	var problems ir.Problems
	for _, l := range m.Layers {
		row, err := gather(m, l, known)
		var p *ir.Problem
		switch {
		case errors.As(err, &p):
			problems = append(problems, p)
		case err != nil:
			return nil, nil, err
		}
		for _, j := range row {
			if !listed[j] {
				listed[j] = true
				jobs = append(jobs, j)
			}
		}
		table = append(table, row)
	}
	if len(problems) > 0 {
		return nil, nil, inOrder(problems)
	}
	return jobs, table, nil
}

// gather is the job of each channel of a layer, made on all cores where it is not known.
// The error is that of the first channel that has one: the others would say the same.
func gather(m *spec.Module, l *spec.Layer, known map[string]*job) ([]*job, error) {
	row := make([]*job, l.ChannelCount())
	faults := make([]error, len(row))
	var mutex sync.Mutex
	ir.Together(len(row), func(c int) {
		q, err := m.Quantizer(l, c)
		if err != nil {
			faults[c] = err
			return
		}
		key := l.Input.Integer.String() + " " + q.Key()
		mutex.Lock()
		defer mutex.Unlock()
		j := known[key]
		if j == nil {
			j = &job{layer: l, channel: c, quantizer: q}
			known[key] = j
		} else if j.layer == l {
			j.channel = min(j.channel, c)
		}
		row[c] = j
	})
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	return row, nil
}

// work computes the jobs, each on one of the cores.
func work(jobs []*job, find method, tell func(ir.Progress)) {
	ir.Counted(len(jobs), tell, func(i int, _ func(string)) { jobs[i].compute(find) })
}

func (j *job) compute(find method) {
	in, out := j.layer.Input.Integer, j.layer.Output.Integer
	found, err := find(j.quantizer, in)
	if err != nil {
		j.err = j.explain(err)
		return
	}
	j.function = &steps.Function{Input: in, Output: out, Runs: found}
}

// fault is an error of a function at an input code.
type fault struct {
	x   int64
	err error
}

func (f *fault) Error() string { return fmt.Sprintf("input code %d: %v", f.x, f.err) }
func (f *fault) Unwrap() error { return f.err }

func (j *job) explain(err error) error {
	var f *fault
	if !errors.As(err, &f) {
		return err
	}
	if errors.Is(f.err, errEffort) {
		return &ir.Problem{
			Code: "golden-effort",
			Message: fmt.Sprintf("the function of layer %q is too uneven for %d-bit inputs: its outputs up to input code %d alone took %d steps to prove",
				j.layer.Name, j.layer.Input.Width, f.x, maxEffort),
			At:   j.layer.Layer.Body,
			Help: "use a narrower input, or { range = a..b } to leave out where the function oscillates",
		}
	}
	return j.layer.Fault(j.channel, f.x, f.err)
}

// inOrder is problems in source order, or the only one.
func inOrder(problems ir.Problems) error {
	problems.Sort()
	if len(problems) == 1 {
		return problems[0]
	}
	return problems
}

// sweep decides every code.
func sweep(q *real.Quantizer, in ir.Integer) ([]steps.Run, error) {
	var found []steps.Run
	for x := in.Min(); x <= in.Max(); x++ {
		y, err := q.Code(x)
		if err != nil {
			return nil, &fault{x, err}
		}
		found = extend(found, x, y)
	}
	return found, nil
}

// extend adds what starts at x.
func extend(found []steps.Run, x, y int64) []steps.Run {
	if n := len(found); n > 0 && found[n-1].Value == y {
		return found
	}
	return append(found, steps.Run{Start: x, Value: y})
}
