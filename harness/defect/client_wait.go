package defect

import (
	"context"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
)

// clientWaitDefects do not wait for a job as they must, or do not tell how it ended.
func clientWaitDefects() []ClientDefect {
	done := func(status string) func(*reference.Config) {
		return inLooks(func(watch reference.Watcher, l reference.Look) (bool, driver.Response) {
			if jobStatus(l.Told) == status {
				return true, l.Told
			}
			return watch(l)
		})
	}
	goesOn := func(status string) func(*reference.Config) {
		return inLooks(func(watch reference.Watcher, l reference.Look) (bool, driver.Response) {
			if jobStatus(l.Told) == status {
				return false, driver.Response{}
			}
			return watch(l)
		})
	}
	succeeds := func(when func(reference.Look) bool) func(*reference.Config) {
		return inLooks(func(watch reference.Watcher, l reference.Look) (bool, driver.Response) {
			if when(l) {
				return true, driver.Response{Result: &driver.Result{Job: &driver.Job{ID: text(l.Request.JobID), Status: text("SUCCESS")}}}
			}
			return watch(l)
		})
	}
	return []ClientDefect{
		{Name: "running-is-done", Title: "ends its wait when the job runs", Breaks: []string{"RSZ-CLIENT-126"}, Apply: succeeds(func(l reference.Look) bool { return jobStatus(l.Told) == "RUNNING" })},
		{Name: "looks-only-once", Title: "looks at a job once and tells what it saw", Breaks: []string{"RSZ-CLIENT-126"}, Apply: inLooks(func(_ reference.Watcher, l reference.Look) (bool, driver.Response) { return true, l.Told })},
		{Name: "failed-job-is-success", Title: "tells a failed job as one that succeeded", Breaks: []string{"RSZ-CLIENT-127"}, Apply: succeeds(func(l reference.Look) bool { return jobStatus(l.Told) == "FAIL" })},
		{Name: "failed-job-without-reason", Title: "does not tell why a job failed", Breaks: []string{"RSZ-CLIENT-127"}, Apply: inClientErrors(func(_ driver.Request, e *driver.Error) {
			if e.Kind == driver.JobError {
				e.Code, e.Message = "", "the job failed"
			}
		})},
		{Name: "failed-job-waited-for", Title: "waits for a job that has failed until the time is up", Breaks: []string{"RSZ-CLIENT-126", "RSZ-CLIENT-127"}, Apply: goesOn("FAIL")},
		{Name: "unpaid-is-success", Title: "tells a job whose order is not paid as one that succeeded", Breaks: []string{"RSZ-CLIENT-128"}, Apply: succeeds(func(l reference.Look) bool { return jobStatus(l.Told) == "PENDING_PAYMENT" })},
		{Name: "polls-forever-unpaid", Title: "waits for a payment that nobody was told about", Breaks: []string{"RSZ-CLIENT-129"}, Apply: goesOn("PENDING_PAYMENT")},
		{Name: "unknown-status-is-success", Title: "takes a status that it does not know for success", Breaks: []string{"RSZ-CLIENT-130"}, Apply: succeeds(func(l reference.Look) bool {
			switch jobStatus(l.Told) {
			case "", "INIT", "RUNNING", "FAIL", "PENDING_PAYMENT":
				return false
			}
			return true
		})},
		{Name: "waits-without-limit", Title: "does not heed the time that it was given for a wait", Breaks: []string{"RSZ-CLIENT-131"}, Apply: inCalls(func(call reference.Teller, ctx context.Context, r driver.Request) driver.Response {
			if r.Operation == driver.WaitForJob {
				r.TimeoutMS = 0
			}
			return call(ctx, r)
		})},
		{Name: "time-up-is-success", Title: "tells success when the time is up", Breaks: []string{"RSZ-CLIENT-131"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if r.Operation == driver.WaitForJob && told.Error != nil && told.Error.Kind == driver.TimeoutError {
				*told = passes()
			}
		})},
		{Name: "vanished-job-is-success", Title: "takes a job that is not there any more for one that succeeded", Breaks: []string{"RSZ-CLIENT-132"}, Apply: succeeds(func(l reference.Look) bool {
			return l.Told.Error != nil && (l.Told.Error.Status == 404 || l.Told.Error.Code == "Common.0011")
		})},
		{Name: "throttled-wait-given-up", Title: "gives a wait up when it is asked to come back later", Breaks: []string{"RSZ-CLIENT-133"}, Apply: inLooks(func(watch reference.Watcher, l reference.Look) (bool, driver.Response) {
			if l.Told.Error != nil {
				return true, l.Told
			}
			return watch(l)
		})},
		{Name: "polls-without-pause", Title: "looks at a job, and sends a query again, without a pause", Breaks: []string{"RSZ-CLIENT-134", "RSZ-CLIENT-204"}, Apply: func(c *reference.Config) {
			c.Pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
		}},
		{Name: "vanished-job-waited-for", Title: "waits for a job that is not there any more until the time is up", Breaks: []string{"RSZ-CLIENT-132"}, Apply: inLooks(func(watch reference.Watcher, l reference.Look) (bool, driver.Response) {
			if l.Told.Error != nil && (l.Told.Error.Status == 404 || l.Told.Error.Code == "Common.0011") {
				return false, driver.Response{}
			}
			return watch(l)
		})},
		{Name: "unknown-status-ends-wait", Title: "gives a wait up over a status that it does not know", Breaks: []string{"RSZ-CLIENT-130"}, Apply: inLooks(func(watch reference.Watcher, l reference.Look) (bool, driver.Response) {
			switch jobStatus(l.Told) {
			case "", "INIT", "RUNNING", "FAIL", "SUCCESS", "PENDING_PAYMENT":
				return watch(l)
			}
			return true, driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Message: "status: unknown value"}}
		})},
		{Name: "init-is-done", Title: "ends its wait at INIT and tells the job as it is", Breaks: []string{"RSZ-CLIENT-126"}, Apply: done("INIT")},
	}
}

func jobStatus(told driver.Response) string {
	if told.Result == nil || told.Result.Job == nil || told.Result.Job.Status == nil {
		return ""
	}
	return *told.Result.Job.Status
}
