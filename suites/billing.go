package suites

import (
	"context"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// billing is what the way a server is paid for has to do with its resize. isAutoPay "true" spends money on a real cloud, so the one scenario that sends it for a
// yearly/monthly server needs a capability of its own.
func billing(w *writer) {
	w.scenario("RSZ-BILL-001", "v1.1 resizes a pay-per-use server", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		_, shown := x.Show(ctx, s.ID)
		x.Expect(shown, "/server/metadata/charging_mode", gomega.Or(gomega.Equal("0"), gomega.BeNil()), `charging_mode "0" (pay-per-use)`)
		x.CarriedOut(ctx, x.good(s))
	})
	w.scenario("RSZ-BILL-002", "v1.1 takes the resize of a yearly/monthly server", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.YearlyMonthly)
		x.Accepted(x.Resize(ctx, x.good(s)))
	})
	w.scenario("RSZ-BILL-003", `with isAutoPay "true" the resize of a yearly/monthly server proceeds by itself`, func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.YearlyMonthly)
		r := x.good(s)
		r.what.AutoPay = "true"
		x.CarriedOut(ctx, r)
	})
	w.scenario("RSZ-BILL-004", `with isAutoPay "false" the resize of a yearly/monthly server waits for payment`, func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.YearlyMonthly)
		r := x.good(s)
		r.what.AutoPay = "false"
		x.waitsForPayment(ctx, r)
	})
	// Absent is the default that a client gets which never heard of the field: taking money then would be the worst mistake of all.
	w.scenario("RSZ-BILL-005", "without isAutoPay the resize of a yearly/monthly server waits for payment", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.YearlyMonthly)
		x.waitsForPayment(ctx, x.good(s))
	})
	// "false" is the one that could make a pay-per-use resize wait, "true" the one that could make an order; a widely used client sends the latter for every server.
	w.scenario("RSZ-BILL-006", "isAutoPay has no effect on a pay-per-use server", func(ctx context.Context, x *Exercise) {
		for _, pay := range []string{"false", "true"} {
			s := x.Server(ctx, fixture.Stopped)
			r := x.good(s)
			r.what.AutoPay = pay
			x.AwaitSuccess(ctx, x.jobWithoutOrder(ctx, r))
			x.ShowsFlavor(ctx, s.ID, r.what.FlavorRef)
			x.GiveBack(ctx, s)
		}
	})
	w.scenario("RSZ-BILL-007", "once its order is paid the resize of a yearly/monthly server proceeds", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.YearlyMonthly)
		r := x.good(s)
		job, order := x.waitsForPayment(ctx, r)
		x.Pay(ctx, order)
		x.AwaitSuccess(ctx, job)
		x.ShowsFlavor(ctx, s.ID, r.what.FlavorRef)
	})
	// A resize that did not wait would be done by the time that another one is, which begins later.
	w.scenario("RSZ-BILL-008", "while its order is unpaid a yearly/monthly server keeps its flavor", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.YearlyMonthly)
		x.waitsForPayment(ctx, x.good(s))
		x.anotherResize(ctx)
		_, shown := x.Show(ctx, s.ID)
		x.Expect(shown, serverFlavor, gomega.Equal(s.Flavor), "the server's flavor unchanged, %q", s.Flavor)
	})
}

// waitsForPayment asserts that a resize is accepted with an order and that its job does not begin. An answer without a job leaves only the server to look at.
func (x *Exercise) waitsForPayment(ctx context.Context, r request) (job, order string) {
	a := x.Resize(ctx, r)
	job, order = x.Accepted(a)
	x.Expect(a, "/order_id", isID(), "the id of the order that is to be paid")
	if job == "" {
		_, shown := x.Show(ctx, r.to)
		x.Expect(shown, serverTask, isNothing(), "nothing under way before the order is paid")
		return job, order
	}
	shown := x.ShowJob(ctx, job)
	if Text(shown, jobStatus) == ecs.JobInit {
		// Not every edition has a status of its own for a job that waits. One that stays INIT while a later resize is done from beginning to end is waiting.
		x.anotherResize(ctx)
		shown = x.ShowJob(ctx, job)
	}
	x.Expect(shown, jobStatus, gomega.BeElementOf(ecs.JobPendingPayment, ecs.JobInit), "the job to wait for the payment of its order (%s, or %s for good)", ecs.JobPendingPayment, ecs.JobInit)
	return job, order
}

// anotherResize lets the time pass that a resize takes, by having one.
func (x *Exercise) anotherResize(ctx context.Context) {
	x.Preparing("another resize in the meantime", func() {
		s := x.Server(ctx, fixture.Stopped)
		x.CarriedOut(ctx, x.good(s))
		x.GiveBack(ctx, s)
	})
}

// Pay settles an order through the target, which must let the run do so.
func (x *Exercise) Pay(ctx context.Context, order string) {
	if err := x.env.Target.Servers.Pay(ctx, order); err != nil {
		x.setUp("order "+order+" could not be paid", err)
	}
}
