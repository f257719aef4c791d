package reference

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"resize-conformance/harness/driver"
)

// The statuses of a job that mean something to a wait. Any other one means that the job is under way.
const (
	jobSuccess        = "SUCCESS"
	jobFail           = "FAIL"
	jobPendingPayment = "PENDING_PAYMENT"
)

// wait looks at a job until it is over, or will not be, or the time is up.
func (c *Client) wait(ctx context.Context, r driver.Request, limit time.Duration) driver.Response {
	interval, last := c.config.Interval, ""
	if d := r.Params.Interval(); d > 0 {
		interval = d
	}
	for n := 1; ; n++ {
		told, hint := c.look(ctx, r)
		if over, end := c.watch(Look{Request: r, Number: n, Told: told, Pause: hint}); over {
			return end
		}
		if s := statusOf(told); s != "" {
			last = s
		}
		if c.config.Pause(ctx, max(interval, hint)) != nil {
			return timedOut(r.JobID, limit, last)
		}
	}
}

// look asks once for the job, within the time of one call: an answer that never comes must not use up the whole wait.
func (c *Client) look(ctx context.Context, r driver.Request) (driver.Response, time.Duration) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.config.Timeout, errTime)
	defer cancel()
	return c.once(ctx, r, c.config.Timeout)
}

func timedOut(job string, limit time.Duration, last string) driver.Response {
	if last == "" {
		last = "nothing"
	}
	return failed(driver.Error{Kind: driver.TimeoutError, Message: fmt.Sprintf("job %s was not over within %s; last seen: %s", job, limit, last)})
}

func statusOf(told driver.Response) string {
	if told.Result == nil || told.Result.Job == nil || told.Result.Job.Status == nil {
		return ""
	}
	return *told.Result.Job.Status
}

// watch ends a wait when the job is over, when it waits for a payment that nobody here can make, and when it cannot be seen any more. A server that asks to
// come back later is no reason to give up, and neither is an answer that took too long.
func watch(l Look) (bool, driver.Response) {
	if e := l.Told.Error; e != nil {
		return e.Kind != driver.TimeoutError && !(e.Kind == driver.APIError && throttled(e.Status, e.Code)), l.Told
	}
	switch job := l.Told.Result.Job; statusOf(l.Told) {
	case "":
		return true, l.Told // whoever reads answers otherwise has read something that is no job: the wait tells it as it is
	case jobSuccess:
		return true, l.Told
	case jobFail:
		return true, failed(driver.Error{Kind: driver.JobError, Status: http.StatusOK, Code: deref(job.ErrorCode), Message: "the job failed: " + deref(job.FailReason)})
	case jobPendingPayment:
		return true, failed(driver.Error{Kind: driver.JobError, Status: http.StatusOK, Message: "the job is PENDING_PAYMENT: it goes on when its order is paid"})
	}
	return false, driver.Response{}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
