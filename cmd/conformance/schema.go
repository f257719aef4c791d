package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/report"
)

// schemas are what `conformance schema` prints, by the name of what they describe.
func schemas() map[string]func() string {
	return map[string]func() string{"journal": journal.Schema, "results": report.ResultsSchema}
}

func newSchema() *cobra.Command {
	names := []string{"journal", "results"}
	return &cobra.Command{
		Use:   "schema journal|results",
		Short: "Print the JSON Schema of journal.jsonl or results.json",
		Long: `schema prints the JSON Schema (draft 2020-12) of what programs may rely on: of one line of journal.jsonl, or of results.json.

Both say which version they are of (journal_version in the first line, schema_version). In the same version fields may be added, so a reader lets pass those
that it does not know; what is taken away or comes to mean something else makes another version, and so does a new type of event in the journal. The schema of
results.json is that of the files of this suite, and names every field.`,
		Example: `  conformance schema journal
  conformance schema results`,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("wanted one of %s, got %d arguments", strings.Join(names, " and "), len(args))
			}
			if schemas()[args[0]] == nil {
				return fmt.Errorf("there is no schema of %q%s; there are those of %s", args[0], nearest.Hint(args[0], names), strings.Join(names, " and "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := io.WriteString(cmd.OutOrStdout(), schemas()[args[0]]()); err != nil {
				return &harnessError{err}
			}
			return nil
		},
	}
}
