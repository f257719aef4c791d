package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/coverage"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/racedetector"
)

// The default run and one of a client exercise all of the contract that can be, in every edition, and every reason for the rest still holds. What a change of the
// contract or of the pack leaves untouched is told here.
func TestWholeRunsCoverTheContract(t *testing.T) {
	racedetector.LeaveOut(t)
	for _, profile := range emulator.Profiles() {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			dir, client := t.TempDir(), t.TempDir()
			for dir, options := range map[string][]string{dir: nil, client: {"--client", "reference"}} {
				args := append([]string{"run", "--quiet", "--profile", profile, "--reports", dir}, options...)
				// In a process of its own: Ginkgo makes one run at a time.
				if out, err := program(t.Context(), args...).CombinedOutput(); err != nil {
					t.Fatalf("%v: %v\n%s", options, err, out)
				}
			}
			got := call(t, "coverage", "--from", dir, "--from", client, "--json")
			var found coverage.Report
			if err := json.Unmarshal([]byte(got.stdout), &found); err != nil {
				t.Fatalf("%v\n%s", err, got.stderr)
			}
			for _, e := range found.Uncovered() {
				t.Errorf("%s: %s: not exercised (%s)", e.SpecLine, e, e.Missing())
			}
			for _, s := range found.Stale {
				t.Errorf("a reason that does not hold: %s", s)
			}
			// Without a client, what is required of clients is not asked for.
			if short := call(t, "coverage", "--from", dir); got.code != exitConforms || short.code != exitConforms || !strings.Contains(short.stdout, "100 %") {
				t.Errorf("exit codes %d and %d, want 0\n%s", got.code, short.code, short.stdout)
			}
		})
	}
}

// The command says what it was asked for, and its exit code says the same.
func TestCoverageCommand(t *testing.T) {
	racedetector.LeaveOut(t)
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
	racedetector.LeaveOut(t)
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
