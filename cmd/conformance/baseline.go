package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/baseline"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/runner"
)

// defaultBaseline is the file that is written when none is named.
const defaultBaseline = "baseline.yaml"

const longBaseline = `A baseline is a file of accepted failures: deviations that are known, that somebody answers for, and that are accepted until a day. Each entry has

  requirement  the id of what is broken
  scenario     its title; may be left out where the requirement has one result only
  signature    the ways in which it may fail, as reports show them ("way"): one, or a list
  owner, reason, link
  expires      2026-11-30: UTC, the last day on which it holds

"conformance run --baseline FILE" goes by it. What fails as listed is XFAIL, shown in every report and no failure. The run fails when something listed passes (XPASS),
fails in another way, or has expired. It does not begin (exit code 2) when an entry is about nothing in the pack, about several results, about the same as another, or
has a place that is still to be filled in.`

func newBaseline() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Check and renew the file of accepted failures",
		Long:  longBaseline,
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBaselineUpdate(), newBaselineCheck())
	return cmd
}

func newBaselineUpdate() *cobra.Command {
	var from, file string
	cmd := &cobra.Command{
		Use:   "update",
		Short: "Renew the file of accepted failures from a run",
		Long: `update takes out of the file what passes now, and puts in what fails and is not listed, with places (TODO) that a person has to fill in: a run refuses the file until
then. An entry that fails in other ways than before gets these, and its reason is to be looked at anew. Comments, order and everything else stay as they are; no day is
ever extended. What the run did not carry out stays. Warnings are put in only from a run with --strict.`,
		Example: `  conformance baseline update --from reports --baseline accepted.yaml`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			run, err := journal.ReadFile(from)
			if err != nil {
				return err
			}
			text, changes, err := baseline.Update(file, run)
			if err != nil {
				return err
			}
			if err := baseline.Save(file, text); err != nil {
				return &harnessError{err}
			}
			counts := map[baseline.ChangeKind]int{}
			for _, c := range changes {
				counts[c.Kind]++
				fmt.Fprintf(cmd.OutOrStdout(), "%-8s %s: %s\n", c.Kind, c.Name, c.Text)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d added, %d altered, %d removed\n", file, counts[baseline.Added], counts[baseline.Altered], counts[baseline.Removed])
			return err
		},
	}
	cmd.Flags().StringVar(&from, "from", filepath.Join("reports", journal.FileName), "the journal of the run, or the directory it is in")
	cmd.Flags().StringVar(&file, "baseline", defaultBaseline, "the file; it is made when it is not there")
	return cmd
}

func newBaselineCheck() *cobra.Command {
	var source contract.Source
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Say whether a run could go by a file of accepted failures",
		Long: `check reads the file, holds it against the pack, and says which entries have expired. The exit code is 0 when a run can go by it, 1 when an entry has expired, 2 when
a run would refuse it.`,
		Example: `  conformance baseline check accepted.yaml --profile otc`,
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := baseline.Read(args[0])
			if err != nil {
				return err
			}
			c, err := contract.Load(cmd.Context(), source)
			if err != nil {
				return err
			}
			pack, err := runner.Possible(c)
			if err != nil {
				return err
			}
			b := f.Baseline(time.Now())
			if err := baseline.Check(b, pack); err != nil {
				return err
			}
			expired := 0
			for _, e := range b.Entries {
				state := "until"
				if e.ExpiredOn(b.Day) {
					state = "EXPIRED"
					expired++
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s:%d: %s  %s %s (%s)\n", b.File, e.Line, e.Name(), state, e.Expires, e.Owner)
			}
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %d accepted, %d of them expired on %s\n", b.File, len(b.Entries), expired, b.Day); err != nil {
				return &harnessError{err}
			}
			if expired > 0 {
				return verdict(exitDeviates)
			}
			return nil
		},
	}
	bindSource(cmd, &source)
	return cmd
}
