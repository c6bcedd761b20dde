package check

import (
	"grauc/ir"
	"grauc/lang/diag"
)

// ofLines are the options that say how segments with slopes are built.
var ofLines = []string{"slopes", "guard", "breaks", "overflow", "shifter", "search", "headroom"}

// table is what the options say of a table of the input or of its window: direct, or of
// segments that share rows.
func (c *checker) table(f *file, o options, in ir.Format, out ir.Integer) (ir.Shape, bool) {
	s := ir.Shape{Breaks: ir.Uniform, Overflow: ir.Wrap}
	ok := setWord(c, o["style"], &s.Style, ir.Styles(), ir.ParseStyle)
	ok = setWord(c, o["handshake"], &s.Handshake, ir.Handshakes(), ir.ParseHandshake) && ok
	ok = setWord(c, o["load"], &s.Load, ir.Loads(), ir.ParseLoad) && ok
	for _, name := range ofLines {
		if o[name] != nil {
			c.report(diag.New("table", c.span(o[name].Node), "`%s` of a table", name).
				WithNoteAt(c.span(o["implement"].Node), "its words are outputs, or a bias and the number of a row").
				WithHelp("leave one of them out"))
			ok = false
		}
	}
	s.Segments = 1
	ok = ok && c.window(f, o, &s, in, out)
	if !ok {
		return s, false
	}
	codes := s.Window.Codes(in.Integer)
	if codes.Width > ir.MaxTableWidth {
		c.report(diag.New("table", c.span(o["implement"].Node), "a table of %s `%s`, of more than %d bits", seen(&s), codes, ir.MaxTableWidth).
			WithHelp("add a `window` of its top bits: `window = %d`", min(in.Width, out.Width+resolution)))
		return s, false
	}
	s.Segments = int(codes.Count())
	if o["rows"] != nil {
		ok = c.rows(f, o, &s, in, out)
	} else {
		for _, name := range []string{"segments", "row_bits"} {
			if o[name] != nil {
				c.report(diag.New("table", c.span(o[name].Node), "`%s` of a table without `rows`", name).
					WithNote("it has a word for each of the %d codes of %s", s.Segments, seen(&s)).
					WithHelp("leave it out, or add `rows = 8` that segments share"))
				ok = false
			}
		}
	}
	return s, ok && c.interfaces(o, &s)
}

// mostSegments is how many segments a table has unless told otherwise.
const mostSegments = 64

// rows reads what is shared by the segments of a table.
func (c *checker) rows(f *file, o options, s *ir.Shape, in ir.Format, out ir.Integer) bool {
	most := s.Segments / 2
	if most < 2 {
		c.report(diag.New("table", c.span(o["rows"].Node), "`rows` where %s has %d codes", seen(s), s.Segments).
			WithHelp("leave it out: then there is a word for each"))
		return false
	}
	if s.Segments > 1<<ir.MaxRowsWidth {
		c.report(diag.New("table", c.span(o["rows"].Node), "`rows` where %s has more than %d bits", seen(s), ir.MaxRowsWidth).
			WithHelp("add a `window` of its top bits: `window = %d`", min(in.Width, out.Width+resolution)))
		return false
	}
	least := max(2, s.Segments>>ir.MaxRowLow)
	s.Segments = max(least, min(mostSegments, most))
	ok := c.power(f, o, "segments", &s.Segments, most)
	if ok && s.Segments < least {
		c.report(diag.New("table", c.span(o["segments"].Node), "segments of more than %d codes in a table", 1<<ir.MaxRowLow).
			WithHelp("write `segments = %d`, or more", least))
		return false
	}
	ok = c.power(f, o, "rows", &s.Rows, ir.MaxRows) && ok
	if ok {
		*s = s.TableShape(in.Integer, out, s.Window, s.Segments, s.Rows)
	}
	return c.setNumber(f, o["row_bits"], &s.RowBits, 1, int64(out.Width)) && ok
}

// power reads a power of two from 2 on.
func (c *checker) power(f *file, o options, name string, to *int, most int) bool {
	if !c.setNumber(f, o[name], to, 2, int64(most)) {
		return false
	}
	if *to&(*to-1) == 0 {
		return true
	}
	below := 2
	for 2*below < *to {
		below *= 2
	}
	c.report(diag.New("table", c.span(o[name].Value.Node), "%d %s of a table are not a power of two", *to, name).
		WithHelp("write `%s = %d`", name, below))
	return false
}

// rowless refuses what is of tables alone.
func (c *checker) rowless(o options) bool {
	ok := true
	for _, name := range []string{"rows", "row_bits"} {
		if o[name] != nil {
			c.report(diag.New("table", c.span(o[name].Node), "`%s` of what is not a table", name).
				WithHelp("add `implement = table`, or leave it out"))
			ok = false
		}
	}
	return ok
}

// tabular reports whether a layer asks for a table that is not of all of its input, or
// not direct.
func tabular(l *ir.Layer, o options) bool {
	return l.Options.Implement == ir.Table && (o["window"] != nil || o["prescale"] != nil || o["rows"] != nil)
}

// unitTable is a unit that is a table.
func unitTable(o options) bool {
	option := o["implement"]
	if option == nil {
		return false
	}
	r := reference(plain(option.Value))
	return r != nil && r.Call == nil && r.Element == nil && r.Name.Text == ir.Table.String()
}
