package datapath

import (
	"errors"
	"slices"
)

// unrelated is the delay of what x does not reach: constants, configuration and control.
const unrelated = -1

// VerifyDelays checks of a module that takes an x at every clock that no value mixes two
// of them: on every way from x and its channel to a value there are as many registers, and
// Latency of them to y. A memory holds configuration, which does not change under way.
func VerifyDelays(m *Module) error {
	if !m.Clocked || m.Interval > 0 {
		return nil
	}
	v := &verifier{m: m}
	delays := make([]int, 0, len(m.Nodes))
	for i := range m.Nodes {
		delays = append(delays, v.delay(Ref(i), delays))
	}
	for _, o := range m.Outputs {
		if d := delays[o.Value]; o.Name == "y" && d != unrelated && d != m.Latency {
			v.fault(place{name: "output y"}, "is of x %d clocks ago, with a latency of %d", d, m.Latency)
		}
	}
	return errors.Join(v.faults...)
}

// delay is by how many clocks a value lags behind x, of those before it.
func (v *verifier) delay(r Ref, before []int) int {
	n := &v.m.Nodes[r]
	switch n.Op {
	case OpInput:
		if slices.Contains([]string{"x", "x_channel"}, n.Name) {
			return 0
		}
		return unrelated
	case OpReg:
		d := unrelated
		if from := n.Args[0]; from < r { // else it closes a ring: state
			d = before[from]
		}
		if d != unrelated {
			d++
		}
		return d
	}
	most := unrelated
	for _, a := range n.Args {
		d := before[a]
		if d != unrelated && most != unrelated && d != most {
			v.fault(place{value: r}, "mixes x of %d and of %d clocks ago", min(d, most), max(d, most))
		}
		most = max(most, d)
	}
	return most
}
