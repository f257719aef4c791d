package suites

import (
	"context"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// setUpOperations are the operations that a resize takes before and after: a server is resized when it is stopped, and wanted running.
func setUpOperations(w *writer) {
	w.scenario("RSZ-SETUP-001", "a running server that is stopped is SHUTOFF when the job has succeeded", func(ctx context.Context, x *Exercise) {
		x.Stop(ctx, x.Server(ctx, fixture.Running))
	})
	w.scenario("RSZ-SETUP-002", "a stopped server that is started is ACTIVE when the job has succeeded", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		a, err := x.client().StartServers(ctx, []string{s.ID})
		x.powered(ctx, s, x.answered(ctx, a, err, "an answer to the start request"), statusActive)
	})
	w.scenario("RSZ-SETUP-011", "stopping a server that nobody has is refused, or its job fails", func(ctx context.Context, x *Exercise) {
		a, err := x.client().StopServers(ctx, []string{nobody})
		a = x.answered(ctx, a, err, "an answer to the stop request")
		if !a.Accepted() {
			x.Rejected(a)
			return
		}
		job, _ := a.JobID()
		x.Expect(a, "/job_id", isID(), "the id of the job")
		if end := x.AwaitEnd(ctx, job, nil); end.Job.Status != ecs.JobFail {
			x.Fail(at(end.Answer, jobStatus), "the job to be "+ecs.JobFail, end.Job.Status)
		}
	})
	w.cases("RSZ-SETUP-004", "a start or stop whose body is empty or no JSON is rejected")
	w.cases("RSZ-SETUP-005", "a malformed start or stop, or one of servers that nobody has, brings no server error")
	w.cases("RSZ-SETUP-010", "a malformed query of a server brings no server error")
}

// Stop stops a server and waits until it is stopped.
func (x *Exercise) Stop(ctx context.Context, s *fixture.Server) {
	a, err := x.client().StopServers(ctx, []string{s.ID})
	x.powered(ctx, s, x.answered(ctx, a, err, "an answer to the stop request"), statusShutoff)
}

// powered asserts that the job of a start or stop is accepted and succeeds, and how the server is then.
func (x *Exercise) powered(ctx context.Context, s *fixture.Server, a *ecs.Answer, status string) {
	x.ExpectStatus(a, "a start or stop request", 200)
	x.Expect(a, "/job_id", isID(), "the id of the job")
	job, _ := a.JobID()
	x.AwaitSuccess(ctx, job, ecs.ForPower())
	_, shown := x.Show(ctx, s.ID)
	x.Expect(shown, serverStatus, gomega.Equal(status), "the server %s once the job has succeeded", status)
}
