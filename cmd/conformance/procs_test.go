//go:build unix

package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// Several processes give the verdicts that one gives, and their journal is one run's.
func TestWholeRunsBySeveralProcesses(t *testing.T) {
	racedetector.LeaveOut(t)
	one, several := t.TempDir(), t.TempDir()
	if got := call(t, "run", "--inventory", serve(t, "--stock", "6"), "--poll", "2ms", "--quiet", "--reports", one); got.code != exitConforms {
		t.Fatalf("one process: exit code %d\n%s", got.code, got.stderr)
	}
	out, err := program(t.Context(), "run", "--inventory", serve(t, "--stock", "6"), "--poll", "2ms", "--procs", "3", "--reports", several).CombinedOutput()
	if err != nil {
		t.Fatalf("three processes: %v\n%s", err, out)
	}
	want, got := results(t, one), results(t, several)
	for name := range maps.Keys(want) {
		if got[name] != want[name] {
			t.Errorf("%s: one process says %s, three say %s", name, want[name], got[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("one process gives %d results, three give %d", len(want), len(got))
	}
	run, err := journal.ReadFile(filepath.Join(several, journal.FileName))
	if err != nil || len(run.Missing()) > 0 {
		t.Fatalf("%v, %d results are missing", err, len(run.Missing()))
	}
	seen := map[int64]bool{}
	for _, x := range run.Exchanges {
		if seen[x.ID] {
			t.Fatalf("two exchanges have the id %d", x.ID)
		}
		seen[x.ID] = true
	}
	for _, r := range run.Rows() {
		for _, id := range r.Exchanges {
			if !seen[id] {
				t.Errorf("%s names exchange %d, which is not there", r.Name(), id)
			}
		}
	}
}

// A worker that is killed takes nothing with it but the scenario that it had: that is the suite's own fault, and so the run says.
func TestAKilledWorkerLosesNothing(t *testing.T) {
	inventory := serve(t, "--stock", "6", "--job-duration", "1s")
	dir := t.TempDir()
	// Each of them has a job, so that a worker which has just begun one is in the middle of it for a second at least.
	cmd := program(t.Context(), "run", "--inventory", inventory, "--poll", "20ms", "--procs", "3", "--reports", dir,
		"--requirement", "RSZ-STATE-001,RSZ-JOB-001,RSZ-JOB-003,RSZ-JOB-005,RSZ-JOB-010,RSZ-JOB-016")
	var stdout bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitForEvents(t, filepath.Join(dir, journal.FileName), journal.ScenarioStarted, 3)
	if err := syscall.Kill(childOf(t, cmd.Process.Pid), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is what is looked at
	if code := cmd.ProcessState.ExitCode(); code != exitHarness {
		t.Errorf("exit code %d, want %d\n%s", code, exitHarness, stdout.String())
	}
	run, err := journal.ReadFile(filepath.Join(dir, journal.FileName))
	if err != nil || len(run.Missing()) > 0 || run.End == nil {
		t.Fatalf("%v, %d results are missing", err, len(run.Missing()))
	}
	lost := 0
	for _, r := range run.Rows() {
		switch r.Verdict {
		case journal.HarnessError:
			if r.Kind == journal.KindScenario {
				lost++
			}
			if !strings.Contains(r.Reason, "worker") || !strings.Contains(r.Reason, "killed") {
				t.Errorf("%s: %s", r.Name(), r.Reason)
			}
		case journal.Fail:
			t.Errorf("%s: %s %s", r.Name(), r.Verdict, r.Reason)
		}
	}
	if lost != 1 {
		t.Errorf("%d scenarios were lost with one worker\n%s", lost, stdout.String())
	}
}

// A signal to a run ends its workers, and servers are given back.
func TestASignalReachesWorkers(t *testing.T) {
	racedetector.LeaveOut(t)
	inventory := serve(t, "--stock", "6", "--job-duration", "200ms")
	dir := t.TempDir()
	cmd := program(t.Context(), "run", "--inventory", inventory, "--poll", "20ms", "--procs", "3", "--reports", dir, "--requirement", "RSZ-STATE,RSZ-FLAVOR,RSZ-JOB")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitForResults(t, filepath.Join(dir, journal.FileName), 5)
	worker := childOf(t, cmd.Process.Pid)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is what is looked at
	if code := cmd.ProcessState.ExitCode(); code != exitHarness {
		t.Errorf("exit code %d, want %d: the run did not come to its end", code, exitHarness)
	}
	if err := syscall.Kill(worker, 0); err == nil {
		t.Errorf("worker %d is still there", worker)
	}
	run, err := journal.ReadFile(filepath.Join(dir, journal.FileName))
	if err != nil || run.End == nil || run.End.Interrupted == "" {
		t.Errorf("%v: the journal does not say that the run was interrupted", err)
	}
	for _, r := range run.Results { // what was not begun has none
		if r.Kind == journal.KindCleanup || r.Verdict == journal.HarnessError {
			t.Errorf("%s: %s %s", r.Name(), r.Verdict, r.Reason)
		}
	}
}

// childOf waits for a process to have a child, and gives one.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			tasks, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "children"))
			for _, file := range tasks {
				text, _ := os.ReadFile(file)
				if first := strings.Fields(string(text)); len(first) > 0 {
					child, err := strconv.Atoi(first[0])
					if err != nil {
						t.Fatal(err)
					}
					return child
				}
			}
			if len(tasks) == 0 {
				t.Skip("this platform does not tell of the children of a process")
			}
		case <-t.Context().Done():
			t.Fatal("the process has no child")
		}
	}
}
