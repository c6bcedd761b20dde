package check

import (
	"fmt"
	"strings"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

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
	if s.constant != "" && s.channels == 0 {
		return s.fixed(e, array, index)
	}
	return value{node: e.Node, expr: &spec.Element{
		Data: e.Name.Text, Array: array.Name, Index: index, At: s.source(e.Node),
	}}
}

// fixed is an element in a constant: its number.
func (s *scope) fixed(e *lang.Reference, array *spec.Array, index spec.Expr) value {
	i, fault := rational("an index", index, 0)
	if fault != nil {
		s.report(fault.diagnostic(s.span(e.Element.Index.Node)))
		return s.failed(e.Node)
	}
	return value{node: e.Node, expr: spec.Number{Value: array.Values[i.Num().Int64()]}}
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
				WithNote("the array has %s, counted from 0", ir.Plural(len(array.Values), "number")).
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
