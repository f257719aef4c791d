//go:build !unix

package driver

import "os/exec"

// ownGroup does nothing where there are no process groups: what a driver starts has to end by itself.
func ownGroup(*exec.Cmd) {}

// killGroup ends the program.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
