package defect

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"resize-conformance/harness/emulator"
)

// bodyBytesDefects are about what the bytes of a body may be and what they are declared to be.
func bodyBytesDefects() []Defect {
	var (
		comma    = regexp.MustCompile(`,(\s*[}\]])`)
		comment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
		bareName = regexp.MustCompile(`([{,]\s*)([A-Za-z_]\w*)(\s*:)`)
		python   = regexp.MustCompile(`\b(True|False)\b`)
	)
	return []Defect{
		{
			Name: "empty-body-200", Title: "answers a resize without a body with the error and 200", Kind: Answer, Breaks: []string{"RSZ-BODY-013"},
			Apply: changedRule("body-not-blank", func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
				if f != nil {
					return &emulator.Refusal{Status: http.StatusOK, Code: f.Code, Message: f.Message, Envelope: f.Envelope}
				}
				return nil
			}),
		},
		{
			Name: "empty-body-500", Title: "fails at a resize without a body", Kind: Answer, Breaks: []string{"RSZ-BODY-013"},
			Apply: otherwise("body-not-blank", http.StatusInternalServerError, "Common.0001"),
		},
		{
			Name: "trailing-data-ignored", Title: "reads the first JSON value of a body and no further", Kind: Lenient, Breaks: []string{"RSZ-BODY-014"},
			Apply: readingAs(func(body []byte) []byte {
				var first json.RawMessage
				if json.NewDecoder(bytes.NewReader(body)).Decode(&first) != nil {
					return body
				}
				return first
			}),
		},
		{
			Name: "trailing-comma-taken", Title: "forgives a comma after the last member", Kind: Lenient, Breaks: []string{"RSZ-BODY-015"},
			Apply: readingAs(func(body []byte) []byte { return comma.ReplaceAll(body, []byte("$1")) }),
		},
		{
			Name: "example-refused", Title: "refuses extendparam beside dedicated_host_id", Kind: Strict, Breaks: []string{"RSZ-BODY-016"},
			Apply: refusing(illegal(), func(r *emulator.Request) bool {
				_, resize, _ := objects(r.Body)
				return resize["extendparam"] != nil && resize["dedicated_host_id"] != nil
			}),
		},
		{
			Name: "comments-taken", Title: "skips comments in a body", Kind: Lenient, Breaks: []string{"RSZ-BODY-022"},
			Apply: readingAs(func(body []byte) []byte { return comment.ReplaceAll(body, nil) }),
		},
		{
			Name: "single-quotes-taken", Title: "takes single quotes for double ones", Kind: Lenient, Breaks: []string{"RSZ-BODY-022"},
			Apply: readingAs(func(body []byte) []byte { return bytes.ReplaceAll(body, []byte("'"), []byte(`"`)) }),
		},
		{
			Name: "bare-names-taken", Title: "takes member names without quotes", Kind: Lenient, Breaks: []string{"RSZ-BODY-022"},
			Apply: readingAs(func(body []byte) []byte { return bareName.ReplaceAll(body, []byte(`$1"$2"$3`)) }),
		},
		{
			Name: "other-literals-taken", Title: "takes True and False for true and false", Kind: Lenient, Breaks: []string{"RSZ-BODY-022"},
			Apply: readingAs(func(body []byte) []byte { return python.ReplaceAllFunc(body, bytes.ToLower) }),
		},
		{
			Name: "cut-off-body-mended", Title: "closes what a body that was cut off leaves open", Kind: Lenient, Breaks: []string{"RSZ-BODY-022"},
			Apply: readingAs(func(body []byte) []byte {
				return append(body, strings.Repeat("}", max(0, bytes.Count(body, []byte("{"))-bytes.Count(body, []byte("}"))))...)
			}),
		},
		{
			Name: "malformed-body-carried-out", Title: "refuses malformed JSON and resizes all the same, when it can guess what was meant", Kind: Pretence,
			Breaks: []string{"RSZ-BODY-022"},
			Apply: handling(func(handle handler) handler {
				return func(r *emulator.Request) emulator.Answer {
					a := handle(r)
					if a.Refusal != nil && !json.Valid(r.Body) {
						guessed := *r
						guessed.Body = append(bytes.TrimSpace(r.Body), '}')
						handle(&guessed)
					}
					return a
				}
			}),
		},
		{
			Name: "malformed-body-other-code", Title: "has a code of its own for malformed JSON", Kind: Reason,
			Breaks: []string{"RSZ-BODY-014", "RSZ-BODY-015", "RSZ-BODY-022"}, Apply: otherwise("json", http.StatusBadRequest, "Ecs.0010"),
		},
		{
			Name: "array-of-one-unwrapped", Title: "takes an array of one body for the body", Kind: Lenient, Breaks: []string{"RSZ-BODY-023"},
			Apply: reading(func(body []byte) []byte {
				var list []json.RawMessage
				if json.Unmarshal(body, &list) == nil && len(list) == 1 {
					return list[0]
				}
				return body
			}),
		},
		{
			Name: "body-no-object-500", Title: "fails at a body that is JSON but no object", Kind: Answer, Breaks: []string{"RSZ-BODY-023"},
			Apply: otherwise("body-object", http.StatusInternalServerError, "Common.0001"),
		},
		{
			Name: "any-media-type-taken", Title: "does not look at Content-Type", Kind: Lenient, Breaks: []string{"RSZ-BODY-017", "RSZ-BODY-018"},
			Apply: withoutRule("media-type"),
		},
		{
			Name: "form-media-type-taken", Title: "reads JSON that is declared to be a form", Kind: Lenient, Breaks: []string{"RSZ-BODY-017"},
			Apply: declared(func(sent string) string {
				if strings.HasPrefix(sent, "application/x-www-form-urlencoded") {
					return "application/json"
				}
				return sent
			}),
		},
		{
			Name: "wrong-media-type-500", Title: "fails at a body that is declared to be XML", Kind: Answer, Breaks: []string{"RSZ-BODY-017"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool { return r.HTTP.Header.Get("Content-Type") == "application/xml" }),
		},
		{
			Name: "missing-media-type-taken", Title: "takes a body of which no media type is declared for JSON", Kind: Lenient, Breaks: []string{"RSZ-BODY-018"},
			Apply: declared(func(sent string) string {
				if sent == "" {
					return "application/json"
				}
				return sent
			}),
		},
		{
			Name: "charset-refused", Title: "refuses application/json with a parameter", Kind: Strict, Breaks: []string{"RSZ-BODY-019"},
			Apply: refusing(says(http.StatusUnsupportedMediaType, "Ecs.0005"), func(r *emulator.Request) bool {
				return strings.Contains(r.HTTP.Header.Get("Content-Type"), ";")
			}),
		},
		{
			Name: "charset-in-capitals-refused", Title: "knows charset=utf-8 in small letters only", Kind: Strict, Breaks: []string{"RSZ-BODY-019"},
			Apply: refusing(says(http.StatusUnsupportedMediaType, "Ecs.0005"), func(r *emulator.Request) bool {
				return strings.Contains(r.HTTP.Header.Get("Content-Type"), "charset=UTF-8")
			}),
		},
		{
			Name: "media-type-by-case", Title: "compares the media type letter by letter", Kind: Strict, Breaks: []string{"RSZ-BODY-019"},
			Apply: refusing(says(http.StatusUnsupportedMediaType, "Ecs.0005"), func(r *emulator.Request) bool {
				sent, _, _ := strings.Cut(r.HTTP.Header.Get("Content-Type"), ";")
				return sent != strings.ToLower(sent)
			}),
		},
		{
			Name: "newline-at-end-refused", Title: "refuses a body that ends with a line feed", Kind: Strict, Breaks: []string{"RSZ-BODY-020"},
			Apply: refusing(illegal(), func(r *emulator.Request) bool { return bytes.HasSuffix(r.Body, []byte("\n")) }),
		},
		{
			Name: "order-of-members-matters", Title: "wants resize before dry_run", Kind: Strict, Breaks: []string{"RSZ-BODY-021"},
			Apply: refusing(illegal(), func(r *emulator.Request) bool {
				dry := bytes.Index(r.Body, []byte(`"dry_run"`))
				return dry >= 0 && dry < bytes.Index(r.Body, []byte(`"resize"`))
			}),
		},
		{
			Name: "white-space-refused", Title: "refuses white space between the tokens of a body", Kind: Strict, Breaks: []string{"RSZ-BODY-021"},
			Apply: refusing(illegal(), func(r *emulator.Request) bool { return bytes.ContainsAny(bytes.TrimRight(r.Body, " \r\n"), "\t\n") }),
		},
		{
			Name: "body-of-any-size-taken", Title: "reads bodies of any size", Kind: Lenient, Breaks: []string{"RSZ-BODY-024"},
			Apply: inLayer("body", func(func(http.Handler) http.Handler) func(http.Handler) http.Handler {
				return func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
						const enough = 32 << 20 // of which nobody is asked to keep more
						emulator.RequestOf(hr.Context()).Body, _ = io.ReadAll(io.LimitReader(hr.Body, enough))
						next.ServeHTTP(w, hr)
					})
				}
			}),
		},
		{
			Name: "large-body-400", Title: "answers 400 to a body that is too large", Kind: Answer, Breaks: []string{"RSZ-BODY-024"},
			Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
				if a.Code == http.StatusRequestEntityTooLarge {
					a.Code = http.StatusBadRequest
				}
			}),
		},
	}
}
