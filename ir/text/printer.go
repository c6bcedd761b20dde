package text

import (
	"fmt"
	"strconv"
	"strings"

	"grauc/ir"
)

// Printer collects lines, indented by how many blocks are open.
type Printer struct {
	out   []byte
	depth int
	file  string // the file that places without one are in
}

// String is the text so far.
func (p *Printer) String() string { return string(p.out) }

// Line writes a line.
func (p *Printer) Line(format string, args ...any) {
	p.indent()
	p.out = fmt.Appendf(p.out, format, args...)
	p.out = append(p.out, '\n')
}

// Open writes a line that opens a block.
func (p *Printer) Open(format string, args ...any) {
	p.Line(format+" {", args...)
	p.depth++
}

// Close ends the innermost block.
func (p *Printer) Close() {
	p.depth--
	p.Line("}")
}

// Blank writes an empty line.
func (p *Printer) Blank() { p.out = append(p.out, '\n') }

func (p *Printer) indent() {
	for range p.depth {
		p.out = append(p.out, "  "...)
	}
}

// Fill writes n items into lines. An item that starts a line of its own says so;
// a line that depends on what an item says, and not on how many came before, keeps
// differences between two texts small. No line is longer than perLine items.
func (p *Printer) Fill(n, perLine int, starts func(i int) bool, item func(out []byte, i int) []byte) {
	inLine := 0
	for i := range n {
		switch {
		case i == 0:
			p.indent()
		case inLine == perLine || starts != nil && starts(i):
			p.out = append(p.out, '\n')
			p.indent()
			inLine = 0
		default:
			p.out = append(p.out, ' ')
		}
		p.out = item(p.out, i)
		inLine++
	}
	if n > 0 {
		p.out = append(p.out, '\n')
	}
}

// Ints writes integers, several a line.
func (p *Printer) Ints(values []int64) {
	p.Fill(len(values), 16, nil, func(out []byte, i int) []byte {
		return strconv.AppendInt(out, values[i], 10)
	})
}

// Name is a name as Scanner.Name reads it: bare where it is a word.
func Name(s string) string {
	if IsWord(s) {
		return s
	}
	return strconv.Quote(s)
}

// IsWord reports whether the scanner reads s as one word.
func IsWord(s string) bool {
	if s == "" || !isLetter(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isWordByte(s[i]) {
			return false
		}
	}
	return true
}

// Within makes file the one that places are in unless they say otherwise, and
// returns what undoes it.
func (p *Printer) Within(at ir.Source) (restore func()) {
	outer := p.file
	if at != (ir.Source{}) {
		p.file = at.File
	}
	return func() { p.file = outer }
}

// Place is a place as Parser.Place reads it.
func (p *Printer) Place(at ir.Source) string {
	if at == (ir.Source{}) {
		return "-"
	}
	s := fmt.Sprintf("%d:%d+%d", at.Line, at.Column, at.Length)
	if at.File != p.file {
		s = strconv.Quote(at.File) + " " + s
	}
	return s
}

// At is " @ " and a place, or nothing for nowhere.
func (p *Printer) At(at ir.Source) string {
	if at == (ir.Source{}) {
		return ""
	}
	return " @ " + p.Place(at)
}

// Doc writes documentation, one quoted string a line of it.
func (p *Printer) Doc(lines []string) {
	for i, line := range lines {
		lead := "    "
		if i == 0 {
			lead = "doc "
		}
		p.Line("%s%s", lead, strconv.Quote(line))
	}
}

// DocLines are the lines of documentation; there are none in an empty one.
func DocLines(doc string) []string {
	if doc == "" {
		return nil
	}
	return strings.Split(doc, "\n")
}
