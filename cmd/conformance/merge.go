package main

import (
	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
)

func newMerge() *cobra.Command {
	var (
		strict bool
		output outputFlags
	)
	cmd := &cobra.Command{
		Use:   "merge JOURNAL...",
		Short: "Put the shards of a run together",
		Long: `merge makes one run of the journals of all its shards (conformance run --shard i/n): one journal, and every report.
Shards that are missing, given twice, or of different runs (another contract, profile, target or suite version) are errors that name the files.
The exit code is that of the whole run.`,
		Example: `  conformance merge shard-*/journal.jsonl --reports reports`,
		Args:    atLeastOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := journal.MergeFiles(args)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("strict") {
				strict = run.Start.Strict
			}
			if err := journal.Save(output.dir, run); err != nil {
				return &harnessError{err}
			}
			return output.retell(cmd, run, strict)
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "count warnings as failures (default: as the shards did)")
	output.bind(cmd)
	return cmd
}
