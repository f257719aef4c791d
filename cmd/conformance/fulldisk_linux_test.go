package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/report"
)

// A disk that fills up within the run: exit code 4 and the cause on stderr, whatever the server did, and what was recorded until then can be read.
func TestWholeRunsOnAFullDisk(t *testing.T) {
	racedetector.LeaveOut(t)
	for _, size := range []string{"256k", "1m"} { // the plan of the run, which is the first line, takes 100 kB
		t.Run(size, func(t *testing.T) {
			dir := t.TempDir()
			if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
				t.Skipf("needs to mount a small file system: %v", err)
			}
			t.Cleanup(func() {
				if err := syscall.Unmount(dir, 0); err != nil {
					t.Error(err)
				}
			})
			got := callWithin(t, "run", "--reports", dir)
			if got.code != exitHarness || !strings.Contains(got.stderr, syscall.ENOSPC.Error()) {
				t.Errorf("exit code %d, stderr %q; want 4 and the cause", got.code, got.stderr)
			}
			if n := strings.Count(got.stderr, syscall.ENOSPC.Error()); n > 1 {
				t.Errorf("the cause is told %d times:\n%s", n, got.stderr)
			}
			if strings.Contains(got.stdout, "\nCONFORMS") {
				t.Errorf("a run without its record is said to conform:\n%s", got.stdout)
			}
			record, err := journal.ReadFile(dir)
			if err != nil {
				t.Fatalf("what was recorded cannot be read: %v", err)
			}
			if len(record.Exchanges) == 0 || len(record.Missing()) == 0 {
				t.Errorf("%d exchanges kept, %d results missing", len(record.Exchanges), len(record.Missing()))
			}
			t.Logf("%d exchanges and %d results kept; stderr: %s", len(record.Exchanges), len(record.Results), got.stderr)
			// No half report: either none, or one that can be read.
			for _, name := range []string{report.ResultsFile, report.JUnitFile} {
				data, err := os.ReadFile(filepath.Join(dir, name))
				switch {
				case err != nil:
				case name == report.JUnitFile:
					parsesAsXML(t, string(data))
				default:
					keepsResultsSchema(t, string(data))
				}
			}
			// The journal still tells the run, from another directory.
			elsewhere := t.TempDir()
			again := call(t, "report", "--from", filepath.Join(dir, journal.FileName), "--reports", elsewhere)
			if again.code != exitHarness {
				t.Errorf("report: exit code %d, want 4\n%s", again.code, again.stderr)
			}
			entries, err := os.ReadDir(elsewhere)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, e := range entries {
				names = append(names, e.Name())
			}
			if !slices.Contains(names, report.ResultsFile) || !slices.Contains(names, report.JUnitFile) {
				t.Errorf("the reports made again are %v", names)
			}
		})
	}
}
