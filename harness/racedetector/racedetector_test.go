package racedetector

import (
	"strings"
	"testing"
)

func TestMadeAgain(t *testing.T) {
	t.Chdir("../../cmd/conformance")
	if err := madeAgain("TestWholeRuns/throttled"); err != nil {
		t.Error(err)
	}
	if err := madeAgain("TestOfNoGo"); err == nil || !strings.Contains(err.Error(), "-run has to match it") {
		t.Errorf("a test that the pattern does not match: %v", err)
	}
	t.Chdir("../../harness/ecs")
	if err := madeAgain("TestWholeRuns"); err == nil || !strings.Contains(err.Error(), "its package ./harness/ecs is not among") {
		t.Errorf("a package that is not in the line: %v", err)
	}
}
