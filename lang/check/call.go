package check

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

// primitives are the functions the language itself has, with the names that
// messages give their arguments.
var primitives = map[string]string{
	"exp": "x", "log": "x", "sqrt": "x", "erf": "x", "tanh": "x", "sin": "x", "cos": "x",
	"abs": "x", "floor": "x", "min": "a, b", "max": "a, b", "clamp": "x, low, high",
}

// call is a call of a function or a primitive.
func (s *scope) call(e *lang.Reference) value {
	f := s.lookup(s.file, kindFunction, e.Name.Text)
	if f == nil {
		return s.primitive(e)
	}
	if !s.enter(f, e) {
		for _, a := range e.Call.Args {
			s.argument(a)
		}
		return s.failed(e.Node)
	}
	args, ok := s.arguments(f, e)
	if !ok {
		return s.failed(e.Node)
	}
	s.calls = append(s.calls, f)
	s.size++
	call := &spec.Call{Func: e.Name.Text, Args: args, At: s.source(e.Node)}
	s.checker.calls = append(s.checker.calls, pendingCall{call, f})
	return value{expr: call, node: e.Node}
}

func (s *scope) primitive(e *lang.Reference) value {
	name := e.Name.Text
	var args []spec.Expr
	ok := true
	for _, a := range e.Call.Args {
		x := s.argument(a)
		args = append(args, x)
		ok = ok && x != nil
	}
	params := primitives[name]
	if params == "" {
		d := diag.New("unknown-function", s.span(e.Name.Node), "there is no function `%s`", name)
		d.Help = diag.DidYouMean(name, s.names(s.file, kindFunction))
		if d.Help == "" {
			d.Help = fmt.Sprintf("define it: fn %s(x) = ...", name)
		}
		s.unknown(s.file, d)
		return s.failed(e.Node)
	}
	for _, a := range e.Call.Args {
		if a.Name != nil {
			s.report(diag.New("unknown-argument", s.span(a.Name.Node), "the arguments of `%s` have no names", name).
				WithHelp("write %s(%s)", name, params))
			return s.failed(e.Node)
		}
	}
	if want := spec.Ops[name].Args; len(args) != want {
		s.report(diag.New("argument-count", s.span(e.Node), "`%s` takes %s, and here are %d", name, ir.Plural(want, "argument"), len(args)).
			WithHelp("write %s(%s)", name, params))
		return s.failed(e.Node)
	}
	if !ok {
		return s.failed(e.Node)
	}
	return s.op(name, e.Node, args...)
}

// argument checks one argument's value.
func (s *scope) argument(a *lang.Arg) spec.Expr {
	if a.High != nil {
		s.report(diag.New("type-mismatch", s.span(a.Node), "this is a range, and a number is needed").
			WithHelp("ranges are for options such as `range = -4..4`"))
		return nil
	}
	return s.real(a.Low)
}

// arguments gives every parameter of f its argument, or its default.
func (s *scope) arguments(f *entity, e *lang.Reference) ([]spec.Expr, bool) {
	given := make([]*lang.Arg, len(f.params))
	args := make([]spec.Expr, len(f.params))
	ok := true
	for position, a := range e.Call.Args {
		x := s.argument(a)
		i, placed := s.parameter(f, e, a, position, given)
		if placed {
			given[i], args[i] = a, x
		}
		ok = ok && placed && x != nil
	}
	for i, p := range f.params {
		switch {
		case given[i] != nil:
		case p.fallback != nil:
			args[i] = p.fallback
			s.calls = append(s.calls, p.fallbackUse...)
			s.size += p.size
		case ok:
			s.report(diag.New("missing-argument", s.span(e.Node), "`%s` needs `%s`", e.Name.Text, p.name).
				WithNoteAt(s.span(f.name.Node), "`%s` is declared here", f.name.Text).
				WithHelp("write %s", f.signature()))
			ok = false
		}
	}
	return args, ok
}

// parameter is the index of the parameter that an argument is for.
func (s *scope) parameter(f *entity, e *lang.Reference, a *lang.Arg, position int, given []*lang.Arg) (int, bool) {
	if a.Name == nil {
		return 0, s.mayBePositional(f, a, position)
	}
	for i, p := range f.params {
		if p.name != a.Name.Text {
			continue
		}
		if given[i] != nil {
			s.report(diag.New("duplicate-argument", s.span(a.Name.Node), "`%s` is given twice", p.name).
				WithNoteAt(s.span(given[i].Node), "the first is here").
				WithHelp("leave one of them out"))
			return 0, false
		}
		return i, true
	}
	d := diag.New("unknown-argument", s.span(a.Name.Node), "`%s` has no parameter `%s`", e.Name.Text, a.Name.Text).
		WithNoteAt(s.span(f.name.Node), "`%s` is declared here", f.name.Text)
	if d.Help = diag.DidYouMean(a.Name.Text, f.paramNames()); d.Help == "" {
		d.Help = "write " + f.signature()
	}
	s.report(d)
	return 0, false
}

// mayBePositional reports whether an argument can do without a name: only the
// first can.
func (s *scope) mayBePositional(f *entity, a *lang.Arg, position int) bool {
	if position == 0 {
		return true
	}
	if position >= len(f.params) {
		s.report(diag.New("argument-count", s.span(a.Node), "`%s` takes at most %s", f.name.Text, ir.Plural(len(f.params), "argument")).
			WithNoteAt(s.span(f.name.Node), "`%s` is declared here", f.name.Text).
			WithHelp("write %s", f.signature()))
		return false
	}
	s.report(diag.New("argument-name", s.span(a.Node), "this argument needs its name").
		WithNote("only the first argument of a function is given by position").
		WithHelp("write `%s = ...`", f.params[position].name))
	return false
}

func (e *entity) paramNames() []string {
	var names []string
	for _, p := range e.params {
		names = append(names, p.name)
	}
	return names
}

// signature is how the function is called.
func (e *entity) signature() string {
	parts := []string{}
	for i, p := range e.params {
		switch {
		case i == 0:
			parts = append(parts, p.name)
		default:
			parts = append(parts, p.name+" = ...")
		}
	}
	return e.name.Text + "(" + strings.Join(parts, ", ") + ")"
}

// pendingCall is a call whose function has no name in the module yet.
type pendingCall struct {
	call *spec.Call
	to   *entity
}
