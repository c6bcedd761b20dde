package spec

import (
	"math/big"
	"slices"
	"strings"

	"grauc/ir"
	"grauc/ir/text"
)

// Print is the module as text.
func Print(m *Module) string {
	p := &text.Printer{}
	p.Head(ir.LevelSpec, &m.Head)
	for _, d := range m.Data {
		p.Blank()
		printData(p, d)
	}
	for _, f := range m.Funcs {
		p.Blank()
		printFunc(p, f)
	}
	for _, l := range m.Layers {
		p.Blank()
		p.Layer(&l.Layer, func() { printBody(p, l.Body, nil) })
	}
	return p.String()
}

func printData(p *text.Printer, d *Data) {
	p.Open("data %s", text.Name(d.Name))
	for _, a := range d.Arrays {
		p.Open("array %s", text.Name(a.Name))
		p.Fill(len(a.Values), 8, nil, func(out []byte, i int) []byte {
			return append(out, text.Number(a.Values[i])...)
		})
		p.Close()
	}
	p.Close()
}

func printFunc(p *text.Printer, f *Func) {
	params := make([]string, len(f.Params))
	for i, param := range f.Params {
		params[i] = text.Name(param)
	}
	p.Open("fn %s(%s)%s", text.Name(f.Name), strings.Join(params, ", "), p.At(f.Source))
	defer p.Close()
	defer p.Within(f.Source)()
	p.Doc(text.DocLines(f.Doc))
	printBody(p, f.Body, f)
}

// printBody writes an expression on one line and below it the places of its
// nodes, so that the expression stays as readable as its source.
func printBody(p *text.Printer, body Expr, in *Func) {
	p.Line("body %s", Format(body, in))
	places := places(nil, body)
	if !slices.ContainsFunc(places, func(at *ir.Source) bool { return *at != ir.Source{} }) {
		return
	}
	list := make([]string, len(places))
	for i, at := range places {
		list[i] = p.Place(*at)
	}
	p.Line("  at %s", strings.Join(list, ", "))
}

// places are where the nodes of an expression are, each node before its operands.
func places(list []*ir.Source, e Expr) []*ir.Source {
	switch e := e.(type) {
	case *Element:
		return places(append(list, &e.At), e.Index)
	case *Op:
		return placesOf(append(list, &e.At), e.Args)
	case *Call:
		return placesOf(append(list, &e.At), e.Args)
	case *If:
		return placesOf(list, []Expr{e.Cond, e.Then, e.Else})
	}
	return list
}

func placesOf(list []*ir.Source, args []Expr) []*ir.Source {
	for _, a := range args {
		list = places(list, a)
	}
	return list
}

// Parse reads what Print wrote. Whether the module makes sense is Verify's
// business.
func Parse(src string) (*Module, error) {
	m := &Module{}
	p := text.NewParser(src)
	p.Module(ir.LevelSpec, &m.Head, text.Forms{
		"data":  func() { m.Data = append(m.Data, parseData(p)) },
		"fn":    func() { m.Funcs = append(m.Funcs, parseFunc(p)) },
		"layer": func() { m.Layers = append(m.Layers, parseLayer(p)) },
	})
	if err := p.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func parseData(p *text.Parser) *Data {
	d := &Data{Name: p.Name("the data's name")}
	p.Block(nil, text.Forms{
		"array": func() {
			a := Array{Name: p.Name("the array's name"), Values: []*big.Rat{}}
			p.Expect("{")
			for p.More("}") {
				a.Values = append(a.Values, p.Rat("a number"))
			}
			d.Arrays = append(d.Arrays, a)
		},
	})
	return d
}

func parseFunc(p *text.Parser) *Func {
	f := &Func{Name: p.Name("the function's name")}
	p.Expect("(")
	for p.More(")") {
		if len(f.Params) > 0 {
			p.Expect(",")
		}
		f.Params = append(f.Params, p.Name("a parameter"))
	}
	f.Source = p.At()
	defer p.Within(f.Source)()
	p.Block(text.Forms{
		"doc":  func() { f.Doc = strings.Join(p.Doc(), "\n") },
		"body": func() { f.Body = parseBody(p, f) },
	}, nil)
	return f
}

func parseLayer(p *text.Parser) *Layer {
	l := &Layer{}
	p.Layer(&l.Layer, text.Forms{
		"body": func() { l.Body = parseBody(p, nil) },
	}, nil)
	return l
}

func parseBody(p *text.Parser, in *Func) Expr {
	body := parseExpr(p, in)
	if !p.Accept("at") {
		return body
	}
	for i, at := range places(nil, body) {
		if i > 0 {
			p.Expect(",")
		}
		*at = p.Place()
	}
	return body
}
