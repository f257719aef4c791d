package explore_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/explore"
)

// What makes use of a freedom of the contract is accused of nothing.
func TestConformingServersAreNotAccused(t *testing.T) {
	for name, change := range map[string]func(*emulator.Config){
		"jobs that are done at once":                    func(c *emulator.Config) { c.JobDuration = time.Nanosecond },
		"jobs that take a while":                        func(c *emulator.Config) { c.JobDuration = 45 * time.Millisecond },
		"a second resize is answered, and done, later":  func(c *emulator.Config) { c.Seams.Layers = queueing },
		"a second resize is refused for the state":      func(c *emulator.Config) { c.Seams.Rules = otherReason },
		"resizes that begin only when they are seen to": func(c *emulator.Config) { c.Seams.Plan = slowToBegin },
		"the error envelope with details":               func(c *emulator.Config) { c.Envelope = emulator.DetailsEnvelope },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range int64(2) {
				c := lab(t, "intl", change)
				c.Seed = seed
				r, err := explore.Sequences(t.Context(), c)
				if told(t, r, err) != nil {
					t.Errorf("seed %d: accused by a sequence", seed)
				}
				c.Number = 4
				r, err = explore.Overlaps(t.Context(), c)
				if told(t, r, err) != nil {
					t.Errorf("seed %d: accused by resizes that overlap", seed)
				}
			}
		})
	}
}

// queueing keeps a resize of a busy server waiting at the door instead of refusing it.
func queueing(layers []emulator.Layer) []emulator.Layer {
	door := emulator.Layer{Name: "queue", Wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			for {
				again := r.Clone(r.Context())
				again.Body = io.NopCloser(bytes.NewReader(body))
				a := httptest.NewRecorder()
				next.ServeHTTP(a, again)
				if strings.HasSuffix(r.URL.Path, "/resize") && a.Code == http.StatusNotImplemented && r.Context().Err() == nil {
					<-time.After(time.Millisecond)
					continue
				}
				for name, values := range a.Header() {
					w.Header()[name] = values
				}
				w.WriteHeader(a.Code)
				_, _ = w.Write(a.Body.Bytes())
				return
			}
		})
	}}
	return append([]emulator.Layer{door}, layers...)
}

// otherReason gives the other of the codes for a server on which something is under way.
func otherReason(rules []emulator.Rule) []emulator.Rule {
	for i, r := range rules {
		if r.Name == "idle" {
			rules[i].Check = func(q *emulator.ResizeRequest) *emulator.Refusal {
				f := r.Check(q)
				if f != nil {
					f.Status, f.Code = http.StatusBadRequest, "Ecs.0100"
				}
				return f
			}
		}
	}
	return rules
}

// slowToBegin lets a resize job stay INIT for half of its time, while the server shows nothing yet.
func slowToBegin(faithful emulator.Planner) emulator.Planner {
	return func(o emulator.Order) emulator.Plan {
		p := faithful(o)
		for i := range p {
			if i > 0 {
				p[i].After += o.Duration
			}
		}
		return p
	}
}
