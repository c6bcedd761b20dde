package check

import (
	"math/big"
	"strconv"
	"strings"

	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

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
	size     int // of what was checked, in nodes
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
	s.size++
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
		return d.WithHelp("`%s` is data: write `%s.ARRAY[0]`, in a layer with channels `%s.ARRAY[c]`", name, name, name)
	}
	if name == "c" && s.params == nil {
		return d.WithHelp("formats and options are the same for all channels; what differs goes into the layer's expression, as in `scales.acc[c] * x`")
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
