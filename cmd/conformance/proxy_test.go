package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// The program itself is the client of this test: a run of one scenario, pointed at the proxy.
func TestProxyJudgesACommand(t *testing.T) {
	t.Setenv("CONFORMANCE_TEST_AS_PROGRAM", "1")
	inventory := serve(t)
	dir := t.TempDir()
	got := call(t, "proxy", "--upstream", endpointOf(t, inventory), "--reports", dir, "--", "/bin/sh", "-c",
		os.Args[0]+` run --inventory `+inventory+` --server "$CONFORMANCE_PROXY" --requirement RSZ-URI-008 -q --reports `+filepath.Join(dir, "inner")+`; exit 7`)
	if got.code != exitConforms || !strings.HasPrefix(got.stdout, "endpoint: http://127.0.0.1:") {
		t.Fatalf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	if !strings.Contains(got.stdout, "sh ended with exit code 7") || !strings.Contains(got.stdout, "keep the intl contract") {
		t.Errorf("got %s", got.stdout)
	}
	rows := results(t, dir)
	if v := rows[journal.RequestRequirement+" every exchange of the run"]; v != journal.Pass {
		t.Errorf("the client has %s, want PASS", v)
	}
	run, err := journal.ReadFile(dir)
	if err != nil || len(run.Exchanges) == 0 || !run.Exchanges[0].External {
		t.Errorf("got %d exchanges, %v", len(run.Exchanges), err)
	}
}

// endpointOf reads the URL of a served emulator from its inventory.
func endpointOf(t *testing.T, inventory string) string {
	t.Helper()
	read, err := fixture.ReadInventory(inventory)
	if err != nil {
		t.Fatal(err)
	}
	return read.Endpoint
}

func TestProxyThatNobodyUses(t *testing.T) {
	racedetector.LeaveOut(t)
	inventory := serve(t)
	got := call(t, "proxy", "--upstream", endpointOf(t, inventory), "--reports", t.TempDir(), "--", "/bin/sh", "-c", "exit 0")
	if got.code != exitDeviates || !strings.Contains(got.stdout, "NOT SHOWN TO CONFORM") {
		t.Errorf("exit code %d: %s", got.code, got.stdout)
	}
}

func TestProxyUsage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no upstream":            {[]string{"proxy"}, exitUsage, "--upstream"},
		"a command without dash": {[]string{"proxy", "--upstream", "http://127.0.0.1:1", "true"}, exitUsage, `after "--"`},
		"no such command":        {[]string{"proxy", "--upstream", "http://127.0.0.1:1", "--", "/nowhere/at/all"}, exitUsage, "/nowhere/at/all"},
		"nobody there":           {[]string{"proxy", "--upstream", "http://127.0.0.1:1", "--reports", t.TempDir()}, exitUnreachable, "nothing listens"},
		"credentials in the URL": {[]string{"proxy", "--upstream", "http://u:p@127.0.0.1:1"}, exitUsage, "--upstream"},
		"a host of two lines":    {[]string{"proxy", "--upstream", "http://127.0.0.1:1", "--upstream-host", "a\nb"}, exitUsage, "--upstream-host"},
	} {
		if got := call(t, c.args...); got.code != c.code || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: exit code %d, %q; want %d and %q", name, got.code, got.stderr, c.code, c.says)
		}
	}
}
