package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// thenNow is what check --then-now writes.
type thenNow struct {
	Changed, Same, First, Unjudged int
	Then, Now                      struct{ Profile string }
	Results                        []struct {
		Requirement, Title, Kind, Then, Now, Reason string
		Judged, Changed                             bool
	}
	Exchanges []struct {
		ID                  int64
		Came, Gone, Unknown []journal.Violation
	}
}

// of tells what has become of a requirement.
func (p *thenNow) of(requirement string) string {
	for _, r := range p.Results {
		if r.Requirement == requirement {
			return r.Then + " " + r.Now
		}
	}
	return "no result"
}

// again judges the journal of a run again and gives what has become of its results.
func again(t *testing.T, dir string, args ...string) (all thenNow, got outcome) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "then-now.json")
	got = call(t, append([]string{"check", dir, "--reports", t.TempDir(), "--then-now", file}, args...)...)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all, got
}

// recordOf is the journal of a recording that was checked.
func recordOf(t *testing.T, recording string) string {
	t.Helper()
	dir := t.TempDir()
	call(t, "check", "--quiet", "--reports", dir, recording)
	return filepath.Join(dir, journal.FileName)
}

// By the same contract a record says the same again, also of a server that breaks what is judged over exchanges, each alone and one after the other.
func TestCheckSaysTheSameAgain(t *testing.T) {
	racedetector.LeaveOut(t)
	args := defective(t, "request-id-missing", "job-goes-backwards")
	args[len(args)-1] = "RSZ-STATE,RSZ-JOB"
	dir := t.TempDir()
	call(t, append(args, "--reports", dir)...)
	all, got := again(t, dir)
	judged, broken := 0, 0
	for _, p := range all.Results {
		switch {
		case p.Changed:
			t.Errorf("%s was %s and is %s: %s", p.Requirement, p.Then, p.Now, p.Reason)
		case p.Judged:
			judged++
			if p.Now == string(journal.Fail) || p.Now == string(journal.Warn) {
				broken++
			}
		case p.Now != string(journal.NotTestable) || p.Reason == "" || p.Kind != "scenario":
			t.Errorf("%+v; want NOT_TESTABLE with a reason, for a scenario", p)
		}
	}
	if judged < 20 || broken < 2 || got.code != exitDeviates || len(all.Exchanges) > 0 {
		t.Errorf("%d judged, %d broken, %d exchanges judged otherwise, exit code %d\n%s", judged, broken, len(all.Exchanges), got.code, got.stdout)
	}
}

// A recording, once it is checked, can be judged by another edition. What that has not is out of it; the record stays as it was, and nothing is asked of anybody.
func TestCheckByAnotherEdition(t *testing.T) {
	racedetector.LeaveOut(t)
	record := recordOf(t, mitmproxyHAR)
	dir := filepath.Dir(record)
	before, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	all, got := again(t, record, "--profile", "otc")
	gone := 0
	for _, p := range all.Results {
		if p.Changed && (p.Then != "PASS" || p.Now != "NOT_APPLICABLE") {
			t.Errorf("%s was %s and is %s: %s; these exchanges keep both contracts, as far as they bear on them", p.Requirement, p.Then, p.Now, p.Reason)
		}
		if p.Now == "NOT_APPLICABLE" && p.Reason == "edition otc has no such promise" {
			gone++
		}
	}
	if got.code != exitConforms || gone == 0 || all.Then.Profile != "intl" || all.Now.Profile != "otc" || !strings.Contains(got.stdout, "THEN AND NOW  by otc") || !strings.Contains(got.stdout, "does not describe any more") {
		t.Errorf("exit code %d, %d promises that otc has not\n%s", got.code, gone, got.stdout)
	}
	after, err := os.ReadFile(record)
	if err != nil || string(after) != string(before) {
		t.Errorf("the record that was judged is another: %v", err)
	}

	said(t, "into the run's own directory", call(t, "check", dir, "--reports", dir), exitUsage, "would be overwritten")
	said(t, "by default", call(t, "check", dir, "-q"), exitConforms)
	if _, err := os.Stat(filepath.Join(dir, againDir, "results.json")); err != nil {
		t.Error(err)
	}
	said(t, "with a recording of others", call(t, "check", dir, mitmproxyHAR), exitUsage, "a run is judged alone")
	said(t, "of a server", call(t, "check", "--server", "x", dir), exitUsage, "a run has one server")
	said(t, "then and now of a recording", call(t, "check", "--then-now", "x.md", mitmproxyHAR), exitUsage, "a recording of others was not judged before")
	said(t, "in a form that there is not", call(t, "check", "--then-now", "x.pdf", dir), exitUsage, ".md or .json")
	said(t, "results alone", call(t, "check", filepath.Join(dir, "results.json")), exitUsage, "has none of the exchanges")
	said(t, "a directory without a record", call(t, "check", t.TempDir()), exitUsage, "got a directory without journal.jsonl")
}

// By a contract that wants more the same record is found wanting, and each exchange says in what.
func TestCheckByAStricterContract(t *testing.T) {
	racedetector.LeaveOut(t)
	document, err := os.ReadFile("../../spec/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const was, is = "        job_id:\n          $ref: '#/components/schemas/JobRef'\n        job_type:", "        job_id: {type: string, pattern: ^ff80808}\n        job_type:"
	stricter := strings.Replace(string(document), was, is, 1)
	if stricter == string(document) {
		t.Fatalf("the contract has no %q", was)
	}
	record := recordOf(t, mitmproxyHAR)
	markdown := filepath.Join(t.TempDir(), "changes.md")
	all, got := again(t, record, "--spec", write(t, "openapi.yaml", stricter))
	if got.code != exitDeviates || all.Changed != 1 || all.of("RSZ-RSP-005") != "PASS FAIL" {
		t.Errorf("exit code %d, %d changed, RSZ-RSP-005 %s\n%s%s", got.code, all.Changed, all.of("RSZ-RSP-005"), got.stdout, got.stderr)
	}
	for _, x := range all.Exchanges {
		if len(x.Gone)+len(x.Unknown) > 0 || len(x.Came) != 1 || x.Came[0].Requirement != "RSZ-RSP-005" || x.Came[0].Pointer != "/job_id" {
			t.Errorf("exchange %d: %+v", x.ID, x)
		}
	}
	if len(all.Exchanges) != 3 || !strings.Contains(got.stdout, "+ RSZ-RSP-005 MUST response body /job_id") {
		t.Errorf("%d exchanges judged otherwise\n%s", len(all.Exchanges), got.stdout)
	}
	said(t, "as Markdown", call(t, "check", record, "--reports", t.TempDir(), "-q", "--spec", write(t, "openapi.yaml", stricter), "--then-now", markdown), exitDeviates)
	if data, err := os.ReadFile(markdown); err != nil || !strings.Contains(string(data), "| RSZ-RSP-005 | every exchange of the run | PASS | FAIL |") || !strings.Contains(string(data), "  - now: RSZ-RSP-005 MUST") {
		t.Errorf("%v\n%s", err, data)
	}
}

// What the journal has not kept as it was on the wire accuses nobody, and pardons nobody either.
func TestCheckOfBodiesThatWereNotKept(t *testing.T) {
	racedetector.LeaveOut(t)
	record := recordOf(t, recordingWith(t, `{\"error\":{\"message\":`, `{\"fault\":{\"message\":`))
	const id = "RSZ-ERR-001"
	if all, _ := again(t, record); all.of(id) != "FAIL FAIL" || all.Changed != 0 {
		t.Fatalf("as it is: %s, %d changed; want FAIL FAIL and none", all.of(id), all.Changed)
	}
	data, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	for name, replace := range map[string][2]string{
		"missing":  {`"text":"{\"fault\":`, `"truncated":true,"gone":"`},
		"cut":      {`"text":"{\"fault\":`, `"truncated":true,"text":"{\"fault\":`},
		"redacted": {`"text":"{\"fault\":{\"message\":\"`, `"text":"{\"fault\":{\"message\":\"$OS_AUTH_TOKEN `},
	} {
		text := strings.ReplaceAll(string(data), replace[0], replace[1])
		if text == string(data) {
			t.Fatalf("%s: the record has no %s", name, replace[0])
		}
		all, got := again(t, write(t, "journal.jsonl", text))
		unknown := slices.ContainsFunc(all.Exchanges, func(x struct {
			ID                  int64
			Came, Gone, Unknown []journal.Violation
		}) bool {
			return len(x.Unknown) > 0 && x.Unknown[0].Requirement == id && len(x.Gone) == 0
		})
		if all.of(id) != "FAIL NOT_TESTABLE" || all.Changed != 0 || !unknown || !strings.Contains(got.stdout, "has not kept") {
			t.Errorf("%s: %s, %d changed, unknown %v\n%s%s", name, all.of(id), all.Changed, unknown, got.stdout, got.stderr)
		}
	}
}

// A record that is not whole gives no verdict, but for what it still shows.
func TestCheckOfATruncatedJournal(t *testing.T) {
	racedetector.LeaveOut(t)
	data, err := os.ReadFile(recordOf(t, mitmproxyHAR))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	head := strings.Join(lines[:6], "")
	for name, c := range map[string]struct {
		text string
		code int
		says string
	}{
		"in the middle of a line": {head + lines[6][:len(lines[6])/2], exitHarness, "is cut off in the middle"},
		"between two lines":       {head, exitHarness, "did not come to its end"},
		"with a lost line":        {head + strings.Join(lines[7:], ""), exitHarness, "the lines between them are lost"},
		"with a broken line":      {head + "oops\n" + strings.Join(lines[7:], ""), exitHarness, "not a line of a journal"},
		"in the first line":       {lines[0][:len(lines[0])/2], exitUsage, "not a line of a journal"},
	} {
		dir := t.TempDir()
		got := call(t, "check", "--reports", dir, write(t, "journal.jsonl", c.text))
		if shown := strings.Join(strings.Fields(got.stdout+got.stderr), " "); got.code != c.code || !strings.Contains(shown, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s%s", name, got.code, c.code, c.says, got.stdout, got.stderr)
		}
		if c.code == exitHarness && !strings.Contains(got.stdout, "NO VERDICT") {
			t.Errorf("%s: the report gives a verdict\n%s", name, got.stdout)
		}
		if _, err := os.Stat(filepath.Join(dir, "results.json")); (err == nil) != (c.code == exitHarness) {
			t.Errorf("%s: the reports: %v", name, err)
		}
	}
}
