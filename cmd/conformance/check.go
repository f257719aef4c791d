package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/har"
	"resize-conformance/harness/target"
)

type checkFlags struct {
	watch    watchFlags
	servers  []string
	basePath string
	thenNow  string
}

const longCheck = `check judges traffic that was recorded before: the client by its requests, the server by its answers. It reads HTTP Archives (HAR), as the network
panels of browsers, mitmproxy, Playwright and other tools write them, sends nothing, and ends with the reports and the exit code of "conformance run"; if nothing
could be judged, that is never 0.

A recording is not the wire. What it has not kept (bodies that were dropped or cut, header lines, times) is told and judged in nobody's disfavour; nor are
missing credentials, which tools leave out of what is to be shared. What depends on the very bytes, such as signatures, is not judged.

Several files are one run: they hold traffic with one server, and their times are compared. An exchange that two of them have is judged once. Requests that the
contract does not describe are counted and not judged. Secrets in the files are redacted before anything is written.

Instead of HAR files it takes the journal of a run, a proxy or a check, or the directory it is in, and judges its exchanges again: by another edition (--profile) or contract
(--spec), or by the one that this program has now. It then says what would change, result by result and exchange by exchange; --then-now writes all of it to a file. What is judged
over exchanges is judged as a run does; what a scenario asserts is not in a record and cannot be judged again: that is NOT_TESTABLE, and neither counts for the exit code nor
stands in the reports. Nor is anybody accused or pardoned by bodies that the journal has not kept, or that had a secret in them. The reports go to a directory of their own beside
the journal. The exit code is that of a run that found what was found now; of a journal that is not whole it is 4, for what is lost was not judged.`

func newCheck() *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check FILE.har... | RUN",
		Short: "Judge recorded traffic: HAR files, or the journal of a run again by another contract",
		Long:  longCheck,
		Example: `  conformance check session.har
  conformance check --server ecs.eu-de.example.com before.har after.har
  conformance check --base-path /cloud --profile otc --reports reports/har session.har
  conformance check --profile otc reports/journal.jsonl
  conformance check --spec spec/openapi.yaml --then-now changes.md reports`,
		Args: atLeastOne,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&flags.servers, "server", nil, "judge only what went to this server, a URL or a host; several are names of the same one (default: the only one that was asked for something the contract describes)")
	f.StringVar(&flags.basePath, "base-path", "", "what stands before the contract's paths on that server")
	f.StringVar(&flags.thenNow, "then-now", "", "of a run that is judged again: file for the list of what each result was and is (.md or .json)")
	flags.watch.bind(cmd)
	return cmd
}

func (flags *checkFlags) run(cmd *cobra.Command, names []string) error {
	if flags.basePath != "" && !strings.HasPrefix(flags.basePath, "/") {
		return fmt.Errorf("--base-path: wanted a path that begins with a slash, such as /cloud, got %q", flags.basePath)
	}
	switch path, err := recordedRun(names); {
	case err != nil:
		return err
	case path != "":
		return flags.again(cmd, path)
	case flags.thenNow != "":
		return errors.New("--then-now is for a run that is judged again: a recording of others was not judged before")
	}
	c, err := contract.Load(cmd.Context(), flags.watch.contract)
	if err != nil {
		return err
	}
	var files []*har.File
	for _, name := range names {
		file, err := read(name)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	recording, err := har.Select(files, har.Choice{Servers: flags.servers, BasePath: flags.basePath, Describes: func(method, path string) string {
		operation, ok := c.Describes(method, path)
		if ok && operation == "" {
			return "in no right form"
		}
		return operation
	}})
	if err != nil {
		return err
	}
	secrets := target.SecretsIn(os.LookupEnv)
	for _, token := range har.Secrets(files) {
		if secrets[token] == "" {
			secrets[token] = "$OS_AUTH_TOKEN"
		}
	}
	settings := map[string]string{"recordings": strings.Join(names, ", "), "base-path": flags.basePath}
	return flags.watch.judge(cmd, c, secrets, recording.Server, flags.basePath, recorded(recording, files), settings, func(recorder *exchange.Recorder) (string, []string, error) {
		for i, e := range recording.Entries {
			if cmd.Context().Err() != nil {
				return fmt.Sprintf("a signal ended it after %d of %d entries", i, len(recording.Entries)), recording.Notes, nil
			}
			recorder.Observe(cmd.Context(), &e.Observed)
		}
		return "", recording.Notes, nil
	})
}

// recorded names the client, as far as a recording does.
func recorded(r *har.Recording, files []*har.File) string {
	who := "whoever was recorded"
	if agents := r.Agents(); len(agents) == 1 {
		who = agents[0]
	}
	if by := har.Creators(files); len(by) > 0 {
		who += ", recorded by " + strings.Join(by, " and ")
	}
	return who
}

// read reads a recording; what format it is in is seen by what it holds.
func read(name string) (*har.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewReaderSize(f, 1<<16)
	file, err := har.Read(in, name)
	var at *har.SyntaxError
	if errors.As(err, &at) {
		at.Locate()
	}
	return file, err
}
