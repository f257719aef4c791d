package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"resize-conformance/harness/journal"
)

// ReadRun reads a run: from the directory of its reports, from its journal, or from its results.json. Of a directory the journal is read, and results.json where there is
// no journal. A run that was read from results.json has no exchanges. An error with a run says that the record is not whole; what could be read is in the run.
func ReadRun(path string) (*journal.Run, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		dir := path
		path = filepath.Join(dir, journal.FileName)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			path = filepath.Join(dir, ResultsFile)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("%s: wanted the reports of a run, got a directory with neither %s nor %s", dir, journal.FileName, ResultsFile)
			}
		}
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such file; a run is named by the directory of its reports (--reports of the run), by its %s or by its %s", path, journal.FileName, ResultsFile)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 64<<10)
	head, _ := in.Peek(512) // what is shorter is looked at as far as it goes
	if !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) || bytes.Contains(head, []byte(`"type":"`+string(journal.RunStarted)+`"`)) {
		run, err := journal.Read(in, path)
		if err != nil && (run == nil || run.Started.IsZero()) {
			return nil, err // nothing of it is a journal
		}
		return run, err
	}
	return readResults(in, path)
}

// readResults puts a run together from results.json.
func readResults(in io.Reader, name string) (*journal.Run, error) {
	var doc results
	if err := json.NewDecoder(in).Decode(&doc); err != nil {
		return nil, fmt.Errorf("%s: wanted a journal or %s: %w", name, ResultsFile, err)
	}
	switch {
	case doc.SchemaVersion == 0 || doc.Results == nil:
		return nil, fmt.Errorf("%s: wanted a journal or %s of a run, got another JSON document", name, ResultsFile)
	case doc.SchemaVersion > ResultsVersion:
		return nil, fmt.Errorf("%s is of version %d, this program reads up to version %d; use the conformance program that wrote it, or a newer one", name, doc.SchemaVersion, ResultsVersion)
	}
	s := doc.Run
	start := &journal.RunStart{
		JournalVersion: journal.Version, SuiteVersion: s.SuiteVersion, GoVersion: s.GoVersion, ContractHash: s.ContractHash, ContractFile: s.ContractFile, Profile: s.Profile,
		Target: s.Target, Client: s.Client, Config: s.Config, Capabilities: s.Capabilities, Seed: s.Seed, Shard: s.Shard, ShardFrom: s.ShardFrom, Filter: s.Filter,
		Warnings: s.Warnings, Strict: s.Strict, Pin: s.Pin, Command: s.Command, ClientUnderTest: s.Config["client"] != "", Families: map[string]string{},
	}
	for _, f := range doc.Families {
		start.Families[f.Family] = f.Title
	}
	start.Watched = len(doc.Results) > 0 && !slices.ContainsFunc(doc.Results, func(r resultFacts) bool { return r.Kind == journal.KindScenario })
	events := []journal.Event{{Time: s.Started, Start: start}}
	for _, n := range doc.Notes {
		events = append(events, journal.Event{Time: s.Started, Note: &n})
	}
	for _, r := range doc.Results {
		row := r.row()
		events = append(events, journal.Event{Time: row.Start, Result: &row})
	}
	length := time.Duration(s.DurationMS * float64(time.Millisecond))
	events = append(events, journal.Event{Time: s.Started.Add(length), End: &journal.RunEnd{Duration: length, Exchanges: int64(s.Exchanges), ExitCode: doc.ExitCode, Interrupted: s.Interrupted}})
	run := journal.NewRun(events...)
	run.Files = []string{name}
	return run, nil
}

// row is the result that results.json tells of.
func (f resultFacts) row() journal.Result {
	r := journal.Result{
		Requirement: f.Requirement, Title: f.Title, Kind: f.Kind, Level: f.Level, Side: f.Side, Clause: f.Clause, Source: f.Source, Operation: f.Operation, File: f.File, Line: f.Line,
		Verdict: journal.Verdict(f.Verdict), Reason: f.Reason, Exchanges: f.Exchanges, Bearing: f.Bearing, Start: f.Start,
		Duration: time.Duration(f.DurationMS * float64(time.Millisecond)), Rerun: f.Rerun, Signature: f.Signature, Newer: f.Newer,
	}
	if w := f.Finding; w != nil {
		r.Finding = &journal.Finding{
			Wanted: w.Wanted, Got: w.Got, Pointer: w.Pointer, SpecPointer: w.SpecPointer, SpecLine: w.SpecLine, Exchange: w.Exchange, Count: w.Count, Steps: w.Steps,
		}
	}
	if l := f.Listed; l != nil {
		r.Listed = &journal.Listing{
			Entry: l.Entry, Owner: l.Owner, Reason: l.Reason, Link: l.Link, Expires: l.Expires, Standing: journal.Standing(l.Standing), Next: l.Next, Unseen: l.Unseen, Found: journal.Verdict(l.Found),
		}
	}
	return r
}
