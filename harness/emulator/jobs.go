package emulator

import (
	"container/heap"
	"net/http"
	"time"
)

// job is asynchronous work. A resize has one task, shown as the job itself; batch operations and create have one for each
// server, shown as sub-jobs.
type job struct {
	id, kind, project string
	accepted, endedAt time.Time
	tasks             []*task
	subJobs           bool
	orderID           string // the order it came with, paid or not; "" for none
	unpaid            *order // the order it waits for; nil once it runs
}

// task is the work on one server, carried out by its plan.
type task struct {
	job     *job
	id      string // of the sub-job
	kind    string
	order   Order
	plan    Plan
	next    int // index of the next step
	began   time.Time
	endedAt time.Time
	status  JobStatus
	failure *Failure
	index   int // in the queue
}

func (t *task) nextAt() time.Time { return t.began.Add(t.plan[t.next].After) }

// Types of jobs. resizeServer, createServer, createSingleServer and deleteVMs are documented; serversAction with its
// sub-jobs serverActions was observed; the name of a deletion's sub-job is ours.
const (
	jobResize    = "resizeServer"
	jobAction    = "serversAction"
	jobActionSub = "serverActions"
	jobCreate    = "createServer"
	jobCreateSub = "createSingleServer"
	jobDelete    = "deleteVMs"
	jobDeleteSub = "deleteVM"
)

// newJob makes a job of one task an order, and begins it unless it has to wait for its purchase to be paid.
func (e *Emulator) newJob(project, kind, subKind string, now time.Time, bought *order, orders ...Order) *job {
	w := e.world
	j := &job{id: e.newID(JobID), kind: kind, project: project, accepted: now, subJobs: subKind != ""}
	for _, o := range orders {
		t := &task{job: j, kind: subKind, order: o, status: JobInit}
		if j.subJobs {
			t.id = e.newID(JobID)
		}
		j.tasks = append(j.tasks, t)
	}
	w.jobs[j.id] = j
	w.tasks += len(j.tasks)
	if bought != nil {
		j.orderID, bought.job = bought.id, j
	}
	if bought == nil || bought.paid {
		e.begin(j, now)
		return j
	}
	j.unpaid = bought
	w.waiting = append(w.waiting, j)
	for _, t := range j.tasks {
		if s := w.servers[t.order.ServerID]; s != nil {
			s.unpaid = bought
		}
	}
	return j
}

// begin makes the plans of a job and lets their first steps happen.
func (e *Emulator) begin(j *job, now time.Time) {
	w := e.world
	for _, t := range j.tasks {
		server := w.servers[t.order.ServerID]
		if server != nil && server.task != nil && t.order.Refused == nil {
			t.order.Refused = &Failure{"Ecs.0603", "another command is being executed on the server"}
		}
		o := t.order
		o.Duration = e.jobDuration
		if server != nil {
			held := *server
			o.Server = &held
		}
		t.plan, t.began = e.plan(o), now
		if len(t.plan) == 0 {
			continue
		}
		if server != nil && t.order.Refused == nil {
			server.task = t
		}
		heap.Push(&w.due, t)
	}
	w.catchUp(now)
}

// abandon ends unfinished work on a server that was taken away.
func (w *world) abandon(t *task, now time.Time) {
	heap.Remove(&w.due, t.index)
	t.status, t.endedAt = JobFail, now
	t.failure = &Failure{"Ecs.0114", "the server does not exist any more"}
	if t.job.finished() {
		t.job.endedAt = now
		w.ended = append(w.ended, t.job)
	}
}

func (j *job) finished() bool {
	for _, t := range j.tasks {
		if !t.status.Terminal() {
			return false
		}
	}
	return true
}

// status sums up the tasks: running as soon as one is, and until all are done.
func (j *job) status(pendingShown bool) JobStatus {
	if j.unpaid != nil {
		if pendingShown {
			return JobPending
		}
		return JobInit
	}
	begun, all, failed := false, true, false
	for _, t := range j.tasks {
		begun = begun || t.status != JobInit
		all = all && t.status.Terminal()
		failed = failed || t.status == JobFail
	}
	switch {
	case all && failed:
		return JobFail
	case all:
		return JobSuccess
	case begun:
		return JobRunning
	}
	return JobInit
}

// failure is that of the first task that failed; for a job of several, its code says that a sub-job failed.
func (j *job) failure() *Failure {
	for _, t := range j.tasks {
		if t.failure == nil {
			continue
		}
		if len(j.tasks) > 1 {
			return &Failure{"Common.0021", "a sub-job failed: " + t.failure.Reason}
		}
		return t.failure
	}
	return nil
}

// jobView is the answer of showJob, and one of its sub-jobs.
type jobView struct {
	Status     JobStatus `json:"status"`
	Entities   any       `json:"entities"`
	JobID      string    `json:"job_id"`
	JobType    string    `json:"job_type"`
	BeginTime  string    `json:"begin_time"`
	EndTime    string    `json:"end_time"` // empty until the end, as observed
	ErrorCode  *string   `json:"error_code"`
	FailReason *string   `json:"fail_reason"`
}

// showJob answers GET /v1/{project_id}/jobs/{job_id}, for jobs of either version.
func (e *Emulator) showJob(r *Request) Answer {
	j := e.world.jobs[r.JobID]
	if j == nil || j.project != r.Project {
		return refuse(http.StatusBadRequest, noSuchJob, "Query system job failed: there is no job %q in this project.", r.JobID).answer()
	}
	return ok(e.jobView(j))
}

func (e *Emulator) jobView(j *job) jobView {
	status := j.status(e.behaviour.PendingPayment)
	v := newJobView(status, j.id, j.kind, j.accepted, j.endedAt, nil)
	if status == JobFail {
		v = newJobView(status, j.id, j.kind, j.accepted, j.endedAt, j.failure())
	}
	if !j.subJobs {
		v.Entities = object{"server_id": j.tasks[0].order.ServerID}
		return v
	}
	subs := make([]jobView, len(j.tasks))
	for i, t := range j.tasks {
		subs[i] = newJobView(t.status, t.id, t.kind, j.accepted, t.endedAt, t.failure)
		entities := object{"server_id": t.order.ServerID}
		if t.failure != nil {
			entities["errorcode_message"] = t.failure.Reason
		}
		subs[i].Entities = entities
	}
	v.Entities = object{"sub_jobs_total": len(subs), "sub_jobs": subs}
	return v
}

func newJobView(status JobStatus, id, kind string, begin, end time.Time, f *Failure) jobView {
	v := jobView{Status: status, JobID: id, JobType: kind, BeginTime: jobTime(begin), EndTime: jobTime(end)}
	if f != nil {
		v.ErrorCode, v.FailReason = &f.Code, &f.Reason
	}
	return v
}

func jobTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
