// Package pwl is the third level: segments of a threshold, shift terms and a bias,
// or, for layers that thresholds or a table implement, the exact steps. It is
// within the stated Error of the steps level.
package pwl

import (
	"math"
	"math/big"
	"sort"

	"grauc/ir"
	"grauc/ir/steps"
)

// Term contributes (x << guard) >> Shift, negated when Negative; a negative Shift
// shifts left. Each term floors by itself.
type Term struct {
	Shift    int
	Negative bool
}

// Segment holds from Start, in what the function sees, up to the next segment's Start.
type Segment struct {
	Start int64
	Bias  int64 // with Guard fractional bits
	Terms []Term
	Row   int // number of the row that is added, where the function has rows
}

// Function is y(x) = clamp((bias + sum of terms) >> Guard, min, max) with min and
// max of the output format. Segments and terms are of w(x), which View says. The first
// segment starts at the smallest w.
//
// A function with Rows is a decomposed table: in place of terms, the number that the low
// bits of w choose in the segment's row is added. All rows are as long as the segments
// of the shape, which is a power of two.
type Function struct {
	Input, Output ir.Integer
	View          View
	Guard         int
	Segments      []Segment
	Rows          [][]int64
}

// Eval is the output for an input code.
func (f *Function) Eval(x int64) int64 {
	return f.Output.Clamp(f.value(f.View.Of(x)) >> f.Guard)
}

// value is bias + sum of terms, or bias + row, at w.
func (f *Function) value(w int64) int64 {
	s := &f.Segments[f.At(w)]
	v := s.Value(w, f.Guard)
	if f.Rows != nil {
		row := f.Rows[s.Row]
		v += row[w&int64(len(row)-1)]
	}
	return v
}

// Flat is f without rows: a constant segment for each w at which its value changes.
func (f *Function) Flat() *Function {
	if f.Rows == nil {
		return f
	}
	flat := *f
	flat.Rows, flat.Segments = nil, nil
	for w := f.First(); w <= f.Last(); w++ {
		v := f.value(w)
		if n := len(flat.Segments); n == 0 || flat.Segments[n-1].Bias != v {
			flat.Segments = append(flat.Segments, Segment{Start: w, Bias: v})
		}
	}
	return &flat
}

// Find is the index of the segment that holds the input code x.
func (f *Function) Find(x int64) int { return f.At(f.View.Of(x)) }

// At is the index of the segment that holds w.
func (f *Function) At(w int64) int {
	return sort.Search(len(f.Segments), func(i int) bool { return f.Segments[i].Start > w }) - 1
}

// First and Last are the smallest and the largest w.
func (f *Function) First() int64 { return f.View.Of(f.Input.Min()) }

// Last is the largest w.
func (f *Function) Last() int64 { return f.View.Of(f.Input.Max()) }

// End is the last w of segment i.
func (f *Function) End(i int) int64 {
	if i+1 < len(f.Segments) {
		return f.Segments[i+1].Start - 1
	}
	return f.Last()
}

// Inputs are the first and the last input code of segment i.
func (f *Function) Inputs(i int) (first, last int64) {
	first, _ = f.View.Inputs(f.Segments[i].Start, f.Input)
	_, last = f.View.Inputs(f.End(i), f.Input)
	return first, last
}

// Borders are the input codes at which a segment begins or a row changes, or at which x begins or
// ceases to be held to an end of the window, in no order.
func (f *Function) Borders() []int64 {
	f = f.Flat()
	var at []int64
	for i := range f.Segments {
		first, _ := f.Inputs(i)
		at = append(at, first)
	}
	if f.View != (View{}) {
		_, low := f.View.Inputs(f.First(), f.Input)
		high, _ := f.View.Inputs(f.Last(), f.Input)
		at = append(at, min(low+1, f.Input.Max()), high)
	}
	return at
}

// Value is bias + sum of terms of what is seen, with guard fractional bits, before
// the clamp.
func (s *Segment) Value(x int64, guard int) int64 {
	v := s.Bias
	for _, t := range s.Terms {
		v += t.Value(x, guard)
	}
	return v
}

// Value is the term's contribution, with guard fractional bits.
func (t Term) Value(x int64, guard int) int64 {
	v := x << guard
	if t.Shift < 0 {
		v <<= -t.Shift
	} else {
		v >>= min(t.Shift, 63)
	}
	if t.Negative {
		return -v
	}
	return v
}

// Error compares a function with golden over every input code, each counting the
// same.
type Error struct {
	Max     int64    // largest |y - golden|, in output codes
	At      int64    // the smallest input code that attains it
	Squares *big.Int // sum of (y - golden)^2
	Exact   uint64   // inputs with y = golden
	Inputs  uint64   // all of them
}

// Squares is what a fit reached beside its maximum error: the sum of weight * (y -
// golden)^2, a proven bound, and the sum of all weights. Every input weighs 1 unless the
// layer weighs them. Below the bound comes no function of the layer's shape, or, where the
// fit is of least maximum error, none of the same segments and maximum error. There is
// nothing better exactly if Sum = Bound.
type Squares struct {
	Sum, Bound, Weight int64
}

// RootMean is the root of the weighted mean square error, in output codes.
func (s *Squares) RootMean() float64 { return math.Sqrt(float64(s.Sum) / float64(s.Weight)) }

// Channel is one function: exactly one of Function and Steps implements it.
// Golden is the function aimed at, Error how far off Function is (all zero
// errors where Steps implements it), Squares nil where there is no Function and where they
// would be too large.
type Channel struct {
	Golden   *steps.Function
	Function *Function
	Steps    *steps.Function
	Error    Error
	Squares  *Squares
}

// Eval is the output for an input code.
func (c *Channel) Eval(x int64) int64 {
	if c.Function != nil {
		return c.Function.Eval(x)
	}
	return c.Steps.Eval(x)
}

// SegmentCount is how many segments the channel has: where Steps implement it, its runs,
// which are constant segments.
func (c *Channel) SegmentCount() int {
	if c.Function != nil {
		return len(c.Function.Segments)
	}
	return len(c.Steps.Runs)
}

// Layer is a layer with the way it is implemented, and why.
type Layer struct {
	ir.Layer
	Implement ir.Implement // never Auto
	Why       string
	Channels  []*Channel
}

// Runs is the number of runs of the golden functions of all channels.
func (l *Layer) Runs() int {
	n := 0
	for _, c := range l.Channels {
		n += len(c.Golden.Runs)
	}
	return n
}

// SegmentCount is that of the channel with most segments.
func (l *Layer) SegmentCount() int {
	most := 0
	for _, c := range l.Channels {
		most = max(most, c.SegmentCount())
	}
	return most
}

// Total is the error over all channels. At is an input of the first channel that has the
// largest error.
func (l *Layer) Total() Error {
	total := Error{Squares: new(big.Int)}
	for i, c := range l.Channels {
		if i == 0 || c.Error.Max > total.Max {
			total.Max, total.At = c.Error.Max, c.Error.At
		}
		if c.Error.Squares != nil {
			total.Squares.Add(total.Squares, c.Error.Squares)
		}
		total.Exact += c.Error.Exact
		total.Inputs += c.Error.Inputs
	}
	return total
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
