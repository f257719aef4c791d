package ecs

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// Answer is what an operation got. The exchange is what was recorded, whoever the client is.
type Answer struct {
	*exchange.Exchange
	Operation Operation
	// Sent are all exchanges that the call made, in the order in which they began; the built-in client makes one.
	Sent []*exchange.Exchange
	// Asked is what a client under test was asked for, in its user's words; nil for the built-in client.
	Asked *driver.Request
	// Told is what a client under test told its user; nil for the built-in client, and when the driver broke down.
	Told *driver.Response

	// Scenarios ask several times, and the body does not change.
	parsing, coding sync.Once
	parsed          node
	unreadable      error
	codes           []string
}

// JobID returns the job id of an accepted request. ok tells an id that is absent from one that is empty.
func (a *Answer) JobID() (id string, ok bool) { return a.member("job_id") }

// OrderID returns the order id of an accepted request for a yearly/monthly server. ok tells an id that is absent from one that is empty.
func (a *Answer) OrderID() (id string, ok bool) { return a.member("order_id") }

// ServerIDs returns the ids of servers made by createServers.
func (a *Answer) ServerIDs() ([]string, error) {
	body, err := a.document()
	if err != nil {
		return nil, err
	}
	list, err := body.at("serverIds").list()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, n := range list {
		id, err := n.text()
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// member returns a member of the body as text. A value that is no string is there, and its JSON is the text.
func (a *Answer) member(name string) (string, bool) {
	body, err := a.document()
	if err != nil {
		return "", false
	}
	n := body.at(name)
	if !n.present {
		return "", false
	}
	if s, err := n.text(); err == nil {
		return s, true
	}
	return n.show(), true
}

// Accepted says whether the request was accepted: a 2xx answer that carries no error. (A 202 may carry one: Common.0024, flow control.)
func (a *Answer) Accepted() bool {
	return a.Status >= 200 && a.Status < 300 && len(a.ErrorCodes()) == 0
}

// ErrorCodes returns the error codes of an answer, the outer one first, then those in its details, which may be more specific. It is empty when the answer
// carries no error that can be told from its envelope.
func (a *Answer) ErrorCodes() []string {
	a.coding.Do(func() { a.codes = a.errorCodes() })
	return slices.Clone(a.codes)
}

func (a *Answer) errorCodes() []string {
	var codes []string
	if code, _, ok := contract.ErrorCode(a.Body); ok {
		codes = append(codes, code)
	}
	body, err := a.document()
	if err != nil {
		return codes
	}
	details, err := body.at("error", "details").list()
	if err != nil {
		return codes
	}
	for _, d := range details {
		if code, err := d.at("code").text(); err == nil && code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}

// ErrorMessage returns the message of an error, "" when there is none. Never judge by it: messages are only samples.
func (a *Answer) ErrorMessage() string {
	_, message, _ := contract.ErrorCode(a.Body)
	return message
}

// HasCode says whether the answer carries one of the error codes, as SameCode compares them. It is asked of every answer, and few name one of the codes anywhere:
// the others are not taken apart.
func (a *Answer) HasCode(codes ...string) bool {
	return slices.ContainsFunc(codes, a.mayName) && slices.ContainsFunc(a.ErrorCodes(), func(got string) bool {
		return slices.ContainsFunc(codes, func(code string) bool { return SameCode(code, got) })
	})
}

// mayName says whether the number of an error code may stand in the body, in which any character can also be written by its number.
func (a *Answer) mayName(code string) bool {
	return bytes.Contains(a.Body, []byte(code[strings.IndexByte(code, '.')+1:])) || bytes.Contains(a.Body, []byte(`\u`))
}

// SameCode compares two error codes. The case of the prefix is no ground for calling a rejection a wrong one (RSZ-ERR-004 looks at it), and the shared and the
// dedicated gateway number alike under the prefixes APIGW and APIG.
func SameCode(a, b string) bool {
	norm := func(s string) string { return strings.Replace(strings.ToUpper(s), "APIGW.", "APIG.", 1) }
	return norm(a) == norm(b)
}

// FlowControlled says whether the request was refused as one too many, in any of the documented forms: status 429, the gateway's APIGW.0308, or of the table of ECS's
// error codes Common.1503 and Common.0024, which comes with status 202. Nothing was done then.
func (a *Answer) FlowControlled() bool {
	return a.Status == http.StatusTooManyRequests || a.HasCode("APIGW.0308", "Common.1503", "Common.0024")
}

// Busy says whether the target asks to come back later: flow control, a status of 503, or Ecs.0603, which is a server that is busy with another command.
func (a *Answer) Busy() bool {
	return a.FlowControlled() || a.Status == http.StatusServiceUnavailable || a.HasCode("Ecs.0603")
}

// lost says whether the gateway answered in place of a service that it did not reach, or that did not answer it in time.
func (a *Answer) lost() bool {
	return a.Status == http.StatusBadGateway || a.Status == http.StatusGatewayTimeout
}

// Summary is the answer in a few words, for messages: "400 Ecs.0005", "200 with 312 bytes".
func (a *Answer) Summary() string {
	if a == nil || a.Exchange == nil || a.Status == 0 {
		return "no answer"
	}
	if codes := a.ErrorCodes(); len(codes) > 0 {
		return fmt.Sprintf("%d %s", a.Status, codes[len(codes)-1])
	}
	return fmt.Sprintf("%d with %d bytes", a.Status, len(a.Body))
}
