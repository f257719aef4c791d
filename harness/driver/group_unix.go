//go:build unix

package driver

import (
	"os/exec"
	"syscall"
)

// ownGroup gives a program a process group of its own, so that everything it starts can be ended with it, and a terminal's interrupt does not reach it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends all processes of the group that a program leads. That none is left is fine.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
