package suites

import (
	"fmt"
	"maps"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// takes says of the scenario that was written last which servers it holds at the same time, beside those that every scenario may hold (Scenario.Takes). It is said
// for whoever divides an inventory among shards, and cannot be untrue: a scenario that asks for another server is HARNESS_ERROR, in every run.
func (w *writer) takes(states ...fixture.State) {
	s := &w.scenarios[len(w.scenarios)-1]
	s.more = map[fixture.State]int{}
	for _, state := range states {
		s.more[state.Group()]++
	}
}

// Takes says how many servers of a group of states (fixture.State.Group) the scenario cannot do without at the same time: any may hold a plain one, and one in each state
// that a capability it needs is about.
func (s Scenario) Takes() map[fixture.State]int {
	all := map[fixture.State]int{fixture.Stopped: 1}
	for _, c := range target.Capabilities() {
		for _, need := range s.Requirement.Needs {
			if string(c.Name) == need && c.State() != "" {
				all[c.State().Group()] = 1
			}
		}
	}
	maps.Copy(all, s.more)
	return all
}

// undeclared says that the scenario was not written as one that takes such a server; "" when it was. held is how many of the group it holds already, in a body that
// cannot go on without one more.
func (s Scenario) undeclared(want fixture.State, held int) string {
	if held < s.Takes()[want.Group()] {
		return ""
	}
	return fmt.Sprintf("the scenario asks for a %s server while it holds %d of that kind, and is written as one that takes %d: say so with takes in %s:%d", want, held, s.Takes()[want.Group()], s.File, s.Line)
}

// taken ends the scenario when it asks for a server that it was not written to take.
func (x *Exercise) taken(want fixture.State) {
	x.mu.Lock()
	held := 0
	for _, s := range x.held {
		if s.State.Group() == want.Group() {
			held++
		}
	}
	x.mu.Unlock()
	if why := x.scenario.undeclared(want, held); why != "" {
		x.end(journal.HarnessError, why, nil)
	}
}
