package ir_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var readmeExample = regexp.MustCompile("(?s)```gir\n((?:grauc\\.)?([a-z]+) .*?)```")

// The README teaches the text by example: every example parses, verifies and
// prints as it stands there, and those of the program in testdata are the files.
func TestReadmeExamples(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	seen := map[string]int{}
	for _, match := range readmeExample.FindAllStringSubmatch(string(readme), -1) {
		src, level := match[1], match[2]
		seen[level]++
		f := formNamed(t, level)
		m, err := f.parse(src)
		if err != nil {
			t.Errorf("%v\n%s", err, src)
			continue
		}
		if err := f.verify(m); err != nil {
			t.Errorf("%v\n%s", err, src)
		}
		if got := f.print(m); got != src {
			t.Errorf("got\n%s\nwant\n%s", got, src)
		}
		if level != "module" && seen[level] == 1 && src != example(t, level) {
			t.Errorf("the first example of %s is not the one in testdata", level)
		}
	}
	for _, f := range forms {
		if seen[f.name] == 0 {
			t.Errorf("no example of %s", f.name)
		}
	}
}
