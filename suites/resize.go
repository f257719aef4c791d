package suites

import (
	"context"
	"fmt"
	"slices"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
)

// request is one resize request of a scenario: to which server, what is asked, and how it is sent.
type request struct {
	to   string
	what ecs.Resize
	how  []ecs.Option

	server *fixture.Server // of a leased server's request
	check  bool            // it only asks whether the resize would be taken: a dry run, where the edition has one
}

// ask makes a request to a leased server.
func ask(s *fixture.Server, what ecs.Resize, how ...ecs.Option) request {
	return request{to: s.ID, what: what, how: how, server: s}
}

// good is a resize that every edition promises for a stopped pay-per-use server.
func (x *Exercise) good(s *fixture.Server, how ...ecs.Option) request {
	return ask(s, ecs.Resize{FlavorRef: x.Flavor(s, "target", s.Flavors.Target)}, how...)
}

// another is a second resize after a good one: to another flavor where one is named.
func (x *Exercise) another(s *fixture.Server) request {
	if s.Flavors.Other == "" {
		return x.good(s)
	}
	return ask(s, ecs.Resize{FlavorRef: s.Flavors.Other})
}

// dry is the same request as a dry run: the cheap control.
func (r request) dry() request {
	r.what.DryRun, r.check = new(true), true
	return r
}

// Resize sends a request and returns whatever the target answers. The version is that of the operation on which the requirement stands; a requirement of another
// operation uses v1.1 where the edition has it.
//
// An edition without dry_run is asked by the resize itself, which has come to its end when this returns: the server can be asked again.
func (x *Exercise) Resize(ctx context.Context, r request) *ecs.Answer {
	real := r.check && !x.dryRuns()
	if real {
		r.what.DryRun = nil
	}
	a, err := x.client().Resize(ctx, r.to, r.what, slices.Concat(r.how, x.version())...)
	a = x.answered(ctx, a, err, "an answer to the resize request")
	if real {
		x.settled(ctx, r.server, a)
	}
	return a
}

// dryRuns says whether the edition has dry_run, in the version that the scenario is about.
func (x *Exercise) dryRuns() bool {
	list := x.env.Target.Contract.Behaviour().DryRun
	if x.scenario.v1 {
		return slices.Contains(list, "v1")
	}
	return slices.Contains(list, "v1.1")
}

// settled waits for a resize that was sent in the place of a dry run, and has the next one ask for another flavor.
func (x *Exercise) settled(ctx context.Context, s *fixture.Server, a *ecs.Answer) {
	if job, _ := a.JobID(); a.Accepted() && job != "" && s != nil {
		_, _ = x.poll(ctx, job, nil) // how it ends is the business of other promises
		s.Flavors.Target, s.Flavors.Other = s.Flavors.Other, s.Flavors.Target
	}
}

// version is the option that makes a resize one of the version that the scenario is about.
func (x *Exercise) version() []ecs.Option {
	if x.scenario.v1 {
		return []ecs.Option{ecs.V1()}
	}
	return nil
}

// answered ends the scenario when no whole answer came: that is the target's doing, unless the run is being interrupted.
func (x *Exercise) answered(ctx context.Context, a *ecs.Answer, err error, wanted string) *ecs.Answer {
	if err != nil {
		x.unanswered(ctx, a, err, wanted)
	}
	if a.FlowControlled() { // which tells nothing about the promise at hand; a bare 503 is no flow control
		panic(stop{outcome{
			verdict: journal.Blocked, reason: fmt.Sprintf("the target throttles (%s); run again later, or ask it less often (--rate)", describe(a)), throttled: true,
		}})
	}
	x.affordable(a)
	return a
}

// MustReject sends each of the probes and asserts that it is rejected the way the requirement says and changes nothing, and that the twin, which is the same request
// made valid, is accepted: a target that rejects everything keeps no promise to reject something. It returns the answer to the twin.
func (x *Exercise) MustReject(ctx context.Context, s *fixture.Server, twin request, probes ...request) *ecs.Answer {
	for _, p := range probes {
		x.Rejected(x.Resize(ctx, p))
	}
	x.Unchanged(ctx, s)
	return x.Control(ctx, twin)
}

// Rejected asserts that an answer is a rejection with a status and a code that the requirement allows.
func (x *Exercise) Rejected(a *ecs.Answer) {
	r := x.scenario.Requirement
	wanted := "a rejection (4xx)"
	if len(r.Statuses) > 0 {
		wanted = "a rejection (" + ecs.Either(r.Statuses) + ")"
	}
	if len(r.Codes) > 0 {
		wanted += " with code " + ecs.Either(r.Codes)
	}
	if len(r.Statuses) > 0 && !slices.Contains(r.Statuses, a.Status) || len(r.Statuses) == 0 && (a.Status < 400 || a.Status > 499) {
		x.Fail(at(a, ""), wanted, describe(a))
	}
	if len(r.Codes) > 0 && !allowed(r.Codes, a.ErrorCodes()) {
		x.Fail(at(a, codePointer(a)), wanted, describe(a))
	}
}

func allowed(codes, got []string) bool {
	return slices.ContainsFunc(got, func(g string) bool {
		return slices.ContainsFunc(codes, func(c string) bool { return ecs.SameCode(c, g) })
	})
}

// Control asserts that the valid twin of a rejected request is accepted, and returns the answer; without it the rejection proves nothing.
func (x *Exercise) Control(ctx context.Context, twin request) *ecs.Answer {
	a := x.Resize(ctx, twin)
	if !a.Accepted() {
		x.Fail(at(a, codePointer(a)), "the same request made valid to be accepted (2xx), so that the rejection has the cause it is to have", describe(a))
	}
	return a
}

// Understood asserts that a dry run is accepted. Which 2xx it is to be is RSZ-DRY-001's business alone.
func (x *Exercise) Understood(a *ecs.Answer, what string) {
	if !a.Accepted() {
		x.Fail(at(a, codePointer(a)), what+" to be accepted (2xx)", describe(a))
	}
}

// Accepted asserts that a resize is accepted and returns the ids it was given; one of them must be there. Which 2xx it is to be is RSZ-RSP-001's business alone.
func (x *Exercise) Accepted(a *ecs.Answer) (job, order string) {
	if !a.Accepted() {
		x.Fail(at(a, codePointer(a)), "the resize to be accepted (2xx)", describe(a))
	}
	job, _ = a.JobID()
	order, _ = a.OrderID()
	if job == "" && order == "" {
		x.Fail(at(a, "/job_id"), "a job_id or an order_id in the answer to an accepted resize", describe(a))
	}
	return job, order
}

// AcceptedAsJob asserts that a resize is accepted and returns the job to wait for.
func (x *Exercise) AcceptedAsJob(a *ecs.Answer) string {
	job, _ := x.Accepted(a)
	if job == "" {
		x.Fail(at(a, "/job_id"), "a job_id to follow the resize by", describe(a))
	}
	return job
}

// CarriedOut sends a resize, waits for its job to succeed and asserts that the server has the flavor asked for. It returns the accepting answer and the job's id.
func (x *Exercise) CarriedOut(ctx context.Context, r request) (a *ecs.Answer, job string) {
	a = x.Resize(ctx, r)
	job = x.AcceptedAsJob(a)
	x.AwaitSuccess(ctx, job)
	x.ShowsFlavor(ctx, r.to, r.what.FlavorRef)
	return a, job
}
