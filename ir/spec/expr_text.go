package spec

import (
	"fmt"
	"strconv"
	"strings"

	"grauc/ir/text"
)

// How tightly the forms of an expression bind, from the loosest. Comparisons do
// not associate, ^ associates to the right, the other binary operators to the left.
const (
	bindIf = iota
	bindOr
	bindAnd
	bindNot
	bindCompare
	bindSum
	bindProduct
	bindSign
	bindPower
	bindAtom
)

var binding = map[string]int{
	"or": bindOr, "and": bindAnd, "not": bindNot,
	"<": bindCompare, "<=": bindCompare, ">": bindCompare, ">=": bindCompare, "==": bindCompare, "!=": bindCompare,
	"+": bindSum, "-": bindSum, "*": bindProduct, "/": bindProduct, "neg": bindSign, "^": bindPower,
}

// reserved words stand for something of their own in an expression; a name that
// is one of them is written in quotes.
var reserved = map[string]bool{
	"if": true, "then": true, "else": true, "and": true, "or": true, "not": true,
	"pi": true, "e": true, "x": true, "c": true,
}

// isPrimitive reports whether name(...) is an operation.
func isPrimitive(name string) bool {
	_, known := Ops[name]
	_, operator := binding[name]
	return known && !operator
}

// Format is an expression in the language's own syntax. in is the function that
// it is the body of, or nil for a layer's. What the language cannot say, a
// parameter without a usable name or an input outside a layer, starts with $.
func Format(e Expr, in *Func) string {
	p := printer{in: in}
	p.expr(e, bindIf)
	return p.String()
}

type printer struct {
	strings.Builder
	in *Func
}

// expr writes e, in parentheses if it binds less tightly than least.
func (p *printer) expr(e Expr, least int) {
	if p.binds(e) < least {
		p.WriteByte('(')
		defer p.WriteByte(')')
	}
	switch e := e.(type) {
	case Number:
		p.WriteString(text.Number(e.Value))
	case Named:
		p.WriteString(e.Name)
	case X:
		p.WriteString(p.outside("x"))
	case Channel:
		p.WriteString(p.outside("c"))
	case Param:
		p.WriteString(p.param(e.Index))
	case *Element:
		p.WriteString(callee(e.Data) + "." + text.Name(e.Array) + "[")
		p.expr(e.Index, bindIf)
		p.WriteByte(']')
	case *Op:
		p.op(e)
	case *If:
		p.WriteString("if ")
		p.expr(e.Cond, bindIf)
		p.WriteString(" then ")
		p.expr(e.Then, bindIf)
		p.WriteString(" else ")
		p.expr(e.Else, bindIf)
	case *Call:
		p.call(callee(e.Func), e.Args)
	default:
		p.WriteByte('?')
	}
}

// binds is how tightly e binds. A ratio and a negative number do not look like
// atoms and are not treated as such.
func (p *printer) binds(e Expr) int {
	switch e := e.(type) {
	case Number:
		switch s := text.Number(e.Value); {
		case strings.Contains(s, "/"):
			return bindProduct
		case s[0] == '-':
			return bindSign
		}
	case *Op:
		if b, ok := binding[e.Name]; ok {
			return b
		}
	case *If:
		return bindIf
	}
	return bindAtom
}

func (p *printer) op(e *Op) {
	b, operator := binding[e.Name]
	switch {
	case operator && len(e.Args) == 1:
		p.prefix(e, b)
	case operator && len(e.Args) == 2:
		left, right := b, b+1
		switch b {
		case bindCompare:
			left = b + 1
		case bindPower:
			left, right = bindAtom, bindSign
		}
		p.expr(e.Args[0], left)
		p.WriteString(" " + e.Name + " ")
		p.expr(e.Args[1], right)
	default:
		p.call(e.Name, e.Args)
	}
}

func (p *printer) prefix(e *Op, b int) {
	if e.Name == "not" {
		p.WriteString("not ")
		p.expr(e.Args[0], b)
		return
	}
	p.WriteByte('-')
	if n, ok := e.Args[0].(Number); ok && n.Value.Sign() >= 0 {
		b = bindAtom + 1 // -(3) negates, -3 is a number
	}
	p.expr(e.Args[0], b)
}

func (p *printer) call(name string, args []Expr) {
	p.WriteString(name + "(")
	for i, a := range args {
		if i > 0 {
			p.WriteString(", ")
		}
		p.expr(a, bindIf)
	}
	p.WriteByte(')')
}

// callee is the name of a function or of data where an operation, a constant or a
// word of the syntax could be meant instead.
func callee(name string) string {
	if reserved[name] || isPrimitive(name) {
		return strconv.Quote(name)
	}
	return text.Name(name)
}

func (p *printer) outside(name string) string {
	if p.in != nil {
		return "$" + name
	}
	return name
}

func (p *printer) param(i int) string {
	if p.in != nil && i >= 0 && i < len(p.in.Params) {
		if name := p.in.Params[i]; p.in.param(name) == i {
			return name
		}
	}
	return fmt.Sprintf("$%d", i)
}

// param is the index of the parameter that a bare name means in the text, or -1.
func (f *Func) param(name string) int {
	if name != "x" && name != "c" && reserved[name] || !text.IsWord(name) {
		return -1
	}
	for i, p := range f.Params {
		if p == name {
			return i
		}
	}
	return -1
}

// exprParser reads expressions, one method for each level of binding.
type exprParser struct {
	*text.Parser
	in *Func
}

func parseExpr(p *text.Parser, in *Func) Expr {
	return (&exprParser{p, in}).expr()
}

func (p *exprParser) expr() Expr { return p.deeper(p.choice) }

func (p *exprParser) choice() Expr {
	if !p.Accept("if") {
		return p.binary(bindOr)
	}
	e := &If{Cond: p.expr()}
	p.Expect("then")
	e.Then = p.expr()
	p.Expect("else")
	e.Else = p.expr()
	return e
}

// operators are the binary operators, by how tightly they bind.
var operators = map[int][]string{
	bindOr: {"or"}, bindAnd: {"and"}, bindCompare: {"<", "<=", ">", ">=", "==", "!="},
	bindSum: {"+", "-"}, bindProduct: {"*", "/"},
}

func (p *exprParser) binary(b int) Expr {
	switch b {
	case bindNot:
		return p.not()
	case bindSign:
		return p.sign()
	}
	left := p.binary(b + 1)
	for {
		name := p.operator(b)
		if name == "" {
			return left
		}
		left = &Op{Name: name, Args: []Expr{left, p.binary(b + 1)}}
		if b == bindCompare {
			return left
		}
	}
}

func (p *exprParser) operator(b int) string {
	for _, name := range operators[b] {
		if p.Accept(name) {
			return name
		}
	}
	return ""
}

func (p *exprParser) not() Expr {
	if p.Accept("not") {
		return &Op{Name: "not", Args: []Expr{p.deeper(p.not)}}
	}
	return p.binary(bindCompare)
}

func (p *exprParser) deeper(parse func() Expr) Expr {
	p.Enter()
	defer p.Leave()
	return parse()
}

// sign reads a power with its signs. A minus before a bare number belongs to the
// number, but -3 ^ 2 is -(3 ^ 2).
func (p *exprParser) sign() Expr {
	if !p.Accept("-") {
		return p.power()
	}
	bare := p.IsNumber()
	operand := p.deeper(p.sign)
	if n, ok := operand.(Number); ok && bare {
		n.Value.Neg(n.Value)
		return n
	}
	return &Op{Name: "neg", Args: []Expr{operand}}
}

func (p *exprParser) power() Expr {
	base := p.atom()
	if !p.Accept("^") {
		return base
	}
	return &Op{Name: "^", Args: []Expr{base, p.deeper(p.sign)}}
}

func (p *exprParser) atom() Expr {
	switch {
	case p.IsNumber():
		return Number{Value: p.Magnitude("a number")}
	case p.Accept("("):
		e := p.expr()
		p.Expect(")")
		return e
	case p.Accept("$"):
		return p.escaped()
	case p.IsQuoted():
		return p.applied(p.Quoted("a name"), false)
	}
	pos := p.Pos()
	name := p.Word("an expression")
	if p.Is("(") || p.Is(".") {
		return p.applied(name, isPrimitive(name))
	}
	return p.name(name, pos)
}

// applied reads what follows a name: arguments, or an array and an index.
func (p *exprParser) applied(name string, primitive bool) Expr {
	if p.Accept(".") {
		e := &Element{Data: name, Array: p.Name("the array's name")}
		p.Expect("[")
		e.Index = p.expr()
		p.Expect("]")
		return e
	}
	p.Expect("(")
	var args []Expr
	for p.More(")") {
		if len(args) > 0 {
			p.Expect(",")
		}
		args = append(args, p.expr())
	}
	if primitive {
		return &Op{Name: name, Args: args}
	}
	return &Call{Func: name, Args: args}
}

func (p *exprParser) name(name string, pos int) Expr {
	if p.in != nil {
		if i := p.in.param(name); i >= 0 {
			return Param{Index: i}
		}
	}
	switch {
	case name == "pi" || name == "e":
		return Named{Name: name}
	case p.in == nil && name == "x":
		return X{}
	case p.in == nil && name == "c":
		return Channel{}
	}
	p.FailAt(pos, "nothing here is called %q", name)
	return Number{}
}

func (p *exprParser) escaped() Expr {
	switch {
	case p.Accept("x"):
		return X{}
	case p.Accept("c"):
		return Channel{}
	}
	return Param{Index: p.Count("the number of a parameter, x or c")}
}
