package check_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var programs = regexp.MustCompile("(?s)```grau\n(.*?)```")

// TestReadme checks the programs of the language's page.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	zeros := "[" + strings.Repeat("0, ", 63) + "0]"
	found := programs.FindAllStringSubmatch(string(text), -1)
	if len(found) == 0 {
		t.Fatal("there are no programs on the page")
	}
	for _, program := range found {
		module(t, map[string]string{
			"main.grau": program[1],
			"bn.json":   `{"gain": ` + zeros + `, "shift": ` + zeros + `}`,
		})
	}
}
