package suites

import (
	"context"

	"github.com/onsi/gomega"

	"resize-conformance/harness/fixture"
)

// answers is what the answer to an accepted resize tells. What every answer must look like is judged by the contract's schema, exchange by exchange.
func answers(w *writer) {
	// 202 with a job is understood by every client that was looked at, so it is no more than worth telling.
	w.scenario("RSZ-RSP-001", "an accepted resize is answered 200", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		a := x.Resize(ctx, x.good(s))
		x.Accepted(a)
		x.ExpectStatus(a, "an accepted resize", x.scenario.Requirement.Statuses...)
	})
	// A client tells the two kinds of billing apart by these two members: an order that is not there would be waited for, or paid.
	w.scenario("RSZ-RSP-002", "the resize of a pay-per-use server answers with a job and without an order", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.jobWithoutOrder(ctx, x.good(s))
	})
	w.scenario("RSZ-RSP-003", "the resize of a yearly/monthly server answers with an order", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.YearlyMonthly)
		a := x.Resize(ctx, x.good(s))
		x.Accepted(a)
		x.Expect(a, "/order_id", isID(), "the id of the order")
	})
	w.scenario("RSZ-RSP-004", "the resize of a yearly/monthly server answers with a job beside the order", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.YearlyMonthly)
		a := x.Resize(ctx, x.good(s))
		x.Accepted(a)
		x.Expect(a, "/job_id", isID(), "the id of the job")
	})
}

// jobWithoutOrder asserts what the answer to an accepted pay-per-use resize tells, and returns the job's id.
func (x *Exercise) jobWithoutOrder(ctx context.Context, r request) string {
	a := x.Resize(ctx, r)
	x.Accepted(a)
	x.Expect(a, "/job_id", isID(), "the id of the job")
	x.Expect(a, "/order_id", gomega.BeNil(), "no order for a pay-per-use server")
	return Text(a, "/job_id")
}
