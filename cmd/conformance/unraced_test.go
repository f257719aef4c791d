package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unraced are the tests that `make test` makes in a second go, without the race detector.
const unraced = `^Test(WholeRuns|Spec|READMEParts|READMECounts|Cases|Coverage|Check|BadInput|Baseline|Pin|Bodies|SecretsStay|AReadOnly|Client(Defects|Variants))`

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
	if want := "$(GO) test -timeout 30m -run '" + unraced + "' ./cmd/conformance ./suites\n"; !strings.Contains(string(makefile), want) {
		t.Errorf("wanted in the Makefile: %s", want)
	}
}

// What has no goroutine is left out of the go with the race detector. A package that gets one has to come back.
func TestWhatIsNotRacedHasNoGoroutine(t *testing.T) {
	concurrent := regexp.MustCompile(`(?m)^\s*go [\w.]+\(|^\s*go func|\.Go\(|"sync(/atomic)?"|errgroup`)
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(makefile), "UNRACED := /(spec|harness/(baseline|cases|change|lint))$$\n") {
		t.Error("the Makefile leaves out other packages than these")
	}
	for _, dir := range []string{"spec", "harness/baseline", "harness/cases", "harness/change", "harness/lint"} {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if at := concurrent.FindIndex(text); at != nil {
				t.Errorf("%s:%d has a goroutine or shares something: take %s out of UNRACED in the Makefile", file, 1+strings.Count(string(text[:at[0]]), "\n"), dir)
			}
		}
	}
}
