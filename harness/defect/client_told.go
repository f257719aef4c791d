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
		{Name: "order-id-dropped", Title: "does not tell the order", Breaks: []string{"RSZ-CLIENT-102"}, Apply: accepted(func(r *driver.Result) { r.OrderID = nil })},
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
		{Name: "asks-for-gzip-in-vain", Title: "accepts gzip and cannot undo it", Breaks: []string{"RSZ-CLIENT-141"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Set("Accept-Encoding", "gzip")
		})},
	}
}

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

// clientReadDefects tell a server or a list of flavors otherwise than it came.
func clientReadDefects() []ClientDefect {
	return []ClientDefect{
		{Name: "flavor-by-name", Title: "tells the name of a server as its flavor", Breaks: []string{"RSZ-CLIENT-135"}, Apply: inTold(func(_ driver.Request, told *driver.Response) {
			if told.Result != nil && told.Result.Server != nil {
				told.Result.Server.Flavor = told.Result.Server.Name
			}
		})},
		{Name: "resized-is-active", Title: "tells SHUTOFF as ACTIVE", Breaks: []string{"RSZ-CLIENT-135"}, Apply: inTold(func(_ driver.Request, told *driver.Response) {
			if told.Result != nil && told.Result.Server != nil && *told.Result.Server.Status == "SHUTOFF" {
				told.Result.Server.Status = text("ACTIVE")
			}
		})},
		{Name: "first-flavor-only", Title: "tells only the first flavor of a list", Breaks: []string{"RSZ-CLIENT-136"}, Apply: inTold(func(_ driver.Request, told *driver.Response) {
			if told.Result != nil && len(told.Result.Flavors) > 1 {
				told.Result.Flavors = told.Result.Flavors[:1]
			}
		})},
		{Name: "vcpus-as-number-refused", Title: "cannot read a list whose vcpus are numbers", Breaks: []string{"RSZ-CLIENT-136"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if r.Operation == driver.ListResizeFlavors && regexp.MustCompile(`"vcpus"\s*:\s*[0-9]`).Match(a.Body) {
				return driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Status: a.Status, Message: "vcpus: wanted a string"}}
			}
			return read(r, a)
		})},
		{Name: "empty-list-is-error", Title: "takes an empty list of flavors for an error", Breaks: []string{"RSZ-CLIENT-136"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if r.Operation == driver.ListResizeFlavors && told.Result != nil && len(told.Result.Flavors) == 0 {
				*told = driver.Response{Error: &driver.Error{Kind: driver.OtherError, Message: "not found"}}
			}
		})},
	}
}
