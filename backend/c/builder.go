package c

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"grauc/backend"
	"grauc/ir/datapath"
)

// builder writes the statements of one kernel. Expressions are of the word type;
// conditions are int.
type builder struct {
	fn     *function
	kernel *backend.Kernel
	file   *file
	locals *backend.Locals
	lines  strings.Builder
	used   map[string]bool // parameters
}

type expr = backend.Expr

func (f *file) kernelBody(fn *function) string {
	b := &builder{fn: fn, kernel: fn.Kernel, file: f, used: map[string]bool{}}
	b.locals = backend.NewLocals(fn.Kernel, f.names, backend.Identifier, func(name string, e expr) {
		b.line("const %s %s = %s;", b.word(), name, e.Text)
	})
	b.locals.Take("x", "channel")
	datapath.Build(fn.Kernel.Module, b)
	return b.unused() + b.lines.String()
}

// unused keeps compilers from wondering about parameters no result depends on.
func (b *builder) unused() string {
	var t string
	if !b.used["x"] {
		t += "    (void)x;\n"
	}
	if b.fn.Channels && !b.used["channel"] {
		t += "    (void)channel;\n"
	}
	return t
}

func (b *builder) word() string { return fmt.Sprintf("int%d_t", b.kernel.Word) }

func (b *builder) line(format string, args ...any) {
	fmt.Fprintf(&b.lines, "    "+format+"\n", args...)
}

// unsigned is the operand converted, so that arithmetic on it wraps.
func (b *builder) unsigned(e expr) expr {
	return expr{Text: "(u" + b.word() + ")" + e.String(), Shape: backend.Call}
}

// wrap is an unsigned expression cut to type t.
func (b *builder) wrap(t datapath.Type, u expr) expr {
	if t.Width >= b.kernel.Word {
		return expr{Text: b.file.helpers.call(toSigned(b.kernel.Word), u.Text), Shape: backend.Call}
	}
	mask := uint64(1)<<t.Width - 1
	if !t.Signed {
		return expr{Text: fmt.Sprintf("(%s)(%v & %#xu)", b.word(), u, mask)}
	}
	sign := uint64(1) << (t.Width - 1)
	return expr{
		Text:  fmt.Sprintf("(%s)((%v & %#xu) ^ %#xu) - %#x", b.word(), u, mask, sign, sign),
		Shape: backend.Sum,
	}
}

func (b *builder) value(n *datapath.Node, format string, args ...any) expr {
	return b.locals.Value(n, expr{Text: fmt.Sprintf(format, args...)})
}

func (b *builder) Input(n *datapath.Node) expr {
	e := expr{Text: n.Name, Shape: backend.Variable}
	b.used[n.Name] = true
	storage := b.fn.X
	if n.Name == "channel" {
		storage = datapath.Type{Width: math.MaxInt} // size_t: wide
	}
	word := datapath.Type{Width: b.kernel.Word, Signed: true}
	switch {
	case n.Type == storage && n.Type == word:
		return e
	case n.Type == storage:
		e.Shape = backend.Compound
	default:
		e = b.wrap(n.Type, b.unsigned(e))
	}
	e.Node = &datapath.Node{Name: n.Name + "_code"}
	return b.locals.Variable(e)
}

func (b *builder) Const(n *datapath.Node) expr {
	e := backend.Literal(n.Value, literal(n.Value))
	e.Node = n
	return e
}

// literal avoids the one number whose absolute value no type holds.
func literal(v int64) string {
	if v == math.MinInt64 {
		return fmt.Sprintf("(%d - 1)", v+1)
	}
	return strconv.FormatInt(v, 10)
}

func (b *builder) Cast(n *datapath.Node, a expr, from datapath.Type) expr {
	switch {
	case b.kernel.Wraps(n):
		return b.locals.Value(n, b.wrap(n.Type, b.unsigned(a)))
	case from == datapath.Bit && n.Type != datapath.Bit && a.Shape < backend.Constant:
		return b.value(n, "(%s)%v", b.word(), a)
	}
	return b.locals.Value(n, a)
}

func (b *builder) Add(n *datapath.Node, x, y expr) expr {
	if b.kernel.Wraps(n) {
		return b.locals.Value(n, b.wrap(n.Type, backend.Addition(b.unsigned(x), b.unsigned(y))))
	}
	return b.locals.Value(n, backend.Addition(b.locals.Typed(x, y), y))
}

func (b *builder) Sub(n *datapath.Node, x, y expr) expr {
	if b.kernel.Wraps(n) {
		return b.locals.Value(n, b.wrap(n.Type, backend.Subtraction(b.unsigned(x), b.unsigned(y))))
	}
	return b.locals.Value(n, backend.Subtraction(b.locals.Typed(x, y), y))
}

// Shl shifts an unsigned number: shifting a negative one left is undefined.
func (b *builder) Shl(n *datapath.Node, a expr) expr {
	shifted := expr{Text: fmt.Sprintf("%v << %d", b.unsigned(a), n.Amount)}
	switch {
	case b.kernel.Wraps(n):
		return b.locals.Value(n, b.wrap(n.Type, shifted))
	case b.kernel.Nonnegative(n, 0):
		return b.value(n, "%v << %d", b.locals.Typed(a), n.Amount)
	}
	return b.locals.Value(n, b.wrap(datapath.Type{Width: b.kernel.Word, Signed: true}, shifted))
}

func (b *builder) Shr(n *datapath.Node, a expr) expr {
	a = b.locals.Typed(a)
	amount := b.kernel.ShiftRight(n)
	if b.kernel.Nonnegative(n, 0) {
		return b.value(n, "%v >> %d", a, amount)
	}
	shift := b.file.helpers.call(shiftRight(b.kernel.Word), a.Text, strconv.Itoa(amount))
	return b.locals.Value(n, expr{Text: shift, Shape: backend.Call})
}

func (b *builder) Less(n *datapath.Node, x, y expr, _ datapath.Type) expr {
	return b.locals.Value(n, backend.Compare(b.locals.Typed(x, y), "<", y))
}

func (b *builder) Equal(n *datapath.Node, x, y expr, _ datapath.Type) expr {
	return b.locals.Value(n, backend.Compare(b.locals.Typed(x, y), "==", y))
}

func (b *builder) And(n *datapath.Node, x, y expr) expr { return b.bitwise(n, x, "&", y) }
func (b *builder) Or(n *datapath.Node, x, y expr) expr  { return b.bitwise(n, x, "|", y) }
func (b *builder) Xor(n *datapath.Node, x, y expr) expr { return b.value(n, "%v ^ %v", x, y) }

// bitwise makes one of two comparisons an integer: compilers ask whether && was meant.
func (b *builder) bitwise(n *datapath.Node, x expr, op string, y expr) expr {
	if x.IsComparison() && y.IsComparison() {
		x = b.locals.Variable(x)
	}
	return b.value(n, "%v "+op+" %v", x, y)
}

func (b *builder) Not(n *datapath.Node, a expr) expr {
	switch {
	case a.IsComparison():
		return b.locals.Value(n, a.Negated())
	case n.Type.Signed:
		return b.value(n, "~%v", a)
	}
	return b.value(n, "%v ^ %#x", a, n.Type.Max())
}

// Mux is a mask where it is no minimum or maximum: gcc makes branches of other
// conditional expressions.
func (b *builder) Mux(n *datapath.Node, sel, then, els expr) expr {
	switch {
	case backend.Extreme(sel, then, els):
		return b.value(n, "%s ? %v : %v", sel.Text, then, els)
	case els.Text == "0":
		return b.value(n, "%v & %s", then, b.mask(sel))
	case then.Text == "0":
		return b.value(n, "%v & (%v - 1)", els, b.locals.Typed(sel))
	}
	els = b.locals.Twice(els)
	return b.value(n, "%v ^ (%s & %s)", els, difference(els, then), b.mask(sel))
}

// difference is x ^ y. It is computed here for constants, of which compilers ask whether
// a power was meant.
func difference(x, y expr) string {
	a, known := x.Constant()
	if c, also := y.Constant(); known && also {
		return literal(a ^ c)
	}
	return fmt.Sprintf("(%v ^ %v)", x, y)
}

// mask is all ones where the condition holds, as the condition less 1 is where it
// does not.
func (b *builder) mask(sel expr) string {
	if sel.Shape >= backend.Constant {
		return "-" + sel.Text
	}
	return "-(" + b.word() + ")" + sel.String()
}

func (b *builder) Table(n *datapath.Node, index expr) expr {
	return b.lookup(n, n.Name, n.Table, index)
}

func (b *builder) Read(n *datapath.Node, mem *datapath.Memory, addr expr) expr {
	return b.lookup(n, mem.Name, mem.Held, addr)
}

func (b *builder) lookup(n *datapath.Node, hint string, words []int64, index expr) expr {
	words, inside := b.kernel.Lookup(n, words)
	table := b.locals.Claim(tableName(hint))
	b.line("static const %s %s[%d] = {%s};", cType(backend.StorageOf(words)), table, len(words), elements(words))
	e := expr{Text: fmt.Sprintf("%s[%s]", table, index.Text)}
	if !inside {
		index = b.locals.Variable(index)
		e.Text = fmt.Sprintf("%v < %d ? %s[%v] : 0", index, len(words), table, index)
	}
	e.Node = n
	return b.locals.Variable(e)
}

func tableName(hint string) string {
	if hint == "" {
		return "table"
	}
	return backend.Identifier(hint) + "_table"
}

// elements are the words, in several lines where there are many.
func elements(words []int64) string {
	const perLine = 16
	var t strings.Builder
	for i, w := range words {
		switch {
		case len(words) > perLine && i%perLine == 0:
			t.WriteString("\n        ")
		case i > 0:
			t.WriteString(" ")
		}
		t.WriteString(literal(w))
		if i+1 < len(words) {
			t.WriteString(",")
		}
	}
	if len(words) > perLine {
		t.WriteString("\n    ")
	}
	return t.String()
}

func (b *builder) Output(_ string, _ datapath.Type, v expr) {
	b.line("return (%s)%v;", cType(b.fn.Y), v)
}

// backend.NewKernel refuses what the rest of the interface is for.

func (b *builder) Reg(*datapath.Node) expr                  { panic("c: a register in a kernel") }
func (b *builder) Drive(*datapath.Node, expr, expr, *expr)  { panic("c: a register in a kernel") }
func (b *builder) Write(*datapath.Memory, expr, expr, expr) { panic("c: a written memory in a kernel") }
