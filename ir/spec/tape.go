package spec

import (
	"fmt"
	"math/big"
	"strings"

	"grauc/ir"
	"grauc/ir/real"
)

// maxTape bounds a function's length once every call is replaced by its body.
const maxTape = 1 << 16

// Tape is the layer's function for one channel, every call inlined: a function of
// the input as a real. A layer's range holds the input to it.
func (m *Module) Tape(l *Layer, channel int) (*real.Tape, error) {
	b := &inliner{module: m, layer: l, channel: channel, calls: map[string]int32{}}
	x := b.X()
	if r := l.Options.Range; r != nil {
		x = b.Clamp(x, b.Const(r.Low), b.Const(r.High))
	}
	b.x = x
	result, err := b.expr(l.Body, nil)
	if err != nil {
		return nil, err
	}
	b.Return(result)
	return &b.Tape, nil
}

// inliner builds a tape. Equal calls are built once, so that a chain of functions
// that each use the last one twice stays as short as it is written.
type inliner struct {
	real.Tape
	module  *Module
	layer   *Layer
	channel int
	x       int32
	calls   map[string]int32
}

func (b *inliner) expr(e Expr, params []int32) (int32, error) {
	if len(b.Code) > maxTape {
		return 0, &ir.Problem{
			Code:    "function-too-long",
			Message: fmt.Sprintf("the function of layer %q has more than %d operations once its calls are written out", b.layer.Name, maxTape),
			At:      b.layer.Layer.Body,
			Help:    "use fewer nested calls with different arguments",
		}
	}
	switch e := e.(type) {
	case Number:
		return b.Const(e.Value), nil
	case Named:
		if e.Name == "pi" {
			return b.Pi(), nil
		}
		return b.E(), nil
	case X:
		return b.x, nil
	case Channel:
		return b.Int(int64(b.channel)), nil
	case Param:
		return params[e.Index], nil
	case *Element:
		return b.element(e, params)
	case *Op:
		args, err := b.args(e.Args, params)
		if err != nil {
			return 0, err
		}
		return b.operator(e.Name, args), nil
	case *If:
		return b.choice(e, params)
	case *Call:
		return b.call(e, params)
	}
	panic(fmt.Sprintf("spec: expression of type %T", e))
}

func (b *inliner) args(exprs []Expr, params []int32) ([]int32, error) {
	out := make([]int32, len(exprs))
	for i, e := range exprs {
		var err error
		if out[i], err = b.expr(e, params); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// choice builds only the branch taken where the channel alone decides, so that the
// other may look beyond the data.
func (b *inliner) choice(e *If, params []int32) (int32, error) {
	cond, err := b.expr(e.Cond, params)
	if err != nil {
		return 0, err
	}
	if holds, known := b.Known(cond); known {
		if holds {
			return b.expr(e.Then, params)
		}
		return b.expr(e.Else, params)
	}
	branches, err := b.args([]Expr{e.Then, e.Else}, params)
	if err != nil {
		return 0, err
	}
	return b.Select(cond, branches[0], branches[1]), nil
}

func (b *inliner) call(e *Call, params []int32) (int32, error) {
	args, err := b.args(e.Args, params)
	if err != nil {
		return 0, err
	}
	key := fmt.Sprint(e.Func, args)
	if done, ok := b.calls[key]; ok {
		return done, nil
	}
	result, err := b.expr(b.module.Func(e.Func).Body, args)
	if err != nil {
		return 0, err
	}
	b.calls[key] = result
	return result, nil
}

func (b *inliner) element(e *Element, params []int32) (int32, error) {
	i, err := b.expr(e.Index, params)
	if err != nil {
		return 0, err
	}
	values := b.module.Array(e.Data, e.Array)
	index, ok := b.Constant(i)
	if !ok || !index.IsInt() {
		shown := "not an integer"
		if ok {
			shown = real.Decimal(index) + ", not an integer"
		}
		return 0, b.badIndex(e, fmt.Sprintf("the index of %s.%s is %s", e.Data, e.Array, shown), "round it, for instance with floor()")
	}
	if index.Sign() < 0 || index.Cmp(new(big.Rat).SetInt64(int64(len(values)))) >= 0 {
		return 0, b.badIndex(e, fmt.Sprintf("%s.%s has %d numbers; there is no number %s",
			e.Data, e.Array, len(values), index.RatString()), "indices start at 0; c counts a layer's channels from 0")
	}
	return b.Const(values[index.Num().Int64()]), nil
}

func (b *inliner) badIndex(e *Element, message, help string) error {
	return &ir.Problem{Code: "data-index", Message: message + b.layer.channelSuffix(b.channel), At: e.At, Help: help}
}

// channelSuffix names the channel where the layer has several.
func (l *Layer) channelSuffix(channel int) string {
	if l.Channels == 0 {
		return ""
	}
	return fmt.Sprintf(" (channel %d)", channel)
}

func (b *inliner) operator(name string, a []int32) int32 {
	switch name {
	case "neg":
		return b.Neg(a[0])
	case "+":
		return b.Add(a[0], a[1])
	case "-":
		return b.Sub(a[0], a[1])
	case "*":
		return b.Mul(a[0], a[1])
	case "/":
		return b.Div(a[0], a[1])
	case "^":
		return b.Pow(a[0], a[1])
	case "<":
		return b.Less(a[0], a[1])
	case "<=":
		return b.LessEq(a[0], a[1])
	case ">":
		return b.Less(a[1], a[0])
	case ">=":
		return b.LessEq(a[1], a[0])
	case "==":
		return b.Equal(a[0], a[1])
	case "!=":
		return b.Not(b.Equal(a[0], a[1]))
	case "and":
		return b.And(a[0], a[1])
	case "or":
		return b.Or(a[0], a[1])
	case "not":
		return b.Not(a[0])
	case "exp":
		return b.Exp(a[0])
	case "log":
		return b.Log(a[0])
	case "sqrt":
		return b.Sqrt(a[0])
	case "erf":
		return b.Erf(a[0])
	case "tanh":
		return b.Tanh(a[0])
	case "sin":
		return b.Sin(a[0])
	case "cos":
		return b.Cos(a[0])
	case "abs":
		return b.Abs(a[0])
	case "floor":
		return b.Floor(a[0])
	case "min":
		return b.Min(a[0], a[1])
	case "max":
		return b.Max(a[0], a[1])
	case "clamp":
		return b.Clamp(a[0], a[1], a[2])
	}
	panic("spec: no operation " + strings.TrimSpace(name))
}
