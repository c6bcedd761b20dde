package prove

import (
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"grauc/ir/datapath"
)

// lineBits are the bits of the word of a uniform segment, as they are documented.
type lineBits struct {
	bias           int // width
	terms          []codeBits
	first, shift   int // the code of the smallest shift, and that shift
	last           int // the code of the largest
	width          int // without what is of the window
	prescale, over int // the bits of the shift of the window; none if equal
	row            codeBits
	rows           bool     // in place of terms: a number of one of them is added
	number         codeBits // in a word that is offered: of the row that the segment had before
}

// codeBits are those of a term's shift, and the one of its sign, below 0 without.
type codeBits struct{ low, high, subtract int }

var (
	wordPattern  = regexp.MustCompile(`bits 0\.\.(\d+) output`)
	rowPattern   = regexp.MustCompile(`bits 0\.\.(\d+) base; bits (\d+)\.\.(\d+) number of the row that is added to it(?:; bits (\d+)\.\.(\d+) number of the row that the segment had before, where the low \d+ bits? of w are those of this x)?`)
	biasPattern  = regexp.MustCompile(`bits 0\.\.(\d+) bias at the segment's start, \d+ fractional bits?, less 1 for each term that is not subtracted`)
	termPattern  = regexp.MustCompile(`; term \d+: bits (\d+)\.\.(\d+)(?:, bit (\d+) subtract)?`)
	codePattern  = regexp.MustCompile(`; 0 is no term, (\d+)\.\.(\d+) are shifts by (-?\d+)\.\.(-?\d+)`)
	shiftPattern = regexp.MustCompile(`; bits (\d+)\.\.(\d+) shift of the window`)
)

// readLine reads what is documented of the words of uniform segments.
func readLine(doc string) (lineBits, error) {
	if l, is := readTable(doc); is {
		return l, nil
	}
	bias, code := numbers(biasPattern, doc), numbers(codePattern, doc)
	terms := termPattern.FindAllStringSubmatch(doc, -1)
	if bias == nil || code == nil || terms == nil || code[1]-code[0] != code[3]-code[2] {
		return lineBits{}, &unspecifiedError{fmt.Sprintf("a segment that is %q", doc)}
	}
	l := lineBits{bias: bias[0] + 1, first: code[0], last: code[1], shift: code[2]}
	for _, t := range terms {
		b := codeBits{subtract: -1}
		b.low, _ = strconv.Atoi(t[1])
		b.high, _ = strconv.Atoi(t[2])
		l.width = b.high + 1
		if t[3] != "" {
			b.subtract, _ = strconv.Atoi(t[3])
			l.width = b.subtract + 1
		}
		l.terms = append(l.terms, b)
	}
	l.readShift(doc)
	return l, nil
}

// readTable reads what is documented of the words of a table: each an output, or a base
// and the number of a row, with a number for the row before where it is offered.
func readTable(doc string) (l lineBits, is bool) {
	if n := numbers(wordPattern, doc); n != nil {
		l.bias, l.width, is = n[0]+1, n[0]+1, true
		l.readShift(doc)
	}
	if n := numbers(rowPattern, doc); n != nil {
		l.bias, l.width, l.rows, is = n[0]+1, n[2]+1, true, true
		l.row = codeBits{low: n[1], high: n[2], subtract: -1}
		l.number = codeBits{low: n[3], high: n[4], subtract: -1}
		l.readShift(doc)
	}
	return l, is
}

func (l *lineBits) readShift(doc string) {
	if p := numbers(shiftPattern, doc); p != nil {
		l.prescale, l.over = p[0], p[1]+1
	}
}

// These are the word of the segment that x selects, and the one of its row that is added.
const (
	lineWord   = "line"
	numberWord = "number"
)

// oneLine has one word for all segments: the output for an input depends on no other.
// Those of a unit that is loaded through its input have the shift of the window, too.
func (s *specification) oneLine() {
	line := s.words[0]
	line.Name, line.Type.Width = lineWord, s.line.width
	words := []datapath.Field{line}
	for _, f := range s.words {
		switch {
		case f.Name == "row0_0":
			f.Name = numberWord
			words = append(words, f)
		case !strings.HasPrefix(f.Name, "segment") && !strings.HasPrefix(f.Name, "row"):
			words = append(words, f)
		}
	}
	if n := s.line.number; n.high > 0 {
		words = append(words, datapath.Field{Name: numberWord, Type: datapath.Type{Width: n.high - n.low + 1}})
	}
	if n := s.line.over - s.line.prescale; n > 0 {
		words = append(words, datapath.Field{Name: "prescale", Type: datapath.Type{Width: n}})
	}
	s.words = words
}

// onGrid is the sum of the segment whose number are the top bits of w; its terms are of
// the bits below.
func (s *specification) onGrid() string {
	codes, index := s.u.Window.Codes(s.u.Input), addressWidth(s.segments)
	low := codes.Width - index
	s.put("assign segment = w[%d:%d];", codes.Width-1, low)
	s.put("wire signed [%d:0] bias = line[%d:0];", s.line.bias-1, s.line.bias-1)
	within := sized(0, s.width)
	if low > 0 {
		within = fmt.Sprintf("w[%d:0]", low-1)
	}
	s.put("wire [%d:0] within = %s;", s.width-1, within)
	if s.line.rows {
		s.put("assign place = {line[%d:%d], w[%d:0]};", s.line.row.high, s.line.row.low, low-1)
		s.put("wire signed [%d:0] added = number;", s.width-1)
		return "bias + added"
	}
	s.put("wire [%d:0] scaled = within << %d;", s.width-1, s.u.Guard)
	sum := "bias"
	for j, b := range s.line.terms {
		minus := "1'b0"
		if b.subtract >= 0 {
			minus = fmt.Sprintf("line[%d]", b.subtract)
		}
		s.put("wire signed [%d:0] term%d = %s;", s.width-1, j, s.coded(fmt.Sprintf("line[%d:%d]", b.high, b.low)))
		s.put("wire signed [%d:0] sum%d = %s + (%s ? ~term%[2]d : term%[2]d) + 1;", s.width-1, j, sum, minus)
		sum = fmt.Sprintf("sum%d", j)
	}
	return sum
}

// coded is what is added of a term with a code; what is no shift is no term.
func (s *specification) coded(code string) string {
	var b strings.Builder
	for c := s.line.first; c <= s.line.last; c++ {
		by, shift := s.line.shift+c-s.line.first, ">>"
		if by < 0 {
			by, shift = -by, "<<"
		}
		fmt.Fprintf(&b, "%s == %d ? scaled %s %d : ", code, c, shift, by)
	}
	return b.String() + "0"
}

// table is one of a cascade: its bits of the words, and those of x that it takes above
// the number that the table before gives.
type table struct{ low, high, from, to int }

var tablePattern = regexp.MustCompile(`^Table \d+ is bits (\d+)\.\.(\d+) of the words and takes bits (\d+)\.\.(\d+) of x\.$`)

func readTables(doc []string) []table {
	var tables []table
	for _, line := range doc {
		if n := numbers(tablePattern, line); n != nil {
			tables = append(tables, table{low: n[1], high: n[0], from: n[3], to: n[2]})
		}
	}
	return tables
}

// addressBits is how many a table is looked up at.
func (s *specification) addressBits(i int) int {
	n := s.tables[i].to - s.tables[i].from + 1
	if i > 0 {
		n += s.tables[i-1].high - s.tables[i-1].low + 1
	}
	return n
}

// rankBits is how many the table with most words is looked up at.
func (s *specification) rankBits() int {
	most := 0
	for i := range s.tables {
		most = max(most, s.addressBits(i))
	}
	return most
}

// cascade finds the number of the segment.
func (s *specification) cascade() {
	for i, t := range s.tables {
		n, address := s.addressBits(i), fmt.Sprintf("w[%d:%d]", t.to, t.from)
		if i > 0 {
			address = fmt.Sprintf("{%s, rank%d}", address, i-1)
		}
		s.put("wire [%d:0] address%d = %s;", n-1, i, address)
		s.put("wire [%d:0] rank%d = %s;", t.high-t.low, i, lookUp(fmt.Sprintf("address%d", i), t, n-1, 0))
	}
	for bit := addressWidth(s.segments) - 1; bit >= 0; bit-- {
		s.way = append(s.way, fmt.Sprintf("rank%d[%d]", len(s.tables)-1, bit))
	}
}

func lookUp(address string, t table, bit, from int) string {
	if bit < 0 {
		return fmt.Sprintf("ranks%d[%d:%d]", from, t.high, t.low)
	}
	return fmt.Sprintf("%s[%d] ? (%s) : (%s)", address, bit, lookUp(address, t, bit-1, from+1<<bit), lookUp(address, t, bit-1, from))
}

// addressWidth is the number of bits that number n things.
func addressWidth(n int) int { return bits.Len(uint(n - 1)) }

// placeBits are those of what numbers all words of rows.
func (s *specification) placeBits() int {
	if !s.line.rows {
		return 0
	}
	return s.line.row.high - s.line.row.low + 1 + s.u.LowBits(s.u.Input)
}
