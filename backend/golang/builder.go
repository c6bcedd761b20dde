package golang

import (
	"fmt"
	"strconv"
	"strings"

	"grauc/backend"
	"grauc/ir/datapath"
)

// builder writes the statements of one function. Expressions are of the word type,
// values of type Bit are bool.
type builder struct {
	fn     *function
	kernel *backend.Kernel
	locals *backend.Locals
	file   *file
	lines  strings.Builder
	x      bool // whether the result depends on x
	result expr
}

type expr = backend.Expr

// kernel is the statements that compute the output code of x, and that code.
type kernel struct {
	statements, code string
	x                bool // whether they depend on x
}

func (f *file) kernel(fn *function) kernel {
	b := &builder{fn: fn, kernel: fn.Kernel, file: f}
	b.locals = backend.NewLocals(fn.Kernel, f.names, unexported, func(name string, e expr) {
		if e.Shape == backend.Constant && e.Text != "true" && e.Text != "false" {
			e.Text = b.word() + "(" + e.Text + ")"
		}
		b.line("%s := %s", name, e.Text)
	})
	b.locals.Take("x", "y", "i", "channel")
	datapath.Build(fn.Kernel.Module, b)
	return kernel{b.lines.String(), goType(fn.Y) + "(" + b.result.Text + ")", b.x}
}

func (b *builder) word() string { return fmt.Sprintf("int%d", b.kernel.Word) }

func (b *builder) line(format string, args ...any) {
	fmt.Fprintf(&b.lines, format+"\n", args...)
}

func (b *builder) value(n *datapath.Node, format string, args ...any) expr {
	return b.locals.Value(n, expr{Text: fmt.Sprintf(format, args...)})
}

// cut is e as a value of type t: Go's own arithmetic wraps at the word's width.
func (b *builder) cut(n *datapath.Node, e expr) expr {
	t := n.Type
	switch {
	case t == datapath.Bit:
		return b.value(n, "%v&1 != 0", e)
	case !b.kernel.Wraps(n) || t.Width >= b.kernel.Word:
		return b.locals.Value(n, e)
	case t.Signed:
		return b.value(n, "%v << %d >> %d", e, b.kernel.Word-t.Width, b.kernel.Word-t.Width)
	}
	return b.value(n, "%v & %#x", e, t.Max())
}

// number is the word that a bool stands for.
func (b *builder) number(n *datapath.Node, cond string) expr {
	return b.choose(n, fmt.Sprintf("var %%s %s", b.word()), cond, "1")
}

// choose is a variable that begins as declared and becomes then under cond: the
// compiler makes a conditional move of it.
func (b *builder) choose(n *datapath.Node, declaration, cond, then string) expr {
	name := b.locals.Name(n)
	b.line(declaration, name)
	b.line("if %s {\n%s = %s\n}", cond, name, then)
	return expr{Text: name, Shape: backend.Variable, Node: n}
}

func (b *builder) Input(n *datapath.Node) expr {
	e := expr{Text: n.Name, Shape: backend.Variable}
	b.x = b.x || n.Name == "x"
	from, storage := goType(b.fn.X), b.fn.X.Width
	if n.Name == "channel" {
		from, storage = "int", 0
	}
	if from != b.word() {
		e = expr{Text: b.word() + "(" + n.Name + ")", Shape: backend.Call}
	}
	switch {
	case n.Type == datapath.Bit:
		e = expr{Text: e.Text + "&1 != 0"}
	case n.Type.Width == storage || n.Type.Width >= b.kernel.Word:
	case n.Type.Signed:
		e = expr{Text: fmt.Sprintf("%v << %d >> %d", e, b.kernel.Word-n.Type.Width, b.kernel.Word-n.Type.Width)}
	default:
		e = expr{Text: fmt.Sprintf("%v & %#x", e, n.Type.Max())}
	}
	e.Node = &datapath.Node{Name: n.Name + "_code"}
	return b.locals.Variable(e)
}

func (b *builder) Const(n *datapath.Node) expr {
	e := backend.Literal(n.Value, strconv.FormatInt(n.Value, 10))
	if n.Type == datapath.Bit {
		e = truth(n.Value != 0)
	}
	e.Node = n
	return e
}

func truth(v bool) expr { return expr{Text: strconv.FormatBool(v), Shape: backend.Constant} }

func (b *builder) Cast(n *datapath.Node, a expr, from datapath.Type) expr {
	switch {
	case from == n.Type:
		return b.locals.Value(n, a)
	case from == datapath.Bit:
		v := b.number(n, a.Text)
		if b.kernel.Wraps(n) {
			return b.cut(n, v)
		}
		return v
	}
	return b.cut(n, b.locals.Typed(a))
}

func (b *builder) Add(n *datapath.Node, x, y expr) expr {
	if n.Type == datapath.Bit {
		return b.Xor(n, x, y)
	}
	return b.cut(n, backend.Addition(b.locals.Typed(x, y), y))
}

func (b *builder) Sub(n *datapath.Node, x, y expr) expr {
	if n.Type == datapath.Bit {
		return b.Xor(n, x, y)
	}
	return b.cut(n, backend.Subtraction(b.locals.Typed(x, y), y))
}

func (b *builder) Shl(n *datapath.Node, a expr) expr {
	switch {
	case n.Amount == 0:
		return b.locals.Value(n, a)
	case n.Type == datapath.Bit:
		return b.locals.Value(n, truth(false))
	case n.Amount >= min(n.Type.Width, b.kernel.Word):
		return b.locals.Value(n, backend.Literal(0, "0"))
	}
	return b.cut(n, expr{Text: fmt.Sprintf("%v << %d", b.locals.Typed(a), n.Amount)})
}

func (b *builder) Shr(n *datapath.Node, a expr) expr {
	switch {
	case n.Amount == 0:
		return b.locals.Value(n, a)
	case n.Type == datapath.Bit:
		return b.locals.Value(n, truth(false))
	}
	return b.value(n, "%v >> %d", b.locals.Typed(a), b.kernel.ShiftRight(n))
}

func (b *builder) Less(n *datapath.Node, x, y expr, of datapath.Type) expr {
	if of == datapath.Bit {
		return b.value(n, "!%v && %v", x, y)
	}
	return b.locals.Value(n, backend.Compare(x, "<", y))
}

func (b *builder) Equal(n *datapath.Node, x, y expr, _ datapath.Type) expr {
	return b.locals.Value(n, backend.Compare(x, "==", y))
}

// logic is a bitwise operation, or what it means for bool.
func (b *builder) logic(n *datapath.Node, x expr, word, truth string, y expr) expr {
	if n.Type == datapath.Bit {
		return b.value(n, "%v %s %v", x, truth, y)
	}
	return b.value(n, "%v %s %v", b.locals.Typed(x, y), word, y)
}

func (b *builder) And(n *datapath.Node, x, y expr) expr { return b.logic(n, x, "&", "&&", y) }
func (b *builder) Or(n *datapath.Node, x, y expr) expr  { return b.logic(n, x, "|", "||", y) }
func (b *builder) Xor(n *datapath.Node, x, y expr) expr { return b.logic(n, x, "^", "!=", y) }

func (b *builder) Not(n *datapath.Node, a expr) expr {
	switch {
	case a.IsComparison():
		return b.locals.Value(n, a.Negated())
	case n.Type == datapath.Bit:
		return b.value(n, "!%v", a)
	case n.Type.Signed:
		return b.value(n, "^%v", b.locals.Typed(a))
	}
	return b.value(n, "%v ^ %#x", b.locals.Typed(a), n.Type.Max())
}

func (b *builder) Mux(n *datapath.Node, sel, then, els expr) expr {
	if els.Shape == backend.Constant && n.Type != datapath.Bit {
		return b.choose(n, fmt.Sprintf("var %%s %s = %s", b.word(), els.Text), sel.Text, then.Text)
	}
	return b.choose(n, "%s := "+els.Text, sel.Text, then.Text)
}

func (b *builder) Table(n *datapath.Node, index expr) expr {
	return b.lookup(n, n.Name, n.Table, index)
}

func (b *builder) Read(n *datapath.Node, mem *datapath.Memory, addr expr) expr {
	return b.lookup(n, mem.Name, mem.Held, addr)
}

// lookup reads a table of the package: one in the function would be built anew at
// every call.
func (b *builder) lookup(n *datapath.Node, hint string, words []int64, index expr) expr {
	words, inside := b.kernel.Lookup(n, words)
	table := b.file.names.Claim(tableName(b.fn.name, hint))
	stored := goType(backend.StorageOf(words))
	b.fn.tables = append(b.fn.tables, fmt.Sprintf("var %s = [...]%s{%s}\n", table, stored, elements(words)))

	index = b.locals.Typed(index)
	if b.kernel.Nodes[n.Args[0]].Type == datapath.Bit {
		index = b.number(&datapath.Node{}, index.Text)
	}
	if !inside {
		index = b.locals.Variable(index)
	}
	word, declaration := fmt.Sprintf("%s[%s]", table, index.Text), "var %s "+b.word()
	switch {
	case n.Type == datapath.Bit:
		word, declaration = word+" != 0", "%s := false"
	case stored != b.word():
		word = fmt.Sprintf("%s(%s)", b.word(), word)
	}
	if inside {
		return b.locals.Variable(expr{Text: word, Node: n})
	}
	return b.choose(n, declaration, fmt.Sprintf("%v < %d", index, len(words)), word)
}

func tableName(function, hint string) string {
	if hint == "" {
		return unexported(function) + "Table"
	}
	return unexported(function) + exported(hint) + "Table"
}

// elements are the words, in several lines where there are many.
func elements(words []int64) string {
	const perLine = 16
	var t strings.Builder
	for i, w := range words {
		switch {
		case len(words) > perLine && i%perLine == 0:
			t.WriteString("\n")
		case i > 0:
			t.WriteString(" ")
		}
		t.WriteString(strconv.FormatInt(w, 10) + ",")
	}
	if len(words) > perLine {
		t.WriteString("\n")
	}
	return t.String()
}

func (b *builder) Output(_ string, t datapath.Type, v expr) {
	if t == datapath.Bit {
		v = b.number(&datapath.Node{Name: "code"}, v.Text)
	}
	b.result = v
}

// backend.NewKernel refuses what the rest of the interface is for.

func (b *builder) Reg(*datapath.Node) expr                 { panic("golang: a register in a kernel") }
func (b *builder) Drive(*datapath.Node, expr, expr, *expr) { panic("golang: a register in a kernel") }
func (b *builder) Write(*datapath.Memory, expr, expr, expr) {
	panic("golang: a written memory in a kernel")
}
