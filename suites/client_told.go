package suites

import (
	"context"
	"fmt"
	"net/http"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
)

// The ids of an order and its job, as they come.
const (
	orderID = "CS1711152257C60TL"
	both    = `{"order_id":"` + orderID + `","job_id":"` + someJob + `"}`
)

// clientTold is what a client tells its user of what was accepted. The answers are scripted: none of these calls reaches the server.
func clientTold(w *writer) {
	// Ids with and without dashes, and one that looks like a number: a client that reads them as more than text tells another one.
	w.scenario("RSZ-CLIENT-101", "the id of a job is told as it came", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		for _, id := range []string{someJob, "ff808082-88d4-1e1b-0189-90260955686a", "20250323"} {
			c := x.Told(ctx, x.resizingOnce(), director.JSON(200, fmt.Sprintf(`{"job_id":%q}`, id)))
			x.Reads(c, fmt.Sprintf("the user to be told of job %q", id), tellsJob(id))
		}
	})
	w.scenario("RSZ-CLIENT-102", "of an order and its job both are told", func(ctx context.Context, x *Exercise) {
		x.ordersApply()
		x.idsTold()
		c := x.Told(ctx, x.resizingOnce(), director.JSON(200, both))
		x.Reads(c, fmt.Sprintf("the user to be told of order %q and of job %q", orderID, someJob), func(r *driver.Result) bool {
			return is(r.OrderID, orderID) && tellsJob(someJob)(r)
		})
	})
	w.scenario("RSZ-CLIENT-103", "an order without a job is told as that", func(ctx context.Context, x *Exercise) {
		x.ordersApply()
		x.idsTold()
		c := x.Told(ctx, x.resizingOnce(), director.JSON(200, `{"order_id":"`+orderID+`"}`))
		x.Reads(c, fmt.Sprintf("the user to be told of order %q and of no job", orderID), func(r *driver.Result) bool {
			return is(r.OrderID, orderID) && (r.JobID == nil || *r.JobID == "")
		})
	})
	// The job runs, wherever the client looks at it: nothing is done yet.
	w.scenario("RSZ-CLIENT-104", "accepted is not told as done", func(ctx context.Context, x *Exercise) {
		c := x.Told(ctx, x.resizingOnce(), director.JSON(200, `{"job_id":"`+someJob+`"}`))
		x.Keeps(c)
	})
	w.scenario("RSZ-CLIENT-105", "201, 202 and 204 are taken for acceptance", func(ctx context.Context, x *Exercise) {
		for _, status := range []int{http.StatusCreated, http.StatusAccepted} {
			c := x.Told(ctx, x.resizingOnce(), director.JSON(status, `{"job_id":"`+someJob+`"}`))
			x.Reads(c, fmt.Sprintf("an answer of status %d to be told like one of status 200, with job %q", status, someJob), tellsJob(someJob))
		}
		c := x.Told(ctx, x.resizingOnce(), director.Answer{Status: http.StatusNoContent})
		x.Reads(c, "an answer of status 204 to be told as success", func(*driver.Result) bool { return true })
	})
	// No source shows the body of this answer.
	w.scenario("RSZ-CLIENT-106", "202 to a dry run is told as passed", func(ctx context.Context, x *Exercise) {
		dry := x.resizingOnce()
		dry.ask = func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) {
			return c.Resize(ctx, nobody, ecs.Resize{FlavorRef: "s3.large.2", DryRun: new(true)}, x.version()...)
		}
		for _, answer := range []director.Answer{director.JSON(202, `{}`), {Status: 202}, director.JSON(202, `{"job_id":"`+someJob+`"}`)} {
			c := x.Told(ctx, dry, answer)
			x.Reads(c, fmt.Sprintf("202 to a dry run to be told as success, with the body %q", answer.Body), func(*driver.Result) bool { return true })
		}
	})
	// Without a place to go to, and with one that is the same server's: a client that goes there finds nothing.
	w.scenario("RSZ-CLIENT-107", "a redirect is not told as success", func(ctx context.Context, x *Exercise) {
		elsewhere := http.Header{"Location": {"/v1/nothing-here"}}
		for _, answer := range []director.Answer{
			{Status: http.StatusMultipleChoices}, {Status: http.StatusFound}, {Status: http.StatusTemporaryRedirect}, {Status: http.StatusPermanentRedirect},
			{Status: http.StatusFound, Header: elsewhere}, {Status: http.StatusTemporaryRedirect, Header: elsewhere},
			director.JSON(http.StatusMultipleChoices, `{"choices":[]}`),
		} {
			x.Refuses(x.Told(ctx, x.resizingOnce(), answer), fmt.Sprintf("an answer of status %d not to be told as success", answer.Status))
		}
	})
	w.scenario("RSZ-CLIENT-138", "the job of a start and of a stop is told", func(ctx context.Context, x *Exercise) {
		for _, r := range x.whichever(starting(), stopping()) {
			c := x.Told(ctx, r, director.JSON(200, `{"job_id":"`+someJob+`"}`))
			x.Reads(c, fmt.Sprintf("the user of %s to be told of job %q", r.operation, someJob), tellsJob(someJob))
		}
	})
}

// ordersApply ends a scenario where nothing can be ordered: a resize of v1 has no orders.
func (x *Exercise) ordersApply() {
	if x.scenario.v1 {
		x.NotApplicable("the resize of v1 is not answered with orders")
	}
}
