package defect

import (
	"encoding/json"
	"strings"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
)

// clientEnvelopeDefects do not read every envelope that errors come in, or do not tell all of it.
func clientEnvelopeDefects() []ClientDefect {
	without := func(member string) func(*reference.Config) {
		return inFaults(func(find reference.FaultFinder, body map[string]any) (reference.Fault, bool) {
			if _, there := body[member]; there {
				return reference.Fault{}, false
			}
			return find(body)
		})
	}
	told := func(change func(*reference.Fault)) func(*reference.Config) {
		return inFaults(func(find reference.FaultFinder, body map[string]any) (reference.Fault, bool) {
			f, ok := find(body)
			change(&f)
			return f, ok
		})
	}
	return []ClientDefect{
		{Name: "service-envelope-unknown", Title: "does not know the service's own envelope", Breaks: []string{"RSZ-CLIENT-116"}, Apply: without("error")},
		{Name: "gateway-envelope-unknown", Title: "does not know the gateway's envelope", Breaks: []string{"RSZ-CLIENT-117"}, Apply: without("error_code")},
		{Name: "bare-envelope-unknown", Title: "does not know the envelope of the job query", Breaks: []string{"RSZ-CLIENT-118"}, Apply: without("code")},
		{Name: "message-as-code", Title: "tells the message where the code belongs", Breaks: []string{"RSZ-CLIENT-116", "RSZ-CLIENT-117", "RSZ-CLIENT-118"}, Apply: told(func(f *reference.Fault) {
			f.Code, f.Message = f.Message, f.Code
		})},
		{Name: "number-codes-refused", Title: "does not read a code that is a number", Breaks: []string{"RSZ-CLIENT-119"}, Apply: inFaults(func(find reference.FaultFinder, body map[string]any) (reference.Fault, bool) {
			if inner, ok := body["error"].(map[string]any); ok {
				if _, number := inner["code"].(json.Number); number {
					return reference.Fault{}, false
				}
			}
			return find(body)
		})},
		{Name: "details-dropped", Title: "does not tell the details of an error", Breaks: []string{"RSZ-CLIENT-120"}, Apply: told(func(f *reference.Fault) {
			if !strings.HasPrefix(f.Message, "{") {
				f.Details = nil
			}
		})},
		{Name: "nested-error-dropped", Title: "cuts an error of another service out of the message", Breaks: []string{"RSZ-CLIENT-121"}, Apply: told(func(f *reference.Fault) {
			if strings.HasPrefix(f.Message, "{") {
				f.Message, f.Details = "request failed", nil
			}
		})},
		{Name: "encoded-message-dropped", Title: "does not tell the encoded message of a denial by policy", Breaks: []string{"RSZ-CLIENT-122"}, Apply: told(func(f *reference.Fault) { f.EncodedMessage = "" })},
		{Name: "status-lost", Title: "does not tell the status of a refusal", Breaks: []string{"RSZ-CLIENT-123"}, Apply: inClientErrors(func(_ driver.Request, e *driver.Error) { e.Status = 0 })},
		{Name: "page-of-gateway-unreadable", Title: "tells a refusal without JSON as an answer that cannot be read, and not as a refusal", Breaks: []string{"RSZ-CLIENT-123"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if a.Status >= 400 && !json.Valid(a.Body) {
				return driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Message: "invalid character '<'"}}
			}
			return read(r, a)
		})},
		{Name: "never-retryable", Title: "says of no refusal that trying again may help", Breaks: []string{"RSZ-CLIENT-124"}, Apply: inClientErrors(retryable(false))},
		{Name: "always-retryable", Title: "says of every refusal that trying again may help", Breaks: []string{"RSZ-CLIENT-125"}, Apply: inClientErrors(retryable(true))},
	}
}

func retryable(yes bool) func(driver.Request, *driver.Error) {
	return func(_ driver.Request, e *driver.Error) {
		if e.Retryable != nil {
			e.Retryable = &yes
		}
	}
}
