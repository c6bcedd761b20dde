package c

import (
	"fmt"
	"strings"
)

// helper is a function that says in defined C what the machine does anyway.
type helper struct {
	name, doc, text string
}

// shiftRight is floor(a / 2^n). What >> makes of a negative a is up to the
// implementation, which the first condition, a constant, asks; not every compiler
// makes one instruction of the third expression alone.
func shiftRight(word int) helper {
	return helper{
		name: fmt.Sprintf("shr%d", word),
		doc:  "floor(a / 2^n), whatever >> makes of a negative a",
		text: fmt.Sprintf("int%[1]d_t shr%[1]d(int%[1]d_t a, int n)\n{\n    return (-1 >> 1 == -1 || a >= 0) ? a >> n : ~(~a >> n);\n}\n", word),
	}
}

// toSigned is a modulo 2^word: the conversion of a large a is up to the
// implementation.
func toSigned(word int) helper {
	return helper{
		name: fmt.Sprintf("signed%d", word),
		doc:  fmt.Sprintf("a, or a - 2^%d where a is too large", word),
		text: fmt.Sprintf("int%[1]d_t signed%[1]d(uint%[1]d_t a)\n{\n    return a <= INT%[1]d_MAX ? (int%[1]d_t)a : ~(int%[1]d_t)~a;\n}\n", word),
	}
}

// helperNames are taken in every scope.
var helperNames = []string{
	shiftRight(32).name, shiftRight(64).name, toSigned(32).name, toSigned(64).name,
}

// helpers are those a file uses, in the order of their first use.
type helpers []helper

// call is an application of a helper, which the file then defines.
func (hs *helpers) call(h helper, args ...string) string {
	if !hs.has(h.name) {
		*hs = append(*hs, h)
	}
	return h.name + "(" + strings.Join(args, ", ") + ")"
}

func (hs *helpers) has(name string) bool {
	for _, h := range *hs {
		if h.name == name {
			return true
		}
	}
	return false
}

func (hs *helpers) text(inline string) string {
	var t strings.Builder
	for _, h := range *hs {
		t.WriteString("\n" + comment(h.doc) + inline + " " + h.text)
	}
	return t.String()
}
