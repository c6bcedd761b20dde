package datapath

import "fmt"

// Machine runs a module: a combinational one input by input, a clocked one clock
// by clock. Registers that say nothing of power-up and memories start with arbitrary contents,
// so that nothing comes to rely on them.
type Machine struct {
	values  []int64
	code    []instruction
	inputs  map[string]input
	outputs map[string]int32
	regs    []register
	mems    []*store
	byMem   map[*Memory]*store
	latency int
	rst     bool
	settled bool
}

type input struct {
	slot int32
	typ  Type
}

// instruction computes values[dst]; wrap is 64 minus the width of the result.
type instruction struct {
	op      Op
	signed  bool
	wrap    uint8
	amount  uint8
	dst     int32
	a, b, c int32
	words   []int64
}

type register struct {
	slot, d, enable int32 // enable < 0: none
	reset           *int64
	next            int64
}

type store struct {
	words              []int64
	enable, addr, data int32 // enable < 0: held
}

// NewMachine compiles a module that verifies.
func NewMachine(m *Module) *Machine {
	p := &Machine{inputs: map[string]input{}, outputs: map[string]int32{}, byMem: map[*Memory]*store{}, latency: m.Latency}
	for i := range m.Mems {
		mem := &m.Mems[i]
		s := &store{words: mem.Held, enable: -1}
		if mem.Held == nil {
			s.words = make([]int64, mem.Depth)
			for j := range s.words {
				s.words[j] = arbitrary(mem.Type, i<<16+j)
			}
		}
		p.mems = append(p.mems, s)
		p.byMem[mem] = s
	}
	Build(m, machineBuilder{p})
	return p
}

// arbitrary is a value that nothing should depend on.
func arbitrary(t Type, seed int) int64 {
	h := (uint64(seed) + 1) * 0x9e3779b97f4a7c15
	return t.Wrap(int64(h ^ h>>29))
}

// machineBuilder hands out a slot for every value.
type machineBuilder struct{ m *Machine }

func (b machineBuilder) slot(initial int64) int32 {
	b.m.values = append(b.m.values, initial)
	return int32(len(b.m.values) - 1)
}

func (b machineBuilder) emit(n *Node, signed bool, args ...int32) int32 {
	i := instruction{op: n.Op, signed: signed, wrap: uint8(64 - n.Type.Width), amount: uint8(n.Amount), dst: b.slot(0), words: n.Table}
	for k, operand := range []*int32{&i.a, &i.b, &i.c}[:len(args)] {
		*operand = args[k]
	}
	b.m.code = append(b.m.code, i)
	return i.dst
}

func (b machineBuilder) Input(n *Node) int32 {
	s := b.slot(0)
	b.m.inputs[n.Name] = input{s, n.Type}
	return s
}

func (b machineBuilder) Const(n *Node) int32 { return b.slot(n.Value) }

func (b machineBuilder) Cast(n *Node, a int32, _ Type) int32 {
	return b.emit(n, n.Type.Signed, a)
}
func (b machineBuilder) Add(n *Node, x, y int32) int32 { return b.emit(n, n.Type.Signed, x, y) }
func (b machineBuilder) Sub(n *Node, x, y int32) int32 { return b.emit(n, n.Type.Signed, x, y) }
func (b machineBuilder) Shl(n *Node, a int32) int32    { return b.emit(n, n.Type.Signed, a) }
func (b machineBuilder) Shr(n *Node, a int32) int32    { return b.emit(n, n.Type.Signed, a) }
func (b machineBuilder) Less(n *Node, x, y int32, _ Type) int32 {
	return b.emit(n, false, x, y)
}
func (b machineBuilder) Equal(n *Node, x, y int32, _ Type) int32 {
	return b.emit(n, false, x, y)
}
func (b machineBuilder) And(n *Node, x, y int32) int32 { return b.emit(n, n.Type.Signed, x, y) }
func (b machineBuilder) Or(n *Node, x, y int32) int32  { return b.emit(n, n.Type.Signed, x, y) }
func (b machineBuilder) Xor(n *Node, x, y int32) int32 { return b.emit(n, n.Type.Signed, x, y) }
func (b machineBuilder) Not(n *Node, a int32) int32    { return b.emit(n, n.Type.Signed, a) }
func (b machineBuilder) Mux(n *Node, sel, then, els int32) int32 {
	return b.emit(n, n.Type.Signed, sel, then, els)
}
func (b machineBuilder) Table(n *Node, index int32) int32 { return b.emit(n, n.Type.Signed, index) }

func (b machineBuilder) Read(n *Node, mem *Memory, addr int32) int32 {
	dst := b.emit(n, n.Type.Signed, addr)
	b.m.code[len(b.m.code)-1].words = b.m.byMem[mem].words
	return dst
}

func (b machineBuilder) Reg(n *Node) int32 {
	if n.Start != nil {
		return b.slot(*n.Start)
	}
	return b.slot(arbitrary(n.Type, len(b.m.values)))
}

func (b machineBuilder) Drive(n *Node, reg, d int32, enable *int32) {
	r := register{slot: reg, d: d, enable: -1, reset: n.Reset}
	if enable != nil {
		r.enable = *enable
	}
	b.m.regs = append(b.m.regs, r)
}

func (b machineBuilder) Write(mem *Memory, enable, addr, data int32) {
	s := b.m.byMem[mem]
	s.enable, s.addr, s.data = enable, addr, data
}

func (b machineBuilder) Output(name string, _ Type, v int32) { b.m.outputs[name] = v }

// settle computes every value from the inputs and the state.
func (m *Machine) settle() {
	if m.settled {
		return
	}
	m.settled = true
	for i := range m.code {
		c := &m.code[i]
		m.values[c.dst] = c.wrapped(c.result(m.values))
	}
}

func (c *instruction) wrapped(v int64) int64 {
	if c.signed {
		return v << c.wrap >> c.wrap
	}
	return int64(uint64(v) << c.wrap >> c.wrap)
}

// Apply is the result of an operation without state on the values of its operands.
func (n *Node) Apply(args ...int64) int64 {
	if n.Op == OpConst {
		return n.Value
	}
	c := instruction{op: n.Op, b: 1, c: 2, amount: uint8(n.Amount), words: n.Table}
	return n.Type.Wrap(c.result(args))
}

// result is exact modulo 2^64, which the wrap that follows makes exact.
func (c *instruction) result(v []int64) int64 {
	switch a := v[c.a]; c.op {
	case OpCast:
		return a
	case OpAdd:
		return a + v[c.b]
	case OpSub:
		return a - v[c.b]
	case OpShl:
		return a << c.amount
	case OpShr:
		return a >> c.amount
	case OpLess:
		return truth(a < v[c.b])
	case OpEqual:
		return truth(a == v[c.b])
	case OpAnd:
		return a & v[c.b]
	case OpOr:
		return a | v[c.b]
	case OpXor:
		return a ^ v[c.b]
	case OpNot:
		return ^a
	case OpMux:
		if a != 0 {
			return v[c.b]
		}
		return v[c.c]
	default: // OpTable, OpRead
		if a < int64(len(c.words)) {
			return c.words[a]
		}
		return 0
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Has reports whether the module has a port of that name.
func (m *Machine) Has(port string) bool {
	_, in := m.inputs[port]
	_, out := m.outputs[port]
	return in || out
}

// Set drives an input port, wrapped into its type. It panics where there is none.
func (m *Machine) Set(port string, v int64) {
	in, ok := m.inputs[port]
	if !ok {
		panic(fmt.Sprintf("datapath: no input port %q", port))
	}
	m.values[in.slot] = in.typ.Wrap(v)
	m.settled = false
}

// Get is the value of an output port now. It panics where there is none.
func (m *Machine) Get(port string) int64 {
	slot, ok := m.outputs[port]
	if !ok {
		panic(fmt.Sprintf("datapath: no output port %q", port))
	}
	m.settle()
	return m.values[slot]
}

// Clock is a rising edge of clk: registers and memories take their next values.
func (m *Machine) Clock() {
	m.settle()
	v := m.values
	for i := range m.regs {
		m.regs[i].next = m.regs[i].after(v, m.rst)
	}
	for _, s := range m.mems {
		if s.enable >= 0 && v[s.enable] != 0 && v[s.addr] < int64(len(s.words)) {
			s.words[v[s.addr]] = v[s.data]
		}
	}
	for i := range m.regs {
		v[m.regs[i].slot] = m.regs[i].next
	}
	m.settled = false
}

func (r *register) after(v []int64, rst bool) int64 {
	switch {
	case rst && r.reset != nil:
		return *r.reset
	case r.enable >= 0 && v[r.enable] == 0:
		return v[r.slot]
	default:
		return v[r.d]
	}
}

// Reset holds rst for one clock, with every input at 0.
func (m *Machine) Reset() {
	for _, in := range m.inputs {
		m.values[in.slot] = 0
	}
	m.settled = false
	m.rst = true
	m.Clock()
	m.rst = false
}

// Load writes an image through the configuration port, one word a clock once they
// are taken, and lets the last one arrive.
func (m *Machine) Load(image *Image) {
	m.Set("cfg_valid", 1)
	for _, w := range image.Words {
		if m.Has("cfg_addr") {
			m.Set("cfg_addr", int64(w.Addr))
		} else {
			m.offer(w.Addr)
		}
		m.Set("cfg_data", int64(w.Data))
		for m.Has("cfg_ready") && m.Get("cfg_ready") == 0 {
			m.Clock()
		}
		m.Clock()
	}
	m.Set("cfg_valid", 0)
	for range m.latency + 1 {
		m.Clock()
	}
}

// offer sets the input that an address of a unit loaded through it stands for.
func (m *Machine) offer(addr uint64) {
	width := m.inputs["x"].typ.Width
	m.Set("x", int64(addr))
	if m.Has("x_channel") {
		m.Set("x_channel", int64(addr>>width))
	}
}

// Eval is y for an input code and a channel. A module with a handshake must be
// idle; it is clocked until the result has left it.
func (m *Machine) Eval(x, channel int64) int64 {
	m.Set("x", x)
	for _, port := range []string{"channel", "x_channel"} {
		if _, ok := m.inputs[port]; ok {
			m.Set(port, channel)
		}
	}
	if _, ok := m.inputs["x_valid"]; !ok {
		for range m.latency {
			m.Clock()
		}
		return m.Get("y")
	}
	return m.transact()
}

// transact offers the input until it is taken and takes the output when it comes.
func (m *Machine) transact() int64 {
	const patience = 1 << 20
	m.Set("x_valid", 1)
	m.Set("y_ready", 1)
	for range patience {
		taken, done := m.Get("x_ready") != 0, m.Get("y_valid") != 0
		y := m.Get("y")
		m.Clock()
		if done {
			return y
		}
		if taken {
			m.Set("x_valid", 0)
		}
	}
	panic("datapath: the module never answers")
}
