package exchange

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// Failure says why no whole answer came: what was awaited, for how long, how much had come. Its text is redacted; Unwrap gives the cause as it was.
type Failure struct {
	Method, URL string
	Waited      time.Duration
	Received    int64 // bytes of the answer's body that had come
	Cause       error
	text        string
}

func (f *Failure) Error() string { return f.Method + " " + f.URL + ": " + f.text }

func (f *Failure) Unwrap() error { return f.Cause }

// Timeout says whether time ran out.
func (f *Failure) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.Is(f.Cause, context.DeadlineExceeded) || errors.As(f.Cause, &t) && t.Timeout()
}

// failure describes a round trip that gave an error in the given phase.
func failure(req *http.Request, e *Exchange, reached phase, cause error, seal *censor) *Failure {
	f := &Failure{Method: req.Method, URL: shownURL(req.URL, seal), Waited: time.Since(e.Start), Received: int64(len(e.wire)), Cause: cause}
	if err := req.Context().Err(); err != nil && !errors.Is(cause, err) {
		f.Cause = errors.Join(err, cause) // the transport gives the cause of the cancellation only
	}
	had := "nothing had come"
	if e.Status != 0 {
		had = fmt.Sprintf("status %d and %d bytes of the body had come", e.Status, f.Received)
	}
	why := shorten(seal.text(explain(req, reached, cause)))
	f.text = fmt.Sprintf("waited %s %s; %s: %s", roughly(f.Waited), reached, had, why)
	return f
}

// explain names the cause, and what to do where that is known.
func explain(req *http.Request, reached phase, cause error) string {
	switch text := cause.Error(); {
	case req.Context().Err() != nil:
		// The cause of the cancellation says more than "context deadline exceeded": who set the limit, and why.
		return context.Cause(req.Context()).Error()
	case errors.Is(cause, syscall.ECONNREFUSED):
		return text + "; nothing listens there: is the server running, and are host and port right?"
	case isNotFound(cause):
		return text + "; is the host name right?"
	case strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return text + "; use http:// instead of https://"
	case strings.Contains(text, "malformed HTTP"), strings.Contains(text, "malformed MIME header"):
		return "what came is no HTTP answer: " + text
	case reached == awaiting && (text == "EOF" || strings.HasSuffix(text, ": EOF")):
		return "the server closed the connection without an answer (" + text + ")"
	default:
		return text
	}
}

// shorten bounds a text that may quote what a server sent.
func shorten(text string) string {
	const limit = 500
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

func isNotFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// roughly rounds a time to three figures or so.
func roughly(d time.Duration) time.Duration {
	switch {
	case d >= time.Second:
		return d.Round(time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond)
	default:
		return d.Round(time.Microsecond)
	}
}
