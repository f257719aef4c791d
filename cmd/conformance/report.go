package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

func newReport() *cobra.Command {
	var (
		from   string
		strict bool
		output outputFlags
	)
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Make every report again from the journal of a run, also of one that was killed",
		Long: `report renders the journal of a run: report.html, results.json, junit.xml, or what --format asks for, and what the terminal shows. It looks at nothing but
the journal.
A run that was killed leaves a journal as far as it came; what is missing then stands in every report as a harness error.
The exit code is that of the run.`,
		Example: `  conformance report --from reports/journal.jsonl
  conformance report --from reports/journal.jsonl --junit-dialect=xsd --reports build/test-results --quiet
  conformance report --from reports/journal.jsonl --format har,sarif,badge --quiet`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			run, err := journal.ReadFile(from)
			if err != nil && (run == nil || run.Started.IsZero()) {
				return err // nothing of it is a journal
			}
			if err != nil {
				// What could be read is reported all the same; every report says that the record is not whole.
				fmt.Fprintf(cmd.ErrOrStderr(), "conformance: %v\n", err)
			}
			if !cmd.Flags().Changed("strict") {
				strict = run.Start.Strict
			}
			if !cmd.Flags().Changed("reports") {
				output.dir = filepath.Dir(run.Files[0])
			}
			return output.retell(cmd, run, strict)
		},
	}
	cmd.Flags().StringVar(&from, "from", filepath.Join("reports", journal.FileName), "the journal, or the directory it is in")
	cmd.Flags().BoolVar(&strict, "strict", false, "count warnings as failures (default: as the run did)")
	output.bind(cmd)
	cmd.Flags().Lookup("reports").Usage = "directory for the reports (default: where the journal is)"
	cmd.Flags().Lookup("reports").DefValue = ""
	return cmd
}

// retell writes the reports of a run that has been read, shows it, and ends with its exit code.
func (o *outputFlags) retell(cmd *cobra.Command, run *journal.Run, strict bool) error {
	if err := o.choose(); err != nil {
		return err
	}
	if err := report.Write(o.dir, run, o.options(strict)); err != nil {
		return &harnessError{err}
	}
	if err := o.show(cmd, run, strict); err != nil {
		return &harnessError{err}
	}
	return verdict(journal.ExitCode(run, strict))
}

func journalIn(dir string) string { return filepath.Join(dir, journal.FileName) }

// dialectFlag reads the name of a JUnit dialect.
type dialectFlag struct{ dialect report.Dialect }

func (f *dialectFlag) String() string {
	if f.dialect == "" {
		return string(report.Rich)
	}
	return string(f.dialect)
}

func (f *dialectFlag) Set(name string) (err error) {
	if f.dialect, err = report.ParseDialect(name); err != nil {
		return fmt.Errorf("%w", err)
	}
	return nil
}

func (f *dialectFlag) Type() string { return "dialect" }
