package prove

import (
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
)

// specification is what a unit computes from its input and the words of one channel
// of its configuration, as a Verilog module with an input for each word. It is
// written from what the documentation of the words, and of the unit, says. It gives
// a meaning to all contents, also those that no layer loads.
type specification struct {
	u *datapath.Unit
	strings.Builder
	name     string
	words    []datapath.Field // without what is of the port alone
	complete *datapath.Field  // the word after which inputs are taken again, if there is one
	line     lineBits         // of uniform segments
	tables   []table          // of a cascade
	width    int              // of all arithmetic: nothing wraps
	segments int
	way      []string // the bits of the segment's number, the highest first, where something finds it
}

// completeWord is of the port, not of what is computed.
const completeWord = "complete"

// unspecifiedError says what there is no specification for.
type unspecifiedError struct{ what string }

func (e *unspecifiedError) Error() string { return "no specification for " + e.what }

// specify writes the specification of a unit as a module of that name, or says what
// there is none for.
func specify(u *datapath.Unit, name string) (*specification, error) {
	s := &specification{u: u, name: name}
	if err := s.known(); err != nil {
		return nil, err
	}
	s.size()
	s.ports()
	s.put("wire signed [%d:0] wide = x;", s.width-1)
	s.look()
	switch {
	case u.Implement == ir.Thresholds:
		s.count()
	case u.Breaks == ir.Uniform:
		s.clamp(s.onGrid())
	default:
		s.clamp(s.free())
	}
	s.WriteString("endmodule\n")
	return s, nil
}

func (s *specification) put(format string, args ...any) {
	fmt.Fprintf(s, "  "+format+"\n", args...)
}

// known lists the words, and refuses a unit with some that nothing here gives a
// meaning.
func (s *specification) known() error {
	if err := s.read(); err != nil {
		return err
	}
	means := s.meanings()
	for _, f := range s.words {
		if !means[f.Name] {
			return &unspecifiedError{"a unit with the word " + f.Name}
		}
		delete(means, f.Name)
	}
	for name := range means {
		return &unspecifiedError{"a unit without the word " + name}
	}
	if s.u.Breaks == ir.Uniform {
		s.oneLine()
	}
	return nil
}

// kept is how many words of a memory matter for an input: of the words of uniform
// segments one, else all that are of the channel.
func (s *specification) kept(size int) int {
	if s.u.Breaks == ir.Uniform {
		return 1
	}
	return size / s.u.Channels
}

// read reads the documentation.
func (s *specification) read() (err error) {
	for i, f := range s.u.Fields {
		if f.Name == completeWord {
			s.complete = &s.u.Fields[i]
		} else {
			s.words = append(s.words, f)
		}
	}
	if s.u.Implement == ir.Thresholds {
		s.segments = 1 << s.u.Output.Width
		return nil
	}
	if s.u.Breaks == ir.Uniform {
		s.segments = s.u.Segments
		s.line, err = readLine(s.words[0].Doc)
		return err
	}
	for s.field(fmt.Sprintf("bias%d", s.segments)) != nil {
		s.segments++
	}
	if s.field("ranks0") != nil {
		s.tables = readTables(s.u.Module.Doc)
	}
	_, err = s.counted()
	return err
}

// meanings are the words that are known here.
func (s *specification) meanings() map[string]bool {
	means := map[string]bool{}
	each := func(name string, from, to int) {
		for k := from; k < to; k++ {
			means[fmt.Sprintf("%s%d", name, k)] = true
		}
	}
	if s.u.Window.MinShift < s.u.Window.MaxShift {
		means["prescale"] = true
	}
	switch {
	case s.u.Load == ir.LoadData:
		return map[string]bool{"segment": true}
	case s.u.Implement == ir.Thresholds:
		each("threshold", 1, s.segments)
		means["bias0"] = true
		return means
	case s.u.Breaks == ir.Uniform:
		each("segment", 0, s.segments)
		for r := range s.u.Rows {
			each(fmt.Sprintf("row%d_", r), 0, 1<<s.u.LowBits(s.u.Input))
		}
	default:
		each("bias", 0, s.segments)
		if s.u.Terms > 0 {
			each("slope", 0, s.segments)
		}
		if len(s.tables) > 0 {
			each("ranks", 0, 1<<s.rankBits())
		} else {
			each("threshold", 1, s.segments)
		}
	}
	if s.u.Overflow != ir.Wrap {
		means["min"], means["max"] = true, true
	}
	return means
}

// size makes everything wide enough to be exact. Sums of free segments are as wide as the last one
// takes, others may wrap on the way: that bits above are its sign need not be proved.
func (s *specification) size() {
	f := s.field("bias0")
	if f == nil {
		term := s.u.Input.Width + 1 + s.u.Guard + max(0, -s.u.MinShift)
		s.width = max(term, s.line.bias+2) + s.u.Terms + 1
		return
	}
	s.width = max(sumBits(s.u, f.Type.Width), s.u.Input.Width+1, s.u.Output.Width+s.u.Guard+1)
}

// sumBits is of how many bits sums of terms, or of their inverses, and of a bias of so many bits are.
func sumBits(u *datapath.Unit, bias int) int {
	term := u.Input.Width + 1 + u.Guard + max(0, -u.MinShift)
	if u.Input.Signed {
		term--
	}
	most := u.Terms<<(term-1) + 1<<(bias-1)
	return bits.Len(uint(most-1)) + 1
}

func (s *specification) field(name string) *datapath.Field {
	for i := range s.words {
		if s.words[i].Name == name {
			return &s.words[i]
		}
	}
	return nil
}

func (s *specification) ports() {
	fmt.Fprintf(s, "module %s (\n  input wire %sx,\n", s.name, vectorOf(datapath.TypeOf(s.u.Input)))
	for _, f := range s.words {
		s.put("input wire %s%s,", vectorOf(f.Type), f.Name)
	}
	if s.u.Breaks == ir.Uniform {
		s.put("output wire [%d:0] segment,", addressWidth(s.segments)-1)
	}
	if n := s.placeBits(); n > 0 {
		s.put("output wire [%d:0] place,", n-1)
	}
	s.put("output wire [%d:0] y\n);", s.u.Output.Width-1)
}

// look makes w of x: shifted to the right, and held to the nearest code of the window.
func (s *specification) look() {
	codes := s.u.Window.Codes(s.u.Input)
	w := s.u.Window
	if w.Bits == 0 {
		s.put("wire %sw = x;", vectorOf(datapath.TypeOf(codes)))
		return
	}
	by := "0"
	if s.field("prescale") != nil {
		by = "prescale"
	}
	s.put("wire signed [%d:0] shifted = (wide >>> %d) >>> %s;", s.width-1, w.MinShift, by)
	low, high := sized(codes.Min(), s.width), sized(codes.Max(), s.width)
	s.put("wire signed [%d:0] nearest = shifted < %s ? %s : shifted > %s ? %s : shifted;", s.width-1, low, low, high, high)
	s.put("wire %sw = nearest[%d:0];", vectorOf(datapath.TypeOf(codes)), codes.Width-1)
}

// sized is v as a signed number of that width.
func sized(v int64, width int) string {
	if v < 0 {
		return fmt.Sprintf("-%d'sd%d", width, -v)
	}
	return fmt.Sprintf("%d'sd%d", width, v)
}

// count is a unit of thresholds: each adds 1 where x is above it, or subtracts 1 where the
// bit above the first output says so, which is then stored more by 1. Where a search finds
// how many, thresholds that fall are what bisection makes of them.
func (s *specification) count() {
	width, count := s.u.Output.Width, ""
	if s.searches() {
		s.search(">")
		count = "{" + strings.Join(s.way, ", ") + "}"
	} else {
		count = s.population(s.compare(">"))
	}
	if s.u.Monotonic == ir.Rising {
		s.put("assign y = bias0 + %s;", count)
		return
	}
	s.put("wire [%d:0] count = %s;", width-1, count)
	s.put("wire [%d:0] first = bias0[%d:0];", width-1, width-1)
	s.put("assign y = bias0[%d] ? first - 1 - count : first + count;", width)
}

// compare declares what w has passed.
func (s *specification) compare(by string) []string {
	var passed []string
	for k := 1; k < s.segments; k++ {
		passed = append(passed, fmt.Sprintf("passed%d", k))
		s.put("wire passed%d = w %s threshold%[1]d;", k, by)
	}
	return passed
}

// searches reports whether the segment is found by bisection, whatever the thresholds.
func (s *specification) searches() bool {
	return s.segments > 1 && (s.u.Search == ir.Binary || s.u.Style == ir.Serial)
}

// search declares the way of a bisection: at each level w is compared with the threshold
// in the middle of what is left.
func (s *specification) search(by string) {
	for step := s.segments / 2; step > 0; step /= 2 {
		level := len(s.way)
		s.put("wire %smiddle%d = %s;", vectorOf(s.field("threshold1").Type), level, s.onWay("threshold", step, s.segments, 0))
		s.put("wire way%d = w %s middle%[1]d;", level, by)
		s.way = append(s.way, fmt.Sprintf("way%d", level))
	}
}

// onWay is the word to which the way so far leads: number k, plus those halves of all
// that it takes from a level on.
func (s *specification) onWay(word string, k, all, level int) string {
	if level == len(s.way) {
		return fmt.Sprintf("%s%d", word, k)
	}
	half := all / 2
	return fmt.Sprintf("%s ? (%s) : (%s)", s.way[level], s.onWay(word, k+half, half, level+1), s.onWay(word, k, half, level+1))
}

// population is how many bits are set, added in pairs.
func (s *specification) population(bits []string) string {
	sums := bits
	for level := 1; len(sums) > 1; level++ {
		var next []string
		for i := 0; i+1 < len(sums); i += 2 {
			name := fmt.Sprintf("sum%d_%d", level, i/2)
			s.put("wire [%d:0] %s = %s + %s;", level, name, sums[i], sums[i+1])
			next = append(next, name)
		}
		if len(sums)%2 == 1 {
			next = append(next, sums[len(sums)-1])
		}
		sums = next
	}
	return sums[0]
}

// free is the sum of the segment that holds w: the last one whose threshold is not
// above w, as bisection finds it, or the one that a cascade numbers.
func (s *specification) free() string {
	switch {
	case len(s.tables) > 0:
		s.cascade()
	case s.searches():
		s.search(">=")
	default:
		s.compare(">=")
	}
	s.choose("bias")
	if s.u.Terms == 0 {
		return "bias"
	}
	s.choose("slope")
	return s.terms()
}

// choose declares the word of the segment that holds w.
func (s *specification) choose(word string) {
	of := s.onWay(word, 0, s.segments, 0)
	if len(s.way) == 0 {
		of = s.bisect(word, 0, s.segments)
	}
	s.put("wire %s%s = %s;", vectorOf(s.field(word+"0").Type), word, of)
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
	if s.u.Terms == 0 || s.field("bias0") == nil {
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
// makes it easier to prove: those of a chain by their shifts, the largest first, and
// those that come one after another the smallest first.
func (s *specification) terms() string {
	left, right := max(0, -s.u.MinShift)+s.u.Guard, max(0, s.u.MinShift)
	s.put("wire signed [%d:0] operand = w;", s.width-1)
	s.put("wire signed [%d:0] smallest = (operand <<< %d) >>> %d;", s.width-1, left, right)
	if what, _ := s.counted(); what == "shift" || s.u.Style == ir.Serial { // one after another they are alike
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
		s.put("wire signed [%d:0] term%d = slope[%d] && %s ? smallest >>> %s : 0;", s.width-1, j, s.bits(j).enable, known, s.index("slope", j))
		s.put("wire signed [%d:0] sum%d = %s + (slope[%d] ? ~term%[2]d : term%[2]d);", s.width-1, j, sum, s.bits(j).subtract)
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
	for i := range s.u.MaxShift - s.u.MinShift + 1 {
		e := s.u.MaxShift - s.u.MinShift - i
		if s.u.Style == ir.Serial {
			e = i
		}
		var hits, minus []string
		for j := range s.u.Terms {
			b := s.bits(j)
			hit := fmt.Sprintf("slope[%d] && %s == %d", b.enable, s.index("slope", j), e)
			hits = append(hits, "("+hit+")")
			minus = append(minus, fmt.Sprintf("%s && slope[%d]", hit, b.subtract))
		}
		s.put("wire [%d:0] hits%d = %s;", bits.Len(uint(s.u.Terms))-1, e, strings.Join(hits, " + "))
		s.put("wire signed [%d:0] shifted%d = smallest >>> %[2]d;", s.width-1, e)
		s.put("wire signed [%d:0] times%d = %s;", s.width-1, e, s.times(e))
		s.put("wire signed [%d:0] sum%d = %s + ((%s) ? ~times%[2]d : times%[2]d);", s.width-1, e, sum, strings.Join(minus, " || "))
		sum = fmt.Sprintf("sum%d", e)
	}
	return sum + " + bias"
}

// times is what a shift makes of the input, as many times as it is hit.
func (s *specification) times(e int) string {
	times, multiple := "0", ""
	for n := range s.u.Terms {
		if multiple == "" {
			multiple = fmt.Sprintf("shifted%d", e)
		} else {
			multiple = fmt.Sprintf("(shifted%d + %s)", e, multiple)
		}
		times = fmt.Sprintf("hits%d == %d ? %s : (%s)", e, n+1, multiple, times)
	}
	return times
}

// clamp drops the guard bits and holds the sum to the limits, the lower one first
// where they cross. A unit with little room for sums promises as many bits of them.
func (s *specification) clamp(sum string) {
	s.put("wire signed [%d:0] exact = (%s) >>> %d;", s.width-1, sum, s.u.Guard)
	bits := s.width
	switch {
	case s.u.Overflow == ir.Wrap:
		bits = min(bits, s.u.Output.Width)
	case s.u.Headroom > 0:
		bits = min(bits, s.u.Output.Width+s.u.Headroom)
	}
	s.put("wire signed [%d:0] value = exact;", bits-1)
	limited := "value"
	if s.field("min") != nil && s.field("max") != nil {
		limited = "value < min ? min : max < value ? max : value"
	}
	s.put("wire signed [%d:0] limited = %s;", s.width-1, limited)
	s.put("assign y = limited[%d:0];", s.u.Output.Width-1)
}

func vectorOf(t datapath.Type) string {
	if t.Signed {
		return fmt.Sprintf("signed [%d:0] ", t.Width-1)
	}
	return fmt.Sprintf("[%d:0] ", t.Width-1)
}

// numbers are those that a pattern finds in a text, from all of its groups; nil where
// it finds nothing.
func numbers(pattern *regexp.Regexp, text string) []int {
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	var all []int
	for _, g := range m[1:] {
		n, _ := strconv.Atoi(g)
		all = append(all, n)
	}
	return all
}
