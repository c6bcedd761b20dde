package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestOperandsLast(t *testing.T) {
	flags := pflag.NewFlagSet("eval", pflag.ContinueOnError)
	flags.Int("channel", 0, "")
	flags.StringP("level", "l", "", "")
	flags.BoolP("verbose", "v", false, "")
	for _, c := range [][2]string{
		{"f l -5", "-- f l -5"},
		{"f l -5 3 -2", "-- f l -5 3 -2"},
		{"f --channel 2 l -5", "--channel 2 -- f l -5"},
		{"f l -5 --level pwl 7", "--level pwl -- f l -5 7"},
		{"f l --level=pwl -7", "--level=pwl -- f l -7"},
		{"f -l pwl l -1", "-l pwl -- f l -1"},
		{"-v f l -1", "-v -- f l -1"},
		{"f l -- -1 --channel", "-- f l -1 --channel"},
		{"f l --channel", "--channel -- f l"},
		{"f l -", "-- f l -"},
	} {
		if got := operandsLast(flags, strings.Fields(c[0])); !slices.Equal(got, strings.Fields(c[1])) {
			t.Errorf("operandsLast(%s) = %q, want %s", c[0], got, c[1])
		}
	}
}
