// Package steps is the second level: the exact integer function of each layer, as
// runs of equal output. It equals the spec's golden function for every input code.
package steps

import (
	"sort"

	"grauc/ir"
)

// Run says that the output is Value from Start up to the next run's Start, or up
// to the largest input code.
type Run struct{ Start, Value int64 }

// Function is a function from input codes to output codes. The first run starts
// at the smallest input code; starts ascend and neighbouring values differ.
type Function struct {
	Input, Output ir.Integer
	Runs          []Run
}

// Eval is the output for an input code.
func (f *Function) Eval(x int64) int64 { return f.Runs[f.Find(x)].Value }

// Find is the index of the run that holds x.
func (f *Function) Find(x int64) int {
	return sort.Search(len(f.Runs), func(i int) bool { return f.Runs[i].Start > x }) - 1
}

// End is the last input code of run i.
func (f *Function) End(i int) int64 {
	if i+1 < len(f.Runs) {
		return f.Runs[i+1].Start - 1
	}
	return f.Input.Max()
}

// Turns are the first run to which the output rises and the first to which it falls; nil
// where there is none.
func (f *Function) Turns() (rise, fall *Run) {
	for i := range f.Runs[1:] {
		switch r := &f.Runs[i+1]; {
		case r.Value > f.Runs[i].Value && rise == nil:
			rise = r
		case r.Value < f.Runs[i].Value && fall == nil:
			fall = r
		}
	}
	return rise, fall
}

// Fall turns the function upside down, within its output codes.
func (f *Function) Fall() {
	for i := range f.Runs {
		f.Runs[i].Value = f.Output.Min() + f.Output.Max() - f.Runs[i].Value
	}
}

// Layer is a layer with one function for each channel, or one.
type Layer struct {
	ir.Layer
	Channels []*Function
}

// Module is all layers of a file.
type Module struct {
	ir.Head
	Layers []*Layer
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
