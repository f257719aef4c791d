package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// The reference client keeps what clients promise, and so says every report.
func TestRunWithTheReferenceClient(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	got := call(t, "run", "--client", "reference", "--requirement", "RSZ-CLIENT-101,RSZ-CLIENT-003,RSZ-CLIENT-206,RSZ-STATE-002", "--reports", dir)
	if got.code != exitConforms || !strings.Contains(got.stdout, "reference client 1.0 (with the embedded emulator) keeps the intl contract") {
		t.Fatalf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	run, err := journal.ReadFile(dir)
	if err != nil || !run.Start.ClientUnderTest || run.Start.Client != "reference client 1.0" {
		t.Errorf("got %+v, %v", run.Start, err)
	}
	passed := map[string]bool{}
	for _, r := range run.Rows() {
		passed[r.Requirement] = r.Verdict == journal.Pass
	}
	for _, id := range []string{"RSZ-CLIENT-101", "RSZ-CLIENT-003", "RSZ-CLIENT-206", "RSZ-STATE-002", journal.RequestRequirement} {
		if !passed[id] {
			t.Errorf("%s did not pass", id)
		}
	}
}

// A driver that breaks down at every request is never a verdict on its client: what could not be done is BLOCKED, with what the driver said last.
func TestRunWithADriverThatBreaksDown(t *testing.T) {
	racedetector.LeaveOut(t)
	driver := filepath.Join(t.TempDir(), "driver")
	script := `#!/bin/sh
echo '{"protocol":1,"name":"breaks","version":"1","operations":{"resizeServer":[],"showJob":[]},"credentials":["token"]}'
read -r request
echo "the last words" >&2
printf 'half a li'
exit 3
`
	if err := os.WriteFile(driver, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	got := call(t, "run", "--client", driver, "--requirement", "RSZ-CLIENT-001,RSZ-CLIENT-101,RSZ-STATE-002", "--reports", dir)
	if got.code != exitDeviates || !strings.Contains(got.stdout, "NOT SHOWN TO CONFORM") {
		t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	blocked := 0
	for _, r := range run.Rows() {
		switch r.Verdict {
		case journal.Blocked:
			if blocked++; !strings.Contains(r.Reason, "half a line") || !strings.Contains(r.Reason, "the last words") {
				t.Errorf("%s: %s", r.Name(), r.Reason)
			}
		case journal.Pass, journal.NotApplicable:
		default:
			t.Errorf("%s: %s %s", r.Name(), r.Verdict, r.Reason)
		}
	}
	if blocked != 3 {
		t.Errorf("%d scenarios are BLOCKED, want 3: the driver is started again for each", blocked)
	}
}

func TestRunWithAClientThatCannotBe(t *testing.T) {
	racedetector.LeaveOut(t)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"a driver that is not there":      {[]string{"--client", "/nowhere/at/all"}, "no program /nowhere/at/all"},
		"a driver that says nothing":      {[]string{"--client", "true"}, "no hello"},
		"patience without a client":       {[]string{"--client-patience", "2s"}, "give --client, too"},
		"what only a client can be asked": {[]string{"--requirement", "RSZ-CLIENT-101"}, "give --client COMMAND"},
		"a family of clients":             {[]string{"--requirement", "RSZ-CLIENT"}, "give --client COMMAND"},
	} {
		got := call(t, append([]string{"run", "--reports", t.TempDir()}, c.args...)...)
		if got.code != exitUsage || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: exit code %d, %q; want %d and %q", name, got.code, got.stderr, exitUsage, c.says)
		}
	}
}
