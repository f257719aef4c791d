package defect

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
)

// clientWireVariants send other bytes for the same request.
func clientWireVariants() []ClientVariant {
	return []ClientVariant{
		{Name: "newline-after-body", Title: "ends its body with a newline", Freedom: "RFC 8259, section 2: white space after the value", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			if m.Body != nil {
				m.Body = append(m.Body, '\n')
			}
		})},
		{Name: "client-names-charset", Title: "names the charset of its body", Freedom: "position 52", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			if m.Body != nil {
				m.Header.Set("Content-Type", "application/json;charset=UTF-8")
			}
		})},
		{Name: "media-type-on-queries", Title: "sends a Content-Type with queries, too, which have no body", Freedom: "RFC 9110, section 8.3; what SDK Go v0.1.207 sends", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Set("Content-Type", "application/json")
		})},
		{Name: "no-accept", Title: "does not say what it accepts", Freedom: "RFC 9110, section 12.5.1", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Del("Accept")
		})},
		{Name: "accepts-anything", Title: "accepts */*", Freedom: "RFC 9110, section 12.5.1", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Set("Accept", "*/*")
		})},
		{Name: "client-closes-connections", Title: "uses a connection for one request", Freedom: "RFC 9112, section 9.6", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Set("Connection", "close")
		})},
		{Name: "expects-continue", Title: "asks before it sends a body", Freedom: "RFC 9110, section 10.1.1", Apply: func(c *reference.Config) {
			inMessages(func(_ driver.Request, m *reference.Message) {
				if m.Body != nil {
					m.Header.Set("Expect", "100-continue")
				}
			})(c)
			before := c.Seams.Transport
			c.Seams.Transport = func(t *http.Transport) {
				if before != nil {
					before(t)
				}
				t.ExpectContinueTimeout = time.Second
			}
		}},
		{Name: "chunked-body", Title: "sends its body in chunks", Freedom: "RFC 9112, section 7.1", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Chunked = m.Body != nil
		})},
		{Name: "no-compression", Title: "accepts no compression", Freedom: "RFC 9110, section 12.5.3", Apply: func(c *reference.Config) {
			before := c.Seams.Transport
			c.Seams.Transport = func(t *http.Transport) {
				if before != nil {
					before(t)
				}
				t.DisableCompression = true
			}
		}},
		{Name: "other-user-agent", Title: "has a User-Agent with several products and comments", Freedom: "RFC 9110, section 10.1.5", Apply: func(c *reference.Config) {
			c.UserAgent = "huaweicloud-usdk-go/3.0; linux/amd64; go1.26.8 (none)"
		}},
		{Name: "client-names-language", Title: "asks for messages in English and gives its requests ids", Freedom: "the parameter X-Language of every operation; RFC 9110, section 6.3", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Set("X-Language", "en-us")
			m.Header.Set("X-Request-Id", "0123456789abcdef0123456789abcdef")
		})},
		{Name: "http1-only", Title: "speaks HTTP/1.1 only, over TLS, too", Freedom: "RFC 9112", Apply: func(c *reference.Config) {
			before := c.Seams.Transport
			c.Seams.Transport = func(t *http.Transport) {
				if before != nil {
					before(t)
				}
				t.ForceAttemptHTTP2 = false
				t.Protocols = new(http.Protocols)
				t.Protocols.SetHTTP1(true)
			}
		}},
		{Name: "selectors-in-other-order", Title: "sends the selectors of a query in another order", Freedom: "RFC 3986, section 3.4: the documents give no order", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			parts := strings.Split(m.URL.RawQuery, "&")
			for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
				parts[i], parts[j] = parts[j], parts[i]
			}
			m.URL.RawQuery = strings.Join(parts, "&")
		})},
	}
}

// clientBodyVariants write the same in another way, or say aloud what is the default.
func clientBodyVariants() []ClientVariant {
	return []ClientVariant{
		{Name: "keys-by-alphabet", Title: "writes members in the order of the alphabet", Freedom: "RFC 8259, section 4", Apply: inRequestBodies(func(driver.Request, map[string]any) {})},
		{Name: "spaced-json", Title: "writes JSON over several lines", Freedom: "RFC 8259, section 2", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			var b bytes.Buffer
			if m.Body != nil && json.Indent(&b, m.Body, "", "\t") == nil {
				m.Body = b.Bytes()
			}
		})},
		{Name: "escaped-characters", Title: "escapes characters that need no escape", Freedom: "RFC 8259, section 7", Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			if m.Body != nil {
				m.Body = bytes.ReplaceAll(m.Body, []byte("."), []byte(`\u002e`))
			}
		})},
		{Name: "dry-run-false-said", Title: "sends dry_run false when no dry run was asked for", Freedom: "seed: Table 2, dry_run: false is the default", Apply: inResizeBodies(func(_ driver.Request, body, _ map[string]any) {
			if _, there := body["dry_run"]; !there {
				body["dry_run"] = false
			}
		})},
		{Name: "no-left-out", Title: "sends nothing of dry_run and isAutoPay when they were asked for as false", Freedom: "seed: Table 2, dry_run, and Table 4, isAutoPay: false is the default", Apply: inResizeBodies(func(_ driver.Request, body, resize map[string]any) {
			if body["dry_run"] == false {
				delete(body, "dry_run")
			}
			if extend, ok := resize["extendparam"].(map[string]any); ok && extend["isAutoPay"] == "false" {
				delete(resize, "extendparam")
			}
		})},
		{Name: "empty-objects-sent", Title: "sends extendparam and cpu_options without members when they were not asked for", Freedom: "the example emptyObjects; recorded exchange 2025-03-23", Apply: inResizeBodies(func(r driver.Request, _, resize map[string]any) {
			for _, name := range []string{"extendparam", "cpu_options"} {
				if _, there := resize[name]; !there && r.Operation == driver.ResizeServer {
					resize[name] = map[string]any{}
				}
			}
		})},
		{Name: "soft-said", Title: "says SOFT when it was not told how to stop", Freedom: "StopRequest: SOFT is the default", Apply: inRequestBodies(func(_ driver.Request, body map[string]any) {
			if action, ok := body["os-stop"].(map[string]any); ok && action["type"] == nil {
				action["type"] = "SOFT"
			}
		})},
	}
}

// clientConductVariants repeat, wait and follow in other ways that are allowed.
func clientConductVariants() []ClientVariant {
	repeats := func(when func(reference.Attempt) bool) func(*reference.Config) {
		return func(c *reference.Config) {
			around(&c.Seams.Repeat, func(repeat reference.Repeater) reference.Repeater {
				return func(a reference.Attempt) (time.Duration, bool) {
					if a.Message.Method == http.MethodPost && a.Number == 1 && when(a) {
						return time.Millisecond, true
					}
					return repeat(a)
				}
			})
		}
	}
	return []ClientVariant{
		{Name: "polls-more-slowly", Title: "looks at a job half as often as it was asked to", Freedom: "no source says how often a client looks", Apply: inCalls(func(call reference.Teller, ctx context.Context, r driver.Request) driver.Response {
			r.Params.IntervalMS *= 2
			return call(ctx, r)
		})},
		{Name: "never-repeats", Title: "repeats nothing, not even a query", Freedom: "RFC 9110, section 9.2.2: a client may repeat", Apply: func(c *reference.Config) { c.Repetitions = -1 }},
		{Name: "repeats-refused-connection", Title: "sends a resize again when no connection could be made", Freedom: "RFC 9110, section 9.2.2: the request was never applied", Apply: repeats(func(a reference.Attempt) bool {
			return a.Err != nil && neverSent(a.Err)
		})},
		{Name: "throttled-resize-in-time", Title: "sends a resize again when it was throttled and told when to come back", Freedom: "RFC 9110, section 10.2.3; nothing was done", Apply: func(c *reference.Config) {
			around(&c.Seams.Repeat, func(repeat reference.Repeater) reference.Repeater {
				return func(a reference.Attempt) (time.Duration, bool) {
					if a.Answer != nil && a.Message.Method == http.MethodPost && a.Number == 1 && a.Answer.Status == http.StatusTooManyRequests && a.Answer.Header.Get("Retry-After") == "1" {
						return time.Second, true
					}
					return repeat(a)
				}
			})
		}},
		{Name: "tells-jobs-as-they-are", Title: "ends a wait at FAIL and at PENDING_PAYMENT without an error and tells the job", Freedom: "no source says that a failed job is to be an error of the client", Apply: inLooks(func(watch reference.Watcher, l reference.Look) (bool, driver.Response) {
			if s := jobStatus(l.Told); s == "FAIL" || s == "PENDING_PAYMENT" {
				return true, l.Told
			}
			return watch(l)
		})},
		{Name: "says-nothing-of-retries", Title: "does not say of a refusal whether trying again may help", Freedom: "no source asks a client to", Apply: inClientErrors(func(_ driver.Request, e *driver.Error) { e.Retryable = nil })},
		{Name: "trailing-data-tolerated", Title: "reads the first JSON value of an answer whatever follows", Freedom: "RFC 8259, section 9: a parser may accept extensions", Apply: inReplies(func(_ *reference.Message, a *reference.Answer) {
			dec := json.NewDecoder(bytes.NewReader(a.Body))
			var first json.RawMessage
			if dec.Decode(&first) == nil {
				a.Body = first
			}
		})},
		{Name: "media-type-not-looked-at", Title: "reads an answer as JSON whatever media type it has", Freedom: "RFC 9110, section 8.3: a recipient may examine the data", Apply: inReplies(func(_ *reference.Message, a *reference.Answer) {
			a.Header.Set("Content-Type", "application/json")
		})},
	}
}
