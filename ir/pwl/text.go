package pwl

import (
	"fmt"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/ir/steps"
	"grauc/ir/text"
)

// Print is the module as text.
func Print(m *Module) string {
	p := &text.Printer{}
	p.Head(ir.LevelPWL, &m.Head)
	for _, l := range m.Layers {
		p.Blank()
		p.Layer(&l.Layer, func() { printBody(p, l) })
	}
	return p.String()
}

func printBody(p *text.Printer, l *Layer) {
	p.Line("as %s because %s", l.Implement, strconv.Quote(l.Why))
	for i, c := range l.Channels {
		p.Open("channel %d", i)
		printChannel(p, c, &l.Layer)
		p.Close()
	}
}

func printChannel(p *text.Printer, c *Channel, of *ir.Layer) {
	if c.Golden != nil {
		c.Golden.Print(p, "golden", of)
	}
	if c.Function != nil {
		c.Function.print(p, of)
	}
	if c.Steps != nil {
		if c.Golden != nil && c.Steps.Equal(c.Golden) {
			p.Line("steps golden")
		} else {
			c.Steps.Print(p, "steps", of)
		}
	}
	if e := &c.Error; e.Squares != nil {
		p.Line("error max %d at %d squares %s exact %d inputs %d", e.Max, e.At, e.Squares, e.Exact, e.Inputs)
	}
	if s := c.Squares; s != nil {
		p.Line("least squares %d bound %d weight %d", s.Sum, s.Bound, s.Weight)
	}
}

// print writes the rows, and one segment a line.
func (f *Function) print(p *text.Printer, of *ir.Layer) {
	p.Open("segments%s%s guard %d", p.Formats(of, f.Input, f.Output), f.View, f.Guard)
	for i, row := range f.Rows {
		p.Open("row %d", i)
		p.Ints(row)
		p.Close()
	}
	for i := range f.Segments {
		line := f.Segments[i].String()
		if f.Rows != nil {
			line += fmt.Sprintf(" + row %d", f.Segments[i].Row)
		}
		p.Line("%s", line)
	}
	p.Close()
}

// String is the view as text, after a space, or nothing: " window int10 shift 14".
func (v View) String() string {
	if v == (View{}) {
		return ""
	}
	return fmt.Sprintf(" window %s shift %d", v.Codes, v.Shift)
}

// String is the segment as text: "from -300: 44 + x>>3 - x<<1".
func (s *Segment) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "from %d: %d", s.Start, s.Bias)
	for _, t := range s.Terms {
		out.WriteString(" " + t.String())
	}
	return out.String()
}

// String is the term as text, with its sign: "+ x>>3".
func (t Term) String() string {
	sign, shift := "+", ">>"
	if t.Negative {
		sign = "-"
	}
	by := t.Shift
	if by < 0 {
		shift, by = "<<", -by
	}
	return fmt.Sprintf("%s x%s%d", sign, shift, by)
}

// Parse reads what Print wrote. Whether the module makes sense is Verify's
// business.
func Parse(src string) (*Module, error) {
	m := &Module{}
	p := text.NewParser(src)
	p.Module(ir.LevelPWL, &m.Head, text.Forms{
		"layer": func() { m.Layers = append(m.Layers, parseLayer(p)) },
	})
	if err := p.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func parseLayer(p *text.Parser) *Layer {
	l := &Layer{}
	p.Layer(&l.Layer, text.Forms{
		"as": func() {
			l.Implement = text.Choice(p, "a way to implement", ir.Implements(), ir.ParseImplement)
			p.Expect("because")
			l.Why = p.Quoted("the reason")
		},
	}, text.Forms{
		"channel": func() {
			p.Index("the channel", len(l.Channels))
			l.Channels = append(l.Channels, parseChannel(p, &l.Layer))
		},
	})
	return l
}

func parseChannel(p *text.Parser, of *ir.Layer) *Channel {
	c := &Channel{}
	asGolden := -1
	p.Block(text.Forms{
		"golden":   func() { c.Golden = steps.ParseFunction(p, of) },
		"segments": func() { c.Function = parseFunction(p, of) },
		"steps": func() {
			if pos := p.Pos(); p.Accept("golden") {
				asGolden = pos
				return
			}
			c.Steps = steps.ParseFunction(p, of)
		},
		"error": func() { c.Error = parseError(p) },
		"least": func() { c.Squares = parseSquares(p) },
	}, nil)
	if asGolden >= 0 {
		if c.Golden == nil {
			p.FailAt(asGolden, "the channel has no golden function")
		}
		c.Steps = c.Golden
	}
	return c
}

func parseFunction(p *text.Parser, of *ir.Layer) *Function {
	f := &Function{}
	f.Input, f.Output = p.Formats(of)
	if p.Accept("window") {
		f.View.Codes = p.Integer()
		p.Expect("shift")
		f.View.Shift = p.Count("the shift of the window")
	}
	p.Expect("guard")
	f.Guard = p.Count("the guard bits")
	p.Block(nil, text.Forms{
		"from": func() { f.Segments = append(f.Segments, parseSegment(p)) },
		"row": func() {
			p.Index("the row", len(f.Rows))
			f.Rows = append(f.Rows, p.Ints("a number of a row"))
		},
	})
	return f
}

func parseSegment(p *text.Parser) Segment {
	s := Segment{Start: p.Int("the start of a segment")}
	p.Expect(":")
	s.Bias = p.Int("the bias")
	for p.Is("+") || p.Is("-") {
		negative := p.Accept("-")
		if !negative {
			p.Expect("+")
		}
		if !negative && p.Accept("row") {
			s.Row = p.Count("the row")
			break
		}
		s.Terms = append(s.Terms, parseTerm(p, negative))
	}
	return s
}

// parseTerm reads a term after its sign.
func parseTerm(p *text.Parser, negative bool) Term {
	t := Term{Negative: negative}
	p.Expect("x")
	left := p.Accept("<<")
	if !left {
		p.Expect(">>")
	}
	if t.Shift = p.Count("the shift"); left {
		t.Shift = -t.Shift
	}
	return t
}

func parseSquares(p *text.Parser) *Squares {
	var s Squares
	p.Expect("squares")
	s.Sum = p.Int("the sum of the squares")
	p.Expect("bound")
	s.Bound = p.Int("the bound")
	p.Expect("weight")
	s.Weight = p.Int("the weight of all inputs")
	return &s
}

func parseError(p *text.Parser) Error {
	var e Error
	p.Expect("max")
	e.Max = p.Int("the largest error")
	p.Expect("at")
	e.At = p.Int("the input of the largest error")
	p.Expect("squares")
	e.Squares = p.Big("the sum of the squares")
	p.Expect("exact")
	e.Exact = p.Uint("the exact inputs")
	p.Expect("inputs")
	e.Inputs = p.Uint("all inputs")
	return e
}
