package lang

import (
	"errors"
	"slices"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"grauc/lang/diag"
)

// parser is built when the first declaration is parsed; building it takes longer
// than parsing a small file.
var parser = sync.OnceValue(func() *participle.Parser[Declaration] {
	return participle.MustBuild[Declaration](
		participle.Lexer(definition{}),
		participle.Elide("Space", "Comment"),
	)
})

// Prepare begins to build the parser while the caller has other things to do, such
// as reading the file.
func Prepare() { go parser() }

// Parse reads the item. More than one declaration comes out of it when the text
// after a fault begins another.
func (i *Item) Parse() ([]*Declaration, []diag.Diagnostic) {
	if i.bad {
		return nil, nil
	}
	const most = 20 // faults; each costs a pass over the rest
	var p parsing
	for toks := i.tokens; toks != nil && len(p.diagnostics) < most; {
		toks = p.declaration(toks)
	}
	return p.found, p.diagnostics
}

type parsing struct {
	found       []*Declaration
	diagnostics []diag.Diagnostic
}

// declaration parses one declaration and returns the tokens where to go on after
// a fault, or nil.
func (p *parsing) declaration(toks []lexer.Token) []lexer.Token {
	if first := firstWord(toks); forms[toks[first].Value] == "" {
		p.report(unknownDeclaration(toks[first]))
		return resume(toks, first+1)
	}
	if d, deep := tooDeep(toks); deep {
		p.report(d)
		return nil
	}
	fault, at := p.parse(toks)
	if fault == nil {
		return nil
	}
	if next := takenIn(toks, at); next > 0 {
		before := cut(toks, next)
		if fault, at := p.parse(before); fault != nil {
			p.report(syntax(before, at, fault))
		}
		return toks[next:]
	}
	p.report(syntax(toks, at, fault))
	return resume(toks, at+1)
}

func (p *parsing) report(d diag.Diagnostic) { p.diagnostics = append(p.diagnostics, d) }

// parse keeps the declaration, or gives the fault with the index of its token.
func (p *parsing) parse(toks []lexer.Token) (participle.Error, int) {
	rest := tokens(toks)
	lex, err := lexer.Upgrade(&rest, tokSpace, tokComment)
	if err != nil {
		panic(err) // tokens.Next has no errors
	}
	d, err := parser().ParseFromLexer(lex)
	if err == nil {
		p.found = append(p.found, d)
		return nil, 0
	}
	var fault participle.Error
	if !errors.As(err, &fault) {
		panic(err)
	}
	at := slices.IndexFunc(toks, func(t lexer.Token) bool {
		return t.Pos.Offset >= fault.Position().Offset && t.Type != tokSpace && t.Type != tokComment
	})
	return fault, at
}

// takenIn is the index of a declaration's keyword that the parser took for a name
// or stopped at, when a fault at the given index suggests that, or 0.
func takenIn(toks []lexer.Token, at int) int {
	first := firstWord(toks)
	if at > first && beginsLine(toks, at) {
		return at
	}
	if before := previous(toks, at); before > first && beginsLine(toks, before) {
		return before
	}
	return 0
}

// cut is the tokens before at as a declaration of their own.
func cut(toks []lexer.Token, at int) []lexer.Token {
	before := trim(toks[:at])
	return append(before, lexer.EOFToken(end(before)))
}

// resume is the rest from the next line at or after the index that begins with a
// keyword, or nil.
func resume(toks []lexer.Token, from int) []lexer.Token {
	for i := from; i < len(toks); i++ {
		if beginsLine(toks, i) {
			return toks[i:]
		}
	}
	return nil
}

// beginsLine reports whether the token is a declaration's keyword and the first
// of its line: a weaker sign than begins asks for, used only after a fault.
func beginsLine(toks []lexer.Token, i int) bool {
	return toks[i].Type == tokIdent && forms[toks[i].Value] != "" && firstOfLine(toks, i)
}

func firstOfLine(toks []lexer.Token, i int) bool {
	for i--; i >= 0; i-- {
		if toks[i].Type != tokSpace {
			return toks[i].Pos.Line < toks[i+1].Pos.Line
		}
		if toks[i].Pos.Line < toks[i+1].Pos.Line {
			return true
		}
	}
	return true
}

// firstWord is the index of the first token that is no doc comment, space or
// comment.
func firstWord(toks []lexer.Token) int {
	return slices.IndexFunc(toks, func(t lexer.Token) bool { return t.Type < tokDoc })
}

// File is a parsed file.
type File struct {
	Declarations []*Declaration
	Broken       []Broken // declarations with faults
	Diagnostics  []diag.Diagnostic
	Abandoned    bool // there were so many faults that the rest was not read
}

// Broken is what is known of a declaration with faults, enough that its uses need
// not be faults too.
type Broken struct {
	Keyword string
	Name    Name
}

// Parse reads a whole file.
func Parse(path, text string) *File {
	o := NewOutline(path, text)
	f := &File{Diagnostics: o.Diagnostics}
	for _, item := range o.Items {
		if f.Abandoned = len(f.Diagnostics) >= maxFaults; f.Abandoned {
			break
		}
		found, bad := item.Parse()
		f.Declarations = append(f.Declarations, found...)
		f.Diagnostics = append(f.Diagnostics, bad...)
		if len(found) == 0 && item.Name != "" {
			f.Broken = append(f.Broken, item.broken())
		}
	}
	return f
}

func (i *Item) broken() Broken {
	name := significant(i.tokens, 2)[1]
	at := Node{Pos: name.Pos, EndPos: end([]lexer.Token{name})}
	return Broken{Keyword: i.Keyword, Name: Name{Node: at, Text: name.Value}}
}
