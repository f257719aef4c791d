package suites

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// Env is what a run gives to its scenarios.
type Env struct {
	Target *target.Target
	// Timeout is how long one scenario may take, its waits included. 0: as long as three jobs and a stop, one after the other, may take by the target's own limits, and a
	// minute; no scenario waits for more.
	Timeout time.Duration
	// CleanupTimeout is how long giving a scenario's servers back may take. 0: as long as two jobs, a stop and a start may take, and a minute.
	CleanupTimeout time.Duration
	// Explore is how many sequences of operations are explored, and a fifth as many rounds of overlapping resizes. 0: as many as suit the target, which is 20 for the
	// embedded emulator and none elsewhere, because each of them resizes real servers several times; below 0: none.
	Explore int
	// Seed decides what is explored. 0: always the same.
	Seed int64
	// Shorten is how many tries are made at most to make a sequence that fails shorter. 0: 30; below 0: none, for who asks only whether one fails.
	Shorten int
	// Claim is asked before a scenario is begun; one that it refuses is somebody else's, and has no result here. nil: all are to be carried out.
	Claim func(context.Context, Scenario) bool
	// Begin is told that a scenario starts; nil: nobody is.
	Begin func(Scenario)
	// Note is told what a reader of the run should know that is no verdict, such as a list of which only a part was tried; nil: nobody is.
	Note func(journal.Note)
	// Over says why no further scenario may begin, "" while one may; nil: any may. A scenario that does not begin is NOT_TESTABLE.
	Over func() string

	// Judge says what the results of one scenario count for by what the run goes by (a baseline, a pinned version); nil: for what they are.
	Judge func([]journal.Result) []journal.Result

	conduct conductScore
}

func (e *Env) timeout() time.Duration {
	if e.Timeout > 0 {
		return e.Timeout
	}
	limits := e.Target.Timeouts
	return 3*limits.Job + limits.Power + time.Minute
}

// timeoutOf is how long a scenario may take. A sequence has several times the jobs of another scenario, and there are as many after each other as there are not
// at the same time.
func (e *Env) timeoutOf(s Scenario) time.Duration {
	if !s.explores || e.Timeout > 0 {
		return e.timeout()
	}
	turns := 1 + (e.sequences()+e.workers()-1)/e.workers()
	return time.Duration(turns)*4*e.timeout() + remoteShorten
}

// CleanupLimit is how long giving the servers of one scenario back may take.
func (e *Env) CleanupLimit() time.Duration { return e.cleanupTimeout() }

func (e *Env) cleanupTimeout() time.Duration {
	if e.CleanupTimeout > 0 {
		return e.CleanupTimeout
	}
	limits := e.Target.Timeouts
	return 2*limits.Job + 2*limits.Power + time.Minute
}

// Exercise is one scenario being carried out: its body asks it for servers, calls operations through it and asserts with it. A method that cannot do what it
// says ends the scenario with the verdict that fits. It is for one goroutine, save that workers which send cases may ask it for servers and assert with it, and
// parts of a scenario (together) may call and assert.
type Exercise struct {
	env      *Env
	scenario Scenario
	scope    *exchange.Scope

	tidying *exchange.Scope // what is sent while giving servers back

	mu       sync.Mutex // a body that Ginkgo gave up waiting for may still be running while the rest is told
	held     []*fixture.Server
	given    []journal.Leased // every server that it has had, held or given back
	cases    *caseRun         // nil until the cases of the scenario are sent
	tookPart bool             // a client under test was asked for something
	unclean  []error          // what could not be given back as found
	outcome  outcome
	began    time.Time
	took     time.Duration
	finished bool
	cleaning time.Time
	tidied   time.Duration
}

// begin prepares a scenario without touching the target.
func begin(env *Env, s Scenario) *Exercise {
	return &Exercise{
		env: env, scenario: s, scope: &exchange.Scope{Scenario: s.Name()}, tidying: &exchange.Scope{Scenario: s.Name()},
	}
}

// perform carries the body out and decides its outcome.
func (x *Exercise) perform(ctx context.Context) outcome {
	ctx = exchange.WithScope(ctx, x.scope)
	if x.env.Over != nil {
		if why := x.env.Over(); why != "" {
			o := outcome{verdict: journal.NotTestable, reason: "not run: " + why}
			x.mu.Lock()
			defer x.mu.Unlock()
			x.outcome, x.finished, x.began = o, true, time.Now()
			return o
		}
	}
	if x.env.Begin != nil {
		x.env.Begin(x.scenario)
	}
	x.mu.Lock()
	x.began = time.Now()
	x.mu.Unlock()
	o := x.untilHeard(ctx)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.outcome, x.finished, x.took = o, true, time.Since(x.began)
	return o
}

func (x *Exercise) carryOut(ctx context.Context) (o outcome) {
	defer func() { o = x.conclude(ctx, recover()) }()
	for _, need := range x.scenario.Requirement.Needs {
		if !x.Has(target.Capability(need)) {
			x.NotApplicable(fmt.Sprintf("needs capability %s, which the target does not declare", need))
		}
	}
	if x.env.Target.Under != nil && x.scenario.Raw {
		x.NotApplicable("it sends bytes of its own, which the client under test cannot be asked for")
	}
	if x.env.Target.Under != nil && x.scenario.explores {
		x.NotApplicable("the suite's own client carries the sequences out: they put the server to the test")
	}
	x.scenario.run(ctx, x)
	return o
}

// release gives back every server that the scenario still holds. ctx must outlive the body's.
func (x *Exercise) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(exchange.WithScope(ctx, x.tidying), x.env.cleanupTimeout())
	defer cancel()
	x.mu.Lock()
	held := x.held
	x.held, x.cleaning = nil, time.Now()
	x.mu.Unlock()
	var all sync.WaitGroup // none of them has to do with another, and each may take several jobs
	for _, s := range slices.Backward(held) {
		all.Go(func() { x.giveBack(ctx, s) })
	}
	all.Wait()
	x.mu.Lock()
	x.tidied = time.Since(x.cleaning)
	x.mu.Unlock()
}

// giveBack releases one server. What cannot be restored is a row of its own and no fault of the promise.
func (x *Exercise) giveBack(ctx context.Context, s *fixture.Server) {
	note := func(err error) {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.unclean = append(x.unclean, fmt.Errorf("server %s (%s): %w", s.ID, s.State, err))
	}
	defer func() {
		if r := recover(); r != nil {
			note(fmt.Errorf("the fixture panicked: %v", r))
		}
	}()
	if err := x.env.Target.Servers.Release(ctx, s); err != nil {
		note(err)
	}
}

// Has says whether the target declares a capability.
func (x *Exercise) Has(c target.Capability) bool { return x.env.Target.Capabilities[c] }

// Target is what the scenario talks to.
func (x *Exercise) Target() *target.Target { return x.env.Target }

// Server leases a server in the wanted state; it is given back when the scenario is over.
func (x *Exercise) Server(ctx context.Context, want fixture.State) *fixture.Server {
	x.taken(want)
	return x.server(ctx, want)
}

// server is Server for what takes the place of one that was given back a moment ago.
func (x *Exercise) server(ctx context.Context, want fixture.State) *fixture.Server {
	s, err := x.env.Target.Servers.Lease(ctx, want)
	if err != nil {
		x.setUp(fmt.Sprintf("no %s server could be had", want), err)
	}
	x.hold(s)
	if x.Target().Embedded && want != fixture.Foreign {
		// The monitors know of a server what exchanges show. A source that checks its servers has asked already; the embedded one made this one a moment ago.
		_, _ = x.env.Target.Client.ShowServer(ctx, s.ID)
	}
	return s
}

// hold notes a server that is to be given back.
func (x *Exercise) hold(s *fixture.Server) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.held = append(x.held, s)
	x.given = append(x.given, journal.Leased{ID: s.ID, State: string(s.State), Flavor: s.Flavor, Host: s.DedicatedHostID, Flavors: s.Flavors.Parts()})
}

// heldServer is a server that the scenario holds already, or a new one.
func (x *Exercise) heldServer(ctx context.Context) *fixture.Server {
	x.mu.Lock()
	held := slices.Clone(x.held)
	x.mu.Unlock()
	if len(held) > 0 {
		return held[0]
	}
	return x.Server(ctx, fixture.Stopped)
}

// GiveBack ends a lease before the scenario is over, for a scenario that needs several servers one after the other.
func (x *Exercise) GiveBack(ctx context.Context, s *fixture.Server) {
	x.mu.Lock()
	x.held = slices.DeleteFunc(x.held, func(h *fixture.Server) bool { return h == s })
	x.mu.Unlock()
	// The server is given back also when another part of the scenario has ended it meanwhile.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), x.env.cleanupTimeout())
	defer cancel()
	x.giveBack(exchange.WithScope(ctx, x.tidying), s)
}

// Flavor returns a flavor that the fixture names for a role ("target", "sold-out"), or ends the scenario. The target flavor every run needs, and what follows from a
// declared capability must be had; a role that no capability stands for may be left open.
func (x *Exercise) Flavor(s *fixture.Server, role, id string) string {
	if id != "" {
		return id
	}
	missing := fmt.Sprintf("no flavor is named that is %q for server %s (%s); name one under flavors in the inventory", role, s.ID, s.State)
	if role == "target" || len(x.scenario.Requirement.Needs) > 0 {
		x.NotTestable(missing)
	}
	x.NotApplicable(missing)
	return ""
}

// Promised says whether the profile has a requirement, for a scenario that sends an optional field only where the edition documents it.
func (x *Exercise) Promised(id string) bool {
	r, known := x.env.Target.Contract.Requirement(id)
	return known && r.Applies
}

// Note records something that a reader of the run should know.
func (x *Exercise) Note(format string, args ...any) {
	if x.env.Note != nil {
		x.env.Note(journal.Note{Scenario: x.scenario.Name(), Text: fmt.Sprintf(format, args...)})
	}
}
