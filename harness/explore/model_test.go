package explore_test

import (
	"slices"
	"testing"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/explore"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/racedetector"
)

func stateOf(flavor string, power explore.Power) explore.State {
	return explore.State{
		On: fixture.Stopped, First: "first", Flavor: flavor, Power: power,
		Parts: fixture.Flavors{Target: "target", Other: "other", SoldOut: "gone", Unreachable: "far", Dedicated: "dedicated"},
	}
}

func TestModelKnowsWhatAResizeMayBeAnswered(t *testing.T) {
	racedetector.LeaveOut(t)
	atRest, changed, running := stateOf("first", explore.Stopped), stateOf("target", explore.Stopped), stateOf("first", explore.Running)
	busy := atRest
	busy.Busy = true
	unpaid := atRest
	unpaid.On, unpaid.Unpaid = fixture.YearlyMonthly, true
	ask := func(role explore.Role, flavor string) explore.Ask { return explore.Ask{Role: role, Flavor: flavor} }
	with := func(a explore.Ask, change func(*explore.Ask)) explore.Ask { change(&a); return a }
	dry := func(a *explore.Ask) { a.DryRun = true }
	for _, tc := range []struct {
		name           string
		profile        string
		state          explore.State
		ask            explore.Ask
		accept, refuse bool
		allowed        []string // codes of refusals with 400 that are allowed
		forbidden      []string
	}{
		{name: "a good one is accepted", state: atRest, ask: ask(explore.ToTarget, "target"), accept: true},
		{name: "the flavor that it has is refused, with its code", state: changed, ask: ask(explore.ToTarget, "target"), refuse: true, allowed: []string{"Ecs.0009", "ecs.0810"}, forbidden: []string{"Ecs.0018"}},
		{name: "a way back is accepted unless the list lacks it", state: changed, ask: ask(explore.ToFirst, "first"), accept: true, refuse: true, allowed: []string{"Ecs.0804"}},
		{name: "a sold-out flavor", state: atRest, ask: ask(explore.ToSoldOut, "gone"), refuse: true, allowed: []string{"Ecs.0018", "Ecs.0319"}, forbidden: []string{"Ecs.0009"}},
		{name: "a flavor that cannot be reached from the first", state: atRest, ask: ask(explore.ToUnreachable, "far"), refuse: true, allowed: []string{"Ecs.0804"}},
		{name: "the same flavor from another one may be reached", state: changed, ask: ask(explore.ToUnreachable, "far"), accept: true, refuse: true},
		{name: "a running server is refused, with any code", state: running, ask: ask(explore.ToTarget, "target"), refuse: true, allowed: []string{"Ecs.0100", "Ecs.1234"}},
		{name: "a running server where the edition says nothing", profile: "cn", state: running, ask: ask(explore.ToTarget, "target"), accept: true, refuse: true},
		{name: "a running server with mode", state: running, ask: with(ask(explore.ToTarget, "target"), func(a *explore.Ask) { a.Mode = true }), accept: true},
		{name: "a busy server may do either", state: busy, ask: ask(explore.ToTarget, "target"), accept: true, refuse: true, allowed: []string{"Ecs.0603", "Ecs.0100", "Ecs.0009"}, forbidden: []string{"Ecs.0018"}},
		{name: "what is wrong in any order is refused by a busy server as well", state: busy, ask: ask(explore.ToSoldOut, "gone"), refuse: true, allowed: []string{"Ecs.0603", "Ecs.0018"}},
		{name: "threads on a flavor that has none", state: atRest, ask: with(ask(explore.ToTarget, "target"), func(a *explore.Ask) { a.Threads = 1 }), refuse: true},
		{name: "threads on one that has them", state: atRest, ask: with(ask(explore.ToDedicated, "dedicated"), func(a *explore.Ask) { a.Threads = 1 }), accept: true},
		{name: "an unpaid order leaves it open", state: unpaid, ask: ask(explore.ToTarget, "target"), accept: true, refuse: true},
		{name: "a good dry run is accepted", state: atRest, ask: with(ask(explore.ToTarget, "target"), dry), accept: true},
		{name: "how deep a dry run looks is open", state: running, ask: with(ask(explore.ToSoldOut, "gone"), dry), accept: true, refuse: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.profile == "" {
				tc.profile = "intl"
			}
			m := explore.Model{Contract: contracttest.Profile(t, tc.profile)}
			e := m.Resize(tc.state, tc.ask)
			if e.Accept != tc.accept || e.Refuse != tc.refuse {
				t.Fatalf("wanted accept %v, refuse %v; got %s", tc.accept, tc.refuse, e.Words())
			}
			for _, code := range slices.Concat(tc.allowed, tc.forbidden) {
				if want := slices.Contains(tc.allowed, code); e.Allows(false, 400, []string{code}) != want {
					t.Errorf("400 %s: wanted allowed %v by %s", code, want, e.Words())
				}
			}
			if e.Allows(false, 500, []string{"Ecs.0009"}) {
				t.Error("a 500 is allowed")
			}
			if tc.ask.DryRun && !tc.refuse && e.Allows(true, 200, nil) {
				t.Error("a passed dry run is to be answered 202")
			}
		})
	}
}
