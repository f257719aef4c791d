package main

import "testing"

// wholeRuns is called first by tests that make several whole runs and compare what they say. The race detector makes each take ten times as long and sees in the
// second nothing that it did not see in the first, which TestDefaultRunConforms makes under it: `make test` makes these without.
func wholeRuns(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("made without the race detector: go test -run TestWholeRuns ./cmd/conformance")
	}
}
