package report_test

import (
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// compared are two runs with clients under test and one with a server.
func compared() []*journal.Run {
	told := func(id, title string, v journal.Verdict) journal.Result {
		r := row(id, title, v)
		r.Kind = journal.KindScenario
		return r
	}
	anywhere := told("RSZ-CLIENT-007", "every call of the run", journal.Fail)
	anywhere.Kind = journal.KindMonitor
	run := func(client string, results ...journal.Result) *journal.Run {
		return &journal.Run{Start: journal.RunStart{Client: client, ClientUnderTest: client != "built-in", Target: "http://127.0.0.1:9000"}, Started: noon(), End: &journal.RunEnd{}, Results: results}
	}
	return []*journal.Run{
		run("one 1.0", told("RSZ-CLIENT-001", "the way | of asking", journal.Pass), told("RSZ-CLIENT-007", "what is asked for is sent", journal.Pass), anywhere),
		run("two 2.0", told("RSZ-CLIENT-001", "the way | of asking", journal.Warn), told("RSZ-CLIENT-007", "what is asked for is sent", journal.NotApplicable)),
		run("built-in", told("RSZ-URI-001", "the path", journal.Pass)),
	}
}

// The worst that a run says of a requirement counts, what a run says nothing of stays empty, and what nobody breaks is only counted.
func TestMatrix(t *testing.T) {
	for _, k := range []struct {
		o    report.MatrixOptions
		want []string
		not  string
	}{
		{report.MatrixOptions{Markdown: true}, []string{
			"| requirement | | one 1.0 | two 2.0 | http://127.0.0.1:9000 |",
			`| RSZ-CLIENT-001 MUST | the way \| of asking | · | warn |  |`,
			"| RSZ-CLIENT-007 MUST | what is asked for is sent | **FAIL** | n/a |  |",
			"| all 3 | | 1 pass, 1 fail | 1 warn, 1 n/a | 1 pass |",
		}, "RSZ-URI-001"},
		{report.MatrixOptions{}, []string{"A  one 1.0: 1 pass, 1 fail", "C  http://127.0.0.1:9000: 1 pass", "RSZ-CLIENT-007  FAIL  n/a", "1 requirement that nobody breaks"}, "RSZ-URI-001"},
		{report.MatrixOptions{All: true}, []string{"RSZ-URI-001                 ·"}, "that nobody breaks"},
	} {
		var b strings.Builder
		if err := report.Matrix(&b, compared(), k.o); err != nil {
			t.Fatal(err)
		}
		for _, line := range k.want {
			if !strings.Contains(b.String(), line) {
				t.Errorf("%+v: wanted %q in\n%s", k.o, line, &b)
			}
		}
		if strings.Contains(b.String(), k.not) {
			t.Errorf("%+v: did not want %q in\n%s", k.o, k.not, &b)
		}
	}
}
