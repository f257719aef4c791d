package suites

import (
	"context"

	"resize-conformance/harness/fixture"
)

// v1 is the older sibling of the operation. Its requirements stand on an operation of their own, so that every resize in these scenarios goes to the v1 path.
func v1(w *writer) {
	w.scenario("RSZ-V1-001", "v1 resizes a pay-per-use server", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.CarriedOut(ctx, x.good(s))
	})
	w.scenario("RSZ-V1-011", "v1 answers an unknown server 404", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		unknown := x.good(s)
		unknown.to = nobody
		x.MustReject(ctx, s, x.good(s).dry(), unknown)
	})
	w.scenario("RSZ-V1-002", "v1 does not resize a yearly/monthly server", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.YearlyMonthly)
	})
	w.rejectsBodies("RSZ-V1-003", "v1 rejects a resize without flavorRef", goodBody,
		`{"resize":{}}`,
	)
	w.scenario("RSZ-V1-004", "v1 does not resize a running server", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.Running)
	})
	w.takes(fixture.Stopped, fixture.Stopped)
	w.scenario("RSZ-V1-012", "v1 does not resize a locked server", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.Locked)
	})
	w.scenario("RSZ-V1-013", "v1 does not resize a frozen server", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.Frozen)
	})
	w.scenario("RSZ-V1-005", "v1 answers a valid dry run 202 and changes nothing", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.ExpectStatus(x.Resize(ctx, x.good(s).dry()), "a valid dry run", x.scenario.Requirement.Statuses...)
		x.leavesNothing(ctx, s, x.good(s).dry())
	})
	w.scenario("RSZ-V1-006", "v1 answers with a job and without an order", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.jobWithoutOrder(ctx, x.good(s))
	})
	w.cases("RSZ-V1-008", "v1 rejects a body that breaks its schema or is no JSON, and accepts one that keeps it")
	w.cases("RSZ-V1-009", "v1 does not accept a body that is declared to be something else than JSON")
	w.cases("RSZ-V1-010", "what no source speaks of brings no server error from v1")
}
