package reference

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/driver"
)

// maxBody bounds what is read of an answer: no documented one comes near it.
const maxBody = 16 << 20

// transport is what connections are made with. It accepts gzip and undoes it, as clients of this kind do, and gives up idle connections before a server does, so that a request that changes
// something is not lost to a connection that is just being closed.
func transport(t *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSClientConfig:        t,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        3 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
	}
}

// sender sends over a transport. http.Client is not used: it would follow redirects, and the credentials would go with them. A read that meets a kept
// connection which the server has just closed is sent again on a new one by the transport itself.
func sender(over http.RoundTripper) Sender {
	return func(ctx context.Context, m *Message) (*Answer, error) {
		req := (&http.Request{
			Method: m.Method, URL: m.URL, Host: m.URL.Host, Header: m.Header.Clone(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}).WithContext(ctx)
		if m.Body != nil {
			// Without GetBody the transport cannot send it again by itself.
			req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(m.Body)), int64(len(m.Body))
			if m.Chunked {
				req.ContentLength = -1
			}
		}
		resp, err := over.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		defer func() { _ = resp.Body.Close() }()
		a := &Answer{Status: resp.StatusCode, Header: resp.Header}
		a.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
		switch {
		case err != nil:
			return a, fmt.Errorf("the answer broke off after %d bytes of its body: %w", len(a.Body), err)
		case len(a.Body) > maxBody:
			return a, fmt.Errorf("the answer is longer than %d bytes", maxBody)
		}
		return a, nil
	}
}

// once makes one call: it sends, repeats what may be repeated, and reads the answer. The pause is what the last answer asked for.
func (c *Client) once(ctx context.Context, r driver.Request, limit time.Duration) (told driver.Response, hint time.Duration) {
	m, err := c.compose(r)
	if err != nil {
		return failed(driver.Error{Kind: driver.ValidationError, Message: err.Error()}), 0
	}
	for n := 1; ; n++ {
		if err := c.authorize(m, r.Credentials, c.config.Now()); err != nil {
			return failed(driver.Error{Kind: driver.ValidationError, Message: err.Error()}), 0
		}
		a, err := c.send(ctx, m)
		if ctx.Err() == nil {
			if d, again := c.repeat(Attempt{Message: m, Number: n, Answer: a, Err: err}); again && fits(ctx, d) {
				if c.config.Pause(ctx, d) == nil {
					continue
				}
			}
		}
		if err != nil {
			return broken(ctx, err, limit), 0
		}
		return c.read(r, a), retryAfter(a.Header, c.config.Now())
	}
}

// fits says whether a pause ends before the time is up: waiting longer would only hide what was answered.
func fits(ctx context.Context, d time.Duration) bool {
	end, ok := ctx.Deadline()
	return !ok || d < time.Until(end)
}

// broken tells that no whole answer came.
func broken(ctx context.Context, err error, limit time.Duration) driver.Response {
	if errors.Is(context.Cause(ctx), errTime) {
		return failed(driver.Error{Kind: driver.TimeoutError, Message: fmt.Sprintf("no whole answer within %s", limit)})
	}
	return failed(driver.Error{Kind: driver.NetworkError, Message: err.Error()})
}

// repeater sends reads again, and nothing else, when no answer came, when the server is busy, and when it or the gateway is in trouble. A request that changes
// something may have been carried out although no answer came (RFC 9110, section 9.2.2).
func repeater(c Config) Repeater {
	return func(a Attempt) (time.Duration, bool) {
		if a.Message.Method != http.MethodGet || a.Number > c.Repetitions {
			return 0, false
		}
		wait := c.Backoff << (a.Number - 1)
		switch {
		case a.Err != nil:
			return wait, transient(a.Err)
		case a.Answer.Status == http.StatusTooManyRequests, a.Answer.Status == http.StatusServiceUnavailable:
			return max(wait, retryAfter(a.Answer.Header, c.Now())), true
		case a.Answer.Status == http.StatusInternalServerError, a.Answer.Status == http.StatusBadGateway, a.Answer.Status == http.StatusGatewayTimeout:
			return wait, true
		}
		return 0, false
	}
}

// transient says whether another attempt could end otherwise: a certificate that is not to be trusted stays so.
func transient(err error) bool {
	var certificate *tls.CertificateVerificationError
	return !errors.As(err, &certificate)
}

// maxHint bounds what a server may ask for with Retry-After.
const maxHint = time.Hour

// retryAfter reads the header of that name: seconds or a date (RFC 9110, section 10.2.3). 0 when it is missing or cannot be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxHint)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, at.Sub(now)), maxHint)
	}
	return 0
}
