// Package lang reads .grau text. The structs of grammar.go and expression.go are the
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
