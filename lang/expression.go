package lang

import (
	"slices"
	"strconv"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
)

// Expr is a disjunction, and with that any expression: And { "or" And }.
type Expr struct {
	Node
	First *And
	Rest  []*And
}

// And is a conjunction: Not { "and" Not }.
type And struct {
	Node
	First *Not
	Rest  []*Not
}

// Not is a negation or a comparison: "not" Not | Comparison.
type Not struct {
	Node
	Negated    *Not
	Comparison *Comparison
}

// Comparison is Sum { Predicate }. It has at most one element in Rest once it is
// checked without a diagnostic: comparisons do not associate.
type Comparison struct {
	Node
	Left *Sum
	Rest []*Predicate
}

// Predicate is a comparison's operator and right side:
// ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) Sum.
type Predicate struct {
	Node
	Op    string
	Right *Sum
}

// Sum is a chain of additions and subtractions, from the left:
// Product { ( "+" | "-" ) Product }.
type Sum struct {
	Node
	First *Product
	Rest  []*Addend
}

// Addend is an operator with what it adds or subtracts.
type Addend struct {
	Op    string
	Right *Product
}

// Product is a chain of multiplications and divisions, from the left:
// Unary { ( "*" | "/" ) Unary }.
type Product struct {
	Node
	First *Unary
	Rest  []*Factor
}

// Factor is an operator with what it multiplies or divides by.
type Factor struct {
	Op    string
	Right *Unary
}

// Unary is a change of sign, which binds less tightly than a power:
// "-" Unary | Power.
type Unary struct {
	Node
	Negated *Unary
	Power   *Power
}

// Power associates to the right, and its exponent may have a sign:
// Primary [ "^" Unary ].
type Power struct {
	Node
	Base     *Primary
	Exponent *Unary
}

// Primary is an operand: NUMBER | If | "(" Expr ")" | Reference.
type Primary struct {
	Node
	Number    string
	If        *If
	Inner     *Expr
	Reference *Reference
}

// If is "if" CONDITION "then" EXPR "else" EXPR.
type If struct {
	Cond *Expr
	Then *Expr
	Else *Expr
}

// Reference is a name on its own, a call, or an element of a data array:
// Name [ Call | Element ].
type Reference struct {
	Node
	Name    Name
	Call    *Call
	Element *Element
}

// Call is the arguments of a call: "(" [ Arg { "," Arg } ] ")".
type Call struct {
	Node
	Args []*Arg
}

// Arg is an argument, named or not: [ Name "=" ] Expr [ ".." Expr ]. Only options
// take ranges.
type Arg struct {
	Node
	Name *Name
	Low  *Expr
	High *Expr
}

// Element is what follows the name of a data declaration: "." Name "[" Expr "]".
type Element struct {
	Array Name
	Index *Expr
}

// Parse reads an expression for participle. One token decides everything in an
// expression, and participle, which must be ready to take any choice back, needs
// longer to set up for its ten levels than for all else.
func (e *Expr) Parse(lex *lexer.PeekingLexer) error {
	r := reader{PeekingLexer: lex}
	if !r.beginsExpr() {
		return participle.NextMatch
	}
	*e = *r.expr()
	return r.fault
}

// reader reads expressions by recursive descent. After a fault it accepts no
// token any more, which ends all loops.
type reader struct {
	*lexer.PeekingLexer
	fault error
}

// begin is a node that begins at the next token; end is where the last one ended.
func (r *reader) begin() Node         { return Node{Pos: r.Peek().Pos} }
func (r *reader) end() lexer.Position { return r.RawPeek().Pos }

// accept takes the next token if it is one of these, or gives "".
func (r *reader) accept(texts ...string) string {
	if r.fault == nil && slices.Contains(texts, r.Peek().Value) {
		return r.Next().Value
	}
	return ""
}

func (r *reader) expect(text string) {
	if r.accept(text) == "" {
		r.fail(strconv.Quote(text))
	}
}

// take gives the next token if it is of the type, or "".
func (r *reader) take(typ lexer.TokenType) string {
	if r.fault == nil && r.Peek().Type == typ {
		return r.Next().Value
	}
	return ""
}

// fail keeps the first fault: that the grammar expects something else.
func (r *reader) fail(expected string) {
	if r.fault == nil {
		r.fault = &participle.UnexpectedTokenError{Unexpected: *r.Peek(), Expect: expected}
	}
}

// beginsExpr reports whether an expression may begin with the next token.
func (r *reader) beginsExpr() bool {
	switch t := r.Peek(); t.Type {
	case tokIdent, tokNumber:
		return true
	case tokKeyword:
		return t.Value == "if" || t.Value == "not"
	case tokPunct:
		return t.Value == "(" || t.Value == "-"
	}
	return false
}

func (r *reader) expr() *Expr {
	if !r.beginsExpr() {
		r.fail("Expr")
	}
	e := &Expr{Node: r.begin(), First: r.and()}
	for r.accept("or") != "" {
		e.Rest = append(e.Rest, r.and())
	}
	e.EndPos = r.end()
	return e
}

func (r *reader) and() *And {
	a := &And{Node: r.begin(), First: r.not()}
	for r.accept("and") != "" {
		a.Rest = append(a.Rest, r.not())
	}
	a.EndPos = r.end()
	return a
}

func (r *reader) not() *Not {
	n := &Not{Node: r.begin()}
	if r.accept("not") != "" {
		n.Negated = r.not()
	} else {
		n.Comparison = r.comparison()
	}
	n.EndPos = r.end()
	return n
}

func (r *reader) comparison() *Comparison {
	c := &Comparison{Node: r.begin(), Left: r.sum()}
	for at := r.begin(); ; at = r.begin() {
		op := r.accept("<", "<=", ">", ">=", "==", "!=")
		if op == "" {
			break
		}
		p := &Predicate{Node: at, Op: op, Right: r.sum()}
		p.EndPos = r.end()
		c.Rest = append(c.Rest, p)
	}
	c.EndPos = r.end()
	return c
}

func (r *reader) sum() *Sum {
	s := &Sum{Node: r.begin(), First: r.product()}
	for op := r.accept("+", "-"); op != ""; op = r.accept("+", "-") {
		s.Rest = append(s.Rest, &Addend{Op: op, Right: r.product()})
	}
	s.EndPos = r.end()
	return s
}

func (r *reader) product() *Product {
	p := &Product{Node: r.begin(), First: r.unary()}
	for op := r.accept("*", "/"); op != ""; op = r.accept("*", "/") {
		p.Rest = append(p.Rest, &Factor{Op: op, Right: r.unary()})
	}
	p.EndPos = r.end()
	return p
}

func (r *reader) unary() *Unary {
	u := &Unary{Node: r.begin()}
	if r.accept("-") != "" {
		u.Negated = r.unary()
	} else {
		u.Power = r.power()
	}
	u.EndPos = r.end()
	return u
}

func (r *reader) power() *Power {
	p := &Power{Node: r.begin(), Base: r.primary()}
	if r.accept("^") != "" {
		p.Exponent = r.unary()
	}
	p.EndPos = r.end()
	return p
}

func (r *reader) primary() *Primary {
	p := &Primary{Node: r.begin()}
	switch {
	case r.Peek().Type == tokIdent:
		p.Reference = r.reference()
	case r.accept("if") != "":
		p.If = r.choice()
	case r.accept("(") != "":
		p.Inner = r.expr()
		r.expect(")")
	default:
		if p.Number = r.take(tokNumber); p.Number == "" {
			r.fail("Primary")
		}
	}
	p.EndPos = r.end()
	return p
}

// choice is what follows "if".
func (r *reader) choice() *If {
	i := &If{Cond: r.expr()}
	r.expect("then")
	i.Then = r.expr()
	r.expect("else")
	i.Else = r.expr()
	return i
}

func (r *reader) reference() *Reference {
	f := &Reference{Node: r.begin(), Name: r.name()}
	if at := r.begin(); r.accept("(") != "" {
		f.Call = r.call(at)
	} else if r.accept(".") != "" {
		f.Element = r.element()
	}
	f.EndPos = r.end()
	return f
}

func (r *reader) name() Name {
	n := Name{Node: r.begin(), Text: r.take(tokIdent)}
	if n.Text == "" {
		r.fail("Name")
	}
	n.EndPos = r.end()
	return n
}

// call is what follows "(", which is at the given place.
func (r *reader) call(at Node) *Call {
	c := &Call{Node: at}
	if r.beginsExpr() {
		c.Args = append(c.Args, r.arg())
		for r.accept(",") != "" {
			c.Args = append(c.Args, r.arg())
		}
	}
	r.expect(")")
	c.EndPos = r.end()
	return c
}

func (r *reader) arg() *Arg {
	if !r.beginsExpr() {
		r.fail("Arg")
	}
	a := &Arg{Node: r.begin()}
	if before := r.MakeCheckpoint(); r.Peek().Type == tokIdent {
		name := r.name()
		if r.accept("=") != "" {
			a.Name = &name
		} else {
			r.LoadCheckpoint(before)
		}
	}
	a.Low = r.expr()
	if r.accept("..") != "" {
		a.High = r.expr()
	}
	a.EndPos = r.end()
	return a
}

// element is what follows ".".
func (r *reader) element() *Element {
	e := &Element{Array: r.name()}
	r.expect("[")
	e.Index = r.expr()
	r.expect("]")
	return e
}
