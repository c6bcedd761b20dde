package datapath

import (
	"math"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/ir/text"
)

// Parse reads what Print wrote. Whether the design makes sense is Verify's
// business.
func Parse(src string) (*Design, error) {
	d := &Design{}
	p := text.NewParser(src)
	p.Module(ir.LevelDatapath, &d.Head, text.Forms{
		"hardware": func() { d.Hardware = append(d.Hardware, parseUnit(p)) },
		"layer":    func() { d.Layers = append(d.Layers, parseLayer(p)) },
	})
	if err := p.Err(); err != nil {
		return nil, err
	}
	return d, nil
}

// ParseModule reads what PrintModule wrote.
func ParseModule(src string) (*Module, error) {
	p := text.NewParser(src)
	p.Expect("module")
	m := parseModule(p)
	p.End()
	if err := p.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func parseUnit(p *text.Parser) *Unit {
	u := &Unit{}
	p.Unit(&u.Unit, text.Forms{
		"module": func() { u.Module = parseModule(p) },
		"probe":  func() { u.Probe = parseImage(p) },
	}, text.Forms{
		"field": func() { u.Fields = append(u.Fields, parseField(p)) },
		"image": func() { u.Images = append(u.Images, parseImage(p)) },
	})
	return u
}

func parseField(p *text.Parser) Field {
	f := Field{Name: p.Name("the field's name")}
	p.Expect(":")
	f.Type = parseType(p)
	p.Expect("word")
	f.Word = p.Count("the field's word")
	p.Expect("word_bits")
	f.WordBits = p.Count("the bits of the word address")
	p.Expect("doc")
	f.Doc = p.Quoted("documentation")
	return f
}

func parseImage(p *text.Parser) *Image {
	image := &Image{Layer: p.Name("the layer's name")}
	p.Expect("{")
	for p.More("}") {
		w := Word{Addr: p.Uint("an address")}
		p.Expect(":")
		w.Data = p.Uint("the word's bits")
		image.Words = append(image.Words, w)
	}
	return image
}

func parseLayer(p *text.Parser) *Layer {
	l := &Layer{}
	p.Layer(&l.Layer, text.Forms{
		"hardware": func() { l.Hardware = parseModule(p) },
		"kernel":   func() { l.Kernel = parseModule(p) },
	}, nil)
	return l
}

func parseType(p *text.Parser) Type {
	pos := p.Pos()
	name := p.Word("a type")
	digits := strings.TrimLeft(name, "su")
	width, err := strconv.Atoi(digits)
	if err != nil || len(name) != len(digits)+1 {
		p.FailAt(pos, "expected a type such as s13 or u1, found %q", name)
	}
	return Type{Width: width, Signed: strings.HasPrefix(name, "s")}
}

// reader builds a module. References are resolved at the end, since a register
// may refer to what comes later.
type reader struct {
	*text.Parser
	m      *Module
	values names
	mems   names
}

// names are the labels of values or memories, and the places that use them.
type names struct {
	mark  string
	known map[string]int
	uses  []use
}

type use struct {
	label string
	pos   int
	set   func(i int)
}

func parseModule(p *text.Parser) *Module {
	m := &Module{Name: p.Name("the module's name")}
	m.Clocked = p.Accept("clocked")
	if p.Accept("latency") {
		m.Latency = p.Count("the latency")
	}
	if p.Accept("interval") {
		m.Interval = p.Count("the interval")
	}
	m.Source = p.At()
	r := &reader{
		Parser: p, m: m,
		values: names{mark: "%", known: map[string]int{}},
		mems:   names{mark: "#", known: map[string]int{}},
	}
	p.Block(text.Forms{
		"doc": func() { m.Doc = p.Doc() },
	}, text.Forms{
		"%":      r.node,
		"memory": r.memory,
		"output": r.output,
	})
	r.resolve(&r.values, "value")
	r.resolve(&r.mems, "memory")
	return m
}

// define reads a label without its mark and gives it to entry i; the name that
// follows a number, or the label itself, is the entry's name.
func (r *reader) define(n *names, i int) (name string) {
	pos := r.Pos()
	label, numbered := r.label()
	if _, taken := n.known[label]; taken {
		r.FailAt(pos, "%s%s is defined twice", n.mark, label)
	}
	n.known[label] = i
	if !numbered {
		return label
	}
	if r.Is(":") {
		return ""
	}
	return r.Name("a name")
}

func (r *reader) label() (label string, numbered bool) {
	if r.IsNumber() {
		return strconv.FormatUint(r.Uint("a number"), 10), true
	}
	return r.Word("a name or a number"), false
}

// use reads a reference; set receives what it stands for once all is read.
func (r *reader) use(n *names, set func(i int)) {
	r.Expect(n.mark)
	pos := r.Pos()
	label, _ := r.label()
	n.uses = append(n.uses, use{label: label, pos: pos, set: set})
}

func (r *reader) resolve(n *names, what string) {
	for _, u := range n.uses {
		i, ok := n.known[u.label]
		if !ok {
			r.FailAt(u.pos, "no %s %s%s in this module", what, n.mark, u.label)
			return
		}
		u.set(i)
	}
}

func (r *reader) ref(set func(Ref)) { r.use(&r.values, func(i int) { set(Ref(i)) }) }

func (r *reader) output() {
	i := len(r.m.Outputs)
	r.m.Outputs = append(r.m.Outputs, Output{Name: r.Name("the port's name")})
	r.Expect("=")
	r.ref(func(v Ref) { r.m.Outputs[i].Value = v })
}

func (r *reader) memory() {
	r.Expect("#")
	i := len(r.m.Mems)
	r.m.Mems = append(r.m.Mems, Memory{Name: r.define(&r.mems, i)})
	r.Expect(":")
	mem := &r.m.Mems[i]
	mem.Type = parseType(r.Parser)
	r.Expect("[")
	mem.Depth = r.Count("the number of words")
	r.Expect("]")
	if r.Accept("held") {
		mem.Held = r.Ints("a word")
		return
	}
	r.Expect("write")
	r.ref(func(v Ref) { r.m.Mems[i].Data = v })
	r.Expect("at")
	r.ref(func(v Ref) { r.m.Mems[i].Addr = v })
	r.Expect("when")
	r.ref(func(v Ref) { r.m.Mems[i].Enable = v })
}

func (r *reader) node() {
	i := len(r.m.Nodes)
	if i == math.MaxInt32 {
		r.Fail("the module has too many values")
		return
	}
	n := Node{Name: r.define(&r.values, i)}
	r.Expect(":")
	n.Type = parseType(r.Parser)
	r.Expect("=")
	n.Op = r.op()
	r.m.Nodes = append(r.m.Nodes, n)
	r.operands(i, n.Op)
}

func (r *reader) op() Op {
	pos := r.Pos()
	name := r.Word("an operation")
	for o, known := range opNames {
		if known == name {
			return Op(o)
		}
	}
	r.FailAt(pos, "no operation %q; there are %s", name, strings.Join(opNames[:], ", "))
	return 0
}

// operands reads what follows the operation of node i. The node is named by its
// index because the list of nodes moves while it grows.
func (r *reader) operands(i int, op Op) {
	if op == OpRead {
		r.use(&r.mems, func(mem int) { r.m.Nodes[i].Mem = mem })
		r.Expect("[")
	}
	for k := range operands[op] {
		if k > 0 {
			r.Expect(",")
		}
		r.arg(i, k)
	}
	n := &r.m.Nodes[i]
	switch op {
	case OpConst:
		n.Value = r.Int("the constant")
	case OpShl, OpShr:
		r.Expect(",")
		n.Amount = r.Count("the amount")
	case OpTable:
		n.Table = r.Ints("an entry")
	case OpRead:
		r.Expect("]")
	case OpReg:
		r.reg(i)
	}
}

func (r *reader) arg(i, k int) {
	n := &r.m.Nodes[i]
	n.Args = append(n.Args, 0)
	r.ref(func(v Ref) { r.m.Nodes[i].Args[k] = v })
}

func (r *reader) reg(i int) {
	if r.Accept("when") {
		r.arg(i, 1)
	}
	if r.Accept("reset") {
		v := r.Int("the value under reset")
		r.m.Nodes[i].Reset = &v
	}
	if r.Accept("start") {
		v := r.Int("the value at power-up")
		r.m.Nodes[i].Start = &v
	}
}
