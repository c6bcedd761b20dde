package text

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"grauc/ir"
)

// Parser reads the forms that all levels share.
type Parser struct {
	*Scanner
	file   string // the file that places without one are in
	formAt int    // where the present form starts
}

// NewParser starts at the first token of src.
func NewParser(src string) *Parser { return &Parser{Scanner: NewScanner(src)} }

// Forms are what may stand in a block, by the word or mark that each starts with.
type Forms map[string]func()

// Level reads only the first line of a text, which names its level.
func Level(src string) (ir.Level, error) {
	p := NewParser(src)
	level := p.level()
	return level, p.Err()
}

func (p *Parser) level() ir.Level {
	p.Expect("grauc")
	p.Expect(".")
	pos := p.Pos()
	name := p.Word("the name of a level")
	level, ok := ir.ParseLevel(name)
	if !ok {
		p.FailAt(pos, "%q is not a level; the levels are %s", name, strings.Join(ir.Levels(), ", "))
	}
	return level
}

// Module reads a whole module: the first line, files, units and the level's own
// forms, in any order but for files, which places refer to.
func (p *Parser) Module(want ir.Level, h *ir.Head, forms Forms) {
	pos := p.Pos()
	if got := p.level(); got != want {
		p.FailAt(pos, "this text is of level %s, not %s", got, want)
	}
	h.Name = p.Quoted("the module's name")
	all := Forms{
		"part": func() { h.Part = Choice(p, "a part", ir.Parts(), ir.ParsePart) },
		"file": func() { p.parseFile(h) },
		"unit": func() {
			u := &ir.Unit{}
			p.Unit(u, nil, nil)
			h.Units = append(h.Units, u)
		},
	}
	maps.Copy(all, forms)
	for !p.AtEnd() {
		p.form(all, "")
	}
}

func (p *Parser) parseFile(h *ir.Head) {
	f := ir.File{Path: p.Quoted("the file's path")}
	p.Expect("sha256")
	f.SHA256 = p.Quoted("the hash")
	if h.Files = append(h.Files, f); len(h.Files) == 1 {
		p.file = f.Path
	}
}

// Block reads a block of forms in braces. The forms in once may stand there once
// each, those in many as often as they like.
func (p *Parser) Block(once, many Forms) {
	p.Expect("{")
	p.Enter()
	all := Forms{}
	maps.Copy(all, many)
	for name, form := range once {
		all[name] = func() {
			form()
			all[name] = func() { p.FailAt(p.formAt, "%s is stated twice", name) }
		}
	}
	for p.More("}") {
		p.form(all, "}")
	}
	p.Leave()
}

// form reads one form; what else could stand in its place is for the message.
func (p *Parser) form(forms Forms, closing string) {
	form := forms[p.tok.text]
	if form == nil || p.tok.kind == quoted {
		p.Expected(oneOf(forms, closing))
		return
	}
	p.formAt = p.Pos()
	p.next()
	form()
}

func oneOf(forms Forms, closing string) string {
	names := slices.Sorted(maps.Keys(forms))
	if closing != "" {
		names = append(names, closing)
	}
	for i, name := range names {
		names[i] = strconv.Quote(name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Unit reads a unit after its keyword, with the level's own forms in its block.
func (p *Parser) Unit(u *ir.Unit, once, many Forms) {
	u.Name = p.Name("the unit's name")
	u.Channels = 1
	if p.Accept("[") {
		u.Channels = p.Count("the number of channels")
		p.Expect("]")
	}
	p.Expect(":")
	u.Input = p.Integer()
	p.Expect("->")
	u.Output = p.Integer()
	u.Source = p.At()
	defer p.Within(u.Source)()
	all := Forms{
		"doc":       func() { u.Doc = strings.Join(p.Doc(), "\n") },
		"shape":     func() { p.shape(&u.Shape) },
		"monotonic": func() { u.Monotonic = Choice(p, "a way to go", ir.Monotonics(), ir.ParseMonotonic) },
		"implement": func() { u.Implement = Choice(p, "a way to implement", ir.Implements(), ir.ParseImplement) },
	}
	maps.Copy(all, once)
	p.Block(all, many)
}

// Layer reads a layer after its keyword. The header is complete before a form of
// the level is read.
func (p *Parser) Layer(l *ir.Layer, once, many Forms) {
	l.Name = p.Name("the layer's name")
	if p.Accept("[") {
		l.Channels = p.Count("the number of channels")
		p.Expect("]")
	}
	p.Expect(":")
	l.Input = p.Format()
	p.Expect("->")
	l.Output = p.Format()
	if p.Accept("on") {
		l.Unit = p.Name("the unit's name")
	}
	l.Source = p.At()
	defer p.Within(l.Source)()

	l.Options.MaxError = -1
	all := Forms{
		"doc": func() { l.Doc = strings.Join(p.Doc(), "\n") },
		"function": func() {
			l.Function = p.Quoted("the function's text")
			l.Body = p.At()
		},
		"shape": func() { p.shape(&l.Shape) },
	}
	p.options(&l.Options, all)
	maps.Copy(all, once)
	p.Block(all, many)
}

func (p *Parser) options(o *ir.Options, forms Forms) {
	forms["max_error"] = func() { o.MaxError = p.Int("the largest error") }
	forms["fit"] = func() { o.Fit = Choice(p, "an objective", ir.Fits(), ir.ParseFit) }
	forms["implement"] = func() {
		o.Implement = Choice(p, "a way to implement", ir.Implements(), ir.ParseImplement)
	}
	forms["any"] = func() {
		p.Expect("shape")
		o.AnyShape = true
	}
	forms["weight"] = func() { o.Weight = p.weight() }
	forms["range"] = func() {
		o.Range = &ir.Range{Low: p.Rat("the low end")}
		p.Expect("..")
		o.Range.High = p.Rat("the high end")
	}
}

func (p *Parser) weight() *ir.Weight {
	if p.Accept("histogram") {
		return &ir.Weight{Histogram: p.histogram()}
	}
	p.Expect("normal")
	p.Expect("(")
	w := &ir.Weight{Mean: p.Rat("the mean")}
	p.Expect(",")
	w.Stddev = p.Rat("the standard deviation")
	p.Expect(")")
	return w
}

func (p *Parser) histogram() *ir.Histogram {
	h := &ir.Histogram{File: p.Quoted("the histogram's file")}
	p.Expect("{")
	for p.More("}") {
		b := ir.Bin{First: p.Int("the first code of a bin")}
		if b.Last = b.First; p.Accept("..") {
			b.Last = p.Int("the last code of a bin")
		}
		p.Expect(":")
		b.Count = p.Int("the bin's count")
		h.Bins = append(h.Bins, b)
	}
	return h
}

func (p *Parser) shape(s *ir.Shape) {
	s.Style = Choice(p, "a style", ir.Styles(), ir.ParseStyle)
	p.Expect("segments")
	s.Segments = p.Count("the number of segments")
	p.Expect("terms")
	s.Terms = p.Count("the number of terms")
	p.Expect("shifts")
	s.MinShift = p.Count("the smallest shift")
	p.Expect("..")
	s.MaxShift = p.Count("the largest shift")
	p.Expect("guard")
	s.Guard = p.Count("the guard bits")
	p.variant(s)
}

// variant reads what variant wrote.
func (p *Parser) variant(s *ir.Shape) {
	if p.Accept("rows") {
		s.Rows = p.Count("the number of rows")
		p.Expect("of")
		s.RowBits = p.Count("the bits of a row's numbers")
	}
	if p.Accept("shifter") {
		s.Shifter = Choice(p, "a shifter", ir.Shifters(), ir.ParseShifter)
	}
	if p.Accept("breaks") {
		s.Breaks = Choice(p, "a kind of breaks", ir.BreaksNames(), ir.ParseBreaks)
	}
	if p.Accept("search") {
		s.Search = Choice(p, "a search", ir.Searches(), ir.ParseSearch)
	}
	if p.Accept("window") {
		s.Window.Bits = p.Count("the window's bits")
		p.Expect("prescale")
		s.Window.MinShift = p.Count("the smallest prescale")
		p.Expect("..")
		s.Window.MaxShift = p.Count("the largest prescale")
	}
	if p.Accept("signs") {
		s.Signs = Choice(p, "a choice of signs", ir.SignsNames(), ir.ParseSigns)
	}
	if p.Accept("overflow") {
		s.Overflow = Choice(p, "an overflow", ir.Overflows(), ir.ParseOverflow)
	}
	if p.Accept("headroom") {
		s.Headroom = p.Count("the bits of headroom")
	}
	if p.Accept("handshake") {
		s.Handshake = Choice(p, "a handshake", ir.Handshakes(), ir.ParseHandshake)
	}
	if p.Accept("load") {
		s.Load = Choice(p, "a way to load", ir.Loads(), ir.ParseLoad)
	}
}

// Integer reads a set of codes such as "int8 narrow".
func (p *Parser) Integer() ir.Integer {
	pos := p.Pos()
	name := p.Word("an integer format")
	digits, unsigned := strings.CutPrefix(name, "uint")
	if !unsigned {
		digits = strings.TrimPrefix(name, "int")
	}
	width, err := strconv.Atoi(digits)
	if err != nil || width < 0 || len(digits) == len(name) {
		p.FailAt(pos, "expected an integer format such as int8 or uint4, found %q", name)
	}
	return ir.Integer{Width: width, Signed: !unsigned, Narrow: p.Accept("narrow")}
}

// Format reads a number format.
func (p *Parser) Format() ir.Format {
	f := ir.Plain(p.Integer())
	if p.Accept("scale") {
		f.Scale = p.Rat("the scale")
	}
	if p.Accept("zero") {
		f.Zero = p.Rat("the zero point")
	}
	if p.Accept("round") {
		f.Rounding = Choice(p, "a rounding", ir.Roundings(), ir.ParseRounding)
	}
	return f
}

// Formats reads what Printer.Formats writes.
func (p *Parser) Formats(of *ir.Layer) (input, output ir.Integer) {
	if !p.Accept(":") {
		return of.Input.Integer, of.Output.Integer
	}
	input = p.Integer()
	p.Expect("->")
	return input, p.Integer()
}

// Choice reads one of several words.
func Choice[T any](p *Parser, what string, names []string, parse func(string) (T, bool)) T {
	pos := p.Pos()
	name := p.Word(what)
	v, ok := parse(name)
	if !ok {
		p.FailAt(pos, "%q is not %s; there are %s", name, what, strings.Join(names, ", "))
	}
	return v
}

// Doc reads documentation: quoted strings, one a line of it.
func (p *Parser) Doc() []string {
	lines := []string{p.Quoted("documentation")}
	for p.IsQuoted() {
		lines = append(lines, p.Quoted("documentation"))
	}
	return lines
}

// At reads "@ place" where it is present.
func (p *Parser) At() ir.Source {
	if !p.Accept("@") {
		return ir.Source{}
	}
	return p.Place()
}

// Place reads line:column+length, preceded by the file's path where it is not
// the one that the text is within; - is nowhere.
func (p *Parser) Place() ir.Source {
	if p.Accept("-") {
		return ir.Source{}
	}
	at := ir.Source{File: p.file}
	if p.IsQuoted() {
		at.File = p.Quoted("the file's path")
	}
	at.Line = p.Count("a line")
	p.Expect(":")
	at.Column = p.Count("a column")
	p.Expect("+")
	at.Length = p.Count("a length")
	return at
}

// Within makes the file of a place the one that places are in unless they say
// otherwise, and returns what undoes it.
func (p *Parser) Within(at ir.Source) (restore func()) {
	outer := p.file
	if at != (ir.Source{}) {
		p.file = at.File
	}
	return func() { p.file = outer }
}

// Ints reads integers up to the closing brace.
func (p *Parser) Ints(what string) []int64 {
	p.Expect("{")
	values := []int64{}
	for p.More("}") {
		values = append(values, p.Int(what))
	}
	return values
}
