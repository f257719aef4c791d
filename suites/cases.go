package suites

import (
	"context"
	"maps"
	"slices"
	"strings"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/contract"
)

// example is a body written by hand, for what no derivation gives. FLAVOR and THREADED stand for flavors of the leased server.
type example struct {
	name, what, body string
	valid            bool
}

// cases adds the scenario of a requirement that has cases in its row: it sends all that are derived from the contract, and the examples. A requirement with cases
// that no family writes gets such a scenario all the same, so that a row that is added to the contract needs no change here.
func (w *writer) cases(id, title string, examples ...example) {
	w.add(1, true, id, title, runCases)
	w.scenarios[len(w.scenarios)-1].derived = true
	w.scenarios[len(w.scenarios)-1].examples = examples
}

func runCases(ctx context.Context, x *Exercise) { x.sendCases(ctx) }

// casesOf gives the derived cases by requirement.
func casesOf(c *contract.Contract) (map[string][]cases.Case, error) {
	all, err := cases.Derive(c)
	if err != nil {
		return nil, err
	}
	by := map[string][]cases.Case{}
	for _, k := range all {
		by[k.Requirement.ID] = append(by[k.Requirement.ID], k)
	}
	return by, nil
}

// withCases gives a scenario the cases of its requirement, derived ones first. Examples are sent like those; where an edition has no constraint that falls to the
// requirement, like those of another one that is expected alike.
func (s Scenario) withCases(by map[string][]cases.Case) Scenario {
	s.Cases = slices.Clone(by[s.id])
	like := s.Cases
	for _, id := range slices.Sorted(maps.Keys(by)) {
		if len(like) == 0 && len(by[id]) > 0 && by[id][0].Operation == s.Requirement.Operation && by[id][0].Body != nil && by[id][0].Requirement.Sanity == s.Requirement.Sanity {
			like = by[id]
		}
	}
	for _, e := range s.examples {
		if len(like) > 0 {
			s.Cases = append(s.Cases, cases.Example(like[0], s.Requirement, e.name, e.what, templated(e.body), e.valid))
		}
	}
	return s
}

// Only is the scenario with some of its cases: those whose id is one of the names, or begins with one of them and a slash. It has none when no name fits.
func (s Scenario) Only(names ...string) Scenario {
	all := s.Cases
	s.Cases = nil
	for _, c := range all {
		for _, name := range names {
			if CaseNamed(c.ID(), name) {
				s.Cases = append(s.Cases, c)
				break
			}
		}
	}
	return s
}

// CaseNamed says whether a name is that of a case, or of a group of them: the beginning of an id, up to a slash.
func CaseNamed(id, name string) bool {
	return id == name || len(id) > len(name) && id[:len(name)] == name && id[len(name)] == '/'
}

// unwritten are the scenarios of requirements with cases that no family writes.
func unwritten(c *contract.Contract, written []Scenario) []Scenario {
	var out []Scenario
	for _, r := range c.Requirements() {
		if r.HasCases() && !slices.ContainsFunc(written, func(s Scenario) bool { return s.id == r.ID }) {
			out = append(out, Scenario{
				Title: "every case derived from the contract is answered as it is to be", Family: familyOf(r.ID), Raw: true, File: r.File, Line: r.Line, id: r.ID, run: runCases, derived: true,
			})
		}
	}
	return out
}

// templated writes the placeholders of a case for those of a template.
func templated(body string) string {
	return strings.NewReplacer("FLAVOR", cases.Flavor, "THREADED", cases.Threaded).Replace(body)
}
