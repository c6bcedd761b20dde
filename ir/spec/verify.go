package spec

import (
	"fmt"
	"slices"

	"grauc/ir"
)

// Verify reports the first thing that is wrong with a module: names that resolve
// to nothing, wrong numbers of arguments, a callee that does not come before its
// caller (and with it every recursion), logical and real values mixed up, an
// input or a channel where there is none, formats and shapes that make no sense.
func Verify(m *Module) error {
	v := &verifier{m: m, funcs: map[string]int{}}
	if err := v.data(); err != nil {
		return err
	}
	for _, f := range m.Funcs {
		if err := v.function(f); err != nil {
			return fmt.Errorf("function %q: %w", f.Name, err)
		}
	}
	return v.layers()
}

type verifier struct {
	m     *Module
	funcs map[string]int // parameters of the functions so far
}

// scope says what an expression may refer to.
type scope struct {
	params   int  // of the function
	layer    bool // the input may be used
	channels int  // of the layer; the channel may be used if there are any
}

func (v *verifier) data() error {
	seen := map[string]bool{}
	for _, d := range v.m.Data {
		if seen[d.Name] {
			return fmt.Errorf("data %q is there twice", d.Name)
		}
		seen[d.Name] = true
		arrays := map[string]bool{}
		for _, a := range d.Arrays {
			if arrays[a.Name] {
				return fmt.Errorf("data %q: array %q is there twice", d.Name, a.Name)
			}
			arrays[a.Name] = true
			if i := slices.Index(a.Values, nil); i >= 0 {
				return fmt.Errorf("data %q: array %q: no number at %d", d.Name, a.Name, i)
			}
		}
	}
	return nil
}

func (v *verifier) function(f *Func) error {
	if _, again := v.funcs[f.Name]; again {
		return fmt.Errorf("it is there twice")
	}
	if len(f.Params) == 0 {
		return fmt.Errorf("it has no parameter")
	}
	for i, p := range f.Params {
		if slices.Contains(f.Params[:i], p) {
			return fmt.Errorf("two parameters are called %q", p)
		}
	}
	if err := v.expr(f.Body, false, &scope{params: len(f.Params)}); err != nil {
		return err
	}
	v.funcs[f.Name] = len(f.Params)
	return nil
}

func (v *verifier) layers() error {
	headers := make([]*ir.Layer, len(v.m.Layers))
	for i, l := range v.m.Layers {
		headers[i] = &l.Layer
	}
	if err := v.m.VerifyLayers(headers); err != nil {
		return err
	}
	for _, l := range v.m.Layers {
		if err := v.expr(l.Body, false, &scope{layer: true, channels: l.Channels}); err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	return nil
}

// expr checks an expression that must be logical or must be real.
func (v *verifier) expr(e Expr, logical bool, in *scope) error {
	if is, known := isLogical(e); known && is != logical {
		return fmt.Errorf("%s is %s where a %s value is wanted", Format(e, nil), typeName(is), typeName(logical))
	}
	switch e := e.(type) {
	case Number:
		if e.Value == nil {
			return fmt.Errorf("a number without a value")
		}
	case Named:
		if e.Name != "pi" && e.Name != "e" {
			return fmt.Errorf("no constant %q", e.Name)
		}
	case X:
		if !in.layer {
			return fmt.Errorf("the input x in a function")
		}
	case Channel:
		if in.channels == 0 {
			return fmt.Errorf("the channel c where there are no channels")
		}
	case Param:
		if e.Index < 0 || e.Index >= in.params {
			return fmt.Errorf("parameter %d of %d", e.Index, in.params)
		}
	case *Element:
		return v.element(e, in)
	case *Op:
		return v.op(e, in)
	case *If:
		return v.choice(e, logical, in)
	case *Call:
		return v.call(e, in)
	default:
		return fmt.Errorf("an expression is missing")
	}
	return nil
}

// isLogical is the type of a node where the node alone tells it.
func isLogical(e Expr) (is, known bool) {
	switch e := e.(type) {
	case *Op:
		sig, known := Ops[e.Name]
		return sig.Logical, known
	case *If:
		return false, false
	}
	return false, true
}

func typeName(logical bool) string {
	if logical {
		return "logical"
	}
	return "real"
}

func (v *verifier) element(e *Element, in *scope) error {
	values := v.m.Array(e.Data, e.Array)
	if values == nil {
		return fmt.Errorf("no data %s.%s", e.Data, e.Array)
	}
	if in.layer && mentionsX(e.Index) {
		return fmt.Errorf("the index of %s.%s depends on x", e.Data, e.Array)
	}
	switch i := e.Index.(type) {
	case Number:
		if i.Value != nil && (!i.Value.IsInt() || i.Value.Sign() < 0 || !i.Value.Num().IsInt64() || i.Value.Num().Int64() >= int64(len(values))) {
			return fmt.Errorf("%s.%s has no element %s", e.Data, e.Array, i.Value.RatString())
		}
	case Channel:
		if in.channels > len(values) {
			return fmt.Errorf("%s.%s has %d elements for %d channels", e.Data, e.Array, len(values), in.channels)
		}
	}
	return v.expr(e.Index, false, in)
}

func mentionsX(e Expr) bool {
	switch e := e.(type) {
	case X:
		return true
	case *Element:
		return mentionsX(e.Index)
	case *Op:
		return slices.ContainsFunc(e.Args, mentionsX)
	case *Call:
		return slices.ContainsFunc(e.Args, mentionsX)
	case *If:
		return mentionsX(e.Cond) || mentionsX(e.Then) || mentionsX(e.Else)
	}
	return false
}

func (v *verifier) op(e *Op, in *scope) error {
	sig, known := Ops[e.Name]
	if !known {
		return fmt.Errorf("no operation %q", e.Name)
	}
	if len(e.Args) != sig.Args {
		return fmt.Errorf("%s of %d arguments has %d", e.Name, sig.Args, len(e.Args))
	}
	for _, a := range e.Args {
		if err := v.expr(a, sig.LogicalArgs, in); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) choice(e *If, logical bool, in *scope) error {
	if err := v.expr(e.Cond, true, in); err != nil {
		return err
	}
	if err := v.expr(e.Then, logical, in); err != nil {
		return err
	}
	return v.expr(e.Else, logical, in)
}

func (v *verifier) call(e *Call, in *scope) error {
	params, known := v.funcs[e.Func]
	switch {
	case !known && v.m.Func(e.Func) != nil:
		return fmt.Errorf("it calls %q, which does not come before it", e.Func)
	case !known:
		return fmt.Errorf("no function %q", e.Func)
	case len(e.Args) != params:
		return fmt.Errorf("%s of %d parameters has %d arguments", e.Func, params, len(e.Args))
	}
	for _, a := range e.Args {
		if err := v.expr(a, false, in); err != nil {
			return err
		}
	}
	return nil
}
