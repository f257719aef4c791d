package baseline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/baseline"
	"resize-conformance/harness/journal"
)

const whole = `accepted:
  - requirement: RSZ-STATE-002
    scenario: a running server is not resized
    signature: wanted a rejection; got 200 with job_id
    owner: ecs-team
    reason: the gateway is to be replaced
    link: ISSUE-7
    expires: 2026-11-30
`

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "accepted.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRead(t *testing.T) {
	f, err := baseline.Read(file(t, whole))
	if err != nil {
		t.Fatal(err)
	}
	b := f.Baseline(time.Date(2026, 11, 30, 23, 0, 0, 0, time.FixedZone("west", -3*3600)))
	if len(b.Entries) != 1 || b.Entries[0].Line != 2 || b.Entries[0].Owner != "ecs-team" || b.Day != "2026-12-01" || len(b.Hash) != 64 {
		t.Errorf("got %+v", b)
	}
}

func TestReadTellsWhatIsWrong(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"unknown key":     {"owner:", "ownr:", `:5: unknown key "ownr"; did you mean "owner"?`},
		"no owner":        {"    owner: ecs-team\n", "", `:2: RSZ-STATE-002 a running server is not resized: owner is missing; wanted who answers for it`},
		"owner to fill":   {"ecs-team", "TODO", `owner is still to be filled in ("TODO")`},
		"reason to fill":  {"the gateway", "TODO the gateway", `reason is still to be filled in`},
		"no link":         {"ISSUE-7", `""`, "link is missing"},
		"no day":          {"2026-11-30", "2026-11-31", `expires: wanted a day such as 2026-11-30 (UTC; the day itself still counts), got "2026-11-31"`},
		"no signature":    {"wanted a rejection; got 200 with job_id", "[]", "signature is missing"},
		"empty signature": {"wanted a rejection; got 200 with job_id", `""`, "signature is missing"},
		"no requirement":  {"requirement: RSZ-STATE-002\n    scenario", "scenario", "requirement is missing"},
		"a list":          {"accepted:", "acepted:", `unknown key "acepted"; did you mean "accepted"?`},
	} {
		changed := strings.Replace(whole, tt.old, tt.new, 1)
		if changed == whole {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := baseline.Read(file(t, changed)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, tt.want)
		}
	}
	if _, err := baseline.Read(filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(err.Error(), "baseline update") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func planned(names ...string) []journal.Planned {
	var all []journal.Planned
	for _, name := range names {
		id, title, _ := strings.Cut(name, " ")
		all = append(all, journal.Planned{Requirement: id, Title: title, Kind: journal.KindScenario})
	}
	return all
}

func TestCheck(t *testing.T) {
	pack := planned("A-001 one", "B-001 one", "B-001 two")
	for name, tt := range map[string]struct {
		entries []journal.Accepted
		want    string // "": it is in order
	}{
		"in order":           {[]journal.Accepted{{Requirement: "A-001", Scenario: "one"}, {Requirement: "B-001", Scenario: "two"}}, ""},
		"without a scenario": {[]journal.Accepted{{Requirement: "A-001"}}, ""},
		"about two results":  {[]journal.Accepted{{Requirement: "B-001", Line: 4}}, `b.yaml:4: B-001: this is about 2 results; say by its scenario which of them is meant: "one", "two"`},
		"two about one":      {[]journal.Accepted{{Requirement: "A-001", Line: 2}, {Requirement: "A-001", Scenario: "one", Line: 9}}, "b.yaml:9: A-001 one: line 2 is about the same result"},
		"about nothing":      {[]journal.Accepted{{Requirement: "A-002", Line: 4}}, `b.yaml:4: A-002: the pack has nothing for it; did you mean "A-001"?`},
		"no such scenario":   {[]journal.Accepted{{Requirement: "A-001", Scenario: "uno", Line: 4}}, `the pack has no such scenario for it; there is "one"`},
		"a cleanup":          {[]journal.Accepted{{Requirement: "A-001", Scenario: "one (cleanup)", Line: 4}}, "a failed cleanup cannot be accepted"},
		"a case by itself":   {[]journal.Accepted{{Requirement: "A-001/enum", Line: 4}}, "a case has no entry of its own"},
	} {
		err := baseline.Check(&journal.Baseline{File: "b.yaml", Entries: tt.entries}, pack)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

// recorded is a run that gave these results to their end; the titles are those of whole.
func recorded(change func(*journal.RunStart), rows ...journal.Result) *journal.Run {
	start := &journal.RunStart{}
	for i := range rows {
		rows[i] = rows[i].Signed()
		start.Planned = append(start.Planned, journal.Planned{Requirement: rows[i].Requirement, Title: rows[i].Title, Kind: rows[i].Kind})
	}
	if change != nil {
		change(start)
	}
	events := []journal.Event{{Start: start, Time: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}}
	for i := range rows {
		events = append(events, journal.Event{Result: &rows[i]})
	}
	return journal.NewRun(append(events, journal.Event{End: &journal.RunEnd{}})...)
}

func result(id, title string, v journal.Verdict, ways ...string) journal.Result {
	r := journal.Result{Requirement: id, Title: title, Kind: journal.KindScenario, Verdict: v, Reason: "so", Signature: ways, Side: journal.Server}
	if v == journal.Fail || v == journal.Warn {
		r.Finding = &journal.Finding{Wanted: "a rejection", Got: "200 with job_id"}
	}
	return r
}

const commented = `# Head.

accepted:
  # Why the first is here.
  - requirement: A-001
    scenario: "one"
    signature: wanted a rejection; got 200 with job_id   # as seen in May
    owner: ecs-team
    reason: >
      a long one,
      in two lines
    link: ISSUE-7
    expires: 2020-01-01

  # Why the second is here.
  - requirement: A-002
    scenario: two
    signature:
      - wanted a rejection; got 200 with job_id
      - wanted a rejection; got 500
    # whom to ask
    owner: gateway-team

    reason: another
    link: ISSUE-8
    expires: 2027-01-01
  # Why the third is here.
  - requirement: A-003
    scenario: three
    signature: wanted a rejection; got 200 with job_id
    owner: ecs-team
    reason: and another
    link: ISSUE-9
    expires: 2027-01-01
# End.
`

func TestUpdate(t *testing.T) {
	const way = "wanted a rejection; got 200 with job_id"
	first, second, third := result("A-001", "one", journal.Fail), result("A-002", "two", journal.Fail, way, "wanted a rejection; got 500"), result("A-003", "three", journal.Fail)
	cut := func(from, to string) string {
		before, rest, _ := strings.Cut(commented, from)
		_, after, _ := strings.Cut(rest, to)
		return before + to + after
	}
	added := "  - requirement: B-001\n    scenario: 'new: one'\n    signature: wanted a rejection; got 200 with job_id\n    owner: TODO\n    reason: TODO\n    link: TODO\n    expires: TODO\n"
	for name, tt := range map[string]struct {
		rows   []journal.Result
		change func(*journal.RunStart)
		want   string
	}{
		"nothing has changed":        {[]journal.Result{first, second, third}, nil, commented},
		"the first passes":           {[]journal.Result{result("A-001", "one", journal.Pass), second, third}, nil, cut("  # Why the first is here.\n", "  # Why the second is here.\n")},
		"the last passes":            {[]journal.Result{first, second, result("A-003", "three", journal.Pass)}, nil, cut("  # Why the third is here.\n", "# End.\n")},
		"the middle one passes":      {[]journal.Result{first, result("A-002", "two", journal.Pass), third}, nil, cut("  # Why the second is here.\n", "  # Why the third is here.\n")},
		"a way shows no longer":      {[]journal.Result{first, result("A-002", "two", journal.Fail, way), third}, nil, strings.Replace(commented, "signature:\n      - "+way+"\n      - wanted a rejection; got 500\n", "signature: "+way+"\n", 1)},
		"blocked is not passing":     {[]journal.Result{result("A-001", "one", journal.Blocked), second, third}, nil, commented},
		"only a part was run":        {[]journal.Result{third}, func(s *journal.RunStart) { s.Filter = "requirement A-003" }, commented},
		"a new failure":              {[]journal.Result{first, second, third, result("B-001", "new: one", journal.Fail)}, nil, commented + added},
		"a warning does not count":   {[]journal.Result{first, second, third, result("B-001", "new: one", journal.Warn)}, nil, commented},
		"a warning of a strict run":  {[]journal.Result{first, second, third, result("B-001", "new: one", journal.Warn)}, func(s *journal.RunStart) { s.Strict = true }, commented + added},
		"blocked cannot be accepted": {[]journal.Result{first, second, third, result("B-001", "new: one", journal.Blocked)}, nil, commented},
		"in another way":             {[]journal.Result{first, second, result("A-003", "three", journal.Fail, "other")}, nil, strings.Replace(strings.Replace(commented, "signature: "+way+"\n    owner: ecs-team\n    reason: and another\n", "signature: other\n    owner: ecs-team\n    reason: 'TODO: it fails in another way now; accepted was: and another'\n", 1), "", "", 0)},
	} {
		name2 := file(t, commented)
		text, changes, err := baseline.Update(name2, recorded(tt.change, tt.rows...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(text) != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s\n%+v", name, text, tt.want, changes)
		}
		if !slices.ContainsFunc(changes, func(c baseline.Change) bool { return strings.Contains(c.Text, "no day is extended") }) && strings.Contains(string(text), "2020-01-01") && len(tt.rows) > 1 {
			t.Errorf("%s: nothing is said of the entry that has expired: %+v", name, changes)
		}
		// Done again with what came of it, nothing more is to be done.
		again, _, err := baseline.Update(file(t, string(text)), recorded(tt.change, tt.rows...))
		if err != nil || string(again) != string(text) {
			t.Errorf("%s: done again it gives %v\n%s", name, err, again)
		}
	}
}

// A file is begun where there is none, and a run refuses it until a person has filled it in. When all passes, an empty list is left that can be read.
func TestUpdateBeginsAndEnds(t *testing.T) {
	name := filepath.Join(t.TempDir(), "new.yaml")
	text, changes, err := baseline.Update(name, recorded(nil, result("A-001", "one", journal.Fail)))
	if err != nil || len(changes) != 1 || changes[0].Kind != baseline.Added {
		t.Fatalf("%v %+v", err, changes)
	}
	if err := baseline.Save(name, text); err != nil {
		t.Fatal(err)
	}
	if _, err := baseline.Read(name); err == nil || strings.Count(err.Error(), "still to be filled in") != 4 {
		t.Errorf("wanted the four places that are to be filled in, got %v\n%s", err, text)
	}
	text, changes, err = baseline.Update(name, recorded(nil, result("A-001", "one", journal.Pass)))
	if err != nil || len(changes) != 1 || changes[0].Kind != baseline.Removed {
		t.Fatalf("%v %+v", err, changes)
	}
	if err := baseline.Save(name, text); err != nil {
		t.Fatal(err)
	}
	if f, err := baseline.Read(name); err != nil || len(f.Entries) != 0 || !strings.HasPrefix(string(text), "# Known deviations") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestUpdateLeavesAloneWhatItCannotEdit(t *testing.T) {
	name := file(t, "accepted: [{requirement: A-001, scenario: one, signature: x, owner: a, reason: b, link: c, expires: 2027-01-01}]\n")
	if _, _, err := baseline.Update(name, recorded(nil, result("A-001", "one", journal.Pass))); err == nil || !strings.Contains(err.Error(), "one key a line") {
		t.Errorf("got %v", err)
	}
}
