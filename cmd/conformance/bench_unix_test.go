//go:build unix

package main

import (
	"io"
	"strings"
	"syscall"
	"testing"
)

// BenchmarkDefaultRun is what a newcomer waits for: `conformance run` against the embedded emulator, from loading the contract to the written reports.
// The goal is under 2 s and under 150 MB.
func BenchmarkDefaultRun(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		if code := run(b.Context(), []string{"run", "--quiet", "--reports", dir}, strings.NewReader(""), io.Discard, io.Discard); code != exitConforms {
			b.Fatalf("exit code %d, want 0; see %s", code, dir)
		}
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err == nil {
		b.ReportMetric(float64(usage.Maxrss)/1024, "MB-peak")
	}
}
