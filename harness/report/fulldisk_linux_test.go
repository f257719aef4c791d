package report_test

import (
	"errors"
	"slices"
	"syscall"
	"testing"

	"resize-conformance/harness/report"
)

// A real full disk, where this process may mount one.
func TestAFullDiskLeavesNoHalfReport(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128k"); err != nil {
		t.Skipf("needs to mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	if err := report.Write(dir, everyVerdict(), report.Options{}); err != nil {
		t.Fatalf("a small run does not fit: %v", err)
	}
	err := report.Write(dir, big(), report.Options{})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want ENOSPC", err)
	}
	if got := names(t, dir); !slices.Equal(got, nil) {
		t.Errorf("the directory has %v: neither half a report nor one of an earlier run may stay", got)
	}
}
