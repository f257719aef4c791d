package suites

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
)

// errand is one operation, asked for in a way that changes nothing even where it should have been refused: a dry run, a query, or servers that nobody has.
type errand struct {
	operation string
	body      bool // its request has one
	send      func(ctx context.Context, how ...ecs.Option) (*ecs.Answer, error)
}

// errands are all operations of the edition, in the order of the contract. job is the id for showJob.
func (x *Exercise) errands(s *fixture.Server, job string) []errand {
	c := x.client()
	resize := func(version ...ecs.Option) func(context.Context, ...ecs.Option) (*ecs.Answer, error) {
		good := x.good(s).dry()
		to := s.ID
		if !x.dryRuns() {
			good.what.DryRun, to = nil, nobody // the edition has no resize that changes nothing
		}
		return func(ctx context.Context, how ...ecs.Option) (*ecs.Answer, error) {
			return c.Resize(ctx, to, good.what, append(slices.Clone(version), how...)...)
		}
	}
	known := map[string]errand{
		"resizeServer":         {body: true, send: resize()},
		"resizePostPaidServer": {body: true, send: resize(ecs.V1())},
		"showJob": {send: func(ctx context.Context, how ...ecs.Option) (*ecs.Answer, error) {
			return c.ShowJob(ctx, job, how...)
		}},
		"listResizeFlavors": {send: func(ctx context.Context, how ...ecs.Option) (*ecs.Answer, error) {
			return c.ListResizeFlavors(ctx, ecs.FlavorQuery{InstanceUUID: s.ID}, how...)
		}},
		"showServer": {send: func(ctx context.Context, how ...ecs.Option) (*ecs.Answer, error) {
			return c.ShowServer(ctx, s.ID, how...)
		}},
		"batchStartOrStopServers": {body: true, send: func(ctx context.Context, how ...ecs.Option) (*ecs.Answer, error) {
			return c.StopServers(ctx, []string{nobody}, how...)
		}},
		"createServers": {body: true, send: func(ctx context.Context, how ...ecs.Option) (*ecs.Answer, error) {
			made := x.newServer(s)
			made.DryRun = new(true)
			return c.CreateServers(ctx, made, append([]ecs.Option{ecs.RawPath(x.pathOf("createServers"))}, how...)...)
		}},
		"deleteServers": {body: true, send: func(ctx context.Context, how ...ecs.Option) (*ecs.Answer, error) {
			return c.DeleteServers(ctx, ecs.Delete{Servers: []string{nobody}}, how...)
		}},
	}
	var out []errand
	for _, op := range x.env.Target.Contract.Operations() {
		e, is := known[op.ID]
		if !is || op.ID == "resizePostPaidServer" && !x.Has(target.CapV1) || op.ID == "listResizeFlavors" && !x.knowsList() {
			continue
		}
		e.operation = op.ID
		out = append(out, e)
	}
	return out
}

// knowsList says whether it is known where the edition has its list of target flavors.
func (x *Exercise) knowsList() bool {
	return x.env.Target.Contract.Edition().Meets([]contract.Condition{{Switch: "resize_flavors_path", Values: []string{"known"}}})
}

// run sends an errand and returns whatever the target answers.
func (x *Exercise) run(ctx context.Context, e errand, how ...ecs.Option) *ecs.Answer {
	a, err := e.send(ctx, how...)
	return x.answered(ctx, a, err, "an answer to "+e.operation)
}

// inTrouble sends an errand with a token whose requests are throttled: flow control is then what is looked for.
func (x *Exercise) inTrouble(ctx context.Context, e errand, token string) *ecs.Answer {
	a, err := e.send(ctx, ecs.As(ecs.Credentials{Token: token}))
	if err != nil {
		x.unanswered(ctx, a, err, "an answer to "+e.operation)
	}
	x.affordable(a)
	return a
}

// everyOperation is what holds for all operations alike: who may call them, how large a request may be, and what they are answered by a service that is busy or
// not well.
func everyOperation(w *writer) {
	w.raw("RSZ-AUTH-016", "no operation serves a caller without credentials", func(ctx context.Context, x *Exercise) {
		x.everyOperationRejects(ctx, nil, ecs.Anonymous())
	})
	w.raw("RSZ-AUTH-017", "no operation serves a caller of another project", func(ctx context.Context, x *Exercise) {
		x.everyOperationRejects(ctx, nil, ecs.As(x.Target().Foreign.Credentials))
	})
	w.scenario("RSZ-AUTH-015", "a caller whom a policy denies the resize is refused", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.MustReject(ctx, s, x.good(s).dry(), x.good(s, ecs.As(ecs.Credentials{Token: x.Target().DeniedToken})))
	})
	// No source names an action that a policy could deny for the job query.
	w.raw("RSZ-AUTH-018", "a caller whom a policy denies an operation is refused", func(ctx context.Context, x *Exercise) {
		x.everyOperationRejects(ctx, func(e errand) bool { return e.operation != "showJob" }, ecs.As(ecs.Credentials{Token: x.Target().DeniedToken}))
	})
	// Some of the requests ask for what is not there; the answer that matters is that none is refused for its caller.
	w.raw("RSZ-AUTH-019", "every operation takes an AK/SK signature", func(ctx context.Context, x *Exercise) {
		job := x.begun(ctx, x.Server(ctx, fixture.Stopped))
		s := x.Server(ctx, fixture.Stopped) // whose flavor is another than the one that is asked for
		for _, e := range x.errands(s, job) {
			if a := x.run(ctx, e, ecs.As(x.Target().Keys)); a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden {
				x.Fail(at(a, codePointer(a)), e.operation+" to take the signature of a rightful caller", describe(a))
			}
		}
	})
	w.takes(fixture.Stopped, fixture.Stopped)
	// A member that no operation knows makes the query too long without making it any other.
	w.raw("RSZ-URI-011", "a URI of more than 32 K is answered 414", func(ctx context.Context, x *Exercise) {
		query := "instance_uuid=" + nobody + "&conformance=" + strings.Repeat("x", 32<<10)
		x.everyOperationRejects(ctx, nil, ecs.RawQuery(query))
	})
	w.raw("RSZ-URI-012", "headers that are too large are answered 494", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		for _, e := range x.errands(s, nobody) {
			a := x.run(ctx, e, ecs.Header("X-Conformance", strings.Repeat("x", 80<<10)))
			if a.Status < http.StatusBadRequest {
				x.NotApplicable(fmt.Sprintf("the target takes headers of 80 KiB: %s", describe(a)))
			}
			x.Rejected(a)
		}
		x.Unchanged(ctx, s)
	})
	// White space makes the body too long without making it any other request, so nothing but its length can be held against it.
	w.raw("RSZ-BODY-025", "a body of more than 12 MB is answered 413 by every operation that takes one", func(ctx context.Context, x *Exercise) {
		blank := bytes.Repeat([]byte(" "), 12<<20)
		others := func(e errand) bool { return e.body && e.operation != x.scenario.Requirement.Operation }
		x.everyOperationRejects(ctx, others, ecs.Suffix(blank))
	})
	w.raw("RSZ-FLOW-001", "a throttled request is told so, and may be sent again", flowControl)
	w.takes(fixture.YearlyMonthly)
	w.raw("RSZ-ERR-006", "a service that fails says so in an error that can be read, and does nothing", serviceFailure)
}

// serviceFailure asks, by a token whose requests meet a service that fails, for everything. What flow control refuses has not come to that service.
func serviceFailure(ctx context.Context, x *Exercise) {
	s := x.Server(ctx, fixture.Stopped)
	for _, e := range x.errands(s, nobody) {
		for range attempts {
			a := x.run(ctx, e, ecs.As(ecs.Credentials{Token: x.Target().FailingToken}))
			x.Rejected(a)
			if len(a.ErrorCodes()) == 0 {
				x.Fail(at(a, ""), "an error code that can be read", describe(a))
			}
		}
	}
	x.Unchanged(ctx, s)
	x.Control(ctx, x.good(s).dry())
}

// everyOperationRejects asserts that operations, all where which is nil, reject a request because of how it comes, and that the server is none the worse.
func (x *Exercise) everyOperationRejects(ctx context.Context, which func(errand) bool, how ...ecs.Option) {
	s := x.Server(ctx, fixture.Stopped)
	for _, e := range x.errands(s, nobody) {
		if which == nil || which(e) {
			x.Rejected(x.run(ctx, e, how...))
		}
	}
	x.Unchanged(ctx, s)
	x.Control(ctx, x.good(s).dry())
}

// attempts is how often a request is sent to a service that is said to be busy, or not well: it may have several ways to say so.
const attempts = 5

// flowControl sends each request again until it is let through. What is throttled must say so in one of the documented ways and be without effect; when it is let
// through at last it can be answered as delayed, and then has its job. A target that never lets it through throttles longer than a run waits.
func flowControl(ctx context.Context, x *Exercise) {
	s, token := x.Server(ctx, fixture.Stopped), x.Target().ThrottledToken
	for _, e := range x.errands(s, nobody) {
		for range attempts {
			a := x.inTrouble(ctx, e, token)
			if len(a.ErrorCodes()) == 0 && a.Accepted() || !asksAgain(a) && a.Status >= 400 && a.Status < 500 {
				break // let through; the job that is asked for need not be there
			}
			x.Rejected(a)
		}
	}
	x.Unchanged(ctx, s)
	// The real one, of a server whose answer has the most to say.
	if x.Has(target.CapYearlyMonthly) {
		s = x.Server(ctx, fixture.YearlyMonthly)
	}
	for range attempts {
		a := x.inTrouble(ctx, errand{operation: "the resize", send: func(ctx context.Context, o ...ecs.Option) (*ecs.Answer, error) {
			r := x.good(s)
			return x.client().Resize(ctx, r.to, r.what, append(o, x.version()...)...)
		}}, token)
		if len(a.ErrorCodes()) == 0 && a.Accepted() {
			x.Accepted(a)
			return
		}
		x.Rejected(a)
		x.Unchanged(ctx, s)
	}
	x.Note("the target throttled a resize %d times and never let it through", attempts)
}

// asksAgain says whether an answer is one of those that ask to send the request again.
func asksAgain(a *ecs.Answer) bool { return a.FlowControlled() || a.HasCode("Ecs.0603") }
