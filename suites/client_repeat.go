package suites

import (
	"context"
	"fmt"
	"strings"
	"time"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
)

// clientRepeats is what a client sends again, and when. Each call has a port of its own and so a new connection: a client that only sends again what met an old
// connection in the moment of its end is not seen doing it.
func clientRepeats(w *writer) {
	w.scenario("RSZ-CLIENT-201", "a resize is not sent again after the connection broke", func(ctx context.Context, x *Exercise) {
		acts := []director.Act{director.Reset(), director.Close(), director.HalfClose(), director.CutOff(jobMade())}
		x.together(each(acts, func(act director.Act) {
			x.once(x.Call(ctx, x.thenAccepted(act), x.resizing(ecs.Grace(x.grace()))), act.Name)
		})...)
	})
	w.scenario("RSZ-CLIENT-202", "a resize is not sent again when no answer came", func(ctx context.Context, x *Exercise) {
		act := director.Stall()
		x.once(x.Call(ctx, x.thenAccepted(act), x.resizing(ecs.Timeout(x.patience()), ecs.Grace(x.grace()))), act.Name)
	})
	w.scenario("RSZ-CLIENT-203", "a resize is not sent again after 500, 502 and 504", func(ctx context.Context, x *Exercise) {
		page := director.Answer{Status: 502, Header: map[string][]string{"Content-Type": {"text/html"}}, Body: "<html><head><title>502 Bad Gateway</title></head></html>"}
		answers := []director.Answer{
			director.JSON(500, `{"error":{"code":"Ecs.0000","message":"internal error"}}`), page,
			director.JSON(504, `{"error_code":"APIGW.0201","error_msg":"Backend timeout."}`),
		}
		x.together(each(answers, func(a director.Answer) {
			x.once(x.Call(ctx, x.thenAccepted(director.Say(a)), x.resizing()), fmt.Sprintf("%d", a.Status))
		})...)
	})
	w.scenario("RSZ-CLIENT-204", "nothing is sent again before the time that Retry-After names", func(ctx context.Context, x *Exercise) {
		busy := director.JSON(503, `{"error":{"code":"Common.1503","message":"service is busy"}}`)
		busy.Header.Set("Retry-After", "1")
		var parts []func()
		for _, a := range []director.Answer{gatewayThrottles("1"), busy} {
			parts = append(parts,
				func() {
					x.comesBack(x.Call(ctx, x.thenAccepted(director.Say(a)), x.resizing()), x.resizeOperation(), a.Status)
				},
				func() {
					q := x.query()
					x.comesBack(x.Call(ctx, then(q.operation, director.Say(a), q.answer), q.ask()), q.operation, a.Status)
				})
		}
		x.together(parts...)
	})
	w.scenario("RSZ-CLIENT-205", "how often a query that fails is repeated", func(ctx context.Context, x *Exercise) {
		q := x.query()
		gone := director.JSON(504, `{"error_code":"APIGW.0201","error_msg":"Backend timeout."}`)
		c := x.Call(ctx, then(q.operation, director.Say(gone), gone), q.ask(ecs.Given(max(2*x.patience(), 3*time.Second)), ecs.Grace(x.grace())))
		x.Note("a query that was answered 504 each time was sent %d times within %v", len(c.Account.Of(q.operation)), c.Took.Round(time.Millisecond))
	})
}

// each makes a part of a scenario for each item.
func each[T any](items []T, do func(T)) []func() {
	parts := make([]func(), len(items))
	for i, item := range items {
		parts[i] = func() { do(item) }
	}
	return parts
}

// then is a script in which the first request of an operation meets an act, and later ones, should there be any, are answered.
func then(operation string, first director.Act, later director.Answer) []director.Step {
	return []director.Step{{Operation: operation, Act: first}, {Operation: operation, Nth: 2, Onwards: true, Spare: true, Act: director.Say(later)}}
}

func (x *Exercise) thenAccepted(first director.Act) []director.Step {
	return then(x.resizeOperation(), first, jobMade())
}

// once asserts that the resize was sent once.
func (x *Exercise) once(c *Called, fault string) {
	if operation := x.resizeOperation(); c.Account.Surplus(operation, 1) > 0 {
		x.Fail(x.sent(c, operation, 2), fmt.Sprintf("one resize, which met %s and may have been carried out", fault), "sent "+timed(c, operation))
	}
}

// shortly is how much earlier than asked a client may come back: clocks differ, and one second is told in whole ones.
const shortly = 100 * time.Millisecond

// comesBack asserts that what was answered with Retry-After: 1 is not sent again before.
func (x *Exercise) comesBack(c *Called, operation string, status int) {
	for i, pause := range c.Account.Pauses(operation) {
		if i == 0 && pause < time.Second-shortly {
			x.Fail(x.sent(c, operation, 2), fmt.Sprintf("%s not sent again within a second of %d with Retry-After: 1", operation, status), "sent "+timed(c, operation))
		}
	}
}

// sent is the place of the nth request of an operation.
func (x *Exercise) sent(c *Called, operation string, nth int) Place {
	for _, e := range c.Sent {
		if e.Judgement.Operation == operation {
			if nth--; nth == 0 {
				return Place{Exchange: e, In: "request", Steps: c.story()}
			}
		}
	}
	return Place{Exchange: c.Exchange, Steps: c.story()}
}

// timed lists the requests of an operation: "2 times, at 0s, 1.5ms (exchanges 7, 8)".
func timed(c *Called, operation string) string {
	requests := c.Account.Of(operation)
	times, ids := make([]string, len(requests)), make([]string, 0, len(c.Sent))
	for i, r := range requests {
		times[i] = r.At.Sub(requests[0].At).Round(100 * time.Microsecond).String()
	}
	for _, e := range c.Sent {
		if e.Judgement.Operation == operation {
			ids = append(ids, fmt.Sprint(e.ID))
		}
	}
	return fmt.Sprintf("%d times, at %s (exchanges %s)", len(requests), strings.Join(times, ", "), strings.Join(ids, ", "))
}

// query is a call that changes nothing, and a good answer to it.
type query struct {
	operation string
	answer    director.Answer
	ask       func(how ...ecs.Option) func(context.Context, *ecs.Client) (*ecs.Answer, error)
}

// query is one that the client has, or ends the scenario.
func (x *Exercise) query() query {
	with := func(send func(context.Context, *ecs.Client, ...ecs.Option) (*ecs.Answer, error)) func(...ecs.Option) func(context.Context, *ecs.Client) (*ecs.Answer, error) {
		return func(how ...ecs.Option) func(context.Context, *ecs.Client) (*ecs.Answer, error) {
			return func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) { return send(ctx, c, how...) }
		}
	}
	switch {
	case x.capable(driver.ShowJob):
		return query{string(ecs.ShowJob), jobAt("RUNNING"), with(func(ctx context.Context, c *ecs.Client, how ...ecs.Option) (*ecs.Answer, error) {
			return c.ShowJob(ctx, scriptedJob, how...)
		})}
	case x.capable(driver.ShowServer):
		answer := director.JSON(200, fmt.Sprintf(`{"server":{"id":%q,"name":"n","status":"SHUTOFF","flavor":{"id":"s3.large.2"}}}`, nobody))
		return query{string(ecs.ShowServer), answer, with(func(ctx context.Context, c *ecs.Client, how ...ecs.Option) (*ecs.Answer, error) {
			return c.ShowServer(ctx, nobody, how...)
		})}
	case x.capable(driver.ListResizeFlavors, driver.OptionInstance):
		return query{string(ecs.ListResizeFlavors), director.JSON(200, `{"flavors":[]}`), with(func(ctx context.Context, c *ecs.Client, how ...ecs.Option) (*ecs.Answer, error) {
			return c.ListResizeFlavors(ctx, ecs.FlavorQuery{InstanceUUID: nobody}, how...)
		})}
	}
	x.NotApplicable("it asks for a job, a server or the list of flavors, and the client offers none of these queries")
	return query{}
}
