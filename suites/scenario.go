// Package suites is what conformance means: one short scenario for each promise of the contract that a scenario can put to the test.
//
// A family of promises is a file: data and short bodies, each with a line that says why its probe separates right from wrong. What a rejection may carry
// (statuses, codes), how binding a promise is and what it needs of a target stands in the contract's register, never here.
//
// Nothing happens when the package is loaded. New binds the scenarios to a contract, Pack.Register turns chosen ones into a Ginkgo tree,
// Scenario.Perform runs one without Ginkgo; both ways give the same journal.Result, because the verdict is decided in one place (outcome.go).
package suites

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
)

// Scenario is one test, bound to exactly one requirement.
type Scenario struct {
	Requirement contract.Requirement
	Title       string // what is to be seen when the promise is kept
	Family      string // "RSZ-STATE"
	Raw         bool   // sends bytes that no client library would: not for an external client
	File        string // repository-relative, "suites/state.go"
	Line        int
	// Cases are the requests of a scenario that sends those derived from the contract, each with a result of its own; nil for every other scenario.
	Cases []cases.Case

	id       string
	v1       bool                  // resizes through v1
	explores bool                  // carries out as many sequences as the run asks for
	more     map[fixture.State]int // see takes
	run      func(context.Context, *Exercise)

	derived  bool      // sends Cases
	examples []example // to be sent beside the derived ones
}

// Name is how the scenario is shown and selected: "RSZ-STATE-001 a stopped server is resized".
func (s Scenario) Name() string { return s.id + " " + s.Title }

// Weight is how long the scenario takes, compared with others: what sends many requests takes longer than what sends a few.
func (s Scenario) Weight() int {
	if s.explores {
		return 1000
	}
	return len(s.Cases)
}

// Explores says that the scenario carries out as many sequences as the run asks for, and none where it asks for none.
func (s Scenario) Explores() bool { return s.explores }

// Labels are what a label filter can see: the family, the id, level:must, operation:resizeServer, needs:mode, raw.
func (s Scenario) Labels() []string {
	labels := []string{s.Family, s.id, "level:" + strings.ToLower(string(s.Requirement.Level))}
	if s.Requirement.Operation != "" {
		labels = append(labels, "operation:"+s.Requirement.Operation)
	}
	for _, n := range s.Requirement.Needs {
		labels = append(labels, "needs:"+n)
	}
	if s.Raw {
		labels = append(labels, "raw")
	}
	return labels
}

// Pack is every scenario that a contract has a requirement for, in the order in which they are shown and run.
type Pack struct {
	scenarios []Scenario
	leftOut   []Scenario
}

// New binds the scenarios to a contract. An error names every scenario with an id that the register does not know, that is retired or that is not
// tested by scenario, and every id that two scenarios claim. A requirement of the register for which there is no scenario is one as well.
func New(c *contract.Contract) (*Pack, error) {
	var w writer
	for _, family := range families() {
		family(&w)
	}
	return bind(c, w.scenarios)
}

// Written gives the place of every scenario that is written, by the id of its requirement, whatever the contract says of it. Those that are made of a row's cases
// alone are not written.
func Written() map[string]string {
	var w writer
	for _, family := range families() {
		family(&w)
	}
	places := make(map[string]string, len(w.scenarios))
	for _, s := range w.scenarios {
		places[s.id] = fmt.Sprintf("%s:%d", s.File, s.Line)
	}
	return places
}

// Scenarios lists those that the contract's profile has.
func (p *Pack) Scenarios() []Scenario { return slices.Clone(p.scenarios) }

// LeftOut lists those whose requirement is not in the contract's profile; no result is given for them.
func (p *Pack) LeftOut() []Scenario { return slices.Clone(p.leftOut) }

// OfServers is the pack without the scenarios that put a client to the test, for a run that has none.
func (p *Pack) OfServers() *Pack {
	ofClients := func(s Scenario) bool { return s.Requirement.Side == journal.Client }
	return &Pack{scenarios: slices.DeleteFunc(slices.Clone(p.scenarios), ofClients), leftOut: p.leftOut}
}

// writer collects scenarios. Families write into it.
type writer struct{ scenarios []Scenario }

// scenario adds one that speaks in operations.
func (w *writer) scenario(id, title string, run func(context.Context, *Exercise)) {
	w.add(1, false, id, title, run)
}

// raw adds one that needs bytes of its own.
func (w *writer) raw(id, title string, run func(context.Context, *Exercise)) {
	w.add(1, true, id, title, run)
}

// exploration adds one that takes as long as what the run asks it to explore.
func (w *writer) exploration(id, title string, run func(context.Context, *Exercise)) {
	w.add(1, false, id, title, run)
	w.scenarios[len(w.scenarios)-1].explores = true
}

// add takes the place of the scenario from the stack: skip is how many functions of this package stand between it and the family.
func (w *writer) add(skip int, raw bool, id, title string, run func(context.Context, *Exercise)) {
	_, file, line, _ := runtime.Caller(skip + 1)
	w.scenarios = append(w.scenarios, Scenario{
		Title: title, Family: familyOf(id), Raw: raw, File: repositoryPath(file), Line: line, id: id, run: run,
	})
}

// repositoryPath names a source file of this package as the repository does, wherever the binary was built.
func repositoryPath(file string) string { return path.Join("suites", filepath.Base(file)) }

// familyOf is the id without its number.
func familyOf(id string) string {
	if cut := strings.LastIndex(id, "-"); cut > 0 {
		return id[:cut]
	}
	return id
}

func bind(c *contract.Contract, written []Scenario) (*Pack, error) {
	var (
		pack     Pack
		problems []error
		first    = map[string]Scenario{}
	)
	derived, err := casesOf(c)
	if err != nil {
		return nil, err
	}
	written = append(slices.Clone(written), unwritten(c, written)...)
	v1Only := !slices.ContainsFunc(c.Requirements(), func(r contract.Requirement) bool { return r.Operation == string(ecs.ResizeServer) })
	for _, s := range written {
		where := fmt.Sprintf("%s:%d: scenario %q", s.File, s.Line, s.id)
		if other, taken := first[s.id]; taken {
			problems = append(problems, fmt.Errorf("%s: the id is bound to %s:%d already; a requirement has one scenario", where, other.File, other.Line))
			continue
		}
		first[s.id] = s
		r, known := c.Requirement(s.id)
		switch {
		case !known:
			problems = append(problems, fmt.Errorf("%s: %s has no such requirement%s", where, c.File, c.NearestRequirement(s.id)))
			continue
		case r.Retired:
			problems = append(problems, fmt.Errorf("%s: the requirement is retired (%s); a retired id never comes back", where, c.File))
			continue
		case r.Tested != contract.ByScenario:
			problems = append(problems, fmt.Errorf("%s: wanted a requirement with tested: %s, %s:%d says tested: %s", where, contract.ByScenario, r.File, r.Line, r.Tested))
			continue
		}
		if s.derived != r.HasCases() {
			problems = append(problems, fmt.Errorf("%s: %s:%d says by its cases that the scenario sends those derived from the contract; it is the other way here", where, r.File, r.Line))
			continue
		}
		s.Requirement, s.v1 = r, v1Only || r.Operation == string(ecs.ResizePostPaidServer)
		if !r.Applies {
			pack.leftOut = append(pack.leftOut, s)
			continue
		}
		if s = s.withCases(derived); s.derived && len(s.Cases) == 0 {
			problems = append(problems, fmt.Errorf("%s:%d: requirement %s has cases in its row, but no constraint of a request falls to it", r.File, r.Line, r.ID))
			continue
		}
		pack.scenarios = append(pack.scenarios, s)
	}
	for _, r := range c.Requirements() {
		if _, bound := first[r.ID]; !bound && r.Tested == contract.ByScenario {
			problems = append(problems, fmt.Errorf("%s:%d: requirement %s is tested: %s, but no scenario is bound to it", r.File, r.Line, r.ID, contract.ByScenario))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("the scenarios do not fit the contract:\n%w", err)
	}
	return &pack, nil
}

// resultOf starts a result row with what the register says.
func (s Scenario) resultOf(kind journal.Kind) journal.Result {
	r := s.Requirement
	return journal.Result{
		Requirement: s.id, Title: s.Title, Kind: kind, Level: r.Level, Side: r.Side, Clause: r.Clause, Source: r.Source,
		Operation: r.Operation, File: s.File, Line: s.Line,
	}
}

// byFamily groups scenarios, keeping their order.
func byFamily(scenarios []Scenario) [][]Scenario {
	var groups [][]Scenario
	at := map[string]int{}
	for _, s := range scenarios {
		i, seen := at[s.Family]
		if !seen {
			i = len(groups)
			at[s.Family] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}
