package defect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
)

// clientIDDefects tell of what was accepted something else than what the answer says.
func clientIDDefects() []ClientDefect {
	accepted := func(change func(*driver.Result)) func(*reference.Config) {
		return inTold(func(r driver.Request, told *driver.Response) {
			if told.Result != nil {
				change(told.Result)
			}
		})
	}
	return []ClientDefect{
		{Name: "job-id-without-dashes", Title: "takes the dashes out of job ids", Breaks: []string{"RSZ-CLIENT-101"}, Apply: accepted(func(r *driver.Result) {
			if r.JobID != nil {
				r.JobID = text(strings.ReplaceAll(*r.JobID, "-", ""))
			}
		})},
		{Name: "job-id-dropped-beside-order", Title: "tells only the order when there are an order and a job", Breaks: []string{"RSZ-CLIENT-102"}, Apply: accepted(func(r *driver.Result) {
			if r.OrderID != nil {
				r.JobID = nil
			}
		})},
		{Name: "order-id-dropped", Title: "does not tell the order", Breaks: []string{"RSZ-CLIENT-102", "RSZ-CLIENT-103"}, Apply: accepted(func(r *driver.Result) { r.OrderID = nil })},
		{Name: "order-alone-refused", Title: "takes an order without a job for an error", Breaks: []string{"RSZ-CLIENT-103"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if told.Result != nil && told.Result.OrderID != nil && told.Result.JobID == nil {
				*told = driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Message: "no job_id"}}
			}
		})},
		{Name: "order-taken-for-job", Title: "tells the order as a job when there is no job", Breaks: []string{"RSZ-CLIENT-103"}, Apply: accepted(func(r *driver.Result) {
			if r.JobID == nil {
				r.JobID = r.OrderID
			}
		})},
		{Name: "accepted-is-done", Title: "tells that a resize is done when it has been accepted", Breaks: []string{"RSZ-CLIENT-104"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if isResizing(r) && told.Result != nil && told.Result.JobID != nil {
				told.Result.Job = &driver.Job{ID: told.Result.JobID, Status: text("SUCCESS")}
			}
		})},
		{Name: "only-200-is-success", Title: "takes 201, 202 and 204 for errors", Breaks: []string{"RSZ-CLIENT-105", "RSZ-CLIENT-106"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if a.Status > 200 && a.Status < 300 {
				return driver.Response{Error: &driver.Error{Kind: driver.APIError, Status: a.Status, Message: "unexpected status"}}
			}
			return read(r, a)
		})},
		{Name: "dry-run-needs-job", Title: "wants a job of a dry run", Breaks: []string{"RSZ-CLIENT-106"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if isResizing(r) && told.Result != nil && told.Result.JobID == nil && told.Result.OrderID == nil {
				*told = driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Message: "no job_id"}}
			}
		})},
		{Name: "action-without-job", Title: "does not tell the job of a start or stop", Breaks: []string{"RSZ-CLIENT-138"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if (r.Operation == driver.StartServers || r.Operation == driver.StopServers) && told.Result != nil {
				told.Result.JobID = nil
			}
		})},
	}
}

// jobIDPattern finds a job id in anything.
const jobIDPattern = `"job_id"\s*:\s*"([^"]*)"`

// clientDecodeDefects take for an answer what is none, or refuse one that is.
func clientDecodeDefects() []ClientDefect {
	return []ClientDefect{
		{Name: "redirect-is-success", Title: "takes any status below 400 for success", Breaks: []string{"RSZ-CLIENT-107"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if a.Status >= 300 && a.Status < 400 {
				return passes()
			}
			return read(r, a)
		})},
		{Name: "empty-object-is-success", Title: "tells an empty job id when there is none", Breaks: []string{"RSZ-CLIENT-108"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			var body struct {
				JobID *string `json:"job_id"`
			}
			if isResizing(r) && a.Status == http.StatusOK && json.Unmarshal(a.Body, &body) == nil && body.JobID == nil && !bytes.Contains(a.Body, []byte("order_id")) {
				return driver.Response{Result: &driver.Result{JobID: text("")}}
			}
			return read(r, a)
		})},
		{Name: "empty-body-is-success", Title: "takes an empty body for success", Breaks: []string{"RSZ-CLIENT-108"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if a.Status == http.StatusOK && len(a.Body) == 0 {
				return passes()
			}
			return read(r, a)
		})},
		{Name: "cut-off-answer-mended", Title: "picks the job id out of JSON that is cut off", Breaks: []string{"RSZ-CLIENT-109"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if m := regexp.MustCompile(jobIDPattern).FindSubmatch(a.Body); isResizing(r) && a.Status == http.StatusOK && m != nil && !json.Valid(a.Body) {
				return driver.Response{Result: &driver.Result{JobID: text(string(m[1]))}}
			}
			return read(r, a)
		})},
		{Name: "html-is-success", Title: "takes a page of HTML with status 200 for success", Breaks: []string{"RSZ-CLIENT-111"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if a.Status == http.StatusOK && bytes.HasPrefix(bytes.TrimSpace(a.Body), []byte("<")) {
				return passes()
			}
			return read(r, a)
		})},
		{Name: "error-in-success-missed", Title: "does not see an error in an answer of status 202", Breaks: []string{"RSZ-CLIENT-113"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			told := read(r, a)
			if told.Error != nil && told.Error.Kind == driver.APIError && a.Status < 300 {
				return passes()
			}
			return told
		})},
		{Name: "new-members-refused", Title: "refuses an answer with members that it does not know", Breaks: []string{"RSZ-CLIENT-114"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			var body struct {
				JobID   any `json:"job_id"`
				OrderID any `json:"order_id"`
			}
			dec := json.NewDecoder(bytes.NewReader(a.Body))
			dec.DisallowUnknownFields()
			if isResizing(r) && a.Status == http.StatusOK && json.Valid(a.Body) && dec.Decode(&body) != nil {
				return driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Status: a.Status, Message: "unknown member"}}
			}
			return read(r, a)
		})},
		{Name: "null-members-refused", Title: "refuses a job whose error_code is null", Breaks: []string{"RSZ-CLIENT-115"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			var body map[string]any
			if json.Unmarshal(a.Body, &body) == nil && body["status"] != nil {
				if v, there := body["error_code"]; there && v == nil {
					return driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Status: a.Status, Message: "error_code is null"}}
				}
			}
			return read(r, a)
		})},
		{Name: "sub-jobs-wanted", Title: "cannot read a job without sub_jobs", Breaks: []string{"RSZ-CLIENT-137"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if told := read(r, a); told.Result == nil || told.Result.Job == nil || bytes.Contains(a.Body, []byte(`"sub_jobs"`)) {
				return told
			}
			return driver.Response{Error: &driver.Error{Kind: driver.OtherError, Message: "index out of range [0] with length 0"}}
		})},
		{Name: "last-value-read", Title: "reads the last JSON value of an answer that has several", Breaks: []string{"RSZ-CLIENT-110"}, Apply: inReplies(func(_ *reference.Message, a *reference.Answer) {
			dec := json.NewDecoder(bytes.NewReader(a.Body))
			var last json.RawMessage
			for dec.Decode(&last) == nil {
				a.Body = last
			}
		})},
		{Name: "media-type-compared-letter-by-letter", Title: "cannot read an answer whose media type is not exactly application/json", Breaks: []string{"RSZ-CLIENT-112"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if t := a.Header.Get("Content-Type"); a.Status == http.StatusOK && t != "application/json" {
				return driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Status: a.Status, Message: "unexpected " + t}}
			}
			return read(r, a)
		})},
		{Name: "other-media-type-is-success", Title: "does not read an answer of another media type, and tells success", Breaks: []string{"RSZ-CLIENT-111", "RSZ-CLIENT-143"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if t := a.Header.Get("Content-Type"); a.Status == http.StatusOK && t != "" && !strings.Contains(strings.ToLower(t), "json") {
				return passes()
			}
			return read(r, a)
		})},
		{Name: "asks-for-gzip-in-vain", Title: "accepts gzip and cannot undo it", Breaks: []string{"RSZ-CLIENT-141"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Set("Accept-Encoding", "gzip")
		})},
	}
}
