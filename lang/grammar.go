// Package lang reads .grau text. The grammar structs of this package are the
// syntax tree; every node knows where it stands. Parsing goes declaration by
// declaration, so that one bad declaration hides no fault in the next, and so
// that the declarations of a library cost nothing until they are asked for.
package lang

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"grauc/lang/diag"
)

// Node is where a piece of syntax stands: from Pos up to EndPos.
type Node struct {
	Pos    lexer.Position
	EndPos lexer.Position
}

// Span is the node's place. For one of several lines, Length counts them all.
func (n Node) Span() diag.Span {
	return diag.Span{
		File: n.Pos.Filename, Line: n.Pos.Line, Column: n.Pos.Column,
		Length: n.EndPos.Offset - n.Pos.Offset,
	}
}

// Declaration is one of the six kinds, with the doc comment before it.
type Declaration struct {
	Node
	DocLines []string  `parser:"@Doc*"`
	Use      *Use      `parser:"(   @@"`
	Function *Function `parser:"| @@"`
	Quant    *Quant    `parser:"| @@"`
	Unit     *Unit     `parser:"| @@"`
	Data     *Data     `parser:"| @@"`
	Layer    *Layer    `parser:"| @@ )"`
}

// Doc is the text of the doc comment.
func (d *Declaration) Doc() string {
	lines := make([]string, len(d.DocLines))
	for i, line := range d.DocLines {
		line = strings.TrimPrefix(line, "///")
		lines[i] = strings.TrimRight(strings.TrimPrefix(line, " "), " \t")
	}
	return strings.Join(lines, "\n")
}

// Name is an identifier.
type Name struct {
	Node
	Text string `parser:"@Ident"`
}

// Path is a quoted file name.
type Path struct {
	Node
	Quoted string `parser:"@String"`
}

// Text is the name without its quotes.
func (p Path) Text() string { return strings.Trim(p.Quoted, `"`) }

// Use is `use "other.grau"`.
type Use struct {
	Path Path `parser:"'use' @@"`
}

// Function is `fn NAME(PARAM, ...) = BODY`.
type Function struct {
	Name   Name     `parser:"'fn' @@"`
	Params []*Param `parser:"'(' @@ ( ',' @@ )* ')'"`
	Body   *Expr    `parser:"'=' @@"`
}

// Param is a parameter with its default, if any.
type Param struct {
	Name    Name  `parser:"@@"`
	Default *Expr `parser:"( '=' @@ )?"`
}

// Quant is `quant NAME = FORMAT`.
type Quant struct {
	Name   Name    `parser:"'quant' @@"`
	Format *Format `parser:"'=' @@"`
}

// Format is an integer type or the name of a quant, with modifiers.
type Format struct {
	Node
	Base      Name        `parser:"@@"`
	Modifiers []*Modifier `parser:"@@*"`
}

// Modifier is one of the words that follow an integer type.
type Modifier struct {
	Node
	Narrow   bool  `parser:"@'narrow'"`
	Scale    *Expr `parser:"| 'scale' @@"`
	Zero     *Expr `parser:"| 'zero' @@"`
	Rounding *Name `parser:"| 'round' @@"`
}

// Unit is `unit NAME { OPTIONS }`.
type Unit struct {
	Name    Name      `parser:"'unit' @@"`
	Options []*Option `parser:"'{' @@* '}'"`
}

// Data is `data NAME = "FILE"`.
type Data struct {
	Name Name `parser:"'data' @@"`
	Path Path `parser:"'=' @@"`
}

// Layer is `layer NAME[CHANNELS] : INPUT -> OUTPUT = BODY on UNIT { OPTIONS }`.
type Layer struct {
	Name     Name      `parser:"'layer' @@"`
	Channels *Expr     `parser:"( '[' @@ ']' )?"`
	Input    *Format   `parser:"':' @@"`
	Output   *Format   `parser:"'->' @@"`
	Body     *Expr     `parser:"'=' @@"`
	On       *Name     `parser:"( 'on' @@ )?"`
	Options  []*Option `parser:"( '{' @@* '}' )?"`
}

// Option is `NAME = VALUE`. A comma may follow.
type Option struct {
	Node
	Name  Name   `parser:"@@"`
	Value *Value `parser:"'=' @@ ','?"`
}

// Value is a string, a range, or an expression, which may be a format's name with
// modifiers. What an option takes is the checker's business.
type Value struct {
	Node
	Path      *Path       `parser:"( @@"`
	Low       *Expr       `parser:"| @@"`
	High      *Expr       `parser:"( '..' @@ )? )"`
	Modifiers []*Modifier `parser:"@@*"`
}

// Expr is a disjunction, and with that any expression.
type Expr struct {
	Node
	First *And   `parser:"@@"`
	Rest  []*And `parser:"( 'or' @@ )*"`
}

// And is a conjunction.
type And struct {
	Node
	First *Not   `parser:"@@"`
	Rest  []*Not `parser:"( 'and' @@ )*"`
}

// Not is a negation or a comparison.
type Not struct {
	Node
	Negated    *Not        `parser:"'not' @@"`
	Comparison *Comparison `parser:"| @@"`
}

// Comparison has at most one element in Rest once it is parsed without a
// diagnostic: comparisons do not associate.
type Comparison struct {
	Node
	Left *Sum         `parser:"@@"`
	Rest []*Predicate `parser:"@@*"`
}

// Predicate is a comparison's operator and right side.
type Predicate struct {
	Node
	Op    string `parser:"@( '<' | '<=' | '>' | '>=' | '==' | '!=' )"`
	Right *Sum   `parser:"@@"`
}

// Sum is a chain of additions and subtractions, from the left.
type Sum struct {
	Node
	First *Product  `parser:"@@"`
	Rest  []*Addend `parser:"@@*"`
}

// Addend is an operator with what it adds or subtracts.
type Addend struct {
	Op    string   `parser:"@( '+' | '-' )"`
	Right *Product `parser:"@@"`
}

// Product is a chain of multiplications and divisions, from the left.
type Product struct {
	Node
	First *Unary    `parser:"@@"`
	Rest  []*Factor `parser:"@@*"`
}

// Factor is an operator with what it multiplies or divides by.
type Factor struct {
	Op    string `parser:"@( '*' | '/' )"`
	Right *Unary `parser:"@@"`
}

// Unary is a change of sign, which binds less tightly than a power.
type Unary struct {
	Node
	Negated *Unary `parser:"'-' @@"`
	Power   *Power `parser:"| @@"`
}

// Power associates to the right, and its exponent may have a sign.
type Power struct {
	Node
	Base     *Primary `parser:"@@"`
	Exponent *Unary   `parser:"( '^' @@ )?"`
}

// Primary is an operand.
type Primary struct {
	Node
	Number    string     `parser:"@Number"`
	If        *If        `parser:"| @@"`
	Inner     *Expr      `parser:"| '(' @@ ')'"`
	Reference *Reference `parser:"| @@"`
}

// If is `if CONDITION then EXPR else EXPR`.
type If struct {
	Cond *Expr `parser:"'if' @@"`
	Then *Expr `parser:"'then' @@"`
	Else *Expr `parser:"'else' @@"`
}

// Reference is a name on its own, a call, or an element of a data array.
type Reference struct {
	Node
	Name    Name     `parser:"@@"`
	Call    *Call    `parser:"( @@"`
	Element *Element `parser:"| @@ )?"`
}

// Call is the arguments of a call.
type Call struct {
	Node
	Args []*Arg `parser:"'(' ( @@ ( ',' @@ )* )? ')'"`
}

// Arg is an argument, named or not. Only options take ranges.
type Arg struct {
	Node
	Name *Name `parser:"( @@ '=' )?"`
	Low  *Expr `parser:"@@"`
	High *Expr `parser:"( '..' @@ )?"`
}

// Element is what follows the name of a data declaration.
type Element struct {
	Array Name  `parser:"'.' @@"`
	Index *Expr `parser:"'[' @@ ']'"`
}
