package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProgressFitsTheTerminal(t *testing.T) {
	p := &progress{what: "pass golden", done: 7, total: 9}
	for width := 1; width < 200; width++ {
		line := p.line(width, 90*time.Second)
		require.LessOrEqual(t, len(line), max(width, 4))
		require.Equal(t, width >= len("grauc: pass golden 7 of 9, 90 s  [..........]"), strings.Contains(line, "["))
	}
	require.Equal(t, "[####......]", bar(4, 9, 10))
	require.Equal(t, "[##########]", bar(9, 9, 10))
}
