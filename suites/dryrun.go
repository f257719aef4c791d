package suites

import (
	"context"

	"resize-conformance/harness/fixture"
)

// dryRun is dry_run: asking whether a resize would be taken, without having it.
func dryRun(w *writer) {
	w.scenario("RSZ-DRY-001", "a valid dry run is answered 202", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.ExpectStatus(x.Resize(ctx, x.good(s).dry()), "a valid dry run", x.scenario.Requirement.Statuses...)
	})
	w.scenario("RSZ-DRY-002", "a dry run changes nothing", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.leavesNothing(ctx, s, x.good(s).dry())
	})
	// Only what the reference names is asked for: mandatory members and the form of the request. How much deeper a dry run looks is undocumented.
	w.rejectsBodies("RSZ-DRY-003", "an invalid dry run is answered with the error", goodBody,
		`{"resize":{},"dry_run":true}`, `{"dry_run":true}`, `{"resize":{"flavorRef":5},"dry_run":true}`, `{"resize":[],"dry_run":true}`, `{"resize":{"flavorRef":"FLAVOR"},"dry_run":true`,
	)
	w.scenario("RSZ-DRY-004", "a resize with dry_run false is carried out", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		r := x.good(s)
		r.what.DryRun = new(false)
		x.CarriedOut(ctx, r)
	})
	// The newest wording says that such a request goes out unchecked; nobody can see that from outside, as it must be refused all the same.
	w.rejectsBodies("RSZ-DRY-005", "an invalid resize with dry_run false is refused", goodBody,
		`{"resize":{},"dry_run":false}`, `{"dry_run":false}`, `{"resize":{"flavorRef":5},"dry_run":false}`, `{"resize":[],"dry_run":false}`,
	)
}

// leavesNothing asserts that a dry run is accepted and that neither the server nor a job shows any trace of it. Another resize follows: it would be refused, or
// not have the last word, if the dry run had begun something that shows only later.
func (x *Exercise) leavesNothing(ctx context.Context, s *fixture.Server, dry request) {
	a := x.Resize(ctx, dry)
	x.Understood(a, "a valid dry run")
	x.Unchanged(ctx, s)
	if job, handedOut := a.JobID(); handedOut && job != "" {
		shown, err := x.client().ShowJob(ctx, job)
		if shown = x.answered(ctx, shown, err, "showJob to tell about the id in the answer to a dry run"); shown.Status == 200 {
			x.Fail(at(shown, jobStatus), "no job that runs for a dry run", "a job that is "+Text(shown, jobStatus))
		}
	}
	x.CarriedOut(ctx, x.another(s))
	_, after := x.Show(ctx, s.ID)
	x.Expect(after, serverTask, isNothing(), "nothing under way any more")
}
