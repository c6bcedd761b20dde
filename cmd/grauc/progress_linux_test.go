package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"grauc/compile"
	"grauc/ir"
)

// pseudoTerminal is a terminal and the end at which one sees what it shows.
func pseudoTerminal(t *testing.T, columns uint16) (screen, terminal *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { screen.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}))
	t.Cleanup(func() { terminal.Close() })
	return screen, terminal
}

// shown is all that a terminal has been sent.
func shown(t *testing.T, screen, terminal *os.File) string {
	t.Helper()
	const end = "\x04"
	fmt.Fprint(terminal, end)
	text, err := bufio.NewReader(screen).ReadString(end[0])
	require.NoError(t, err)
	return strings.TrimSuffix(text, end)
}

func TestProgressOnATerminal(t *testing.T) {
	screen, terminal := pseudoTerminal(t, 70)
	cmd, d := &cobra.Command{}, &compile.Driver{}
	cmd.SetErr(terminal)
	stop := showProgress(cmd, d)
	d.Tell("pass fit", ir.Progress{Done: 1200, Total: 4800})
	time.Sleep(progressDelay + progressEvery/2)
	d.Tell("pass fit", ir.Progress{Done: 4800, Total: 4800})
	time.Sleep(progressEvery)
	stop()
	got := strings.Split(shown(t, screen, terminal), eraseLine)
	require.Len(t, got, 4, "nothing, two drawings, and an empty line: %q", got)
	require.Equal(t, "", got[0])
	require.Equal(t, "grauc: pass fit 1200 of 4800, 1 s [########........................]", got[1])
	require.Regexp(t, `^grauc: pass fit 4800 of 4800, 1 s \[#+\]$`, got[2])
	require.Less(t, len(got[2]), 70)
	require.Equal(t, "", got[3])
}

// What ends within a second shows nothing, nor does anything where nobody looks.
func TestProgressUnseen(t *testing.T) {
	screen, terminal := pseudoTerminal(t, 80)
	cmd, d := &cobra.Command{}, &compile.Driver{}
	cmd.SetErr(terminal)
	showProgress(cmd, d)()
	require.Equal(t, "", shown(t, screen, terminal))

	var file bytes.Buffer
	cmd.SetErr(&file)
	d = &compile.Driver{}
	showProgress(cmd, d)()
	require.Nil(t, d.Tell, "nobody is told")
}
