// Command conformance judges a server, or an emulator, against the contract of "Modifying the Specifications of an ECS".
//
// It is thin: one file a subcommand, each of which reads its flags, calls the harness and turns what came back into an exit code.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// collectLess is how much the heap may grow, in percent, before it is searched for what can be given back. A run lives for seconds and keeps most of what it
// makes until its end: at Go's own 100 a fifth of its time went into searching, for two fifths less memory. From enoughMemory bytes on it is searched more often again:
// a selftest is many runs. GOGC and GOMEMLIMIT in the environment come first.
const (
	collectLess  = 400
	enoughMemory = 1 << 30
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectLess)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(enoughMemory)
	}
	// The first signal ends the run with its reports written; Ginkgo listens too, and it is what interrupts the scenario under way.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second one ends the program at once, should cleaning up take longer than anybody cares to wait; sweep finds what is left then.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program without the process around it, so that tests can call it. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(stdin, stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	return exitCode(stderr, err)
}
