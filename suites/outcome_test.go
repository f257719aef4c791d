package suites

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// shelf is a source of servers that gives what the test wants.
type shelf struct{ lease, release error }

func (s shelf) Lease(_ context.Context, want fixture.State) (*fixture.Server, error) {
	if s.lease != nil {
		return nil, s.lease
	}
	return &fixture.Server{ID: "server-1", State: want}, nil
}
func (s shelf) LeaseSpare(context.Context, fixture.State) (*fixture.Server, error) {
	return nil, nil
}
func (s shelf) Release(context.Context, *fixture.Server) error { return s.release }
func (s shelf) Pay(context.Context, string) error              { return nil }

func scenarioOf(level journal.Level, run func(context.Context, *Exercise), needs ...string) Scenario {
	return Scenario{
		Requirement: contract.Requirement{ID: "RSZ-TEST-001", Level: level, Clause: "the clause", File: "spec/openapi.yaml", Line: 7, Needs: needs, Statuses: []int{400, 409}, Codes: []string{"Ecs.0009"}},
		Title:       "a made-up promise", Family: "RSZ-TEST", File: "suites/outcome_test.go", Line: 1, id: "RSZ-TEST-001", run: run,
	}
}

func TestTheVerdictFollowsFromHowTheScenarioEnds(t *testing.T) {
	lease := func(ctx context.Context, x *Exercise) { x.Server(ctx, fixture.Stopped) }
	for _, tc := range []struct {
		name    string
		s       Scenario
		servers shelf
		want    journal.Verdict
		reason  string
	}{
		{"nothing to say", scenarioOf(journal.Must, lease), shelf{}, journal.Pass, ""},
		{"a MUST broken", scenarioOf(journal.Must, func(_ context.Context, x *Exercise) { x.Fail(Place{Pointer: "/a"}, "this", "that") }), shelf{}, journal.Fail, "wanted this; got that (suites/outcome_test.go:"},
		{"a SHOULD broken", scenarioOf(journal.Should, func(_ context.Context, x *Exercise) { x.Fail(Place{}, "this", "that") }), shelf{}, journal.Warn, "wanted this; got that"},
		{"a MAY broken", scenarioOf(journal.May, func(_ context.Context, x *Exercise) { x.Fail(Place{}, "this", "that") }), shelf{}, journal.Warn, "wanted this; got that"},
		{"a capability missing", scenarioOf(journal.Must, lease, "spot"), shelf{}, journal.NotApplicable, "needs capability spot, which the target does not declare"},
		{"a capability there", scenarioOf(journal.Must, lease, "mode"), shelf{}, journal.Pass, ""},
		{"nothing of the kind offered", scenarioOf(journal.Must, lease), shelf{lease: &fixture.NotOffered{What: "a stopped server", Hint: "name one"}}, journal.NotApplicable, "a stopped server is not declared"},
		{"offered and not to be had", scenarioOf(journal.Must, lease), shelf{lease: &fixture.Unavailable{What: "a stopped server", Why: "it runs", Hint: "stop it"}}, journal.NotTestable, "cannot be had: it runs"},
		{"set-up failed", scenarioOf(journal.Must, lease), shelf{lease: errors.New("connection refused")}, journal.Blocked, "no stopped server could be had: connection refused"},
		{"a preparation failed", scenarioOf(journal.Must, func(_ context.Context, x *Exercise) {
			x.Preparing("stopping the server", func() { x.Fail(Place{}, "200", "500") })
		}), shelf{}, journal.Blocked, "stopping the server: wanted 200; got 500"},
		{"a flavor not named", scenarioOf(journal.Must, func(ctx context.Context, x *Exercise) { x.good(x.Server(ctx, fixture.Stopped)) }), shelf{}, journal.NotTestable, `no flavor is named that is "target"`},
		{"a panic", scenarioOf(journal.Must, func(context.Context, *Exercise) { panic("oh") }), shelf{}, journal.HarnessError, "the scenario panicked: oh"},
		{"a panic in a preparation", scenarioOf(journal.Must, func(_ context.Context, x *Exercise) { x.Preparing("this", func() { panic("oh") }) }), shelf{}, journal.HarnessError, "the scenario panicked: oh"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env := &Env{Target: &target.Target{Servers: tc.servers, Capabilities: map[target.Capability]bool{target.CapMode: true}}}
			rows := tc.s.Perform(t.Context(), env)
			if len(rows) != 1 {
				t.Fatalf("wanted one row, got %+v", rows)
			}
			r := rows[0]
			if r.Verdict != tc.want || !strings.Contains(r.Reason, tc.reason) || (tc.reason == "") != (r.Reason == "") {
				t.Errorf("wanted %s %q, got %s %q", tc.want, tc.reason, r.Verdict, r.Reason)
			}
			if r.Requirement != "RSZ-TEST-001" || r.Clause != "the clause" || r.Kind != journal.KindScenario || r.Start.IsZero() {
				t.Errorf("the row does not say what it is about: %+v", r)
			}
			if failed := r.Verdict == journal.Fail || r.Verdict == journal.Warn; failed && (r.Finding == nil || r.Finding.Wanted != "this" || r.Finding.Got != "that" || r.Finding.SpecLine != "spec/openapi.yaml:7") {
				t.Errorf("finding: %+v", r.Finding)
			}
		})
	}
}

// A server that cannot be given back is a row of its own, whatever became of the promise.
func TestCleanupHasItsOwnRow(t *testing.T) {
	s := scenarioOf(journal.Must, func(ctx context.Context, x *Exercise) { x.Server(ctx, fixture.Running) })
	rows := s.Perform(t.Context(), &Env{Target: &target.Target{Servers: shelf{release: errors.New("it does not start again")}}})
	if len(rows) != 2 || rows[0].Verdict != journal.Pass {
		t.Fatalf("wanted a passed scenario and a cleanup, got %+v", rows)
	}
	c := rows[1]
	if c.Kind != journal.KindCleanup || c.Verdict != journal.Blocked || !strings.Contains(c.Reason, "server server-1 (running): it does not start again") {
		t.Errorf("cleanup: %+v", c)
	}
}

func TestTheEndOfTimeIsToldAsAFinding(t *testing.T) {
	tg := open(t, "intl", target.WithEmulator(slowJobs))
	s := pick(t, packOf(t, tg), "RSZ-STATE-001")
	r := s.Perform(t.Context(), &Env{Target: tg, Timeout: time.Second})[0]
	if r.Verdict != journal.Fail || r.Finding == nil || !strings.Contains(r.Finding.Wanted, "within the scenario's 1s") || !strings.Contains(r.Finding.Got, "last seen") {
		t.Errorf("wanted a failure that tells what was waited for and what was seen last, got %s %q %+v", r.Verdict, r.Reason, r.Finding)
	}
}

func TestAnInterruptedScenarioIsBlocked(t *testing.T) {
	tg := open(t, "intl", target.WithEmulator(slowJobs))
	s := pick(t, packOf(t, tg), "RSZ-STATE-001")
	ctx, cancel := context.WithCancel(t.Context())
	r := s.Perform(ctx, &Env{Target: tg, Begin: func(Scenario) { cancel() }})[0]
	if r.Verdict != journal.Blocked || !strings.Contains(r.Reason, "interrupted") {
		t.Errorf("wanted BLOCKED for an interrupted run, got %s %q", r.Verdict, r.Reason)
	}
}

// What the harness itself sends wrong is never held against the target.
func TestTheHarnessIsNotTrustedBlindly(t *testing.T) {
	tg := open(t, "intl")
	for _, tc := range []struct {
		name string
		how  []ecs.Option
		want string
	}{
		{"an invalid request that is not declared", []ecs.Option{ecs.Body([]byte(`{"resize":{}}`))}, "without declaring it malformed"},
		{"a valid request that is declared malformed", []ecs.Option{ecs.Malformed("nothing is wrong with it")}, "declared malformed keeps the contract"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := scenarioOf(journal.Must, func(ctx context.Context, x *Exercise) {
				x.Resize(ctx, x.good(x.Server(ctx, fixture.Stopped), tc.how...).dry())
				x.Fail(Place{}, "this", "that") // which must not hide it
			})
			r := s.Perform(t.Context(), &Env{Target: tg})[0]
			if r.Verdict != journal.HarnessError || !strings.Contains(r.Reason, tc.want) || r.Finding == nil || r.Finding.Wanted == "" || r.Finding.Got == "" {
				t.Errorf("wanted HARNESS_ERROR %q, got %s %q %+v", tc.want, r.Verdict, r.Reason, r.Finding)
			}
		})
	}
}
