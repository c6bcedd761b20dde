// Package datapath is the fourth level: typed netlists of comparators, shifters,
// multiplexers, adders, tables, registers and memories. It equals the pwl level
// for every input code.
//
// Every value is an integer. An operation computes its exact integer result and
// wraps it into the type of its node; operands of arithmetic, logic and
// comparison have the same type (Cast makes them so), so that no target's rules
// of extension ever matter.
package datapath

import (
	"slices"

	"grauc/ir"
)

// Op is an operation.
type Op uint8

const (
	OpInput Op = iota // a port; Name
	OpConst           // Value
	OpCast            // a, wrapped into Type
	OpAdd             // a + b
	OpSub             // a - b
	OpShl             // a * 2^Amount; a has the node's type
	OpShr             // floor(a / 2^Amount); a has the node's type
	OpLess            // a < b; a and b of one type, result Bit
	OpEqual           // a == b; a and b of one type, result Bit
	OpAnd             // bitwise
	OpOr              // bitwise
	OpXor             // bitwise
	OpNot             // bitwise
	OpMux             // Args[0] is a Bit: Args[1] when it is 1, else Args[2]
	OpTable           // Table[a]; a is unsigned; beyond the table the result is 0
	OpRead            // memory Mem at address a (unsigned), as it is before this clock edge; beyond its depth 0
	OpReg             // a register: its value before this clock edge; Args: d, and optionally a Bit enable
)

// Ref names a node by its index in Module.Nodes. Operands come before their uses,
// except the operands of a register, which may come later.
type Ref int32

// Node is one value of the netlist.
type Node struct {
	Op     Op
	Type   Type
	Args   []Ref
	Name   string  // for OpInput the port; else a hint for readable output, or ""
	Value  int64   // OpConst
	Amount int     // OpShl, OpShr: 0..63
	Table  []int64 // OpTable
	Mem    int     // OpRead: index in Module.Mems
	Reset  *int64  // OpReg: value while rst is 1 at a clock edge; nil: not reset
	Start  *int64  // OpReg: value at power-up; nil: unknown
}

// Memory is an array of Depth words with one write port. Its contents are unknown
// before they are written; with Held they are constant.
type Memory struct {
	Name   string
	Type   Type
	Depth  int
	Enable Ref // Bit
	Addr   Ref // unsigned
	Data   Ref // of Type
	Held   []int64
}

// Output is an output port.
type Output struct {
	Name  string
	Value Ref
}

// Module is one hardware module or software kernel. With Clocked it has the
// implied inputs clk and, if anything is reset, rst (synchronous, active high).
type Module struct {
	Name     string
	Source   ir.Source // the layer or unit it comes from
	Doc      []string  // lines for the head of what is emitted
	Clocked  bool
	Latency  int // clocks from an accepted input to its output; 0 when combinational
	Interval int // clocks from an accepted input to the next at best, where they are more than 1; else 0
	Nodes    []Node
	Mems     []Memory
	Outputs  []Output
}

// Unit is a reconfigurable unit with what to load into it. Probe is nil unless no
// layer runs on the unit; it is the image of pwl's probe of it, for tests.
type Unit struct {
	ir.Unit
	Module *Module
	Fields []Field
	Images []*Image
	Probe  *Image
}

// OfferWidth is the width of an address of a unit that is loaded through its input:
// of x_channel and x.
func (u *Unit) OfferWidth() int {
	channel, _ := u.Module.Input("x_channel")
	return u.Input.Width + channel.Width
}

// Field is a word of a unit's configuration: for channel c, the address is c <<
// WordBits | Word. A unit that is loaded through its input has one, of which every
// word is: its address is c << WordBits | x, with the bits of an input that selects the
// segment.
type Field struct {
	Name     string // threshold1, bias0, slope0, ...
	Word     int
	Type     Type
	WordBits int
	Doc      string // what the bits mean, units and encoding
}

// Word is one write to the configuration.
type Word struct {
	Addr uint64
	Data uint64 // the field's bits, zero-extended
}

// Image is what to write for a layer, all its channels, in this order, which is that
// of the addresses where the unit is not loaded through its input.
type Image struct {
	Layer string
	Words []Word
}

// Layer is a layer as hardware of its own, or none when a unit runs it, and as a
// combinational kernel for software: inputs x and, with channels, channel; output y.
type Layer struct {
	ir.Layer
	Hardware *Module // nil on a unit
	Kernel   *Module
}

// Design is all hardware of a file.
type Design struct {
	ir.Head
	Hardware []*Unit
	Layers   []*Layer
}

// Layer finds a layer by name, or nil.
func (d *Design) Layer(name string) *Layer {
	for _, l := range d.Layers {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// Resets reports whether rst has an effect.
func (m *Module) Resets() bool {
	return slices.ContainsFunc(m.Nodes, func(n Node) bool { return n.Reset != nil })
}

// Input is the type of an input port.
func (m *Module) Input(name string) (Type, bool) {
	for i := range m.Nodes {
		if n := &m.Nodes[i]; n.Op == OpInput && n.Name == name {
			return n.Type, true
		}
	}
	return Type{}, false
}

// OutputType is the type of an output port.
func (m *Module) OutputType(name string) (Type, bool) {
	for _, o := range m.Outputs {
		if o.Name == name {
			return m.Nodes[o.Value].Type, true
		}
	}
	return Type{}, false
}
