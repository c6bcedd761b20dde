package lang

import (
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"grauc/lang/diag"
)

// nodeNames say in words what the grammar calls by the names of its structs.
var nodeNames = map[string]string{
	"Name": "a name", "Path": "a file name in quotes", "Format": "a number format",
	"Value": "a value", "Option": "an option", "Param": "a parameter", "Arg": "an argument",
	"Expr": "an expression", "And": "an operand", "Not": "an operand", "Sum": "an operand",
	"Product": "an operand", "Unary": "an operand", "Power": "an operand", "Primary": "an operand",
	"Call": "arguments", "Element": "an element",
}

func tokenSpan(t lexer.Token) diag.Span {
	return diag.Span{File: t.Pos.Filename, Line: t.Pos.Line, Column: t.Pos.Column, Length: max(1, len(t.Value))}
}

// unknownDeclaration is about text that stands where a declaration should.
func unknownDeclaration(t lexer.Token) diag.Diagnostic {
	d := diag.New("unknown-declaration", tokenSpan(t), "%s begins no declaration", quote(t))
	if help := diag.DidYouMean(t.Value, Keywords()); help != "" && t.Type == tokIdent {
		return d.WithHelp("%s", help)
	}
	return d.WithHelp("a declaration begins with one of: %s", strings.Join(Keywords(), ", "))
}

// syntax says what the parser found and what it looked for.
func syntax(toks []lexer.Token, at int, fault participle.Error) diag.Diagnostic {
	expected := expectation(fault.Message())
	if toks[at].Value == "," && expected == "`)`" {
		// The parser took back the comma when no parameter followed.
		at, expected = next(toks, at), "a parameter"
	}
	if operand := modifiers[toks[at].Value]; operand != "" && toks[at].Type == tokIdent && (expected == "`->`" || expected == "`=`" || expected == "") {
		// The parser took back the modifier when what it takes did not follow.
		at, expected = next(toks, at), operand
	}
	found := toks[at]
	if looksLikeDeclaration(toks, at) {
		return unknownDeclaration(found)
	}
	return diag.New("syntax", tokenSpan(found), "%s", surprise(found, expected)).
		WithHelp("%s", mend(toks, at, expected))
}

// modifiers are the words of a format that something follows.
var modifiers = map[string]string{"scale": "an expression", "zero": "an expression", "round": "a rounding"}

// expectation is the first thing of what the parser names as expected, in words.
func expectation(message string) string {
	_, list, ok := strings.Cut(message, "(expected ")
	if !ok {
		return ""
	}
	if list[0] == '"' {
		literal, _, _ := strings.Cut(list[1:], `"`)
		return "`" + literal + "`"
	}
	name := list[:span(list, isWord)]
	return nodeNames[name]
}

func surprise(found lexer.Token, expected string) string {
	switch {
	case found.EOF() && expected != "":
		return "the declaration ends where " + expected + " is expected"
	case found.EOF():
		return "the declaration ends too early"
	case expected != "":
		return "expected " + expected + ", found " + quote(found)
	}
	return quote(found) + " is not expected here"
}

// mend is the help that fits best.
func mend(toks []lexer.Token, at int, expected string) string {
	found, before := toks[at], toks[previous(toks, at)]
	switch {
	case found.Type == tokKeyword && expected == "a name":
		return quote(found) + " is an operator of the language and cannot be a name"
	case found.Value == "*" && before.Value == "*":
		return "a power is written `^`"
	case found.Value == "+" && expected == "an operand":
		return "there is no sign `+`; leave it out"
	case found.Value == "=" && inExpression(expected) && defines(toks[:at]):
		return "equality is written `==`"
	case expected == "`[`" && before.Type == tokIdent:
		return "one number of an array is `DATA.ARRAY[INDEX]`"
	case found.Value == ")" && expected == "" && defines(toks[:at]):
		return "no parenthesis is open; leave it out"
	case expected == "" && operand(found) && operand(before) && defines(toks[:at]):
		return "an operator is missing between " + quote(before) + " and " + quote(found)
	}
	return "it should read: " + forms[toks[firstWord(toks)].Value]
}

// inExpression reports whether the parser looked for how an expression goes on.
func inExpression(expected string) bool {
	return expected == "" || expected == "`then`" || expected == "`else`" || expected == "`)`"
}

// operand reports whether a token can begin or end an operand.
func operand(t lexer.Token) bool {
	return t.Type == tokIdent || t.Type == tokNumber || t.Value == "(" || t.Value == ")"
}

// defines reports whether the part after the declaration's "=" has begun.
func defines(toks []lexer.Token) bool {
	depth := 0
	for _, t := range toks {
		switch t.Value {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case "=":
			if depth == 0 && t.Type == tokPunct {
				return true
			}
		}
	}
	return false
}

// looksLikeDeclaration reports whether a misspelt keyword is what disturbed the
// parser: a word that begins a line, with a name or a file after it.
func looksLikeDeclaration(toks []lexer.Token, at int) bool {
	if toks[at].Type != tokIdent || !firstOfLine(toks, at) {
		return false
	}
	following := toks[next(toks, at)].Type
	return (following == tokIdent || following == tokString) && diag.Near(toks[at].Value, Keywords()) != ""
}

// next is the index of the token after at that is neither space nor comment.
func next(toks []lexer.Token, at int) int {
	for at++; at < len(toks)-1 && toks[at].Type >= tokDoc; at++ {
	}
	return min(at, len(toks)-1)
}

// previous is the index of the token before at that is neither space nor comment,
// or that of the first token.
func previous(toks []lexer.Token, at int) int {
	for at--; at > 0; at-- {
		if toks[at].Type < tokDoc {
			return at
		}
	}
	return 0
}

func quote(t lexer.Token) string {
	if t.Type == tokString {
		return shorten(t.Value)
	}
	if !utf8.ValidString(t.Value) {
		return "a character"
	}
	return "`" + shorten(t.Value) + "`"
}
