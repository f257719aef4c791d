package report_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// compiled is the checked-in schema, formats asserted.
func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(report.ResultsSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("results.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t testing.TB, raw []byte) {
	t.Helper()
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled(t).Validate(instance); err != nil {
		t.Errorf("results.json breaks its schema: %v", err)
	}
}

func TestResultsKeepTheirSchema(t *testing.T) {
	bare := journal.Result{Requirement: "RSZ-URI-001", Title: "", Kind: journal.KindSchema, Verdict: journal.NotTestable}
	for name, run := range map[string]*journal.Run{
		"every verdict": everyVerdict(), "nothing": journal.NewRun(), "killed": journal.NewRun(everyVerdict().Events[:5]...),
		"a row with nothing in it": runOf([]journal.Result{bare}), "a verdict nobody knows": runOf([]journal.Result{row("RSZ-URI-001", "title", "OK")}),
	} {
		t.Run(name, func(t *testing.T) { resultsOf(t, run, report.Options{}) })
	}
}

// The schema must be able to say no.
func TestTheSchemaRefusesOtherDocuments(t *testing.T) {
	var b bytes.Buffer
	if err := report.Results(&b, everyVerdict(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	schema := compiled(t)
	for name, change := range map[string]func(map[string]any){
		"another version":  func(d map[string]any) { d["schema_version"] = 2 },
		"no counts":        func(d map[string]any) { delete(d, "counts") },
		"a field too many": func(d map[string]any) { d["verdicts"] = 1 },
		"unknown verdict":  func(d map[string]any) { d["results"].([]any)[0].(map[string]any)["verdict"] = "OK" },
		"failed silently": func(d map[string]any) {
			failed := d["results"].([]any)[0].(map[string]any)
			delete(failed, "reason")
		},
		"null for a list": func(d map[string]any) { d["notes"] = nil },
		"a count missing": func(d map[string]any) { delete(d["counts"].(map[string]any), "XPASS") },
	} {
		var doc map[string]any
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		change(doc)
		if schema.Validate(doc) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestResultsOfAKilledRunShowWhatIsMissing(t *testing.T) {
	whole := everyVerdict()
	events := slices.Clone(whole.Events[:6])
	events = append(events, journal.Event{Scenario: &journal.ScenarioStart{Requirement: "RSZ-JOB-008", Title: "gives PASS"}})
	doc := resultsOf(t, journal.NewRun(events...), report.Options{})
	if doc.Verdict != "no-verdict" || doc.ExitCode != 4 || doc.Run.Whole {
		t.Errorf("verdict %s, exit code %d, whole %v", doc.Verdict, doc.ExitCode, doc.Run.Whole)
	}
	if len(doc.Results) != len(whole.Start.Planned)+1 {
		t.Errorf("%d results for %d planned; one more is for the record itself", len(doc.Results), len(whole.Start.Planned))
	}
	if len(doc.Run.UnderWay) != 1 || doc.Run.UnderWay[0] != "RSZ-JOB-008 gives PASS" {
		t.Errorf("under way: %v", doc.Run.UnderWay)
	}
	for _, r := range doc.Results {
		if r.Requirement == "RSZ-JOB-008" && (r.Verdict != "HARNESS_ERROR" || r.Reason != "no result: the run ended while it was under way") {
			t.Errorf("%+v", r)
		}
	}
}

func TestTheWordForARun(t *testing.T) {
	for _, c := range []struct {
		verdicts []journal.Verdict
		strict   bool
		want     string
	}{
		{[]journal.Verdict{journal.Pass, journal.Warn}, false, "conforms"},
		{[]journal.Verdict{journal.Pass, journal.Warn}, true, "does-not-conform"},
		{[]journal.Verdict{journal.Pass, journal.Fail, journal.Blocked}, false, "does-not-conform"},
		{[]journal.Verdict{journal.Pass, journal.Blocked}, false, "not-shown"},
		{[]journal.Verdict{journal.NotApplicable}, false, "not-shown"},
		{[]journal.Verdict{journal.Fail, journal.HarnessError}, false, "no-verdict"},
	} {
		var results []journal.Result
		for i, v := range c.verdicts {
			results = append(results, row("RSZ-URI-00"+string(rune('1'+i)), "title", v))
		}
		if got := resultsOf(t, runOf(results), report.Options{Strict: c.strict}).Verdict; got != c.want {
			t.Errorf("%v strict %v: %s, want %s", c.verdicts, c.strict, got, c.want)
		}
	}
}

func TestEvidenceIsThereOnce(t *testing.T) {
	one, two := row("RSZ-BODY-001", "one", journal.Fail), row("RSZ-BODY-002", "two", journal.Fail)
	one.Finding = &journal.Finding{Wanted: "w", Got: "g", Exchange: 1}
	two.Finding = &journal.Finding{Wanted: "w", Got: "g", Exchange: 1}
	doc := resultsOf(t, runOf([]journal.Result{one, two}, journal.Event{Exchange: wrongJobID(1)}), report.Options{})
	if len(doc.Evidence) != 1 || doc.Evidence[0].Exchange != 1 || !strings.HasPrefix(doc.Evidence[0].Curl, "curl ") {
		t.Errorf("%+v", doc.Evidence)
	}
}
