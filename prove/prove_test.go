package prove_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/backend/verilog"
	"grauc/compile"
	"grauc/ir"
	"grauc/prove"
)

// subject is the only layer of a program.
func subject(t *testing.T, style string) *prove.Subject {
	t.Helper()
	if missing := prove.Missing(); len(missing) > 0 {
		if os.Getenv("GRAUC_TOOLS") == "required" {
			t.Fatalf("not installed: %v", missing)
		}
		t.Skipf("not installed: %v", missing)
	}
	file := filepath.Join(t.TempDir(), "p.grau")
	text := "layer l : int8 scale 1/16 -> int4 scale 1/2 = silu(x) { segments = 3 implement = pwl style = " + style + " }"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	d := &compile.Driver{}
	modules, err := d.Load([]string{file})
	if err != nil {
		t.Fatal(err, d.Diagnostics)
	}
	p, err := d.Lower(modules[0], ir.LevelDatapath)
	require.NoError(t, err)
	r := &backend.Request{PWL: p.PWL, Design: p.Design}
	emitted, err := verilog.Target.Emit(r)
	require.NoError(t, err)
	subjects, err := prove.Subjects(r, emitted)
	if err != nil || len(subjects) != 1 {
		t.Fatal(err, len(subjects))
	}
	return subjects[0]
}

func verdicts(t *testing.T, s *prove.Subject) []prove.Verdict {
	t.Helper()
	v, err := s.Prove(time.Minute)
	require.NoError(t, err)
	return v
}

func TestProved(t *testing.T) {
	for _, style := range []string{"parallel", "pipelined"} {
		s := subject(t, style)
		for _, v := range verdicts(t, s) {
			if v.Outcome != prove.Proved {
				t.Errorf("%s: %s", style, s.Describe(v))
			}
		}
	}
}

// TestEveryOutputBit turns over each bit of the result in turn: then every input is
// a witness, and both provers must give one.
func TestEveryOutputBit(t *testing.T) {
	s := subject(t, "parallel")
	good := s.Verilog
	assign := regexp.MustCompile(`assign y = ([^;]+);`)
	for bit := range s.Layer.Output.Width {
		s.Verilog = assign.ReplaceAllString(good, fmt.Sprintf("assign y = ($1) ^ %d;", 1<<bit))
		if s.Verilog == good {
			t.Fatal("the module does not assign y")
		}
		for _, v := range verdicts(t, s) {
			if v.Outcome != prove.Differs || v.Witness == nil || !s.Layer.Input.Contains(v.Witness.X) {
				t.Errorf("bit %d: %s", bit, s.Describe(v))
			}
		}
	}
}

// TestLatency claims a clock more and a clock less than there are.
func TestLatency(t *testing.T) {
	s := subject(t, "pipelined")
	m := *s.Module
	s.Module = &m
	for _, off := range []int{-1, 1} {
		m.Latency += off
		for _, v := range verdicts(t, s) {
			if v.Outcome != prove.Differs {
				t.Errorf("latency off by %d: %s", off, s.Describe(v))
			}
		}
		m.Latency -= off
	}
}
