package suites

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
)

// The job that scripts speak of, and why it fails when it does.
const (
	scriptedJob    = "ff80808288d41e1b018990260955686a"
	scriptedCode   = "Ecs.0207"
	scriptedReason = "the resources of the host are exhausted"
)

// What showJob answers in scripts.
func jobAt(status string) director.Answer { return jobDocument(status, "null", "null") }

func jobFailed() director.Answer {
	return jobDocument("FAIL", `"`+scriptedCode+`"`, `"`+scriptedReason+`"`)
}

func jobDocument(status, code, reason string) director.Answer {
	return director.JSON(200, fmt.Sprintf(`{"status":%q,"entities":{"server_id":%q},"job_id":%q,"job_type":"resizeServer","begin_time":"2026-01-01T00:00:00.000Z","end_time":"","error_code":%s,"fail_reason":%s}`,
		status, nobody, scriptedJob, code, reason))
}

// jobVanished is how the job query refuses an id that it does not know (any more).
func jobVanished() director.Answer {
	return director.JSON(400, `{"message":"querying system task failed","code":"Common.0011"}`)
}

// gatewayThrottles is flow control of the gateway; for how long is in header, or nowhere.
func gatewayThrottles(retryAfter string) director.Answer {
	a := director.JSON(429, `{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached: policy api over ratelimit,limit:1,time:1 minute"}`)
	if retryAfter != "" {
		a.Header.Set("Retry-After", retryAfter)
	}
	return a
}

// looks is a script for looks at a job: an answer for each, and the last one for all that follow. A client need not come back after the first.
func looks(answers ...director.Answer) []director.Step {
	var steps []director.Step
	for i, a := range slices.Concat(answers, answers[len(answers)-1:]) {
		steps = append(steps, director.Step{Operation: string(ecs.ShowJob), Nth: i + 1, Onwards: i == len(answers), Spare: i > 0, Act: director.Say(a)})
	}
	return steps
}

// looked is how often the client looked at the job.
func looked(c *Called) int { return len(c.Account.Of(string(ecs.ShowJob))) }

// showing asks once for the job.
func (x *Exercise) showing(ctx context.Context, answer director.Answer) *Called {
	return x.Call(ctx, looks(answer), func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) { return c.ShowJob(ctx, scriptedJob) })
}

// waiting has the client wait for the job, and look again soon where it can be told to.
func (x *Exercise) waiting(ctx context.Context, limit ecs.Option, answers ...director.Answer) *Called {
	grace, interval := ecs.DefaultGrace, time.Duration(0)
	if x.looksSoon() {
		grace, interval = x.grace(), 10*time.Millisecond
	}
	return x.Call(ctx, looks(answers...), func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) {
		return c.AwaitJob(ctx, scriptedJob, interval, limit, ecs.Grace(grace))
	})
}

// capable says whether the client has an operation with these options.
func (x *Exercise) capable(o driver.Operation, options ...driver.Option) bool {
	x.needsClient()
	return x.env.Target.Under.Driver.Hello().Has(o, options...)
}

// looksSoon says whether the client can be told how long to pause between two looks.
func (x *Exercise) looksSoon() bool { return x.capable(driver.WaitForJob, driver.OptionInterval) }

// patience is how long a client is told to take where no answer comes.
func (x *Exercise) patience() time.Duration {
	x.needsClient()
	return x.env.Target.Under.Patience
}

// grace is how much longer than that it is waited for: a machine may be busy, and a client that never comes back costs that much. One that has no time limit may be
// slow by nature.
func (x *Exercise) grace() time.Duration {
	if !x.env.Target.Under.Driver.Hello().Timeout {
		return max(2*x.patience(), ecs.DefaultGrace)
	}
	return max(2*x.patience(), 3*time.Second)
}

// untilOver is a limit for waits that are to end with their job and not with their time. A client with a pause of its own is given several of them: some pause
// for five seconds before and after a look.
func (x *Exercise) untilOver() time.Duration {
	if x.looksSoon() {
		return max(5*x.patience(), 3*time.Second)
	}
	return max(5*x.patience(), time.Minute)
}

// untilUp is a limit for waits that use up their time: long enough for a look.
func (x *Exercise) untilUp() time.Duration {
	if x.looksSoon() {
		return x.patience()
	}
	return max(x.patience(), 8*time.Second)
}

// usedUp says whether a call ended because its time was up, by what it tells or, where it does not say why it ended, by the clock.
func usedUp(c *Called, limit time.Duration) bool {
	e := c.Told.Error
	return e != nil && (e.Kind == driver.TimeoutError || e.Kind == driver.OtherError && c.Took >= limit)
}

// toldStatus is the status of the job that was told, "" where none was.
func toldStatus(c *Called) string {
	if r := c.Told.Result; r != nil && r.Job != nil && r.Job.Status != nil {
		return *r.Job.Status
	}
	return ""
}

// says says whether a text stands anywhere in the error that was told.
func says(e *driver.Error, text string) bool {
	return e != nil && strings.Contains(strings.ToLower(e.Code+"\n"+e.Message), strings.ToLower(text))
}
