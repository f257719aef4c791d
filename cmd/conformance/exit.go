package main

import (
	"errors"
	"fmt"
	"io"

	"resize-conformance/harness/preflight"
	"resize-conformance/harness/runner"
	"resize-conformance/harness/target"
)

// The exit codes, for gates.
const (
	exitConforms    = 0
	exitDeviates    = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitHarness     = 4
)

// verdictError carries the exit code of a command that did its work and has said on its own what came out.
type verdictError struct{ code int }

func (e *verdictError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// verdict is nil for 0, so that a command can end with `return verdict(code)`.
func verdict(code int) error {
	if code == exitConforms {
		return nil
	}
	return &verdictError{code}
}

// harnessError marks what is our own fault or the machine's: a report that cannot be written, a broken journal.
type harnessError struct{ err error }

func (e *harnessError) Error() string { return e.err.Error() }
func (e *harnessError) Unwrap() error { return e.err }

// exitCode prints an error that nobody has told yet and turns it into the exit code. What is not known to be anything else is a usage error, because
// every error that cobra itself makes is one.
func exitCode(stderr io.Writer, err error) int {
	if err == nil {
		return exitConforms
	}
	var said *verdictError
	if errors.As(err, &said) {
		return said.code
	}
	fmt.Fprintf(stderr, "conformance: %v\n", err)
	var (
		unreachable *target.UnreachableError
		unknown     *target.SignInError
		stopped     *preflight.StopError
		ours        *harnessError
		runnersOwn  *runner.HarnessError
	)
	switch {
	case errors.As(err, &unreachable), errors.As(err, &unknown), errors.As(err, &stopped):
		return exitUnreachable
	case errors.As(err, &ours), errors.As(err, &runnersOwn):
		return exitHarness
	default:
		return exitUsage
	}
}
