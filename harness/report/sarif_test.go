package report_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

func TestSARIFKeepsItsSchema(t *testing.T) {
	keeps(t, "sarif-2.1.0.schema.json", report.SARIF, func(doc map[string]any) {
		doc["runs"].([]any)[0].(map[string]any)["results"].([]any)[0].(map[string]any)["level"] = "fatal"
	})
}

// sarif is a log as a viewer reads it.
type sarif struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID    string
					Short struct{ Text string } `json:"shortDescription"`
				}
			}
		}
		Invocations []struct {
			ExecutionSuccessful bool
			ExitCode            int
			Notifications       []struct{ Message struct{ Text string } } `json:"toolExecutionNotifications"`
		}
		Results []struct {
			RuleID    string
			RuleIndex int
			Level     string
			Message   struct{ Text string }
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI, URIBaseID string }
					Region           struct{ StartLine int }
				}
			}
			PartialFingerprints map[string]string
			Suppressions        []struct{ Justification string }
		}
	}
}

func sarifOf(t testing.TB, run *journal.Run, o report.Options) sarif {
	t.Helper()
	var log sarif
	if err := json.Unmarshal(rendered(t, report.SARIF, run, o), &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 || len(log.Runs[0].Invocations) != 1 {
		t.Fatalf("%+v", log)
	}
	for _, r := range log.Runs[0].Results {
		if rules := log.Runs[0].Tool.Driver.Rules; r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("%s names the rule %d, which is another", r.RuleID, r.RuleIndex)
		}
	}
	return log
}

// The levels are those of the verdicts, and what is as it should be is no result.
func TestSARIFLevels(t *testing.T) {
	want := map[journal.Verdict][2]string{ // not strict, strict
		journal.Pass: {"", ""}, journal.NotApplicable: {"", ""}, journal.Warn: {"warning", "error"}, journal.Blocked: {"warning", "warning"},
		journal.Fail: {"error", "error"}, journal.NotTestable: {"error", "error"}, journal.XPass: {"error", "error"}, journal.XFail: {"error", "error"}, journal.HarnessError: {"error", "error"},
	}
	for _, v := range journal.Verdicts() {
		levels, known := want[v]
		if !known {
			t.Errorf("%s is not in the table", v)
		}
		for i, strict := range []bool{false, true} {
			r := row("RSZ-URI-001", "title", v)
			r.Listed = &journal.Listing{Owner: "ecs-team", Reason: "known", Link: "ISSUE-7", Expires: "2027-01-01", Standing: journal.Holds, Found: journal.Fail}
			if v != journal.XFail {
				r.Listed = nil
			}
			run := sarifOf(t, runOf([]journal.Result{r}), report.Options{Strict: strict}).Runs[0]
			got := ""
			if len(run.Results) == 1 {
				got = run.Results[0].Level
			}
			if got != levels[i] || len(run.Tool.Driver.Rules) != 1 {
				t.Errorf("%s, strict %v: level %q, want %q; %d rules", v, strict, got, levels[i], len(run.Tool.Driver.Rules))
			}
			// What is accepted stays a result and says who accepted it, so that viewers hide it and do not close and open it again.
			if suppressed := len(run.Results) == 1 && len(run.Results[0].Suppressions) == 1; suppressed != (v == journal.XFail) {
				t.Errorf("%s is suppressed: %v", v, suppressed)
			}
		}
	}
}

func TestSARIFPointsAtTheContract(t *testing.T) {
	absolute, elsewhere, none := broken(), broken(), row("RSZ-URI-003", "no finding", journal.Fail)
	absolute.Requirement, absolute.Finding.SpecLine = "RSZ-URI-001", "/home/me/my contract.yaml:7"
	elsewhere.Requirement, elsewhere.Finding.SpecLine = "RSZ-URI-002", "no line"
	log := sarifOf(t, runOf([]journal.Result{broken(), absolute, elsewhere, none}), report.Options{})
	var got []string
	for _, r := range log.Runs[0].Results {
		p := r.Locations[0].PhysicalLocation
		got = append(got, fmt.Sprintf("%s %s %s:%d", r.RuleID, p.ArtifactLocation.URIBaseID, p.ArtifactLocation.URI, p.Region.StartLine))
	}
	slices.Sort(got)
	want := []string{
		"RSZ-BODY-001 %SRCROOT% spec/openapi.yaml:1234", "RSZ-URI-001  file:///home/me/my%20contract.yaml:7",
		"RSZ-URI-002 %SRCROOT% spec/openapi.yaml:1", "RSZ-URI-003 %SRCROOT% spec/openapi.yaml:1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The same fault has the same fingerprint in every run, another one another.
func TestSARIFFingerprints(t *testing.T) {
	of := func(change func(*journal.Result)) string {
		r := broken()
		change(&r)
		for _, print := range sarifOf(t, runOf([]journal.Result{r}), report.Options{}).Runs[0].Results[0].PartialFingerprints {
			return print
		}
		t.Fatal("no fingerprint")
		return ""
	}
	first := of(func(*journal.Result) {})
	for name, c := range map[string]struct {
		change func(*journal.Result)
		same   bool
	}{
		"another time and exchange":  {func(r *journal.Result) { r.Start, r.Finding.Exchange, r.Duration = noon().Add(time.Hour), 99, 7 }, true},
		"another line of the source": {func(r *journal.Result) { r.Line, r.Finding.SpecLine = 1, "spec/openapi.yaml:1" }, true},
		"another finding":            {func(r *journal.Result) { r.Finding.Got = "true, a boolean" }, false},
		"another scenario":           {func(r *journal.Result) { r.Title = "another" }, false},
	} {
		if got := of(c.change); (got == first) != c.same {
			t.Errorf("%s: %s, was %s", name, got, first)
		}
	}
}

// What a server sends is text: no link, and no place for an argument.
func TestSARIFTextIsPlain(t *testing.T) {
	for _, r := range sarifOf(t, hostile(), report.Options{}).Runs[0].Results {
		text := strings.NewReplacer(`\\`, "", `\[`, "", `\]`, "").Replace(r.Message.Text)
		if strings.ContainsAny(text, "[]") || strings.Contains(strings.ReplaceAll(text, "{{0}}", ""), "{0}") {
			t.Errorf("it could be a link or a placeholder: %q", text)
		}
	}
}

func TestSARIFSaysWhatIsLeftOut(t *testing.T) {
	var results []journal.Result
	for i := range 30 {
		results = append(results, row("RSZ-URI-001", fmt.Sprint(i), journal.Fail))
	}
	run := sarifOf(t, runOf(results), report.Options{SARIFLimit: 20}).Runs[0]
	told := slices.ContainsFunc(run.Invocations[0].Notifications, func(n struct{ Message struct{ Text string } }) bool {
		return strings.Contains(n.Message.Text, "10 further results are left out")
	})
	if len(run.Results) != 20 || !told {
		t.Errorf("%d results, told that some are left out: %v", len(run.Results), told)
	}
}

// A harness error is no finding about the target only: the tool says that it failed.
func TestSARIFSaysWhenTheRunFailed(t *testing.T) {
	for name, c := range map[string]struct {
		run  *journal.Run
		good bool
		code int
	}{"green": {green(), true, 0}, "red": {runOf([]journal.Result{broken()}), true, 1}, "killed": {journal.NewRun(everyVerdict().Events[:4]...), false, 4}} {
		if i := sarifOf(t, c.run, report.Options{}).Runs[0].Invocations[0]; i.ExecutionSuccessful != c.good || i.ExitCode != c.code {
			t.Errorf("%s: %+v", name, i)
		}
	}
}
