package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Answer is what an operation has to say, before it is put on the wire.
type Answer struct {
	Status  int
	Header  http.Header // beyond Content-Type and X-Request-Id; may be nil
	Body    any         // marshalled as JSON; nil sends no body and no Content-Type
	Refusal *Refusal    // set if this is an error answer; then Body is nil and made from it
}

// Refusal is an error answer.
type Refusal struct {
	Status   int
	Code     string
	Message  string
	Envelope Envelope
	// RetryAfter is when the caller may come back, told in whole seconds (RFC 9110, section 10.2.3); 0: nothing is said.
	RetryAfter time.Duration
}

// refuse makes a refusal of the service itself.
func refuse(status int, code, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Code: code, Message: fmt.Sprintf(format, args...), Envelope: ServiceEnvelope}
}

// refuseAtGateway makes a refusal of the gateway: the request never reaches the service.
func refuseAtGateway(status int, code, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Code: code, Message: fmt.Sprintf(format, args...), Envelope: GatewayEnvelope}
}

func (f *Refusal) answer() Answer {
	a := Answer{Status: f.Status, Refusal: f}
	if f.RetryAfter > 0 {
		a.Header = http.Header{"Retry-After": {strconv.Itoa(int((f.RetryAfter + time.Second - 1) / time.Second))}}
	}
	return a
}

func ok(body any) Answer { return Answer{Status: http.StatusOK, Body: body} }

// renderIn is the faithful Renderer: JSON, errors in the envelope that is theirs when the emulator's is v, and the request's id in X-Request-Id on every answer.
func renderIn(v Envelope) Renderer {
	return func(w http.ResponseWriter, r *Request, a Answer) {
		if a.Refusal != nil {
			f := *a.Refusal
			f.Envelope = v.of(&f)
			a.Refusal = &f
		}
		render(w, r, a)
	}
}

func render(w http.ResponseWriter, r *Request, a Answer) {
	h := w.Header()
	for name, values := range a.Header {
		h[name] = values
	}
	h.Set("X-Request-Id", r.ID)
	body := a.Body
	if a.Refusal != nil {
		body = a.Refusal.Body(r.ID)
	}
	if body == nil {
		w.WriteHeader(a.Status)
		return
	}
	raw, err := Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("emulator: an answer that is no JSON: %v", err)) // a programming error; net/http closes the connection
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(raw) // a client that went away is not our business
}

// Marshal is how the service writes JSON: compact, and without escaping <, > and &.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
