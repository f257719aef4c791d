package suites

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// job is the life of a resize job. The resize is only ordered by its request; the job is what tells when it is done.
func job(w *writer) {
	w.cases("RSZ-JOB-019", "a malformed job query brings no server error")
	w.scenario("RSZ-JOB-001", "the answer to a resize carries the id of a job that showJob knows", func(ctx context.Context, x *Exercise) {
		shown := x.ShowJob(ctx, x.begun(ctx, x.Server(ctx, fixture.Stopped)))
		x.Expect(shown, jobStatus, isID(), "the job's status")
	})
	w.scenario("RSZ-JOB-003", "the status of a job moves only forward", func(ctx context.Context, x *Exercise) {
		seen := x.AwaitEnd(ctx, x.begun(ctx, x.Server(ctx, fixture.Stopped)), nil)
		for i := 1; i < len(seen.Steps); i++ {
			if before, after := seen.Steps[i-1], seen.Steps[i]; !forward(before.Status, after.Status) {
				x.Fail(at(seen.Answer, jobStatus), "no way back from "+before.Status, strings.Join(seen.Statuses(), ", then "))
			}
		}
	})
	// The second resize gives a target that keeps one job a server the chance to mix them up.
	w.scenario("RSZ-JOB-004", "a job that has ended stays as it ended", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		ended := x.begun(ctx, s)
		x.AwaitSuccessfulEnd(ctx, ended)
		for range 3 {
			x.Expect(x.ShowJob(ctx, ended), jobStatus, gomega.Equal(ecs.JobSuccess), "the job to stay %s", ecs.JobSuccess)
		}
		x.Resize(ctx, x.another(s))
		x.Expect(x.ShowJob(ctx, ended), jobStatus, gomega.Equal(ecs.JobSuccess), "the job to stay %s when the server is resized again", ecs.JobSuccess)
	})
	w.scenario("RSZ-JOB-005", "showJob repeats the id that it was asked for", func(ctx context.Context, x *Exercise) {
		id := x.begun(ctx, x.Server(ctx, fixture.Stopped))
		x.each(ctx, id, func(a *ecs.Answer) { x.Expect(a, "/job_id", gomega.Equal(id), "the id that was asked for, %q", id) })
	})
	w.scenario("RSZ-JOB-006", "a server that the job names is the one that is resized", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.each(ctx, x.begun(ctx, s), func(a *ecs.Answer) {
			x.Expect(a, jobServer, gomega.Or(gomega.Equal(s.ID), gomega.BeNil()), "the server of the resize, %q, or none", s.ID)
		})
	})
	w.scenario("RSZ-JOB-016", "the job names the server that is resized", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.Expect(x.AwaitSuccessfulEnd(ctx, x.begun(ctx, s)), jobServer, gomega.Equal(s.ID), "the server of the resize, %q", s.ID)
	})
	w.scenario("RSZ-JOB-008", "a job ends after it began, and has no end before", func(ctx context.Context, x *Exercise) {
		x.each(ctx, x.begun(ctx, x.Server(ctx, fixture.Stopped)), x.InOrderOfTime)
	})
	w.scenario("RSZ-JOB-010", "when its job has succeeded the server has the new flavor", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.CarriedOut(ctx, x.good(s))
	})
	// The twin is a job of the same kind that exists. The ids have the two forms that real job ids were seen in.
	w.scenario("RSZ-JOB-011", "an unknown job is not shown", func(ctx context.Context, x *Exercise) {
		known := x.begun(ctx, x.Server(ctx, fixture.Stopped))
		for _, unknown := range []string{nobody, strings.ReplaceAll(nobody, "-", "")} {
			a, err := x.client().ShowJob(ctx, unknown)
			x.Rejected(x.answered(ctx, a, err, "an answer to the query for an unknown job"))
		}
		x.ShowJob(ctx, known)
	})
	// The server is looked at first and the job afterwards, so a job that ends between the two cannot be mistaken for a flavor that came too early.
	w.scenario("RSZ-JOB-012", "until its job has succeeded the server has the old flavor", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		id := x.begun(ctx, s)
		look := func(*ecs.Answer) {
			if now, shown := x.Show(ctx, s.ID); now.FlavorID != s.Flavor && Text(x.ShowJob(ctx, id), jobStatus) != ecs.JobSuccess {
				x.Fail(at(shown, serverFlavor), fmt.Sprintf("the old flavor, %q, while the job has not succeeded", s.Flavor), fmt.Sprintf("%q", now.FlavorID))
			}
		}
		look(nil)
		x.AwaitEnd(ctx, id, look)
	})
	w.scenario("RSZ-JOB-013", "the type of a resize job is resizeServer", func(ctx context.Context, x *Exercise) {
		shown := x.AwaitSuccessfulEnd(ctx, x.begun(ctx, x.Server(ctx, fixture.Stopped)))
		x.Expect(shown, "/job_type", gomega.Equal("resizeServer"), "job_type resizeServer")
	})
	w.scenario("RSZ-JOB-015", "a job is not shown to another project", func(ctx context.Context, x *Exercise) {
		id := x.begun(ctx, x.Server(ctx, fixture.Stopped))
		stranger := x.Target().Foreign
		a, err := x.client().ShowJob(ctx, id, ecs.As(stranger.Credentials), ecs.InProject(stranger.ID))
		x.Rejected(x.answered(ctx, a, err, "an answer to another project's query for the job"))
		x.ShowJob(ctx, id)
	})
	w.scenario("RSZ-JOB-018", "a job that succeeded tells no error", func(ctx context.Context, x *Exercise) {
		shown := x.AwaitSuccessfulEnd(ctx, x.begun(ctx, x.Server(ctx, fixture.Stopped)))
		x.Expect(shown, "/error_code", isNothing(), "no error code after a success")
		x.Expect(shown, "/fail_reason", isNothing(), "no reason of failure after a success")
	})
}

// begun starts a good resize and returns its job.
func (x *Exercise) begun(ctx context.Context, s *fixture.Server) (job string) {
	return x.AcceptedAsJob(x.Resize(ctx, x.good(s)))
}

// each looks at every answer about a job from its first one to its last.
func (x *Exercise) each(ctx context.Context, job string, look func(*ecs.Answer)) {
	look(x.ShowJob(ctx, job))
	x.AwaitEnd(ctx, job, look)
}

// forward says whether a job may go from one status to another. Stages may be skipped, and polling may miss them; a status that is not documented is for the schema to judge.
func forward(from, to string) bool {
	order := []string{ecs.JobPendingPayment, ecs.JobInit, ecs.JobRunning, ecs.JobSuccess, ecs.JobFail}
	f, t := slices.Index(order, from), slices.Index(order, to)
	return f < 0 || t < 0 || f < t && from != ecs.JobSuccess
}

// InOrderOfTime asserts that end_time is empty, null or absent until the job has ended, and never before begin_time. How times are written is for the schema to judge.
func (x *Exercise) InOrderOfTime(a *ecs.Answer) {
	j, err := a.Job()
	if err != nil {
		x.Fail(at(a, ""), "a job", err.Error())
	}
	if !j.Terminal() {
		x.Expect(a, "/end_time", isNothing(), "no end_time while the job is %s", j.Status)
		return
	}
	begin, errBegin := j.Begin()
	end, errEnd := j.End()
	if errBegin == nil && errEnd == nil && end.Before(begin) {
		x.Fail(at(a, "/end_time"), "an end_time that is not before begin_time, "+j.BeginTime, j.EndTime)
	}
	if j.EndTime == "" {
		x.Fail(at(a, "/end_time"), "an end_time when the job has ended", "nothing there")
	}
}
