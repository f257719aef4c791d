package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/coverage"
)

// The command says what it was asked for, and its exit code says the same.
func TestCoverageCommand(t *testing.T) {
	dir := t.TempDir()
	if got := call(t, "run", "--quiet", "--requirement", "RSZ-URI-001", "--reports", dir); got.code != exitConforms {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	got := call(t, "coverage", "--from", dir)
	if got.code != exitDeviates || !strings.Contains(got.stdout, "Not exercised") || strings.Count(got.stdout, "\n") > 40 {
		t.Errorf("one scenario: exit code %d, want 1 and one screen\n%s%s", got.code, got.stdout, got.stderr)
	}
	got = call(t, "coverage", "--from", filepath.Join(dir, "journal.jsonl"), "--json")
	var found coverage.Report
	if err := json.Unmarshal([]byte(got.stdout), &found); err != nil || got.code != exitDeviates || len(found.Elements) < 1000 || found.Runs != 1 {
		t.Errorf("--json: exit code %d, %v, %d elements of %d runs", got.code, err, len(found.Elements), found.Runs)
	}
	all := call(t, "coverage", "--from", dir, "--all")
	for _, e := range found.Elements {
		if !strings.Contains(all.stdout, e.Reason) || (e.Missing() != "" && !strings.Contains(all.stdout, e.String())) {
			t.Errorf("--all does not tell of %s (%s)", e, e.Reason)
		}
	}
}

func TestCoverageOfWhatIsNoRun(t *testing.T) {
	dir := t.TempDir()
	if got := call(t, "run", "--quiet", "--requirement", "RSZ-URI-001", "--reports", dir); got.code != exitConforms {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"an empty name", []string{"--from="}, exitUsage, "--from"},
		{"an empty name among others", []string{"--from", dir, "--from", ","}, exitUsage, "--from"},
		{"no file", []string{"--from", filepath.Join(dir, "nothing")}, exitUsage, "nothing"},
		{"no journal", []string{"--from", write(t, "journal.jsonl", "{}\n")}, exitUsage, "journal.jsonl:1"},
		{"another contract", []string{"--from", dir, "--profile", "cn"}, exitUsage, "another contract"},
		{"a journal that is cut off", []string{"--from", write(t, "torn.jsonl", string(whole[:len(whole)-20]))}, exitHarness, "torn.jsonl: "},
		{"a journal with a line that is none", []string{"--from", write(t, "bad.jsonl", strings.Replace(string(whole), `"type":"result"`, `"type":"none"`, 1))}, exitHarness, "bad.jsonl"},
	} {
		got := call(t, append([]string{"coverage"}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.stdout+got.stderr, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s%s", c.name, got.code, c.code, c.says, got.stdout, got.stderr)
		}
	}
}
