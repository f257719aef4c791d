package reference

import (
	"fmt"
	"net/http"

	"resize-conformance/harness/driver"
)

// reader tells what an answer says: the result, a refusal, or that it cannot be read.
func reader(find FaultFinder) Reader {
	return func(r driver.Request, a *Answer) driver.Response {
		if a.Status < 200 || a.Status > 299 {
			return refused(find, a)
		}
		if len(a.Body) == 0 && bodyless(r, a.Status) {
			return driver.Response{Result: &driver.Result{}}
		}
		if t := a.Header.Get("Content-Type"); t != "" && len(a.Body) > 0 && !isJSON(t) {
			return unreadable(a, fmt.Errorf("wanted application/json, got %s", t))
		}
		body, err := parse(a.Body)
		if err != nil {
			return unreadable(a, err)
		}
		if f, ok := find(body); ok && !hasOwnMembers(r, body) {
			return apiError(a, f) // 202 with Common.0024: it was not accepted, whatever the status
		}
		result, err := readResult(r, body)
		if err != nil {
			return unreadable(a, err)
		}
		return driver.Response{Result: result}
	}
}

// bodyless says whether an answer may be empty: a passed dry run's, of which no source shows a body, and one whose status says that there is none.
func bodyless(r driver.Request, status int) bool {
	return status == http.StatusNoContent || dryRun(r)
}

func dryRun(r driver.Request) bool { return r.Params.DryRun != nil && *r.Params.DryRun }

// hasOwnMembers says whether an object is what was asked for, so that a member of it which an error has, too, makes it none: a job has an error_code.
func hasOwnMembers(r driver.Request, d document) bool {
	switch r.Operation {
	case driver.ShowJob, driver.WaitForJob:
		return d["status"] != nil
	case driver.ShowServer:
		return d["server"] != nil
	case driver.ListResizeFlavors:
		return d["flavors"] != nil
	}
	return false
}

// refused tells an answer that is no success: a refusal, a redirect that is not followed, or something that no known envelope fits.
func refused(find FaultFinder, a *Answer) driver.Response {
	body, err := parse(a.Body)
	if err == nil {
		if f, ok := find(body); ok {
			return apiError(a, f)
		}
	}
	message := http.StatusText(a.Status)
	if to := a.Header.Get("Location"); to != "" && a.Status < 400 {
		message = "the server redirects, which is not followed"
	}
	return apiError(a, Fault{Message: message})
}

// apiError tells a refusal. What is more specific is added to the message.
func apiError(a *Answer, f Fault) driver.Response {
	message := f.Message
	for _, d := range f.Details {
		message += fmt.Sprintf("; %s %s", d.Code, d.Message)
	}
	if f.EncodedMessage != "" {
		message += "; encoded authorization message: " + f.EncodedMessage
	}
	again := throttled(a.Status, f.Code)
	return failed(driver.Error{Kind: driver.APIError, Status: a.Status, Code: f.Code, Message: message, Retryable: &again})
}

// throttled says whether a refusal asks to come back later and promises that nothing was done: flow control in any of its forms, or a server that is busy
// with another command. Sources: gateway error codes (APIGW.0308), the ECS error code table (Common.1503, Common.0024 with 202, Ecs.0603 with 501).
func throttled(status int, code string) bool {
	switch code {
	case "Common.0024", "Common.1503", "Ecs.0603", "APIGW.0308":
		return true
	}
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

func unreadable(a *Answer, err error) driver.Response {
	return failed(driver.Error{Kind: driver.DecodeError, Status: a.Status, Message: "the answer cannot be read: " + err.Error()})
}
