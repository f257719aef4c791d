// Package comparison sets two runs side by side and says what has changed between them: what newly fails, what is mended, what is no longer put to the test, what has
// vanished, what fails in another way, and what has become slower.
//
// It reads runs and nothing else. What a baseline accepts is compared by what was found, so that accepting a failure does not look like mending it.
package comparison

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
)

// Kind says what has become of a result.
type Kind string

// The kinds of change, worst news first. Any of them can be named to fail a gate.
const (
	NewlyFailing Kind = "newly-failing" // it fails, and did not: also one for an old promise that the older run had no result for, and cleaning up that was blocked
	NewlyWarning Kind = "newly-warning" // a SHOULD is broken that was not, where warnings are no failures
	NewlySkipped Kind = "newly-skipped" // it was put to the test, and is not any more
	Vanished     Kind = "vanished"      // it was put to the test, and the newer run has no result for it
	Changed      Kind = "changed"       // it does not pass in either run, and fails in other ways or has another verdict
	Slower       Kind = "slower"        // far slower, beyond what the rest of the run became slower by
	Newer        Kind = "newer"         // for a requirement that is newer than what is compared with: whatever the verdict
	Fixed        Kind = "fixed"         // it failed or warned, and passes
	NewlyRun     Kind = "newly-run"     // it was not put to the test, and passes now
	New          Kind = "new"           // the older run has no result for it, and it does not fail
)

// Kinds lists all of them, worst news first.
func Kinds() []Kind {
	return []Kind{NewlyFailing, NewlyWarning, NewlySkipped, Vanished, Changed, Slower, Newer, Fixed, NewlyRun, New}
}

// Gate is what fails a comparison unless something else is asked for: a promise that is no longer kept, and one of which it is no longer known. What warns, is slower
// or fails in another way does not.
func Gate() []Kind { return []Kind{NewlyFailing, NewlySkipped, Vanished} }

// ParseKinds reads names of kinds; "none" is no kind at all.
func ParseKinds(names []string) ([]Kind, error) {
	known := []string{"none"}
	for _, k := range Kinds() {
		known = append(known, string(k))
	}
	var kinds []Kind
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("no kind of change is called %q%s; there are %s", name, nearest.Hint(name, known), strings.Join(known, ", "))
		}
		if name == "none" && len(names) > 1 {
			return nil, fmt.Errorf(`"none" stands alone, got %s`, strings.Join(names, ","))
		}
		if name != "none" {
			kinds = append(kinds, Kind(name))
		}
	}
	return kinds, nil
}

// Options of a comparison. The zero value compares all results and calls nothing slower that is not.
type Options struct {
	Strict bool // a WARN is a failure
	// Pinned is the set of requirements, by id, that a released version had; what is not in it is Newer. nil: where the runs were made by different suites or
	// contracts, those that the older run has results for; else none is newer.
	Pinned map[string]bool
	// Since says since when there is a requirement; nil: nobody knows.
	Since func(requirement string) string
	// Gone says why there is no such requirement any more, in a sentence, "" where there is; nil: there is.
	Gone  func(requirement string) string
	Speed Speed
}

// Change is what has become of one result.
type Change struct {
	Kind     Kind
	Old, New *journal.Result // nil where a run has none
	Why      string          // in a sentence
	Gone     []string        // ways in which it no longer fails
	Came     []string        // ways in which it did not fail before
	Before   time.Duration   // for Slower
	After    time.Duration
}

// Result is the newer result, or the older where there is no newer.
func (c Change) Result() *journal.Result {
	if c.New != nil {
		return c.New
	}
	return c.Old
}

// Fails says that the newer result is a failure.
func (c Change) Fails(strict bool) bool { return c.New != nil && standing(*c.New, strict) == failing }

// Comparison is what has changed between two runs.
type Comparison struct {
	Old, New *journal.Run
	Strict   bool
	Notes    []string // what makes the runs differ from the outset, or keeps them from being compared
	Changes  []Change // worst news first, in the order of the newer run
	Same     int      // results that say the same in both
	Failing  int      // of these, those that fail in both in the same way
	Pace     []Pace   // operations that have become slower
	Overall  *Pace    // the whole run, where its scenarios have become slower or faster; nil where they have not
	newIDs   []string
}

// Of compares two runs.
func Of(older, newer *journal.Run, o Options) *Comparison {
	c := &Comparison{Old: older, New: newer, Strict: o.Strict, Notes: differences(older, newer)}
	p := pairing{o: o, c: c, olds: rowsOf(older), news: rowsOf(newer)}
	p.pinned = o.pinned(older, newer, p.olds)
	p.pair()
	for _, name := range p.order {
		p.judge(p.old[name], p.new[name])
	}
	c.slower(p, o.Speed)
	order := Kinds()
	slices.SortStableFunc(c.Changes, func(a, b Change) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return c
}

// Count says how many results have changed in a way. Operations that are slower count as slower.
func (c *Comparison) Count(k Kind) int {
	n := 0
	for _, change := range c.Changes {
		if change.Kind == k {
			n++
		}
	}
	if k == Slower {
		n += len(c.Pace)
	}
	return n
}

// Of lists what has changed in a way.
func (c *Comparison) Of(k Kind) []Change {
	return slices.DeleteFunc(slices.Clone(c.Changes), func(change Change) bool { return change.Kind != k })
}

// Stopped lists the kinds, of those that are to fail a gate, that there are.
func (c *Comparison) Stopped(gate []Kind) []Kind {
	return slices.DeleteFunc(slices.Clone(gate), func(k Kind) bool { return c.Count(k) == 0 })
}

// NewRequirements lists the requirements that are newer than what is compared with, each once.
func (c *Comparison) NewRequirements() []string { return c.newIDs }

// differences says in what two runs differ before anything was found.
func differences(older, newer *journal.Run) []string {
	a, b := older.Start, newer.Start
	var notes []string
	differ := func(what, was, is string) {
		if was != is {
			notes = append(notes, fmt.Sprintf("%s: %s, now %s", what, orNone(was), orNone(is)))
		}
	}
	differ("target", a.Target, b.Target)
	differ("client", a.Client, b.Client)
	differ("profile", a.Profile, b.Profile)
	differ("contract", shortHash(a.ContractHash), shortHash(b.ContractHash))
	differ("suite version", a.SuiteVersion, b.SuiteVersion)
	differ("filter", a.Filter, b.Filter)
	differ("shard", a.Shard, b.Shard)
	differ("pinned to", a.Pin, b.Pin)
	if gone := without(a.Capabilities, b.Capabilities); len(gone) > 0 {
		notes = append(notes, "capabilities that are no longer declared: "+strings.Join(gone, ", "))
	}
	if came := without(b.Capabilities, a.Capabilities); len(came) > 0 {
		notes = append(notes, "capabilities that are declared now: "+strings.Join(came, ", "))
	}
	for _, side := range []struct {
		name string
		run  *journal.Run
	}{{"older", older}, {"newer", newer}} {
		switch {
		case !side.run.Whole():
			notes = append(notes, "the record of the "+side.name+" run is not whole: what it lacks cannot be compared")
		case side.run.End != nil && side.run.End.Interrupted != "":
			notes = append(notes, "the "+side.name+" run was interrupted: "+side.run.End.Interrupted)
		}
	}
	return notes
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func shortHash(hash string) string { return hash[:min(len(hash), 12)] }

// without lists what is in a and not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
