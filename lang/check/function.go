package check

import (
	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

// function checks a function's parameters and body.
func (c *checker) function(e *entity) bool {
	decl := e.decl.Function
	ok := c.params(e, decl)
	if len(e.params) < len(decl.Params) {
		return false
	}
	s := &scope{checker: c, file: e.file, index: map[string]int{}}
	for i, p := range e.params {
		s.params = append(s.params, p.name)
		s.index[p.name] = i
	}
	body := s.real(decl.Body)
	e.calls = append(e.calls, s.calls...)
	if body == nil || !ok || c.tooDeep(e) || s.tooLarge(decl.Body) {
		return false
	}
	e.spec = &spec.Func{
		Name: e.name.Text, Doc: e.decl.Doc(), Source: ir.Source(c.span(e.name.Node)),
		Params: s.params, Body: body,
	}
	return true
}

// maxDepth is how deep functions may call one another: everything after this
// follows calls by recursion.
const maxDepth = 1000

func (c *checker) tooDeep(e *entity) bool {
	for _, callee := range e.calls {
		e.depth = max(e.depth, callee.depth+1)
	}
	if e.depth <= maxDepth {
		return false
	}
	c.report(callsTooDeep(c.span(e.name.Node)))
	return true
}

func callsTooDeep(at diag.Span) diag.Diagnostic {
	return diag.New("nesting", at, "calls nest more than %d levels deep from here", maxDepth).
		WithHelp("write some of the functions out")
}

// Limits of functions, so that calls cannot multiply what was written.
const (
	maxParams = 64
	maxSize   = 40000
)

// tooLarge refuses an expression that defaults have made large.
func (s *scope) tooLarge(e *lang.Expr) bool {
	if s.size <= maxSize {
		return false
	}
	s.report(diag.New("declaration-size", s.span(e.Node), "this has more than %d parts once defaults are written out", maxSize).
		WithHelp("give the arguments instead, or simplify the defaults"))
	return true
}

func (c *checker) params(e *entity, decl *lang.Function) bool {
	if len(decl.Params) > maxParams {
		c.report(diag.New("declaration-size", c.span(decl.Params[maxParams].Name.Node), "a function has at most %d parameters", maxParams).
			WithHelp("split the function"))
		return false
	}
	all := &scope{checker: c, file: e.file, index: map[string]int{}, constant: "a default"}
	for i, p := range decl.Params {
		all.index[p.Name.Text] = i
	}
	ok := true
	first := map[string]lang.Name{}
	for _, p := range decl.Params {
		if before, twice := first[p.Name.Text]; twice {
			c.report(diag.New("duplicate-name", c.span(p.Name.Node), "a second parameter called `%s`", p.Name.Text).
				WithNoteAt(c.span(before.Node), "the first is here").
				WithHelp("rename one of them"))
			ok = false
		}
		first[p.Name.Text] = p.Name
		e.params = append(e.params, param{name: p.Name.Text})
		if p.Default == nil {
			continue
		}
		s := *all
		fallback := s.real(p.Default)
		ok = ok && fallback != nil && !s.tooLarge(p.Default)
		last := &e.params[len(e.params)-1]
		last.fallback, last.fallbackUse, last.size = fallback, s.calls, s.size
	}
	return ok
}

// enter makes sure that a called function has been checked, and that the call
// closes no circle.
func (s *scope) enter(f *entity, e *lang.Reference) bool {
	at := s.span(e.Node)
	if f.state == active {
		s.report(s.recursion(f, at))
		return false
	}
	c := s.checker
	if len(c.calling) >= maxDepth {
		s.report(callsTooDeep(at))
		return false
	}
	c.calling = append(c.calling, frame{f, at})
	ok := c.resolve(f)
	c.calling = c.calling[:len(c.calling)-1]
	return ok
}

// frame is a call being followed.
type frame struct {
	to *entity
	at diag.Span
}

// recursion describes the circle that a call of f closes.
func (c *checker) recursion(f *entity, at diag.Span) diag.Diagnostic {
	d := diag.New("recursion", at, "`%s` calls itself", f.name.Text)
	from := f.name.Text
	for _, step := range c.circle(f) {
		d = d.WithNoteAt(step.at, "`%s` calls `%s` here", from, step.to.name.Text)
		from = step.to.name.Text
	}
	if from != f.name.Text {
		d = d.WithNoteAt(at, "`%s` calls `%s` here", from, f.name.Text)
	}
	return d.WithHelp("a function may only call functions that do not lead back to it")
}

// circle is the calls that lead on from f, at most the first few.
func (c *checker) circle(f *entity) []frame {
	const most = 8
	start := 0
	for i, step := range c.calling {
		if step.to == f {
			start = i + 1
		}
	}
	steps := c.calling[start:]
	if len(steps) > most {
		steps = append(steps[:most-1:most-1], steps[len(steps)-1])
	}
	return steps
}
