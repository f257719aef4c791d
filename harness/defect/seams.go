package defect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"resize-conformance/harness/emulator"
)

// withoutRule takes one of the rules that decide a resize out.
func withoutRule(name string) func(*emulator.Config) {
	return inRules(func(rules []emulator.Rule) []emulator.Rule {
		return slices.DeleteFunc(rules, func(r emulator.Rule) bool { return r.Name == name })
	})
}

// withRule puts a rule in before all others.
func withRule(check func(*emulator.ResizeRequest) *emulator.Refusal) func(*emulator.Config) {
	return inRules(func(rules []emulator.Rule) []emulator.Rule {
		return slices.Insert(rules, 0, emulator.Rule{Name: "defect", Check: check})
	})
}

// changedRule changes what one of the rules says. A nil refusal lets the request pass.
func changedRule(name string, change func(*emulator.ResizeRequest, *emulator.Refusal) *emulator.Refusal) func(*emulator.Config) {
	return inRules(func(rules []emulator.Rule) []emulator.Rule {
		out := slices.Clone(rules)
		for i, r := range out {
			if r.Name == name {
				out[i].Check = func(q *emulator.ResizeRequest) *emulator.Refusal { return change(q, r.Check(q)) }
			}
		}
		return out
	})
}

func inRules(change func([]emulator.Rule) []emulator.Rule) func(*emulator.Config) {
	return func(c *emulator.Config) {
		before := c.Seams.Rules
		c.Seams.Rules = func(rules []emulator.Rule) []emulator.Rule {
			if before != nil {
				rules = before(rules)
			}
			return change(rules)
		}
	}
}

// inPlans changes the plans of jobs.
func inPlans(change func(emulator.Order, emulator.Plan) emulator.Plan) func(*emulator.Config) {
	return func(c *emulator.Config) {
		before := c.Seams.Plan
		c.Seams.Plan = func(faithful emulator.Planner) emulator.Planner {
			if before != nil {
				faithful = before(faithful)
			}
			return func(o emulator.Order) emulator.Plan { return change(o, faithful(o)) }
		}
	}
}

// inOperation wraps the handling of one operation, by its operationId. Where an edition has no v1.1 resize, v1 is the resize that it has.
func inOperation(operation string, wrap func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer) func(*emulator.Config) {
	return func(c *emulator.Config) {
		before := c.Seams.Routes
		c.Seams.Routes = func(routes []emulator.Route) []emulator.Route {
			if before != nil {
				routes = before(routes)
			}
			out := slices.Clone(routes)
			served := operation
			if served == v11 && !slices.ContainsFunc(routes, func(r emulator.Route) bool { return r.Operation == v11 }) {
				served = "resizePostPaidServer"
			}
			for i, r := range out {
				if r.Operation == served {
					out[i].Handle = wrap(r.Handle)
				}
			}
			return out
		}
	}
}

// inFront puts an HTTP layer in front of everything, the gateway included.
func inFront(wrap func(next http.Handler) http.Handler) func(*emulator.Config) {
	return func(c *emulator.Config) {
		before := c.Seams.Layers
		c.Seams.Layers = func(layers []emulator.Layer) []emulator.Layer {
			if before != nil {
				layers = before(layers)
			}
			return append([]emulator.Layer{{Name: "defect", Wrap: wrap}}, layers...)
		}
	}
}

// inAnswers changes whole answers: status, headers, bytes.
func inAnswers(change func(r *http.Request, a *httptest.ResponseRecorder)) func(*emulator.Config) {
	return inFront(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := httptest.NewRecorder()
			next.ServeHTTP(a, r)
			change(r, a)
			a.Header().Del("Content-Length") // it may be another by now
			for name, values := range a.Header() {
				w.Header()[name] = values
			}
			w.WriteHeader(a.Code)
			_, _ = w.Write(a.Body.Bytes())
		})
	})
}

// inBodies changes the JSON objects in answers.
func inBodies(change func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any)) func(*emulator.Config) {
	return inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
		var body map[string]any
		decoder := json.NewDecoder(bytes.NewReader(a.Body.Bytes()))
		decoder.UseNumber()
		if decoder.Decode(&body) != nil {
			return
		}
		change(r, a, body)
		a.Body.Reset()
		_ = json.NewEncoder(a.Body).Encode(body)
	})
}

// The operations by what a request line shows of them.
func isResize(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/resize") }
func isJob(r *http.Request) bool    { return strings.Contains(r.URL.Path, "/jobs/") }
