package irtest

import (
	"math/big"
	"math/rand/v2"

	"grauc/ir/spec"
)

// Spec is a module of the highest level. Its functions are well typed, but not
// every one is defined everywhere.
func Spec(r *rand.Rand) *spec.Module {
	m := &spec.Module{Head: Head(r)}
	taken := map[string]bool{}
	for range r.IntN(3) {
		m.Data = append(m.Data, data(r, taken))
	}
	funcs := map[string]bool{}
	for range r.IntN(4) {
		f := &spec.Func{Name: Name(r, funcs), Doc: doc(r), Source: Source(r)}
		params := map[string]bool{}
		for range 1 + r.IntN(3) {
			f.Params = append(f.Params, Name(r, params))
		}
		f.Body = (&exprs{Rand: r, m: m, in: f}).real(4)
		m.Funcs = append(m.Funcs, f)
	}
	layers := map[string]bool{}
	for range 1 + r.IntN(3) {
		l := &spec.Layer{Layer: Layer(r, &m.Head, layers)}
		l.Body = (&exprs{Rand: r, m: m, channels: l.Channels}).real(4)
		m.Layers = append(m.Layers, l)
	}
	return m
}

// data has at least as many elements as a layer has channels.
func data(r *rand.Rand, taken map[string]bool) *spec.Data {
	d := &spec.Data{Name: Name(r, taken)}
	arrays := map[string]bool{}
	for range 1 + r.IntN(3) {
		a := spec.Array{Name: Name(r, arrays)}
		for range 3 + r.IntN(20) {
			a.Values = append(a.Values, Rat(r))
		}
		d.Arrays = append(d.Arrays, a)
	}
	return d
}

// exprs makes expressions for the body of a function, or of a layer when in is nil.
type exprs struct {
	*rand.Rand
	m        *spec.Module
	in       *spec.Func
	channels int
}

var (
	arithmetic = []string{"+", "-", "*", "/", "^", "min", "max"}
	unary      = []string{"neg", "exp", "log", "sqrt", "erf", "tanh", "sin", "cos", "abs", "floor"}
	relations  = []string{"<", "<=", ">", ">=", "==", "!="}
)

func (g *exprs) real(depth int) spec.Expr {
	if depth == 0 {
		return g.leaf()
	}
	switch g.IntN(8) {
	case 0, 1, 2:
		return g.op(pick(g.Rand, arithmetic), g.real(depth-1), g.real(depth-1))
	case 3, 4:
		return g.op(pick(g.Rand, unary), g.real(depth-1))
	case 5:
		return &spec.If{Cond: g.logical(depth - 1), Then: g.real(depth - 1), Else: g.real(depth - 1)}
	case 6:
		return g.call(depth - 1)
	default:
		return g.op("clamp", g.real(depth-1), g.real(0), g.real(0))
	}
}

func (g *exprs) logical(depth int) spec.Expr {
	if depth <= 0 || g.IntN(2) == 0 {
		return g.op(pick(g.Rand, relations), g.real(max(0, depth-1)), g.real(0))
	}
	switch g.IntN(4) {
	case 0:
		return g.op("not", g.logical(depth-1))
	case 1:
		return &spec.If{Cond: g.logical(0), Then: g.logical(depth - 1), Else: g.logical(depth - 1)}
	default:
		return g.op(pick(g.Rand, []string{"and", "or"}), g.logical(depth-1), g.logical(depth-1))
	}
}

func (g *exprs) op(name string, args ...spec.Expr) spec.Expr {
	return &spec.Op{Name: name, Args: args, At: Source(g.Rand)}
}

func (g *exprs) call(depth int) spec.Expr {
	if len(g.m.Funcs) == 0 {
		return g.leaf()
	}
	f := pick(g.Rand, g.m.Funcs)
	call := &spec.Call{Func: f.Name, At: Source(g.Rand)}
	for range f.Params {
		call.Args = append(call.Args, g.real(depth))
	}
	return call
}

func (g *exprs) leaf() spec.Expr {
	switch g.IntN(6) {
	case 0:
		return spec.Named{Name: pick(g.Rand, []string{"pi", "e"})}
	case 1:
		return spec.Number{Value: Rat(g.Rand)}
	case 2:
		if len(g.m.Data) > 0 {
			return g.element()
		}
	}
	if g.in != nil {
		return spec.Param{Index: g.IntN(len(g.in.Params))}
	}
	return spec.X{}
}

func (g *exprs) element() spec.Expr {
	d := pick(g.Rand, g.m.Data)
	e := &spec.Element{Data: d.Name, Array: pick(g.Rand, d.Arrays).Name, At: Source(g.Rand)}
	if e.Index = (spec.Number{Value: big.NewRat(int64(g.IntN(3)), 1)}); g.channels > 0 && g.IntN(2) == 0 {
		e.Index = spec.Channel{}
	}
	return e
}
