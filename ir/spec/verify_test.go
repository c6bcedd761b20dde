package spec_test

import (
	"strings"
	"testing"

	"grauc/ir/spec"
)

const units = `
unit edge[2] : int16 -> int8 {
  shape pipelined segments 8 terms 2 shifts 0..15 guard 2
}
data bn {
  array gamma { 1 2 3 }
}
fn g(x, y) {
  body x + y
}
`

func layer(header, body string) string {
	return head + units + "layer l" + header + " {\n  shape pipelined segments 8 terms 2 shifts 0..15 guard 2\n  body " + body + "\n}\n"
}

func TestVerify(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{layer(" : int8 -> int8", "g(x, bn.gamma[2])"), ""},
		{layer("[3] : int8 -> int8", "bn.gamma[c] * x"), ""},
		{layer(" : int8 -> int8", "if x < 0 and not x == 1 then 1 else 0"), ""},
		{layer(" : int16 -> int8 on edge", "x"), ""},

		{layer(" : int8 -> int8", "h(x)"), `layer "l": no function "h"`},
		{layer(" : int8 -> int8", "g(x)"), `layer "l": g of 2 parameters has 1 arguments`},
		{layer(" : int8 -> int8", "max(x)"), `layer "l": max of 2 arguments has 1`},
		{layer(" : int8 -> int8", "x < 1"), `layer "l": x < 1 is logical where a real value is wanted`},
		{layer(" : int8 -> int8", "if x then 1 else 0"), `layer "l": x is real where a logical value is wanted`},
		{layer(" : int8 -> int8", "if x < 1 then 1 < x else 0"), `layer "l": 1 < x is logical where a real value is wanted`},
		{layer(" : int8 -> int8", "g(x, x < 1)"), `layer "l": x < 1 is logical where a real value is wanted`},
		{layer(" : int8 -> int8", "if (if x < 1 then x < 0 else x) then 1 else 0"), `layer "l": x is real where a logical value is wanted`},
		{layer(" : int8 -> int8", "c"), `layer "l": the channel c where there are no channels`},
		{layer(" : int8 -> int8", "$0"), `layer "l": parameter 0 of 0`},
		{layer("[4] : int8 -> int8", "bn.gamma[c]"), `layer "l": bn.gamma has 3 elements for 4 channels`},
		{layer(" : int8 -> int8", "bn.gamma[3]"), `layer "l": bn.gamma has no element 3`},
		{layer(" : int8 -> int8", "bn.gamma[0.5]"), `layer "l": bn.gamma has no element 1/2`},
		{layer(" : int8 -> int8", "bn.beta[0]"), `layer "l": no data bn.beta`},
		{layer(" : int8 -> int8", "bn.gamma[floor(x)]"), `layer "l": the index of bn.gamma depends on x`},
		{layer(" : int33 -> int8", "x"), `layer "l": input int33: a width is 1 to 32`},
		{layer(" : int8 -> uint17", "x"), `layer "l": output uint17: a width is 1 to 16`},
		{layer(" : int8 -> int8 scale 0", "x"), `layer "l": output int8 scale 0: the scale is not positive`},
		{layer(" : int8 -> uint8 narrow", "x"), `layer "l": output uint8 narrow: only a signed format is narrow`},
		{layer(" : int17 -> int8 on edge", "x"), `layer "l": input int17 does not fit into the unit's int16`},
		{layer(" : uint16 -> int8 on edge", "x"), `layer "l": input uint16 does not fit into the unit's int16`},
		{layer("[3] : int16 -> int8 on edge", "x"), `layer "l": 3 channels where the unit holds 2`},
		{layer(" : int16 -> int8 on egde", "x"), `layer "l": no unit "egde"`},
		{layer(" : int8 -> int8", "x\n range 1..1"), `layer "l": the range is empty`},
		{layer(" : int8 -> int8", "x\n weight normal(0, 0)"), `layer "l": the weight's standard deviation is not positive`},
		{head + "layer l : int8 -> int8 { body x }", `layer "l": 0 segments where there may be 1 to 128`},

		{function("x", "f(x)"), `function "f": it calls "f", which does not come before it`},
		{function("x", "g(x)") + "fn g(x) { body f(x) }", `function "f": it calls "g", which does not come before it`},
		{function("x", "x") + "fn f(x) { body x }", `function "f": it is there twice`},
		{function("x", "$x"), `function "f": the input x in a function`},
		{function("x", "$c"), `function "f": the channel c where there are no channels`},
		{function("x", "$1"), `function "f": parameter 1 of 1`},
		{function("x, x", "x"), `function "f": two parameters are called "x"`},
		{function("", "pi"), `function "f": it has no parameter`},
		{head + "fn f(x) { }", `function "f": an expression is missing`},
		{head + "unit u : int8 -> int8 { }", `unit "u": 0 segments where there may be 1 to 128`},
		{head + "data d { } data d { }", `data "d" is there twice`},
	} {
		m, err := spec.Parse(c.src)
		if err != nil {
			t.Errorf("%v\n%s", err, c.src)
			continue
		}
		switch err := spec.Verify(m); {
		case c.want == "" && err != nil:
			t.Errorf("%v\n%s", err, c.src)
		case c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), c.want)):
			t.Errorf("%s\ngives %v\nwant  %s", c.src, err, c.want)
		}
	}
}
