package steps_test

import (
	"fmt"
	"testing"

	"grauc/ir/steps"
)

func TestVerify(t *testing.T) {
	for _, c := range []struct{ channels, runs, want string }{
		{"", "channel 0 { -8:0 3:1 }", ""},
		{"[2]", "channel 0 { -8:0 } channel 1 { -8:3 -7:-4 }", ""},
		{"", "", `layer "l": 0 functions where the layer has 1 channels`},
		{"[2]", "channel 0 { -8:0 }", `layer "l": 1 functions where the layer has 2 channels`},
		{"", "channel 0 { }", `layer "l": channel 0: no runs`},
		{"", "channel 0 { -7:0 }", `layer "l": channel 0: run 0 starts at -7, not at the smallest input -8`},
		{"[2]", "channel 0 { -8:0 } channel 1 { -8:0 2:1 2:2 }", `layer "l": channel 1: run 2: start 2 is not above 2`},
		{"", "channel 0 { -8:0 2:0 }", `layer "l": channel 0: run 1: output 0 is that of the run before`},
		{"", "channel 0 { -8:0 8:1 }", `layer "l": channel 0: run 1: start 8 is not a code of int4`},
		{"", "channel 0 { -8:4 }", `layer "l": channel 0: run 0: output 4 is not a code of int3`},
		{"", "channel 0 : int5 -> int3 { -16:0 }", `layer "l": channel 0: int5 -> int3 where the layer is int4 -> int3`},
	} {
		src := fmt.Sprintf("grauc.steps \"t\"\nlayer l%s : int4 -> int3 {\n shape serial segments 1 terms 1 shifts 0..0 guard 0\n %s\n}", c.channels, c.runs)
		m, err := steps.Parse(src)
		if err != nil {
			t.Errorf("%v\n%s", err, src)
			continue
		}
		got := ""
		if err := steps.Verify(m); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s\ngives %s\nwant  %s", c.runs, got, c.want)
		}
	}
}
