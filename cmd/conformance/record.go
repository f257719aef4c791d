package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

const longRecord = `record keeps the behaviour of an endpoint: it makes a fixture of the journal of a run, a file that "conformance serve --from" plays and "conformance faithful" compares the
emulator with.

A fixture has what the scenarios of the run sent and were answered, with a date, the edition, the capabilities and the verdicts. What belonged to that run and account is
replaced, everywhere and each always by the same: ids, orders, addresses, the endpoint's and other hosts, names of servers, hosts, key pairs and images, tags, descriptions,
values of metadata that are no documented ones. Placeholders have the form of what they stand for. Times keep their form and are moved, so that the run began at the beginning
of the year 2000. Secrets are in no journal. Flavors, zones and messages stay. The same run gives the same file.

The file has a JSON object a line: first the head (fixture_version, recorded, ...), then for each scenario a line "sequence" (requirement, title, verdict, the servers that it
was given and their states), followed by its lines "exchange" (at_ms since the run began, method, target, sent, body, status, answered, answer, breaks).`

func newRecord() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "record RUN",
		Short: "Keep an endpoint's behaviour, as a run has recorded it, in a normalised fixture",
		Long:  longRecord,
		Example: `  conformance record reports --out kept.fixture
  conformance record eu-de/journal.jsonl --out real.fixture`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return record(cmd, args[0], out) },
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write; without it the fixture goes to stdout")
	return cmd
}

func record(cmd *cobra.Command, path, out string) error {
	run, err := journal.ReadFile(path)
	if run == nil || run.Started.IsZero() {
		return err
	}
	unfinished(cmd, run, err) // what there is of it is evidence all the same
	f := recording.Normalise(run)
	scenarios, exchanges := 0, 0
	for _, s := range f.Sequences {
		exchanges += len(s.Exchanges)
		if !s.Beside() {
			scenarios++
		}
	}
	clients := 0
	for _, x := range run.Exchanges {
		if x.External {
			clients++
		}
	}
	switch {
	case scenarios == 0 && clients > 0:
		return fmt.Errorf("all that was sent in scenarios of the run is a client's (%d exchanges): a fixture keeps what the suite itself has sent, so record a run without --client, and no proxy's", clients)
	case scenarios == 0:
		return errors.New("the run has no exchange of a scenario: there is no behaviour to keep")
	case clients > 0:
		fmt.Fprintf(cmd.ErrOrStderr(), "%d exchanges of the client under test are not kept: a fixture has what the suite itself has sent\n", clients)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return &harnessError{err}
	}
	if out == "" {
		_, err = cmd.OutOrStdout().Write(b.Bytes())
	} else {
		err = os.WriteFile(out, b.Bytes(), 0o644)
	}
	if err != nil {
		return &harnessError{fmt.Errorf("the fixture could not be written: %w", err)}
	}
	what := "endpoint"
	if f.Head.Embedded {
		what = "embedded emulator, which is no evidence of any service"
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "kept %d exchanges of %d scenarios, profile %s, recorded %s, of the %s\n", exchanges, scenarios, f.Head.Profile, f.Head.Recorded, what)
	return nil
}
