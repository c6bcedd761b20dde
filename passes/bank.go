package passes

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/passes/cost"
)

// bank cuts large tables that go into a register into banks with a register each, of which
// the word is chosen afterwards, where banks become block memories. Those read into registers:
// with a choice before these, as a large table is written, all of it would become logic.
func bank(m *datapath.Module, part ir.Part) {
	bankIf(m, datapath.TableBits, func(t *datapath.Node) bool { return cost.BlocksPay(part, t.Type.Width, 1<<datapath.TableBits) })
}

// bankIf cuts tables with indices of more bits than those of banks, if they pay.
func bankIf(m *datapath.Module, bits int, pays func(table *datapath.Node) bool) {
	uses := m.UseCounts()
	rewrite(m, func(w *rewriter, n *datapath.Node) ref {
		if n.Op != datapath.OpReg || n.Reset != nil || n.Start != nil {
			return w.value(*n)
		}
		d := m.Nodes[len(w.replaced)].Args[0]
		table := &m.Nodes[d]
		if table.Op != datapath.OpTable || len(table.Table) <= 1<<bits || uses[d] > 1 || !pays(table) {
			return w.value(*n)
		}
		b := banker{rewriter: w, bits: bits, enable: n.Args[1:]}
		return b.table(table, w.replaced[table.Args[0]])
	})
}

// banker makes the banks of a table.
type banker struct {
	*rewriter
	bits   int
	enable []ref // of the registers, at most one
}

// table is a word in the register, chosen by the high bits of the index that go into one
// of their own.
func (b *banker) table(table *datapath.Node, index ref) ref {
	low, width := datapath.Type{Width: b.bits}, b.typ(index).Width
	in := b.cast(low, index)
	var words []ref
	for first := 0; first < len(table.Table); first += 1 << b.bits {
		last := min(first+1<<b.bits, len(table.Table))
		word := datapath.Node{
			Op: datapath.OpTable, Type: table.Type, Args: []ref{in}, Table: table.Table[first:last],
			Name: fmt.Sprintf("%s_bank%d", table.Name, len(words)),
		}
		words = append(words, b.register(b.value(word), word.Name))
	}
	shifted := b.value(datapath.Node{Op: datapath.OpShr, Type: b.typ(index), Args: []ref{index}, Amount: b.bits})
	number := b.register(b.cast(datapath.Type{Width: width - b.bits}, shifted), table.Name+"_bank")
	return b.choose(words, number)
}

func (b *banker) register(d ref, name string) ref {
	return b.value(datapath.Node{Op: datapath.OpReg, Type: b.typ(d), Args: append([]ref{d}, b.enable...), Name: name})
}

// choose is the word of a number, 0 beyond the last.
func (b *banker) choose(words []ref, number ref) ref {
	t, index := b.typ(words[0]), b.typ(number)
	for bit := range index.Width {
		if len(words)%2 > 0 {
			words = append(words, b.value(datapath.Node{Op: datapath.OpConst, Type: t}))
		}
		upper := number
		if bit > 0 {
			upper = b.value(datapath.Node{Op: datapath.OpShr, Type: index, Args: []ref{number}, Amount: bit})
		}
		upper = b.cast(datapath.Bit, upper)
		for i := range len(words) / 2 {
			words[i] = b.value(datapath.Node{Op: datapath.OpMux, Type: t, Args: []ref{upper, words[2*i+1], words[2*i]}})
		}
		words = words[:len(words)/2]
	}
	return words[0]
}
