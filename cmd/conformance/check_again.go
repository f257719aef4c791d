package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
	"resize-conformance/suites"
)

// againDir is where the reports of a run that is judged again go, below those of the run.
const againDir = "judged-again"

// recordedRun is the path of the run that is named, "" where the names are those of recordings of others.
func recordedRun(names []string) (string, error) {
	for _, name := range names {
		is, err := isRun(name)
		switch {
		case err != nil:
			return "", err
		case is && len(names) > 1:
			return "", fmt.Errorf("%s is a run, and a run is judged alone: `conformance merge` puts the shards of one together", name)
		case is:
			return name, nil
		}
	}
	return "", nil
}

// isRun tells the directory or the journal of a run from other files by what it holds.
func isRun(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return err == nil, err
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	head = bytes.TrimLeft(head[:n], " \t\r\n")
	if bytes.Contains(head, []byte(`"schema_version"`)) {
		return false, noExchanges(name)
	}
	return bytes.HasPrefix(head, []byte(`{"seq":`)) || bytes.Contains(head, []byte(`"type":"`+string(journal.RunStarted)+`"`)), nil
}

// noExchanges says of what a run has left that it cannot be judged again.
func noExchanges(name string) error {
	return fmt.Errorf("%s: wanted a HAR file, or the journal of a run (%s); this tells what was found, and has none of the exchanges that could be judged again", name, journal.FileName)
}

// readRecord reads the journal of a run that is to be judged again.
func readRecord(path string) (*journal.Run, error) {
	run, err := journal.ReadFile(path)
	if err == nil || run != nil && !run.Started.IsZero() {
		return run, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		if _, missing := os.Stat(filepath.Join(path, report.ResultsFile)); missing == nil {
			return nil, noExchanges(filepath.Join(path, report.ResultsFile))
		}
		return nil, fmt.Errorf("%s: wanted the reports of a run, got a directory without %s", path, journal.FileName)
	}
	return nil, err
}

// again judges the journal of a run anew and tells what has become of its results.
func (flags *checkFlags) again(cmd *cobra.Command, path string) error {
	if len(flags.servers) > 0 {
		return errors.New("--server: a run has one server, and all that went to it is judged")
	}
	if ext := filepath.Ext(flags.thenNow); flags.thenNow != "" && ext != ".md" && ext != ".json" {
		return fmt.Errorf("--then-now %s: wanted a file whose name ends in .md or .json", flags.thenNow)
	}
	run, err := readRecord(path)
	if run == nil {
		return err
	}
	if err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "conformance: %v\n", err)
	}
	changed := cmd.Flags().Changed
	if !changed("profile") {
		flags.watch.contract.Profile = run.Start.Profile
	}
	c, err := contract.Load(cmd.Context(), flags.watch.contract)
	if err != nil {
		return err
	}
	if !changed("strict") {
		flags.watch.strict = run.Start.Strict
	}
	if !changed("reports") {
		flags.watch.output.dir = filepath.Join(filepath.Dir(run.Files[0]), againDir)
	}
	if own, err := filepath.Abs(journalIn(flags.watch.output.dir)); err == nil {
		if read, err := filepath.Abs(run.Files[0]); err == nil && own == read {
			return fmt.Errorf("--reports %s: the journal that is judged is there, and would be overwritten; give another directory", flags.watch.output.dir)
		}
	}
	if !changed("base-path") {
		flags.basePath = basePathOf(run)
	}
	flags.watch.flaw = brokenOff(run)
	settings := map[string]string{"judged again": run.Files[0], "made": run.Started.UTC().Format("2006-01-02 15:04:05 UTC"), "judged then by": strings.TrimSpace(run.Start.Profile + " " + run.Start.ContractHash)}
	told := flags.watch.judge(cmd, c, nil, run.Start.Target, flags.basePath, run.Start.Client, settings, func(recorder *exchange.Recorder) (string, []string, error) {
		lost := 0
		for i, x := range run.Exchanges {
			if cmd.Context().Err() != nil {
				return fmt.Sprintf("a signal ended it after %d of %d exchanges", i, len(run.Exchanges)), nil, nil
			}
			judged, err := recorder.Again(cmd.Context(), x)
			if err != nil {
				return "", nil, &harnessError{err}
			}
			if len(judged.Lost) > len(x.Lost) {
				lost++
			}
		}
		return "", againNotes(run, lost), nil
	})
	var said *verdictError
	if told != nil && !errors.As(told, &said) {
		return told
	}
	now, err := journal.ReadFile(flags.watch.output.dir)
	if err != nil {
		return &harnessError{err}
	}
	if err := flags.tellAgain(cmd, thenAndNow(run, now, c)); err != nil {
		return err
	}
	return told
}

const lostFlaw = "; what is lost of the record was not judged, so this is no verdict on the run"

// brokenOff says why the record of a run is not all of it; "" where it is. A run that was interrupted and said so has lost nothing that was sent.
func brokenOff(run *journal.Run) string {
	switch {
	case len(run.Problems) > 0:
		return strings.Join(run.Problems, "; ") + lostFlaw
	case run.End == nil:
		return "the run that is judged again did not come to its end" + lostFlaw
	}
	return ""
}

// againNotes say what a reader has to know of what was not judged.
func againNotes(run *journal.Run, lost int) []string {
	notes := []string{"judged again from a journal: nothing was sent. What scenarios assert is not in a record; only what is judged over exchanges is here"}
	if lost > 0 {
		notes = append(notes, fmt.Sprintf("of %d of %d exchanges the journal has not kept a body as it was on the wire (too long, or a secret was taken out); nobody is judged by it", lost, len(run.Exchanges)))
	}
	return notes
}

// basePathOf is what stood before the contract's paths on the server of a run.
func basePathOf(run *journal.Run) string {
	u, err := url.Parse(run.Start.Target)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.TrimSuffix(u.EscapedPath(), "/")
}

// overExchanges says that a result is judged over the exchanges of a run, and over nothing else.
func overExchanges(r journal.Result) bool {
	return r.Kind == journal.KindSchema || r.Kind == journal.KindMonitor && r.Title != suites.EveryCall
}

// thenAndNow puts what a run said beside what its record says now.
func thenAndNow(run, now *journal.Run, c *contract.Contract) report.Again {
	exchanges := comparison.Exchanges(run, now)
	unknown := map[string]int64{} // by requirement, an exchange that broke it in what its record has lost
	for _, x := range exchanges {
		for _, v := range x.Unknown {
			if unknown[v.Requirement] == 0 {
				unknown[v.Requirement] = x.Now.ID
			}
		}
	}
	judged := map[string]journal.Result{}
	for _, r := range now.Rows() {
		judged[r.Key()] = r
	}
	var all []report.ThenNow
	seen := map[string]bool{}
	for _, r := range run.Rows() {
		if r.Kind == journal.KindCase || r.Kind == journal.KindCleanup || r.Kind == journal.KindRecord {
			continue
		}
		pair := report.ThenNow{}
		if then := r; !journal.NoResult(r) {
			pair.Then = &then
		}
		requirement, known := c.Requirement(r.Requirement)
		is, there := judged[r.Key()]
		switch {
		case overExchanges(r) && there:
			seen[r.Key()] = true
			pair.Now, pair.Judged = is, true
			if id := unknown[r.Requirement]; id != 0 && broken(r) && !broken(is) {
				pair.Now, pair.Judged = unjudged(r, journal.NotTestable, fmt.Sprintf("exchange %d broke it in what the journal has not kept as it was", id)), false
			}
		case r.Requirement != journal.RequestRequirement && !(known && requirement.Applies):
			pair.Now = unjudged(r, journal.NotApplicable, "edition "+c.Profile+" has no such promise")
		case overExchanges(r):
			pair.Now = unjudged(r, journal.NotTestable, "it is no longer judged over exchanges alone")
		default:
			pair.Now = unjudged(r, journal.NotTestable, notInARecord(r))
		}
		all = append(all, pair)
	}
	for _, r := range now.Rows() {
		if overExchanges(r) && !seen[r.Key()] && (r.Verdict != journal.NotApplicable || r.Requirement != journal.RequestRequirement) {
			all = append(all, report.ThenNow{Now: r, Judged: true})
		}
	}
	return report.Again{Then: run, Now: now, Results: all, Exchanges: exchanges}
}

// broken says that a promise was found broken, whatever a baseline says of it.
func broken(r journal.Result) bool { return r.Found() == journal.Fail || r.Found() == journal.Warn }

func notInARecord(r journal.Result) string {
	if r.Kind == journal.KindMonitor {
		return "what a client under test does in its calls is judged while it is called"
	}
	return "a scenario asserts on what it does and sees, and a record cannot be asked again"
}

// unjudged is a result that cannot be given anew.
func unjudged(r journal.Result, v journal.Verdict, why string) journal.Result {
	return journal.Result{Requirement: r.Requirement, Title: r.Title, Kind: r.Kind, Level: r.Level, Side: r.Side, Clause: r.Clause, Source: r.Source, Verdict: v, Reason: why}
}

// tellAgain shows what has changed, and writes all of it where that is asked for.
func (flags *checkFlags) tellAgain(cmd *cobra.Command, told report.Again) error {
	if flags.thenNow != "" {
		var b bytes.Buffer
		render := report.ThenNowMarkdown
		if filepath.Ext(flags.thenNow) == ".json" {
			render = report.ThenNowJSON
		}
		if err := render(&b, told); err != nil {
			return &harnessError{err}
		}
		if err := os.WriteFile(flags.thenNow, b.Bytes(), 0o644); err != nil {
			return &harnessError{err}
		}
	}
	if flags.watch.output.quiet {
		return nil
	}
	out := cmd.OutOrStdout()
	if err := guarded(out, func() error { return report.ThenAndNow(out, told, report.StyleFor(out, os.Getenv)) }); err != nil {
		return &harnessError{err}
	}
	return nil
}
