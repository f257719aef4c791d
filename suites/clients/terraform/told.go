package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// told is an error as the user sees it.
type told struct {
	Kind    string `json:"kind"`
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// line is one line of `terraform apply -json`, of those that matter here.
type line struct {
	Type       string
	Diagnostic struct{ Severity, Summary, Detail string }
	Outputs    map[string]struct{ Value json.RawMessage }
}

// tell reads what Terraform said.
func tell(r request, out io.Reader) (response, error) {
	var errorsTold []string
	outputs := map[string]json.RawMessage{}
	for d := json.NewDecoder(out); ; {
		var l line
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return response{}, fmt.Errorf("the output of apply -json: %w", err)
		}
		if l.Type == "diagnostic" && l.Diagnostic.Severity == "error" {
			errorsTold = append(errorsTold, strings.TrimSpace(l.Diagnostic.Summary+"\n"+l.Diagnostic.Detail))
		}
		for name, o := range l.Outputs {
			if o.Value != nil { // a plan announces outputs without a value
				outputs[name] = o.Value
			}
		}
	}
	if len(errorsTold) > 0 {
		return response{Error: errorOf(strings.Join(errorsTold, "\n"))}, nil
	}
	result := &result{}
	switch r.Operation {
	case "showServer":
		s := &server{}
		err := errors.Join(read(outputs, "id", &s.ID), read(outputs, "name", &s.Name), read(outputs, "status", &s.Status), read(outputs, "flavor_id", &s.Flavor))
		result.Server = s
		return response{Result: result}, err
	case "listResizeFlavors":
		result.Flavors = []flavor{}
		return response{Result: result}, read(outputs, "flavors", &result.Flavors)
	}
	return response{Result: result}, nil
}

func read(outputs map[string]json.RawMessage, name string, into any) error {
	if outputs[name] == nil {
		return nil // null is not shown
	}
	if err := json.Unmarshal(outputs[name], into); err != nil {
		return fmt.Errorf("the output %s: %w", name, err)
	}
	return nil
}

// The provider does not show statuses as numbers, but in words, each of its own. Where it shows the answer's body, it does so behind "error message: ".
var (
	statusWords = []struct {
		words  string
		status int
	}{
		{"Bad request with: [", 400},
		{"Authentication failed", 401},
		{"Action forbidden: [", 403},
		{"Resource not found: [", 404},
		{"Method not allowed", 405},
		{"The server timed out waiting for the request", 408},
		{"The request could not be processed due to conflict in the request", 409},
		{"Too many requests: [", 429},
		{"Internal Server Error: [", 500},
		{"Bad Gateway. Unable to receive a valid response", 502},
		{"The service is currently unable to handle the request", 503},
	}
	statusNumber = regexp.MustCompile(`Expected HTTP response code \[[\d ]*\] when accessing \[.*\], but got (\d{3}) instead`)
	failedJob    = regexp.MustCompile(`Job failed with code (\S*): `)
	noConnection = regexp.MustCompile(`connection error, retries exhausted|connection refused|connection reset by peer|dial tcp|broken pipe|unexpected EOF|: EOF\b|server closed`)
	timeIsUp     = regexp.MustCompile(`A timeout occurred|context deadline exceeded|i/o timeout|timeout while waiting`)
	unreadable   = regexp.MustCompile(`invalid character|unexpected end of JSON|json: cannot unmarshal|parsing time "|cannot parse|malformed HTTP`)
)

// errorOf sorts what the user is told into the protocol's words. What the text does not show is left out.
func errorOf(text string) *told {
	e := &told{Kind: "other", Message: text}
	if m := statusNumber.FindStringSubmatch(text); m != nil {
		e.Status, _ = strconv.Atoi(m[1])
	}
	for _, s := range statusWords {
		if e.Status == 0 && strings.Contains(text, s.words) {
			e.Status = s.status
		}
	}
	switch {
	case e.Status != 0:
		e.Kind, e.Code = "api", shownCode(text)
	case failedJob.MatchString(text):
		e.Kind, e.Code = "job", failedJob.FindStringSubmatch(text)[1]
	case timeIsUp.MatchString(text):
		e.Kind = "timeout"
	case noConnection.MatchString(text):
		e.Kind = "network"
	case unreadable.MatchString(text):
		e.Kind = "decode"
	case strings.Contains(text, "missing required argument"), strings.Contains(text, "Invalid import ID argument"):
		e.Kind = "validation"
	}
	return e
}

// shownCode is the error code in the body that is shown, in one of the envelopes of these services; "" when no body is shown, or none that has a code.
func shownCode(text string) string {
	_, shown, found := strings.Cut(text, "error message: ")
	if !found {
		return ""
	}
	var body struct {
		Error     struct{ Code any }
		ErrorCode any `json:"error_code"`
		Code      any
	}
	if json.NewDecoder(strings.NewReader(shown)).Decode(&body) != nil {
		return ""
	}
	for _, code := range []any{body.Error.Code, body.ErrorCode, body.Code} {
		switch c := code.(type) {
		case string:
			return c
		case float64:
			return strconv.FormatFloat(c, 'f', -1, 64)
		}
	}
	return ""
}
