package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/preflight"
	"resize-conformance/harness/report"
	"resize-conformance/harness/runner"
	"resize-conformance/harness/target"
)

const longDoctor = `doctor looks whether a run against a server URL can prove something, and says what it would do there. It changes nothing.

It looks at the way to the server (name, proxy, TLS), the clock, the credentials, the project and its region, every server and the flavors of the inventory, at what is
declared (v1, mode, special tokens), and at the quota; and it says of what the run's own servers would be made (--provision), or why they cannot be. Then it rehearses
the chosen scenarios with the embedded emulator, to estimate how much a run would create, send and take. Each line is ok, a warning, or a stop, with what to do next.
With a stop the exit code is 3. The first phase of every run looks at the same things, more briefly, and says only what is wrong.

What it sends are looks, and dry runs of a resize for a server that nobody has. It takes the flags of run: put doctor in the place of run to look at that run.

`

func newDoctor() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look whether a run against a server can prove something, and what it would do there",
		Long:  longDoctor + target.Precedence,
		Example: `  conformance doctor --config huawei.yaml
  conformance doctor --config huawei.yaml --provision stopped,running --budget servers=4,orders=0
  conformance doctor --inventory servers.yaml --requirement RSZ-JOB`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := target.Resolve(cmd.Flags(), os.LookupEnv)
			if err != nil {
				return err
			}
			return flags.examine(cmd.Context(), cmd.OutOrStdout(), config)
		},
	}
	flags.bind(cmd)
	for _, name := range []string{"seed", "fail-fast", "strict", "reports", "junit-dialect", "screens", "quiet"} {
		_ = cmd.Flags().MarkHidden(name) // they say nothing of what a run does to a server; it cannot fail: they are there
	}
	return cmd
}

// checks are lines as a report shows them.
func checks(lines []preflight.Line) []report.Check {
	all := make([]report.Check, len(lines))
	for i, l := range lines {
		all[i] = report.Check{Grade: string(l.Grade), About: l.About, Text: l.Text, Next: l.Next}
	}
	return all
}

// examine looks at one thing after the other and tells of each at once; the first stop ends it.
func (flags *runFlags) examine(ctx context.Context, out io.Writer, config target.Config) error {
	style := report.StyleFor(out, os.Getenv)
	tell := func(lines []preflight.Line) error { return report.Checklist(out, style, checks(lines)) }
	if config.Embedded() {
		return errors.New("doctor looks at a server URL, and none is given: give --server, or an inventory with an endpoint. The embedded emulator needs no doctor")
	}
	lines, err := preflight.Connection(ctx, &config)
	if err := errors.Join(err, tell(lines)); err != nil {
		return err
	}
	if preflight.Stopped(lines) != nil {
		return verdict(exitUnreachable)
	}
	t, err := target.Open(ctx, config, nil, target.WithUserAgent("resize-conformance/"+version), target.WithShards(flags.selection.Shard.Total))
	var unknown *target.SignInError
	if errors.As(err, &unknown) {
		return errors.Join(tell([]preflight.Line{{Grade: preflight.Stop, About: "credentials", Text: unknown.Error()}}), verdict(exitUnreachable))
	}
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = t.Close(closing) // nothing was begun that closing could lose
	}()
	explore := flags.explore.number
	chosen, err := runner.Chosen(t, flags.selection, explore)
	if err != nil {
		return err
	}
	found, err := preflight.Check(ctx, t, t.Inventory, preflight.Options{Thorough: true, Scenarios: chosen, Procs: int(flags.procs), Prefix: config.Prefix})
	for _, w := range t.Warnings {
		found = append(found, preflight.Line{Grade: preflight.Warning, About: "TLS", Text: w})
	}
	if err := errors.Join(err, tell(found)); err != nil {
		return err
	}
	if preflight.Stopped(found) == nil {
		estimate, err := preflight.Rehearse(ctx, t, chosen, explore, t.Settings["profile"])
		expected := estimate.Lines(t, preflight.Bounds{Procs: int(flags.procs), Timeout: cmp.Or(flags.timeout, runner.DefaultTimeout)})
		if err := errors.Join(err, tell(expected)); err != nil {
			return err
		}
		found = append(found, expected...)
	}
	return concludeExamination(out, append(lines, found...))
}

func concludeExamination(out io.Writer, lines []preflight.Line) error {
	warnings := 0
	for _, l := range lines {
		if l.Grade == preflight.Warning {
			warnings++
		}
	}
	switch {
	case preflight.Stopped(lines) != nil:
		_, err := fmt.Fprintln(out, "\nA run would prove nothing. Nothing has been changed.")
		return errors.Join(err, verdict(exitUnreachable))
	case warnings > 0:
		_, err := fmt.Fprintf(out, "\nA run can be made; mind the warnings (%d). Nothing has been changed.\n", warnings)
		return err
	}
	_, err := fmt.Fprintln(out, "\nA run can be made. Nothing has been changed.")
	return err
}
