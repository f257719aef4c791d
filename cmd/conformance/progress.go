package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/preflight"
	"resize-conformance/harness/report"
	"resize-conformance/harness/runner"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// shown is the progress of a run, as far as it is shown.
type shown struct {
	progress *report.Progress // nil: not at all
}

// progress shows it on stderr, so that stdout can be kept or read by a program; on stdout where only that is a terminal and nothing else reads it.
func (o *outputFlags) progress(cmd *cobra.Command) *shown {
	if o.quiet {
		return &shown{}
	}
	var on io.Writer = cmd.ErrOrStderr()
	if out := cmd.OutOrStdout(); !o.json && !report.IsTerminal(on) && report.IsTerminal(out) {
		on = out
	}
	return &shown{report.NewProgress(on, report.ProgressOptions{Style: report.StyleFor(on, os.Getenv), Lines: !report.Redraws(on, os.Getenv)})}
}

func (s *shown) watch(e journal.Event) {
	if s.progress != nil {
		_ = s.progress.Write(e) // it never fails
	}
}

func (s *shown) close() {
	if s.progress != nil {
		s.progress.Close()
	}
}

// aside is how long a scenario takes beside its waits for jobs.
const aside = 300 * time.Millisecond

// expect tells how long each scenario is expected to take.
func (s *shown) expect(scenarios []suites.Scenario, e preflight.Estimate, poll time.Duration) {
	if s.progress == nil {
		return
	}
	weights := map[string]float64{}
	for _, scenario := range scenarios {
		requirement := scenario.Requirement.ID
		weights[requirement] = float64(time.Duration(e.Weights[requirement])*poll + aside)
	}
	s.progress.Expect(weights)
}

// expect rehearses a run with slow jobs beside it, so that the time left can go by which scenarios wait for how many of them; with several processes that is done
// anyhow. The function that it returns ends it.
func (flags *runFlags) expect(ctx context.Context, t *target.Target, shown *shown) (end func()) {
	if shown.progress == nil || flags.procs > 1 || !slow(t) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		chosen, err := runner.Chosen(t, flags.selection, flags.explore.number)
		if err != nil {
			return // the run itself says so
		}
		if estimate, err := preflight.Rehearse(ctx, t, chosen, flags.explore.number, t.Settings["profile"]); err == nil {
			shown.expect(chosen, estimate, t.Timeouts.Poll)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
