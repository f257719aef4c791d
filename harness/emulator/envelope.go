package emulator

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// Envelope names the shape of an error body.
type Envelope string

// The envelopes of this API family. Each that may be a Config's says which errors look like that; all others keep the default's shapes, because an
// envelope is only put where it has been seen or documented.
const (
	// ServiceEnvelope is the service's own, {"error":{"message","code"}}, and the default: with it, the gateway answers in its GatewayEnvelope, the job query in
	// the BareEnvelope, and a denial by policy has the EncodedEnvelope.
	ServiceEnvelope Envelope = "service"
	// GatewayEnvelope is that of the API gateway, {"error_msg","error_code","request_id"}. It is no Config's: the gateway has it anyway.
	GatewayEnvelope Envelope = "gateway"
	// DetailsEnvelope has a general outer code and the precise one in details. The service's errors with a code of its own (Ecs.) look like that.
	DetailsEnvelope Envelope = "details"
	// NestedEnvelope hands an error of Nova on as JSON in the message, under Ecs.1000. Only what Nova checks itself, that the server is in a state in which
	// it can be resized, looks like that; what the service finds by itself keeps its code.
	NestedEnvelope Envelope = "nested"
	// FlatEnvelope is {"error_msg","error_code"}, without the gateway's request_id. All errors of the service look like that.
	FlatEnvelope Envelope = "flat"
	// BareEnvelope is {"code","message"}, as the job query documents it. All errors of the service look like that.
	BareEnvelope Envelope = "bare"
	// IdentityEnvelope is the identity service's, {"error":{"message","code","title"}} with the HTTP status as an integer code. The gateway's 401 looks like
	// that, and the code of the gateway is gone.
	IdentityEnvelope Envelope = "iam"
	// EncodedEnvelope is the service's with encoded_authorization_message beside it. A denial by policy looks like that.
	EncodedEnvelope Envelope = "encoded"
)

// Envelopes lists those that a Config may name, the default first.
func Envelopes() []Envelope {
	return []Envelope{ServiceEnvelope, DetailsEnvelope, NestedEnvelope, FlatEnvelope, BareEnvelope, IdentityEnvelope, EncodedEnvelope}
}

// Codes that decide about an envelope.
const (
	generalCode  = "Ecs.0005" // outer code of what has a more precise one in details
	novaCode     = "Ecs.1000" // a call of Nova failed
	stateCode    = "Ecs.0100" // the state of the server forbids the operation
	policyDenial = "Pdp.0001"
	noSuchJob    = "Common.0011"
)

// of is the envelope of one refusal when v is the Config's. What has been given another than the default by whoever made the refusal keeps that.
func (v Envelope) of(f *Refusal) Envelope {
	fits := f.Envelope == ServiceEnvelope
	switch v {
	case ServiceEnvelope:
		// Two errors have a form of their own where they are documented: a denial by policy, and an error of the job query.
		if own, has := map[string]Envelope{policyDenial: EncodedEnvelope, noSuchJob: BareEnvelope}[f.Code]; fits && has {
			return own
		}
	case DetailsEnvelope:
		fits = fits && strings.HasPrefix(f.Code, "Ecs.") && f.Code != generalCode
	case NestedEnvelope:
		fits = fits && f.Code == stateCode
	case IdentityEnvelope:
		fits = f.Envelope == GatewayEnvelope && f.Status == http.StatusUnauthorized
	case EncodedEnvelope:
		fits = fits && f.Code == policyDenial
	}
	if fits {
		return v
	}
	return f.Envelope
}

type (
	// pair is code and message: the bare error, a detail, and what is inside the service's envelope.
	pair struct {
		Message string `json:"message"`
		Code    string `json:"code"`
	}
	detailed struct {
		pair
		Details []pair `json:"details"`
	}
	// numbered is how OpenStack's services write an error.
	numbered struct {
		Message string `json:"message"`
		Code    int    `json:"code"`
		Title   string `json:"title,omitempty"`
	}
	flat struct {
		Message   string `json:"error_msg"`
		Code      string `json:"error_code"`
		RequestID string `json:"request_id,omitempty"`
	}
	enclosed struct {
		Error   any    `json:"error"`
		Encoded string `json:"encoded_authorization_message,omitempty"`
	}
	nova struct {
		BadRequest numbered `json:"badRequest"`
	}
)

// Body is the error as it looks in its envelope.
func (f *Refusal) Body(requestID string) any {
	plain := pair{f.Message, f.Code}
	switch f.Envelope {
	case GatewayEnvelope:
		return flat{f.Message, f.Code, requestID}
	case DetailsEnvelope:
		return enclosed{Error: detailed{pair{"Invalid parameter.", generalCode}, []pair{plain}}}
	case NestedEnvelope:
		inner, err := Marshal(nova{numbered{Message: f.Message, Code: f.Status}})
		if err != nil {
			panic("emulator: an error of Nova that is no JSON: " + err.Error()) // a string and a number: it cannot happen
		}
		return enclosed{Error: pair{string(inner), novaCode}}
	case FlatEnvelope:
		return flat{Message: f.Message, Code: f.Code}
	case BareEnvelope:
		return plain
	case IdentityEnvelope:
		return enclosed{Error: numbered{f.Message, f.Status, http.StatusText(f.Status)}}
	case EncodedEnvelope:
		// What a caller would have IAM decode. Opaque to everybody else, so any text does.
		return enclosed{plain, base64.StdEncoding.EncodeToString([]byte(f.Message))}
	}
	return enclosed{Error: plain}
}
