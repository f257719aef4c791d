package defect

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"

	"resize-conformance/harness/emulator"
)

// watchedDefects show where no scenario looks: in the jobs and servers that others only need, or in what two answers say together.
func watchedDefects() []Defect {
	return []Defect{
		{
			Name: "stop-job-goes-backwards", Title: "says INIT of the job of a start or a stop after it said RUNNING", Kind: Job, Breaks: []string{"RSZ-JOB-030"},
			Apply: stopJobGoesBackwards,
		},
		{
			Name: "stopped-child-has-end", Title: "gives the children of a start or a stop an end_time from the beginning", Kind: Job, Breaks: []string{"RSZ-JOB-031"},
			Apply: inChildren(func(child map[string]any) {
				if child["end_time"] == "" {
					child["end_time"] = child["begin_time"]
				}
			}),
		},
		{
			Name: "stop-job-echoes-another", Title: "tells another job_id than the one asked for, but only of a start or a stop", Kind: Answer, Breaks: []string{"RSZ-JOB-032"},
			Apply: inActionJobs(func(job map[string]any) { job["job_id"] = "ff8080820000000000000000000000ff" }),
		},
		{
			Name: "job-is-typed-once-ended", Title: "calls a resize job by another type until it has ended", Kind: Answer, Breaks: []string{"RSZ-JOB-033"},
			Apply: inResizeJobs(func(job map[string]any) {
				if job["status"] != "SUCCESS" && job["status"] != "FAIL" {
					job["job_type"] = "changeServer"
				}
			}),
		},
		{
			Name: "stop-job-names-another-server", Title: "names another server in the job of a start or a stop", Kind: Answer, Breaks: []string{"RSZ-JOB-034"},
			Apply: inChildren(func(child map[string]any) {
				child["entities"] = map[string]any{"server_id": "616fb98f-46ca-475e-917e-2563e5a8cd19"}
			}),
		},
		{
			Name: "second-resize-gets-the-first-job", Title: "answers the second resize of a server with the job of the first", Kind: Pretence, Breaks: []string{"RSZ-JOB-035"},
			Apply: secondResizeGetsFirstJob,
		},
		{
			Name: "running-server-is-stopped", Title: "shows a running server with vm_state stopped", Kind: Answer, Breaks: []string{"RSZ-STATE-020"},
			Apply: inBodies(func(_ *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
				if server, ok := body["server"].(map[string]any); ok && server["status"] == "ACTIVE" {
					server["OS-EXT-STS:vm_state"] = "stopped"
				}
			}),
		},
		{
			Name: "refused-resize-stops-server", Title: "stops a running server when it refuses to resize it", Kind: Pretence, Breaks: []string{"RSZ-STATE-002", "RSZ-STATE-021"},
			Apply: refusedResizeStops,
		},
		{
			Name: "refused-resize-gives-flavor", Title: "gives a running server the flavor at once that it refuses to resize it to", Kind: Pretence,
			Breaks: []string{"RSZ-STATE-002", "RSZ-FLAVOR-030"}, Apply: refusedResizeGivesFlavor,
		},
		{
			Name: "dry-run-gives-flavor", Title: "gives a server the flavor at once that a dry run of it names", Kind: Pretence, Breaks: []string{"RSZ-DRY-002", "RSZ-V1-005", "RSZ-FLAVOR-030"},
			Apply: dryRunGivesFlavor,
		},
		{
			Name: "flavor-changes-at-once", Title: "shows a server with its new flavor as soon as the resize is accepted", Kind: Job, Breaks: []string{"RSZ-JOB-012", "RSZ-JOB-036"},
			Apply: flavorChangesAtOnce,
		},
		{
			Name: "request-id-of-another", Title: "gives every answer the X-Request-Id of the first", Kind: Answer, Breaks: []string{"RSZ-RSP-030"},
			Apply: requestIDOfAnother,
		},
	}
}

// inActionJobs changes the answers of showJob that tell the job of a start or a stop.
func inActionJobs(change func(job map[string]any)) func(*emulator.Config) {
	return inJobs(func(job map[string]any) {
		if job["job_type"] == "serversAction" {
			change(job)
		}
	})
}

// inChildren changes the children of such a job.
func inChildren(change func(child map[string]any)) func(*emulator.Config) {
	return inActionJobs(func(job map[string]any) {
		entities, _ := job["entities"].(map[string]any)
		children, _ := entities["sub_jobs"].([]any)
		for _, c := range children {
			if child, ok := c.(map[string]any); ok {
				change(child)
			}
		}
	})
}

// stopJobGoesBackwards says RUNNING to whoever asks first, and INIT to the next, until the job has ended.
func stopJobGoesBackwards(c *emulator.Config) {
	asked := newPerServer[int]() // by job
	inActionJobs(func(job map[string]any) {
		id, _ := job["job_id"].(string)
		switch n := asked.change(id, func(n int) int { return n + 1 }); {
		case job["status"] == "SUCCESS" || job["status"] == "FAIL":
		case n == 0:
			job["status"] = "RUNNING"
		default:
			job["status"] = "INIT"
		}
	})(c)
}

func secondResizeGetsFirstJob(c *emulator.Config) {
	first := newPerServer[string]()
	inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		id, _ := body["job_id"].(string)
		if !isResize(r) || a.Code != http.StatusOK || id == "" {
			return
		}
		was := first.change(serverOf(r), func(was string) string {
			if was == "" {
				return id
			}
			return was
		})
		if was != "" {
			body["job_id"] = was
		}
	})(c)
}

// refusedResizeStops shows a server that was refused a resize while it ran as a stopped one, until it is started or stopped.
func refusedResizeStops(c *emulator.Config) {
	stopped := newPerServer[bool]()
	changedRule("stopped", func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
		if f != nil && q.Server != nil && q.Server.Status == emulator.StatusActive {
			stopped.change(q.ServerID, func(bool) bool { return true })
		}
		return f
	})(c)
	inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		server, _ := body["server"].(map[string]any)
		id, _ := server["id"].(string)
		if server["status"] == "ACTIVE" && server["OS-EXT-STS:task_state"] == nil && stopped.change(id, func(b bool) bool { return b }) {
			server["status"], server["OS-EXT-STS:vm_state"] = "SHUTOFF", "stopped"
		}
	})(c)
}

func refusedResizeGivesFlavor(c *emulator.Config) {
	given := newPerServer[string]()
	changedRule("stopped", func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
		if f != nil && q.Target != nil && !q.DryRun {
			given.change(q.ServerID, func(string) string { return q.Target.ID })
		}
		return f
	})(c)
	showing(given)(c)
}

func dryRunGivesFlavor(c *emulator.Config) {
	given := newPerServer[string]()
	atTheEnd(func(q *emulator.ResizeRequest) *emulator.Refusal {
		if q.DryRun && q.Target != nil {
			given.change(q.ServerID, func(string) string { return q.Target.ID })
		}
		return nil
	})(c)
	showing(given)(c)
}

func flavorChangesAtOnce(c *emulator.Config) {
	given := newPerServer[string]()
	before := c.Seams.Accept
	c.Seams.Accept = func(faithful emulator.Accepter) emulator.Accepter {
		if before != nil {
			faithful = before(faithful)
		}
		return func(q *emulator.ResizeRequest) emulator.Answer {
			if q.Target != nil && !q.DryRun {
				given.change(q.ServerID, func(string) string { return q.Target.ID })
			}
			return faithful(q)
		}
	}
	showing(given)(c)
}

// showing shows servers with another flavor.
func showing(flavor *perServer[string]) func(*emulator.Config) {
	return inBodies(func(_ *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
		server, _ := body["server"].(map[string]any)
		shown, _ := server["flavor"].(map[string]any)
		id, _ := server["id"].(string)
		if other := flavor.change(id, func(id string) string { return id }); shown != nil && other != "" {
			shown["id"], shown["name"] = other, other
		}
	})
}

func requestIDOfAnother(c *emulator.Config) {
	var first atomic.Pointer[string]
	inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
		id := a.Header().Get("X-Request-Id")
		if id == "" {
			return
		}
		first.CompareAndSwap(nil, &id)
		text := strings.ReplaceAll(a.Body.String(), id, *first.Load())
		a.Body.Reset()
		a.Body.WriteString(text)
		a.Header().Set("X-Request-Id", *first.Load())
	})(c)
}
