package pwl_test

import (
	"testing"

	"grauc/ir/pwl"
)

func TestParseErrors(t *testing.T) {
	in := func(channel string) string {
		return "grauc.pwl \"t\"\nlayer l : int4 -> int3 { channel 0 {\n" + channel + "\n} }"
	}
	for _, c := range []struct{ src, want string }{
		{in("steps golden"), `3:7: the channel has no golden function`},
		{in("segments guard 2 { from 1 2 }"), `3:27: expected ":", found "2"`},
		{in("segments guard 2 { from 1: 2 + y>>3 }"), `3:32: expected "x", found "y"`},
		{in("segments guard 2 { from 1: 2 + x<3 }"), `3:33: expected ">>", found "<"`},
		{in("segments guard 2 { -8: 2 }"), `3:20: expected "from", "row" or "}", found "-"`},
		{in("error max 1 at 2 squares 1/2"), `4:1: the sum of the squares is not an integer`},
		{in("} channel 2 {"), `3:11: the channel is 2, and the next one is 1`},
		{in("golden { 1:2 } golden { 1:2 }"), `3:16: golden is stated twice`},
	} {
		_, err := pwl.Parse(c.src)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\ngives %v\nwant  %s", c.src, err, c.want)
		}
	}
}

func TestSegmentText(t *testing.T) {
	s := pwl.Segment{Start: -300, Bias: 44, Terms: []pwl.Term{{Shift: 3}, {Shift: -1, Negative: true}, {}}}
	if got, want := s.String(), "from -300: 44 + x>>3 - x<<1 + x>>0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
