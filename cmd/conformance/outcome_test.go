package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// With --json stdout is one JSON document by the schema of results.json, which says the same, and nothing else.
func TestOutcomeAsJSON(t *testing.T) {
	dir := t.TempDir()
	got := call(t, "run", "--requirement", "RSZ-URI-001,RSZ-STATE-001", "--json", "--reports", dir)
	if got.code != exitConforms || got.stderr != "" {
		t.Fatalf("exit code %d, stderr %q", got.code, got.stderr)
	}
	said := outcomeBySchema(t, got.stdout)
	data, err := os.ReadFile(filepath.Join(dir, report.ResultsFile))
	if err != nil {
		t.Fatal(err)
	}
	written := outcomeBySchema(t, string(data))
	for name := range written {
		if name == "results" {
			continue
		}
		a, _ := json.Marshal(said[name])
		b, _ := json.Marshal(written[name])
		if !bytes.Equal(a, b) {
			t.Errorf("%s: stdout says %s, results.json %s", name, a, b)
		}
	}
	if left := said["results"].([]any); len(left) != 0 {
		t.Errorf("%d results are told although all passed", len(left))
	}
}

// What failed is told with its evidence; a report of the journal says so with the same words.
func TestOutcomeAsJSONOfWhatFailed(t *testing.T) {
	dir := failing(t)
	got := call(t, "report", "--from", dir, "--json")
	if got.code != exitDeviates {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	said := outcomeBySchema(t, got.stdout)
	results := said["results"].([]any)
	if len(results) != 1 || results[0].(map[string]any)["verdict"] != string(journal.Fail) || said["exit_code"] != float64(exitDeviates) {
		t.Errorf("%v", results)
	}
	if got := call(t, "report", "--from", dir, "--json", "--quiet"); got.code != exitUsage || !strings.Contains(got.stderr, "json") {
		t.Errorf("--json with --quiet: exit code %d, %s", got.code, got.stderr)
	}
}

// failing is the directory of a run of two scenarios of which one failed.
func failing(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	w, err := journal.Create(dir, journal.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	planned := []journal.Planned{{Requirement: "RSZ-URI-001", Title: "one", Kind: journal.KindScenario}, {Requirement: "RSZ-URI-002", Title: "two", Kind: journal.KindScenario}}
	for _, e := range []journal.Event{
		{Start: &journal.RunStart{JournalVersion: journal.Version, SuiteVersion: version, Planned: planned}},
		{Result: &journal.Result{Requirement: "RSZ-URI-001", Title: "one", Kind: journal.KindScenario, Level: journal.Must, Side: journal.Server, Verdict: journal.Pass}},
		{Result: &journal.Result{Requirement: "RSZ-URI-002", Title: "two", Kind: journal.KindScenario, Level: journal.Must, Side: journal.Server, Verdict: journal.Fail, Reason: "404"}},
	} {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Finish(""); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func outcomeBySchema(t *testing.T, text string) map[string]any {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(report.ResultsSchema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("results.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("no one JSON document: %v\n%s", err, text)
	}
	if err := compiled.Validate(doc); err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}
