package report

import (
	"encoding/json"
	"io"
	"time"

	"resize-conformance/harness/journal"
)

// ctrfVersion is the version of the Common Test Report Format that is written (ctrf.io, its published schema ctrf-schema-0.0).
const ctrfVersion = "0.0.0"

type ctrfReport struct {
	Format    string         `json:"reportFormat"`
	Version   string         `json:"specVersion"`
	Timestamp string         `json:"timestamp,omitempty"`
	By        string         `json:"generatedBy"`
	Results   ctrfResults    `json:"results"`
	Extra     map[string]any `json:"extra"`
}

type ctrfResults struct {
	Tool    ctrfTool    `json:"tool"`
	Summary ctrfSummary `json:"summary"`
	Tests   []ctrfTest  `json:"tests"`
}

type ctrfTool struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

type ctrfSummary struct {
	Tests    int   `json:"tests"`
	Passed   int   `json:"passed"`
	Failed   int   `json:"failed"`
	Skipped  int   `json:"skipped"`
	Pending  int   `json:"pending"`
	Other    int   `json:"other"`
	Suites   int   `json:"suites"`
	Start    int64 `json:"start"`
	Stop     int64 `json:"stop"`
	Duration int64 `json:"duration"`
}

type ctrfTest struct {
	ID       string         `json:"testId"`
	Name     string         `json:"name"`
	Status   string         `json:"status"`
	Raw      string         `json:"rawStatus"`
	Duration int64          `json:"duration"`
	Start    int64          `json:"start,omitempty"`
	Stop     int64          `json:"stop,omitempty"`
	Suite    []string       `json:"suite"`
	Message  string         `json:"message,omitempty"`
	Trace    string         `json:"trace,omitempty"`
	Line     int            `json:"line,omitempty"`
	File     string         `json:"filePath,omitempty"`
	Tags     []string       `json:"tags,omitempty"`
	Type     string         `json:"type"`
	Extra    map[string]any `json:"extra,omitempty"`
}

// CTRF renders a run in the Common Test Report Format: one test a row, with the verdict in rawStatus.
func CTRF(out io.Writer, run *journal.Run, o Options) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(ctrfOf(run, o))
}

func ctrfOf(run *journal.Run, o Options) ctrfReport {
	s := run.Start
	word, sentence := verdictOf(run, journal.Counting(run.Rows()), o.Strict)
	took := wall(run)
	doc := ctrfReport{
		Format: "CTRF", Version: ctrfVersion, By: "resize-conformance",
		Results: ctrfResults{Tool: ctrfTool{"resize-conformance", printable(s.SuiteVersion)}, Tests: []ctrfTest{}},
		Extra: map[string]any{
			"verdict": word, "sentence": printable(sentence), "exitCode": journal.ExitCode(run, o.Strict), "target": printable(s.Target), "client": printable(s.Client),
			"profile": printable(s.Profile), "contractHash": s.ContractHash, "exchanges": len(run.Exchanges),
		},
	}
	if !run.Started.IsZero() {
		doc.Timestamp = run.Started.Add(took).UTC().Format(time.RFC3339)
		doc.Results.Summary.Start, doc.Results.Summary.Stop = run.Started.UnixMilli(), run.Started.Add(took).UnixMilli()
	}
	sum := &doc.Results.Summary
	sum.Duration = took.Milliseconds()
	families := map[string]bool{}
	for _, row := range run.Rows() {
		test := ctrfTestOf(run, row, o)
		sum.Tests++
		switch test.Status {
		case "passed":
			sum.Passed++
		case "failed":
			sum.Failed++
		case "skipped":
			sum.Skipped++
		default:
			sum.Other++
		}
		families[journal.Family(row.Requirement)] = true
		doc.Results.Tests = append(doc.Results.Tests, test)
	}
	sum.Suites = len(families)
	return doc
}

// ctrfStatus says a row in the words of the format. What could not be set up was neither run nor left out on purpose.
func ctrfStatus(row journal.Result, strict bool) string {
	switch o := outcomeOfRow(row, strict); {
	case o == failure, o == errored:
		return "failed"
	case o == passed:
		return "passed"
	case row.Verdict == journal.Blocked && !row.Apart():
		return "other"
	}
	return "skipped"
}

func ctrfTestOf(run *journal.Run, row journal.Result, o Options) ctrfTest {
	family := journal.Family(row.Requirement)
	suite := []string{printable(family)}
	if title := run.Start.Families[family]; title != "" {
		suite[0] += ": " + oneLine(title, 200)
	}
	t := ctrfTest{
		ID: printable(row.Name()), Name: oneLine(row.Name(), 500), Status: ctrfStatus(row, o.Strict), Raw: string(knownVerdict(row.Verdict)), Duration: max(0, row.Duration.Milliseconds()),
		Suite: suite, Line: row.Line, File: printable(row.File), Type: string(row.Kind),
	}
	if !row.Start.IsZero() {
		t.Start, t.Stop = row.Start.UnixMilli(), row.Start.Add(max(0, row.Duration)).UnixMilli()
	}
	for _, tag := range []string{string(row.Level), string(row.Side), row.Operation} {
		if tag != "" {
			t.Tags = append(t.Tags, printable(tag))
		}
	}
	if row.Verdict == journal.Pass && t.Status == "passed" {
		return t // nothing is to be explained, and there are many
	}
	t.Message, t.Trace = oneLine(message(row), 1000), printable(explanation(row, textLimit))
	t.Extra = map[string]any{}
	for _, f := range factsOf(row) {
		if f.value != "" && f.name != "signature" {
			t.Extra[f.name] = printable(head(f.value, textLimit))
		}
	}
	if len(row.Signature) > 0 {
		t.Extra["signature"] = texts(row.Signature)
	}
	return t
}
