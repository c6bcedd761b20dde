package lang

import (
	"errors"
	"io"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"grauc/lang/diag"
)

// The types of tokens. Words of the language other than the operators among them
// are ordinary identifiers, told apart by where they stand.
const (
	tokIdent lexer.TokenType = iota + 1
	tokKeyword
	tokNumber
	tokString
	tokPunct
	tokDoc
	tokComment
	tokSpace
)

var symbols = map[string]lexer.TokenType{
	"EOF": lexer.EOF, "Ident": tokIdent, "Keyword": tokKeyword, "Number": tokNumber,
	"String": tokString, "Punct": tokPunct, "Doc": tokDoc, "Comment": tokComment, "Space": tokSpace,
}

// reserved are the operators that are words, the only names a program cannot use.
var reserved = map[string]bool{
	"if": true, "then": true, "else": true, "and": true, "or": true, "not": true,
}

// tokens hands a slice of tokens to participle.
type tokens []lexer.Token

func (t *tokens) Next() (lexer.Token, error) {
	first := (*t)[0]
	if !first.EOF() {
		*t = (*t)[1:]
	}
	return first, nil
}

// definition tells participle the names of the token types. The tokens come from
// scan, declaration by declaration, so participle never lexes.
type definition struct{}

func (definition) Symbols() map[string]lexer.TokenType { return symbols }

func (definition) Lex(string, io.Reader) (lexer.Lexer, error) {
	return nil, errors.New("lang: tokens come from scan")
}

// scanner cuts a text into tokens. What is not a token gets a diagnostic and is
// treated as space.
type scanner struct {
	text   string
	pos    lexer.Position
	tokens []lexer.Token
	bad    []diag.Diagnostic
}

// maxFaults is how many faults a file is searched for: one that is no program at
// all has millions.
const maxFaults = 100

// scan cuts text into tokens; the last is EOF. It gives up where there is fault
// after fault.
func scan(path, text string) ([]lexer.Token, []diag.Diagnostic) {
	s := &scanner{text: text, pos: lexer.Position{Filename: path, Line: 1, Column: 1}}
	s.tokens = make([]lexer.Token, 0, len(text)/3+1)
	for s.pos.Offset < len(text) && len(s.bad) < maxFaults {
		typ, n := s.next()
		s.emit(typ, n)
	}
	return append(s.tokens, lexer.EOFToken(s.pos)), s.bad
}

func (s *scanner) emit(typ lexer.TokenType, n int) {
	value := s.text[s.pos.Offset : s.pos.Offset+n]
	s.tokens = append(s.tokens, lexer.Token{Type: typ, Value: value, Pos: s.pos})
	s.pos.Offset += n
	if typ != tokSpace {
		s.pos.Column += n
		return
	}
	for i := range len(value) {
		s.pos.Column++
		if value[i] == '\n' {
			s.pos.Line++
			s.pos.Column = 1
		}
	}
}

// next is the type and length of the token at the present position.
func (s *scanner) next() (lexer.TokenType, int) {
	rest := s.text[s.pos.Offset:]
	c := rest[0]
	switch {
	case isSpace(c):
		return tokSpace, span(rest, isSpace)
	case isLetter(c):
		return s.word(rest)
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return tokNumber, s.number(rest)
	case c == '"':
		return tokString, s.quoted(rest)
	case c == '/' && len(rest) > 1 && rest[1] == '/':
		return s.comment(rest)
	}
	if n := punctuation(rest); n > 0 {
		return tokPunct, n
	}
	return tokSpace, s.invalid(rest)
}

// maxName is what a file system lets files be named after, with room to spare.
const maxName = 128

func (s *scanner) word(rest string) (lexer.TokenType, int) {
	n := span(rest, isWord)
	if reserved[rest[:n]] {
		return tokKeyword, n
	}
	if n > maxName {
		s.report(diag.New("name-size", s.here(n), "this name has %d letters", n).
			WithHelp("names have at most %d", maxName))
	}
	return tokIdent, n
}

// number is the length of a number. A dot counts only before a digit, so that
// 0..15 is a range.
func (s *scanner) number(rest string) int {
	n := span(rest, isDigit)
	if n+1 < len(rest) && rest[n] == '.' && isDigit(rest[n+1]) {
		n += 1 + span(rest[n+1:], isDigit)
	}
	if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
		sign := n + 1
		if sign < len(rest) && (rest[sign] == '+' || rest[sign] == '-') {
			sign++
		}
		if digits := span(rest[sign:], isDigit); digits > 0 {
			n = sign + digits
		}
	}
	if tail := span(rest[n:], isWord); tail > 0 {
		n += tail
		s.report(diag.New("malformed-number", s.here(n), "`%s` is not a number", shorten(rest[:n])).
			WithHelp("numbers are decimal: 12, 0.25, 1e-3; a name cannot begin with a digit"))
	}
	return n
}

func (s *scanner) quoted(rest string) int {
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '"':
			s.checkText(rest[:i+1])
			return i + 1
		case '\n':
			return s.unterminated(rest[:i])
		}
	}
	return s.unterminated(rest)
}

func (s *scanner) unterminated(rest string) int {
	s.report(diag.New("unterminated-string", s.here(len(rest)), "this string has no end").
		WithHelp("close it with `\"` on the same line"))
	return len(rest)
}

func (s *scanner) comment(rest string) (lexer.TokenType, int) {
	n := span(rest, func(c byte) bool { return c != '\n' })
	if rest[n-1] == '\r' {
		n--
	}
	s.checkText(rest[:n])
	if n >= 3 && rest[2] == '/' && (n == 3 || rest[3] != '/') {
		return tokDoc, n
	}
	return tokComment, n
}

// checkText refuses what hides in comments and strings, once in each.
func (s *scanner) checkText(text string) {
	for i, r := range text {
		if r == '\t' || !diag.IsBidi(r) && !unicode.IsControl(r) {
			continue
		}
		at := s.here(utf8.RuneLen(r))
		at.Column += i
		s.report(hiddenCharacter(r, at))
		return
	}
}

// invalid reports a character that begins no token and gives its length.
func (s *scanner) invalid(rest string) int {
	r, n := utf8.DecodeRuneInString(rest)
	at := s.here(n)
	if diag.IsBidi(r) || unicode.IsControl(r) {
		s.report(hiddenCharacter(r, at))
		return n
	}
	d := diag.New("invalid-character", at, "`%c` has no meaning here", r)
	if help := meant[r]; help != "" {
		d = d.WithHelp("%s", help)
	} else {
		d = d.WithHelp("names are made of the letters a to z, digits and `_`; other text belongs in comments")
	}
	s.report(d)
	return n
}

// meant says what to write instead of the operators of other languages.
var meant = map[rune]string{
	'&':      "write `and`",
	'|':      "write `or`",
	'!':      "write `not`; unequal is `!=`",
	'%':      "there is no remainder; x - floor(x / m) * m is one",
	'?':      "write `if CONDITION then A else B`",
	';':      "nothing separates declarations or options; leave it out",
	'\'':     "strings are written with `\"`",
	'\u201c': "strings are written with `\"`",
	'\u201d': "strings are written with `\"`",
	'#':      "comments begin with `//`",
	'\u2212': "this is a typographic minus; write `-`",
	'\u00d7': "write `*`",
	'\u00a0': "this is a no-break space; write an ordinary one",
}

func hiddenCharacter(r rune, at diag.Span) diag.Diagnostic {
	if diag.IsBidi(r) {
		return diag.New("bidi-control", at, "U+%04X changes the direction of the text around it", r).
			WithNote("a reader would see something else than the compiler does").
			WithHelp("remove it")
	}
	return diag.New("control-character", at, "control character U+%04X in the text", r).
		WithHelp("remove it; is this a text file?")
}

// here is a span of n bytes at the present position.
func (s *scanner) here(n int) diag.Span {
	return diag.Span{File: s.pos.Filename, Line: s.pos.Line, Column: s.pos.Column, Length: n}
}

func (s *scanner) report(d diag.Diagnostic) { s.bad = append(s.bad, d) }

// punctuation is the length of the operator or bracket that text begins with.
func punctuation(text string) int {
	if len(text) >= 2 {
		switch text[:2] {
		case "->", "..", "<=", ">=", "==", "!=":
			return 2
		}
	}
	switch text[0] {
	case '+', '-', '*', '/', '^', '<', '>', '=', '(', ')', '[', ']', '{', '}', ',', ':', '.':
		return 1
	}
	return 0
}

// span is the length of the longest prefix whose bytes are all in the class.
func span(text string, in func(byte) bool) int {
	for i := range len(text) {
		if !in(text[i]) {
			return i
		}
	}
	return len(text)
}

func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) }

// shorten keeps what a message quotes readable.
func shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return s[:most-3] + "..."
}
