package backendtest

import (
	"math/big"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// Sample is a small file as it is meant to look: two segments behind 24 bits, and
// two channels with a threshold each. Its text tries to end comments early.
func Sample() *backend.Request {
	r := newRequest("sample")
	a := datapath.NewAuthor("sample_leaky")
	s24, s8 := datapath.Type{Width: 24, Signed: true}, datapath.Type{Width: 8, Signed: true}
	x := a.Input("x", s24)
	passed := a.Named(a.Not(a.Less(x, a.Const(s24, 0))), "passed")
	sum := a.Named(a.Mux(passed, a.Shr(x, 3), a.Shr(x, 6)), "sum")
	top, bottom := a.Const(s24, 127), a.Const(s24, -128)
	low := a.Mux(a.Less(sum, bottom), bottom, sum)
	a.Output("y", a.Cast(a.Mux(a.Less(top, low), top, low), s8))
	Add(r, "leaky", a.M)

	b := datapath.NewAuthor("sample_gate")
	x = b.Input("x", s8)
	level := b.Table(s8, b.Input("channel", datapath.Bit), []int64{-7, 12})
	b.Output("y", b.Not(b.Less(x, b.Named(level, "threshold"))))
	Add(r, "gate", b.M)

	leaky := r.PWL.Layers[0]
	leaky.Doc = "A leaky rectifier /* of one's own */ for */ people ??/\nwho like it \\"
	leaky.Function = "if x >= 0 then x else x / 8 // a slope"
	leaky.Input.Scale = big.NewRat(1, 1<<14)
	leaky.Implement = ir.PWL
	leaky.Channels = []*pwl.Channel{{
		Function: &pwl.Function{Segments: make([]pwl.Segment, 2)},
		Error:    pwl.Error{Max: 1, Squares: big.NewInt(1 << 22), Exact: 3 << 22, Inputs: 1 << 24},
	}}
	gate := r.PWL.Layers[1]
	gate.Implement = ir.Thresholds
	gate.Channels = []*pwl.Channel{{Error: pwl.Error{Inputs: 256, Exact: 256}}, {Error: pwl.Error{Inputs: 256, Exact: 256}}}
	return r
}

// Awkward are files whose names, and whose layers' names, are words of the target
// languages or of their libraries, or differ by case alone, or from what the
// backends derive from others.
func Awkward(files ...string) []*backend.Request {
	layers := []string{
		"relu", "Relu", "relu_n", "RELU_N", "reluN", "relu_kernel", "relu_2", "if", "func", "range",
		"string", "int8", "int8_t", "t", "max", "min", "h", "inline", "INLINE", "main", "init", "x", "y", "i", "n",
		"channel", "smooth_ties", "smoothTies", "SmoothTies", "_", "__", "_1", "declare", "shr32", "c",
	}
	var rs []*backend.Request
	for _, file := range files {
		r := newRequest(file)
		for i, name := range layers {
			Add(r, name, offset(int64(i)))
		}
		rs = append(rs, r)
	}
	return rs
}

// offset adds a number, so that no layer is like another, with hints that are in
// the way.
func offset(by int64) *datapath.Module {
	a := datapath.NewAuthor("offset")
	t := datapath.Type{Width: 7, Signed: true}
	x := a.Input("x", t)
	sum := a.Named(a.Add(t, x, a.Const(t, by)), "x")
	a.Output("y", a.Named(a.Xor(sum, a.Named(a.Shr(sum, 2), "y")), "i"))
	return a.M
}
