package prove

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
)

// specification is what a unit computes from its input and the words of one channel
// of its configuration, as a Verilog module with an input for each word. It is
// written from what the documentation of the words says. It gives
// a meaning to all contents, also those that no layer loads.
type specification struct {
	u *datapath.Unit
	strings.Builder
	name     string
	width    int // of all arithmetic: nothing wraps
	segments int // those with a bias
}

// completeWord is of the port, not of what is computed.
const completeWord = "complete"

// unspecifiedError says what there is no specification for.
type unspecifiedError struct{ what string }

func (e *unspecifiedError) Error() string { return "no specification for " + e.what }

// specify writes the specification of a unit as a module of that name, or says what
// there is none for.
func specify(u *datapath.Unit, name string) (string, error) {
	s := &specification{u: u, name: name}
	if err := s.known(); err != nil {
		return "", err
	}
	s.size()
	s.ports()
	s.line("wire signed [%d:0] wide = x;", s.width-1)
	s.choose("bias")
	sum := "bias"
	if u.Terms > 0 {
		s.choose("slope")
		sum = s.terms()
	}
	s.clamp(sum)
	s.WriteString("endmodule\n")
	return s.String(), nil
}

func (s *specification) line(format string, args ...any) {
	fmt.Fprintf(s, "  "+format+"\n", args...)
}

// known refuses a unit with words that nothing here gives a meaning.
func (s *specification) known() error {
	for s.field(fmt.Sprintf("bias%d", s.segments)) != nil {
		s.segments++
	}
	if s.u.Breaks != ir.Free || s.u.Window.Bits != 0 || s.u.Signs != ir.BothSigns {
		return &unspecifiedError{"uniform breaks, windows and signs that are fixed"}
	}
	means := map[string]bool{"min": s.u.Overflow != ir.Wrap, "max": s.u.Overflow != ir.Wrap, "bias0": true}
	for k := range s.segments {
		if k > 0 {
			means[fmt.Sprintf("threshold%d", k)] = true
		}
		means[fmt.Sprintf("bias%d", k)] = true
		means[fmt.Sprintf("slope%d", k)] = s.u.Terms > 0
	}
	for _, f := range s.u.Fields {
		if f.Name == completeWord {
			continue
		}
		if !means[f.Name] {
			return &unspecifiedError{"a unit with the word " + f.Name}
		}
		delete(means, f.Name)
	}
	for name, needed := range means {
		if needed {
			return &unspecifiedError{"a unit without the word " + name}
		}
	}
	if _, err := s.counted(); err != nil {
		return err
	}
	return nil
}

// size makes everything wide enough to be exact.
func (s *specification) size() {
	term := s.u.Input.Width + 1 + s.u.Guard + max(0, -s.u.MinShift)
	s.width = max(term, s.field("bias0").Type.Width+1) + s.u.Terms + 1
}

func (s *specification) field(name string) *datapath.Field {
	for i := range s.u.Fields {
		if s.u.Fields[i].Name == name {
			return &s.u.Fields[i]
		}
	}
	return nil
}

func (s *specification) ports() {
	fmt.Fprintf(s, "module %s (\n  input wire %sx,\n", s.name, vector(s.u.Input))
	for _, f := range s.u.Fields {
		if f.Name == completeWord {
			continue
		}
		s.line("input wire %s%s,", vectorOf(f.Type), f.Name)
	}
	s.line("output wire [%d:0] y\n);", s.u.Output.Width-1)
	for k := 1; k < s.segments; k++ {
		s.line("wire passed%d = x >= threshold%[1]d;", k)
	}
}

// choose declares the word of the segment that holds x: the last one whose threshold
// is not above x, as bisection finds it. Where thresholds do not ascend, bisection
// is the definition.
func (s *specification) choose(word string) {
	s.line("wire %s%s = %s;", vectorOf(s.field(word+"0").Type), word, s.bisect(word, 0, s.segments))
}

func (s *specification) bisect(word string, from, n int) string {
	if n == 1 {
		return fmt.Sprintf("%s%d", word, from)
	}
	half := n / 2
	return fmt.Sprintf("passed%d ? (%s) : (%s)", from+half, s.bisect(word, from+half, n-half), s.bisect(word, from, half))
}

// bits of term j in the word of a slope.
type termBits struct{ enable, subtract, low, high int }

func (s *specification) indexWidth() int {
	return (s.field("slope0").Type.Width - 2*s.u.Terms) / s.u.Terms
}

func (s *specification) bits(j int) termBits {
	at := j * (2 + s.indexWidth())
	return termBits{at, at + 1, at + 2, at + 1 + s.indexWidth()}
}

// index is the shift of term j, less the smallest one.
func (s *specification) index(word string, j int) string {
	if s.indexWidth() == 0 {
		return "1'b0"
	}
	b := s.bits(j)
	return fmt.Sprintf("%s[%d:%d]", word, b.high, b.low)
}

// counted says what a bias has one more for: "term" or "shift" that is subtracted.
func (s *specification) counted() (string, error) {
	if s.u.Terms == 0 {
		return "", nil
	}
	doc := s.field("bias0").Doc
	for _, what := range []string{"term", "shift"} {
		if strings.HasSuffix(doc, "plus 1 for each "+what+" that is subtracted") {
			return what, nil
		}
	}
	return "", &unspecifiedError{fmt.Sprintf("a bias that is %q", doc)}
}

// terms adds the terms to the bias, in the order in which hardware adds them, which
// makes it easier to prove: those of a chain by their shifts, the largest first.
func (s *specification) terms() string {
	left, right := max(0, -s.u.MinShift)+s.u.Guard, max(0, s.u.MinShift)
	s.line("wire signed [%d:0] smallest = (wide <<< %d) >>> %d;", s.width-1, left, right)
	if what, _ := s.counted(); what == "shift" {
		return s.shifts()
	}
	sum := "0"
	if s.u.Shifter == ir.Barrel {
		sum = "bias"
	}
	for j := range s.u.Terms {
		known := fmt.Sprintf("%s <= %d", s.index("slope", j), s.u.MaxShift-s.u.MinShift)
		if s.u.Shifter == ir.Barrel {
			known = "1'b1" // it shifts further, too
		}
		s.line("wire signed [%d:0] term%d = slope[%d] && %s ? smallest >>> %s : 0;", s.width-1, j, s.bits(j).enable, known, s.index("slope", j))
		s.line("wire signed [%d:0] sum%d = %s + (slope[%d] ? ~term%[2]d : term%[2]d);", s.width-1, j, sum, s.bits(j).subtract)
		sum = fmt.Sprintf("sum%d", j)
	}
	if s.u.Shifter == ir.Barrel {
		return sum
	}
	return sum + " + bias"
}

// shifts adds what each shift contributes: as many times as there are terms of it,
// or, as documented with the bias, one less than the opposite.
func (s *specification) shifts() string {
	sum := "0"
	for e := s.u.MaxShift - s.u.MinShift; e >= 0; e-- {
		var times, minus []string
		for j := range s.u.Terms {
			b := s.bits(j)
			hit := fmt.Sprintf("slope[%d] && %s == %d", b.enable, s.index("slope", j), e)
			times = append(times, fmt.Sprintf("(%s ? smallest >>> %d : 0)", hit, e))
			minus = append(minus, fmt.Sprintf("%s && slope[%d]", hit, b.subtract))
		}
		s.line("wire signed [%d:0] times%d = %s;", s.width-1, e, strings.Join(times, " + "))
		s.line("wire signed [%d:0] sum%d = %s + ((%s) ? ~times%[2]d : times%[2]d);", s.width-1, e, sum, strings.Join(minus, " || "))
		sum = fmt.Sprintf("sum%d", e)
	}
	return sum + " + bias"
}

// clamp drops the guard bits and holds the sum to the limits, the lower one first
// where they cross. A unit with little room for sums promises as many bits of them.
func (s *specification) clamp(sum string) {
	s.line("wire signed [%d:0] exact = (%s) >>> %d;", s.width-1, sum, s.u.Guard)
	bits := s.width
	switch {
	case s.u.Overflow == ir.Wrap:
		bits = min(bits, s.u.Output.Width)
	case s.u.Headroom > 0:
		bits = min(bits, s.u.Output.Width+s.u.Headroom)
	}
	s.line("wire signed [%d:0] value = exact;", bits-1)
	limited := "value"
	if s.field("min") != nil && s.field("max") != nil {
		limited = "value < min ? min : max < value ? max : value"
	}
	s.line("wire signed [%d:0] limited = %s;", s.width-1, limited)
	s.line("assign y = limited[%d:0];", s.u.Output.Width-1)
}

func vectorOf(t datapath.Type) string {
	if t.Signed {
		return fmt.Sprintf("signed [%d:0] ", t.Width-1)
	}
	return fmt.Sprintf("[%d:0] ", t.Width-1)
}
