//go:build unix

package main

import (
	"os/signal"

	"golang.org/x/sys/unix"
)

// ignoreFileSizeSignal makes a file that would grow beyond the limit of the
// process an error of the write.
func ignoreFileSizeSignal() { signal.Ignore(unix.SIGXFSZ) }
