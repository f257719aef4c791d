//go:build unix

package worker

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps a terminal's interrupt from a worker: the leader tells it, once, and a second interrupt would have it leave its servers as they are.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
