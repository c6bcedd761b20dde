package check_test

import (
	"fmt"
	"strings"
	"testing"

	"grauc/lang/check"
)

// Many files that are each small enough are still too much.
func TestFilesAltogether(t *testing.T) {
	t.Chdir(t.TempDir())
	var main strings.Builder
	for i := range 6 {
		write(t, fmt.Sprintf("f%d.grau", i), "//"+strings.Repeat(" ", 900<<10))
		fmt.Fprintf(&main, "use \"f%d.grau\"\n", i)
	}
	write(t, "main.grau", main.String())
	r := check.Load("main.grau")
	if len(r.Diagnostics) != 2 || r.Diagnostics[0].Code != "file-size" || r.Diagnostics[0].Span.Line != 5 {
		t.Error(r.Diagnostics)
	}
}
