//go:build unix

package prove

import (
	"os/exec"
	"syscall"
)

// ownGroup makes a tool the leader of a group of its own, so that the solver it
// starts ends when it is cancelled.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
