// Package irtest makes random modules of every level for tests. Each verifies,
// and between them they use everything the levels can say: awkward names, places
// in several files, numbers that no float64 holds.
package irtest

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"

	"grauc/ir"
)

// names that a text or a target might stumble over.
var names = []string{
	"silu", "edge", "layer", "unit", "if", "not", "x", "c", "pi", "narrow", "on", "body", "channel",
	"Silu", "int8", "_", "a_1", "exp", "module", "reg", "two words", "größe", "1st", "a.b", "qu\"ote", "%3", "nul\x00", "bad\xff",
}

// Name is a name that is not yet in taken, and adds it.
func Name(r *rand.Rand, taken map[string]bool) string {
	name := pick(r, names)
	for base := name; taken[name]; {
		name = fmt.Sprintf("%s%d", base, r.IntN(1000))
	}
	taken[name] = true
	return name
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// Rat is a rational: small, decimal, a ratio, huge, or tiny.
func Rat(r *rand.Rand) *big.Rat {
	v := big.NewRat(r.Int64N(2001)-1000, 1)
	switch r.IntN(6) {
	case 0:
		v.Quo(v, big.NewRat(pick(r, []int64{10, 1000, 1 << 14, 3, 7, 48}), 1))
	case 1:
		v.Quo(v, new(big.Rat).SetInt(power(10, 1+r.Int64N(300))))
	case 2:
		v.Quo(v, new(big.Rat).SetInt(power(2, 1+r.Int64N(90))))
	case 3:
		v.Mul(v, new(big.Rat).SetInt(power(7, 1+r.Int64N(60))))
	}
	return v
}

func positive(r *rand.Rand) *big.Rat {
	v := Rat(r)
	if v.Sign() == 0 {
		return big.NewRat(1, 3)
	}
	return v.Abs(v)
}

func power(base, exponent int64) *big.Int {
	return new(big.Int).Exp(big.NewInt(base), big.NewInt(exponent), nil)
}

var files = []string{"silu.grau", "std/basic.grau", "sub dir/ünï.grau"}

// Source is a place, or nowhere.
func Source(r *rand.Rand) ir.Source {
	if r.IntN(4) == 0 {
		return ir.Source{}
	}
	return ir.Source{File: pick(r, files), Line: 1 + r.IntN(500), Column: 1 + r.IntN(90), Length: r.IntN(40)}
}

func doc(r *rand.Rand) string {
	return pick(r, []string{"", "", "A function.", "Two\nlines.", "\nquote \" and \\ and // and }\n", "tab\tbell\a"})
}

// Integer is a set of codes of at most widest bits.
func Integer(r *rand.Rand, widest int) ir.Integer {
	i := ir.Integer{Width: 1 + r.IntN(widest), Signed: r.IntN(2) == 0}
	i.Narrow = i.Signed && i.Width > 1 && r.IntN(4) == 0
	return i
}

func format(r *rand.Rand, widest int) ir.Format {
	f := ir.Plain(Integer(r, widest))
	if r.IntN(3) > 0 {
		f.Scale = positive(r)
	}
	if r.IntN(3) == 0 {
		f.Zero = Rat(r)
	}
	if r.IntN(3) == 0 {
		f.Rounding = ir.Rounding(r.IntN(len(ir.Roundings())))
	}
	return f
}

func shape(r *rand.Rand) ir.Shape {
	low := r.IntN(8) - 3
	s := ir.Shape{
		Segments: 1 + r.IntN(8), Terms: 1 + r.IntN(3), MinShift: low, MaxShift: low + r.IntN(12),
		Guard: r.IntN(4), Style: ir.Style(r.IntN(len(ir.Styles()))),
		Shifter:  ir.Shifter(r.IntN(len(ir.Shifters()))),
		Search:   ir.Search(r.IntN(len(ir.Searches()))),
		Headroom: r.IntN(3) * r.IntN(2),
		Overflow: ir.Overflow(r.IntN(len(ir.Overflows()))),
		Signs:    ir.Signs(r.IntN(len(ir.SignsNames()))),
	}
	if s.Style == ir.Pipelined {
		s.Handshake = ir.Handshake(r.IntN(len(ir.Handshakes())))
	}
	return s
}

// table is the shape of a table, of the input or of a window that is there.
func table(r *rand.Rand, s ir.Shape, in ir.Integer) ir.Shape {
	t := ir.Shape{
		Breaks: ir.Uniform, Overflow: ir.Wrap, Style: s.Style, Window: s.Window, Handshake: s.Handshake, Load: s.Load,
	}
	width := t.Window.Codes(in).Width
	if t.Segments = 1 << width; width > 1 && width <= ir.MaxRowsWidth && r.IntN(2) == 0 {
		least := max(1, width-ir.MaxRowLow) // bits that number the segment
		t.Segments = 1 << (least + r.IntN(width-least))
		t.Rows, t.RowBits = 2<<r.IntN(3), 1+r.IntN(5)
	}
	return t
}

// seen adds a window, and uniform breaks where they go with the rest.
func seen(r *rand.Rand, s ir.Shape, in ir.Integer) ir.Shape {
	if r.IntN(3) == 0 {
		low := r.IntN(8)
		s.Window = ir.Window{Bits: 1 + r.IntN(in.Width), MinShift: low, MaxShift: low + r.IntN(4)}
	}
	uniform := s
	uniform.Breaks, uniform.Segments, uniform.Headroom = ir.Uniform, 2<<r.IntN(4), 0
	if s.Style == ir.Pipelined && s.Overflow == ir.Wrap {
		uniform.Load = ir.Load(r.IntN(len(ir.Loads())))
	}
	uniform.MaxShift = min(s.MaxShift, uniform.LowBits(in)+s.Guard)
	if r.IntN(3) == 0 && uniform.LowBits(in) >= 0 && uniform.MinShift <= uniform.MaxShift {
		return uniform
	}
	return s
}

// Head is a head with up to three units.
func Head(r *rand.Rand) ir.Head {
	h := ir.Head{Name: pick(r, names), Part: ir.Part(r.IntN(len(ir.Parts())))}
	for _, path := range files[:r.IntN(len(files)+1)] {
		h.Files = append(h.Files, ir.File{Path: path, SHA256: strings.Repeat(pick(r, []string{"0a", "9f"}), 32)})
	}
	taken := map[string]bool{}
	for range r.IntN(4) {
		u := &ir.Unit{
			Name: Name(r, taken), Doc: doc(r), Source: Source(r), Channels: 1 + r.IntN(4), Shape: shape(r),
			Input: Integer(r, 16), Output: Integer(r, 8),
		}
		u.Shape = seen(r, u.Shape, u.Input)
		switch r.IntN(5) {
		case 0:
			u.Implement, u.Monotonic = ir.Thresholds, ir.Monotonic(r.IntN(2))
		case 1:
			u.Implement, u.Shape = ir.Table, table(r, u.Shape, u.Input)
		}
		h.Units = append(h.Units, u)
	}
	return h
}

// Layer is the header of a layer, perhaps on one of the units of h.
func Layer(r *rand.Rand, h *ir.Head, taken map[string]bool) ir.Layer {
	l := ir.Layer{
		Name: Name(r, taken), Doc: doc(r), Source: Source(r), Function: doc(r), Body: Source(r),
		Input: format(r, 16), Output: format(r, 8), Shape: shape(r), Options: options(r),
	}
	if r.IntN(3) == 0 {
		l.Channels = 1 + r.IntN(3)
	}
	if len(h.Units) > 0 && r.IntN(2) == 0 {
		u := pick(r, h.Units)
		l.Unit, l.Shape = u.Name, u.Shape
		l.Input.Integer = u.Input
		l.Output.Width = u.Output.Width
		l.Channels = min(l.Channels, u.Channels)
	} else {
		l.Shape = seen(r, l.Shape, l.Input.Integer)
		l.Shape.Load = ir.LoadPort
		if r.IntN(5) == 0 {
			l.Shape = table(r, l.Shape, l.Input.Integer)
		}
	}
	if r.IntN(3) == 0 {
		l.Options.Weight = weight(r, l.Input.Integer)
	}
	return l
}

func weight(r *rand.Rand, in ir.Integer) *ir.Weight {
	if r.IntN(2) == 0 {
		return &ir.Weight{Mean: Rat(r), Stddev: positive(r)}
	}
	return &ir.Weight{Histogram: Histogram(r, in)}
}

// Histogram has bins of one code and of several, with gaps between them.
func Histogram(r *rand.Rand, in ir.Integer) *ir.Histogram {
	h := &ir.Histogram{File: pick(r, files)}
	for first := in.Min() + r.Int64N(2); first <= in.Max() && len(h.Bins) < 40; {
		b := ir.Bin{First: first, Last: first, Count: r.Int64N(1000)}
		if r.IntN(2) == 0 {
			b.Last = min(in.Max(), first+r.Int64N(30))
		}
		h.Bins = append(h.Bins, b)
		first = b.Last + 1 + max(0, r.Int64N(6)-3)
	}
	if len(h.Bins) == 0 {
		h.Bins = []ir.Bin{{First: in.Min(), Last: in.Max()}}
	}
	h.Bins[0].Count++
	return h
}

func options(r *rand.Rand) ir.Options {
	o := ir.Options{MaxError: r.Int64N(5) - 1, Fit: ir.Fit(r.IntN(len(ir.Fits()))), Implement: ir.Implement(r.IntN(len(ir.Implements()))), AnyShape: r.IntN(2) == 0}
	if r.IntN(3) == 0 {
		low := Rat(r)
		o.Range = &ir.Range{Low: low, High: new(big.Rat).Add(low, positive(r))}
	}
	return o
}
