package defect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	"resize-conformance/harness/emulator"
)

// answerDefects are about the form of answers of success.
func answerDefects() []Defect {
	return []Defect{
		{
			Name: "accepted-202", Title: "answers 202 to a resize that it begins at once", Kind: Answer, Breaks: []string{"RSZ-RSP-001"},
			Apply: handling(func(handle handler) handler {
				return func(r *emulator.Request) emulator.Answer {
					a := handle(r)
					if a.Status == http.StatusOK {
						a.Status = http.StatusAccepted
					}
					return a
				}
			}),
		},
		{
			Name: "accepted-201", Title: "answers 201 to a resize that it accepts", Kind: Answer, Breaks: []string{"RSZ-RSP-001", "RSZ-RSP-017"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isOperation(r) && a.Code == http.StatusOK {
					a.Code = http.StatusCreated
				}
			}),
		},
		{
			Name: "order-in-place-of-job", Title: "gives the job of a pay-per-use server as an order", Kind: Answer, Breaks: []string{"RSZ-RSP-002"},
			Apply: accepting(func(body map[string]any) {
				if body["order_id"] == nil {
					body["order_id"] = body["job_id"]
					delete(body, "job_id")
				}
			}),
		},
		{
			Name: "job-id-number", Title: "writes job_id as a number", Kind: Answer, Breaks: []string{"RSZ-RSP-005"},
			Apply: accepting(func(body map[string]any) { body["job_id"] = 17 }),
		},
		{
			Name: "job-id-empty", Title: "leaves job_id empty", Kind: Answer, Breaks: []string{"RSZ-RSP-005"},
			Apply: accepting(func(body map[string]any) { body["job_id"] = "" }),
		},
		{
			Name: "order-id-number", Title: "writes order_id as a number", Kind: Answer, Breaks: []string{"RSZ-RSP-006", "RSZ-RSP-003"},
			Apply: accepting(func(body map[string]any) {
				if body["order_id"] != nil {
					body["order_id"] = 1711152257
				}
			}),
		},
		{
			Name: "order-id-empty", Title: "leaves order_id empty", Kind: Answer, Breaks: []string{"RSZ-RSP-006", "RSZ-RSP-003"},
			Apply: accepting(func(body map[string]any) {
				if body["order_id"] != nil {
					body["order_id"] = ""
				}
			}),
		},
		{
			Name: "success-as-text", Title: "declares answers of success to be text", Kind: Answer, Breaks: []string{"RSZ-RSP-007"},
			Apply: mediaType(func(status int) bool { return status < 300 }, "text/plain; charset=utf-8"),
		},
		{
			Name: "success-without-media-type", Title: "declares no media type of accepted resizes", Kind: Answer, Breaks: []string{"RSZ-RSP-007"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isOperation(r) && a.Code == http.StatusOK {
					a.Header()["Content-Type"] = nil // keeps net/http from guessing one
				}
			}),
		},
		{
			Name: "request-id-missing", Title: "gives no answer an X-Request-Id", Kind: Answer, Breaks: []string{"RSZ-RSP-008"},
			Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) { a.Header().Del("X-Request-Id") }),
		},
		{
			Name: "request-id-missing-of-success", Title: "gives only errors an X-Request-Id", Kind: Answer, Breaks: []string{"RSZ-RSP-008"},
			Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
				if a.Code < 300 {
					a.Header().Del("X-Request-Id")
				}
			}),
		},
		{
			Name: "request-id-empty", Title: "leaves X-Request-Id empty", Kind: Answer, Breaks: []string{"RSZ-RSP-008"},
			Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) { a.Header().Set("X-Request-Id", "") }),
		},
		{
			Name: "accepted-without-ids", Title: "answers an accepted resize with an empty object", Kind: Answer, Breaks: []string{"RSZ-RSP-010"},
			Apply: accepting(func(body map[string]any) { clear(body) }),
		},
		{
			Name: "accepted-one-level-down", Title: "puts the ids of an accepted resize into a member of their own", Kind: Answer, Breaks: []string{"RSZ-RSP-010"},
			Apply: accepting(func(body map[string]any) {
				inner := map[string]any{}
				for name, value := range body {
					inner[name] = value
				}
				clear(body)
				body["resize"] = inner
			}),
		},
		{
			Name: "accepted-as-array", Title: "answers an accepted resize with an array", Kind: Answer, Breaks: []string{"RSZ-RSP-010"},
			Apply: bytesOf(isOperation, asArray),
		},
		{
			Name: "v1-accepted-as-array", Title: "answers an accepted v1 resize with an array", Kind: Answer, Breaks: []string{"RSZ-RSP-011"},
			Apply: bytesOf(func(r *http.Request) bool { return isResize(r) && !isOperation(r) }, asArray),
		},
		{
			Name: "job-with-entities-as-array", Title: "shows what a job is about as an array", Kind: Answer, Breaks: []string{"RSZ-RSP-012"},
			Apply: shown(isJob, func(body map[string]any) { body["entities"] = []any{body["entities"]} }),
		},
		{
			Name: "server-not-enclosed", Title: "shows a server's members without server around them", Kind: Answer, Breaks: []string{"RSZ-RSP-013"},
			Apply: shown(isShow, func(body map[string]any) {
				if server, ok := body["server"].(map[string]any); ok {
					delete(body, "server")
					for name, value := range server {
						body[name] = value
					}
				}
			}),
		},
		{
			Name: "server-with-numbers", Title: "shows the size of a server's flavor in numbers", Kind: Answer, Breaks: []string{"RSZ-RSP-013"},
			Apply: shown(isShow, func(body map[string]any) {
				server, _ := body["server"].(map[string]any)
				if flavor, ok := server["flavor"].(map[string]any); ok {
					vcpus, _ := flavor["vcpus"].(string)
					flavor["vcpus"] = json.Number(vcpus)
				}
			}),
		},
		{
			Name: "flavors-with-ram-as-string", Title: "lists the memory of flavors as a string", Kind: Answer, Breaks: []string{"RSZ-RSP-014"},
			Apply: eachListed(func(flavor map[string]any) {
				if ram, ok := flavor["ram"].(json.Number); ok {
					flavor["ram"] = ram.String()
				}
			}),
		},
		{
			Name: "flavors-without-vcpus", Title: "lists flavors without vcpus", Kind: Answer, Breaks: []string{"RSZ-RSP-014"},
			Apply: eachListed(func(flavor map[string]any) { delete(flavor, "vcpus") }),
		},
		{
			Name: "power-accepted-as-array", Title: "answers a start or a stop with an array", Kind: Answer, Breaks: []string{"RSZ-RSP-015"},
			Apply: bytesOf(isPower, asArray),
		},
		{
			Name: "power-without-job", Title: "answers a start or a stop without a job", Kind: Answer, Breaks: []string{"RSZ-RSP-005", "RSZ-SETUP-001", "RSZ-SETUP-002"},
			Apply: shown(isPower, func(body map[string]any) { delete(body, "job_id") }),
		},
		{
			Name: "undocumented-status", Title: "answers 207 to the query for flavors", Kind: Answer, Breaks: []string{"RSZ-RSP-017"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isList(r) && a.Code == http.StatusOK {
					a.Code = http.StatusMultiStatus
				}
			}),
		},
		{
			Name: "answer-cut-off", Title: "drops the last byte of the answer to an accepted resize", Kind: Answer, Breaks: []string{"RSZ-RSP-018"},
			Apply: bytesOf(isOperation, func(body string) string { return strings.TrimSuffix(strings.TrimSpace(body), "}") }),
		},
		{
			Name: "answer-twice", Title: "writes the answer to an accepted resize twice", Kind: Answer, Breaks: []string{"RSZ-RSP-018"},
			Apply: bytesOf(isOperation, func(body string) string { return body + body }),
		},
		{
			Name: "answer-with-text-behind", Title: "writes something behind the JSON of the answer to an accepted resize", Kind: Answer, Breaks: []string{"RSZ-RSP-018"},
			Apply: bytesOf(isOperation, func(body string) string { return body + "<!-- served by node 3 -->" }),
		},
		{
			Name: "answer-with-member-twice", Title: "names job_id twice in the answer to an accepted resize", Kind: Answer, Breaks: []string{"RSZ-RSP-018"},
			Apply: bytesOf(isOperation, func(body string) string { return strings.Replace(body, "{", `{"job_id":"0",`, 1) }),
		},
		{
			Name: "answer-in-latin-1", Title: "writes messages in another encoding than UTF-8", Kind: Answer, Breaks: []string{"RSZ-RSP-018"},
			Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
				raw := bytes.Replace(a.Body.Bytes(), []byte(`"message":"`), []byte("\"message\":\"\xa1"), 1)
				rewrite(a, string(raw))
			}),
		},
		{
			Name: "answer-with-byte-order-mark", Title: "begins the answer to an accepted resize with a byte order mark", Kind: Answer, Breaks: []string{"RSZ-RSP-018"},
			Apply: bytesOf(isOperation, func(body string) string { return "\uFEFF" + body }),
		},
	}
}

// The other operations by what a request line shows of them.
func isList(r *http.Request) bool  { return strings.HasSuffix(r.URL.Path, "/resize_flavors") }
func isPower(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/cloudservers/action") }
func isShow(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/cloudservers/") && !isList(r)
}

// accepting changes the answers to accepted v1.1 resizes.
func accepting(change func(body map[string]any)) func(*emulator.Config) {
	return shown(isOperation, change)
}

// shown changes the 200 answers of one operation.
func shown(operation func(*http.Request) bool, change func(body map[string]any)) func(*emulator.Config) {
	return inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		if operation(r) && a.Code == http.StatusOK {
			change(body)
		}
	})
}

// bytesOf changes the bytes of the 200 answers of one operation.
func bytesOf(operation func(*http.Request) bool, change func(body string) string) func(*emulator.Config) {
	return inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
		if operation(r) && a.Code == http.StatusOK {
			rewrite(a, change(a.Body.String()))
		}
	})
}

func asArray(body string) string { return "[" + body + "]" }

// mediaType declares another media type in the answers of some statuses that have a body.
func mediaType(of func(status int) bool, as string) func(*emulator.Config) {
	return inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
		if of(a.Code) && a.Body.Len() > 0 {
			a.Header().Set("Content-Type", as)
		}
	})
}

// eachListed changes every flavor of a list.
func eachListed(change func(flavor map[string]any)) func(*emulator.Config) {
	return shown(isList, func(body map[string]any) {
		list, _ := body["flavors"].([]any)
		for _, item := range list {
			if flavor, ok := item.(map[string]any); ok {
				change(flavor)
			}
		}
	})
}
