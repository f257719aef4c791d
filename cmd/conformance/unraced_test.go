package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What starts no goroutine is left out of the go with the race detector. A package that gets one has to come back.
func TestWhatIsNotRacedHasNoGoroutine(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^UNRACED := (.+)\$\$$`).FindSubmatch(makefile)
	if line == nil {
		t.Fatal("the Makefile has no line UNRACED := ...$$")
	}
	left := regexp.MustCompile(string(line[1]) + "$")
	concurrent := regexp.MustCompile(`(?m)^\s*go [\w.]+\(|\.Go\(|"sync(/atomic)?"|errgroup`)
	files, err := filepath.Glob("../../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob("../../*/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, file := range append(files, deeper...) {
		if !left.MatchString(filepath.ToSlash(filepath.Dir(file))) {
			continue
		}
		looked++
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if at := concurrent.FindIndex(text); at != nil {
			t.Errorf("%s:%d starts a goroutine or shares something: take its package out of UNRACED in the Makefile", file, 2+strings.Count(string(text[:at[0]]), "\n"))
		}
	}
	if looked == 0 {
		t.Errorf("UNRACED := %s fits no package", line[1])
	}
}
