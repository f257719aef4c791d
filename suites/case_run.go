package suites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// Workers send the cases of one scenario, each to a server of its own, so that what one of them does to its server disturbs no other.
const (
	mostWorkers    = 4
	casesPerWorker = 12
)

// caseOutcome is what became of one case; the zero value says that it was not sent.
type caseOutcome struct {
	outcome
	exchange int64
	began    time.Time
	took     time.Duration
}

func (o caseOutcome) decided() bool { return o.verdict != "" }

// caseRun is the cases of one scenario being sent.
type caseRun struct {
	x    *Exercise
	list []cases.Case

	mu      sync.Mutex
	results []caseOutcome
	shared  *fixture.Server // names flavors for requests to no server; nil when there are none
}

// sendCases sends every case, and asserts that each is answered as it is to be.
func (x *Exercise) sendCases(ctx context.Context) {
	run := &caseRun{x: x, list: x.scenario.Cases, results: make([]caseOutcome, len(x.scenario.Cases))}
	x.mu.Lock()
	x.cases = run
	x.mu.Unlock()
	if len(run.list) == 0 {
		x.end(journal.HarnessError, "the requirement has cases in its row, but no constraint of the contract falls to it", nil)
	}
	first := run.servers(ctx)
	group, sending := errgroup.WithContext(ctx)
	for i, mine := range dealt(len(run.list), len(first)) {
		group.Go(func() (err error) {
			defer caught(&err)
			(&caseWorker{caseRun: run, server: first[i]}).work(sending, mine)
			return nil
		})
	}
	rethrow(group.Wait())
	run.control(ctx)
	run.conclude(ctx)
}

// thrown carries a panic out of a worker, and so also the end of a scenario.
type thrown struct{ value any }

func (t *thrown) Error() string {
	if s, ended := t.value.(stop); ended {
		return "another case ended the scenario: " + s.reason
	}
	return fmt.Sprint(t.value)
}

func caught(err *error) {
	if r := recover(); r != nil {
		*err = &thrown{r}
	}
}

func rethrow(err error) {
	var t *thrown
	if errors.As(err, &t) {
		panic(t.value)
	}
	if err != nil {
		panic(err)
	}
}

// dealt deals the cases to so many workers, round like cards.
func dealt(n, workers int) [][]int {
	hands := make([][]int, workers)
	for i := range n {
		hands[i%workers] = append(hands[i%workers], i)
	}
	return hands
}

// servers leases one server for each worker: as many as are worth it and to be had without waiting, one at least. Where no case names a server in its request the
// workers need none; then there is one at most, to name flavors.
func (r *caseRun) servers(ctx context.Context) []*fixture.Server {
	workers := min(mostWorkers, 1+(len(r.list)-1)/casesPerWorker)
	needs := map[string]bool{}
	for _, c := range r.list {
		for _, p := range c.Needs() {
			needs[p] = true
		}
	}
	if !needs[cases.Server] {
		if needs[cases.Flavor] || needs[cases.Threaded] {
			r.shared = r.x.Server(ctx, fixture.Stopped)
		}
		return make([]*fixture.Server, workers)
	}
	leased := []*fixture.Server{r.x.Server(ctx, fixture.Stopped)}
	for len(leased) < workers {
		s, err := r.x.env.Target.Servers.LeaseSpare(ctx, fixture.Stopped)
		if err != nil || s == nil {
			break // one worker less; what is wrong with that server its next lease tells
		}
		r.x.hold(s)
		leased = append(leased, s)
	}
	return leased
}

// send sends one case to a server and says what came of it. An end of the whole scenario (throttling, say) leaves by panic.
func (r *caseRun) send(ctx context.Context, c cases.Case, s *fixture.Server) (o caseOutcome, a *ecs.Answer) {
	o.began = time.Now()
	defer func() { o.took = time.Since(o.began) }()
	values, lacking := r.values(s)
	for _, p := range c.Needs() {
		if p == cases.Threaded && values[p] == "" && c.Expect != cases.Accept {
			values[p] = values[cases.Flavor] // whether it allows the choice matters only to a request that is to be accepted
		}
		if values[p] == "" {
			o.outcome = outcome{verdict: journal.NotApplicable, reason: lacking[p]}
			return o, nil
		}
	}
	c = c.Fill(values)
	if err := c.Judge(ctx, r.x.env.Target.Contract); err != nil {
		o.outcome = outcome{verdict: journal.HarnessError, reason: "the case is not what it claims to be: " + err.Error()}
		return o, nil
	}
	how, fits := r.how(c)
	if !fits {
		o.outcome = outcome{verdict: journal.NotApplicable, reason: "the header belongs to the signature, and the run has no token to do without one"}
		return o, nil
	}
	a, err := r.x.client().Raw(ctx, c.Method, c.Path, how...)
	if ctx.Err() != nil {
		return caseOutcome{}, nil
	}
	var withheld *exchange.Withheld
	if errors.As(err, &withheld) && !withheld.Spent {
		o.outcome = outcome{verdict: journal.NotApplicable, reason: withheld.Why}
		return o, nil
	}
	if a != nil && a.Exchange != nil {
		o.exchange = a.ID
	}
	o.outcome = r.x.attempt(func() {
		a = r.x.answered(ctx, a, err, "an answer")
		switch c.Expect {
		case cases.Reject:
			r.x.Rejected(a)
		case cases.Accept:
			r.x.Understood(a, "the request")
		default:
			r.x.Sane(a)
		}
	})
	return o, a
}

// Sane asserts what holds of every answer, whatever the request: it is no server error. That its status is documented and its error in a known envelope is judged of
// every exchange.
func (x *Exercise) Sane(a *ecs.Answer) {
	if a.Status >= 500 {
		x.Fail(at(a, codePointer(a)), "any answer but a server error (5xx)", describe(a))
	}
}

// values are those of a leased server; lacking says of a placeholder why it has none.
func (r *caseRun) values(s *fixture.Server) (v cases.Values, lacking map[string]string) {
	v, lacking = cases.Values{cases.Project: r.x.env.Target.ProjectID}, map[string]string{}
	if s == nil {
		s = r.shared
	}
	if s == nil {
		return v, lacking
	}
	v[cases.Server], v[cases.Flavor], v[cases.Threaded] = s.ID, s.Flavors.Target, s.Flavors.Dedicated
	lacking[cases.Threaded] = fmt.Sprintf("no flavor is named that is %q for server %s; name one under flavors in the inventory", "dedicated-cpu", s.ID)
	return v, lacking
}

// how says how a case is sent. Bytes that no encoder would write are signed where the run can sign: then it is also seen that the signature covers just them.
func (r *caseRun) how(c cases.Case) (how []ecs.Option, fits bool) {
	how = append(how, ecs.RawQuery(c.Query))
	if c.Body != nil {
		how = append(how, ecs.Body(c.Body))
	}
	if c.Untyped {
		how = append(how, ecs.WithoutHeader("Content-Type"))
	}
	if !c.Claim.Valid {
		how = append(how, ecs.Malformed(c.What))
	}
	if t := r.x.env.Target; c.Bytes && r.x.Has(target.CapAKSK) {
		how = append(how, ecs.As(t.Keys))
	}
	for _, h := range c.Header {
		if slices.Contains([]string{"x-sdk-date", "x-security-token", "x-project-id"}, strings.ToLower(h.Name)) {
			if !r.x.Has(target.CapToken) {
				return nil, false
			}
			how = append(how, ecs.As(r.x.env.Target.Token))
		}
		how = append(how, ecs.Header(h.Name, h.Value))
	}
	return how, true
}

// give keeps what became of a case.
func (r *caseRun) give(i int, o caseOutcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o.verdict == journal.Fail && r.x.scenario.Requirement.Level != journal.Must {
		o.verdict = journal.Warn
	}
	r.results[i] = o
}

// control shows that the target does not refuse everything, where no case of the requirement does.
func (r *caseRun) control(ctx context.Context) {
	refuses := func(c cases.Case) bool { return c.Expect == cases.Reject && c.OnServer() }
	i := slices.IndexFunc(r.list, refuses)
	if i < 0 || slices.ContainsFunc(r.list, func(c cases.Case) bool { return c.Expect == cases.Accept }) {
		return
	}
	if ctx.Err() == nil {
		r.x.Control(ctx, r.x.good(r.x.heldServer(ctx)).dry())
	}
}
