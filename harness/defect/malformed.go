package defect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"resize-conformance/harness/emulator"
)

// malformedDefects are what only requests show that hardly any client sends.
func malformedDefects() []Defect {
	var (
		date    = regexp.MustCompile(`^\d{8}T\d{6}Z$`)
		escape  = regexp.MustCompile(`"\\u00[0-9a-f]{2}[^"]*":`)
		comment = regexp.MustCompile(`(?s)/\*.*?\*/`)
		half    = regexp.MustCompile(`\\u[dD][89a-fA-F][0-9a-fA-F]{2}`)
	)
	unknown := func(r *emulator.Request) bool {
		body, resize, _ := objects(r.Body)
		return body["x-unknown"] != nil || resize["x-unknown"] != nil
	}
	deep := func(r *emulator.Request) bool { return bytes.Count(r.Body, []byte("[")) > 5000 }
	return []Defect{
		{
			Name: "empty-id-500", Title: "fails at a path with an empty id", Kind: Answer,
			Breaks: []string{"RSZ-URI-010", "RSZ-V1-010", "RSZ-JOB-019", "RSZ-FLAVOR-017", "RSZ-SETUP-005", "RSZ-SETUP-007", "RSZ-SETUP-009", "RSZ-SETUP-010"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if strings.Contains(r.URL.Path, "//") {
					a.Code = http.StatusInternalServerError
				}
			}),
		},
		{
			Name: "malformed-date-500", Title: "fails at an X-Sdk-Date that is no date, although the caller has a token", Kind: Answer, Breaks: []string{"RSZ-URI-010"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool {
				sent := r.HTTP.Header.Get("X-Sdk-Date")
				return sent != "" && !date.MatchString(sent)
			}),
		},
		{
			Name: "escaped-names-unread", Title: "does not know a member whose name is written with an escape", Kind: Strict, Breaks: []string{"RSZ-BODY-037"},
			Apply: refusing(illegal(), func(r *emulator.Request) bool { return escape.Match(r.Body) }),
		},
		{
			Name: "null-option-500", Title: "fails at null for an optional member", Kind: Answer, Breaks: []string{"RSZ-BODY-038"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool {
				_, resize, _ := objects(r.Body)
				option, sent := resize["extendparam"]
				return sent && option == nil
			}),
		},
		{
			Name: "boolean-auto-pay-500", Title: "fails at an isAutoPay that is a boolean", Kind: Answer, Breaks: []string{"RSZ-BODY-038"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool {
				_, resize, _ := objects(r.Body)
				options, _ := resize["extendparam"].(map[string]any)
				_, isBoolean := options["isAutoPay"].(bool)
				return isBoolean
			}),
		},
		{
			Name: "long-flavor-500", Title: "fails at a flavor's name that is longer than its table is wide", Kind: Answer, Breaks: []string{"RSZ-BODY-038"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool {
				_, resize, _ := objects(r.Body)
				name, _ := resize["flavorRef"].(string)
				return len(name) > 255
			}),
		},
		{
			Name: "non-ascii-flavor-500", Title: "fails at a flavor's name with letters that are not ASCII", Kind: Answer, Breaks: []string{"RSZ-BODY-038"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool {
				_, resize, _ := objects(r.Body)
				name, _ := resize["flavorRef"].(string)
				return strings.ContainsFunc(name, func(letter rune) bool { return letter > unicode.MaxASCII })
			}),
		},
		{
			Name: "deep-nesting-500", Title: "fails at a body that is nested very deeply", Kind: Answer, Breaks: []string{"RSZ-BODY-039"},
			Apply: refusing(systemError(), deep),
		},
		{
			Name: "half-a-surrogate-500", Title: "fails at half a surrogate pair", Kind: Answer, Breaks: []string{"RSZ-BODY-039"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool { return half.Match(r.Body) }),
		},
		{
			Name: "no-utf-8-500", Title: "fails at a body that is not UTF-8", Kind: Answer, Breaks: []string{"RSZ-BODY-039"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool { return !utf8.Valid(r.Body) }),
		},
		{
			Name: "byte-order-mark-500", Title: "fails at a byte order mark", Kind: Answer, Breaks: []string{"RSZ-BODY-039"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool { return bytes.HasPrefix(r.Body, []byte("\xef\xbb\xbf")) }),
		},
		{
			Name: "twice-named-member-carried-out", Title: "refuses a body that names a member twice, and resizes by it", Kind: Pretence, Breaks: []string{"RSZ-BODY-039"},
			Apply: handling(func(handle handler) handler {
				return func(r *emulator.Request) emulator.Answer {
					a := handle(r)
					if a.Refusal != nil && bytes.Count(r.Body, []byte(`"flavorRef"`)) > 1 {
						read := *r
						if body, resize, ok := objects(r.Body); ok && resize != nil {
							delete(body, "dry_run")
							read.Body, _ = emulator.Marshal(body)
							handle(&read)
						}
					}
					return a
				}
			}),
		},
		{
			Name: "unknown-member-500", Title: "fails at a member that it does not know", Kind: Answer, Breaks: []string{"RSZ-BODY-040"},
			Apply: refusing(systemError(), unknown),
		},
		{
			Name: "large-number-500", Title: "fails at a number that is too large for it", Kind: Answer, Breaks: []string{"RSZ-BODY-040"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool {
				body, _, _ := objects(r.Body)
				n, isNumber := body["x-unknown"].(json.Number)
				_, err := strconv.ParseFloat(n.String(), 64)
				return isNumber && err != nil
			}),
		},
		{
			Name: "v1-takes-comments", Title: "skips comments in the body of a v1 resize", Kind: Sometimes, Breaks: []string{"RSZ-V1-008"},
			Apply: inOperation("resizePostPaidServer", func(handle handler) handler {
				return func(r *emulator.Request) emulator.Answer {
					read := *r
					read.Body = comment.ReplaceAll(r.Body, nil)
					return handle(&read)
				}
			}),
		},
		{
			Name: "v1-takes-any-media-type", Title: "does not look at the Content-Type of a v1 resize", Kind: Sometimes, Breaks: []string{"RSZ-V1-009"},
			Apply: inOperation("resizePostPaidServer", func(handle handler) handler {
				return func(r *emulator.Request) emulator.Answer {
					read := *r
					read.HTTP = r.HTTP.Clone(r.HTTP.Context())
					read.HTTP.Header.Set("Content-Type", "application/json")
					return handle(&read)
				}
			}),
		},
		{
			Name: "v1-unknown-member-500", Title: "fails at a member of a v1 resize that it does not know", Kind: Sometimes, Breaks: []string{"RSZ-V1-010"},
			Apply: failing("resizePostPaidServer", unknown),
		},
		{
			Name: "short-job-id-500", Title: "fails at a job id of one letter", Kind: Answer, Breaks: []string{"RSZ-JOB-019"},
			Apply: failing("showJob", func(r *emulator.Request) bool { return len(r.JobID) == 1 }),
		},
		{
			Name: "sort-by-cpus-refused", Title: "does not sort flavors by vcpus", Kind: Strict, Breaks: []string{"RSZ-FLAVOR-016"},
			Apply: inOperation("listResizeFlavors", func(handle handler) handler {
				return func(r *emulator.Request) emulator.Answer {
					if r.HTTP.URL.Query().Get("sort_key") == "vcpus" {
						return emulator.Answer{Status: http.StatusBadRequest, Refusal: illegal()}
					}
					return handle(r)
				}
			}),
		},
		{
			Name: "limit-no-number-500", Title: "fails at a limit that is no number", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-017"},
			Apply: failing("listResizeFlavors", func(r *emulator.Request) bool {
				limit := r.HTTP.URL.Query().Get("limit")
				_, err := strconv.Atoi(limit)
				return limit != "" && err != nil
			}),
		},
		{
			Name: "made-server-unknown", Title: "names a server that it has not made", Kind: Pretence, Breaks: []string{"RSZ-SETUP-003"},
			Apply: inBodies(func(r *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
				if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/cloudservers") && body["serverIds"] != nil {
					body["serverIds"] = []any{"00000000-0000-4000-8000-0000000000aa"}
				}
			}),
		},
		{
			Name: "made-server-as-number", Title: "lists a number among the servers that it has made", Kind: Answer, Breaks: []string{"RSZ-RSP-016"},
			Apply: inBodies(func(r *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
				if ids, ok := body["serverIds"].([]any); ok && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/cloudservers") {
					body["serverIds"] = append(ids, 7)
				}
			}),
		},
		{
			Name: "malformed-power-500", Title: "fails at a start or stop that is no JSON", Kind: Answer, Breaks: []string{"RSZ-SETUP-004"},
			Apply: failing("batchStartOrStopServers", malformed),
		},
		{
			Name: "power-of-nothing-500", Title: "fails at a stop of no servers", Kind: Answer, Breaks: []string{"RSZ-SETUP-005"},
			Apply: failing("batchStartOrStopServers", func(r *emulator.Request) bool { return bytes.Contains(r.Body, []byte(`"servers":[]`)) }),
		},
		{
			Name: "malformed-creation-500", Title: "fails at a creation that is no JSON", Kind: Answer, Breaks: []string{"RSZ-SETUP-006"},
			Apply: failing("createServers", malformed),
		},
		{
			Name: "creation-without-network-500", Title: "fails at a creation without nics", Kind: Answer, Breaks: []string{"RSZ-SETUP-007"},
			Apply: failing("createServers", func(r *emulator.Request) bool {
				return json.Valid(r.Body) && len(r.Body) > 0 && !bytes.Contains(r.Body, []byte(`"nics"`))
			}),
		},
		{
			Name: "malformed-deletion-500", Title: "fails at a deletion that is no JSON", Kind: Answer, Breaks: []string{"RSZ-SETUP-008"},
			Apply: failing("deleteServers", malformed),
		},
		{
			Name: "deletion-of-nothing-500", Title: "fails at a deletion of no servers", Kind: Answer, Breaks: []string{"RSZ-SETUP-009"},
			Apply: failing("deleteServers", func(r *emulator.Request) bool { return bytes.Contains(r.Body, []byte(`"servers":[]`)) }),
		},
		{
			Name: "short-server-id-500", Title: "fails at the query of a server whose id is one letter", Kind: Answer, Breaks: []string{"RSZ-SETUP-010"},
			Apply: failing("showServer", func(r *emulator.Request) bool { return len(r.ServerID) == 1 }),
		},
	}
}

// failing answers those requests of an operation with a server error that when picks out.
func failing(operation string, when func(*emulator.Request) bool) func(*emulator.Config) {
	return inOperation(operation, func(handle handler) handler {
		return func(r *emulator.Request) emulator.Answer {
			if when(r) {
				return emulator.Answer{Status: http.StatusInternalServerError, Refusal: systemError()}
			}
			return handle(r)
		}
	})
}

// malformed says that a body is no JSON, nothing included.
func malformed(r *emulator.Request) bool { return !json.Valid(r.Body) }
