package exchange

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/journal"
)

// phase is how far an exchange has come; its text completes "waited 2 s …".
type phase string

const (
	connecting phase = "for a connection"
	sending    phase = "to send the request"
	awaiting   phase = "for the first byte of the answer"
	reading    phase = "for the rest of the answer"
)

// informationalLimit is how many 1xx answers are taken before the final one. A server sends one or two; one that sends them without end must not hold the run.
const informationalLimit = 100

// watch sees what the transport does. Its hooks are called from the transport's own goroutines, which may outlive the round trip.
type watch struct {
	mu            sync.Mutex
	phase         phase
	first         time.Time
	informational int
	sent          []journal.Header
}

func (w *watch) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			w.mu.Lock()
			defer w.mu.Unlock()
			// The transport may take a second connection when the first turns out to be closed: only what went over the last one counts.
			w.phase, w.sent = sending, w.sent[:0]
		},
		WroteHeaderField: func(name string, values []string) {
			if strings.HasPrefix(name, ":") {
				return // HTTP/2 pseudo headers repeat the request line
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, v := range values {
				w.sent = append(w.sent, journal.Header{Name: name, Value: v})
			}
		},
		WroteRequest: func(httptrace.WroteRequestInfo) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.phase == sending {
				w.phase = awaiting
			}
		},
		GotFirstResponseByte: func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.phase = reading
			if w.first.IsZero() {
				w.first = time.Now()
			}
		},
		Got1xxResponse: func(int, textproto.MIMEHeader) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.informational++; w.informational > informationalLimit {
				return fmt.Errorf("more than %d informational (1xx) answers and no final one", informationalLimit)
			}
			return nil
		},
	}
}

// state is a snapshot of what was seen.
func (w *watch) state() (phase, time.Time, []journal.Header) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.phase, w.first, slices.Clone(w.sent)
}

// send fills the exchange with the request as sent and the answer as it came. The response is nil when no header came.
func (r *Recorder) send(req *http.Request, e *Exchange, seal *censor) *http.Response {
	body, err := takeBody(req)
	e.RequestBody = body
	w := &watch{phase: connecting}
	out := req.Clone(httptrace.WithClientTrace(req.Context(), w.trace()))
	giveBody(out, req, body)

	e.Request = out.WithContext(req.Context()) // a copy: the transport may hold the other one for a while
	e.Request.Body, e.Request.GetBody = nil, nil
	if err != nil {
		e.Err = &Failure{Method: req.Method, URL: shownURL(req.URL, seal), Cause: err, text: "the request's own body cannot be read: " + seal.text(err.Error())}
		return nil
	}
	resp, err := r.o.Base.RoundTrip(out)
	var first time.Time
	var reached phase
	if reached, first, e.sent = w.state(); len(e.sent) == 0 {
		e.sent = headerLines(out.Header)
	}
	switch {
	case !first.IsZero():
		e.FirstByte = first.Sub(e.Start)
	case err == nil: // a transport without hooks
		e.FirstByte = time.Since(e.Start)
	}
	if err != nil {
		e.Err = failure(req, e, reached, err, seal)
		return nil
	}
	e.Status, e.Header, e.proto = resp.StatusCode, resp.Header, resp.Proto
	if len(resp.TransferEncoding) > 0 {
		e.Header = resp.Header.Clone()
		e.Header["Transfer-Encoding"] = resp.TransferEncoding // net/http takes it out; the record shows the wire
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// What follows is not HTTP and has no end that could be waited for.
		_ = resp.Body.Close()
		return resp
	}
	e.wire, e.Truncated, err = readBody(resp.Body, r.o.MaxBody, resp.ContentLength)
	// Closing an unfinished body drops the connection, so that an endless one ends here.
	_ = resp.Body.Close()
	if err != nil {
		e.Truncated = true
		e.Err = failure(req, e, reading, describeBroken(err, resp.ContentLength), seal)
	}
	e.Body = e.wire
	if undone, cut, ok := undoGzip(resp.Header, e.wire, r.o.MaxBody); ok {
		e.Body, e.Truncated, e.undone = undone, e.Truncated || cut, true
	}
	return resp
}

// describeBroken says what a body that ended early was to be.
func describeBroken(err error, announced int64) error {
	if err == io.ErrUnexpectedEOF && announced >= 0 {
		return fmt.Errorf("the server closed the connection within the body, of which Content-Length announced %d bytes: %w", announced, err)
	}
	if err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the server closed the connection within the body: %w", err)
	}
	return err
}

// headerLines lists a header in a stable order.
func headerLines(h http.Header) []journal.Header {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	lines := make([]journal.Header, 0, len(h))
	for _, name := range names {
		for _, v := range h[name] {
			lines = append(lines, journal.Header{Name: name, Value: v})
		}
	}
	return lines
}
