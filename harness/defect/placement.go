package defect

import (
	"encoding/json"
	"net/http"

	"resize-conformance/harness/emulator"
)

// cpuDefects are about hyper-threading, chosen with the resize.
func cpuDefects() []Defect {
	return []Defect{
		{
			Name: "threads-not-applied", Title: "takes hw:cpu_threads and does nothing with them", Kind: Pretence, Breaks: []string{"RSZ-CPU-001", "RSZ-CPU-002"},
			Apply: onceAccepted(func(q *emulator.ResizeRequest) { q.CPUThreads = 0 }),
		},
		{
			Name: "one-thread-for-two", Title: "turns hyper-threading off when it is to stay on", Kind: Pretence, Breaks: []string{"RSZ-CPU-002"},
			Apply: onceAccepted(func(q *emulator.ResizeRequest) { q.CPUThreads = min(q.CPUThreads, 1) }),
		},
		{
			Name: "two-threads-for-one", Title: "leaves hyper-threading on when it is to be off", Kind: Pretence, Breaks: []string{"RSZ-CPU-001"},
			Apply: onceAccepted(func(q *emulator.ResizeRequest) {
				if q.CPUThreads == 1 {
					q.CPUThreads = 2
				}
			}),
		},
		{
			Name: "threads-not-shown", Title: "does not show hw:cpu_threads", Kind: Answer, Breaks: []string{"RSZ-CPU-001", "RSZ-CPU-002"},
			Apply: shown(isShow, func(body map[string]any) {
				if server, ok := body["server"].(map[string]any); ok {
					server["cpu_options"] = map[string]any{"hw:cpu_threads": nil}
				}
			}),
		},
		{
			Name: "one-thread-on-any-flavor", Title: "turns hyper-threading off on flavors that do not allow it", Kind: Lenient, Breaks: []string{"RSZ-CPU-003"},
			Apply: withoutRule("cpu-threads-allowed"),
		},
		{
			Name: "one-thread-500", Title: "fails at hw:cpu_threads 1 on flavors that do not allow it", Kind: Answer, Breaks: []string{"RSZ-CPU-003"},
			Apply: otherwise("cpu-threads-allowed", http.StatusInternalServerError, "Common.0001"),
		},
	}
}

// hostDefects are about servers on dedicated hosts.
func hostDefects() []Defect {
	return []Defect{
		{
			Name: "host-need-not-be-named", Title: "resizes a server on a dedicated host without being told where to", Kind: Lenient, Breaks: []string{"RSZ-DEH-001"},
			Apply: withoutRule("dedicated-host"),
		},
		{
			Name: "missing-host-other-code", Title: "calls the body illegal when the dedicated host is missing", Kind: Reason, Breaks: []string{"RSZ-DEH-001"},
			Apply: otherwise("dedicated-host", http.StatusBadRequest, "Ecs.0005"),
		},
		{
			Name: "missing-host-carried-out", Title: "refuses a resize that names no dedicated host and carries it out all the same", Kind: Pretence, Breaks: []string{"RSZ-DEH-001"},
			Apply: refusesYetDoes("dedicated-host"),
		},
		{
			Name: "moved-to-another-host", Title: "puts a server on another dedicated host than the one named", Kind: Pretence, Breaks: []string{"RSZ-DEH-002"},
			Apply: knowing(func(s *emulator.State) func(*emulator.Config) {
				return onceAccepted(func(q *emulator.ResizeRequest) {
					for _, h := range s.Hosts {
						if q.HostID != "" && h.ID != q.HostID {
							q.HostID = h.ID
							return
						}
					}
				})
			}),
		},
		{
			Name: "moved-off-its-host", Title: "takes a server off its dedicated host when it resizes it", Kind: Pretence, Breaks: []string{"RSZ-DEH-002"},
			Apply: onceAccepted(func(q *emulator.ResizeRequest) {
				if !q.DryRun {
					q.Server.Host = ""
				}
			}),
		},
		{
			Name: "named-host-refused", Title: "refuses a dedicated_host_id that is the server's own", Kind: Strict, Breaks: []string{"RSZ-DEH-002"},
			Apply: withRule(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if q.Server != nil && q.Server.Host != "" && q.HostID == q.Server.Host {
					return says(http.StatusBadRequest, "Ecs.0319")
				}
				return nil
			}),
		},
	}
}

// setUpDefects are about what is done to a server before and after a resize.
func setUpDefects() []Defect {
	idle := func(kind emulator.OrderKind) func(*emulator.Config) {
		return inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
			if o.Kind != kind {
				return p
			}
			out := make(emulator.Plan, len(p))
			for i, step := range p {
				step.Phase = nil
				out[i] = step
			}
			return out
		})
	}
	failing := func(kind emulator.OrderKind) func(*emulator.Config) {
		return inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
			if o.Kind != kind {
				return p
			}
			out := append(emulator.Plan{}, p...)
			last := &out[len(out)-1]
			last.Job, last.Phase, last.Failure = emulator.JobFail, &o.Server.Phase, &emulator.Failure{Code: "Ecs.0211", Reason: "the power of the server could not be switched"}
			return out
		})
	}
	return []Defect{
		{
			Name: "stop-does-nothing", Title: "says that a server has been stopped and leaves it running", Kind: Pretence, Breaks: []string{"RSZ-SETUP-001"},
			Apply: idle(emulator.OrderStop),
		},
		{
			Name: "stop-fails", Title: "fails at every stop", Kind: Strict, Breaks: []string{"RSZ-SETUP-001"},
			Apply: failing(emulator.OrderStop),
		},
		{
			Name: "start-does-nothing", Title: "says that a server has been started and leaves it stopped", Kind: Pretence, Breaks: []string{"RSZ-SETUP-002"},
			Apply: idle(emulator.OrderStart),
		},
		{
			Name: "start-fails", Title: "fails at every start", Kind: Strict, Breaks: []string{"RSZ-SETUP-002"},
			Apply: failing(emulator.OrderStart),
		},
		{
			Name: "start-refused", Title: "refuses every start", Kind: Strict, Breaks: []string{"RSZ-SETUP-002"},
			Apply: inOperation("batchStartOrStopServers", func(handle handler) handler {
				return func(r *emulator.Request) emulator.Answer {
					var doc map[string]any
					if json.Unmarshal(r.Body, &doc) == nil && doc["os-start"] != nil {
						f := illegal()
						return emulator.Answer{Status: f.Status, Refusal: f}
					}
					return handle(r)
				}
			}),
		},
	}
}
