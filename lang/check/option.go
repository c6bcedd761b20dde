package check

import (
	widths "math/bits"
	"slices"
	"strings"

	"grauc/ir"
	"grauc/lang"
	"grauc/lang/diag"
)

// options are the options in one pair of braces, by name.
type options map[string]*lang.Option

// shapeOptions are what both a unit and a layer without one can say.
var shapeOptions = []string{
	"segments", "breaks", "slopes", "guard", "window", "prescale", "overflow", "style", "search", "shifter", "handshake",
	"rows", "row_bits",
}

// slopeOptions are said of slopes, in parentheses.
var slopeOptions = []string{"terms", "shifts", "signs"}

// options checks the names of options.
func (c *checker) options(list []*lang.Option, known []string, of string) (options, bool) {
	found := options{}
	ok := true
	for _, o := range list {
		name := o.Name.Text
		if !slices.Contains(known, name) {
			d := diag.New("unknown-option", c.span(o.Name.Node), "%s has no option `%s`", of, name)
			if d.Help = diag.DidYouMean(name, known); d.Help == "" {
				d.Help = "it has: " + strings.Join(known, ", ")
			}
			if slices.Contains(slopeOptions, name) {
				d.Help = "it is for slopes to say, as in `slopes = apot(terms = 2, shifts = 0..15)`"
			}
			c.report(d)
			ok = false
			continue
		}
		if first := found[name]; first != nil {
			c.report(diag.New("duplicate-option", c.span(o.Name.Node), "`%s` is given twice", name).
				WithNoteAt(c.span(first.Name.Node), "the first is here").
				WithHelp("leave one of them out"))
			ok = false
			continue
		}
		found[name] = o
	}
	return found, ok
}

// bad reports a value of the wrong kind.
func (c *checker) bad(o *lang.Option, form string) {
	c.report(diag.New("option-value", c.span(o.Value.Node), "`%s` does not take this", o.Name.Text).
		WithHelp("write `%s = %s`", o.Name.Text, form))
}

// plain is an option's value where it is one expression, or nil.
func plain(v *lang.Value) *lang.Expr {
	if v.Path != nil || v.High != nil || len(v.Modifiers) > 0 {
		return nil
	}
	return v.Low
}

// number is an option's integer.
func (c *checker) number(f *file, o *lang.Option, low, high int64) (int, bool) {
	e := plain(o.Value)
	if e == nil {
		c.bad(o, "INTEGER")
		return 0, false
	}
	code := strings.ReplaceAll(o.Name.Text, "_", "-")
	return c.integer(f, code, "`"+o.Name.Text+"`", e, low, high)
}

// choice is an option's word, one of names.
func (c *checker) choice(o *lang.Option, names []string) (string, bool) {
	r := reference(plain(o.Value))
	if r == nil || r.Call != nil || r.Element != nil {
		c.bad(o, strings.Join(names, " | "))
		return "", false
	}
	if slices.Contains(names, r.Name.Text) {
		return r.Name.Text, true
	}
	d := diag.New("option-value", c.span(r.Node), "`%s` cannot be `%s`", o.Name.Text, r.Name.Text)
	if d.Help = diag.DidYouMean(r.Name.Text, names); d.Help == "" {
		d.Help = "it is one of: " + strings.Join(names, ", ")
	}
	c.report(d)
	return "", false
}

// reference is the reference that an expression consists of, or nil.
func reference(e *lang.Expr) *lang.Reference {
	if e == nil || len(e.Rest) > 0 || len(e.First.Rest) > 0 {
		return nil
	}
	not := e.First.First
	if not.Comparison == nil || len(not.Comparison.Rest) > 0 {
		return nil
	}
	sum := not.Comparison.Left
	if len(sum.Rest) > 0 || len(sum.First.Rest) > 0 {
		return nil
	}
	power := sum.First.First.Power
	if power == nil || power.Exponent != nil {
		return nil
	}
	return power.Base.Reference
}

// interval is an inclusive range of integers.
type interval struct{ low, high int }

// shape is what the options say of a datapath for the given formats, with the
// defaults that the output's width gives.
func (c *checker) shape(f *file, o options, in ir.Format, out ir.Integer) (ir.Shape, bool) {
	s := ir.Shape{Segments: 8, Terms: 2, Guard: 2}
	if out.Width <= 4 {
		s = ir.Shape{Segments: 4, Terms: 1, Guard: 0}
	}
	s.Segments = int(min(uint64(s.Segments), in.Count()))
	ok := c.rowless(o)
	ok = c.setNumber(f, o["segments"], &s.Segments, 1, ir.MaxSegments) && ok
	ok = c.setNumber(f, o["guard"], &s.Guard, 0, ir.MaxGuard) && ok
	ok = setWord(c, o["style"], &s.Style, ir.Styles(), ir.ParseStyle) && ok
	ok = setWord(c, o["shifter"], &s.Shifter, ir.Shifters(), ir.ParseShifter) && ok
	ok = setWord(c, o["breaks"], &s.Breaks, ir.BreaksNames(), ir.ParseBreaks) && ok
	ok = setWord(c, o["search"], &s.Search, ir.Searches(), ir.ParseSearch) && ok
	ok = setWord(c, o["overflow"], &s.Overflow, ir.Overflows(), ir.ParseOverflow) && ok
	ok = setWord(c, o["handshake"], &s.Handshake, ir.Handshakes(), ir.ParseHandshake) && ok
	ok = setWord(c, o["load"], &s.Load, ir.Loads(), ir.ParseLoad) && ok
	ok = c.window(f, o, &s, in, out) && ok
	if !ok {
		return s, false // the rest depends on it
	}
	if s.Search == ir.Cascade && s.Segments > ir.MaxCascade {
		c.report(diag.New("search", c.span(o["search"].Value.Node), "a cascade is for up to %d segments, not %d", ir.MaxCascade, s.Segments).
			WithHelp("write `search = binary`"))
		return s, false
	}
	codes := s.Window.Codes(in.Integer)
	if uint64(s.Segments) > codes.Count() {
		c.report(diag.New("segments", c.span(c.segmentsNode(o)), "%d segments, and %s `%s` has %d codes", s.Segments, seen(&s), codes, codes.Count()).
			WithHelp("ask for at most one segment for each code"))
		return s, false
	}
	matter := interval{-out.Width, codes.Width + s.Guard - 1}
	if s.Breaks == ir.Uniform {
		if s.Segments < 2 || s.Segments&(s.Segments-1) != 0 {
			c.report(diag.New("segments", c.span(c.segmentsNode(o)), "%d uniform segments are not a power of two from 2 on", s.Segments).
				WithNote("the top bits of %s number the segment", seen(&s)).
				WithHelp("write `segments = %d`", max(2, min(ir.MaxSegments, 1<<widths.Len(uint(s.Segments))))))
			return s, false
		}
		matter.high = s.LowBits(in.Integer) + s.Guard
	}
	s.MinShift, s.MaxShift = matter.low, matter.high
	if o["slopes"] != nil {
		ok = c.slopes(f, o["slopes"], &s, matter) && ok
	}
	return s, c.interfaces(o, &s) && ok
}

// interfaces refuses handshakes and ways to load that go with nothing to use them.
func (c *checker) interfaces(o options, s *ir.Shape) bool {
	switch {
	case s.Handshake == ir.NoHandshake && s.Style != ir.Pipelined:
		c.report(diag.New("handshake", c.span(o["handshake"].Value.Node), "`handshake = none` is for `style = pipelined`, not %s", s.Style).
			WithHelp("leave `handshake` out"))
		return false
	case s.Load == ir.LoadData && (s.Breaks != ir.Uniform || s.Style != ir.Pipelined || s.Overflow != ir.Wrap):
		c.report(diag.New("load", c.span(o["load"].Value.Node), "`load = data` is for `breaks = uniform`, `style = pipelined` and `overflow = wrap`").
			WithNote("a word is written to the segment that an input selects: thresholds and the ends of a clamp belong to no segment").
			WithHelp("leave `load` out"))
		return false
	}
	return true
}

// seen is what the segments are of, in words.
func seen(s *ir.Shape) string {
	if s.Window.Bits > 0 {
		return "the window"
	}
	return "the input"
}

// shifted is what the terms of a slope shift, in words.
func shifted(s *ir.Shape) string {
	if s.Breaks == ir.Uniform {
		return "what is within a uniform segment"
	}
	return seen(s)
}

// segmentsNode is where the number of segments comes from: with the default number, the
// option that it does not go with.
func (c *checker) segmentsNode(o options) lang.Node {
	for _, name := range []string{"segments", "window", "breaks"} {
		if o[name] != nil {
			return o[name].Value.Node
		}
	}
	return lang.Node{}
}

// setWord sets what an option's word names.
func setWord[T any](c *checker, o *lang.Option, to *T, names []string, parse func(string) (T, bool)) bool {
	if o == nil {
		return true
	}
	word, ok := c.choice(o, names)
	if ok {
		*to, _ = parse(word)
	}
	return ok
}

func (c *checker) setNumber(f *file, o *lang.Option, to *int, low, high int64) bool {
	if o == nil {
		return true
	}
	n, ok := c.number(f, o, low, high)
	if ok {
		*to = n
	}
	return ok
}

const slopeForm = "pot(shifts = 0..15) | apot(terms = 2, shifts = 0..15)"

// slopes reads pot(shifts = a..b, signs = S) or apot(terms = T, shifts = a..b, signs = S).
func (c *checker) slopes(f *file, o *lang.Option, s *ir.Shape, matter interval) bool {
	r := reference(plain(o.Value))
	if r == nil || r.Element != nil || r.Name.Text != "pot" && r.Name.Text != "apot" {
		c.bad(o, slopeForm)
		return false
	}
	allowed := []string{"shifts", "signs"}
	s.Terms = 1
	if r.Name.Text == "apot" {
		allowed, s.Terms = []string{"terms", "shifts", "signs"}, 2
	}
	args, ok := c.named(r, allowed)
	if a := args["terms"]; a != nil {
		n, good := c.integer(f, "terms", "`terms`", a.Low, 1, ir.MaxTerms)
		if a.High != nil {
			c.bad(o, slopeForm)
			return false
		}
		s.Terms = n
		ok = ok && good
	}
	if a := args["shifts"]; a != nil {
		shifts, good := c.shifts(f, a, matter, shifted(s))
		s.MinShift, s.MaxShift = shifts.low, shifts.high
		ok = ok && good
	}
	if a := args["signs"]; a != nil {
		ok = c.signs(a, s) && ok
	}
	return ok
}

// signs reads which signs the terms of a slope may have.
func (c *checker) signs(a *lang.Arg, s *ir.Shape) bool {
	r := reference(a.Low)
	if r != nil && r.Call == nil && r.Element == nil && a.High == nil {
		if signs, ok := ir.ParseSigns(r.Name.Text); ok {
			s.Signs = signs
			return true
		}
	}
	c.report(diag.New("option-value", c.span(a.Node), "`signs` does not take this").
		WithHelp("write `signs = plus` for slopes that do not fall, or `signs = both`"))
	return false
}

// named are the arguments of an option's value by name, in the order allowed where
// they have none.
func (c *checker) named(r *lang.Reference, allowed []string) (map[string]*lang.Arg, bool) {
	found := map[string]*lang.Arg{}
	if r.Call == nil {
		return found, true
	}
	ok := true
	for i, a := range r.Call.Args {
		name := ""
		switch {
		case a.Name != nil:
			name = a.Name.Text
		case i < len(allowed) && len(r.Call.Args) == positional(allowed):
			name = allowed[i]
		}
		if !slices.Contains(allowed, name) || found[name] != nil {
			c.report(diag.New("unknown-argument", c.span(a.Node), "`%s` does not take this", r.Name.Text).
				WithHelp("it takes: %s", strings.Join(allowed, ", ")))
			ok = false
			continue
		}
		found[name] = a
	}
	return found, ok
}

// positional is how many arguments there are where they come without names: signs
// always has its name.
func positional(allowed []string) int {
	return len(slices.DeleteFunc(slices.Clone(allowed), func(name string) bool { return name == "signs" }))
}

// shifts reads the range of shifts, of which those up to matter.high leave something
// of what is shifted.
func (c *checker) shifts(f *file, a *lang.Arg, matter interval, of string) (interval, bool) {
	if a.High == nil {
		c.report(diag.New("shifts", c.span(a.Low.Node), "`shifts` is a range").
			WithHelp("write `shifts = 0..15`"))
		return interval{}, false
	}
	low, ok := c.integer(f, "shifts", "a shift", a.Low, ir.MinShift, ir.MaxShift)
	high, good := c.integer(f, "shifts", "a shift", a.High, ir.MinShift, ir.MaxShift)
	if !ok || !good {
		return interval{}, false
	}
	at := c.span(lang.Node{Pos: a.Low.Pos, EndPos: a.High.EndPos})
	if low > high {
		c.report(diag.New("shifts", at, "the range of shifts is empty: %d is above %d", low, high).
			WithHelp("write the smaller shift first"))
		return interval{}, false
	}
	if high > matter.high {
		c.report(diag.New("shifts", at, "a shift by %d leaves nothing of %s", high, of).
			WithNote("its bits and the guard bits together allow shifts up to %d", matter.high).
			WithHelp("end the range at %d, or leave it out", matter.high))
		return interval{}, false
	}
	return interval{low, high}, true
}

// unitOptions are all options of a unit.
var unitOptions = append([]string{"input", "output", "channels", "headroom", "load", "implement", "monotonic"}, shapeOptions...)

// unit checks a unit declaration.
func (c *checker) unit(e *entity) bool {
	decl := e.decl.Unit
	o, ok := c.options(decl.Options, unitOptions, "a unit")
	in, inOK := c.unitInput(e, o)
	out, outOK := c.unitType(e, o, "output", ir.MaxOutputWidth)
	u := &ir.Unit{
		Name: e.name.Text, Doc: e.decl.Doc(), Source: c.source(e.name.Node),
		Input: in.Integer, Output: out, Channels: 1,
	}
	ok = c.setNumber(e.file, o["channels"], &u.Channels, 1, ir.MaxChannels) && ok && inOK && outOK
	if !inOK || !outOK {
		return false // the rest depends on the widths
	}
	e.unit = u
	if unitTable(o) {
		u.Implement = ir.Table
		shape, shapeOK := c.table(e.file, o, in, out)
		u.Shape = shape
		return c.unitMonotonic(o, u) && ok && shapeOK
	}
	shape, shapeOK := c.shape(e.file, o, in, out)
	u.Shape = shape
	ok = c.unitImplement(o, u) && ok
	ok = c.unitMonotonic(o, u) && ok
	return c.headroom(e.file, o["headroom"], &u.Shape) && ok && shapeOK
}

// unitImplement reads whether a unit that is no table holds segments or counts thresholds.
func (c *checker) unitImplement(o options, u *ir.Unit) bool {
	option := o["implement"]
	if option == nil {
		return true
	}
	word, ok := c.choice(option, []string{ir.PWL.String(), ir.Thresholds.String(), ir.Table.String()})
	if !ok || word == ir.PWL.String() {
		return ok
	}
	u.Implement = ir.Thresholds
	if u.Output.Width > ir.MaxCounted {
		c.report(diag.New("unit-thresholds", c.span(option.Node), "thresholds for %d output bits", u.Output.Width).
			WithNote("a unit has one for each output code but one, for up to %d bits", ir.MaxCounted).
			WithHelp("leave out `implement` for segments, or write `output = int%d`", ir.MaxCounted))
		return false
	}
	for _, name := range []string{"segments", "slopes", "guard", "shifter", "breaks", "window", "prescale", "overflow", "headroom", "load"} {
		if o[name] != nil {
			c.report(diag.New("unit-thresholds", c.span(o[name].Node), "`%s` in a unit of thresholds", name).
				WithNoteAt(c.span(option.Node), "it counts thresholds, and has no segments").
				WithHelp("leave one of them out"))
			ok = false
		}
	}
	if u.Search == ir.Cascade {
		c.report(diag.New("unit-thresholds", c.span(o["search"].Node), "`search = cascade` in a unit of thresholds").
			WithHelp("write `search = binary`, or leave it out for a comparator for each threshold"))
		ok = false
	}
	return ok
}

// unitMonotonic reads which way the functions of a unit of thresholds go.
func (c *checker) unitMonotonic(o options, u *ir.Unit) bool {
	option := o["monotonic"]
	if option != nil && u.Implement != ir.Thresholds {
		c.report(diag.New("unit-thresholds", c.span(option.Node), "`monotonic` in a unit that counts no thresholds").
			WithNote("it takes functions that rise and fall").
			WithHelp("leave it out"))
		return false
	}
	return setWord(c, option, &u.Monotonic, ir.Monotonics(), ir.ParseMonotonic)
}

// headroom reads how far values may exceed the output before they saturate.
func (c *checker) headroom(f *file, o *lang.Option, s *ir.Shape) bool {
	if o != nil && s.Overflow == ir.Wrap {
		c.report(diag.New("headroom", c.span(o.Node), "`headroom` where values wrap").
			WithNote("with `overflow = wrap` no value may exceed the output").
			WithHelp("leave it out"))
		return false
	}
	if o != nil && s.Breaks == ir.Uniform {
		c.report(diag.New("headroom", c.span(o.Node), "`headroom` of uniform segments").
			WithNote("a segment that exceeds the headroom is split where it does, and uniform ones cannot be").
			WithHelp("leave it out"))
		return false
	}
	return c.setNumber(f, o, &s.Headroom, 1, ir.MaxHeadroom)
}

// unitInput is a unit's input: a format, whose scale is that of a window in real
// numbers.
func (c *checker) unitInput(e *entity, o options) (ir.Format, bool) {
	if option := o["input"]; option != nil {
		if written := writtenFormat(option.Value); written != nil {
			format, ok := c.layerFormat(e.file, "input", written, ir.MaxInputWidth)
			format.Narrow = false
			return format, ok
		}
	}
	i, ok := c.unitType(e, o, "input", ir.MaxInputWidth)
	return ir.Plain(i), ok
}

// writtenFormat is a value as a format, or nil if it is none.
func writtenFormat(v *lang.Value) *lang.Format {
	if v.Path != nil || v.High != nil {
		return nil
	}
	r := reference(v.Low)
	if r == nil || r.Call != nil || r.Element != nil {
		return nil
	}
	return &lang.Format{Node: v.Node, Base: r.Name, Modifiers: v.Modifiers}
}

// unitType is a unit's output, or an input that is no format: a bare integer type.
func (c *checker) unitType(e *entity, o options, name string, widest int) (ir.Integer, bool) {
	option := o[name]
	if option == nil {
		c.report(diag.New("missing-option", c.span(e.name.Node), "the unit has no `%s`", name).
			WithHelp("add `%s = int8`, with the widest type it must take", name))
		return ir.Integer{}, false
	}
	written := writtenFormat(option.Value)
	if written == nil || len(written.Modifiers) > 0 || !looksLikeInteger(written.Base.Text) {
		c.report(notType(c.span(option.Value.Node), name).WithHelp("write `%s = %s`", name, c.bareType(e.file, written)))
		return ir.Integer{}, false
	}
	i, ok := c.integerType(written.Base)
	if ok && i.Width > widest {
		c.report(tooWide(c.span(written.Node), name, i.Width, widest))
		return i, false
	}
	return i, ok
}

// notType refuses what is no input or output of a unit.
func notType(at diag.Span, name string) diag.Diagnostic {
	if name == "input" {
		return diag.New("option-value", at, "a unit's `input` is an integer type or a format")
	}
	return diag.New("option-value", at, "a unit's `%s` is a bare integer type", name).
		WithNote("scale, zero, rounding and `narrow` belong to the layers that run on the unit")
}

// bareType is the integer type that was meant by a format.
func (c *checker) bareType(f *file, written *lang.Format) string {
	switch {
	case written == nil:
	case looksLikeInteger(written.Base.Text):
		return written.Base.Text
	default:
		if e := c.lookup(f, kindFormat, written.Base.Text); e != nil && c.resolve(e) {
			return e.format.Integer.String()
		}
	}
	return "int8"
}

func tooWide(at diag.Span, what string, width, widest int) diag.Diagnostic {
	return diag.New("width", at, "an %s has at most %d bits, not %d", what, widest, width).
		WithHelp("take a narrower type")
}
