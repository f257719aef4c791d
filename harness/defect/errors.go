package defect

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"resize-conformance/harness/emulator"
)

// errorDefects are about the form of errors.
func errorDefects() []Defect {
	documentedCode := regexp.MustCompile(`"(Ecs|Common|APIGW)\.(\d{4})"`)
	return []Defect{
		{
			Name: "error-as-string", Title: "writes an error of the service as a string", Kind: Answer, Breaks: []string{"RSZ-ERR-001"},
			Apply: inErrors(func(body, inner map[string]any) { body["error"] = inner["message"] }),
		},
		{
			Name: "error-without-message", Title: "writes errors of the service without a message", Kind: Answer, Breaks: []string{"RSZ-ERR-001"},
			Apply: inErrors(func(_, inner map[string]any) { delete(inner, "message") }),
		},
		{
			Name: "error-with-empty-message", Title: "leaves the message of an error of the service empty", Kind: Answer, Breaks: []string{"RSZ-ERR-001"},
			Apply: inErrors(func(_, inner map[string]any) { inner["message"] = "" }),
		},
		{
			Name: "error-with-empty-code", Title: "leaves the code of an error of the service empty", Kind: Answer, Breaks: []string{"RSZ-ERR-001"},
			Apply: inErrors(func(_, inner map[string]any) { inner["code"] = "" }),
		},
		{
			Name: "error-in-unknown-envelope", Title: "writes errors of the service with members of its own naming", Kind: Answer, Breaks: []string{"RSZ-ERR-001"},
			Apply: inErrors(func(body, inner map[string]any) {
				delete(body, "error")
				body["errorCode"], body["errorMessage"] = inner["code"], inner["message"]
			}),
		},
		{
			Name: "error-without-body", Title: "answers 401 without a body", Kind: Answer, Breaks: []string{"RSZ-ERR-001"},
			Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
				if a.Code == http.StatusUnauthorized {
					a.Header().Del("Content-Type")
					rewrite(a, "")
				}
			}),
		},
		{
			Name: "error-inside-200", Title: "answers 200 to a resize that it refuses, with the error in the body", Kind: Answer,
			Breaks: []string{"RSZ-FLAVOR-001", "RSZ-RSP-010"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isOperation(r) && a.Code == http.StatusBadRequest {
					a.Code = http.StatusOK
				}
			}),
		},
		{
			Name: "error-page", Title: "answers 404 with a page", Kind: Answer, Breaks: []string{"RSZ-ERR-001", "RSZ-ERR-002"},
			Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
				if a.Code == http.StatusNotFound {
					a.Header().Set("Content-Type", "text/html")
					rewrite(a, "<html><head><title>404 Not Found</title></head><body>nginx</body></html>")
				}
			}),
		},
		{
			Name: "errors-as-text", Title: "declares errors to be text", Kind: Answer, Breaks: []string{"RSZ-ERR-002"},
			Apply: mediaType(func(status int) bool { return status >= 400 }, "text/plain"),
		},
		{
			Name: "errors-as-problems", Title: "declares errors to be problem details", Kind: Answer, Breaks: []string{"RSZ-ERR-002"},
			Apply: mediaType(func(status int) bool { return status >= 400 }, "application/problem+json"),
		},
		{
			Name: "other-request-id-in-error", Title: "tells another request id in an error of the gateway than in its header", Kind: Answer, Breaks: []string{"RSZ-ERR-003"},
			Apply: inBodies(func(_ *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
				if body["request_id"] != nil {
					body["request_id"] = strings.Repeat("0", 32)
				}
			}),
		},
		{
			Name: "codes-in-capitals", Title: "writes the codes of the service in capitals", Kind: Reason, Breaks: []string{"RSZ-ERR-004"},
			Apply: inErrors(func(_, inner map[string]any) {
				code, _ := inner["code"].(string)
				inner["code"] = strings.ToUpper(code)
			}),
		},
		{
			Name: "codes-without-leading-zero", Title: "drops leading zeros of codes", Kind: Reason, Breaks: []string{"RSZ-ERR-004"},
			Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
				if a.Code < 400 {
					return
				}
				rewrite(a, documentedCode.ReplaceAllStringFunc(a.Body.String(), func(code string) string {
					family, number, _ := strings.Cut(strings.Trim(code, `"`), ".")
					return `"` + family + "." + strings.TrimLeft(number, "0") + `"`
				}))
			}),
		},
	}
}

// inErrors changes the errors of the service. inner is what stands in error.
func inErrors(change func(body, inner map[string]any)) func(*emulator.Config) {
	return inBodies(func(_ *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		if inner, ok := body["error"].(map[string]any); ok && a.Code >= 400 {
			change(body, inner)
		}
	})
}
