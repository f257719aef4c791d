package main

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/coverage"
	"resize-conformance/harness/journal"
)

func newCoverage() *cobra.Command {
	var (
		source contract.Source
		from   []string
		all    bool
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Show what of the contract a run has exercised, and what not",
		Long: `coverage takes the contract apart - operations, statuses, media types, parameters, fields, each constraint on them, requirements - and looks
in the journal of a run, or of several together, for what was exercised. A constraint on a request wants both a request that keeps it and
one that breaks it and nothing else. What cannot be exercised has its reason in the contract (x-not-exercised, tested: no).
The exit code is 0 when all that can be exercised was, 1 when something was not or a reason does not hold any more, and 4 when the record of
a run is not whole.`,
		Example: `  conformance coverage                                 the run whose reports are in ./reports
  conformance coverage --from a/journal.jsonl --from b  two runs together
  conformance coverage --all                           every element that was not exercised, and what need not be, and why`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			runs, err := readRuns(from)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("profile") {
				source.Profile = runs[0].Start.Profile
			}
			c, err := contract.Load(cmd.Context(), source)
			if err != nil {
				return err
			}
			found, err := coverage.Of(cmd.Context(), c, runs...)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				err = enc.Encode(found)
			} else {
				err = found.Print(cmd.OutOrStdout(), coverage.PrintOptions{All: all})
			}
			if err != nil {
				return &harnessError{err}
			}
			switch {
			case len(found.Problems) > 0:
				return verdict(exitHarness)
			case len(found.Uncovered()) > 0, len(found.Stale) > 0:
				return verdict(exitDeviates)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&from, "from", []string{filepath.Join("reports", journal.FileName)}, "a journal, or the directory it is in; several are put together")
	f.StringVar(&source.Profile, "profile", "", "vendor edition of the contract, or path of an overlay file (default: that of the first run)")
	f.StringVar(&source.File, "spec", "", "another OpenAPI document as the contract")
	f.BoolVar(&all, "all", false, "list every element that was not exercised, and what need not be, with the reasons")
	f.BoolVar(&asJSON, "json", false, "print JSON: every element")
	return cmd
}

// readRuns reads the journals that are named. One that breaks off is read as far as it goes; what is wrong with it stands in its run.
func readRuns(from []string) ([]*journal.Run, error) {
	if len(from) == 0 || slices.Contains(from, "") {
		return nil, errors.New("--from: want a journal, or the directory it is in; got an empty name")
	}
	var runs []*journal.Run
	for _, path := range from {
		run, err := journal.ReadFile(path)
		if err != nil && (run == nil || run.Started.IsZero()) {
			return nil, err // nothing of it is a journal
		}
		runs = append(runs, run)
	}
	return runs, nil
}
