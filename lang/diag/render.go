package diag

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sources are the texts that spans point into, by file name. A text that is
// missing costs the snippet, nothing else.
type Sources map[string]string

const (
	tabWidth     = 4
	snippetWidth = 100 // columns of a source line that are shown
)

// Render writes the diagnostics as text, with terminal colours if asked.
func Render(w io.Writer, ds []Diagnostic, sources Sources, color bool) error {
	out := bufio.NewWriter(w)
	r := renderer{w: out, sources: sources, color: color}
	for i, d := range ds {
		if i > 0 {
			fmt.Fprintln(out)
		}
		r.diagnostic(d)
	}
	return out.Flush()
}

// JSON writes the diagnostics as one JSON array.
func JSON(w io.Writer, ds []Diagnostic) error {
	if ds == nil {
		ds = []Diagnostic{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(ds)
}

type renderer struct {
	w       io.Writer
	sources Sources
	color   bool
}

const (
	red    = "1;31"
	yellow = "1;33"
	blue   = "1;34"
	green  = "1;32"
	bold   = "1"
)

func (r *renderer) paint(style, s string) string {
	if !r.color {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

func (r *renderer) diagnostic(d Diagnostic) {
	style := red
	if d.Severity == Warning {
		style = yellow
	}
	title := r.paint(style, fmt.Sprintf("%s[%s]", d.Severity, d.Code))
	fmt.Fprintf(r.w, "%s%s\n", title, r.paint(bold, ": "+visible(d.Message)))
	gutter := r.gutter(d)
	r.snippet(d.Span, gutter, style)
	for _, n := range d.Notes {
		if n.Span != nil {
			fmt.Fprintf(r.w, "%s: %s\n", r.paint(green, "note"), visible(n.Message))
			r.snippet(*n.Span, gutter, blue)
		}
	}
	for _, n := range d.Notes {
		if n.Span == nil {
			r.remark(gutter, "note", n.Message)
		}
	}
	if d.Help != "" {
		r.remark(gutter, "help", d.Help)
	}
}

// gutter is the number of columns that the largest line number needs.
func (r *renderer) gutter(d Diagnostic) int {
	line := d.Span.Line
	for _, n := range d.Notes {
		if n.Span != nil {
			line = max(line, n.Span.Line)
		}
	}
	return len(strconv.Itoa(line))
}

func (r *renderer) remark(gutter int, kind, message string) {
	indent := strings.Repeat(" ", gutter+1)
	follow := "\n" + indent + strings.Repeat(" ", len(kind)+4)
	lines := strings.Split(message, "\n")
	for i := range lines {
		lines[i] = visible(lines[i])
	}
	text := strings.Join(lines, follow)
	fmt.Fprintf(r.w, "%s%s %s: %s\n", indent, r.paint(blue, "="), r.paint(green, kind), text)
}

func (r *renderer) snippet(s Span, gutter int, style string) {
	if s.File == "" {
		return
	}
	indent := strings.Repeat(" ", gutter)
	fmt.Fprintf(r.w, "%s%s %s\n", indent, r.paint(blue, "-->"), visible(s.String()))
	line, ok := r.line(s)
	if !ok {
		return
	}
	bar := r.paint(blue, "|")
	shown, start, width := window(line, s.Column-1, s.Length)
	fmt.Fprintf(r.w, "%s %s\n", indent, bar)
	fmt.Fprintf(r.w, "%s %s %s\n", r.paint(blue, fmt.Sprintf("%*d", gutter, s.Line)), bar, shown)
	caret := r.paint(style, strings.Repeat("^", width))
	fmt.Fprintf(r.w, "%s %s %s%s\n", indent, bar, strings.Repeat(" ", start), caret)
}

// line is the source line of a span, without its end.
func (r *renderer) line(s Span) (string, bool) {
	text, ok := r.sources[s.File]
	if !ok || s.Line < 1 {
		return "", false
	}
	for range s.Line - 1 {
		_, rest, found := strings.Cut(text, "\n")
		if !found {
			return "", false
		}
		text = rest
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), true
}

// cell is one character of a line as it is shown.
type cell struct {
	text   string
	width  int
	offset int // in bytes, in the line
}

// window is the part of a line that is shown, with the column and width of the
// caret below it.
func window(line string, offset, length int) (shown string, start, width int) {
	line, cut := clip(line, offset)
	offset -= cut
	cells := cellsOf(line)
	first, column := 0, 0
	for first < len(cells) && cells[first].offset+size(line, cells[first].offset) <= offset {
		column += cells[first].width
		first++
	}
	from := 0
	for from < first && column > snippetWidth*2/3 {
		column -= cells[from].width
		from++
	}
	var b strings.Builder
	if from > 0 || cut > 0 {
		b.WriteString("…")
		column++
	}
	used, end := 0, from
	for ; end < len(cells) && used+cells[end].width <= snippetWidth; end++ {
		b.WriteString(cells[end].text)
		used += cells[end].width
		if end >= first && cells[end].offset < offset+length {
			width += cells[end].width
		}
	}
	if end < len(cells) {
		b.WriteString("…")
	}
	return strings.TrimRight(b.String(), " "), column, max(1, width)
}

// clip shortens a very long line to what could be shown around offset, so that a
// line of megabytes costs no more than another. cut is what was dropped in front.
func clip(line string, offset int) (clipped string, cut int) {
	const around = 8 * snippetWidth
	offset = max(0, min(offset, len(line)))
	from, to := max(0, offset-around), min(len(line), offset+around)
	for from > 0 && from < offset && !utf8.RuneStart(line[from]) {
		from++
	}
	for to < len(line) && to > offset && !utf8.RuneStart(line[to]) {
		to--
	}
	return line[from:to], from
}

func size(s string, offset int) int {
	_, n := utf8.DecodeRuneInString(s[offset:])
	return n
}

func cellsOf(line string) []cell {
	var cells []cell
	column := 0
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRuneInString(line[i:])
		c := cell{text: line[i : i+n], width: runeWidth(r), offset: i}
		switch {
		case r == '\t':
			c.width = tabWidth - column%tabWidth
			c.text = strings.Repeat(" ", c.width)
		case hidden(r) || r == utf8.RuneError:
			c.text, c.width = "�", 1
		}
		column += c.width
		cells = append(cells, c)
		i += n
	}
	return cells
}

// visible replaces what would disturb a terminal or hide text from the reader.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// hidden reports control characters and those that change the direction of text.
func hidden(r rune) bool { return unicode.IsControl(r) || IsBidi(r) }

// IsBidi reports characters that reorder the text around them, so that a reader
// sees something else than the compiler does.
func IsBidi(r rune) bool {
	switch r {
	case 0x061C, 0x200E, 0x200F:
		return true
	}
	return 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069
}

// runeWidth is the number of terminal columns of a rune.
func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana),
		0x3000 <= r && r <= 0x303F, 0xFF01 <= r && r <= 0xFF60, 0x1F300 <= r && r <= 0x1FAFF:
		return 2
	}
	return 1
}
