//go:build unix

package output

import (
	"os"
	"os/signal"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// limited runs body in a process that may write no file above 4 KiB, and checks
// what it prints.
func limited(t *testing.T, test string, body func(), dir, want string) {
	t.Helper()
	if os.Getenv("OUTPUT_DIR") != "" {
		signal.Ignore(unix.SIGXFSZ)
		require.NoError(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 4096, Max: 4096}))
		body()
		os.Exit(0)
	}
	if out := run(t, test, dir); !strings.Contains(out, want) {
		t.Errorf("the limited build says %q, want %q", out, want)
	}
}
