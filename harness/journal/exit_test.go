package journal_test

import (
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

func TestExitCode(t *testing.T) {
	cases := []struct {
		name        string
		run         []journal.Event
		want        int
		wantStrict  int
		wantReasons string
	}{
		{"all pass", []journal.Event{start(scenarios("A-1")...), result("A-1", journal.Pass), end()}, 0, 0, ""},
		{"a warning", []journal.Event{start(scenarios("A-1")...), result("A-1", journal.Warn), end()}, 0, 1, ""},
		{"an expected failure", []journal.Event{start(scenarios("A-1")...), result("A-1", journal.XFail), end()}, 0, 0, ""},
		{"one not applicable beside a pass", []journal.Event{start(scenarios("A-1", "A-2")...), result("A-1", journal.Pass), result("A-2", journal.NotApplicable), end()}, 0, 0, ""},
		{"a failure", []journal.Event{start(scenarios("A-1", "A-2")...), result("A-1", journal.Pass), result("A-2", journal.Fail), end()}, 1, 1, "1 failure"},
		{"not testable", []journal.Event{start(scenarios("A-1", "A-2")...), result("A-1", journal.Pass), result("A-2", journal.NotTestable), end()}, 1, 1, "1 not testable although declared"},
		{"unexpected pass", []journal.Event{start(scenarios("A-1")...), result("A-1", journal.XPass), end()}, 1, 1, "1 unexpected pass (the baseline expects a failure)"},
		{"blocked beside a pass", []journal.Event{start(scenarios("A-1", "A-2")...), result("A-1", journal.Pass), result("A-2", journal.Blocked), end()}, 1, 1, "1 blocked"},
		{"harness error", []journal.Event{start(scenarios("A-1")...), result("A-1", journal.HarnessError), end()}, 4, 4, "1 harness error; no scenario was carried out"},
		{"harness error outweighs failures", []journal.Event{start(scenarios("A-1", "A-2", "A-3")...), result("A-1", journal.HarnessError), result("A-2", journal.Fail), result("A-3", journal.Fail), end()}, 4, 4, "1 harness error; 2 failures"},
		{"nothing planned, nothing run", []journal.Event{start(), end()}, 1, 1, "no scenario was carried out"},
		{"only not applicable", []journal.Event{start(scenarios("A-1")...), result("A-1", journal.NotApplicable), end()}, 1, 1, "no scenario was carried out"},
		{"only a schema row", []journal.Event{start(), schemaRow("A-1", journal.Pass, 1), end()}, 1, 1, "no scenario was carried out"},
		{"a planned result is missing", []journal.Event{start(scenarios("A-1", "A-2")...), result("A-1", journal.Pass), end()}, 4, 4, "1 planned result missing"},
		{"torn after the last result", []journal.Event{start(scenarios("A-1")...), result("A-1", journal.Pass)}, 4, 4, "1 harness error"},
		{"two results for one scenario", []journal.Event{start(scenarios("A-1")...), result("A-1", journal.Fail), result("A-1", journal.Pass), end()}, 4, 4, "1 harness error; 1 failure"},
		{"a verdict nobody knows", []journal.Event{start(scenarios("A-1")...), result("A-1", "OK"), end()}, 4, 4, "1 harness error; no scenario was carried out"},
		{"preflight failed", []journal.Event{start(scenarios("A-1")...), {End: &journal.RunEnd{ExitCode: 3, Interrupted: "connection refused"}}}, 3, 3, "connection refused"},
		{"nothing at all", nil, 4, 4, "1 harness error; no scenario was carried out"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			run := journal.NewRun(c.run...)
			if got := journal.ExitCode(run, false); got != c.want {
				t.Errorf("exit code %d, want %d", got, c.want)
			}
			if got := journal.ExitCode(run, true); got != c.wantStrict {
				t.Errorf("strict exit code %d, want %d", got, c.wantStrict)
			}
			if got := strings.Join(journal.Conclude(run, false).Reasons, "; "); got != c.wantReasons {
				t.Errorf("reasons %q, want %q", got, c.wantReasons)
			}
		})
	}
}

// Every verdict must have been thought about: a new one that Conclude does not know would be green.
func TestOnlyTheseVerdictsCanBeGreen(t *testing.T) {
	green := map[journal.Verdict]bool{journal.Pass: true, journal.Warn: true, journal.XFail: true, journal.NotApplicable: true}
	for _, v := range journal.Verdicts() {
		run := journal.NewRun(start(scenarios("A-1", "A-2")...), result("A-1", journal.Pass), result("A-2", v), end())
		if got := journal.ExitCode(run, false) == 0; got != green[v] {
			t.Errorf("a run with one %s: exit 0 is %v, want %v", v, got, green[v])
		}
	}
}
