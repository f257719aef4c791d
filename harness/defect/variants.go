package defect

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"resize-conformance/harness/emulator"
)

// wireVariants put the same answers on the wire in another way.
func wireVariants() []Variant {
	return []Variant{
		{Name: "members-in-another-order", Title: "writes members in another order, with white space around them", Freedom: "RFC 8259, sections 2 and 4", Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
			var body any
			if json.Unmarshal(a.Body.Bytes(), &body) == nil {
				a.Body.Reset()
				text, _ := json.MarshalIndent(body, "", "\t") // of a map: sorted
				a.Body.Write(append(text, " \r\n"...))
			}
		})},
		{Name: "gzip", Title: "compresses its answers", Freedom: "RFC 9110, section 8.4", Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
			if a.Body.Len() == 0 {
				return
			}
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write(a.Body.Bytes())
			_ = z.Close()
			*a.Body = packed
			a.Header().Set("Content-Encoding", "gzip")
		})},
		{Name: "chunked", Title: "sends its answers in chunks", Freedom: "RFC 9112, section 7.1", Apply: inFront(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a := httptest.NewRecorder()
				next.ServeHTTP(a, r)
				a.Header().Del("Content-Length")
				for name, values := range a.Header() {
					w.Header()[name] = values
				}
				w.WriteHeader(a.Code)
				for body := a.Body.Bytes(); len(body) > 0; {
					n := min(7, len(body))
					_, _ = w.Write(body[:n])
					_ = http.NewResponseController(w).Flush()
					body = body[n:]
				}
			})
		})},
		{Name: "keep-alive-off", Title: "closes the connection after each answer", Freedom: "RFC 9112, section 9.6", Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
			a.Header().Set("Connection", "close")
		})},
		{Name: "http2", Title: "speaks HTTP/2", Freedom: "RFC 9113; RFC 9110, section 2.5", Apply: func(c *emulator.Config) { c.HTTP2 = true }},
		{Name: "more-headers", Title: "sends headers that no source names", Freedom: "RFC 9110, section 6.3", Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
			a.Header().Set("Server", "CloudWAF")
			a.Header().Add("Set-Cookie", "HWWAFSESID=1; path=/")
			a.Header().Set("Strict-Transport-Security", "max-age=31536000")
		})},
		{Name: "charset", Title: "names the charset in Content-Type", Freedom: "RFC 9110, section 8.3; position 52", Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
			if a.Header().Get("Content-Type") != "" {
				a.Header().Set("Content-Type", "application/json; charset=UTF-8")
			}
		})},
		{Name: "escaped-slashes", Title: "escapes characters in strings that need no escape", Freedom: "RFC 8259, section 7", Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
			text := strings.ReplaceAll(a.Body.String(), "/", `\/`)
			a.Body.Reset()
			a.Body.WriteString(text)
		})},
		{Name: "slow-answers", Title: "takes five milliseconds for every answer", Freedom: "no source bounds the time of an answer", Apply: func(c *emulator.Config) { c.Latency = 5 * time.Millisecond }},
	}
}

// bodyVariants say the same in the other of two forms that the sources have.
func bodyVariants() []Variant {
	return []Variant{
		{Name: "members-that-nobody-knows", Title: "answers with members that no source names", Freedom: "RSZ-RSP-019", Apply: inBodies(func(_ *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
			body["x_new"] = map[string]any{"since": 2027}
			if server, ok := body["server"].(map[string]any); ok {
				server["OS-NEW:thing"] = []any{1, "two", nil}
			}
		})},
		{Name: "idle-as-empty-string", Title: `shows an idle task_state as ""`, Freedom: "position 40", Apply: inBodies(func(_ *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
			if server, ok := body["server"].(map[string]any); ok && server["OS-EXT-STS:task_state"] == nil {
				server["OS-EXT-STS:task_state"] = ""
			}
		})},
		{Name: "job-without-empty-members", Title: "leaves out of a job what it has nothing to say about", Freedom: "position 30", Apply: inJobs(func(job map[string]any) {
			for _, name := range []string{"end_time", "error_code", "fail_reason"} {
				if job[name] == nil || job[name] == "" {
					delete(job, name)
				}
			}
		})},
		{Name: "job-with-null-end", Title: "gives a running job a null end_time", Freedom: "position 30", Apply: inJobs(func(job map[string]any) {
			if job["end_time"] == "" {
				job["end_time"] = nil
			}
		})},
		{Name: "flavor-numbers-as-integers", Title: "gives vcpus and disk of a flavor as integers", Freedom: "position 34", Apply: inBodies(func(_ *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
			list, _ := body["flavors"].([]any)
			for _, item := range list {
				flavor, _ := item.(map[string]any)
				for _, name := range []string{"vcpus", "disk"} {
					if text, ok := flavor[name].(string); ok {
						flavor[name] = json.Number(text)
					}
				}
			}
		})},
		{Name: "pages-of-one", Title: "puts one flavor on a page, whatever limit is given", Freedom: "RSZ-FLAVOR-007: limit bounds a page, and no source says that it is filled", Apply: inBodies(func(r *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
			if list, _ := body["flavors"].([]any); len(list) > 1 && r.URL.Query().Get("limit") != "" {
				body["flavors"] = list[:1]
			}
		})},
		{Name: "dry-run-without-body", Title: "answers a passed dry run without a body", Freedom: "position 9; RSZ-DRY-007", Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
			if isResize(r) && a.Code == http.StatusAccepted && strings.TrimSpace(a.Body.String()) == "{}" {
				a.Body.Reset()
				a.Header().Del("Content-Type")
			}
		})},
		{Name: "other-server-missing-code", Title: "says Ecs.0614 for Ecs.0114", Freedom: "position 17", Apply: otherCode("Ecs.0114", "Ecs.0614")},
		{Name: "other-same-flavor-code", Title: "says Ecs.0810 for Ecs.0009", Freedom: "position 16", Apply: otherCode("Ecs.0009", "Ecs.0810")},
		{Name: "other-sold-out-code", Title: "says Ecs.0319 for Ecs.0018", Freedom: "position 18", Apply: otherCode("Ecs.0018", "Ecs.0319")},
		{Name: "other-flavor-gone-code", Title: "says Ecs.0019 for Ecs.0029", Freedom: "position 18", Apply: otherCode("Ecs.0029", "Ecs.0019")},
		{Name: "state-is-a-conflict", Title: "answers 409 with the code of a state or a stock", Freedom: "the table of error codes: its statuses may be inaccurate", Apply: inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
			for _, code := range []string{"Ecs.0605", "Ecs.0030", "Ecs.0704", "Ecs.0018", "Ecs.0016"} {
				if a.Code == http.StatusBadRequest && strings.Contains(a.Body.String(), code) {
					a.Code = http.StatusConflict
				}
			}
		})},
		{Name: "dedicated-gateway-codes", Title: "writes the gateway's codes with APIG", Freedom: "gateway error codes: the dedicated gateway", Apply: otherCode("APIGW.", "APIG.")},
		{Name: "other-language", Title: "writes its error messages in another language", Freedom: "no source promises the text of a message; X-Language", Apply: inBodies(func(_ *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
			if inner, ok := body["error"].(map[string]any); ok && a.Code >= 400 {
				inner["message"] = "请求参数非法"
			}
		})},
	}
}

// serviceVariants do the same work in another way.
func serviceVariants() []Variant {
	return []Variant{
		{Name: "dashed-job-ids", Title: "gives its jobs ids with dashes", Freedom: "RSZ-RSP-005", Apply: jobIDs(func(id string) string {
			return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
		})},
		{Name: "upper-case-job-ids", Title: "gives its jobs ids in capitals", Freedom: "RSZ-RSP-005", Apply: jobIDs(strings.ToUpper)},
		{Name: "instant-jobs", Title: "has jobs that are done at once", Freedom: "no source bounds how long a job runs", Apply: func(c *emulator.Config) { c.JobDuration = time.Nanosecond }},
		{Name: "slow-jobs", Title: "has jobs that take their time", Freedom: "no source bounds how long a job runs", Apply: func(c *emulator.Config) { c.JobDuration = 200 * time.Millisecond }},
		{Name: "skipped-states", Title: "goes from INIT to SUCCESS, and shows no state of a resize", Freedom: "RSZ-JOB-003: stages may be skipped", Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
			for i := 1; o.Kind == emulator.OrderResize && !o.Restart && i < len(p)-1; i++ {
				p[i].Job, p[i].Phase = emulator.JobInit, nil
			}
			return p
		})},
		{Name: "details-envelope", Title: "puts errors into the envelope with details", Freedom: "RSZ-ERR-001", Apply: func(c *emulator.Config) { c.Envelope = emulator.DetailsEnvelope }},
		{Name: "flat-envelope", Title: "puts errors into the flat envelope", Freedom: "RSZ-ERR-001", Apply: func(c *emulator.Config) { c.Envelope = emulator.FlatEnvelope }},
	}
}

// otherCode says one code for another in every error.
func otherCode(one, other string) func(*emulator.Config) {
	return inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
		if a.Code < http.StatusBadRequest {
			return
		}
		text := strings.ReplaceAll(a.Body.String(), one, other)
		a.Body.Reset()
		a.Body.WriteString(text)
	})
}

// jobIDs gives jobs other ids. Those of the emulator have 32 hexadecimal digits.
func jobIDs(change func(string) string) func(*emulator.Config) {
	return func(c *emulator.Config) {
		before := c.Seams.NewID
		c.Seams.NewID = func(faithful emulator.IDMaker) emulator.IDMaker {
			if before != nil {
				faithful = before(faithful)
			}
			return func(kind emulator.IDKind) string {
				if id := faithful(kind); kind != emulator.JobID || len(id) != 32 {
					return id
				} else {
					return change(id)
				}
			}
		}
	}
}
