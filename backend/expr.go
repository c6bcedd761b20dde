package backend

import (
	"fmt"
	"math"

	"grauc/ir/datapath"
)

// Shape says what an expression needs around it inside another.
type Shape uint8

const (
	Compound Shape = iota // parentheses
	Sum                   // none to the left of + or -, else parentheses
	Call                  // none
	Constant              // none; a literal, of whatever type its digits fit
	Variable              // none; may be written twice
)

// Expr is an expression in the text of a target, for C and what looks like it.
type Expr struct {
	Text  string
	Shape Shape
	Node  *datapath.Node // what a variable for it is named after
	value int64          // of a constant
	test  *comparison
}

type comparison struct{ left, op, right string }

// String is the expression as an operand.
func (e Expr) String() string {
	if e.Shape >= Call {
		return e.Text
	}
	return "(" + e.Text + ")"
}

// Literal is a constant with its text in the target.
func Literal(v int64, text string) Expr { return Expr{Text: text, Shape: Constant, value: v} }

// Constant is the value of a literal.
func (e Expr) Constant() (value int64, ok bool) { return e.value, e.Shape == Constant }

// Addition is x + y, with a constant on the right.
func Addition(x, y Expr) Expr {
	if x.Shape == Constant && y.Shape != Constant {
		x, y = y, x
	}
	if y.Shape == Constant && y.value < 0 && y.value > math.MinInt32 {
		return additive(x, "-", fmt.Sprint(-y.value))
	}
	return additive(x, "+", y.String())
}

// Subtraction is x - y.
func Subtraction(x, y Expr) Expr { return additive(x, "-", y.String()) }

func additive(x Expr, op, y string) Expr {
	left := x.String()
	if x.Shape == Sum {
		left = x.Text
	}
	return Expr{Text: left + " " + op + " " + y, Shape: Sum}
}

var (
	mirrored = map[string]string{"<": ">", "==": "=="}
	negated  = map[string]string{"<": ">=", ">": "<=", ">=": "<", "<=": ">", "==": "!=", "!=": "=="}
)

// Compare is x < y or x == y, with a constant on the right.
func Compare(x Expr, op string, y Expr) Expr {
	if x.Shape == Constant {
		x, op, y = y, mirrored[op], x
	}
	return tested(&comparison{x.String(), op, y.String()})
}

func tested(c *comparison) Expr {
	return Expr{Text: c.left + " " + c.op + " " + c.right, test: c}
}

// IsComparison reports whether e is a comparison in so many words.
func (e Expr) IsComparison() bool { return e.test != nil }

// Negated is the opposite of a comparison.
func (e Expr) Negated() Expr {
	return tested(&comparison{e.test.left, negated[e.test.op], e.test.right})
}

// Extreme reports whether "sel ? then : els" is the minimum or maximum of the two.
func Extreme(sel, then, els Expr) bool {
	c := sel.test
	return c != nil && (c.left == then.String() && c.right == els.String() || c.left == els.String() && c.right == then.String())
}

// Locals decides which values of a kernel become variables, and names them.
type Locals struct {
	kernel  *Kernel
	names   *Names
	count   int
	style   func(hint string) string
	declare func(name string, e Expr)
}

// NewLocals hides none of the names around it. style makes an identifier of a hint,
// declare writes a declaration.
func NewLocals(k *Kernel, around *Names, style func(hint string) string, declare func(name string, e Expr)) *Locals {
	return &Locals{kernel: k, names: around.Scope(), style: style, declare: declare}
}

// Claim hands out a name that is not a value's, such as a table's.
func (l *Locals) Claim(want string) string { return l.names.Claim(want) }

// Take keeps names, such as those of parameters, from being handed out.
func (l *Locals) Take(names ...string) { l.names.Take(names...) }

// Name is a new variable's: the hint of its node, or v1, v2, ...
func (l *Locals) Name(n *datapath.Node) string {
	if n.Name != "" {
		return l.names.Claim(l.style(n.Name))
	}
	l.count++
	return l.names.Claim(fmt.Sprintf("v%d", l.count))
}

// Value is what the users of n get: the expression itself, or a variable where it
// is used several times, has a name that tells something, or is long.
func (l *Locals) Value(n *datapath.Node, e Expr) Expr {
	const short = 60
	e.Node = n
	uses := l.kernel.Uses(n)
	if e.Shape >= Constant || uses == 1 && n.Name == "" && len(e.Text) <= short {
		return e
	}
	return l.Variable(e)
}

// Variable is e as a variable of the word's type.
func (l *Locals) Variable(e Expr) Expr {
	if e.Shape == Variable {
		return e
	}
	name := l.Name(e.Node)
	l.declare(name, e)
	return Expr{Text: name, Shape: Variable, Node: e.Node}
}

// Twice is e as something that may be written twice.
func (l *Locals) Twice(e Expr) Expr {
	if e.Shape == Constant {
		return e
	}
	return l.Variable(e)
}

// Typed gives x the word's type where all operands are constants, which would
// be computed in whatever type their digits fit.
func (l *Locals) Typed(x Expr, others ...Expr) Expr {
	for _, e := range others {
		if e.Shape != Constant {
			return x
		}
	}
	if x.Shape != Constant {
		return x
	}
	return l.Variable(x)
}
