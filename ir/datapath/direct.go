package datapath

// Direct reports whether a value is bits that a port, register or memory holds as they are,
// so that their complement takes logic of its own.
func (m *Module) Direct(r Ref) bool {
	switch n := &m.Nodes[r]; n.Op {
	case OpInput, OpRead, OpReg:
		return true
	case OpCast, OpShl, OpShr:
		return m.Direct(n.Args[0])
	}
	return false
}

// UseCounts is how many operands, memory ports and outputs each value is.
func (m *Module) UseCounts() []int {
	uses := make([]int, len(m.Nodes))
	for i := range m.Nodes {
		for _, a := range m.Nodes[i].Args {
			uses[a]++
		}
	}
	for i := range m.Mems {
		if mem := &m.Mems[i]; mem.Held == nil {
			uses[mem.Enable]++
			uses[mem.Addr]++
			uses[mem.Data]++
		}
	}
	for _, o := range m.Outputs {
		uses[o.Value]++
	}
	return uses
}

// SubtractsLeft reports which operand of a comparison x < y is best complemented, where a
// carry chain subtracts: the left one where that takes less. The complement of what logic
// computes is free; that of what is there as it is serves all comparisons with it.
func (m *Module) SubtractsLeft(less *Node, uses []int) bool {
	x, y := less.Args[0], less.Args[1]
	if !m.Direct(y) {
		return false
	}
	return !m.Direct(x) || uses[x] > uses[y]
}

// SmallTable reports whether each bit of a table's words is one look-up table of xc7, and
// there are few.
func (m *Module) SmallTable(table *Node) bool {
	const inputs, bits = 6, 4
	return m.Nodes[table.Args[0]].Type.Width <= inputs && table.Type.Width <= bits
}

// TableBits is how many bits of an index a table is looked up by at once. Larger ones are
// emitted as several, of which the bits above choose: simulators go through the cases of a
// function one by one, and Yosys takes a time that is quadratic in the functions that are
// called. It makes no block memories of those, as the choice is between them and registers.
const TableBits = 12
