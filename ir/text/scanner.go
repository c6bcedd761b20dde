// Package text is the scanner, the printer and the shared forms of the textual
// IR: the head of a file, units and the header of a layer. The level packages add
// the forms of their own.
package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxDepth bounds how deep forms and expressions may nest.
const MaxDepth = 10000

// Error is the first fault of a text. Line and Column count from 1, columns in
// bytes.
type Error struct {
	Line, Column int
	Message      string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

type kind uint8

const (
	end kind = iota
	word
	number
	quoted
	mark
)

type token struct {
	kind kind
	text string // as it stands in the source
	pos  int
}

// Scanner reads tokens with one token of lookahead. Its first fault sticks: from
// then on it is at the end of the text, so that callers need to look at Err only
// once, after all.
type Scanner struct {
	src   string
	pos   int
	tok   token
	depth int
	err   *Error
}

// NewScanner starts at the first token of src.
func NewScanner(src string) *Scanner {
	s := &Scanner{src: src}
	s.next()
	return s
}

// Err is the first fault, or nil.
func (s *Scanner) Err() error {
	if s.err == nil {
		return nil
	}
	return s.err
}

// Pos is the byte offset of the present token.
func (s *Scanner) Pos() int { return s.tok.pos }

// Fail records a fault at the present token.
func (s *Scanner) Fail(format string, args ...any) { s.FailAt(s.tok.pos, format, args...) }

// FailAt records a fault at a byte offset.
func (s *Scanner) FailAt(pos int, format string, args ...any) {
	if s.err != nil {
		return
	}
	before := s.src[:pos]
	s.err = &Error{
		Line:    1 + strings.Count(before, "\n"),
		Column:  pos - strings.LastIndexByte(before, '\n'),
		Message: fmt.Sprintf(format, args...),
	}
	s.tok = token{kind: end, pos: len(s.src)}
	s.pos = len(s.src)
}

// Expected records that something else stands here.
func (s *Scanner) Expected(what string) { s.Fail("expected %s, found %s", what, s.found()) }

func (s *Scanner) found() string {
	const long = 30
	switch t := s.tok.text; {
	case s.tok.kind == end:
		return "the end of the text"
	case len(t) > long:
		return strconv.Quote(t[:long] + "...")
	case s.tok.kind == quoted:
		return t
	default:
		return strconv.Quote(t)
	}
}

// Is reports whether the present token is this word or mark.
func (s *Scanner) Is(text string) bool {
	return s.tok.text == text && (s.tok.kind == mark || s.tok.kind == word)
}

// IsQuoted reports whether the present token is a quoted string.
func (s *Scanner) IsQuoted() bool { return s.tok.kind == quoted }

// IsNumber reports whether the present token is an unsigned number.
func (s *Scanner) IsNumber() bool { return s.tok.kind == number }

// AtEnd reports whether nothing is left, or a fault ended the reading.
func (s *Scanner) AtEnd() bool { return s.tok.kind == end }

// Accept skips this word or mark if it is present.
func (s *Scanner) Accept(text string) bool {
	if !s.Is(text) {
		return false
	}
	s.next()
	return true
}

// Expect skips this word or mark, or fails.
func (s *Scanner) Expect(text string) {
	if !s.Accept(text) {
		s.Expected(strconv.Quote(text))
	}
}

// End fails unless the text is at its end.
func (s *Scanner) End() {
	if !s.AtEnd() {
		s.Expected("the end of the text")
	}
}

// More reports whether a list goes on; it skips the mark that closes the list.
// A text that ends inside the list is a fault.
func (s *Scanner) More(closing string) bool {
	if s.AtEnd() {
		s.Expected(strconv.Quote(closing))
		return false
	}
	return !s.Accept(closing)
}

// Enter goes one level deeper, Leave back; too deep is a fault.
func (s *Scanner) Enter() {
	if s.depth++; s.depth > MaxDepth {
		s.Fail("nested deeper than %d levels", MaxDepth)
	}
}

// Leave undoes Enter.
func (s *Scanner) Leave() { s.depth-- }

// Word reads a bare word.
func (s *Scanner) Word(what string) string {
	if s.tok.kind != word {
		s.Expected(what)
		return ""
	}
	t := s.tok.text
	s.next()
	return t
}

// Name reads a name: a word, or any string in quotes.
func (s *Scanner) Name(what string) string {
	if s.tok.kind == quoted {
		return s.Quoted(what)
	}
	return s.Word(what)
}

// Quoted reads a string in quotes.
func (s *Scanner) Quoted(what string) string {
	if s.tok.kind != quoted {
		s.Expected(what + " in quotes")
		return ""
	}
	v, err := strconv.Unquote(s.tok.text)
	if err != nil {
		s.Fail("malformed string")
		return ""
	}
	s.next()
	return v
}

func (s *Scanner) next() {
	if s.err != nil {
		return
	}
	s.skip()
	start := s.pos
	if start == len(s.src) {
		s.tok = token{kind: end, pos: start}
		return
	}
	k := s.scan(s.src[start])
	if s.err == nil {
		s.tok = token{kind: k, text: s.src[start:s.pos], pos: start}
	}
}

// skip passes white space and comments.
func (s *Scanner) skip() {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			s.pos++
		case c == '/' && strings.HasPrefix(s.src[s.pos:], "//"):
			line := strings.IndexByte(s.src[s.pos:], '\n')
			if line < 0 {
				line = len(s.src) - s.pos
			}
			s.pos += line
		default:
			return
		}
	}
}

func (s *Scanner) scan(c byte) kind {
	switch {
	case isLetter(c):
		s.while(isWordByte)
		return word
	case isDigit(c):
		s.scanNumber()
		return number
	case c == '"':
		s.scanQuoted()
		return quoted
	default:
		s.scanMark()
		return mark
	}
}

// scanNumber reads 12, 0x1f, 0.25, 5e-3 or 1/3. A ratio has no space in it.
func (s *Scanner) scanNumber() {
	if s.peek(0) == '0' && s.peek(1) == 'x' && isHex(s.peek(2)) {
		s.pos += 2
		s.while(isHex)
		return
	}
	s.while(isDigit)
	if s.peek(0) == '/' && isDigit(s.peek(1)) {
		s.pos++
		s.while(isDigit)
		return
	}
	if s.peek(0) == '.' && isDigit(s.peek(1)) {
		s.pos++
		s.while(isDigit)
	}
	if s.peek(0) != 'e' {
		return
	}
	if sign := s.peek(1); isDigit(sign) {
		s.pos++
	} else if (sign == '-' || sign == '+') && isDigit(s.peek(2)) {
		s.pos += 2
	}
	s.while(isDigit)
}

func (s *Scanner) scanQuoted() {
	start := s.pos
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch s.src[s.pos] {
		case '\\':
			s.pos++
		case '\n':
			s.FailAt(start, "the string does not end on its line")
			return
		case '"':
			s.pos++
			return
		}
	}
	s.pos = len(s.src)
	s.FailAt(start, "the string does not end")
}

var pairs = []string{"->", "..", "<<", ">>", "<=", ">=", "==", "!="}

func (s *Scanner) scanMark() {
	for _, m := range pairs {
		if strings.HasPrefix(s.src[s.pos:], m) {
			s.pos += len(m)
			return
		}
	}
	if strings.IndexByte("{}()[]:,=@+-*/^<>.%#$?", s.src[s.pos]) < 0 {
		r, _ := utf8.DecodeRuneInString(s.src[s.pos:])
		s.FailAt(s.pos, "unexpected character %q", r)
		return
	}
	s.pos++
}

func (s *Scanner) while(class func(byte) bool) {
	for s.pos < len(s.src) && class(s.src[s.pos]) {
		s.pos++
	}
}

func (s *Scanner) peek(n int) byte {
	if s.pos+n < len(s.src) {
		return s.src[s.pos+n]
	}
	return 0
}

func isLetter(c byte) bool   { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) }
func isHex(c byte) bool      { return isDigit(c) || c >= 'a' && c <= 'f' }
