package steps

import (
	"slices"
	"strconv"

	"grauc/ir"
	"grauc/ir/text"
)

// Print is the module as text.
func Print(m *Module) string {
	p := &text.Printer{}
	p.Head(ir.LevelSteps, &m.Head)
	for _, l := range m.Layers {
		p.Blank()
		p.Layer(&l.Layer, func() {
			for c, f := range l.Channels {
				f.Print(p, "channel "+strconv.Itoa(c), &l.Layer)
			}
		})
	}
	return p.String()
}

// Print writes the runs of f in a block. A line ends before an output that is a
// multiple of 8, so that one run more or less changes one line.
func (f *Function) Print(p *text.Printer, head string, of *ir.Layer) {
	p.Open("%s%s", head, p.Formats(of, f.Input, f.Output))
	starts := func(i int) bool { return f.Runs[i].Value%8 == 0 }
	p.Fill(len(f.Runs), 16, starts, func(out []byte, i int) []byte {
		out = append(strconv.AppendInt(out, f.Runs[i].Start, 10), ':')
		return strconv.AppendInt(out, f.Runs[i].Value, 10)
	})
	p.Close()
}

// Parse reads what Print wrote. Whether the module makes sense is Verify's
// business.
func Parse(src string) (*Module, error) {
	m := &Module{}
	p := text.NewParser(src)
	p.Module(ir.LevelSteps, &m.Head, text.Forms{
		"layer": func() { m.Layers = append(m.Layers, parseLayer(p)) },
	})
	if err := p.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func parseLayer(p *text.Parser) *Layer {
	l := &Layer{}
	p.Layer(&l.Layer, nil, text.Forms{
		"channel": func() {
			p.Index("the channel", len(l.Channels))
			l.Channels = append(l.Channels, ParseFunction(p, &l.Layer))
		},
	})
	return l
}

// Equal reports whether two functions are the same in every number.
func (f *Function) Equal(g *Function) bool {
	return f.Input == g.Input && f.Output == g.Output && slices.Equal(f.Runs, g.Runs)
}

// ParseFunction reads a function after its keyword.
func ParseFunction(p *text.Parser, of *ir.Layer) *Function {
	f := &Function{}
	f.Input, f.Output = p.Formats(of)
	p.Expect("{")
	for p.More("}") {
		start := p.Int("the start of a run")
		p.Expect(":")
		f.Runs = append(f.Runs, Run{Start: start, Value: p.Int("the run's output")})
	}
	return f
}
