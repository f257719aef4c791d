package defect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"

	"resize-conformance/harness/emulator"
)

// handler answers the requests of one operation.
type handler = func(*emulator.Request) emulator.Answer

// v11 is the operation that most defects are put into; the requirements about requests are tried on it.
const v11 = "resizeServer"

// handling wraps v1.1's handling of a resize.
func handling(wrap func(handle handler) handler) func(*emulator.Config) {
	return inOperation(v11, wrap)
}

// reading changes the bytes of a v1.1 resize's body before the service reads them. Whoever signed them has been looked at by then.
func reading(change func(body []byte) []byte) func(*emulator.Config) {
	return handling(func(handle handler) handler {
		return func(r *emulator.Request) emulator.Answer {
			read := *r
			read.Body = change(slices.Clone(r.Body))
			return handle(&read)
		}
	})
}

// readingAs is reading for a parser that is more lenient than JSON: where the bytes are JSON only after the change, they are changed.
func readingAs(change func(body []byte) []byte) func(*emulator.Config) {
	return reading(func(body []byte) []byte {
		if changed := change(slices.Clone(body)); !json.Valid(body) && json.Valid(changed) {
			return changed
		}
		return body
	})
}

// readingObject changes what a v1.1 resize's body says, where it is a JSON object. resize is its member of that name, nil when that is no object.
func readingObject(change func(body, resize map[string]any)) func(*emulator.Config) {
	return reading(func(raw []byte) []byte {
		body, resize, ok := objects(raw)
		if !ok {
			return raw
		}
		change(body, resize)
		if changed, err := emulator.Marshal(body); err == nil {
			return changed
		}
		return raw
	})
}

// objects reads a request body and the resize in it.
func objects(raw []byte) (body, resize map[string]any, ok bool) {
	if !json.Valid(raw) {
		return nil, nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&body) != nil || body == nil {
		return nil, nil, false
	}
	resize, _ = body["resize"].(map[string]any)
	return body, resize, true
}

// declared changes the media type that the service takes a v1.1 resize's body for.
func declared(change func(mediaType string) string) func(*emulator.Config) {
	return handling(func(handle handler) handler {
		return func(r *emulator.Request) emulator.Answer {
			read := *r
			read.HTTP = r.HTTP.Clone(r.HTTP.Context())
			read.HTTP.Header.Set("Content-Type", change(r.HTTP.Header.Get("Content-Type")))
			return handle(&read)
		}
	})
}

// refusing refuses those v1.1 resizes that when picks out, whatever else they are.
func refusing(f *emulator.Refusal, when func(*emulator.Request) bool) func(*emulator.Config) {
	return handling(func(handle handler) handler {
		return func(r *emulator.Request) emulator.Answer {
			if when(r) {
				return emulator.Answer{Status: f.Status, Refusal: f}
			}
			return handle(r)
		}
	})
}

// Refusals that defects give.
func illegal() *emulator.Refusal     { return says(http.StatusBadRequest, "Ecs.0005") }
func systemError() *emulator.Refusal { return says(http.StatusInternalServerError, "Common.0001") }

func says(status int, code string) *emulator.Refusal {
	return &emulator.Refusal{Status: status, Code: code, Message: "The request cannot be processed.", Envelope: emulator.ServiceEnvelope}
}

// otherwise changes the status and the code with which a rule refuses. An empty code stays.
func otherwise(rule string, status int, code string) func(*emulator.Config) {
	return changedRule(rule, func(_ *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
		if f == nil {
			return nil
		}
		changed := *f
		changed.Status = status
		if code != "" {
			changed.Code = code
		}
		return &changed
	})
}

// onceAccepted changes a resize that every rule has let pass, before it is carried out or, as a dry run, praised.
func onceAccepted(change func(*emulator.ResizeRequest)) func(*emulator.Config) {
	return atTheEnd(func(q *emulator.ResizeRequest) *emulator.Refusal {
		change(q)
		return nil
	})
}

// inLayer wraps one of the gateway's layers.
func inLayer(name string, wrap func(faithful func(http.Handler) http.Handler) func(http.Handler) http.Handler) func(*emulator.Config) {
	return func(c *emulator.Config) {
		before := c.Seams.Layers
		c.Seams.Layers = func(layers []emulator.Layer) []emulator.Layer {
			if before != nil {
				layers = before(layers)
			}
			out := slices.Clone(layers)
			for i, l := range out {
				if l.Name == name {
					out[i].Wrap = wrap(l.Wrap)
				}
			}
			return out
		}
	}
}

// inRoutes changes the table of operations.
func inRoutes(change func([]emulator.Route) []emulator.Route) func(*emulator.Config) {
	return func(c *emulator.Config) {
		before := c.Seams.Routes
		c.Seams.Routes = func(routes []emulator.Route) []emulator.Route {
			if before != nil {
				routes = before(routes)
			}
			return change(slices.Clone(routes))
		}
	}
}

// knowing gives a defect the state that its emulator begins with.
func knowing(apply func(*emulator.State) func(*emulator.Config)) func(*emulator.Config) {
	return func(c *emulator.Config) {
		state := c.State
		if state == nil {
			var err error
			if state, err = emulator.DefaultState(c.Profile); err != nil {
				return // New says what is wrong with the profile
			}
		}
		apply(state)(c)
	}
}
