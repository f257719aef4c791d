package ecs

import "time"

// Timeouts name how long each wait may take; see DefaultTimeouts for the documented table. A field of zero takes its default.
type Timeouts struct {
	Request time.Duration // one exchange, of an operation that Requests does not name
	Job     time.Duration // a resize job to a terminal status
	Power   time.Duration // a start or stop job
	Create  time.Duration // a create job
	Delete  time.Duration // a delete job
	Status  time.Duration // a server to a status, when its job is done already
	Poll    time.Duration // first pause between polls; grows to PollMax
	PollMax time.Duration
	// Requests is how long one exchange of an operation may take, where that is not Request.
	Requests map[Operation]time.Duration
}

// RequestOf is how long one exchange of an operation may take.
func (t Timeouts) RequestOf(o Operation) time.Duration {
	if limit := t.Requests[o]; limit > 0 {
		return limit
	}
	return t.Request
}

// DefaultTimeouts are the limits for a target that is given by its URL.
//
//	Request 30 s    of every operation: the gateway's own limit for its backend; an answer that takes longer is a 504 anyway
//	Job     10 min  observed: about 38 s for a stopped pay-per-use server; flavors that need another host take minutes
//	Power   5 min   observed: 15 to 20 s; a guest that ignores a soft stop is cut off by the service after some minutes
//	Create  10 min  observed: 30 to 90 s; large images take longer
//	Delete  5 min   observed: under a minute
//	Status  1 min   the job is over: only the read side has to catch up
//	Poll    5 s     what the vendor's Terraform provider uses
//	PollMax 15 s    so that a long job costs some dozen requests, far below any quota
//
// Source of what was observed: a developer's log of live runs (job durations) and the constants of golangsdk and the Terraform provider.
func DefaultTimeouts() Timeouts {
	return Timeouts{
		Request: 30 * time.Second,
		Job:     10 * time.Minute,
		Power:   5 * time.Minute,
		Create:  10 * time.Minute,
		Delete:  5 * time.Minute,
		Status:  time.Minute,
		Poll:    5 * time.Second,
		PollMax: 15 * time.Second,
	}
}

// EmbeddedTimeouts are the limits for the embedded emulator, whose jobs take 40 ms: generous enough for a loaded machine, and polled so
// often that every status is seen.
func EmbeddedTimeouts() Timeouts {
	return Timeouts{
		Request: 10 * time.Second,
		Job:     10 * time.Second,
		Power:   10 * time.Second,
		Create:  10 * time.Second,
		Delete:  10 * time.Second,
		Status:  5 * time.Second,
		Poll:    2 * time.Millisecond,
		PollMax: 10 * time.Millisecond,
	}
}

func (t Timeouts) orDefaults() Timeouts {
	d := DefaultTimeouts()
	for _, f := range []struct{ have, fallback *time.Duration }{
		{&t.Request, &d.Request}, {&t.Job, &d.Job}, {&t.Power, &d.Power}, {&t.Create, &d.Create},
		{&t.Delete, &d.Delete}, {&t.Status, &d.Status}, {&t.Poll, &d.Poll}, {&t.PollMax, &d.PollMax},
	} {
		if *f.have <= 0 {
			*f.have = *f.fallback
		}
	}
	t.PollMax = max(t.PollMax, t.Poll)
	return t
}
