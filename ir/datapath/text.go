package datapath

import (
	"fmt"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/ir/text"
)

var opNames = [...]string{
	OpInput: "input", OpConst: "const", OpCast: "cast", OpAdd: "add", OpSub: "sub", OpShl: "shl", OpShr: "shr",
	OpLess: "less", OpEqual: "equal", OpAnd: "and", OpOr: "or", OpXor: "xor", OpNot: "not", OpMux: "mux",
	OpTable: "table", OpRead: "read", OpReg: "reg",
}

func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return fmt.Sprintf("op%d", o)
}

// String is s or u and the width: s13.
func (t Type) String() string {
	if t.Signed {
		return fmt.Sprintf("s%d", t.Width)
	}
	return fmt.Sprintf("u%d", t.Width)
}

// Print is the design as text.
func Print(d *Design) string {
	p := &text.Printer{}
	p.Head(ir.LevelDatapath, &d.Head)
	for _, u := range d.Hardware {
		p.Blank()
		p.Unit("hardware", &u.Unit, func() { printUnit(p, u) })
	}
	for _, l := range d.Layers {
		p.Blank()
		p.Layer(&l.Layer, func() {
			if l.Hardware != nil {
				printModule(p, "hardware", l.Hardware)
			}
			if l.Kernel != nil {
				printModule(p, "kernel", l.Kernel)
			}
		})
	}
	return p.String()
}

// PrintModule is one module as text.
func PrintModule(m *Module) string {
	p := &text.Printer{}
	printModule(p, "module", m)
	return p.String()
}

func printUnit(p *text.Printer, u *Unit) {
	for _, f := range u.Fields {
		p.Line("field %s : %s word %d word_bits %d doc %s",
			text.Name(f.Name), f.Type, f.Word, f.WordBits, strconv.Quote(f.Doc))
	}
	if u.Module != nil {
		printModule(p, "module", u.Module)
	}
	for _, image := range u.Images {
		printImage(p, "image", image)
	}
	if u.Probe != nil {
		printImage(p, "probe", u.Probe)
	}
}

func printImage(p *text.Printer, keyword string, image *Image) {
	p.Open("%s %s", keyword, text.Name(image.Layer))
	starts := func(i int) bool { return image.Words[i].Addr%8 == 0 }
	p.Fill(len(image.Words), 8, starts, func(out []byte, i int) []byte {
		return fmt.Appendf(out, "%#x:%#x", image.Words[i].Addr, image.Words[i].Data)
	})
	p.Close()
}

func printModule(p *text.Printer, keyword string, m *Module) {
	head := keyword + " " + text.Name(m.Name)
	if m.Clocked {
		head += " clocked"
	}
	if m.Latency != 0 {
		head += fmt.Sprintf(" latency %d", m.Latency)
	}
	if m.Interval != 0 {
		head += fmt.Sprintf(" interval %d", m.Interval)
	}
	p.Open("%s%s", head, p.At(m.Source))
	p.Doc(m.Doc)
	w := newWriter(m)
	for i := range m.Mems {
		w.memory(p, i)
	}
	for i := range m.Nodes {
		w.node(p, i)
	}
	for _, o := range m.Outputs {
		p.Line("output %s = %s", text.Name(o.Name), w.ref(o.Value))
	}
	p.Close()
}

// writer knows what the values and memories of a module are called in its text:
// by their names where those are words and unique, else by their numbers.
type writer struct {
	m      *Module
	labels []string
	mems   []string
}

func newWriter(m *Module) *writer {
	w := &writer{m: m, labels: make([]string, len(m.Nodes)), mems: make([]string, len(m.Mems))}
	uses := map[string]int{}
	for i := range m.Nodes {
		uses[m.Nodes[i].Name]++
	}
	for i := range m.Nodes {
		w.labels[i] = "%" + strconv.Itoa(i)
		if name := m.Nodes[i].Name; uses[name] == 1 && text.IsWord(name) {
			w.labels[i] = "%" + name
		}
	}
	memUses := map[string]int{}
	for i := range m.Mems {
		memUses[m.Mems[i].Name]++
	}
	for i := range m.Mems {
		w.mems[i] = "#" + strconv.Itoa(i)
		if name := m.Mems[i].Name; memUses[name] == 1 && text.IsWord(name) {
			w.mems[i] = "#" + name
		}
	}
	return w
}

// ref is the label of a value. A reference to no value, which only a broken
// module has, is a question mark.
func (w *writer) ref(r Ref) string {
	if r < 0 || int(r) >= len(w.labels) {
		return "?"
	}
	return w.labels[r]
}

func (w *writer) mem(i int) string {
	if i < 0 || i >= len(w.mems) {
		return "?"
	}
	return w.mems[i]
}

func (w *writer) memory(p *text.Printer, i int) {
	m := &w.m.Mems[i]
	head := fmt.Sprintf("memory %s%s : %s[%d]", w.mems[i], hint(w.mems[i], m.Name), m.Type, m.Depth)
	if m.Held == nil {
		p.Line("%s write %s at %s when %s", head, w.ref(m.Data), w.ref(m.Addr), w.ref(m.Enable))
		return
	}
	p.Open("%s held", head)
	p.Ints(m.Held)
	p.Close()
}

// hint is the name where the label does not tell it.
func hint(label, name string) string {
	if name == "" || label[1:] == name {
		return ""
	}
	return " " + text.Name(name)
}

func (w *writer) node(p *text.Printer, i int) {
	n := &w.m.Nodes[i]
	head := fmt.Sprintf("%s%s : %s = %s", w.labels[i], hint(w.labels[i], n.Name), n.Type, n.Op)
	switch n.Op {
	case OpConst:
		p.Line("%s %d", head, n.Value)
	case OpShl, OpShr:
		p.Line("%s %s, %d", head, w.args(n.Args), n.Amount)
	case OpTable:
		p.Open("%s %s", head, w.args(n.Args))
		p.Ints(n.Table)
		p.Close()
	case OpRead:
		p.Line("%s %s[%s]", head, w.mem(n.Mem), w.args(n.Args))
	case OpReg:
		p.Line("%s %s", head, w.reg(n))
	default:
		p.Line("%s", strings.TrimSuffix(head+" "+w.args(n.Args), " "))
	}
}

func (w *writer) args(args []Ref) string {
	labels := make([]string, len(args))
	for i, a := range args {
		labels[i] = w.ref(a)
	}
	return strings.Join(labels, ", ")
}

func (w *writer) reg(n *Node) string {
	s := "?"
	if len(n.Args) > 0 {
		s = w.ref(n.Args[0])
	}
	if len(n.Args) > 1 {
		s += " when " + w.args(n.Args[1:])
	}
	if n.Reset != nil {
		s += fmt.Sprintf(" reset %d", *n.Reset)
	}
	if n.Start != nil {
		s += fmt.Sprintf(" start %d", *n.Start)
	}
	return s
}
