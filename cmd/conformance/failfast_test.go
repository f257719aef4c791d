package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// A server that accepts every resize fails the first scenario that wants one refused; --fail-fast leaves the others out and says so of each.
func TestFailFast(t *testing.T) {
	racedetector.LeaveOut(t)
	e, err := emulator.New(emulator.Config{Seams: emulator.Seams{Rules: func([]emulator.Rule) []emulator.Rule { return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Stock(e, 2); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	defer server.Close()
	servers, err := target.InventoryOf(e, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	text, err := servers.YAML()
	if err != nil {
		t.Fatal(err)
	}
	inventory := write(t, "servers.yaml", string(text))
	dir := t.TempDir()
	got := call(t, "run", "--inventory", inventory, "--fail-fast", "--requirement", "RSZ-BODY", "--poll", "2ms", "--reports", dir)
	if got.code != exitDeviates {
		t.Fatalf("exit code %d, want 1\n%s%s", got.code, got.stdout, got.stderr)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	failed, left := 0, 0
	for _, r := range run.Rows() {
		switch {
		case r.Kind != journal.KindScenario:
		case r.Verdict == journal.Fail || r.Verdict == journal.NotTestable:
			failed++
		case r.Verdict == journal.Blocked && strings.Contains(r.Reason, "--fail-fast"):
			left++
		case r.Verdict == journal.HarnessError:
			t.Errorf("%s: %s", r.Name(), r.Reason)
		}
	}
	if failed != 1 || left == 0 {
		t.Errorf("%d failed and %d left out, want 1 and some\n%s", failed, left, got.stdout)
	}
}
