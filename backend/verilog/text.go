package verilog

import (
	"fmt"
	"strconv"
	"strings"

	"grauc/ir/datapath"
)

// text is Verilog under construction, line by line, indented two spaces a level.
type text struct {
	strings.Builder
	depth int
}

func (t *text) line(format string, args ...any) {
	if format != "" {
		t.indent()
		fmt.Fprintf(t, format, args...)
	}
	t.WriteByte('\n')
}

func (t *text) indent() {
	for range t.depth {
		t.WriteString("  ")
	}
}

// open writes a line and indents what follows.
func (t *text) open(format string, args ...any) {
	t.line(format, args...)
	t.depth++
}

// close ends what open began.
func (t *text) close(format string, args ...any) {
	t.depth--
	t.line(format, args...)
}

// commentWidth is the length at which lines of a comment are broken.
const commentWidth = 96

// comment writes lines of a comment, the long ones broken. The text is the user's in part, so nothing in it may
// reach a tool.
func (t *text) comment(paragraph string) {
	for _, l := range strings.Split(paragraph, "\n") {
		t.commentLine(l)
	}
}

func (t *text) commentLine(l string) {
	l = inert(l)
	body := strings.TrimLeft(l, " ")
	margin := l[:len(l)-len(body)]
	switch {
	case body == "":
		t.line("//")
	case len(l) <= commentWidth:
		t.line("// %s", l)
	default:
		for _, row := range wrap(margin, body) {
			t.line("// %s", row)
		}
	}
}

// wrap breaks words into rows of commentWidth. The first row begins with head, the
// others with as many spaces.
func wrap(head, body string) []string {
	var rows []string
	row, empty := head, true
	for _, w := range strings.Fields(body) {
		switch {
		case empty:
			row += w
		case len(row)+1+len(w) > commentWidth:
			rows = append(rows, row)
			row = strings.Repeat(" ", len(head)) + w
		default:
			row += " " + w
		}
		empty = false
	}
	return append(rows, row)
}

// inert takes from a line of a comment what tools would act on: control
// characters, a continuation at its end, and the words that begin a directive.
func inert(l string) string {
	l = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, l)
	l = strings.TrimRight(l, `\ `)
	first, _, _ := strings.Cut(strings.TrimSpace(l), " ")
	switch strings.ToLower(first) {
	case "verilator", "synopsys", "synthesis", "pragma", "cadence", "ambit", "verific", "xilinx", "rtl_synthesis", "exemplar":
		return "- " + l
	}
	return l
}

// vector is the signedness and range of a declaration, with a space after it:
// "signed [7:0] ", or nothing for a bit.
func vector(t datapath.Type) string {
	s := ""
	if t.Signed {
		s = "signed "
	}
	if t.Width > 1 {
		s += "[" + strconv.Itoa(t.Width-1) + ":0] "
	}
	return s
}

// literal is a constant with the width and signedness of its type. The most
// negative value is written as its bits: negating its magnitude, which does not
// fit, would depend on the width around it.
func literal(t datapath.Type, v int64) string {
	switch {
	case !t.Signed && t.Width == 1:
		return "1'b" + strconv.FormatInt(v, 10)
	case !t.Signed:
		return strconv.Itoa(t.Width) + "'d" + strconv.FormatInt(v, 10)
	case v == t.Min():
		return fmt.Sprintf("%d'sh%x", t.Width, uint64(v)&(^uint64(0)>>(64-t.Width)))
	case v < 0:
		return fmt.Sprintf("-%d'sd%d", t.Width, -v)
	default:
		return fmt.Sprintf("%d'sd%d", t.Width, v)
	}
}

// zeros is k bits of 0.
func zeros(k int) string { return strconv.Itoa(k) + "'d0" }

// lines writes fixed lines, each below the present indentation.
func (t *text) lines(s string) {
	for l := range strings.SplitSeq(strings.Trim(s, "\n"), "\n") {
		if l != "" {
			t.indent()
		}
		t.WriteString(l)
		t.WriteByte('\n')
	}
}
