package text

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"grauc/ir"
)

// Head writes the first line, the files and the units of a module.
func (p *Printer) Head(level ir.Level, h *ir.Head) {
	p.Line("grauc.%s %s", level, strconv.Quote(h.Name))
	if h.Part != ir.XC7 {
		p.Line("part %s", h.Part)
	}
	if len(h.Files) > 0 {
		p.file = h.Files[0].Path
		p.Blank()
	}
	for _, f := range h.Files {
		p.Line("file %s sha256 %s", strconv.Quote(f.Path), strconv.Quote(f.SHA256))
	}
	for _, u := range h.Units {
		p.Blank()
		p.Unit("unit", u, func() {})
	}
}

// Unit writes a unit, with what the level adds to its block.
func (p *Printer) Unit(keyword string, u *ir.Unit, more func()) {
	channels := ""
	if u.Channels != 1 {
		channels = fmt.Sprintf("[%d]", u.Channels)
	}
	p.Open("%s %s%s : %s -> %s%s", keyword, Name(u.Name), channels, u.Input, u.Output, p.At(u.Source))
	defer p.Within(u.Source)()
	p.Doc(DocLines(u.Doc))
	p.shape(&u.Shape)
	if u.Implement != ir.Auto {
		p.Line("implement %s", u.Implement)
	}
	if u.Monotonic != ir.Rising {
		p.Line("monotonic %s", u.Monotonic)
	}
	more()
	p.Close()
}

// Layer writes a layer, with what the level adds to its block.
func (p *Printer) Layer(l *ir.Layer, more func()) {
	var head strings.Builder
	head.WriteString(Name(l.Name))
	if l.Channels != 0 {
		fmt.Fprintf(&head, "[%d]", l.Channels)
	}
	fmt.Fprintf(&head, " : %s -> %s", format(l.Input), format(l.Output))
	if l.Unit != "" {
		head.WriteString(" on " + Name(l.Unit))
	}
	p.Open("layer %s%s", head.String(), p.At(l.Source))
	defer p.Within(l.Source)()
	p.Doc(DocLines(l.Doc))
	if l.Function != "" || l.Body != (ir.Source{}) {
		p.Line("function %s%s", strconv.Quote(l.Function), p.At(l.Body))
	}
	p.shape(&l.Shape)
	p.options(&l.Options)
	more()
	p.Close()
}

// Formats is what the header of a function adds where its formats are not those
// of its layer.
func (p *Printer) Formats(of *ir.Layer, input, output ir.Integer) string {
	if input == of.Input.Integer && output == of.Output.Integer {
		return ""
	}
	return fmt.Sprintf(" : %s -> %s", input, output)
}

// format is what ir.Format.String says, also of a format whose numbers are absent.
func format(f ir.Format) string {
	if f.Scale == nil {
		f.Scale = big.NewRat(1, 1)
	}
	if f.Zero == nil {
		f.Zero = new(big.Rat)
	}
	return f.String()
}

func (p *Printer) shape(s *ir.Shape) {
	if *s != (ir.Shape{}) {
		p.Line("shape %s segments %d terms %d shifts %d..%d guard %d%s",
			s.Style, s.Segments, s.Terms, s.MinShift, s.MaxShift, s.Guard, variant(s))
	}
}

// variant is what a shape says beyond what every shape does.
func variant(s *ir.Shape) string {
	words := ""
	add := func(said bool, format string, args ...any) {
		if said {
			words += " " + fmt.Sprintf(format, args...)
		}
	}
	add(s.Rows != 0 || s.RowBits != 0, "rows %d of %d", s.Rows, s.RowBits)
	add(s.Shifter != ir.Chain, "shifter %s", s.Shifter)
	add(s.Breaks != ir.Free, "breaks %s", s.Breaks)
	add(s.Search != ir.Comparators, "search %s", s.Search)
	add(s.Window != ir.Window{}, "window %d prescale %d..%d", s.Window.Bits, s.Window.MinShift, s.Window.MaxShift)
	add(s.Signs != ir.BothSigns, "signs %s", s.Signs)
	add(s.Overflow != ir.Saturate, "overflow %s", s.Overflow)
	add(s.Headroom != 0, "headroom %d", s.Headroom)
	add(s.Handshake != ir.ReadyValid, "handshake %s", s.Handshake)
	add(s.Load != ir.LoadPort, "load %s", s.Load)
	return words
}

func (p *Printer) options(o *ir.Options) {
	if o.MaxError >= 0 {
		p.Line("max_error %d", o.MaxError)
	}
	if o.Fit != ir.MinMax {
		p.Line("fit %s", o.Fit)
	}
	if o.Weight != nil {
		p.weight(o.Weight)
	}
	if r := o.Range; r != nil {
		p.Line("range %s..%s", Number(r.Low), Number(r.High))
	}
	if o.Implement != ir.Auto {
		p.Line("implement %s", o.Implement)
	}
	if o.AnyShape {
		p.Line("any shape")
	}
}

func (p *Printer) weight(w *ir.Weight) {
	h := w.Histogram
	if h == nil {
		p.Line("weight normal(%s, %s)", Number(w.Mean), Number(w.Stddev))
		return
	}
	p.Open("weight histogram %s", strconv.Quote(h.File))
	p.Fill(len(h.Bins), 16, nil, func(out []byte, i int) []byte {
		b := h.Bins[i]
		out = strconv.AppendInt(out, b.First, 10)
		if b.Last != b.First {
			out = strconv.AppendInt(append(out, ".."...), b.Last, 10)
		}
		return strconv.AppendInt(append(out, ':'), b.Count, 10)
	})
	p.Close()
}
