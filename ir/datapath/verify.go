package datapath

import (
	"errors"
	"fmt"
	"slices"

	"grauc/ir"
)

// VerifyModule checks what every pass and backend relies on: operands come before
// their uses and have the types the operation asks for, ports and memories are
// well formed, and only a clocked module holds state. Its error joins one error
// for each fault.
func VerifyModule(m *Module) error {
	v := verifier{m: m}
	v.module()
	for i := range m.Nodes {
		v.node(Ref(i))
	}
	for i := range m.Mems {
		v.memory(&m.Mems[i])
	}
	v.outputs()
	return errors.Join(v.faults...)
}

type verifier struct {
	m      *Module
	faults []error
}

// place is where a fault is: at a value, or somewhere with a name.
type place struct {
	value Ref
	name  string
}

func (p place) String() string {
	if p.name != "" {
		return p.name
	}
	return fmt.Sprintf("value %d", p.value)
}

func (v *verifier) fault(where place, format string, args ...any) {
	v.faults = append(v.faults, fmt.Errorf("module %s: %s: %s", v.m.Name, where, fmt.Sprintf(format, args...)))
}

func (v *verifier) module() {
	m := v.m
	state := false
	ports := map[string]bool{"clk": m.Clocked, "rst": m.Clocked}
	for i := range m.Nodes {
		n := &m.Nodes[i]
		state = state || n.Op == OpReg
		if n.Op == OpInput {
			v.port(ports, n.Name)
		}
	}
	for i := range m.Mems {
		state = state || m.Mems[i].Held == nil
	}
	for _, o := range m.Outputs {
		v.port(ports, o.Name)
	}
	if state && !m.Clocked {
		v.fault(place{name: "module"}, "has registers or memories but is not clocked")
	}
	if m.Latency < 0 || !m.Clocked && m.Latency != 0 {
		v.fault(place{name: "module"}, "latency %d", m.Latency)
	}
	if m.Interval < 0 || m.Interval == 1 || m.Interval > m.Latency+1 {
		v.fault(place{name: "module"}, "an input every %d clocks, with a latency of %d", m.Interval, m.Latency)
	}
}

func (v *verifier) port(taken map[string]bool, name string) {
	if name == "" || taken[name] {
		v.fault(place{name: "ports"}, "name %q is empty or taken", name)
	}
	taken[name] = true
}

// operands is how many operands each operation takes; a register may have one more.
var operands = [...]int{
	OpInput: 0, OpConst: 0, OpCast: 1, OpAdd: 2, OpSub: 2, OpShl: 1, OpShr: 1, OpLess: 2, OpEqual: 2,
	OpAnd: 2, OpOr: 2, OpXor: 2, OpNot: 1, OpMux: 3, OpTable: 1, OpRead: 1, OpReg: 1,
}

func (v *verifier) node(r Ref) {
	n := &v.m.Nodes[r]
	where := place{value: r}
	if int(n.Op) >= len(operands) {
		v.fault(where, "unknown operation %d", n.Op)
		return
	}
	if !n.Type.valid() {
		v.fault(where, "no such type: %d bits, signed %t", n.Type.Width, n.Type.Signed)
		return
	}
	if want := operands[n.Op]; len(n.Args) != want && !(n.Op == OpReg && len(n.Args) == 2) {
		v.fault(where, "%d operands instead of %d", len(n.Args), want)
		return
	}
	for _, a := range n.Args {
		if !v.ref(a) || a >= r && n.Op != OpReg {
			v.fault(where, "operand %d does not come before it", a)
			return
		}
	}
	v.rules(where, n)
}

func (t Type) valid() bool { return t.Width >= 1 && (t.Width < 64 || t.Width == 64 && t.Signed) }

func (v *verifier) ref(r Ref) bool { return r >= 0 && int(r) < len(v.m.Nodes) }

func (v *verifier) typ(r Ref) Type { return v.m.Nodes[r].Type }

// rules holds the typing rule of each operation.
func (v *verifier) rules(where place, n *Node) {
	switch n.Op {
	case OpConst:
		if !n.Type.Contains(n.Value) {
			v.fault(where, "constant %d does not fit its type", n.Value)
		}
	case OpAdd, OpSub, OpAnd, OpOr, OpXor, OpNot:
		v.same(where, n.Type, n.Args...)
	case OpShl, OpShr:
		v.same(where, n.Type, n.Args...)
		if n.Amount < 0 || n.Amount > 63 {
			v.fault(where, "shift by %d", n.Amount)
		}
	case OpLess, OpEqual:
		v.same(where, v.typ(n.Args[0]), n.Args[1])
		v.bit(where, n.Type)
	case OpMux:
		v.bit(where, v.typ(n.Args[0]))
		v.same(where, n.Type, n.Args[1:]...)
	case OpTable:
		v.index(where, n.Args[0], len(n.Table))
		v.contents(where, n.Type, n.Table)
	case OpRead:
		if n.Mem < 0 || n.Mem >= len(v.m.Mems) {
			v.fault(where, "no memory %d", n.Mem)
			return
		}
		mem := &v.m.Mems[n.Mem]
		v.index(where, n.Args[0], mem.Depth)
		if n.Type != mem.Type {
			v.fault(where, "its type is not that of memory %s", mem.Name)
		}
	case OpReg:
		v.register(where, n)
	}
}

func (v *verifier) register(where place, n *Node) {
	v.same(where, n.Type, n.Args[0])
	if len(n.Args) == 2 {
		v.bit(where, v.typ(n.Args[1]))
	}
	if n.Reset != nil && !n.Type.Contains(*n.Reset) {
		v.fault(where, "reset value %d does not fit its type", *n.Reset)
	}
	if n.Start != nil && !n.Type.Contains(*n.Start) {
		v.fault(where, "value at power-up %d does not fit its type", *n.Start)
	}
}

func (v *verifier) same(where place, t Type, args ...Ref) {
	for _, a := range args {
		if v.typ(a) != t {
			v.fault(where, "operand %d has another type", a)
		}
	}
}

func (v *verifier) bit(where place, t Type) {
	if t != Bit {
		v.fault(where, "a condition is not a single unsigned bit")
	}
}

// index checks that an address is unsigned and that it reaches every word.
func (v *verifier) index(where place, addr Ref, depth int) {
	t := v.typ(addr)
	switch {
	case t.Signed:
		v.fault(where, "a signed index")
	case depth < 1:
		v.fault(where, "no words")
	case t.Width < 32 && depth > 1<<t.Width:
		v.fault(where, "%d words cannot be reached by an index of %d bits", depth, t.Width)
	}
}

func (v *verifier) contents(where place, t Type, words []int64) {
	for i, w := range words {
		if !t.Contains(w) {
			v.fault(where, "word %d is %d, which does not fit its type", i, w)
			return
		}
	}
}

func (v *verifier) memory(mem *Memory) {
	where := place{name: "memory " + mem.Name}
	if mem.Name == "" || !mem.Type.valid() || mem.Depth < 1 {
		v.fault(where, "no name, no type or no words")
		return
	}
	if most := ir.MaxChannels * ir.MaxSegments; mem.Depth > most {
		v.fault(where, "%d words where there may be up to %d", mem.Depth, most)
		return
	}
	if mem.Held != nil {
		if len(mem.Held) != mem.Depth {
			v.fault(where, "holds %d words instead of %d", len(mem.Held), mem.Depth)
		}
		v.contents(where, mem.Type, mem.Held)
		return
	}
	if !v.ref(mem.Enable) || !v.ref(mem.Addr) || !v.ref(mem.Data) {
		v.fault(where, "its write port is not connected")
		return
	}
	v.bit(where, v.typ(mem.Enable))
	v.index(where, mem.Addr, mem.Depth)
	v.same(where, mem.Type, mem.Data)
}

func (v *verifier) outputs() {
	if len(v.m.Outputs) == 0 {
		v.fault(place{name: "ports"}, "no outputs")
	}
	for _, o := range v.m.Outputs {
		if !v.ref(o.Value) {
			v.fault(place{name: "output " + o.Name}, "no value %d", o.Value)
		}
	}
}

// Verify checks a design: every module of it, the ports a layer or unit must
// have, and that every image fits the configuration port of its unit.
func Verify(d *Design) error {
	headers := make([]*ir.Layer, len(d.Layers))
	for i, l := range d.Layers {
		headers[i] = &l.Layer
	}
	faults := []error{d.VerifyLayers(headers)}
	for _, u := range d.Hardware {
		faults = append(faults, verifyUnit(u))
	}
	for _, l := range d.Layers {
		faults = append(faults, verifyLayer(l))
	}
	return errors.Join(faults...)
}

func verifyLayer(l *Layer) error {
	switch {
	case l.Kernel == nil:
		return fmt.Errorf("layer %s: no kernel", l.Name)
	case l.Kernel.Clocked:
		return fmt.Errorf("layer %s: its kernel is clocked", l.Name)
	case (l.Hardware == nil) != (l.Unit != ""):
		return fmt.Errorf("layer %s: hardware of its own and a unit, or neither", l.Name)
	}
	x, y := TypeOf(l.Input.Integer), TypeOf(l.Output.Integer)
	err := verifyPorts(l.Kernel, x, y)
	if l.Hardware != nil {
		err = errors.Join(err, verifyPorts(l.Hardware, x, y))
	}
	return err
}

// verifyPorts checks a module and that it takes x to y, each x by itself.
func verifyPorts(m *Module, x, y Type) error {
	if err := VerifyModule(m); err != nil {
		return err
	}
	if err := VerifyDelays(m); err != nil {
		return err
	}
	if t, ok := m.Input("x"); !ok || t != x {
		return fmt.Errorf("module %s: input x is missing or has another type", m.Name)
	}
	if t, ok := m.OutputType("y"); !ok || t != y {
		return fmt.Errorf("module %s: output y is missing or has another type", m.Name)
	}
	return nil
}

func verifyUnit(u *Unit) error {
	if u.Module == nil {
		return fmt.Errorf("unit %s: no module", u.Name)
	}
	if err := verifyPorts(u.Module, TypeOf(u.Input), TypeOf(u.Output)); err != nil {
		return err
	}
	addr, hasAddr := u.Module.Input("cfg_addr")
	if u.Load == ir.LoadData {
		addr, hasAddr = Type{Width: u.OfferWidth()}, true
	}
	data, hasData := u.Module.Input("cfg_data")
	if _, ok := u.Module.Input("cfg_valid"); !ok || !hasAddr || !hasData {
		return fmt.Errorf("unit %s: no configuration port", u.Name)
	}
	images := u.Images
	if u.Probe != nil {
		images = append(slices.Clip(images), u.Probe)
	}
	for _, image := range images {
		for i, w := range image.Words {
			if w.Addr>>addr.Width != 0 || w.Data>>data.Width != 0 {
				return fmt.Errorf("unit %s: image %s: word %d does not fit the configuration port", u.Name, image.Layer, i)
			}
			if i > 0 && u.Load == ir.LoadPort && w.Addr <= image.Words[i-1].Addr {
				return fmt.Errorf("unit %s: image %s: word %d is out of order", u.Name, image.Layer, i)
			}
		}
	}
	return nil
}
