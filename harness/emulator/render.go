package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Answer is what an operation has to say, before it is put on the wire.
type Answer struct {
	Status  int
	Header  http.Header // beyond Content-Type and X-Request-Id; may be nil
	Body    any         // marshalled as JSON; nil sends no body and no Content-Type
	Refusal *Refusal    // set if this is an error answer; then Body is nil and made from it
}

// Envelope names the shape of an error body.
type Envelope string

// The envelopes this API family uses for its own errors and for those of the gateway in front of it.
const (
	ServiceEnvelope Envelope = "service" // {"error":{"message","code"}}
	GatewayEnvelope Envelope = "gateway" // {"error_msg","error_code","request_id"}
)

// Refusal is an error answer.
type Refusal struct {
	Status   int
	Code     string
	Message  string
	Envelope Envelope
}

// refuse makes a refusal of the service itself.
func refuse(status int, code, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Code: code, Message: fmt.Sprintf(format, args...), Envelope: ServiceEnvelope}
}

// refuseAtGateway makes a refusal of the gateway: the request never reaches the service.
func refuseAtGateway(status int, code, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Code: code, Message: fmt.Sprintf(format, args...), Envelope: GatewayEnvelope}
}

func (f *Refusal) answer() Answer { return Answer{Status: f.Status, Refusal: f} }

func ok(body any) Answer { return Answer{Status: http.StatusOK, Body: body} }

type (
	serviceError struct {
		Error struct {
			Message string `json:"message"`
			Code    string `json:"code"`
		} `json:"error"`
	}
	gatewayError struct {
		Message   string `json:"error_msg"`
		Code      string `json:"error_code"`
		RequestID string `json:"request_id"`
	}
)

// Body is the error as it looks in its envelope.
func (f *Refusal) Body(requestID string) any {
	if f.Envelope == GatewayEnvelope {
		return gatewayError{f.Message, f.Code, requestID}
	}
	var e serviceError
	e.Error.Message, e.Error.Code = f.Message, f.Code
	return e
}

// render is the faithful Renderer: JSON, and the request's id in X-Request-Id on every answer.
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
