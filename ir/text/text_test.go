package text_test

import (
	"math/big"
	"testing"

	"grauc/ir"
	"grauc/ir/text"
)

func rat(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is not a number", s)
	}
	return r
}

func TestNumber(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"0", "0"},
		{"-12", "-12"},
		{"1/4", "0.25"},
		{"-5/100", "-0.05"},
		{"1/3", "1/3"},
		{"-22/7", "-22/7"},
		{"1/16384", "0.00006103515625"},
		{"1e-20", "0.00000000000000000001"},
		{"123e-21", "123e-21"},
		{"1/18446744073709551616", "1/18446744073709551616"},
		{"1e25", "10000000000000000000000000"},
	} {
		v := rat(t, c.value)
		got := text.Number(v)
		if got != c.want {
			t.Errorf("%s prints as %s, want %s", c.value, got, c.want)
		}
		s := text.NewScanner(got)
		if back := s.Rat("a number"); s.Err() != nil || back.Cmp(v) != 0 {
			t.Errorf("%s is read as %s, %v", got, back, s.Err())
		}
	}
}

func TestInt(t *testing.T) {
	for _, c := range []struct {
		src  string
		want int64
		ok   bool
	}{
		{"0", 0, true},
		{"- 7", -7, true},
		{"0x1f", 31, true},
		{"9223372036854775807", 1<<63 - 1, true},
		{"-9223372036854775808", -1 << 63, true},
		{"9223372036854775808", 0, false},
		{"-9223372036854775809", 0, false},
		{"99999999999999999999999", 0, false},
		{"1.5", 0, false},
		{"x", 0, false},
		{"", 0, false},
	} {
		s := text.NewScanner(c.src)
		if got := s.Int("a number"); (s.Err() == nil) != c.ok || got != c.want {
			t.Errorf("%q is read as %d, %v", c.src, got, s.Err())
		}
	}
}

func TestLevel(t *testing.T) {
	for _, c := range []struct {
		src  string
		want ir.Level
		ok   bool
	}{
		{"grauc.spec \"a\"", ir.LevelSpec, true},
		{"// what it is\n\n  grauc.pwl \"a\"\nnonsense ~", ir.LevelPWL, true},
		{"grauc.datapath", ir.LevelDatapath, true},
		{"grauc.verilog", 0, false},
		{"layer x : int8", 0, false},
		{"// nothing", 0, false},
		{"", 0, false},
	} {
		got, err := text.Level(c.src)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("%q is of level %v, %v", c.src, got, err)
		}
	}
}

func TestName(t *testing.T) {
	for _, name := range []string{"silu", "layer", "_", "a1", "", "1a", "two words", "größe", "a.b", "\x00\xff\"\\\n"} {
		s := text.NewScanner(text.Name(name))
		if got := s.Name("a name"); got != name || s.Err() != nil || !s.AtEnd() {
			t.Errorf("%q prints as %s and is read as %q, %v", name, text.Name(name), got, s.Err())
		}
	}
	if text.Name("layer") != "layer" {
		t.Error("a word is in quotes")
	}
}
