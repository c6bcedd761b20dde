package lang

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"grauc/lang/diag"
)

// Outline is a file cut into declarations that are not parsed yet.
type Outline struct {
	Path string
	Text string
	// Items are the declarations in order. An Item that begins with no keyword
	// is text before the first declaration; parsing it says so.
	Items []*Item
	// Diagnostics are about the characters of the text.
	Diagnostics []diag.Diagnostic
}

// Item is one declaration's tokens.
type Item struct {
	Keyword string // use, fn, quant, unit, data, layer
	Name    string // "" for use
	tokens  []lexer.Token
	bad     bool // it has a character that is no token
}

// forms are the declarations by keyword, as help texts show them.
var forms = map[string]string{
	"use":   `use "FILE.grau"`,
	"fn":    "fn NAME(x, PARAMETER = DEFAULT) = EXPRESSION",
	"quant": "quant NAME = int8 scale 1/16 zero 0 round half_even",
	"unit":  "unit NAME { input = int24  output = int8  OPTION = VALUE ... }",
	"data":  `data NAME = "FILE.json"`,
	"layer": "layer NAME : INPUT -> OUTPUT = EXPRESSION on UNIT { OPTION = VALUE ... }",
}

// Keywords are the words that begin a declaration.
func Keywords() []string { return []string{"use", "fn", "quant", "unit", "data", "layer"} }

// NewOutline cuts a file into declarations. It never fails: what is wrong with
// the characters is in Diagnostics, what is wrong with the rest comes from Parse.
func NewOutline(path, text string) *Outline {
	all, bad := scan(path, text)
	o := &Outline{Path: path, Text: text, Diagnostics: bad}
	starts := starts(all)
	if len(starts) == 0 || starts[0] > 0 {
		starts = append([]int{0}, starts...)
	}
	for i, from := range starts {
		to := len(all) - 1
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		if item := newItem(all[from:to]); item != nil {
			item.bad = overlaps(all[from].Pos, all[to].Pos, bad)
			o.Items = append(o.Items, item)
		}
	}
	return o
}

// newItem makes an item of tokens that hold more than space and comments.
func newItem(toks []lexer.Token) *Item {
	toks = withoutStrayDocs(trim(toks))
	words := significant(toks, 3)
	if len(words) == 0 {
		return nil
	}
	item := &Item{tokens: append(toks, lexer.EOFToken(end(toks)))}
	if first := words[0]; first.Type == tokIdent && forms[first.Value] != "" {
		item.Keyword = first.Value
		if len(words) > 1 && words[1].Type == tokIdent {
			item.Name = words[1].Value
		}
	}
	return item
}

// starts are the indices of the tokens that begin declarations, doc comments
// included.
func starts(toks []lexer.Token) []int {
	var found []int
	depth := 0
	var last lexer.Token
	docs := -1
	for i, t := range toks {
		switch t.Type {
		case tokSpace, tokComment:
			continue
		case tokDoc:
			if docs < 0 {
				docs = i
			}
			continue
		}
		// Inside braces a word after "=" is an option's value, whatever follows.
		if t.Type == tokIdent && !(depth > 0 && last.Value == "=") && begins(toks[i:]) {
			if docs < 0 {
				docs = i
			}
			found = append(found, docs)
			depth = 0
		}
		switch t.Value {
		case "{":
			depth++
		case "}":
			depth = max(0, depth-1)
		}
		docs, last = -1, t
	}
	return found
}

// begins reports whether a declaration begins here. What must follow each keyword
// cannot follow the same word where it is a name, which is why keywords need not
// be reserved.
func begins(toks []lexer.Token) bool {
	if forms[toks[0].Value] == "" {
		return false
	}
	w := significant(toks, 3)
	if toks[0].Value == "use" {
		return len(w) > 1 && w[1].Type == tokString
	}
	if len(w) < 3 || w[1].Type != tokIdent {
		return false
	}
	switch toks[0].Value {
	case "fn":
		return w[2].Value == "("
	case "unit":
		return w[2].Value == "{"
	case "layer":
		return w[2].Value == ":" || w[2].Value == "["
	}
	return w[2].Value == "="
}

// significant are the first most tokens that are neither space nor comment.
func significant(toks []lexer.Token, most int) []lexer.Token {
	var found []lexer.Token
	for _, t := range toks {
		if t.Type < tokDoc && !t.EOF() {
			if found = append(found, t); len(found) == most {
				break
			}
		}
	}
	return found
}

// trim drops space and comments at the end, which belong to no declaration.
func trim(toks []lexer.Token) []lexer.Token {
	for len(toks) > 0 && toks[len(toks)-1].Type >= tokDoc {
		toks = toks[:len(toks)-1]
	}
	return slices.Clip(toks)
}

// withoutStrayDocs makes comments of the doc comments that do not stand in front.
func withoutStrayDocs(toks []lexer.Token) []lexer.Token {
	out := slices.Clone(toks)
	inFront := true
	for i, t := range out {
		switch {
		case t.Type == tokDoc && !inFront:
			out[i].Type = tokComment
		case t.Type < tokDoc:
			inFront = false
		}
	}
	return out
}

// end is the position after the last token.
func end(toks []lexer.Token) lexer.Position {
	last := toks[len(toks)-1]
	p := last.Pos
	p.Offset += len(last.Value)
	p.Column += len(last.Value)
	return p
}

// overlaps reports whether any of the diagnostics stands between two places.
func overlaps(from, to lexer.Position, bad []diag.Diagnostic) bool {
	return slices.ContainsFunc(bad, func(d diag.Diagnostic) bool {
		s := d.Span
		after := s.Line > from.Line || s.Line == from.Line && s.Column >= from.Column
		before := s.Line < to.Line || s.Line == to.Line && s.Column < to.Column
		return after && before
	})
}
