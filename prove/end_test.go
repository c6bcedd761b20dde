package prove

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asking has others than the provers asked.
func asking(t *testing.T, ask func(*workshop, []posed) (answer, error)) {
	known := provers
	t.Cleanup(func() { provers = known })
	provers = []prover{{"first", ask, 0, nil}, {"second", ask, 0, nil}}
}

// TestCanceled ends provers that run when a context does, and leaves no files.
func TestCanceled(t *testing.T) {
	s := subjects(t, fmt.Sprintf(fixed, "parallel"))[0]
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	asking(t, func(w *workshop, _ []posed) (answer, error) {
		cancel()
		_, err := w.run("sleep", "1000")
		return answer{}, err
	})
	verdicts, err := s.Prove(ctx, time.Hour)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, AllProved(verdicts))
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestLeft says what the search had left when its time was over, and nobody proved.
func TestLeft(t *testing.T) {
	s := subjects(t, fmt.Sprintf(fixed, "parallel"))[0]
	w := &workshop{t.Context(), t.TempDir()}
	scenes, err := s.scenes(w)
	require.NoError(t, err)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	asking(t, func(*workshop, []posed) (answer, error) { return answer{}, errors.New("undecided") })

	s0 := scenes[0]()
	begun := &task{scene: s0, problem: problemOf(s0.claims...)}
	begun.chain, begun.apart = sweep(ended, s0.g, begun.problem, s0.stimuli())
	require.False(t, begun.apart)
	for _, v := range verdicts(w, []*task{begun}, time.Minute) {
		require.Equal(t, "not proved by "+v.Prover+` (undecided; left: 4 of 4 bits of "y")`, v.String())
	}
	_, count := (&workshop{ended, w.dir}).tasks(scenes)
	require.Equal(t, len(scenes), count)
	tasks, count := w.tasks(scenes)
	require.Zero(t, count)
	done := tasks[0]
	require.False(t, done.apart)
	require.Empty(t, done.chain.open)
}

// TestNotComeTo counts what there was no time left to search a chain for: it is not proved.
func TestNotComeTo(t *testing.T) {
	s := subjects(t, fmt.Sprintf(fixed, "parallel"))[0]
	scenes, err := s.scenes(&workshop{t.Context(), t.TempDir()})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ending := func() *scene { cancel(); return scenes[0]() }
	_, left := (&workshop{ctx, t.TempDir()}).tasks([]func() *scene{ending})
	require.Equal(t, 1, left)
}
