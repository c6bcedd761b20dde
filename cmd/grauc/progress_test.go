package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"grauc/ir"
)

func TestProgressFitsTheTerminal(t *testing.T) {
	p := &progress{what: "pass golden", Progress: ir.Progress{Done: 7, Total: 9}}
	for width := 1; width < 200; width++ {
		line := p.line(width, 90*time.Second)
		require.LessOrEqual(t, len(line), max(width, 4))
		require.Equal(t, width >= len("grauc: pass golden 7 of 9, 90 s  [..........]"), strings.Contains(line, "["))
	}
	one := &progress{what: "pass fit", Progress: ir.Progress{Total: 1, Stage: "least squares, 7% of the steps allowed"}}
	require.Equal(t, "grauc: pass fit 0 of 1 (least squares, 7% of the steps allowed), 3 s", one.line(100, 3*time.Second))
	require.Equal(t, "[####......]", bar(4, 9, 10))
	require.Equal(t, "[##########]", bar(9, 9, 10))
}
