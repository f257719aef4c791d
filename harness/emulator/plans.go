package emulator

import "time"

// JobStatus is the status of a job or sub-job.
type JobStatus string

// The statuses of a job. SUCCESS and FAIL are final.
const (
	JobInit    JobStatus = "INIT"
	JobRunning JobStatus = "RUNNING"
	JobSuccess JobStatus = "SUCCESS"
	JobFail    JobStatus = "FAIL"
	// JobPending is a job that has not begun, because its order is not paid.
	JobPending JobStatus = "PENDING_PAYMENT"
)

// Terminal says that nothing follows.
func (s JobStatus) Terminal() bool { return s == JobSuccess || s == JobFail }

// Effect is what a step of a plan does to the server, beyond moving its phase.
type Effect string

// The effects.
const (
	NoEffect     Effect = ""
	EffectResize Effect = "resize" // flavor, host and CPU threads of the order
	EffectRemove Effect = "remove"
)

// Plan is all that a job will do, as data.
type Plan []Step

// Step is what happens at one moment of a plan. The last step must have a terminal status.
type Step struct {
	After   time.Duration // since the job began: acceptance, or payment of its order
	Job     JobStatus     // the job's status from here on
	Phase   *Phase        // the server's phase from here on; nil leaves it
	Effect  Effect
	Failure *Failure // with FAIL
}

// Failure is why a job failed.
type Failure struct{ Code, Reason string }

// Order is what a job is asked to do: the input of a Planner.
type Order struct {
	Kind     OrderKind
	Server   *Server // a copy; nil when there is none with that id
	ServerID string
	Duration time.Duration // Config.JobDuration: what a resize of a stopped server takes
	// Refused says that the work cannot be done and the job is to fail with this; batch operations answer 200 all the same.
	Refused *Failure

	// Of a resize:
	Target     *Flavor
	Host       string // new dedicated host; "" leaves the server where it is
	CPUThreads int    // 0: none given
	StopFirst  bool   // mode=withStopServer was given and is understood
	Restart    bool   // the server runs: stop it first, start it afterwards
}

func (o *Order) target() string {
	if o.Target == nil {
		return ""
	}
	return o.Target.ID
}

// OrderKind is the kind of work.
type OrderKind string

// The kinds of work.
const (
	OrderResize OrderKind = "resize"
	OrderStart  OrderKind = "start"
	OrderStop   OrderKind = "stop"
	OrderCreate OrderKind = "create"
	OrderDelete OrderKind = "delete"
)

// plan is the faithful Planner.
func plan(o Order) Plan {
	if o.Refused != nil {
		return Plan{
			{After: 0, Job: JobInit},
			{After: o.Duration / 10, Job: JobRunning},
			{After: o.Duration / 4, Job: JobFail, Failure: o.Refused},
		}
	}
	at := func(status, vm, task string) *Phase { return &Phase{status, vm, task} }
	half := o.Duration / 2
	switch o.Kind {
	case OrderResize:
		return planResize(o)
	case OrderStop:
		if o.Server.Status != StatusActive { // nothing to stop
			return planned(half, nil, nil)
		}
		return planned(half, at(StatusActive, "active", "powering-off"), at(StatusShutoff, "stopped", ""))
	case OrderStart:
		if o.Server.Status != StatusShutoff { // nothing to start
			return planned(half, nil, nil)
		}
		return planned(half, at(StatusShutoff, "stopped", "powering-on"), at(StatusActive, "active", ""))
	case OrderCreate:
		return planned(o.Duration, at(StatusBuild, "building", "spawning"), at(StatusActive, "active", ""))
	case OrderDelete:
		deleting := o.Server.Phase
		switch deleting.VMState { // the only states that the table knows to be deleted from
		case "active", "stopped", "error":
			deleting.TaskState = "deleting"
		}
		p := planned(half, &deleting, nil)
		p[len(p)-1].Effect = EffectRemove
		return p
	}
	return planned(half, nil, nil)
}

// planned is the common shape: wait a tenth, work, done.
func planned(d time.Duration, working, done *Phase) Plan {
	return Plan{
		{After: 0, Job: JobInit},
		{After: d / 10, Job: JobRunning, Phase: working},
		{After: d, Job: JobSuccess, Phase: done},
	}
}

// planResize moves the server along the documented rows for a stopped server; the flavor changes with SUCCESS and not
// before. A server that was running is stopped first and started once the resize succeeded (text of resize.mode), which
// takes a quarter longer each. When the resize fails the server stays stopped: it is started only after success.
func planResize(o Order) Plan {
	at := func(status, vm, task string) *Phase { return &Phase{status, vm, task} }
	stopped := at(StatusShutoff, "stopped", "")
	p := Plan{{After: 0, Job: JobInit}}
	begin := o.Duration / 10
	if o.Restart {
		p = append(p, Step{After: begin, Job: JobRunning, Phase: at(StatusActive, "active", "powering-off")})
		begin += o.Duration / 4
		p = append(p, Step{After: begin, Job: JobRunning, Phase: stopped})
	}
	length := o.Duration - o.Duration/10
	part := func(percent int) time.Duration { return begin + length*time.Duration(percent)/100 }
	p = append(p,
		Step{After: part(0), Job: JobRunning, Phase: at(StatusResize, "stopped", "resize_prep")},
		Step{After: part(25), Job: JobRunning, Phase: at(StatusResize, "stopped", "resize_migrating")},
	)
	if o.Target != nil && o.Target.JobError != "" {
		return append(p, Step{After: part(50), Job: JobFail, Phase: stopped,
			Failure: &Failure{o.Target.JobError, "changing the specifications failed"}})
	}
	p = append(p,
		Step{After: part(50), Job: JobRunning, Phase: at(StatusResize, "stopped", "resize_migrated")},
		Step{After: part(70), Job: JobRunning, Phase: at(StatusResize, "stopped", "resize_finish")},
		Step{After: part(90), Job: JobRunning, Phase: at(StatusVerifyResize, "resized", "")}, // confirmed by the job itself
	)
	if !o.Restart {
		return append(p, Step{After: part(100), Job: JobSuccess, Phase: stopped, Effect: EffectResize})
	}
	return append(p,
		Step{After: part(100), Job: JobRunning, Phase: at(StatusShutoff, "stopped", "powering-on")},
		Step{After: part(100) + o.Duration/4, Job: JobSuccess, Phase: at(StatusActive, "active", ""), Effect: EffectResize},
	)
}
