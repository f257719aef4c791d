package ecs

import (
	"context"
	"fmt"
	"time"
)

// The statuses of a job. SUCCESS and FAIL are terminal.
const (
	JobInit           = "INIT"
	JobRunning        = "RUNNING"
	JobSuccess        = "SUCCESS"
	JobFail           = "FAIL"
	JobPendingPayment = "PENDING_PAYMENT" // of a yearly/monthly resize or create whose order is not paid
)

// Job is a job as showJob shows it. A member that is null or absent is "".
type Job struct {
	ID         string
	Type       string
	Status     string
	BeginTime  string // as it came
	EndTime    string // as it came; "" until the job ends
	ErrorCode  string
	FailReason string
	ServerID   string // entities.server_id; "" when it is not there
	SubJobs    []Job  // entities.sub_jobs
}

// Terminal says whether the job is over.
func (j *Job) Terminal() bool { return j.Status == JobSuccess || j.Status == JobFail }

// JobTimeLayout is the format of a job's times: UTC with milliseconds.
const JobTimeLayout = "2006-01-02T15:04:05.000Z"

// Begin reads BeginTime.
func (j *Job) Begin() (time.Time, error) { return jobTime("begin_time", j.BeginTime) }

// End reads EndTime.
func (j *Job) End() (time.Time, error) { return jobTime("end_time", j.EndTime) }

func jobTime(name, value string) (time.Time, error) {
	t, err := time.Parse(JobTimeLayout, value)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: wanted a UTC time like 2026-01-31T12:34:56.789Z, got %q", name, value)
	}
	return t, nil
}

// ShowJob asks how a job is doing. Jobs of both versions are shown by v1.
func (c *Client) ShowJob(ctx context.Context, jobID string, o ...Option) (*Answer, error) {
	return c.Do(ctx, Call{Operation: ShowJob, JobID: jobID}, o...)
}

// Job decodes the answer of showJob.
func (a *Answer) Job() (*Job, error) {
	body, err := a.document()
	if err != nil {
		return nil, err
	}
	if _, err := body.object(); err != nil {
		return nil, err
	}
	return readJob(body, 0)
}

// subJobDepth bounds the nesting of sub-jobs that is read; one level is documented.
const subJobDepth = 4

func readJob(n node, depth int) (*Job, error) {
	var r reader
	j := &Job{
		ID:         r.optional(n.at("job_id")),
		Type:       r.optional(n.at("job_type")),
		Status:     r.text(n.at("status")),
		BeginTime:  r.optional(n.at("begin_time")),
		EndTime:    r.optional(n.at("end_time")),
		ErrorCode:  r.optional(n.at("error_code")),
		FailReason: r.optional(n.at("fail_reason")),
		ServerID:   r.optional(n.at("entities", "server_id")),
	}
	if depth < subJobDepth {
		for _, s := range take(&r, n.at("entities", "sub_jobs").list) {
			sub, err := readJob(s, depth+1)
			if err != nil {
				return nil, err
			}
			j.SubJobs = append(j.SubJobs, *sub)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return j, nil
}
