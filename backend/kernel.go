package backend

import (
	"fmt"
	"slices"

	"grauc/ir/datapath"
)

// Kernel is what the outputs of a combinational module depend on, as software sees
// it: every value is held exactly in a signed integer of Word bits, so that
// comparisons, logic and right shifts need no care, and only what Wraps names has
// to be cut to its type.
type Kernel struct {
	*datapath.Module
	Word   int // 32 or 64
	ranges map[*datapath.Node]datapath.Range
	uses   map[*datapath.Node]int
}

// NewKernel refuses a module that software cannot compute in one go.
func NewKernel(m *datapath.Module) (*Kernel, error) {
	if m.Clocked {
		return nil, fmt.Errorf("module %s is clocked: software needs a combinational kernel", m.Name)
	}
	for i := range m.Mems {
		if m.Mems[i].Held == nil {
			return nil, fmt.Errorf("module %s: memory %s can be written: software needs a kernel without state", m.Name, m.Mems[i].Name)
		}
	}
	k := &Kernel{Module: live(settled(m)), Word: 32, ranges: map[*datapath.Node]datapath.Range{}, uses: map[*datapath.Node]int{}}
	for i, r := range datapath.Ranges(k.Module) {
		n := &k.Nodes[i]
		k.ranges[n] = r
		if word := (datapath.Type{Width: 32, Signed: true}); !word.Contains(r.Min) || !word.Contains(r.Max) {
			k.Word = 64
		}
		for _, a := range n.Args {
			k.uses[&k.Nodes[a]]++
		}
	}
	for _, o := range k.Outputs {
		k.uses[&k.Nodes[o.Value]]++
	}
	return k, nil
}

// settled is m with what can only be one value as a constant.
func settled(m *datapath.Module) *datapath.Module {
	s := *m
	s.Nodes = slices.Clone(m.Nodes)
	for i, r := range datapath.Ranges(m) {
		n := &s.Nodes[i]
		if n.Op == datapath.OpShl && n.Amount >= n.Type.Width {
			r.Min, r.Max = 0, 0
		}
		if r.Min == r.Max && n.Op != datapath.OpInput {
			*n = datapath.Node{Op: datapath.OpConst, Type: n.Type, Value: r.Min}
		}
	}
	return &s
}

// live is m with only the nodes that an output depends on: compilers warn of
// variables and parameters that nothing uses.
func live(m *datapath.Module) *datapath.Module {
	needed := make([]bool, len(m.Nodes))
	for _, o := range m.Outputs {
		needed[o.Value] = true
	}
	for i := len(m.Nodes) - 1; i >= 0; i-- {
		for _, a := range m.Nodes[i].Args {
			needed[a] = needed[a] || needed[i]
		}
	}
	part := *m
	part.Nodes = nil
	renumbered := make([]datapath.Ref, len(m.Nodes))
	for i, n := range m.Nodes {
		if !needed[i] {
			continue
		}
		n.Args = slices.Clone(n.Args)
		for k, a := range n.Args {
			n.Args[k] = renumbered[a]
		}
		renumbered[i] = datapath.Ref(len(part.Nodes))
		part.Nodes = append(part.Nodes, n)
	}
	part.Outputs = slices.Clone(m.Outputs)
	for i, o := range part.Outputs {
		part.Outputs[i].Value = renumbered[o.Value]
	}
	return &part
}

// Uses is how often a value is needed.
func (k *Kernel) Uses(n *datapath.Node) int { return k.uses[n] }

// Wraps reports whether the exact result of n may lie outside its type.
func (k *Kernel) Wraps(n *datapath.Node) bool { return k.ranges[n].Wraps }

// Nonnegative reports whether operand i of n is never negative.
func (k *Kernel) Nonnegative(n *datapath.Node, i int) bool {
	return k.ranges[&k.Nodes[n.Args[i]]].Min >= 0
}

// Lookup is the part of a table that n can read, and whether that is all n can ask
// for. The zeros beyond its depth are part of it where they at most double it.
func (k *Kernel) Lookup(n *datapath.Node, words []int64) ([]int64, bool) {
	last := k.ranges[&k.Nodes[n.Args[0]]].Max
	if last >= int64(2*len(words)) {
		return words, false
	}
	part := make([]int64, last+1)
	copy(part, words)
	return part, true
}

// ShiftRight is the amount of a right shift, held below the word's width: beyond
// it nothing but the sign is left.
func (k *Kernel) ShiftRight(n *datapath.Node) int { return min(n.Amount, k.Word-1) }

// Storage is the smallest of the types of 8, 16, 32 and 64 bits that holds t.
func Storage(t datapath.Type) datapath.Type {
	for _, width := range []int{8, 16, 32} {
		if t.Width <= width {
			return datapath.Type{Width: width, Signed: t.Signed}
		}
	}
	return datapath.Type{Width: 64, Signed: t.Signed}
}

// StorageOf is the smallest such type that holds all the words.
func StorageOf(words []int64) datapath.Type {
	low, high := int64(0), int64(0)
	for _, w := range words {
		low, high = min(low, w), max(high, w)
	}
	for _, width := range []int{8, 16, 32} {
		for _, signed := range []bool{true, false} {
			if t := (datapath.Type{Width: width, Signed: signed}); t.Contains(low) && t.Contains(high) {
				return t
			}
		}
	}
	return datapath.Type{Width: 64, Signed: true}
}
