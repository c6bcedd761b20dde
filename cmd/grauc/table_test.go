package main

import "testing"

func TestPercentIsHundredOnlyWhenAllAreExact(t *testing.T) {
	for share, want := range map[float64]string{0: "0.00%", 0.12345: "12.35%", 1: "100.00%", 1 - 1.0/(1<<24): "<100%"} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %s, want %s", share, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	if got := shorten("größer als gedacht", 10); got != "größer ..." {
		t.Errorf("shorten = %q", got)
	}
	if got := shorten("short", 5); got != "short" {
		t.Errorf("shorten = %q", got)
	}
}
