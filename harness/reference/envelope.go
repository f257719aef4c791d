package reference

import (
	"encoding/json"
	"strings"
)

// Fault is an error as the service words it, whatever envelope it came in.
type Fault struct {
	Code    string // "Ecs.0005"; "" when the envelope has none
	Message string
	Details []Detail // more specific errors: of details, of internalError, of an error in the message's own JSON
	// EncodedMessage is encoded_authorization_message, which a denial by policy carries: the user has it decoded to learn which policy denies.
	EncodedMessage string
}

// Detail is one of the more specific errors of a fault.
type Detail struct{ Code, Message string }

// maxNesting bounds the search for an error in an error: no known envelope is nested deeper.
const maxNesting = 4

// readFault finds the error in a body's object. It knows the envelopes of this family of services:
//
//	{"error":{"code","message"}}                   the service; with "details" or "internalError" beside or below
//	{"error":{"code":401,"message","title"}}       IAM, with an integer
//	{"error_code","error_msg","request_id"}        the API gateway
//	{"code","message"}                             the query of a job
//	{"badRequest":{"code":400,"message"}}          Nova, which the service puts into a message as JSON, too
//	{"message","request_id"}                       an old gateway, without a code
//
// It is not the decoder that answers are judged by (contract.ErrorCodes), on purpose: were it, a flaw in that one would show neither here nor there.
func readFault(body map[string]any) (Fault, bool) { return faultAt(body, 0) }

func faultAt(d document, depth int) (Fault, bool) {
	for _, names := range [][2]string{{"error_code", "error_msg"}, {"error_code", "error_message"}, {"code", "message"}} {
		code, coded := d.text(names[0])
		message, worded := d.text(names[1])
		if coded && worded && strings.TrimSpace(code) != "" {
			return enriched(Fault{Code: code, Message: message}, d, depth), true
		}
	}
	if depth < maxNesting {
		if inner, ok := onlyFault(d, depth); ok {
			return enriched(inner, d, depth), true
		}
	}
	if message, ok := d.text("message"); ok && depth == 0 {
		if _, gateway := d.text("request_id"); gateway {
			return Fault{Message: message}, true
		}
	}
	return Fault{}, false
}

// onlyFault looks into "error", or else into the one object that there is: of several it could not be told which one is meant.
func onlyFault(d document, depth int) (Fault, bool) {
	if inner := d.object("error"); inner != nil {
		return faultAt(inner, depth+1)
	}
	if len(d) != 1 {
		return Fault{}, false
	}
	for name := range d {
		if inner := d.object(name); inner != nil {
			return faultAt(inner, depth+1)
		}
	}
	return Fault{}, false
}

// enriched adds what stands beside code and message.
func enriched(f Fault, d document, depth int) Fault {
	if encoded, ok := d.text("encoded_authorization_message"); ok && f.EncodedMessage == "" {
		f.EncodedMessage = encoded
	}
	for _, name := range []string{"details", "internalError"} {
		list, _ := d[name].([]any)
		for _, item := range list {
			o, _ := item.(map[string]any)
			if detail, ok := readDetail(o); ok {
				f.Details = append(f.Details, detail)
			}
		}
	}
	if inner, ok := faultInText(f.Message, depth); ok && len(f.Details) == 0 {
		f.Details = append(f.Details, Detail{inner.Code, inner.Message})
	}
	return f
}

// readDetail reads an entry of details or internalError, of which either half may be missing.
func readDetail(d document) (Detail, bool) {
	var out Detail
	for _, name := range []string{"code", "error_code"} {
		if v, ok := d.text(name); ok && out.Code == "" {
			out.Code = v
		}
	}
	for _, name := range []string{"message", "error_message", "error_msg"} {
		if v, ok := d.text(name); ok && out.Message == "" {
			out.Message = v
		}
	}
	return out, out != (Detail{})
}

// faultInText finds the error of another service that was put into a message as JSON.
func faultInText(text string, depth int) (Fault, bool) {
	if depth >= maxNesting || !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return Fault{}, false
	}
	var inner map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&inner) != nil {
		return Fault{}, false
	}
	return faultAt(inner, depth+1)
}
