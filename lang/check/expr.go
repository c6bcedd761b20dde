package check

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

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

// scope is where an expression stands, which decides what its names mean.
type scope struct {
	*checker
	file     *file
	params   []string       // in a function
	index    map[string]int // of params
	input    bool           // x is the layer's input
	channels int            // above 0: c is the channel
	constant string         // set where nothing may vary: what is being computed
	calls    []*entity
}

// value is a checked expression; a nil expr has been reported.
type value struct {
	expr    spec.Expr
	logical bool
	node    lang.Node
}

func (s *scope) failed(n lang.Node) value { return value{node: n} }

// real checks an expression that must be a number.
func (s *scope) real(e *lang.Expr) spec.Expr { return s.want(s.expr(e), false) }

func (s *scope) want(v value, logical bool) spec.Expr {
	if v.expr == nil || v.logical == logical {
		return v.expr
	}
	d := diag.New("type-mismatch", s.span(v.node), "this is a truth value, and a number is needed").
		WithHelp("turn it into one with `if ... then 1 else 0`")
	if logical {
		d = diag.New("type-mismatch", s.span(v.node), "this is a number, and a truth value is needed").
			WithHelp("compare it with something, as in `x > 0`")
	}
	s.report(d)
	return nil
}

func (s *scope) expr(e *lang.Expr) value {
	v := s.and(e.First)
	for _, r := range e.Rest {
		v = s.apply("or", v, s.and(r))
	}
	return v
}

func (s *scope) and(e *lang.And) value {
	v := s.not(e.First)
	for _, r := range e.Rest {
		v = s.apply("and", v, s.not(r))
	}
	return v
}

func (s *scope) not(e *lang.Not) value {
	if e.Negated != nil {
		return s.prefix("not", e.Node, s.not(e.Negated))
	}
	return s.comparison(e.Comparison)
}

func (s *scope) comparison(e *lang.Comparison) value {
	if len(e.Rest) > 1 {
		s.report(diag.New("chained-comparison", s.span(e.Rest[1].Node), "comparisons cannot be chained").
			WithNote("`a < b < c` would compare a truth value with a number").
			WithHelp("write `a < b and b < c`"))
		return s.failed(e.Node)
	}
	v := s.sum(e.Left)
	for _, r := range e.Rest {
		v = s.apply(r.Op, v, s.sum(r.Right))
	}
	return v
}

func (s *scope) sum(e *lang.Sum) value {
	v := s.product(e.First)
	for _, r := range e.Rest {
		v = s.apply(r.Op, v, s.product(r.Right))
	}
	return v
}

func (s *scope) product(e *lang.Product) value {
	v := s.unary(e.First)
	for _, r := range e.Rest {
		v = s.apply(r.Op, v, s.unary(r.Right))
	}
	return v
}

func (s *scope) unary(e *lang.Unary) value {
	if e.Negated != nil {
		return s.prefix("neg", e.Node, s.unary(e.Negated))
	}
	return s.power(e.Power)
}

func (s *scope) power(e *lang.Power) value {
	v := s.primary(e.Base)
	if e.Exponent == nil {
		return v
	}
	return s.apply("^", v, s.unary(e.Exponent))
}

func (s *scope) primary(e *lang.Primary) value {
	switch {
	case e.If != nil:
		return s.choice(e.Node, e.If)
	case e.Inner != nil:
		v := s.expr(e.Inner)
		v.node = e.Node
		return v
	case e.Reference != nil:
		return s.reference(e.Reference)
	}
	n := s.number(e)
	if n == nil {
		return s.failed(e.Node)
	}
	return value{expr: spec.Number{Value: n}, node: e.Node}
}

func (s *scope) choice(n lang.Node, e *lang.If) value {
	cond := s.want(s.expr(e.Cond), true)
	then, els := s.real(e.Then), s.real(e.Else)
	if cond == nil || then == nil || els == nil {
		return s.failed(n)
	}
	return value{expr: &spec.If{Cond: cond, Then: then, Else: els}, node: n}
}

// apply is a binary operator.
func (s *scope) apply(op string, a, b value) value {
	n := lang.Node{Pos: a.node.Pos, EndPos: b.node.EndPos}
	logical := spec.Ops[op].LogicalArgs
	x, y := s.want(a, logical), s.want(b, logical)
	if x == nil || y == nil {
		return s.failed(n)
	}
	return s.op(op, n, x, y)
}

func (s *scope) prefix(op string, n lang.Node, a value) value {
	x := s.want(a, spec.Ops[op].LogicalArgs)
	if x == nil {
		return s.failed(n)
	}
	return s.op(op, n, x)
}

func (s *scope) op(op string, n lang.Node, args ...spec.Expr) value {
	return value{
		expr:    &spec.Op{Name: op, Args: args, At: s.source(n)},
		logical: spec.Ops[op].Logical, node: n,
	}
}

// Limits of numbers in programs and data files, far outside what a format or a
// function can use.
const (
	maxDigits   = 1000
	maxExponent = 1000
)

func (s *scope) number(e *lang.Primary) *big.Rat {
	if n, ok := parseDecimal(e.Number); ok {
		return n
	}
	s.report(diag.New("number-size", s.span(e.Node), "this number is out of all proportion").
		WithNote("numbers have at most %d digits and exponents between -%d and %d", maxDigits, maxExponent, maxExponent).
		WithHelp("check the exponent"))
	return nil
}

// parseDecimal is the exact value of a decimal number of reasonable size.
func parseDecimal(text string) (*big.Rat, bool) {
	mantissa, exponent, ok := strings.Cut(strings.ToLower(text), "e")
	if ok {
		if n, err := strconv.Atoi(exponent); err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
	}
	if len(mantissa) > maxDigits {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func (s *scope) reference(e *lang.Reference) value {
	switch {
	case e.Call != nil:
		return s.call(e)
	case e.Element != nil:
		return s.element(e)
	}
	if x := s.name(e); x != nil {
		return value{expr: x, node: e.Node}
	}
	return s.failed(e.Node)
}

// name is the meaning of a name that stands alone.
func (s *scope) name(e *lang.Reference) spec.Expr {
	name := e.Name.Text
	if i, ok := s.index[name]; ok {
		if s.constant != "" {
			s.varies(e)
			return nil
		}
		return spec.Param{Index: i}
	}
	switch {
	case name == "x" && s.input:
		if s.constant != "" {
			s.varies(e)
			return nil
		}
		return spec.X{}
	case name == "c" && s.channels > 0:
		return spec.Channel{}
	case name == "pi" || name == "e":
		return spec.Named{Name: name}
	}
	s.report(s.unknownName(e))
	return nil
}

func (s *scope) varies(e *lang.Reference) {
	help := "use a number, and let calls give what varies"
	if s.input {
		help = "use numbers, and in a layer with channels `c`"
	}
	s.report(diag.New("not-constant", s.span(e.Node), "%s cannot depend on `%s`", s.constant, e.Name.Text).
		WithHelp("%s", help))
}

func (s *scope) unknownName(e *lang.Reference) diag.Diagnostic {
	name := e.Name.Text
	if name == "c" && s.input {
		return diag.New("no-channels", s.span(e.Node), "`c` is the channel, and this layer has none").
			WithHelp("give the layer channels, as in `layer NAME[64]`")
	}
	d := diag.New("unknown-name", s.span(e.Node), "there is no `%s` here", name)
	if f := s.lookup(s.file, kindFunction, name); f != nil || primitives[name] != "" {
		return d.WithHelp("`%s` is a function: write `%s(...)`", name, name)
	}
	if s.lookup(s.file, kindData, name) != nil {
		return d.WithHelp("`%s` is data: write `%s.ARRAY[c]`", name, name)
	}
	if help := diag.DidYouMean(name, s.inScope()); help != "" {
		return d.WithHelp("%s", help)
	}
	if s.params != nil && (name == "c" || name == "x") {
		return d.WithHelp("only a layer has an input and channels; pass `%s` to the function as a parameter", name)
	}
	return d.WithHelp("names here are: %s", strings.Join(s.inScope(), ", "))
}

// inScope lists the names that mean something on their own.
func (s *scope) inScope() []string {
	var found []string
	if s.constant == "" {
		found = append(found, s.params[:min(len(s.params), 20)]...)
		if s.input {
			found = append(found, "x")
		}
	}
	if s.channels > 0 {
		found = append(found, "c")
	}
	return append(found, "pi", "e")
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
		s.report(diag.New("argument-count", s.span(e.Node), "`%s` takes %s, and here are %d", name, plural(want, "argument"), len(args)).
			WithHelp("write %s(%s)", name, params))
		return s.failed(e.Node)
	}
	if !ok {
		return s.failed(e.Node)
	}
	return s.op(name, e.Node, args...)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
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
		s.report(diag.New("argument-count", s.span(a.Node), "`%s` takes at most %s", f.name.Text, plural(len(f.params), "argument")).
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

// element is data.array[index].
func (s *scope) element(e *lang.Reference) value {
	d := s.lookup(s.file, kindData, e.Name.Text)
	if d == nil {
		problem := diag.New("unknown-data", s.span(e.Name.Node), "there is no data called `%s`", e.Name.Text)
		if problem.Help = diag.DidYouMean(e.Name.Text, s.names(s.file, kindData)); problem.Help == "" {
			problem.Help = fmt.Sprintf(`declare it: data %s = "FILE.json"`, e.Name.Text)
		}
		s.unknown(s.file, problem)
		return s.failed(e.Node)
	}
	if !s.resolve(d) {
		return s.failed(e.Node)
	}
	array := d.data.array(e.Element.Array.Text)
	if array == nil {
		s.report(s.unknownArray(d, e.Element.Array))
		return s.failed(e.Node)
	}
	index := s.elementIndex(e, array)
	if index == nil {
		return s.failed(e.Node)
	}
	return value{node: e.Node, expr: &spec.Element{
		Data: e.Name.Text, Array: array.Name, Index: index, At: s.source(e.Node),
	}}
}

func (s *scope) unknownArray(d *entity, name lang.Name) diag.Diagnostic {
	problem := diag.New("unknown-array", s.span(name.Node), "`%s` has no array `%s`", d.name.Text, name.Text).
		WithNoteAt(s.span(d.decl.Data.Path.Node), "the data comes from here")
	names := d.data.names()
	if problem.Help = diag.DidYouMean(name.Text, names); problem.Help == "" {
		problem.Help = "it has: " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	return problem
}

// elementIndex checks an index for every channel.
func (s *scope) elementIndex(e *lang.Reference, array *spec.Array) spec.Expr {
	inner := *s
	inner.constant = "an index"
	index := inner.real(e.Element.Index)
	if index == nil {
		return nil
	}
	at := s.span(e.Element.Index.Node)
	if _, plain := index.(spec.Channel); plain && s.channels <= len(array.Values) {
		return index
	}
	for channel := range max(1, s.channels) {
		v, fault := rational("an index", index, int64(channel))
		if fault != nil {
			s.report(fault.diagnostic(at))
			return nil
		}
		if !v.IsInt() {
			s.report(diag.New("data-index", at, "the index %s%s is not an integer", v.RatString(), s.forChannel(channel)).
				WithHelp("round it with floor"))
			return nil
		}
		if !v.Num().IsInt64() || v.Sign() < 0 || v.Num().Int64() >= int64(len(array.Values)) {
			s.report(diag.New("data-index", at, "the index %s%s is outside `%s.%s`", v.RatString(), s.forChannel(channel), e.Name.Text, array.Name).
				WithNote("the array has %s, counted from 0", plural(len(array.Values), "number")).
				WithHelp("check the array's length against the layer's channels"))
			return nil
		}
	}
	return index
}

func (s *scope) forChannel(channel int) string {
	if s.channels == 0 {
		return ""
	}
	return fmt.Sprintf(" of channel %d", channel)
}

// pendingCall is a call whose function has no name in the module yet.
type pendingCall struct {
	call *spec.Call
	to   *entity
}
