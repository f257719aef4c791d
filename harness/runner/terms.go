package runner

import (
	"errors"
	"fmt"
	"strings"

	"resize-conformance/harness/baseline"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/nearest"
	"resize-conformance/suites"
)

// Terms are what a run goes by beside the contract: which failures are accepted, and what counts. The zero value accepts none and counts all.
type Terms struct {
	Baseline *journal.Baseline // nil: none
	// Pin is a released suite version (contract.Releases): what is promised since a later one is shown and does not count. Empty: everything counts.
	Pin string
}

// judging says of results that were given together what they count for. partial is as in journal.Baseline.Judge.
type judging func(rows []journal.Result, partial bool) []journal.Result

// judge gives what says, of results that were given together, what they count for. An error is a *UsageError that says all that is wrong with the terms.
func (t Terms) judge(c *contract.Contract, hide *exchange.Redactor) (judging, error) {
	pinned, err := t.pinned()
	if err != nil {
		return nil, err
	}
	if t.Baseline != nil {
		pack, err := Possible(c)
		if err != nil {
			return nil, err
		}
		if err := baseline.Check(t.Baseline, pack); err != nil {
			return nil, &UsageError{"the baseline does not fit the pack:\n" + err.Error()}
		}
	}
	return func(rows []journal.Result, partial bool) []journal.Result {
		hidden := make([]journal.Result, len(rows))
		for i, r := range rows {
			hidden[i] = hide.Result(r.Signed())
			if _, known := c.Requirement(r.Requirement); known && pinned != nil && !pinned[r.Requirement] {
				hidden[i].Newer = contract.Since(r.Requirement)
			}
		}
		return t.Baseline.Judge(hidden, partial)
	}, nil
}

// pinned is the set of requirements that count; nil when all do.
func (t Terms) pinned() (map[string]bool, error) {
	if t.Pin == "" {
		return nil, nil
	}
	set, known := contract.Released(t.Pin)
	if !known {
		return nil, &UsageError{fmt.Sprintf("--pin %s: no such suite version was released%s; there are %s", t.Pin, nearest.Hint(t.Pin, contract.Releases()), strings.Join(contract.Releases(), ", "))}
	}
	return set, nil
}

// Possible lists every result that a run by a contract can give, of whatever is selected and whoever is put to the test, but for failed cleanups.
func Possible(c *contract.Contract) ([]journal.Planned, error) {
	pack, err := suites.New(c)
	if err != nil {
		return nil, errors.Join(&UsageError{"a baseline is about results of the pack, and the contract does not fit the pack"}, err)
	}
	var all []journal.Planned
	for _, s := range pack.Scenarios() {
		all = append(all, journal.Planned{Requirement: s.Requirement.ID, Title: s.Title, Kind: journal.KindScenario})
	}
	seen := monitor.New(c)
	seen.WatchClient()
	all = append(all, seen.Planned()...)
	for _, r := range c.Requirements() {
		if r.Side == journal.Client && r.Tested == contract.ByScenario && r.Level != journal.May {
			all = append(all, journal.Planned{Requirement: r.ID, Title: suites.EveryCall, Kind: journal.KindMonitor})
		}
	}
	return all, nil
}

// kept gives a row for each entry about what a client under test does in any call, where it did nothing wrong and so has no row. Where its own scenario accuses it,
// or only a part was run, nothing is known.
func (t Terms) kept(given, accused map[string]bool, partial bool) []journal.Result {
	if t.Baseline == nil || partial {
		return nil
	}
	var rows []journal.Result
	for _, e := range t.Baseline.Entries {
		r := journal.Result{Requirement: e.Requirement, Title: suites.EveryCall, Kind: journal.KindMonitor, Side: journal.Client, Verdict: journal.Pass}
		if e.Scenario == suites.EveryCall && !given[r.Key()] && !accused[e.Requirement] {
			rows = append(rows, r)
		}
	}
	return rows
}
