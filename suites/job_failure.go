package suites

import (
	"context"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// jobFailure is a resize that is accepted and cannot be done.
func jobFailure(w *writer) {
	w.scenario("RSZ-JOB-009", "a job that failed says why", func(ctx context.Context, x *Exercise) {
		a := x.failing(ctx, x.Server(ctx, fixture.Stopped))
		x.Expect(a, "/error_code", isID(), "the code of the error for which the job failed")
		x.Expect(a, "/fail_reason", isID(), "the reason for which the job failed")
	})
	w.scenario("RSZ-JOB-014", "after a job has failed the server has its old flavor", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.failing(ctx, s)
		_, after := x.Show(ctx, s.ID)
		x.Expect(after, serverFlavor, gomega.Equal(s.Flavor), "the server's flavor unchanged, %q", s.Flavor)
	})
}

// failing starts a resize whose job fails, and returns the answer that says so.
func (x *Exercise) failing(ctx context.Context, s *fixture.Server) *ecs.Answer {
	doomed := ask(s, ecs.Resize{FlavorRef: x.Flavor(s, "failing", s.Flavors.Failing)})
	h := x.AwaitEnd(ctx, x.AcceptedAsJob(x.Resize(ctx, doomed)), nil)
	x.Expect(h.Answer, jobStatus, gomega.Equal(ecs.JobFail), "the job to fail, as the target says of this flavor")
	return h.Answer
}
