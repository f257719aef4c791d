package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

func newMatrix() *cobra.Command {
	var (
		o        report.MatrixOptions
		markdown string
	)
	cmd := &cobra.Command{
		Use:   "matrix RUN...",
		Short: "Set several runs side by side: clients, servers or versions against requirements",
		Long: `matrix shows which of several runs says what of which requirement. A RUN is the directory of its reports, or its journal. What was put to the test heads its column:
the client of a run that had one under test, else the server. Requirements that every run passes, or that apply to none, are only counted, unless --all is given.
The exit code tells nothing of the verdicts: each run has its own.`,
		Example: `  conformance matrix reports/clients/*
  conformance matrix --markdown compatibility.md eu-de/ eu-nl/`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			runs := make([]*journal.Run, 0, len(args))
			for _, path := range args {
				if info, err := os.Stat(path); err == nil && info.IsDir() {
					path = filepath.Join(path, journal.FileName)
				}
				run, err := journal.ReadFile(path)
				if err != nil && (run == nil || run.Started.IsZero()) {
					return err
				}
				if err != nil { // what is missing has a row of its own
					fmt.Fprintf(cmd.ErrOrStderr(), "conformance: %v\n", err)
				}
				runs = append(runs, run)
			}
			if markdown != "" {
				if err := writeMatrix(markdown, runs, o); err != nil {
					return &harnessError{err}
				}
			}
			o.Style = report.StyleFor(cmd.OutOrStdout(), os.Getenv)
			if err := report.Matrix(cmd.OutOrStdout(), runs, o); err != nil {
				return &harnessError{err}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&markdown, "markdown", "", "file to write the table to as Markdown, too")
	cmd.Flags().BoolVar(&o.All, "all", false, "show the requirements that nobody breaks as well")
	return cmd
}

func writeMatrix(path string, runs []*journal.Run, o report.MatrixOptions) error {
	o.Markdown = true
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := report.Matrix(file, runs, o); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return file.Close()
}
