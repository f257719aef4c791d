package defect

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"resize-conformance/harness/emulator"
)

// overlapDefects break when requests overlap, when an order is paid late, or when another project asks.
func overlapDefects() []Defect {
	return []Defect{
		{
			Name: "second-resize-accepted-and-failed", Title: "accepts a second resize while the first is under way, and lets it fail", Kind: Race, Breaks: []string{"RSZ-STATE-005"},
			Apply: func(c *emulator.Config) {
				withoutRule("idle")(c)
				changedRule("stopped", func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
					if q.Server != nil && (q.Server.Status == emulator.StatusResize || q.Server.Status == emulator.StatusVerifyResize) {
						return nil
					}
					return f
				})(c)
			},
		},
		{
			Name: "second-resize-fails-the-first", Title: "lets the job of the first resize fail when a second is refused", Kind: Race, Breaks: []string{"RSZ-STATE-006"},
			Apply: failingFirst,
		},
		{
			Name: "paid-order-changes-nothing", Title: "says SUCCESS when the order of a yearly/monthly resize is paid, and changes nothing", Kind: Pretence, Breaks: []string{"RSZ-BILL-007", "RSZ-JOB-037"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				if o.Kind == emulator.OrderResize && o.Server != nil && o.Server.Billing == emulator.PrePaid {
					for i := range p {
						p[i].Effect = emulator.NoEffect
					}
				}
				return p
			}),
		},
		{
			Name: "shows-jobs-of-others", Title: "shows a job to another project", Kind: Leak, Breaks: []string{"RSZ-JOB-015"},
			Apply: showingJobsOfOthers,
		},
		{
			Name: "v1-answers-a-list", Title: "answers an accepted v1 resize with a list", Kind: Answer, Breaks: []string{"RSZ-RSP-011"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isResize(r) && isV1(r) && a.Code == http.StatusOK {
					text := "[" + a.Body.String() + "]"
					a.Body.Reset()
					a.Body.WriteString(text)
				}
			}),
		},
	}
}

// failingFirst remembers which servers are being resized; a refused resize of one of them makes its job say FAIL.
func failingFirst(c *emulator.Config) {
	var mu sync.Mutex
	underWay, harmed := map[string]bool{}, map[string]bool{} // by server
	inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		if isResize(r) {
			server := strings.Split(r.URL.Path, "/")[4]
			switch {
			case a.Code == http.StatusOK:
				underWay[server] = true
			case a.Code >= http.StatusBadRequest && underWay[server]:
				harmed[server] = true
			}
			return
		}
		entities, _ := body["entities"].(map[string]any)
		server, _ := entities["server_id"].(string)
		if !isJob(r) || server == "" {
			return
		}
		if body["status"] == "SUCCESS" || body["status"] == "FAIL" {
			delete(underWay, server)
		}
		if harmed[server] {
			body["status"], body["error_code"], body["fail_reason"] = "FAIL", "Ecs.0603", "another command came"
			if body["end_time"] == "" {
				body["end_time"] = body["begin_time"]
			}
		}
	})(c)
}

// showingJobsOfOthers looks for a job in every project that ever asked for something.
func showingJobsOfOthers(c *emulator.Config) {
	var projects sync.Map
	seen := func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer {
		return func(r *emulator.Request) emulator.Answer {
			projects.Store(r.Project, true)
			return handle(r)
		}
	}
	inOperation("resizeServer", seen)(c)
	inOperation("showJob", func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer {
		return func(r *emulator.Request) emulator.Answer {
			a := handle(r)
			projects.Range(func(project, _ any) bool {
				if a.Refusal != nil {
					as := *r
					as.Project, _ = project.(string)
					a = handle(&as)
				}
				return a.Refusal != nil
			})
			return a
		}
	})(c)
}
