package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/preflight"
	"resize-conformance/harness/runner"
	"resize-conformance/harness/target"
	"resize-conformance/harness/worker"
	"resize-conformance/suites"
)

// workerFlag makes a run a worker of another, and says which. It is no flag for people.
const workerFlag = "as-worker"

// mostProcs bounds --procs: each is a process with the contract in memory.
const mostProcs = 256

// procsFlag is a number of processes.
type procsFlag int

// Set implements pflag.Value.
func (p *procsFlag) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > mostProcs {
		return fmt.Errorf("want a number from 1 to %d", mostProcs)
	}
	*p = procsFlag(n)
	return nil
}

// String implements pflag.Value.
func (p *procsFlag) String() string { return strconv.Itoa(max(1, int(*p))) }

// Type implements pflag.Value.
func (p *procsFlag) Type() string { return "N" }

// workerCommand is this program once more, with the same command line, as a worker.
func workerCommand(ctx context.Context, n int) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	return exec.CommandContext(ctx, program, append(slices.Clone(os.Args[1:]), fmt.Sprintf("--%s=%d", workerFlag, n))...)
}

// slowJobs is the pause between looks at a job from which on jobs are taken to last so long that it matters who begins with what.
const slowJobs = 100 * time.Millisecond

// slow tells whether the jobs of a target are.
func slow(t *target.Target) bool {
	return !t.Embedded && t.Under == nil && t.Timeouts.Poll >= slowJobs
}

// crew says by whom the scenarios of a run against a target are carried out.
func (flags *runFlags) crew(t *target.Target, shown *shown) runner.Crew {
	crew := runner.Crew{Size: int(flags.procs), Command: func(ctx context.Context, n int) *exec.Cmd {
		command := workerCommand(ctx, n)
		if t.Prefix != "" { // made up once for all
			command.Args = append(command.Args, "--prefix="+t.Prefix)
		}
		return command
	}}
	if slow(t) {
		crew.Weigh = func(ctx context.Context, chosen []suites.Scenario) (map[string]int, error) {
			estimate, err := preflight.Rehearse(ctx, t, chosen, flags.explore.number, t.Settings["profile"])
			shown.expect(chosen, estimate, t.Timeouts.Poll)
			return estimate.Weights, err
		}
	}
	return crew
}

// work carries scenarios out for the run that started this process. What it finds goes to that run.
func (flags *runFlags) work(cmd *cobra.Command, config target.Config, terms runner.Terms) error {
	link := worker.NewLink(cmd.InOrStdin(), cmd.OutOrStdout())
	t, err := target.Open(cmd.Context(), config, link, target.WithUserAgent("resize-conformance/"+version), target.WithLeases(link),
		target.WithLedger(flags.output.dir), target.WithPart(flags.worker, int(flags.procs)), target.WithShards(flags.selection.Shard.Total))
	if err != nil {
		_ = link.Done(worker.Done{Error: err.Error()}) // that it cannot be said shows by the worker's end
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), 10*time.Second)
		defer cancel()
		_ = t.Close(closing) // everything is said
	}()
	return runner.Work(cmd.Context(), t, link, flags.options(cmd, terms))
}
