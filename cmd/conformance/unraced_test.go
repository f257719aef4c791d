package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// unraced are the tests that `make test` makes in a second go, without the race detector.
const unraced = `^Test(WholeRuns|Spec|READMEParts|READMECounts|Cases|Coverage|CheckUsage|BadInput|Examples)`

// withoutRaceDetector is called first by tests that would take minutes under the race detector and show it nothing: those that compare several whole runs, of
// which TestDefaultRunConforms makes one under it, and those of commands that have one goroutine and read the contract many times.
func withoutRaceDetector(t *testing.T) {
	t.Helper()
	if !regexp.MustCompile(unraced).MatchString(t.Name()) {
		t.Fatalf("%s is not made a second time: it has to match %s", t.Name(), unraced)
	}
	if raceDetector {
		t.Skipf("made without the race detector: go test -run '%s' ./cmd/conformance", unraced)
	}
}

func TestWhatIsNotRacedIsMadeASecondTime(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if want := "$(GO) test -timeout 30m -run '" + unraced + "' ./cmd/conformance\n"; !strings.Contains(string(makefile), want) {
		t.Errorf("wanted in the Makefile: %s", want)
	}
}
