package journal_test

import (
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/journal"
)

const day = "2026-11-30"

func accepting(expires string, ways ...string) *journal.Baseline {
	return &journal.Baseline{File: "b.yaml", Hash: "00", Day: day, Entries: []journal.Accepted{
		{Requirement: "A-1", Scenario: "one", Signature: ways, Owner: "me", Reason: "known", Link: "ISSUE-7", Expires: expires, Line: 3},
	}}
}

func row(kind journal.Kind, title string, v journal.Verdict, ways ...string) journal.Result {
	r := journal.Result{Requirement: "A-1", Title: title, Kind: kind, Verdict: v, Reason: "as it is", Signature: ways, Side: journal.Server}
	if v == journal.Fail || v == journal.Warn {
		r.Finding = &journal.Finding{Wanted: "x", Got: "y"}
	}
	return r
}

func TestJudge(t *testing.T) {
	const way = "wanted x; got y"
	for name, tt := range map[string]struct {
		row      journal.Result
		baseline *journal.Baseline
		partial  bool
		verdict  journal.Verdict
		standing journal.Standing // "": not listed
	}{
		"fails as listed":                 {row(journal.KindScenario, "one", journal.Fail), accepting(day, way), false, journal.XFail, journal.Holds},
		"the way is written in two lines": {row(journal.KindScenario, "one", journal.Fail), accepting(day, "wanted x;\n  got y"), false, journal.XFail, journal.Holds},
		"warns as listed":                 {row(journal.KindScenario, "one", journal.Warn), accepting(day, way), false, journal.XFail, journal.Holds},
		"one of several ways":             {row(journal.KindMonitor, "one", journal.Fail), accepting(day, "z", way), false, journal.XFail, journal.Holds},
		"not testable as listed":          {row(journal.KindScenario, "one", journal.NotTestable), accepting(day, "not testable: as it is"), false, journal.XFail, journal.Holds},
		"fails otherwise":                 {row(journal.KindScenario, "one", journal.Fail), accepting(day, "z"), false, journal.Fail, journal.FailsOther},
		"fails in a further way":          {row(journal.KindSchema, "one", journal.Fail, way, "z"), accepting(day, way), false, journal.Fail, journal.FailsOther},
		"warns otherwise":                 {row(journal.KindScenario, "one", journal.Warn), accepting(day, "z"), false, journal.Warn, journal.FailsOther},
		"passes":                          {row(journal.KindScenario, "one", journal.Pass), accepting(day, way), false, journal.XPass, journal.Passes},
		"passes in a part of the pack":    {row(journal.KindScenario, "one", journal.Pass), accepting(day, way), true, journal.XPass, journal.Passes},
		"passes over a part of the pack":  {row(journal.KindSchema, "one", journal.Pass), accepting(day, way), true, journal.Pass, journal.Idle},
		"passes over all of it":           {row(journal.KindSchema, "one", journal.Pass), accepting(day, way), false, journal.XPass, journal.Passes},
		"expired":                         {row(journal.KindScenario, "one", journal.Fail), accepting("2026-11-29", way), false, journal.Fail, journal.Expired},
		"expired and passes":              {row(journal.KindScenario, "one", journal.Pass), accepting("2026-11-29", way), false, journal.XPass, journal.Passes},
		"does not apply":                  {row(journal.KindScenario, "one", journal.NotApplicable), accepting(day, way), false, journal.NotApplicable, journal.Idle},
		"blocked is not hidden":           {row(journal.KindScenario, "one", journal.Blocked), accepting(day, "blocked: as it is"), false, journal.Blocked, journal.Idle},
		"a harness error is not hidden":   {row(journal.KindScenario, "one", journal.HarnessError), accepting(day, "as it is"), false, journal.HarnessError, journal.Idle},
		"a failed cleanup is not listed":  {row(journal.KindCleanup, "one", journal.Blocked), accepting(day, "blocked: as it is"), false, journal.Blocked, ""},
		"another title":                   {row(journal.KindScenario, "two", journal.Fail), accepting(day, way), false, journal.Fail, ""},
		"no baseline":                     {row(journal.KindScenario, "one", journal.Fail), nil, false, journal.Fail, ""},
	} {
		got := tt.baseline.Judge([]journal.Result{tt.row}, tt.partial)[0]
		standing := journal.Standing("")
		if got.Listed != nil {
			standing = got.Listed.Standing
		}
		if got.Verdict != tt.verdict || standing != tt.standing {
			t.Errorf("%s: got %s %q (%s), want %s %q", name, got.Verdict, standing, got.Reason, tt.verdict, tt.standing)
		}
		if standing != "" && !standing.Stands() && (got.Listed.Next == "" || !strings.Contains(got.Listed.Entry, "b.yaml:3") || !strings.Contains(got.Listed.Next+got.Reason, "b.yaml:3")) {
			t.Errorf("%s: wanted the entry and what to do, got %+v", name, got.Listed)
		}
		// What was judged before is judged anew from what was found.
		if again := tt.baseline.Judge([]journal.Result{got}, tt.partial)[0]; again.Verdict != got.Verdict || again.Reason != got.Reason {
			t.Errorf("%s: judged again it is %s %q, was %s %q", name, again.Verdict, again.Reason, got.Verdict, got.Reason)
		}
		if none := (*journal.Baseline)(nil).Judge([]journal.Result{got}, tt.partial)[0]; none.Verdict != tt.row.Verdict || none.Reason != tt.row.Reason || none.Listed != nil {
			t.Errorf("%s: without the baseline it is %s %q", name, none.Verdict, none.Reason)
		}
	}
}

// The day of the expiry still counts, in UTC and wherever the run is made.
func TestExpiry(t *testing.T) {
	east := time.FixedZone("east", 14*3600)
	for at, want := range map[time.Time]bool{
		time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC):      false,
		time.Date(2026, 11, 30, 23, 59, 59, 999, time.UTC): false,
		time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC):       true,
		time.Date(2026, 12, 1, 13, 59, 0, 0, east):         false, // 2026-11-30 23:59 UTC
		time.Date(2026, 12, 1, 14, 0, 0, 0, east):          true,
		time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC):        true,
	} {
		if got := (journal.Accepted{Expires: day}).ExpiredOn(journal.Day(at)); got != want {
			t.Errorf("%s: expired %v, want %v", at, got, want)
		}
	}
}

// A scenario with cases is as its entry says when the cases fail that it lists; each of them is shown as accepted.
func TestJudgeCases(t *testing.T) {
	const a, b = "case a: wanted x; got y", "case b: wanted x; got y"
	given := func(verdicts ...journal.Verdict) []journal.Result {
		rows := []journal.Result{row(journal.KindScenario, "one", journal.Pass)}
		for i, v := range verdicts {
			c := row(journal.KindCase, string(rune('a'+i)), v)
			if v == journal.Fail {
				rows[0].Verdict, rows[0].Finding = journal.Fail, c.Finding
				rows[0].Signature = append(rows[0].Signature, c.CaseWay())
			}
			rows = append(rows, c)
		}
		return rows
	}
	for name, tt := range map[string]struct {
		rows []journal.Result
		ways []string
		want []journal.Verdict
	}{
		"both listed and failing": {given(journal.Fail, journal.Fail), []string{a, b}, []journal.Verdict{journal.XFail, journal.XFail, journal.XFail}},
		"one more fails":          {given(journal.Fail, journal.Fail), []string{a}, []journal.Verdict{journal.Fail, journal.XFail, journal.Fail}},
		"one passes now":          {given(journal.Fail, journal.Pass), []string{a, b}, []journal.Verdict{journal.XPass, journal.XFail, journal.XPass}},
		"all pass now":            {given(journal.Pass, journal.Pass), []string{a}, []journal.Verdict{journal.XPass, journal.XPass, journal.Pass}},
		"the listed one not sent": {given(journal.Pass), []string{b}, []journal.Verdict{journal.Pass, journal.Pass}},
	} {
		for i, got := range accepting(day, tt.ways...).Judge(tt.rows, false) {
			if got.Verdict != tt.want[i] {
				t.Errorf("%s: row %d is %s (%s), want %s", name, i, got.Verdict, got.Reason, tt.want[i])
			}
		}
	}
}

// An entry that does not stand makes the run fail, also where the result alone would not.
func TestFallenEntriesFailTheRun(t *testing.T) {
	for _, tt := range []struct {
		verdict journal.Verdict
		b       *journal.Baseline
		code    int
	}{
		{journal.Fail, accepting(day, "wanted x; got y"), 0}, {journal.Warn, accepting("2026-11-29", "wanted x; got y"), 1}, {journal.Warn, accepting(day, "z"), 1},
		{journal.Warn, nil, 0}, {journal.Pass, accepting(day, "z"), 1}, {journal.Fail, accepting(day, "z"), 1},
	} {
		r := tt.b.Judge([]journal.Result{row(journal.KindScenario, "one", tt.verdict)}, false)[0]
		run := journal.NewRun(
			journal.Event{Start: &journal.RunStart{Baseline: tt.b, Planned: []journal.Planned{{Requirement: "A-1", Title: "one", Kind: journal.KindScenario}}}},
			journal.Event{Result: &r}, journal.Event{End: &journal.RunEnd{}})
		if c := journal.Conclude(run, false); c.ExitCode != tt.code {
			t.Errorf("%s with %+v: exit code %d because of %q, want %d", tt.verdict, tt.b, c.ExitCode, c.Reasons, tt.code)
		}
	}
}

// What is newer than the pinned version counts for nothing; a failed cleanup and a harness error do all the same, and so does that nothing else was carried out.
func TestNewerDoesNotCount(t *testing.T) {
	for name, tt := range map[string]struct {
		newer journal.Result
		code  int
	}{
		"failure": {row(journal.KindScenario, "new", journal.Fail), 0}, "not testable": {row(journal.KindScenario, "new", journal.NotTestable), 0},
		"blocked": {row(journal.KindScenario, "new", journal.Blocked), 0}, "cleanup": {row(journal.KindCleanup, "new", journal.Blocked), 1},
		"harness error": {row(journal.KindScenario, "new", journal.HarnessError), 4},
	} {
		tt.newer.Newer = "0.2.0"
		old := row(journal.KindScenario, "one", journal.Pass)
		run := journal.NewRun(journal.Event{Start: &journal.RunStart{Pin: "0.1.0"}}, journal.Event{Result: &old}, journal.Event{Result: &tt.newer}, journal.Event{End: &journal.RunEnd{}})
		if c := journal.Conclude(run, true); c.ExitCode != tt.code {
			t.Errorf("%s: exit code %d because of %q, want %d", name, c.ExitCode, c.Reasons, tt.code)
		}
	}
	alone := row(journal.KindScenario, "new", journal.Pass)
	alone.Newer = "0.2.0"
	run := journal.NewRun(journal.Event{Start: &journal.RunStart{Pin: "0.1.0"}}, journal.Event{Result: &alone}, journal.Event{End: &journal.RunEnd{}})
	if c := journal.Conclude(run, false); c.ExitCode != 1 {
		t.Errorf("nothing that counts was carried out: exit code %d, want 1", c.ExitCode)
	}
}
