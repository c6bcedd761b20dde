package ir_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/lang/check"
	"grauc/passes/fit"
	"grauc/passes/golden"
	"grauc/passes/lower"
)

// What the compiler makes of real programs goes through the text of every level
// unchanged, like the random modules.
func TestProgramsGoThroughTheirTexts(t *testing.T) {
	files, err := filepath.Glob("../examples/*.grau")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			top := check.Load(file).Module
			if top == nil {
				t.Fatal("it does not compile")
			}
			through(t, "spec", top)
			steps, err := golden.Lower(top)
			require.NoError(t, err)
			through(t, "steps", steps)
			segments, err := fit.Lower(steps)
			require.NoError(t, err)
			through(t, "pwl", segments)
			design, err := lower.Design(segments)
			require.NoError(t, err)
			through(t, "datapath", design)
			for _, u := range design.Hardware {
				through(t, "module", u.Module)
			}
		})
	}
}

func through(t *testing.T, level string, m any) {
	t.Helper()
	f := formNamed(t, level)
	if err := f.verify(m); err != nil {
		t.Errorf("%s: %v", level, err)
	}
	back, err := f.parse(f.print(m))
	if err != nil {
		t.Fatalf("%s: %v", level, err)
	}
	if d := difference(reflect.ValueOf(m), reflect.ValueOf(back)); d != "" {
		t.Errorf("%s differs at %s", level, d)
	}
}
