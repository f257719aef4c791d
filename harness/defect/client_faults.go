package defect

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync/atomic"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
)

// clientFaultDefects do the wrong thing when the connection or the server is in trouble.
func clientFaultDefects() []ClientDefect {
	repeated := func(when func(reference.Attempt) bool) func(*reference.Config) {
		return func(c *reference.Config) {
			around(&c.Seams.Repeat, func(repeat reference.Repeater) reference.Repeater {
				return func(a reference.Attempt) (time.Duration, bool) {
					if a.Message.Method == http.MethodPost && a.Number < 3 && when(a) {
						return time.Millisecond, true
					}
					return repeat(a)
				}
			})
		}
	}
	return []ClientDefect{
		{Name: "repeats-after-reset", Title: "sends a resize again when the connection broke", Breaks: []string{"RSZ-CLIENT-201"}, Apply: repeated(func(a reference.Attempt) bool { return a.Err != nil && !neverSent(a.Err) })},
		{Name: "repeats-after-time", Title: "sends a resize again when no answer came in a third of the time", Breaks: []string{"RSZ-CLIENT-202"}, Apply: inSending(func(send reference.Sender) reference.Sender {
			return func(ctx context.Context, m *reference.Message) (*reference.Answer, error) {
				end, limited := ctx.Deadline()
				if m.Method != http.MethodPost || !limited {
					return send(ctx, m)
				}
				first, cancel := context.WithTimeout(ctx, time.Until(end)/3)
				defer cancel()
				a, err := send(first, m)
				if first.Err() != nil {
					return send(ctx, m)
				}
				return a, err
			}
		})},
		{Name: "repeats-after-502", Title: "sends a resize again when the gateway lost the answer", Breaks: []string{"RSZ-CLIENT-203"}, Apply: repeated(func(a reference.Attempt) bool {
			return a.Answer != nil && (a.Answer.Status == http.StatusBadGateway || a.Answer.Status == http.StatusGatewayTimeout || a.Answer.Status == http.StatusInternalServerError)
		})},
		{Name: "retry-after-ignored", Title: "comes back at once when it is told to wait", Breaks: []string{"RSZ-CLIENT-204"}, Apply: inReplies(func(_ *reference.Message, a *reference.Answer) { a.Header.Del("Retry-After") })},
		{Name: "throttled-resize-at-once", Title: "sends a resize again at once when it is throttled", Breaks: []string{"RSZ-CLIENT-204"}, Apply: repeated(func(a reference.Attempt) bool {
			return a.Answer != nil && a.Answer.Status == http.StatusTooManyRequests
		})},
		{Name: "reads-without-bound", Title: "repeats a query that fails until its time is up", Breaks: []string{"RSZ-CLIENT-205"}, Apply: func(c *reference.Config) { c.Repetitions, c.Backoff = 1<<20, time.Nanosecond }},
		{Name: "lost-connection-is-success", Title: "tells success when the connection broke", Breaks: []string{"RSZ-CLIENT-206"}, Apply: inTold(func(_ driver.Request, told *driver.Response) {
			if told.Error != nil && told.Error.Kind == driver.NetworkError {
				*told = passes()
			}
		})},
		{Name: "time-not-heeded", Title: "does not heed the time that it was given for a call", Breaks: []string{"RSZ-CLIENT-207"}, Apply: inCalls(func(call reference.Teller, ctx context.Context, r driver.Request) driver.Response {
			if r.Operation != driver.WaitForJob {
				r.TimeoutMS = 0
			}
			return call(ctx, r)
		})},
		{Name: "broken-off-answer-taken", Title: "takes an answer that is shorter than announced", Breaks: []string{"RSZ-CLIENT-208"}, Apply: takesBroken(func(h http.Header) bool { return h.Get("Content-Length") != "" })},
		{Name: "broken-chunks-taken", Title: "takes an answer whose last chunk never came", Breaks: []string{"RSZ-CLIENT-210"}, Apply: takesBroken(func(h http.Header) bool { return h.Get("Content-Length") == "" })},
		{Name: "surplus-taken", Title: "reads an answer to the end of the connection, whatever Content-Length says", Breaks: []string{"RSZ-CLIENT-209"}, Apply: inSending(func(send reference.Sender) reference.Sender {
			return func(ctx context.Context, m *reference.Message) (*reference.Answer, error) {
				if m.URL.Scheme != "http" {
					return send(ctx, m)
				}
				return toTheEnd(ctx, m)
			}
		})},
		{Name: "impatient", Title: "gives up after a tenth of the time that it has", Breaks: []string{"RSZ-CLIENT-211"}, Apply: inCalls(func(call reference.Teller, ctx context.Context, r driver.Request) driver.Response {
			r.TimeoutMS /= 10
			return call(ctx, r)
		})},
		{Name: "any-certificate-trusted", Title: "trusts every certificate", Breaks: []string{"RSZ-CLIENT-212"}, Apply: func(c *reference.Config) {
			before := c.Seams.Transport
			c.Seams.Transport = func(t *http.Transport) {
				if before != nil {
					before(t)
				}
				t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
			}
		}},
		{Name: "dead-after-a-fault", Title: "makes no call any more after a connection broke", Breaks: []string{"RSZ-CLIENT-213"}, Apply: func(c *reference.Config) {
			var dead atomic.Bool
			inCalls(func(call reference.Teller, ctx context.Context, r driver.Request) driver.Response {
				if dead.Load() {
					return driver.Response{Error: &driver.Error{Kind: driver.OtherError, Message: "client closed"}}
				}
				told := call(ctx, r)
				if told.Error != nil && told.Error.Kind == driver.NetworkError {
					dead.Store(true)
				}
				return told
			})(c)
		}},
		{Name: "interim-answer-is-final", Title: "takes 103 for the answer", Breaks: []string{"RSZ-CLIENT-140"}, Apply: inSending(func(send reference.Sender) reference.Sender {
			return func(ctx context.Context, m *reference.Message) (*reference.Answer, error) {
				var interim atomic.Int64
				traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
					interim.Store(int64(code))
					return nil
				}})
				a, err := send(traced, m)
				if code := interim.Load(); code > 100 {
					return &reference.Answer{Status: int(code), Header: http.Header{}}, nil
				}
				return a, err
			}
		})},
	}
}

// neverSent says that there was no connection over which a request could have gone.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// takesBroken takes an answer that broke off for a whole one.
func takesBroken(when func(http.Header) bool) func(*reference.Config) {
	return inSending(func(send reference.Sender) reference.Sender {
		return func(ctx context.Context, m *reference.Message) (*reference.Answer, error) {
			a, err := send(ctx, m)
			if a != nil && err != nil && ctx.Err() == nil && when(a.Header) {
				return a, nil
			}
			return a, err
		}
	})
}

// toTheEnd makes one exchange on a connection of its own and takes everything that comes for the answer's body.
func toTheEnd(ctx context.Context, m *reference.Message) (*reference.Answer, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", m.URL.Host)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	req := &http.Request{Method: m.Method, URL: m.URL, Host: m.URL.Host, Header: m.Header.Clone(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Close: true}
	if m.Body != nil {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(m.Body)), int64(len(m.Body))
	}
	if err := req.Write(conn); err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, req)
	if err != nil {
		return nil, err
	}
	a := &reference.Answer{Status: resp.StatusCode, Header: resp.Header}
	if a.Body, err = io.ReadAll(resp.Body); err != nil {
		return a, err
	}
	rest, err := io.ReadAll(r)
	a.Body = append(a.Body, rest...)
	return a, err
}
