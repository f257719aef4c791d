package journal_test

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"resize-conformance/harness/journal"
)

// A real full disk, where this process may mount one.
func TestAFullDiskEndsTheRecordAndKeepsWhatItHas(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("needs to mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	w, err := journal.Create(dir, journal.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(start(scenarios("A-1")...)); err != nil {
		t.Fatal(err)
	}
	written := 0
	for i := range int64(100) {
		x := sent(i + 1)
		x.Exchange.ResponseBody.Text = strings.Repeat("x", 3000)
		if w.Write(x) != nil {
			break
		}
		written++
	}
	if written == 0 || written == 100 {
		t.Fatalf("%d exchanges written before the disk was full", written)
	}
	if err := w.Err(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want ENOSPC", err)
	}
	if err := w.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Close got %v, want ENOSPC", err)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Exchanges) != written || len(run.Missing()) != 1 || journal.ExitCode(run, false) != 4 {
		t.Errorf("%d exchanges read of %d written, missing %v", len(run.Exchanges), written, run.Missing())
	}
}
