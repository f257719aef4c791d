// Package baseline reads, checks and renews the file of accepted failures: deviations that are known, that somebody answers for, and that are accepted until a day.
// How a run goes by it is in package journal (Baseline.Judge), so that every report and every merge says the same.
package baseline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/strictfile"
)

// ToDo stands where a person has to decide. A run refuses a file that holds it: a failure that nobody has accepted is not accepted.
const ToDo = "TODO"

// Entry is one accepted failure as the file has it.
type Entry struct {
	Requirement string          `yaml:"requirement"` // id
	Scenario    string          `yaml:"scenario"`    // title; may be left out where the requirement has one result only
	Signature   strictfile.List `yaml:"signature"`   // the ways in which it may fail, as reports show them: one, or a list
	Owner       string          `yaml:"owner"`       // who answers for it
	Reason      string          `yaml:"reason"`      // why it is accepted
	Link        string          `yaml:"link"`        // where it is followed up
	Expires     string          `yaml:"expires"`     // 2026-11-30: UTC, the last day on which it holds

	Line int `yaml:"-"`
}

// Locate keeps the line (strictfile.Located).
func (e *Entry) Locate(_ string, line int) { e.Line = line }

func (e *Entry) accepted() journal.Accepted {
	return journal.Accepted{
		Requirement: e.Requirement, Scenario: e.Scenario, Signature: e.Signature, Owner: e.Owner, Reason: e.Reason, Link: e.Link, Expires: e.Expires, Line: e.Line,
	}
}

// name is what messages call it.
func (e *Entry) name() string { return strings.TrimSpace(e.Requirement + " " + e.Scenario) }

// File is a file of accepted failures.
type File struct {
	Entries []Entry `yaml:"accepted"`

	name string
	data []byte
}

// Read reads a file; everything that keeps a run from going by it is told at once, in an *Error of package strictfile. A file without entries is in order.
func Read(name string) (*File, error) {
	f, err := read(name)
	if err != nil {
		return nil, err
	}
	var problems []strictfile.Problem
	for i := range f.Entries {
		problems = append(problems, f.incomplete(&f.Entries[i])...)
	}
	if err := strictfile.ErrorOf(problems); err != nil {
		return nil, err
	}
	return f, nil
}

// read reads a file that may have places still to be filled in.
func read(name string) (*File, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("baseline: %w; `conformance baseline update` makes one from a run", err)
	}
	return parse(name, data)
}

func parse(name string, data []byte) (*File, error) {
	f := &File{name: name, data: data}
	if err := strictfile.Decode(name, data, f); err != nil {
		return nil, err
	}
	return f, nil
}

// incomplete says what an entry lacks.
func (f *File) incomplete(e *Entry) []strictfile.Problem {
	var problems []strictfile.Problem
	problem := func(format string, args ...any) {
		problems = append(problems, strictfile.Problem{File: f.name, Line: e.Line, Text: fmt.Sprintf(format, args...)})
	}
	if e.Requirement == "" {
		problem("requirement is missing; wanted the id of the one that is broken, as reports show it")
		return problems
	}
	if len(e.Signature) == 0 || slices.ContainsFunc(e.Signature, func(way string) bool { return strings.TrimSpace(way) == "" }) {
		problem("%s: signature is missing; wanted the way in which it fails, as the screen of the failure and results.json show it", e.name())
	}
	for _, field := range []struct{ name, value, wanted string }{
		{"owner", e.Owner, "who answers for it"}, {"reason", e.Reason, "why it is accepted"}, {"link", e.Link, "where it is followed up"},
		{"expires", e.Expires, "the last day on which it is accepted, such as 2026-11-30"},
	} {
		switch {
		case strings.TrimSpace(field.value) == "":
			problem("%s: %s is missing; wanted %s", e.name(), field.name, field.wanted)
		case strings.HasPrefix(strings.TrimSpace(field.value), ToDo):
			problem("%s: %s is still to be filled in (%q); wanted %s. Until then nobody has accepted it", e.name(), field.name, field.value, field.wanted)
		case field.name == "expires":
			if _, err := time.Parse(time.DateOnly, field.value); err != nil {
				problem("%s: expires: wanted a day such as 2026-11-30 (UTC; the day itself still counts), got %q", e.name(), field.value)
			}
		}
	}
	return problems
}

// Name is the file's name, as it was given.
func (f *File) Name() string { return f.name }

// Baseline is the file as a run goes by it; at is when the run is made, from which the day follows that expiry dates are compared with.
func (f *File) Baseline(at time.Time) *journal.Baseline {
	sum := sha256.Sum256(f.data)
	b := &journal.Baseline{File: f.name, Hash: hex.EncodeToString(sum[:]), Day: journal.Day(at), Entries: make([]journal.Accepted, len(f.Entries))}
	for i := range f.Entries {
		b.Entries[i] = f.Entries[i].accepted()
	}
	return b
}
