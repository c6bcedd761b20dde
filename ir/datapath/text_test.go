package datapath_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir/datapath"
)

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", `1:1: expected "module", found the end of the text`},
		{"module m { } x", `1:14: expected the end of the text, found "x"`},
		{"module m { %x : s8 = inptu\n}", `1:22: no operation "inptu"; there are input, const, cast, add, sub, shl, shr, less, equal, and, or, xor, not, mux, table, read, reg`},
		{"module m { %x : t8 = input }", `1:17: expected a type such as s13 or u1, found "t8"`},
		{"module m { %x : s8 = input %x : s8 = input }", `1:29: %x is defined twice`},
		{"module m { output y = %y }", `1:24: no value %y in this module`},
		{"module m { %a : s8 = read #b[%a] }", `1:28: no memory #b in this module`},
		{"module m { %a : s8 = add %a }", `1:29: expected ",", found "}"`},
		{"module m { %a : s8 = shl %a }", `1:29: expected ",", found "}"`},
		{"module m { %a : s8 = const 9223372036854775808 }", `1:28: the constant does not fit 64 bits`},
		{"module m { memory #a : s8[4] }", `1:30: expected "write", found "}"`},
	} {
		_, err := datapath.ParseModule(c.src)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\ngives %v\nwant  %s", c.src, err, c.want)
		}
	}
}

// Written by hand, a text may number its values as it likes and name them out of
// order; printed it has the usual form.
func TestLabels(t *testing.T) {
	const src = `module m clocked {
  output y = %sum
  %7 : s8 = const -9223
  %x : s8 = input
  %b : s8 = reg %sum when %en
  %3 "two words" : s8 = input
  %sum : s8 = add %x, %3
  %5 : u1 = input %en : u1 = not %5
  %9 x2 : s8 = cast %7  %10 x2 : s8 = cast %7
}`
	const want = `module m clocked {
  %0 : s8 = const -9223
  %x : s8 = input
  %b : s8 = reg %sum when %en
  %3 "two words" : s8 = input
  %sum : s8 = add %x, %3
  %5 : u1 = input
  %en : u1 = not %5
  %7 x2 : s8 = cast %0
  %8 x2 : s8 = cast %0
  output y = %sum
}
`
	m, err := datapath.ParseModule(src)
	require.NoError(t, err)
	if got := datapath.PrintModule(m); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A module that a pass has broken prints all the same.
func TestPrintOfBrokenModules(t *testing.T) {
	m := &datapath.Module{
		Name: "broken",
		Nodes: []datapath.Node{
			{Op: datapath.OpAdd, Args: []datapath.Ref{7, -1}},
			{Op: datapath.OpReg}, {Op: datapath.OpRead, Mem: 3, Args: []datapath.Ref{0}}, {Op: 99},
		},
		Mems:    []datapath.Memory{{Enable: 9}},
		Outputs: []datapath.Output{{Name: "y", Value: 12}},
	}
	got := datapath.PrintModule(m)
	for _, want := range []string{"add ?, ?", "reg ?", "read ?[%0]", "op99", "when ?", "output y = ?"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
