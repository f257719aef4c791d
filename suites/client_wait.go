package suites

import (
	"context"
	"fmt"
	"slices"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
)

// clientWait is how a client waits for a job, and what it tells of one. The looks at the job are answered by a script.
func clientWait(w *writer) {
	w.scenario("RSZ-CLIENT-126", "a wait ends with its job, and not before", func(ctx context.Context, x *Exercise) {
		limit := x.untilOver()
		x.together(
			func() {
				c := x.waiting(ctx, ecs.Given(limit), jobAt("INIT"), jobAt("RUNNING"), jobAt("SUCCESS"))
				if n := looked(c); n < 3 {
					x.Tells(c, fmt.Sprintf("the wait to go on: the job was at %s at the last look, which was the %d.", []string{"INIT", "RUNNING"}[n-1], n), false)
				}
				status := toldStatus(c)
				x.Tells(c, "the wait to end with its job, which was at SUCCESS at look 3", c.Told.Result != nil && (status == "" || status == "SUCCESS"))
			},
			func() {
				c := x.waiting(ctx, ecs.Given(limit), jobAt("RUNNING"), jobFailed())
				x.Tells(c, "the wait to go on: the job was at RUNNING at the only look", looked(c) >= 2)
				x.Tells(c, "the wait to end with its job, which was at FAIL at look 2, and not with its time", !usedUp(c, limit))
			},
		)
	})
	w.scenario("RSZ-CLIENT-127", "a failed job is told with code and reason, and not as a success", func(ctx context.Context, x *Exercise) {
		tells := func(c *Called) {
			e := c.Told.Error
			x.Tells(c, "a job that failed not told as a success", e != nil || toldStatus(c) == "FAIL")
			code, reason := says(e, scriptedCode), says(e, scriptedReason)
			if e == nil {
				code, reason = is(c.Told.Result.Job.ErrorCode, scriptedCode), is(c.Told.Result.Job.FailReason, scriptedReason)
			}
			x.Tells(c, fmt.Sprintf("the code of the job's failure, %s, to be told", scriptedCode), code)
			x.Tells(c, fmt.Sprintf("the reason of the job's failure, %q, to be told", scriptedReason), reason)
		}
		x.together(
			func() { tells(x.waiting(ctx, ecs.Given(x.untilOver()), jobFailed())) },
			func() { tells(x.showing(ctx, jobFailed())) },
		)
	})
	w.scenario("RSZ-CLIENT-128", "a job that waits for payment is not told as a success", func(ctx context.Context, x *Exercise) {
		x.together(
			func() {
				c := x.waiting(ctx, ecs.Given(x.untilUp()), jobAt("PENDING_PAYMENT"))
				status := toldStatus(c)
				x.Tells(c, "a wait for a job at PENDING_PAYMENT not told as a success", c.Told.Error != nil || status != "" && status != "SUCCESS")
			},
			func() {
				c := x.showing(ctx, jobAt("PENDING_PAYMENT"))
				x.Tells(c, "a job at PENDING_PAYMENT not told as one that succeeded", toldStatus(c) != "SUCCESS")
			},
		)
	})
	w.scenario("RSZ-CLIENT-129", "a wait for a job that waits for payment does not use up its time in silence", func(ctx context.Context, x *Exercise) {
		limit := x.untilUp()
		c := x.waiting(ctx, ecs.Given(limit), jobAt("PENDING_PAYMENT"))
		x.Tells(c, "the wait to end and say that the user has to pay, rather than to use up its time", !usedUp(c, limit))
	})
	// The wait goes on when it looks again: what it makes of the job later is for others to say.
	w.scenario("RSZ-CLIENT-130", "a status that no source names is neither a success nor the end", func(ctx context.Context, x *Exercise) {
		const unheardOf = "MIGRATING"
		x.together(
			func() {
				c := x.waiting(ctx, ecs.Given(x.untilOver()), jobAt(unheardOf), jobAt("SUCCESS"))
				x.Tells(c, "the wait to go on after the status "+unheardOf, looked(c) >= 2)
			},
			func() {
				c := x.showing(ctx, jobAt(unheardOf))
				x.Tells(c, "the status "+unheardOf+" not told as one of a job that is over", !slices.Contains([]string{"SUCCESS", "FAIL"}, toldStatus(c)))
			},
		)
	})
	w.scenario("RSZ-CLIENT-131", "a wait ends with its time, as not finished", func(ctx context.Context, x *Exercise) {
		c := x.waiting(ctx, ecs.Timeout(x.untilUp()), jobAt("RUNNING"))
		status := toldStatus(c)
		x.Tells(c, "a wait whose time was up told as not finished", c.Told.Error != nil || status != "" && status != "SUCCESS" && status != "FAIL")
	})
	// It is seen once before it is gone: a client may give a job that was just begun time to appear.
	w.scenario("RSZ-CLIENT-132", "a job that is gone ends the wait, and is no success", func(ctx context.Context, x *Exercise) {
		limit := x.untilOver()
		x.together(
			func() {
				c := x.waiting(ctx, ecs.Given(limit), jobAt("RUNNING"), jobVanished())
				x.Tells(c, "the wait to end with an error when the job is not there any more", c.Told.Error != nil)
				x.Tells(c, "the wait to end soon when the job is not there any more, and not with its time", !usedUp(c, limit))
			},
			func() {
				c := x.showing(ctx, jobVanished())
				x.Tells(c, "an error when the job is not there", c.Told.Error != nil)
			},
		)
	})
	// Three times in a row: more than the repetitions of a single query hide. A client is given long, as it may come back later each time.
	w.scenario("RSZ-CLIENT-133", "a wait outlasts flow control", func(ctx context.Context, x *Exercise) {
		busy := gatewayThrottles("")
		c := x.waiting(ctx, ecs.Given(max(x.untilOver(), time.Minute)), jobAt("RUNNING"), busy, busy, busy, jobAt("SUCCESS"))
		status := toldStatus(c)
		x.Tells(c, "the wait to go on after 429, and to end with its job at SUCCESS", c.Told.Result != nil && (status == "" || status == "SUCCESS"))
	})
	w.scenario("RSZ-CLIENT-134", "how long a client pauses between two looks", func(ctx context.Context, x *Exercise) {
		c := x.waiting(ctx, ecs.Given(x.untilOver()), jobAt("RUNNING"), jobAt("SUCCESS"))
		asked := "it cannot be told how long"
		if x.looksSoon() {
			asked = "it was told to pause for 10ms"
		}
		for _, pause := range c.Account.Pauses(string(driver.ShowJob)) {
			x.Note("the client paused for %v between two looks at a job; %s", pause.Round(time.Millisecond), asked)
		}
	})
}
