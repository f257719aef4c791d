package defect

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/emulator"
)

// neverEnding is how long a run waits for the jobs of a server whose jobs do not end.
const neverEnding = 400 * time.Millisecond

// jobDefects have jobs that do not tell the truth, or do not do what they say.
func jobDefects() []Defect {
	return []Defect{
		{
			Name: "job-changes-nothing", Title: "says SUCCESS and leaves the server as it was", Kind: Pretence, Breaks: []string{"RSZ-JOB-010", "RSZ-STATE-001", "RSZ-DRY-004", "RSZ-JOB-037"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				for i := range p {
					if p[i].Effect == emulator.EffectResize {
						p[i].Effect = emulator.NoEffect
					}
				}
				return p
			}),
		},
		{
			Name: "flavor-changes-early", Title: "gives the server its new flavor while the job is still running", Kind: Job, Breaks: []string{"RSZ-JOB-012", "RSZ-JOB-036"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				if last := len(p) - 1; o.Kind == emulator.OrderResize && p[last].Effect == emulator.EffectResize {
					p[last].Effect, p[1].Effect = emulator.NoEffect, emulator.EffectResize
				}
				return p
			}),
		},
		{
			Name: "failed-job-changes-flavor", Title: "changes the flavor although the job fails", Kind: Pretence, Breaks: []string{"RSZ-JOB-014", "RSZ-JOB-036"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				if last := len(p) - 1; o.Kind == emulator.OrderResize && o.Refused == nil && p[last].Job == emulator.JobFail {
					p[last].Effect = emulator.EffectResize
				}
				return p
			}),
		},
		{
			Name: "job-never-ends", Title: "has resize jobs that run for ever", Kind: Job, JobTimeout: neverEnding, Breaks: []string{"RSZ-STATE-001", "RSZ-JOB-010"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				if o.Kind != emulator.OrderResize || o.Refused != nil {
					return p
				}
				for i := range p {
					if p[i].Job.Terminal() {
						p[i].After = time.Hour
					}
				}
				return p
			}),
		},
		{
			Name: "job-goes-backwards", Title: "says INIT again after it said RUNNING", Kind: Job, Breaks: []string{"RSZ-JOB-003", "RSZ-JOB-030"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				for i := len(p) / 2; o.Kind == emulator.OrderResize && i < len(p)-1; i++ {
					p[i].Job = emulator.JobInit
				}
				return p
			}),
		},
		{
			Name: "ended-job-runs-again", Title: "says RUNNING again of a job that said SUCCESS", Kind: Job, JobTimeout: neverEnding, Breaks: []string{"RSZ-JOB-004", "RSZ-JOB-030"},
			Apply: onceEnded(func(a *httptest.ResponseRecorder, body map[string]any) {
				body["status"], body["end_time"] = "RUNNING", ""
			}),
		},
		{
			Name: "ended-job-vanishes", Title: "does not know a job any more once it has told its end", Kind: Job, Breaks: []string{"RSZ-JOB-004"},
			Apply: onceEnded(func(a *httptest.ResponseRecorder, body map[string]any) {
				clear(body)
				a.Code = http.StatusBadRequest
				body["error"] = map[string]any{"code": "Common.0011", "message": "there is no such job"}
			}),
		},
		{Name: "echoes-another-job", Title: "tells another job_id than the one asked for", Kind: Answer, Breaks: []string{"RSZ-JOB-005", "RSZ-JOB-032"}, Apply: inJobs(func(job map[string]any) {
			job["job_id"] = "ff8080820000000000000000000000ff"
		})},
		{Name: "job-names-another-server", Title: "names another server in the job", Kind: Answer, Breaks: []string{"RSZ-JOB-006", "RSZ-JOB-034"}, Apply: inResizeJobs(func(job map[string]any) {
			job["entities"] = map[string]any{"server_id": "616fb98f-46ca-475e-917e-2563e5a8cd19"}
		})},
		{Name: "job-names-no-server", Title: "names no server in the job", Kind: Answer, Breaks: []string{"RSZ-JOB-016"}, Apply: inResizeJobs(func(job map[string]any) {
			job["entities"] = map[string]any{}
		})},
		{Name: "job-of-another-type", Title: "calls a resize job by another type", Kind: Answer, Breaks: []string{"RSZ-JOB-013", "RSZ-JOB-033"}, Apply: inResizeJobs(func(job map[string]any) {
			job["job_type"] = "serversAction"
		})},
		{Name: "running-job-has-end", Title: "gives a running job an end_time", Kind: Job, Breaks: []string{"RSZ-JOB-008", "RSZ-JOB-031"}, Apply: inJobs(func(job map[string]any) {
			if job["end_time"] == "" {
				job["end_time"] = job["begin_time"]
			}
		})},
		{Name: "children-miscounted", Title: "counts one child of a job too many", Kind: Job, Breaks: []string{"RSZ-JOB-038"}, Apply: inJobs(func(job map[string]any) {
			entities, _ := job["entities"].(map[string]any)
			if children, ok := entities["sub_jobs"].([]any); ok {
				entities["sub_jobs_total"] = len(children) + 1
			}
		})},
		{Name: "job-ends-before-it-began", Title: "lets a job end a day before it began", Kind: Job, Breaks: []string{"RSZ-JOB-008", "RSZ-JOB-031"}, Apply: inJobs(func(job map[string]any) {
			if job["end_time"] != "" {
				job["end_time"] = "2001-01-01T00:00:00.000Z"
			}
		})},
		{Name: "job-times-in-seconds", Title: "gives begin_time as a number of seconds", Kind: Answer, Breaks: []string{"RSZ-JOB-007"}, Apply: inJobs(func(job map[string]any) {
			job["begin_time"] = "1767225600"
		})},
		{Name: "unknown-job-status", Title: "says DONE for SUCCESS", Kind: Answer, JobTimeout: neverEnding, Breaks: []string{"RSZ-JOB-002"}, Apply: inJobs(func(job map[string]any) {
			if job["status"] == "SUCCESS" {
				job["status"] = "DONE"
			}
		})},
		{Name: "success-with-error", Title: "gives a job that succeeded an error code", Kind: Job, Breaks: []string{"RSZ-JOB-018"}, Apply: inJobs(func(job map[string]any) {
			if job["status"] == "SUCCESS" {
				job["error_code"], job["fail_reason"] = "Ecs.0013", "quota"
			}
		})},
		{Name: "failure-without-reason", Title: "does not say why a job failed", Kind: Job, Breaks: []string{"RSZ-JOB-009"}, Apply: inJobs(func(job map[string]any) {
			job["error_code"], job["fail_reason"] = nil, nil
		})},
		{
			Name: "unknown-job-is-running", Title: "takes an unknown job for one that is running", Kind: Lenient, Breaks: []string{"RSZ-JOB-011"},
			Apply: inOperation("showJob", func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer {
				return func(r *emulator.Request) emulator.Answer {
					a := handle(r)
					if a.Refusal == nil {
						return a
					}
					return emulator.Answer{Status: http.StatusOK, Body: map[string]any{
						"status": "RUNNING", "entities": map[string]any{}, "job_id": r.JobID, "job_type": "resizeServer", "begin_time": "2026-01-01T00:00:00.000Z", "end_time": "",
						"error_code": nil, "fail_reason": nil,
					}}
				}
			}),
		},
		{
			Name: "job-is-not-known", Title: "does not know the jobs that it hands out", Kind: Job, Breaks: []string{"RSZ-JOB-001"},
			Apply: inOperation("showJob", func(func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer {
				return func(*emulator.Request) emulator.Answer {
					f := refusal("Common.0011", "there is no such job")
					return emulator.Answer{Status: f.Status, Refusal: f}
				}
			}),
		},
	}
}

// inJobs changes the answers of showJob that tell a job.
func inJobs(change func(job map[string]any)) func(*emulator.Config) {
	return inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		if isJob(r) && a.Code == http.StatusOK {
			change(body)
		}
	})
}

// inResizeJobs changes only those of resizes.
func inResizeJobs(change func(job map[string]any)) func(*emulator.Config) {
	return inJobs(func(job map[string]any) {
		if job["job_type"] == "resizeServer" {
			change(job)
		}
	})
}

// onceEnded changes what is said of a resize job after its success has been told once.
func onceEnded(change func(a *httptest.ResponseRecorder, body map[string]any)) func(*emulator.Config) {
	return func(c *emulator.Config) {
		var told sync.Map
		inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
			if !isJob(r) || body["job_type"] != "resizeServer" || body["status"] != "SUCCESS" {
				return
			}
			id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
			if _, before := told.LoadOrStore(id, true); before {
				change(a, body)
			}
		})(c)
	}
}
