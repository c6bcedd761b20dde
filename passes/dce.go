package passes

import "grauc/ir/datapath"

// dce removes values, registers and memories that no output depends on. Ports stay.
func dce(m *datapath.Module) {
	l := liveness{m: m, value: make([]bool, len(m.Nodes)), memory: make([]bool, len(m.Mems))}
	for _, o := range m.Outputs {
		l.mark(o.Value)
	}
	l.settle()
	l.sweep()
}

type liveness struct {
	m      *datapath.Module
	value  []bool
	memory []bool
	work   []ref
}

func (l *liveness) mark(r ref) {
	if !l.value[r] {
		l.value[r] = true
		l.work = append(l.work, r)
	}
}

func (l *liveness) settle() {
	for len(l.work) > 0 {
		n := &l.m.Nodes[l.work[len(l.work)-1]]
		l.work = l.work[:len(l.work)-1]
		for _, a := range n.Args {
			l.mark(a)
		}
		if n.Op == datapath.OpRead && !l.memory[n.Mem] {
			l.memory[n.Mem] = true
			if mem := &l.m.Mems[n.Mem]; mem.Held == nil {
				l.mark(mem.Enable)
				l.mark(mem.Addr)
				l.mark(mem.Data)
			}
		}
	}
}

// sweep keeps the live nodes and memories and the ports, renumbered.
func (l *liveness) sweep() {
	m := l.m
	moved := make([]ref, len(m.Nodes))
	nodes := m.Nodes[:0]
	for i, n := range m.Nodes {
		if l.value[i] || n.Op == datapath.OpInput {
			moved[i] = ref(len(nodes))
			nodes = append(nodes, n)
		}
	}
	clear(m.Nodes[len(nodes):])
	movedMem := make([]int, len(m.Mems))
	mems := m.Mems[:0:0]
	for i, mem := range m.Mems {
		if l.memory[i] {
			movedMem[i] = len(mems)
			mems = append(mems, mem)
		}
	}
	for i := range nodes {
		nodes[i].Args = renumber(nodes[i].Args, moved)
		if nodes[i].Op == datapath.OpRead {
			nodes[i].Mem = movedMem[nodes[i].Mem]
		}
	}
	for i := range mems {
		if mem := &mems[i]; mem.Held == nil {
			mem.Enable, mem.Addr, mem.Data = moved[mem.Enable], moved[mem.Addr], moved[mem.Data]
		}
	}
	for i := range m.Outputs {
		m.Outputs[i].Value = moved[m.Outputs[i].Value]
	}
	m.Nodes, m.Mems = nodes, mems
}

func renumber(args, moved []ref) []ref {
	out := make([]ref, len(args))
	for i, a := range args {
		out[i] = moved[a]
	}
	return out
}
