package backend

import (
	"fmt"
	"maps"
	"strings"
)

// Names hands out identifiers of a target language: none is a keyword, none
// differs from another by case alone, and none collides with a name derived from
// another, such as a testbench's. The same requests in the same order give the
// same names.
type Names struct{ taken map[string]bool }

// NewNames starts with the target's keywords and predeclared names taken.
func NewNames(reserved ...string) *Names {
	n := &Names{taken: make(map[string]bool, 2*len(reserved))}
	n.Take(reserved...)
	return n
}

// Take keeps names from being handed out.
func (n *Names) Take(names ...string) {
	for _, name := range names {
		n.taken[strings.ToLower(name)] = true
	}
}

// Claim returns want, or want_2, want_3, ... when want is taken, together with
// want followed by each of the derived suffixes.
func (n *Names) Claim(want string, derived ...string) string {
	name := want
	for i := 2; !n.free(name, derived); i++ {
		name = fmt.Sprintf("%s_%d", want, i)
	}
	n.taken[strings.ToLower(name)] = true
	for _, d := range derived {
		n.taken[strings.ToLower(name+d)] = true
	}
	return name
}

func (n *Names) free(name string, derived []string) bool {
	if n.taken[strings.ToLower(name)] {
		return false
	}
	for _, d := range derived {
		if n.taken[strings.ToLower(name+d)] {
			return false
		}
	}
	return true
}

// Identifier makes an identifier of a file's base name: every byte that is not a
// letter, a digit or an underscore becomes an underscore, and a leading digit is
// preceded by one.
func Identifier(s string) string {
	b := []byte(s)
	for i, c := range b {
		if !isWord(c) {
			b[i] = '_'
		}
	}
	if len(b) == 0 || b[0] >= '0' && b[0] <= '9' {
		return "_" + string(b)
	}
	return string(b)
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// Scope is for names within an inner scope, which hide none of those taken so far.
func (n *Names) Scope() *Names { return &Names{taken: maps.Clone(n.taken)} }
