package defect

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/emulator"
)

// sequenceDefects need more than one operation before they show, or two requests at the same moment.
func sequenceDefects() []Defect {
	sequence, overlap := []string{"RSZ-SEQ-001"}, []string{"RSZ-SEQ-002"}
	return []Defect{
		{
			Name: "second-resize-does-nothing", Title: "carries out the first resize of a server only, and says SUCCESS to all that follow",
			Kind: Sometimes, Breaks: and(sequence, "RSZ-JOB-037"), Apply: secondResizeDoesNothing,
		},
		{
			Name: "start-during-resize-says-success", Title: "says SUCCESS to a start while a resize is under way, and does not start the server",
			Kind: Race, Breaks: sequence, Apply: startDuringResizeSaysSuccess,
		},
		{
			Name: "dry-run-after-resize-is-real", Title: "carries a dry run out when the server has been resized before",
			Kind: Sometimes, Breaks: sequence, Apply: dryRunAfterResizeIsReal,
		},
		{
			Name: "refused-flavor-is-kept", Title: "gives a server the flavor that it refused before, with the next resize that it accepts",
			Kind: Pretence, Breaks: and(sequence, "RSZ-FLAVOR-030", "RSZ-JOB-037"), Apply: refusedFlavorIsKept,
		},
		{
			Name: "job-vanishes-with-start", Title: "forgets the jobs of a server when it is started",
			Kind: Job, Breaks: sequence, Apply: jobVanishesWithStart,
		},
		{
			Name: "simultaneous-resize-lost", Title: "accepts both of two resizes that arrive at the same moment, says SUCCESS to both and carries one out",
			Kind: Race, Breaks: overlap, Apply: simultaneousResizeLost,
		},
		{
			Name: "simultaneous-resizes-share-a-job", Title: "answers a resize that arrives together with another one with the job of that",
			Kind: Race, Breaks: and(overlap, "RSZ-JOB-035"), Apply: simultaneousResizesShareJob,
		},
	}
}

// and is a list with more in it, without a change to the list.
func and(breaks []string, more ...string) []string { return slices.Concat(breaks, more) }

// perServer is what a defect remembers of servers, by id.
type perServer[V any] struct {
	mu sync.Mutex
	of map[string]V
}

func newPerServer[V any]() *perServer[V] { return &perServer[V]{of: map[string]V{}} }

// change replaces what is remembered and returns what was before.
func (m *perServer[V]) change(id string, to func(V) V) (before V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before = m.of[id]
	m.of[id] = to(before)
	return before
}

func secondResizeDoesNothing(c *emulator.Config) {
	resized := newPerServer[int]()
	inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
		if o.Kind != emulator.OrderResize || o.Refused != nil {
			return p
		}
		if resized.change(o.ServerID, func(n int) int { return n + 1 }) > 0 {
			for i := range p {
				p[i].Effect = emulator.NoEffect
			}
		}
		return p
	})(c)
}

// succeeds is a job that says SUCCESS and does nothing.
func succeeds(after time.Duration) emulator.Plan {
	return emulator.Plan{{Job: emulator.JobInit}, {After: after / 10, Job: emulator.JobRunning}, {After: after, Job: emulator.JobSuccess}}
}

func startDuringResizeSaysSuccess(c *emulator.Config) {
	inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
		if o.Kind == emulator.OrderStart && o.Refused != nil && o.Server != nil {
			return succeeds(o.Duration / 2)
		}
		return p
	})(c)
}

// inResizes wraps the handling of a resize in every version that the edition has.
func inResizes(wrap func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer) func(*emulator.Config) {
	return func(c *emulator.Config) {
		inOperation("resizeServer", wrap)(c)
		inOperation("resizePostPaidServer", wrap)(c)
	}
}

func dryRunAfterResizeIsReal(c *emulator.Config) {
	resized := newPerServer[bool]()
	inResizes(func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer {
		return func(r *emulator.Request) emulator.Answer {
			var body map[string]any
			dry := json.Unmarshal(r.Body, &body) == nil && body["dry_run"] == true
			if !dry {
				a := handle(r)
				if a.Status == http.StatusOK {
					resized.change(r.ServerID, func(bool) bool { return true })
				}
				return a
			}
			a := handle(r)
			if a.Status == http.StatusAccepted && resized.change(r.ServerID, func(b bool) bool { return b }) {
				delete(body, "dry_run")
				sent := r.Body
				r.Body, _ = json.Marshal(body)
				handle(r)
				r.Body = sent
			}
			return a
		}
	})(c)
}

func refusedFlavorIsKept(c *emulator.Config) {
	refused := newPerServer[*emulator.Flavor]()
	changedRule("flavor-sold-out", func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
		if f != nil && !q.DryRun {
			refused.change(q.ServerID, func(*emulator.Flavor) *emulator.Flavor { return q.Target })
		}
		return f
	})(c)
	before := c.Seams.Accept
	c.Seams.Accept = func(faithful emulator.Accepter) emulator.Accepter {
		if before != nil {
			faithful = before(faithful)
		}
		return func(q *emulator.ResizeRequest) emulator.Answer {
			if kept := refused.change(q.ServerID, func(*emulator.Flavor) *emulator.Flavor { return nil }); kept != nil {
				q.Target = kept
			}
			return faithful(q)
		}
	}
}

func jobVanishesWithStart(c *emulator.Config) {
	jobs, gone := newPerServer[[]string](), newPerServer[bool]()
	inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		id, _ := body["job_id"].(string)
		switch {
		case isResize(r) && a.Code == http.StatusOK:
			jobs.change(serverOf(r), func(all []string) []string { return append(all, id) })
		case isJob(r) && gone.change(id, func(b bool) bool { return b }):
			a.Code = http.StatusBadRequest
			clear(body)
			body["error"] = map[string]any{"code": "Common.0011", "message": "Query system job failed."}
		}
	})(c)
	inOperation("batchStartOrStopServers", func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer {
		return func(r *emulator.Request) emulator.Answer {
			for _, id := range started(r.Body) {
				for _, job := range jobs.change(id, func([]string) []string { return nil }) {
					gone.change(job, func(bool) bool { return true })
				}
			}
			return handle(r)
		}
	})(c)
}

// serverOf is the server in the path of a resize.
func serverOf(r *http.Request) string {
	path := strings.Split(r.URL.Path, "/")
	return path[max(0, len(path)-2)]
}

// started lists the servers of a start request.
func started(body []byte) (ids []string) {
	var request map[string]struct {
		Servers []struct {
			ID string `json:"id"`
		} `json:"servers"`
	}
	_ = json.Unmarshal(body, &request) // one that cannot be read starts nothing
	for _, s := range request["os-start"].Servers {
		ids = append(ids, s.ID)
	}
	return ids
}

// meeting is how long a resize waits at the door, so that two which arrive together meet there whatever the machine is doing.
const meeting = 40 * time.Millisecond

// together makes requests for one server that arrive at the same moment meet: the first of them is led by first, the others by others, which are given what
// the first was answered.
type together struct {
	mu   sync.Mutex
	open map[string]*meet
}

type meet struct {
	answered chan struct{}
	answer   *httptest.ResponseRecorder
}

// arrive says whether a request is the first for its server.
func (t *together) arrive(server string) (m *meet, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m = t.open[server]; m != nil {
		return m, false
	}
	m = &meet{answered: make(chan struct{}), answer: httptest.NewRecorder()}
	t.open[server] = m
	return m, true
}

// inMeetings puts a layer in front that keeps the first of several resizes for a moment and then answers it; those that came meanwhile are handed to late.
func inMeetings(late func(w http.ResponseWriter, r *http.Request, next http.Handler, m *meet)) func(*emulator.Config) {
	return func(c *emulator.Config) {
		door := &together{open: map[string]*meet{}}
		inFront(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !isResize(r) {
					next.ServeHTTP(w, r)
					return
				}
				server := serverOf(r)
				m, first := door.arrive(server)
				if !first {
					<-m.answered
					late(w, r, next, m)
					return
				}
				<-time.After(meeting)
				next.ServeHTTP(m.answer, r)
				door.mu.Lock()
				delete(door.open, server)
				door.mu.Unlock()
				close(m.answered)
				copied(w, m.answer)
			})
		})(c)
	}
}

func copied(w http.ResponseWriter, a *httptest.ResponseRecorder) {
	for name, values := range a.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(a.Code)
	_, _ = w.Write(a.Body.Bytes())
}

// lateKey marks a request that came together with another one.
type lateKey struct{}

func simultaneousResizeLost(c *emulator.Config) {
	inMeetings(func(w http.ResponseWriter, r *http.Request, next http.Handler, _ *meet) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), lateKey{}, true)))
	})(c)
	for _, rule := range []string{"idle", "stopped"} {
		changedRule(rule, func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
			if q.HTTP.Context().Value(lateKey{}) != nil && q.Server != nil && q.Server.Status != emulator.StatusActive {
				return nil
			}
			return f
		})(c)
	}
	inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
		if o.Kind == emulator.OrderResize && o.Refused != nil && o.Refused.Code == "Ecs.0603" {
			return succeeds(5 * o.Duration) // one after the other, and what is told of it a little later
		}
		return p
	})(c)
}

func simultaneousResizesShareJob(c *emulator.Config) {
	inMeetings(func(w http.ResponseWriter, r *http.Request, next http.Handler, m *meet) {
		if m.answer.Code != http.StatusOK {
			next.ServeHTTP(w, r)
			return
		}
		copied(w, m.answer)
	})(c)
}
