package verilog

import (
	"fmt"
	"math/bits"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
)

// inlineLimit is the length from which a condition gets a wire of its own rather
// than being written inside another.
const inlineLimit = 64

// builder writes the body of one module. It is a datapath.Builder.
type builder struct {
	module    *datapath.Module
	part      ir.Part
	scope     *scope
	uses      []int // of each node
	constants []int // with which each node is compared
	stored    map[*datapath.Node]bool
	facts     map[*datapath.Node]fact
	signals   []*signal // in order of declaration, for those nothing reads
	ports     map[string]*signal
	arrays    map[*datapath.Memory]*signal
	memories  text
	tables    text
	sections  []*section
	outputs   text
}

// fact is what is known of a node before it is written: how many values and ports
// use it, and its stage.
type fact struct{ uses, stage int }

// section is the registers that many clocks behind the inputs, and what is
// computed from them: for registers early on in later sections, and last for
// those of loops and for memories.
type section struct {
	registers text
	early     []*update
	logic     text
	late      []*update
	writes    text
}

// update is the registers that share an enable and a reset.
type update struct {
	enable string
	reset  bool
	clear  text
	load   text
}

func newBuilder(m *datapath.Module, part ir.Part) *builder {
	uses := m.UseCounts()
	b := &builder{
		module:    m,
		part:      part,
		scope:     newScope(),
		uses:      uses,
		constants: m.Constants(),
		stored:    stored(m),
		facts:     facts(m, uses),
		ports:     map[string]*signal{},
		arrays:    map[*datapath.Memory]*signal{},
	}
	b.memories.depth, b.tables.depth, b.outputs.depth = 1, 1, 1
	for _, p := range modulePorts(m) {
		s := &signal{name: b.scope.claim(p.name), typ: p.typ}
		b.ports[p.name] = s
		if !p.output {
			b.signals = append(b.signals, s)
		}
	}
	if m.Clocked {
		b.ports["clk"].read = 1
	}
	b.scope.claim(unusedName)
	b.scope.claim(indexName)
	return b
}

func facts(m *datapath.Module, uses []int) map[*datapath.Node]fact {
	stages := stages(m)
	facts := make(map[*datapath.Node]fact, len(m.Nodes))
	for i := range m.Nodes {
		facts[&m.Nodes[i]] = fact{uses[i], stages[i]}
	}
	return facts
}

// configured is the stage of what depends on the configuration port alone, or on
// nothing: it is there before any input comes.
const configured = -1

// stages counts the registers between the inputs and each value. A register whose
// input is computed later in the module closes a loop and counts as an input.
func stages(m *datapath.Module) []int {
	stages := make([]int, len(m.Nodes))
	for i := range m.Nodes {
		stages[i] = stageOf(m, i, stages)
	}
	return stages
}

func stageOf(m *datapath.Module, i int, stages []int) int {
	n := &m.Nodes[i]
	if n.Op == datapath.OpInput && !strings.HasPrefix(n.Name, "cfg_") {
		return 0
	}
	stage := configured
	for _, a := range n.Args {
		if int(a) > i {
			return 0
		}
		stage = max(stage, stages[a])
	}
	switch {
	case n.Op != datapath.OpReg || stage == configured:
		return stage
	case keeps(m, n):
		return max(stages[n.Args[0]], 0)
	}
	return max(stages[n.Args[0]], 0) + 1
}

// keeps tells whether a register keeps a word of the configuration that came along the
// stages: it is there for the input that follows in the stage of the word.
func keeps(m *datapath.Module, n *datapath.Node) bool {
	return len(n.Args) == 2 && m.Nodes[n.Args[1]].Op == datapath.OpReg
}

func (b *builder) section(stage int) *section {
	for len(b.sections) <= stage-configured {
		s := &section{}
		s.registers.depth, s.writes.depth, s.logic.depth = 1, 1, 1
		b.sections = append(b.sections, s)
	}
	return b.sections[stage-configured]
}

func (b *builder) signal(want string, t datapath.Type) *signal {
	s := &signal{name: b.scope.claim(want), typ: t}
	b.signals = append(b.signals, s)
	return s
}

// settle finishes the value of n: it is a wire at once where it has several uses,
// or a name other than that of a port it is assigned to, and else stays an
// expression until its use decides.
func (b *builder) settle(n *datapath.Node, v *value) *value {
	known := b.facts[n]
	v.typ, v.stage = n.Type, known.stage
	if n.Name != "" {
		v.want = n.Name
	}
	if known.uses > 1 || known.uses == 1 && n.Name != "" && b.ports[n.Name] == nil {
		b.declare(v)
	}
	return v
}

// declare turns an expression into a wire.
func (b *builder) declare(v *value) {
	s := b.signal(v.want, v.typ)
	if v.note != "" {
		b.section(v.stage).logic.line("// %s", v.note)
	}
	b.assign(&b.section(v.stage).logic, "wire "+vector(v.typ)+s.name+" =", v)
	*v = *named(s, v.stage)
}

// assign writes head and the whole of v, which has the width of what head names.
func (b *builder) assign(t *text, head string, v *value) {
	note(v.reads)
	if v.arms == nil {
		t.line("%s %s;", head, v.text)
		return
	}
	last := len(v.arms) - 1
	if last == 1 {
		t.line("%s %s %s;", head, v.arms[1], v.arms[0])
		return
	}
	t.open("%s", head)
	for i := last; i > 0; i-- {
		t.line("%s", v.arms[i])
	}
	t.line("%s;", v.arms[0])
	t.depth--
}

// atom is v as a name or a literal: the form in which it has its type whatever
// stands around it.
func (b *builder) atom(v *value) string {
	if v.signal == nil && v.fixed == nil {
		b.declare(v)
	}
	return v.text
}

// bit is a value inside an operator on single bits, where neither width nor sign
// can matter: an expression may stand there, in parentheses if need be.
func (b *builder) bit(v *value, around string) string {
	if v.typ != datapath.Bit || v.arms != nil || len(v.text) > inlineLimit {
		return b.atom(v)
	}
	if v.op == "" || (v.op == "~" || v.op == around) && around != "~" {
		return v.text
	}
	return "(" + v.text + ")"
}

// condition is a bit that an if decides by.
func (b *builder) condition(v *value) string {
	text := b.bit(v, v.op)
	note(v.reads)
	return text
}

func (b *builder) Input(n *datapath.Node) *value { return named(b.ports[n.Name], b.facts[n].stage) }

func (b *builder) Const(n *datapath.Node) *value { return constant(n.Type, n.Value) }

// Cast selects bits and extends them. The selection is as wide as the value, so
// its being unsigned is of no account.
func (b *builder) Cast(n *datapath.Node, a *value, from datapath.Type) *value {
	source, low := a, 0
	if a.source != nil {
		source, low = a.source, a.amount
	}
	b.atom(source)
	if source.fixed != nil {
		return constant(n.Type, n.Type.Wrap(*source.fixed))
	}
	take := min(n.Type.Width, from.Width-low)
	return b.settle(n, &value{
		text:  source.signal.extended(low, take, n.Type.Width, from.Signed),
		reads: []read{{source.signal, ones(take) << low}},
		want:  castName(source.text, n.Type),
	})
}

// operation is an operator on two values of one type, each a name or a literal.
func (b *builder) operation(op, want string, l, r *value) *value {
	text := b.atom(l) + " " + op + " " + b.atom(r)
	return &value{text: text, op: op, reads: reads(l, r), want: want}
}

func (b *builder) Add(n *datapath.Node, l, r *value) *value {
	return b.settle(n, b.operation("+", "add", l, r))
}

func (b *builder) Sub(n *datapath.Node, l, r *value) *value {
	return b.settle(n, b.operation("-", "sub", l, r))
}

// Shl is a selection above zeros, which leaves it plain which bits are lost.
func (b *builder) Shl(n *datapath.Node, a *value) *value {
	b.atom(a)
	take := n.Type.Width - n.Amount
	if a.fixed != nil || take <= 0 {
		return constant(n.Type, n.Type.Wrap(fixedOr0(a)<<n.Amount))
	}
	v := &value{text: a.text, reads: []read{{a.signal, ones(take)}}, want: fmt.Sprintf("%s_l%d", a.text, n.Amount)}
	if n.Amount > 0 {
		v.text = fmt.Sprintf("{%s, %s}", a.signal.slice(take-1, 0), zeros(n.Amount))
	}
	return b.settle(n, v)
}

func fixedOr0(v *value) int64 {
	if v.fixed == nil {
		return 0
	}
	return *v.fixed
}

func (b *builder) Shr(n *datapath.Node, a *value) *value {
	op := ">>"
	if n.Type.Signed {
		op = ">>>"
	}
	b.atom(a)
	if a.fixed != nil {
		return constant(n.Type, *a.fixed>>n.Amount)
	}
	v := &value{
		text:  fmt.Sprintf("%s %s %d", a.text, op, n.Amount),
		op:    op,
		reads: a.reads,
		want:  fmt.Sprintf("%s_r%d", a.text, n.Amount),
	}
	if n.Amount < n.Type.Width {
		v.source, v.amount = a, n.Amount
	}
	return b.settle(n, v)
}

func (b *builder) Equal(n *datapath.Node, l, r *value, _ datapath.Type) *value {
	v := b.operation("==", "same", l, r)
	v.negated = l.text + " != " + r.text
	return b.settle(n, v)
}

func (b *builder) And(n *datapath.Node, l, r *value) *value { return b.logic(n, "&", "both", l, r) }
func (b *builder) Or(n *datapath.Node, l, r *value) *value  { return b.logic(n, "|", "either", l, r) }
func (b *builder) Xor(n *datapath.Node, l, r *value) *value { return b.logic(n, "^", "differ", l, r) }

func (b *builder) logic(n *datapath.Node, op, want string, l, r *value) *value {
	text := b.bit(l, op) + " " + op + " " + b.bit(r, op)
	return b.settle(n, &value{text: text, op: op, reads: reads(l, r), want: want})
}

func (b *builder) Not(n *datapath.Node, a *value) *value {
	if a.negated != "" {
		return b.settle(n, &value{text: a.negated, op: "!", reads: a.reads, want: "unless"})
	}
	if a.fixed != nil {
		return constant(n.Type, n.Type.Wrap(^*a.fixed))
	}
	text := "~" + b.bit(a, "~")
	return b.settle(n, &value{text: text, op: "~", reads: a.reads, want: "unless"})
}

// Mux continues the multiplexer that is its last operand, so that a chain of them
// reads as a list of cases.
func (b *builder) Mux(n *datapath.Node, sel, then, els *value) *value {
	arms := els.arms
	if arms == nil {
		arms = []string{b.bit(els, "")}
	}
	arms = append(arms, b.bit(sel, "")+" ? "+b.bit(then, "")+" :")
	return b.settle(n, &value{arms: arms, reads: append(els.reads, reads(sel, then)...), want: "mux"})
}

func (b *builder) Read(n *datapath.Node, mem *datapath.Memory, addr *value) *value {
	if mem.Held != nil {
		return b.lookup(n, mem, addr)
	}
	if addr.beyond(mem) {
		return constant(n.Type, 0)
	}
	word, within := b.word(mem, addr)
	v := &value{text: word, reads: reads(addr), want: mem.Name + "_word"}
	if within != "" {
		v.arms = []string{literal(n.Type, 0), fmt.Sprintf("(%s) ? %s :", within, word)}
	}
	return b.settle(n, v)
}

// word is a word of a memory, and the condition under which there is one at that
// address, or "". A memory of one word is a register. One of several words at a
// constant address would make Yosys take it apart, with a warning, so that the
// address is a wire.
func (b *builder) word(mem *datapath.Memory, addr *value) (word, within string) {
	array := b.array(mem).name
	if mem.Depth == 1 && addr.fixed != nil {
		return array, ""
	}
	if addr.signal == nil {
		addr.want = mem.Name + "_addr"
		b.declare(addr)
	}
	if uint64(mem.Depth) < 1<<addr.typ.Width {
		within = fmt.Sprintf("%s < %s", addr.text, literal(addr.typ, int64(mem.Depth)))
	}
	if mem.Depth == 1 {
		return array, within
	}
	width := bits.Len(uint(mem.Depth - 1))
	return fmt.Sprintf("%s[%s]", array, addr.signal.extended(0, width, width, false)), within
}

func (b *builder) array(mem *datapath.Memory) *signal {
	if s := b.arrays[mem]; s != nil {
		return s
	}
	s := &signal{name: b.scope.claim(mem.Name + "_mem"), typ: mem.Type}
	b.arrays[mem] = s
	depth := ""
	if mem.Depth > 1 {
		depth = fmt.Sprintf(" [0:%d]", mem.Depth-1)
	}
	b.memories.line("reg %s%s%s;", vector(mem.Type), s.name, depth)
	return s
}

// Write leaves out what nothing can read.
func (b *builder) Write(mem *datapath.Memory, enable, addr, data *value) {
	if b.arrays[mem] == nil || addr.beyond(mem) {
		return
	}
	word, within := b.word(mem, addr)
	when := b.condition(enable)
	if within != "" {
		when = fmt.Sprintf("%s && %s", b.bit(enable, "&&"), within)
	}
	note(addr.reads)
	t := &b.section(max(enable.stage, addr.stage, data.stage)).writes
	t.open("always @(posedge clk)")
	t.open("if (%s)", when)
	b.assign(t, word+" <=", data)
	t.depth -= 2
}

func (b *builder) Reg(n *datapath.Node) *value {
	stage := b.facts[n].stage
	s := b.signal(b.registerName(n.Name, stage), n.Type)
	start := ""
	if n.Start != nil {
		start = " = " + literal(n.Type, *n.Start)
	}
	b.section(stage).registers.line("reg %s%s%s;", vector(n.Type), s.name, start)
	return named(s, stage)
}

// registerName tells a value from the same value a stage earlier.
func (b *builder) registerName(hint string, stage int) string {
	if hint == "" {
		hint = "held"
	}
	switch {
	case stage > 0:
		return fmt.Sprintf("%s_q%d", hint, stage)
	case b.ports[hint] != nil:
		return hint + "_q"
	}
	return hint
}

func (b *builder) Drive(n *datapath.Node, reg, d *value, enable **value) {
	when, known := "", d.stage
	if enable != nil {
		when, known = b.condition(*enable), max(known, (*enable).stage)
	}
	section := b.section(max(reg.stage, known))
	updates := &section.early
	if known >= reg.stage {
		updates = &section.late
	}
	u := updateOf(updates, when, n.Reset != nil)
	b.assign(&u.load, reg.text+" <=", d)
	if n.Reset != nil {
		b.ports["rst"].read = 1
		u.clear.line("%s <= %s;", reg.text, literal(n.Type, *n.Reset))
	}
}

// updateOf finds or adds the update of registers with this enable.
func updateOf(updates *[]*update, enable string, reset bool) *update {
	for _, u := range *updates {
		if u.enable == enable && u.reset == reset {
			return u
		}
	}
	u := &update{enable: enable, reset: reset}
	u.clear.depth, u.load.depth = 3, 3
	if enable == "" && !reset {
		u.load.depth = 2
	}
	*updates = append(*updates, u)
	return u
}

func (b *builder) Output(name string, _ datapath.Type, v *value) {
	b.assign(&b.outputs, fmt.Sprintf("assign %s =", b.ports[name].name), v)
}
