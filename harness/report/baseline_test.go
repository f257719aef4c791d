package report_test

import (
	"bytes"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// listed is a run with each standing of an entry once, and a result that is newer than the pinned version.
func listed() *journal.Run {
	const day = "2026-11-23"
	b := &journal.Baseline{File: "accepted.yaml", Hash: "00ff", Day: day}
	var results []journal.Result
	for i, tt := range []struct {
		verdict      journal.Verdict
		way, expires string
	}{
		{journal.Fail, "wanted a; got b", day}, {journal.Fail, "wanted a; got c", day}, {journal.Pass, "wanted a; got b", day}, {journal.Warn, "wanted a; got b", "2026-11-22"},
		{journal.Blocked, "wanted a; got b", day},
	} {
		r := row("RSZ-URI-00"+string(rune('1'+i)), "does so", tt.verdict)
		if tt.verdict.Listable() {
			r.Finding = &journal.Finding{Wanted: "a", Got: "b"}
		}
		b.Entries = append(b.Entries, journal.Accepted{Requirement: r.Requirement, Signature: []string{tt.way}, Owner: "ecs-team", Reason: "known", Link: "ISSUE-7", Expires: tt.expires, Line: 10 + i})
		results = append(results, b.Judge([]journal.Result{r}, false)...)
	}
	newer := row("RSZ-URI-009", "is new", journal.Fail)
	newer.Newer = "0.2.0"
	kept := row("RSZ-URI-010", "is new, too", journal.Pass)
	kept.Newer = "0.2.0"
	results = append(results, newer.Signed(), kept)
	run := runOf(results)
	run.Start.Baseline, run.Start.Pin = b, "0.1.0"
	return run
}

func TestReportsOfABaseline(t *testing.T) {
	var screen, junit, xsd, facts bytes.Buffer
	run := listed()
	for _, err := range []error{
		report.Terminal(&screen, run, report.TerminalOptions{}), report.JUnit(&junit, run, report.Options{}), report.JUnit(&xsd, run, report.Options{JUnit: report.XSD}),
		report.Results(&facts, run, report.Options{}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	validate(t, facts.Bytes())
	for _, broken := range breaksJUnit10(xsd.Bytes()) {
		t.Errorf("xsd: %s", broken)
	}
	texts := map[string]string{"screen": strings.Join(strings.Fields(screen.String()), " "), "junit": junit.String(), "results": facts.String()}
	for _, want := range [][2]string{
		{"screen", "3 entries of the baseline are no longer right: EXPIRED accepted.yaml:13"}, {"screen", "OTHER accepted.yaml:11"}, {"screen", "PASSES accepted.yaml:12"},
		{"screen", "XFAIL RSZ-URI-001 does so — ecs-team, until 2026-11-23: known (ISSUE-7, accepted.yaml:10)"}, {"screen", "BLOCKED RSZ-URI-005"},
		{"screen", "newer than 0.1.0, which counts for nothing: 1 pass, 1 fail FAIL RSZ-URI-009"}, {"screen", "pass RSZ-URI-010"},
		{"junit", `tests="7" failures="3" errors="0" skipped="3"`}, {"junit", `name="standing" value="expired"`}, {"junit", `name="newer" value="0.2.0"`},
		{"results", `"passes": 1`}, {"results", `"pin": "0.1.0"`}, {"results", `"exit_code": 1`},
	} {
		if !strings.Contains(texts[want[0]], want[1]) {
			t.Errorf("%s: wanted %q in\n%s", want[0], want[1], texts[want[0]])
		}
	}
}
