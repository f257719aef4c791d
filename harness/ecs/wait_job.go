package ecs

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// JobHistory is what a wait saw of a job.
type JobHistory struct {
	History
	Job    *Job    // as last seen
	Answer *Answer // the last answer
}

// WaitForJob polls a job until it is over: SUCCESS or FAIL, or a status given with Until. The limit is Timeouts.Job unless an option says otherwise. A job
// that failed is no error here; see WaitForSuccess. Throttled polls are repeated, after Retry-After where the server says so. The history is never nil.
//
// The error is a *WaitError: the time was up, ctx ended, an answer was no job, or none came three times in a row.
func (c *Client) WaitForJob(ctx context.Context, jobID string, o ...WaitOption) (*JobHistory, error) {
	w := &wait{what: "job " + jobID + " to end", limit: c.config.Timeouts.Job, limitName: "Timeouts.Job", timeouts: c.config.Timeouts}
	for _, option := range o {
		option(w)
	}
	h := &JobHistory{}
	err := w.poll(ctx,
		func(ctx context.Context) (*Answer, error) { return c.ShowJob(ctx, jobID) },
		func(a *Answer) (string, bool, error) {
			h.Answer = a
			if a.Status != http.StatusOK {
				return "", false, fmt.Errorf("wanted 200 with the job, got %s (exchange %d)", a.Summary(), a.ID)
			}
			job, err := a.Job()
			if err != nil {
				return "", false, err
			}
			h.Job = job
			return job.Status, job.Terminal() || slices.Contains(w.until, job.Status), nil
		})
	h.History = w.history
	return h, err
}

// WaitForSuccess is WaitForJob for jobs that must succeed: a failed one is an error with the code and the reason.
func (c *Client) WaitForSuccess(ctx context.Context, jobID string, o ...WaitOption) (*JobHistory, error) {
	h, err := c.WaitForJob(ctx, jobID, o...)
	if err == nil && h.Job.Status != JobSuccess {
		err = fmt.Errorf("wanted job %s to end in SUCCESS, got %s with error code %q: %s (exchange %d)",
			jobID, h.Job.Status, h.Job.ErrorCode, h.Job.FailReason, h.Answer.ID)
	}
	return h, err
}

// AwaitJob has a client under test wait for a job in its own way. interval is the pause between two looks, for a client that can be told; 0 is the client's
// own. The built-in client cannot: it has WaitForJob.
func (c *Client) AwaitJob(ctx context.Context, jobID string, interval time.Duration, o ...Option) (*Answer, error) {
	return c.Do(ctx, Call{Operation: WaitForJob, JobID: jobID, Interval: interval}, o...)
}
