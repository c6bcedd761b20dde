package lang

import (
	"github.com/alecthomas/participle/v2/lexer"

	"grauc/lang/diag"
)

// The parser and everything after it recurse into expressions; these limits keep
// that shallow whatever the text.
const (
	maxNesting = 200
	maxChain   = 500
	maxWords   = 20000
)

// level is what is known inside one pair of brackets, since the last comma or "=".
type level struct {
	ifs    int // each nests to the end of the level
	prefix int // signs, nots and powers, which nest up to the next operator
	chain  int // operators that associate
}

// nesting measures a declaration without parsing it.
type nesting struct {
	levels []level
	depth  int // of the whole stack
	last   lexer.Token
}

// tooDeep refuses a declaration that is beyond the limits.
func tooDeep(toks []lexer.Token) (diag.Diagnostic, bool) {
	n := nesting{levels: make([]level, 1)}
	words := 0
	for _, t := range toks {
		if t.Type >= tokDoc || t.EOF() {
			continue
		}
		if words++; words > maxWords {
			return diag.New("declaration-size", tokenSpan(t), "this declaration has more than %d words", maxWords).
				WithHelp("give parts of it names with `fn`; many numbers belong in a data file"), true
		}
		n.token(t)
		if n.depth > maxNesting {
			return diag.New("nesting", tokenSpan(t), "this nests more than %d levels deep", maxNesting).
				WithHelp("give inner parts names of their own with `fn`"), true
		}
		if n.top().chain > maxChain {
			return diag.New("nesting", tokenSpan(t), "more than %d operators in a row", maxChain).
				WithHelp("group them with parentheses, or give parts names of their own with `fn`"), true
		}
		n.last = t
	}
	return diag.Diagnostic{}, false
}

func (n *nesting) top() *level { return &n.levels[len(n.levels)-1] }

func (n *nesting) token(t lexer.Token) {
	top := n.top()
	switch t.Value {
	case "(", "[", "{":
		n.levels = append(n.levels, level{})
		n.depth++
	case ")", "]", "}":
		n.close()
	case ",", "=":
		n.depth -= top.ifs + top.prefix
		*top = level{}
	case "if":
		top.ifs++
		n.depth++
	case "not", "^":
		top.prefix++
		n.depth++
	case "-":
		if n.operandExpected() {
			top.prefix++
			n.depth++
			return
		}
		n.operator(top)
	case "+", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or":
		n.operator(top)
	}
}

func (n *nesting) operator(top *level) {
	n.depth -= top.prefix
	top.prefix = 0
	top.chain++
}

func (n *nesting) close() {
	if len(n.levels) == 1 {
		return
	}
	n.depth -= 1 + n.top().ifs + n.top().prefix
	n.levels = n.levels[:len(n.levels)-1]
}

// operandExpected reports whether a sign here is no subtraction.
func (n *nesting) operandExpected() bool {
	switch n.last.Type {
	case tokPunct:
		return n.last.Value != ")" && n.last.Value != "]"
	case tokKeyword:
		return true
	}
	return false
}
