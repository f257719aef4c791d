// Package racedetector lets tests be left out of the go with the race detector: those that would take minutes under it and show it nothing, since tests that stay
// run the same code. `make test` makes them in a second go.
package racedetector

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// LeaveOut skips a test under the race detector, for the reason that the package gives. It is called in the test function itself, since the Makefile reads from the
// sources which tests the second go has to make; from anywhere else it fails the test.
func LeaveOut(t *testing.T) {
	t.Helper()
	caller := "nowhere"
	if pc, _, _, ok := runtime.Caller(1); ok {
		caller = runtime.FuncForPC(pc).Name()
	}
	if err := direct(t.Name(), caller); err != nil {
		t.Fatal(err)
	}
	if on {
		t.Skip("made without the race detector, in the second go of make test")
	}
}

// direct says whether a function, by its full name, is the test of that name.
func direct(test, function string) error {
	top, _, _ := strings.Cut(test, "/")
	if _, name, _ := strings.Cut(function[strings.LastIndexByte(function, '/')+1:], "."); name != top {
		return fmt.Errorf("%s is left out of the go with the race detector in %s; do it in the test function itself, where the Makefile looks for it", test, function)
	}
	return nil
}
