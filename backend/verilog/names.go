package verilog

import (
	"strconv"

	"grauc/backend"
)

// scope hands out the names of one module. It numbers repeated wishes itself, as
// thousands of values may want the same name.
type scope struct {
	names *backend.Names
	last  map[string]int
}

func newScope() *scope {
	return &scope{names: backend.NewNames(reserved...), last: map[string]int{}}
}

func (s *scope) claim(want string) string {
	want = backend.Identifier(want)
	n := s.last[want] + 1
	s.last[want] = n
	if n == 1 {
		return s.names.Claim(want)
	}
	return s.names.Claim(want + "_" + strconv.Itoa(n))
}
