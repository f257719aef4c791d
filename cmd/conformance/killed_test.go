package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// underWay starts a run in a process of its own and returns when some scenarios have been carried out.
func underWay(t *testing.T, dir string) (stop func(os.Signal) (code int, stdout string)) {
	t.Helper()
	cmd := program(t.Context(), "run", "--reports", dir, "--latency", "20ms")
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitForResults(t, filepath.Join(dir, "journal.jsonl"), 5)
	return func(s os.Signal) (int, string) {
		t.Helper()
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // its exit code is what is looked at
		return cmd.ProcessState.ExitCode(), stdout.String()
	}
}

// waitForResults follows a journal that is being written until it holds n results.
func waitForResults(t *testing.T, path string, n int) {
	t.Helper()
	waitForEvents(t, path, journal.ResultGiven, n)
}

// waitForEvents follows a journal that is being written until it holds n events of a type.
func waitForEvents(t *testing.T, path string, kind journal.EventType, n int) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if data, _ := os.ReadFile(path); bytes.Count(data, []byte(`"type":"`+string(kind)+`"`)) >= n {
				return
			}
		case <-t.Context().Done():
			t.Fatalf("%s holds no %d events of type %s", path, n, kind)
		}
	}
}

func TestSignalEndsARunWithItsReports(t *testing.T) {
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		dir := t.TempDir()
		code, stdout := underWay(t, dir)(s)
		if code != exitHarness {
			t.Errorf("%v: exit code %d, want 4: the run did not come to its end", s, code)
		}
		if !strings.Contains(stdout, "nterrupted") {
			t.Errorf("%v: the terminal does not say that the run was interrupted:\n%s", s, stdout)
		}
		for _, name := range []string{"results.json", "junit.xml", "report.html"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Errorf("%v: %v", s, err)
			}
		}
	}
}

func TestKilledRunLeavesAJournalToReportFrom(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	underWay(t, dir)(syscall.SIGKILL)
	if _, err := os.Stat(filepath.Join(dir, "junit.xml")); err == nil {
		t.Fatal("there is a report already; the run was not killed")
	}
	got := call(t, "report", "--from", filepath.Join(dir, "journal.jsonl"))
	if got.code != exitHarness {
		t.Errorf("exit code %d, want 4", got.code)
	}
	for _, name := range []string{"results.json", "junit.xml", "report.html"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(got.stdout, "no result: the run ended before it") {
		t.Errorf("what is missing is not told:\n%s", got.stdout)
	}
}

func TestTwoRunsInOneDirectory(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	stop := underWay(t, dir)
	got := call(t, "run", "--reports", dir)
	if got.code != exitUsage || !strings.Contains(got.stderr, "--reports") {
		t.Errorf("second run: exit code %d, stderr %q; want 2 and a hint at --reports", got.code, got.stderr)
	}
	stop(syscall.SIGKILL)
	if got := call(t, "run", "--quiet", "--requirement", "RSZ-URI-001", "--reports", dir); got.code != exitConforms {
		t.Errorf("a run after one that was killed: exit code %d\n%s", got.code, got.stderr)
	}
}
