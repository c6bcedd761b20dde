// Package spec is the highest level: real functions, number formats, layers and
// units, resolved and checked. Its meaning is golden: for a code x of the input
// format, q(x) = clamp(round(f(real(x)) / scale + zero), min, max), correctly
// rounded.
package spec

import (
	"math/big"

	"grauc/ir"
)

// Module is one .grau file with everything it uses. Funcs are in an order in
// which callees come before callers; only functions that are reached from a layer
// are kept.
type Module struct {
	ir.Head
	Data   []*Data
	Funcs  []*Func
	Layers []*Layer
}

// Data is a JSON object of number arrays.
type Data struct {
	Name   string
	Arrays []Array
}

// Array is one of them. The numbers are exactly what the decimal text says.
type Array struct {
	Name   string
	Values []*big.Rat
}

// Func is a real function. Body refers to parameters by index (Param).
type Func struct {
	Name   string
	Doc    string
	Source ir.Source
	Params []string
	Body   Expr
}

// Layer is a layer with its function. In Body, X is the input as a real and
// Channel the channel number.
type Layer struct {
	ir.Layer
	Body Expr
}

// Expr is a real or logical expression. Every call has all its arguments: the
// checker has filled in the defaults. Types are checked: conditions and operands
// of And, Or, Not are logical, everything else is real.
type Expr interface{ expr() }

type (
	// Number is an exact rational.
	Number struct{ Value *big.Rat }
	// Named is the constant pi or e.
	Named struct{ Name string }
	// X is the layer's input.
	X struct{}
	// Channel is the channel number of a layer with channels.
	Channel struct{}
	// Param is a parameter of the enclosing function.
	Param struct{ Index int }
	// Element is data.array[index]; Index has no X in it and must come out an
	// integer within the array.
	Element struct {
		Data, Array string
		Index       Expr
		At          ir.Source
	}
	// Op applies a primitive or an operator: see Ops. At is where.
	Op struct {
		Name string
		Args []Expr
		At   ir.Source
	}
	// If is lazy: what is not taken need not be defined.
	If struct{ Cond, Then, Else Expr }
	// Call calls a Func of the module.
	Call struct {
		Func string
		Args []Expr
		At   ir.Source
	}
)

func (Number) expr()   {}
func (Named) expr()    {}
func (X) expr()        {}
func (Channel) expr()  {}
func (Param) expr()    {}
func (*Element) expr() {}
func (*Op) expr()      {}
func (*If) expr()      {}
func (*Call) expr()    {}

// Signature is the type of an Op: the number of arguments, and whether they and
// the result are logical.
type Signature struct {
	Args        int
	LogicalArgs bool
	Logical     bool
}

// Ops are the names an Op may have.
var Ops = map[string]Signature{
	"neg": {Args: 1}, "+": {Args: 2}, "-": {Args: 2}, "*": {Args: 2}, "/": {Args: 2}, "^": {Args: 2},
	"<": {Args: 2, Logical: true}, "<=": {Args: 2, Logical: true}, ">": {Args: 2, Logical: true},
	">=": {Args: 2, Logical: true}, "==": {Args: 2, Logical: true}, "!=": {Args: 2, Logical: true},
	"and": {Args: 2, LogicalArgs: true, Logical: true}, "or": {Args: 2, LogicalArgs: true, Logical: true},
	"not": {Args: 1, LogicalArgs: true, Logical: true},
	"exp": {Args: 1}, "log": {Args: 1}, "sqrt": {Args: 1}, "erf": {Args: 1}, "tanh": {Args: 1},
	"sin": {Args: 1}, "cos": {Args: 1}, "abs": {Args: 1}, "floor": {Args: 1},
	"min": {Args: 2}, "max": {Args: 2}, "clamp": {Args: 3},
}

// Layer finds a layer by name, or nil.
func (m *Module) Layer(name string) *Layer {
	for _, l := range m.Layers {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// Func finds a function by name, or nil.
func (m *Module) Func(name string) *Func {
	for _, f := range m.Funcs {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Array finds the numbers of data.array, or nil.
func (m *Module) Array(data, array string) []*big.Rat {
	for _, d := range m.Data {
		if d.Name != data {
			continue
		}
		for _, a := range d.Arrays {
			if a.Name == array {
				return a.Values
			}
		}
	}
	return nil
}
