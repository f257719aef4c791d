package defect

import (
	"net/http"

	"resize-conformance/harness/emulator"
)

// stateDefects do not look at the state of the server as they must, or leave it in another.
func stateDefects() []Defect {
	return []Defect{
		{Name: "resizes-running-server", Title: "resizes a running server", Kind: Lenient, Breaks: []string{"RSZ-STATE-002", "RSZ-V1-004"}, Apply: withoutRule("stopped")},
		{Name: "resizes-locked-server", Title: "resizes a locked server", Kind: Lenient, Breaks: []string{"RSZ-STATE-007", "RSZ-V1-012"}, Apply: withoutRule("locked")},
		{Name: "resizes-locked-server-in-v1", Title: "resizes a locked server, but only in v1", Kind: Sometimes, Breaks: []string{"RSZ-V1-012"}, Apply: forgivenInV1("locked")},
		{Name: "resizes-frozen-server", Title: "resizes a frozen server", Kind: Lenient, Breaks: []string{"RSZ-STATE-008", "RSZ-V1-013"}, Apply: withoutRule("frozen")},
		{Name: "resizes-frozen-server-in-v1", Title: "resizes a frozen server, but only in v1", Kind: Sometimes, Breaks: []string{"RSZ-V1-013"}, Apply: forgivenInV1("frozen")},
		{Name: "resizes-spot-server", Title: "resizes a spot-priced server", Kind: Lenient, Breaks: []string{"RSZ-SPOT-001", "RSZ-SPOT-002"}, Apply: withoutRule("spot")},
		{Name: "resizes-spot-server-in-v1", Title: "resizes a spot-priced server, but only in v1", Kind: Sometimes, Breaks: []string{"RSZ-SPOT-002"}, Apply: forgivenInV1("spot")},
		{Name: "resizes-windows-server", Title: "resizes a Windows server", Kind: Lenient, Breaks: []string{"RSZ-WIN-001"}, Apply: withoutRule("windows")},
		{
			Name: "refuses-stopped-server", Title: "refuses to resize a stopped server", Kind: Strict, Breaks: []string{"RSZ-STATE-001", "RSZ-BILL-001"},
			Apply: withRule(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if q.Server == nil || q.Server.Status != emulator.StatusShutoff || q.DryRun {
					return nil
				}
				return refusal("Ecs.0008", "the server is stopped")
			}),
		},
		{
			Name: "refuses-running-yet-resizes", Title: "refuses to resize a running server and does it all the same", Kind: Pretence, Breaks: []string{"RSZ-STATE-002"},
			Apply: refusesYetDoes("stopped"),
		},
		{
			Name: "refuses-locked-yet-resizes", Title: "refuses to resize a locked server and does it all the same", Kind: Pretence, Breaks: []string{"RSZ-STATE-007"},
			Apply: refusesYetDoes("locked"),
		},
		{
			Name: "mode-breaks-stopped-server", Title: "refuses mode for a server that is stopped", Kind: Strict, Profile: "cn", Breaks: []string{"RSZ-STATE-004"},
			Apply: withRule(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if q.Mode == "" || q.Server == nil || q.Server.Status != emulator.StatusShutoff {
					return nil
				}
				return refusal("Ecs.0005", "mode is for running servers")
			}),
		},
		{
			Name: "mode-leaves-server-stopped", Title: "does not start the server again that mode stopped", Kind: Pretence, Profile: "cn", Breaks: []string{"RSZ-STATE-003"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				if o.Kind == emulator.OrderResize && o.Restart {
					p[len(p)-1].Phase = &emulator.Phase{Status: emulator.StatusShutoff, VMState: "stopped"}
				}
				return p
			}),
		},
		{
			Name: "starts-resized-server", Title: "starts a server when it has been resized, although it was stopped", Kind: Pretence, Breaks: []string{"RSZ-STATE-009"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				if o.Kind == emulator.OrderResize && !o.Restart && o.Refused == nil && p[len(p)-1].Job == emulator.JobSuccess {
					p[len(p)-1].Phase = &emulator.Phase{Status: emulator.StatusActive, VMState: "active"}
				}
				return p
			}),
		},
		{
			Name: "undocumented-state", Title: "shows a server that is being resized as ACTIVE with vm_state stopped", Kind: Answer, Breaks: []string{"RSZ-STATE-011", "RSZ-STATE-020"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				for i := range p {
					if o.Kind == emulator.OrderResize && p[i].Phase != nil && p[i].Phase.Status == emulator.StatusResize {
						p[i].Phase = &emulator.Phase{Status: emulator.StatusActive, VMState: "stopped", TaskState: p[i].Phase.TaskState}
					}
				}
				return p
			}),
		},
		{
			Name: "left-in-verify-resize", Title: "leaves a resized server waiting for a confirmation that no operation gives", Kind: Pretence, Breaks: []string{"RSZ-STATE-009"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				if last := len(p) - 1; o.Kind == emulator.OrderResize && p[last].Effect == emulator.EffectResize {
					p[last].Phase = &emulator.Phase{Status: emulator.StatusVerifyResize, VMState: "resized"}
				}
				return p
			}),
		},
	}
}

// refusal is an error answer of the service, in its usual envelope.
func refusal(code, message string) *emulator.Refusal {
	return &emulator.Refusal{Status: http.StatusBadRequest, Code: code, Message: message, Envelope: emulator.ServiceEnvelope}
}

// refusesYetDoes carries out what a rule refuses, and answers the refusal.
func refusesYetDoes(rule string) func(*emulator.Config) {
	return changedRule(rule, func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
		if f != nil && q.Server != nil && q.Target != nil && !q.DryRun {
			q.Accept()
		}
		return f
	})
}

// forgivenInV1 takes a rule out for v1 only.
func forgivenInV1(rule string) func(*emulator.Config) {
	return changedRule(rule, func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
		if q.Version == "v1" {
			return nil
		}
		return f
	})
}
