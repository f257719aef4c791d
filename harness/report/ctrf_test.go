package report_test

import (
	"encoding/json"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

func TestCTRFKeepsItsSchema(t *testing.T) {
	keeps(t, "ctrf-0.0.schema.json", report.CTRF, func(doc map[string]any) {
		doc["results"].(map[string]any)["tests"].([]any)[0].(map[string]any)["status"] = "broken"
	})
}

// The status of a test is that of the verdict, and the summary counts what the list has, as JUnit does.
func TestCTRFStatus(t *testing.T) {
	want := map[journal.Verdict][2]string{ // not strict, strict
		journal.Pass: {"passed", "passed"}, journal.NotApplicable: {"skipped", "skipped"}, journal.Warn: {"passed", "failed"}, journal.Blocked: {"other", "other"},
		journal.Fail: {"failed", "failed"}, journal.NotTestable: {"failed", "failed"}, journal.XPass: {"failed", "failed"}, journal.XFail: {"skipped", "skipped"},
		journal.HarnessError: {"failed", "failed"},
	}
	for i, strict := range []bool{false, true} {
		var doc struct {
			Results struct {
				Summary map[string]int64
				Tests   []struct {
					Name, Status, RawStatus, Message string
					Suite                            []string
				}
			}
			Extra struct{ ExitCode int }
		}
		run := everyVerdict()
		if err := json.Unmarshal(rendered(t, report.CTRF, run, report.Options{Strict: strict}), &doc); err != nil {
			t.Fatal(err)
		}
		counted := map[string]int64{}
		for _, test := range doc.Results.Tests {
			counted[test.Status]++
			if test.Status != want[journal.Verdict(test.RawStatus)][i] {
				t.Errorf("%s, strict %v: status %s of %s, want %s", test.Name, strict, test.Status, test.RawStatus, want[journal.Verdict(test.RawStatus)][i])
			}
			if test.Status != "passed" && test.Message == "" || len(test.Suite) != 1 {
				t.Errorf("%s tells nothing: %+v", test.Name, test)
			}
		}
		sum := doc.Results.Summary
		for _, status := range []string{"passed", "failed", "skipped", "other", "pending"} {
			if sum[status] != counted[status] {
				t.Errorf("the summary counts %d %s, the list has %d", sum[status], status, counted[status])
			}
		}
		j, _ := junit(t, run, report.Options{Strict: strict})
		if int(sum["tests"]) != j.Tests || int(sum["failed"]) != j.Failures+j.Errors || int(sum["skipped"]+sum["other"]) != j.Skipped {
			t.Errorf("the summary is %v, JUnit counts %d/%d/%d/%d", sum, j.Tests, j.Failures, j.Errors, j.Skipped)
		}
		if sum["start"] != noon().UnixMilli() || sum["stop"]-sum["start"] != 1530 || doc.Extra.ExitCode != journal.ExitCode(run, strict) {
			t.Errorf("%v, exit code %d", sum, doc.Extra.ExitCode)
		}
	}
}
