package passes

import (
	"slices"

	"grauc/ir/datapath"
)

// scalarize turns written memories of one word into registers: no target should
// have to see that an array of one is one.
func scalarize(m *datapath.Module) {
	if !slices.ContainsFunc(m.Mems, single) {
		return
	}
	regs := map[int]ref{} // of each memory that is read
	rewrite(m, func(w *rewriter, n *datapath.Node) ref {
		if n.Op != datapath.OpRead || !single(w.m.Mems[n.Mem]) {
			return w.value(*n)
		}
		reg, ok := regs[n.Mem]
		if !ok {
			reg = w.append(datapath.Node{Op: datapath.OpReg, Type: n.Type, Name: w.m.Mems[n.Mem].Name})
			regs[n.Mem] = reg
		}
		zero := w.value(datapath.Node{Op: datapath.OpConst, Type: n.Type})
		return w.value(datapath.Node{Op: datapath.OpMux, Type: n.Type, Args: []ref{w.first(n.Args[0]), reg, zero}})
	})
	for i := range m.Mems {
		reg, ok := regs[i]
		if !ok {
			continue
		}
		mem := &m.Mems[i]
		a := datapath.Author{M: m}
		zero := a.Const(a.Type(mem.Addr), 0)
		a.Connect(reg, mem.Data, a.And(mem.Enable, a.Equal(mem.Addr, zero)))
	}
}

func single(mem datapath.Memory) bool { return mem.Held == nil && mem.Depth == 1 }

// first says that an address is that of the first word.
func (w *rewriter) first(addr ref) ref {
	zero := w.value(datapath.Node{Op: datapath.OpConst, Type: w.typ(addr)})
	return w.value(datapath.Node{Op: datapath.OpEqual, Type: datapath.Bit, Args: []ref{addr, zero}})
}
