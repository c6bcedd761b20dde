package llvm

import (
	"github.com/llir/llvm/ir"
	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"grauc/backend"
	"grauc/ir/datapath"
)

// builder adds the instructions of one kernel. Values are of the word type, those
// of type Bit are i1.
type builder struct {
	*ir.Block
	fn     *function
	kernel *backend.Kernel
	word   *types.IntType
	params []*ir.Param
	names  *backend.Names
}

func build(fn *function, f *ir.Func) {
	b := &builder{
		Block:  f.NewBlock("entry"),
		fn:     fn,
		kernel: fn.Kernel,
		word:   integer(fn.Kernel.Word),
		params: f.Params,
		names:  backend.NewNames("entry", "x", "channel"),
	}
	datapath.Build(fn.Kernel.Module, b)
}

// decimal is an integer that prints as such, where the library prefers hexadecimal
// for numbers with many zeros.
type decimal struct{ *constant.Int }

func (d decimal) Ident() string  { return d.X.String() }
func (d decimal) String() string { return d.Typ.String() + " " + d.Ident() }

func literal(t *types.IntType, v int64) constant.Constant {
	c := constant.NewInt(t, v)
	if t.BitSize == 1 {
		return c
	}
	return decimal{c}
}

func (b *builder) constant(v int64) constant.Constant { return literal(b.word, v) }

func (b *builder) typ(t datapath.Type) *types.IntType {
	if t == datapath.Bit {
		return types.I1
	}
	return b.word
}

// named gives an instruction the name of its node.
func (b *builder) named(n *datapath.Node, v value.Value) value.Value {
	if local, ok := v.(value.Named); ok && n.Name != "" {
		local.SetName(b.names.Claim(backend.Identifier(n.Name)))
	}
	return v
}

// cut is v as a value of n's type.
func (b *builder) cut(n *datapath.Node, v value.Value) value.Value {
	if n.Type != datapath.Bit && b.kernel.Wraps(n) {
		v = b.wrap(n.Type, v)
	}
	return b.named(n, v)
}

// wrap cuts a word to type t.
func (b *builder) wrap(t datapath.Type, v value.Value) value.Value {
	unused := int64(b.kernel.Word - t.Width)
	switch {
	case unused <= 0:
		return v
	case t.Signed:
		return b.NewAShr(b.NewShl(v, b.constant(unused)), b.constant(unused))
	}
	return b.NewAnd(v, b.constant(t.Max()))
}

func (b *builder) Input(n *datapath.Node) value.Value {
	var v value.Value
	var storage datapath.Type
	if n.Name == "x" {
		v, storage = b.params[0], b.fn.X
	} else {
		v, storage = b.params[1], datapath.Type{Width: 64}
	}
	if n.Type == datapath.Bit {
		return b.NewTrunc(v, types.I1)
	}
	switch {
	case storage.Width > b.kernel.Word:
		v = b.NewTrunc(v, b.word)
	case storage.Width < b.kernel.Word && storage.Signed:
		v = b.NewSExt(v, b.word)
	case storage.Width < b.kernel.Word:
		v = b.NewZExt(v, b.word)
	}
	if n.Type != storage {
		v = b.wrap(n.Type, v)
	}
	return v
}

func (b *builder) Const(n *datapath.Node) value.Value {
	return literal(b.typ(n.Type), n.Value)
}

func (b *builder) Cast(n *datapath.Node, a value.Value, from datapath.Type) value.Value {
	switch {
	case from == n.Type:
		return a
	case n.Type == datapath.Bit:
		return b.named(n, b.NewTrunc(a, types.I1))
	case from == datapath.Bit:
		return b.cut(n, b.NewZExt(a, b.word))
	case b.kernel.Wraps(n):
		return b.cut(n, a)
	}
	return a
}

func (b *builder) Add(n *datapath.Node, x, y value.Value) value.Value {
	return b.cut(n, b.NewAdd(x, y))
}

func (b *builder) Sub(n *datapath.Node, x, y value.Value) value.Value {
	return b.cut(n, b.NewSub(x, y))
}

func (b *builder) Shl(n *datapath.Node, a value.Value) value.Value {
	t := b.typ(n.Type)
	if n.Amount >= min(n.Type.Width, b.kernel.Word) {
		return literal(t, 0)
	}
	return b.cut(n, b.NewShl(a, literal(t, int64(n.Amount))))
}

func (b *builder) Shr(n *datapath.Node, a value.Value) value.Value {
	switch {
	case n.Amount == 0:
		return a
	case n.Type == datapath.Bit:
		return literal(types.I1, 0)
	}
	return b.named(n, b.NewAShr(a, b.constant(int64(b.kernel.ShiftRight(n)))))
}

func (b *builder) Less(n *datapath.Node, x, y value.Value, of datapath.Type) value.Value {
	order := enum.IPredSLT
	if of == datapath.Bit {
		order = enum.IPredULT
	}
	return b.named(n, b.NewICmp(order, x, y))
}

func (b *builder) Equal(n *datapath.Node, x, y value.Value, _ datapath.Type) value.Value {
	return b.named(n, b.NewICmp(enum.IPredEQ, x, y))
}

func (b *builder) And(n *datapath.Node, x, y value.Value) value.Value {
	return b.named(n, b.NewAnd(x, y))
}

func (b *builder) Or(n *datapath.Node, x, y value.Value) value.Value {
	return b.named(n, b.NewOr(x, y))
}

func (b *builder) Xor(n *datapath.Node, x, y value.Value) value.Value {
	return b.named(n, b.NewXor(x, y))
}

func (b *builder) Not(n *datapath.Node, a value.Value) value.Value {
	ones := int64(-1)
	if !n.Type.Signed {
		ones = n.Type.Max()
	}
	return b.named(n, b.NewXor(a, literal(b.typ(n.Type), ones)))
}

func (b *builder) Mux(n *datapath.Node, sel, then, els value.Value) value.Value {
	return b.named(n, b.NewSelect(sel, then, els))
}

func (b *builder) Table(n *datapath.Node, index value.Value) value.Value {
	return b.lookup(n, n.Name, n.Table, index)
}

func (b *builder) Read(n *datapath.Node, mem *datapath.Memory, addr value.Value) value.Value {
	return b.lookup(n, mem.Name, mem.Held, addr)
}

// lookup reads word 0 in place of one outside the table: a load must not be.
func (b *builder) lookup(n *datapath.Node, hint string, words []int64, index value.Value) value.Value {
	words, inside := b.kernel.Lookup(n, words)
	if index.Type() == types.I1 {
		index = b.NewZExt(index, b.word)
	}
	if inside {
		return b.named(n, b.load(n, hint, words, index))
	}
	within := b.NewICmp(enum.IPredSLT, index, b.constant(int64(len(words))))
	word := b.load(n, hint, words, b.NewSelect(within, index, b.constant(0)))
	return b.named(n, b.NewSelect(within, word, literal(b.typ(n.Type), 0)))
}

// load is a word of a table as a value of n's type.
func (b *builder) load(n *datapath.Node, hint string, words []int64, index value.Value) value.Value {
	stored := backend.StorageOf(words)
	t := integer(stored.Width)
	var elements []constant.Constant
	for _, w := range words {
		elements = append(elements, literal(t, w))
	}
	array := types.NewArray(uint64(len(words)), t)
	table := b.fn.module.NewGlobalDef(b.fn.table(hint), constant.NewArray(array, elements...))
	table.Immutable = true
	table.Linkage = enum.LinkagePrivate
	table.UnnamedAddr = enum.UnnamedAddrUnnamedAddr

	if d, ok := index.(decimal); ok {
		index = d.Int // the library wants to know its own constants here
	}
	p := b.NewGetElementPtr(array, table, constant.NewInt(types.I64, 0), index)
	p.InBounds = true
	word := b.NewLoad(t, p)
	switch {
	case n.Type == datapath.Bit:
		return b.NewTrunc(word, types.I1)
	case stored.Width == b.kernel.Word:
		return word
	case stored.Signed:
		return b.NewSExt(word, b.word)
	}
	return b.NewZExt(word, b.word)
}

func (b *builder) Output(_ string, t datapath.Type, v value.Value) {
	if t == datapath.Bit {
		b.NewRet(b.NewZExt(v, b.fn.y()))
		return
	}
	b.NewRet(b.NewTrunc(v, b.fn.y()))
}

// backend.NewKernel refuses what the rest of the interface is for.

func (b *builder) Reg(*datapath.Node) value.Value { panic("llvm: a register in a kernel") }
func (b *builder) Drive(*datapath.Node, value.Value, value.Value, *value.Value) {
	panic("llvm: a register in a kernel")
}
func (b *builder) Write(*datapath.Memory, value.Value, value.Value, value.Value) {
	panic("llvm: a written memory in a kernel")
}
