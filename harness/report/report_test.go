package report_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/journal"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is rendered now")

// golden compares with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (go test -update rewrites it):\n%s", path, diff)
	}
}

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// row is a scenario's result with everything a real one has.
func row(id, title string, v journal.Verdict) journal.Result {
	r := journal.Result{
		Requirement: id, Title: title, Kind: journal.KindScenario, Level: journal.Must, Side: journal.Server,
		Clause: "clause of " + id, Source: "seed, Constraints, bullet 1", Operation: "resizeServer", File: "suites/state.go", Line: 42,
		Verdict: v, Start: noon(), Duration: 1234567 * time.Nanosecond, Rerun: "conformance run --requirement " + id,
	}
	if v != journal.Pass {
		r.Reason = "reason of " + id
	}
	return r
}

// runOf is a whole run of these results.
func runOf(results []journal.Result, more ...journal.Event) *journal.Run {
	start := &journal.RunStart{
		JournalVersion: journal.Version, SuiteVersion: "1.2.3", GoVersion: "go1.26", ContractHash: "0123456789abcdef0123456789abcdef", ContractFile: "spec/openapi.yaml",
		Profile: "intl", Target: "http://127.0.0.1:9000", Client: "built-in", Config: map[string]string{"server": "http://127.0.0.1:9000"}, Capabilities: []string{"aksk", "token"}, Seed: 7,
		Families: map[string]string{"RSZ-URI": "The request line"},
	}
	events := []journal.Event{{Time: noon(), Start: start}}
	events = append(events, more...)
	for _, r := range results {
		if r.Kind != journal.KindCleanup {
			start.Planned = append(start.Planned, journal.Planned{Requirement: r.Requirement, Title: r.Title, Kind: r.Kind})
		}
		events = append(events, journal.Event{Time: noon().Add(time.Second), Result: &r})
	}
	events = append(events, journal.Event{Time: noon().Add(2 * time.Second), End: &journal.RunEnd{Duration: 1530 * time.Millisecond}})
	return journal.NewRun(events...)
}

// everyVerdict is a run with each verdict once, and a cleanup that failed.
func everyVerdict() *journal.Run {
	var results []journal.Result
	for i, v := range journal.Verdicts() {
		r := row(fmt.Sprintf("RSZ-%s-00%d", []string{"URI", "BODY", "JOB"}[i%3], i), fmt.Sprintf("gives %s", v), v)
		if v == journal.Fail {
			r.Finding = &journal.Finding{Wanted: "a string", Got: "17", Pointer: "/job_id", SpecPointer: "#/paths/~1v1.1/post", SpecLine: "spec/openapi.yaml:123", Exchange: 1, Count: 3}
			r.Exchanges = []int64{1}
		}
		if v == journal.Pass {
			r.Bearing = 25
		}
		if v == journal.Warn {
			r.Level = journal.Should
		}
		results = append(results, r)
	}
	cleanup := row("RSZ-URI-000", "gives HARNESS_ERROR", journal.Blocked)
	cleanup.Kind = journal.KindCleanup
	return runOf(append(results, cleanup), journal.Event{Time: noon(), Exchange: wrongJobID(1)},
		journal.Event{Time: noon(), Note: &journal.Note{Scenario: "RSZ-URI-000 gives", Text: "server 5 was started again"}},
		journal.Event{Time: noon(), Disagreement: &journal.Disagreement{Exchange: 1, In: "response", Kin: "valid", Lib: "not valid"}})
}

// wrongJobID is an exchange whose answer has a number for a job id.
func wrongJobID(id int64) *journal.Exchange {
	request := `{"resize":{"flavorRef":"s6.large.2","dry_run":false}}`
	response := `{"job_id":17,"order_id":null,"extra":{"a":[],"b":[1,2.50,"\u00e9"]}}`
	return &journal.Exchange{
		ID: id, Scenario: "RSZ-BODY-001 gives FAIL", Operation: "resizeServer", Method: "POST", Proto: "HTTP/1.1",
		URL: "http://127.0.0.1:9000/v1.1/0a1b2c/cloudservers/d1ac36e5-4f7d-4b6e-9a8a-0a1b2c3d4e5f/resize",
		RequestHeader: []journal.Header{
			{Name: "Host", Value: "127.0.0.1:9000"}, {Name: "Content-Type", Value: "application/json"}, {Name: "X-Auth-Token", Value: "$OS_AUTH_TOKEN"},
		},
		RequestBody: journal.Body{Text: request, Size: int64(len(request))}, Status: 200,
		ResponseHeader: []journal.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Request-Id", Value: "0123456789abcdef"}},
		ResponseBody:   journal.Body{Text: response, Size: int64(len(response))},
		Start:          noon().Add(12 * time.Millisecond), FirstByte: 2100 * time.Microsecond, Duration: 3400 * time.Microsecond,
		Curl: `curl -X POST 'http://127.0.0.1:9000/v1.1/0a1b2c/cloudservers/d1ac36e5-4f7d-4b6e-9a8a-0a1b2c3d4e5f/resize' -H 'Content-Type: application/json' -H "X-Auth-Token: $OS_AUTH_TOKEN" --data-binary '{"resize":{"flavorRef":"s6.large.2","dry_run":false}}'`,
		Violations: []journal.Violation{{
			Requirement: "RSZ-BODY-001", Level: journal.Must, Blame: journal.Server, In: "response", Part: "body", Pointer: "/job_id", Keyword: "type", Wanted: "a string", Got: "17",
		}},
	}
}
