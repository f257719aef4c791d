// Package racedetector lets tests be left out of the go with the race detector: those that would take minutes under it and show it nothing, since tests that stay
// run the same code. `make test` makes them in a second go.
package racedetector

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// second is the line of the Makefile that makes the second go: which tests, of which packages.
var second = regexp.MustCompile(`(?m)^\t\$\(GO\) test .*-run '(.+)' (\./.+)$`)

// LeaveOut skips a test under the race detector, for the reason that the package gives. It fails the test in either go if the second one would not make it.
func LeaveOut(t *testing.T) {
	t.Helper()
	if err := madeAgain(t.Name()); err != nil {
		t.Fatal(err)
	}
	if on {
		t.Skip("made without the race detector, in the second go of make test")
	}
}

// madeAgain looks into the Makefile whether the second go makes a test of the package in whose directory the test runs.
func madeAgain(name string) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	root := dir
	for ; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			return errors.New("no go.mod above " + dir)
		}
	}
	path := filepath.Join(root, "Makefile")
	makefile, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	line := second.FindSubmatch(makefile)
	if line == nil {
		return fmt.Errorf("%s: no line fits %s", path, second)
	}
	pattern, err := regexp.Compile(string(line[1]))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	top, _, _ := strings.Cut(name, "/")
	if !pattern.MatchString(top) {
		return fmt.Errorf("%s: %s is not made a second time: -run has to match it, and is '%s'", path, top, pattern)
	}
	relative, err := filepath.Rel(root, dir)
	if err != nil {
		return err
	}
	if want := "./" + filepath.ToSlash(relative); !slices.Contains(strings.Fields(string(line[2])), want) {
		return fmt.Errorf("%s: %s is not made a second time: its package %s is not among %s", path, top, want, line[2])
	}
	return nil
}
