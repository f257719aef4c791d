package suites

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/proxy"
)

// JSON pointers into the answers of showServer and showJob.
const (
	serverStatus  = "/server/status"
	serverTask    = "/server/OS-EXT-STS:task_state"
	serverFlavor  = "/server/flavor/id"
	serverHosts   = "/server/os:scheduler_hints/dedicated_host_id"
	serverThreads = "/server/cpu_options/hw:cpu_threads"
	jobStatus     = "/status"
	jobServer     = "/entities/server_id"
)

// The two statuses in which a server rests.
const (
	statusActive  = "ACTIVE"
	statusShutoff = "SHUTOFF"
	statusResize  = "RESIZE"
)

// isID matches what the contract calls an opaque id: any text that is not empty.
func isID() types.GomegaMatcher {
	return gomega.And(gomega.BeAssignableToTypeOf(""), gomega.Not(gomega.BeEmpty()))
}

// isNothing matches null, absent and empty, between which the sources disagree for a member that has nothing to tell.
func isNothing() types.GomegaMatcher { return gomega.Or(gomega.BeNil(), gomega.Equal("")) }

// Show asks for a server and asserts that the target shows it.
func (x *Exercise) Show(ctx context.Context, id string) (*ecs.Server, *ecs.Answer) {
	a, err := x.observer(ecs.ShowServer).ShowServer(ctx, id, ecs.Patient())
	a = x.answered(ctx, a, err, "showServer to tell the server's state")
	x.well(a, func() (*ecs.Answer, error) { return x.observer(ecs.ShowServer).ShowServer(ctx, id, ecs.Patient()) })
	x.ExpectStatus(a, "showServer of a server that exists", 200)
	s, err := a.Server()
	if err != nil {
		x.Fail(at(a, "/server"), "the details of the server", err.Error())
	}
	return s, a
}

// ShowJob asks for a job and asserts that the target shows it.
func (x *Exercise) ShowJob(ctx context.Context, id string) *ecs.Answer {
	a, err := x.observer(ecs.ShowJob).ShowJob(ctx, id, ecs.Patient())
	a = x.answered(ctx, a, err, "showJob to tell the job's status")
	x.well(a, func() (*ecs.Answer, error) { return x.observer(ecs.ShowJob).ShowJob(ctx, id, ecs.Patient()) })
	x.ExpectStatus(a, "showJob of a job that the target handed out", 200)
	return a
}

// restingStatus is the status in which a leased server was found.
func restingStatus(s *fixture.Server) string {
	if s.State == fixture.Running {
		return statusActive
	}
	return statusShutoff
}

// Unchanged asserts that a leased server is as it was found: flavor, status, and nothing under way.
func (x *Exercise) Unchanged(ctx context.Context, s *fixture.Server) {
	_, a := x.Show(ctx, s.ID)
	way := ""
	if done := happening(s, Text(a, serverFlavor), Text(a, serverStatus), Text(a, serverTask)); done != "" {
		way = journal.Way("/server", "the server unchanged", done+" of it")
	}
	expect := func(pointer string, m types.GomegaMatcher, wanted string) {
		x.expect(Place{Exchange: a.Exchange, Pointer: pointer, Way: way}, lookup(a, pointer), m, wanted)
	}
	expect(serverFlavor, gomega.Equal(s.Flavor), fmt.Sprintf("the server's flavor unchanged, %q", s.Flavor))
	expect(serverStatus, gomega.Equal(restingStatus(s)), fmt.Sprintf("the server's status unchanged, %q", restingStatus(s)))
	expect(serverTask, isNothing(), "nothing under way on the server")
}

// happening says what is done to a server that was to be left alone, however far it has come: whether its status, its task or its flavor shows it first depends on when
// one looks. It is "" where nothing says what it is.
func happening(s *fixture.Server, flavor, status, task string) string {
	task = strings.ToLower(task)
	switch {
	case flavor != s.Flavor && flavor != "", strings.Contains(status, statusResize), strings.Contains(task, "resize"):
		return "a resize"
	case restingStatus(s) == statusActive && (status == statusShutoff || strings.Contains(task, "powering-off")):
		return "a stop"
	case restingStatus(s) == statusShutoff && (status == statusActive || strings.Contains(task, "powering-on")):
		return "a start"
	}
	return ""
}

// ShowsFlavor asserts that a server has a flavor.
func (x *Exercise) ShowsFlavor(ctx context.Context, id, flavor string) {
	_, a := x.Show(ctx, id)
	x.Expect(a, serverFlavor, gomega.Equal(flavor), "the server to have the flavor asked for, %q", flavor)
}

// Await polls a job until it has ended and returns what was seen of it; each, which may be nil, sees every answer on the way.
func (x *Exercise) Await(ctx context.Context, job string, each func(*ecs.Answer), how ...ecs.WaitOption) *ecs.JobHistory {
	h, err := x.poll(ctx, job, each, how...)
	if err != nil {
		x.unanswered(ctx, h.Answer, err, "the job to come to an end")
	}
	return h
}

// AwaitEnd is Await for a promise about something else than that jobs end: a job that goes on and on does not break it but keeps it from being seen.
// That jobs end is for those scenarios to assert that have a resize carried out.
func (x *Exercise) AwaitEnd(ctx context.Context, job string, each func(*ecs.Answer)) *ecs.JobHistory {
	h, err := x.poll(ctx, job, each)
	var endless *ecs.WaitError
	if errors.As(err, &endless) && endless.Limit != "" && len(h.Steps) > 0 && ctx.Err() == nil {
		x.end(journal.Blocked, "the job did not come to an end: "+err.Error(), &journal.Finding{
			Wanted: "the job to come to an end", Got: err.Error(), Pointer: jobStatus, Exchange: h.Answer.ID, SpecLine: x.specLine(),
		})
	}
	if err != nil {
		x.unanswered(ctx, h.Answer, err, "the job to come to an end")
	}
	return h
}

func (x *Exercise) poll(ctx context.Context, job string, each func(*ecs.Answer), how ...ecs.WaitOption) (*ecs.JobHistory, error) {
	if each != nil {
		how = append(how, ecs.EachPoll(func(context.Context, string) error {
			each(&ecs.Answer{Exchange: x.scope.Last(), Operation: ecs.ShowJob})
			return nil
		}))
	}
	h, err := x.observer(ecs.ShowJob).WaitForJob(ctx, job, how...)
	var ended *ecs.WaitError
	if errors.As(err, &ended) && ended.Limit == "" && h.Answer != nil {
		x.well(h.Answer, func() (*ecs.Answer, error) { return x.observer(ecs.ShowJob).ShowJob(ctx, job, ecs.Patient()) })
	}
	return h, err
}

// AwaitSuccess waits until a job has succeeded and returns the answer that says so.
func (x *Exercise) AwaitSuccess(ctx context.Context, job string, how ...ecs.WaitOption) *ecs.Answer {
	return x.succeeded(x.Await(ctx, job, nil, how...))
}

// AwaitSuccessfulEnd is to AwaitSuccess what AwaitEnd is to Await.
func (x *Exercise) AwaitSuccessfulEnd(ctx context.Context, job string) *ecs.Answer {
	return x.succeeded(x.AwaitEnd(ctx, job, nil))
}

func (x *Exercise) succeeded(h *ecs.JobHistory) *ecs.Answer {
	if h.Job.Status != ecs.JobSuccess {
		x.Fail(at(h.Answer, jobStatus), "the job to succeed", fmt.Sprintf("%s with error_code %q", h.Job.Status, h.Job.ErrorCode))
	}
	return h.Answer
}

// unanswered ends the scenario when no answer came, or a wait was in vain. That is the target's doing, unless a client under test cannot send such a request at all, or
// did not do what it was asked for.
func (x *Exercise) unanswered(ctx context.Context, a *ecs.Answer, err error, wanted string) {
	var (
		inexpressible *ecs.NotExpressible
		unsent        *ecs.Unsent
		distorted     *Distorted
		misnamed      *Misnamed
		broken        *driver.Failure
		left          *proxy.ClientGone
		withheld      *ecs.Withheld
	)
	x.unlessWithheld(err)
	switch {
	case errors.As(err, &withheld):
		x.end(journal.Blocked, err.Error(), nil)
	case errors.As(err, &inexpressible):
		x.NotApplicable(inexpressible.Error())
	case errors.As(err, &unsent) && unsent.Told.Error != nil && unsent.Told.Error.Kind == driver.ValidationError:
		x.NotApplicable(unsent.Error() + "; a client may refuse what it knows to be wrong")
	case errors.As(err, &unsent) && x.whole() && unsent.Told.Error == nil:
		x.NotApplicable(unsent.Error() + "; it looked first, and saw nothing to do")
	case errors.As(err, &unsent), errors.As(err, &distorted), errors.As(err, &misnamed), errors.As(err, &broken), errors.As(err, &left):
		x.end(journal.Blocked, err.Error(), nil)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		wanted += fmt.Sprintf(" within the scenario's %v", x.env.timeoutOf(x.scenario))
	}
	var where Place
	if a != nil {
		where.Exchange = a.Exchange
	}
	x.Fail(where, wanted, err.Error())
}
