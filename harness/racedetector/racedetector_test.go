package racedetector

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestDirect(t *testing.T) {
	t.Parallel()
	for function, right := range map[string]bool{
		"resize-conformance/cmd/conformance.TestA":       true,
		"resize-conformance/cmd/conformance.TestA.func1": false, // the Makefile would find it, and all of the test is made the second time
		"resize-conformance/cmd/conformance.everyone":    false,
		"nowhere": false,
	} {
		if err := direct("TestA/throttled", function); (err == nil) != right {
			t.Errorf("%s: %v", function, err)
		}
	}
}

// What the second go of make test makes is what leaves itself out.
func TestTheMakefileFindsThem(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not here")
	}
	cmd := exec.CommandContext(t.Context(), "make", "--no-print-directory", "--dry-run", "unraced", "whole")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "MAKEFLAGS=")
	out, err := cmd.CombinedOutput()
	for _, want := range []string{"|TestExamplesWork|", "|TestWholeRunsByEveryContract|", "-run '^TestWholeRuns' ./cmd/conformance/\n", " ./cmd/conformance/ ", " ./suites/\n"} {
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%q is not in what make would do: %v\n%s", want, err, out)
		}
	}
}
