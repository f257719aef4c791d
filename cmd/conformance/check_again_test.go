package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

// then and now of a result, as check --then-now writes them.
type thenNow struct {
	Requirement, Title, Kind, Then, Now, Reason string
	Judged, Changed                             bool
}

// again judges the journal of a run again and gives what has become of its results.
func again(t *testing.T, dir string, args ...string) (all []thenNow, got outcome) {
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

// By the same contract a record says the same again, of every server: of one as it should be, and of ones that break what is judged over exchanges.
func TestCheckSaysTheSameAgain(t *testing.T) {
	for name, code := range map[string]int{"": exitConforms, "request-id-missing": exitDeviates, "job-goes-backwards": exitDeviates} {
		args := defective(t)
		if name != "" {
			args = defective(t, name)
		}
		args[len(args)-1] = "RSZ-STATE,RSZ-JOB"
		dir := t.TempDir()
		call(t, append(args, "--reports", dir)...)
		all, got := again(t, dir)
		judged, broken := 0, 0
		for _, p := range all {
			switch {
			case p.Changed:
				t.Errorf("%s: %s was %s and is %s: %s", name, p.Requirement, p.Then, p.Now, p.Reason)
			case p.Judged:
				judged++
				if p.Now == string(journal.Fail) {
					broken++
				}
			case p.Now != string(journal.NotTestable) || p.Reason == "" || p.Kind != "scenario":
				t.Errorf("%s: %+v; want NOT_TESTABLE with a reason, for a scenario", name, p)
			}
		}
		if judged < 20 || got.code != code || (broken > 0) != (code == exitDeviates) {
			t.Errorf("%s: %d judged, %d broken, exit code %d, want %d\n%s", name, judged, broken, got.code, code, got.stdout)
		}
	}
}

// By another edition the record says what that edition promises otherwise, the run stays as it was, and nothing is asked of anybody.
func TestCheckByAnotherEdition(t *testing.T) {
	dir := t.TempDir()
	args := append(defective(t), "--reports", dir)
	call(t, args...)
	before, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	all, got := again(t, filepath.Join(dir, "journal.jsonl"), "--profile", "otc")
	gone := 0
	for _, p := range all {
		if p.Changed {
			t.Errorf("%s was %s and is %s: %s; these exchanges keep both contracts", p.Requirement, p.Then, p.Now, p.Reason)
		}
		if p.Now == "NOT_APPLICABLE" && p.Reason == "edition otc has no such promise" {
			gone++
		}
	}
	if got.code != exitConforms || gone == 0 || !strings.Contains(got.stdout, "THEN AND NOW by otc") && !strings.Contains(got.stdout, "THEN AND NOW  by otc") {
		t.Errorf("exit code %d, %d promises that otc has not\n%s", got.code, gone, got.stdout)
	}
	after, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
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
}

// By a contract that wants more the same record is found wanting, in what it has.
func TestCheckByAStricterContract(t *testing.T) {
	dir := t.TempDir()
	call(t, append(defective(t), "--reports", dir)...)
	document, err := os.ReadFile("../../spec/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const was = "enum: [INIT, RUNNING, SUCCESS, FAIL"
	stricter := strings.Replace(string(document), was, strings.Replace(was, "INIT, RUNNING, SUCCESS", "INIT, RUNNING, DONE", 1), 1)
	if stricter == string(document) {
		t.Fatalf("the contract has no %q", was)
	}
	all, got := again(t, dir, "--spec", write(t, "openapi.yaml", stricter))
	var changed []string
	for _, p := range all {
		if p.Changed {
			changed = append(changed, p.Requirement+" "+p.Then+" "+p.Now)
		}
	}
	if got.code != exitDeviates || len(changed) != 1 || changed[0] != "RSZ-JOB-002 PASS FAIL" {
		t.Errorf("exit code %d, changed %q\n%s%s", got.code, changed, got.stdout, got.stderr)
	}
}
