package emulator

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Limits of the gateway. The sizes of body and URI are documented, that of the headers is not.
const (
	maxBody    = 12 << 20
	maxURI     = 32 << 10
	maxHeaders = 64 << 10
	// drain is how much of a body that is too large is read all the same, so that a client which sends before it reads gets to see the answer.
	drain = 16 << 20
)

// layers are the gateway, outermost first; the order is that of the decisions (body before credentials, credentials
// before throttling, throttling before the project).
func (e *Emulator) layers() []Layer {
	return []Layer{
		{"identify", e.identify},
		{"latency", e.delay},
		{"request-limits", e.limitRequest},
		{"route", e.route},
		{"body", e.readBody},
		{"authentication", e.check(e.authenticated)},
		{"flow-control", e.check(e.throttled)},
		{"project", e.check(inOwnProject)},
		{"policy", e.check(permitted)},
		{"trouble", e.check(e.inTrouble)},
	}
}

// handler stacks the layers over the operations.
func (e *Emulator) handler(layers []Layer) http.Handler {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := RequestOf(hr.Context())
		e.render(w, r, e.serve(r))
	})
	for i := len(layers) - 1; i >= 0; i-- {
		h = layers[i].Wrap(h)
	}
	return h
}

// serve lets the operation answer at one moment of the world.
func (e *Emulator) serve(r *Request) Answer {
	e.world.mu.Lock()
	defer e.world.mu.Unlock()
	r.Now = e.now() // again, so that no request is answered in the past of another
	e.world.catchUp(r.Now)
	a := e.lose(r, r.Route.Handle(r))
	if r.Delayed && a.Status == http.StatusOK {
		a.Status = http.StatusAccepted
	}
	return a
}

// check makes a layer of a function that may refuse.
func (e *Emulator) check(f func(*Request) *Refusal) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			r := RequestOf(hr.Context())
			if refusal := f(r); refusal != nil {
				e.render(w, r, refusal.answer())
				return
			}
			next.ServeHTTP(w, hr)
		})
	}
}

// identify gives the request its id and its moment.
func (e *Emulator) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := &Request{ID: e.newID(RequestID), Now: e.now()}
		hr = hr.WithContext(context.WithValue(hr.Context(), requestKey{}, r))
		r.HTTP = hr
		next.ServeHTTP(w, hr)
	})
}

// delay holds every request back for the configured latency, or until its client is gone.
func (e *Emulator) delay(next http.Handler) http.Handler {
	if e.latency <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		timer := time.NewTimer(e.latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-hr.Context().Done():
			return
		}
		RequestOf(hr.Context()).Now = e.now() // what the service does happens after the wait
		next.ServeHTTP(w, hr)
	})
}

func (e *Emulator) limitRequest(next http.Handler) http.Handler {
	return e.check(func(r *Request) *Refusal {
		if n := len(r.HTTP.RequestURI); n > maxURI {
			return refuseAtGateway(http.StatusRequestURITooLong, "APIGW.0201", "The request URI has %d bytes, allowed are %d", n, maxURI)
		}
		size := 0
		for name, values := range r.HTTP.Header {
			for _, v := range values {
				size += len(name) + len(v) + len(": \r\n")
			}
		}
		if size > maxHeaders {
			const headersTooLarge = 494 // the gateway's own number
			return refuseAtGateway(headersTooLarge, "APIGW.0201", "The request headers have %d bytes, allowed are %d", size, maxHeaders)
		}
		return nil
	})(next)
}

// route answers an unknown path or method with 404: this gateway has no 405.
func (e *Emulator) route(next http.Handler) http.Handler {
	return e.check(func(r *Request) *Refusal {
		if !match(e.table, r) {
			return refuseAtGateway(http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment")
		}
		return nil
	})(next)
}

func (e *Emulator) readBody(next http.Handler) http.Handler {
	return e.check(func(r *Request) *Refusal {
		var body []byte
		var err error
		announced := r.HTTP.ContentLength > maxBody // so that it need not be kept to be refused
		if !announced {
			body, err = io.ReadAll(io.LimitReader(r.HTTP.Body, maxBody+1))
		}
		switch {
		case announced, len(body) > maxBody:
			_, _ = io.CopyN(io.Discard, r.HTTP.Body, drain)
			return refuseAtGateway(http.StatusRequestEntityTooLarge, "APIGW.0201", "The request body is larger than %d bytes", maxBody)
		case err != nil:
			return refuseAtGateway(http.StatusBadRequest, "APIGW.0201", "The request body could not be read: %v", err)
		}
		r.Body = body
		return nil
	})(next)
}

// inOwnProject compares the project of the path with the caller's. A project nobody has heard of is refused alike.
func inOwnProject(r *Request) *Refusal {
	if r.Project == "" {
		r.Project = r.Caller.Project // a path of the fringe that names none means the caller's
	}
	if sent := r.HTTP.Header.Get("X-Project-Id"); sent != "" && sent != r.Project {
		return refuse(http.StatusBadRequest, "Common.0018", "The project in X-Project-Id, %q, is not the project in the URL, %q.", sent, r.Project)
	}
	if r.Caller.Project != r.Project {
		return refuse(http.StatusBadRequest, "Common.0018", "The credentials are not those of the project in the URL, %q.", r.Project)
	}
	return nil
}

// permitted applies the policy of the caller's credentials.
func permitted(r *Request) *Refusal {
	for _, denied := range r.Caller.Denied {
		if denied == r.Route.Action {
			return refuse(http.StatusForbidden, policyDenial, "Policy doesn't allow %s to be performed.", denied)
		}
	}
	return nil
}
