package ecs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/exchange"
)

// wire is the built-in performer: it composes every byte itself.
type wire struct{ config Config }

// expectFrom is the length of a body from which the server is asked first (Expect: 100-continue), as curl does: a server that refuses a large body may close
// the connection while it is still being sent, and then its answer is lost.
const expectFrom = 1 << 20

// Perform sends the call through the recorder, when the pace allows; a patient one again while the target is busy.
func (w *wire) Perform(ctx context.Context, c Call) (*Answer, error) {
	if c.Operation == WaitForJob {
		return nil, &NotExpressible{c.Operation, []string{"a way to wait of its own: Client.WaitForJob asks again and again"}}
	}
	return w.patiently(ctx, c)
}

// once sends the call once. What waits for the pace is no part of the request's time.
func (w *wire) once(ctx context.Context, c Call) (a *Answer, pause time.Duration, err error) {
	turn, err := w.config.Pace.Begin(ctx)
	if err != nil {
		return nil, 0, &Withheld{Operation: c.Operation, Err: err}
	}
	defer turn.End()
	a, err = w.send(ctx, c)
	return a, w.tell(turn, c, a), err
}

func (w *wire) send(ctx context.Context, c Call) (*Answer, error) {
	limit := c.Timeout
	if limit <= 0 {
		limit = w.config.Timeouts.RequestOf(c.Operation)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no whole answer within %s (Timeouts.Request)", limit))
	defer cancel()
	if c.Malformed != "" {
		ctx = exchange.Malformed(ctx, c.Malformed)
	}
	if c.Outside || c.Operation == ListServers || c.Operation == ListFlavors {
		ctx = exchange.Outside(ctx)
	}
	if k := c.Credentials; k.MadeUp && !c.Anonymous {
		ctx = exchange.Shown(ctx, k.Token, k.AccessKey, k.SecretKey, k.SecurityToken)
	}
	body, signed, err := bodyOf(c)
	if err != nil {
		return nil, fmt.Errorf("%s: the request body cannot be encoded: %w", c.Operation, err)
	}
	req, err := w.request(ctx, c, body)
	if err != nil {
		return nil, err
	}
	w.setHeaders(req, c, body)
	if ctx, err = w.authenticate(req, c, signed); err != nil {
		return nil, fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, err)
	}
	dropHeaders(req.Header, c.Raw.Without)
	w.trace(req, c)
	e, err := w.config.Recorder.Do(req.WithContext(ctx))
	return &Answer{Exchange: e, Operation: c.Operation, Sent: []*exchange.Exchange{e}}, err
}

// bodyOf returns the bytes to send (nil: no body) and those to sign.
func bodyOf(c Call) (sent, signed []byte, err error) {
	switch {
	case c.Raw.HasBody:
		if sent = c.Raw.Body; sent == nil {
			sent = []byte{} // an empty body is not none
		}
	case c.Params != nil:
		if sent, err = plainJSON(c.Params); err != nil {
			return nil, nil, err
		}
	}
	if len(c.Raw.Suffix) > 0 {
		sent = append(slices.Clip(sent), c.Raw.Suffix...)
	}
	if c.Raw.HasSignedBody {
		return c.Raw.SignedBody, sent, nil
	}
	return sent, sent, nil
}

// request makes the request line and the body.
func (w *wire) request(ctx context.Context, c Call, body []byte) (*http.Request, error) {
	method, path, err := w.route(c)
	if err != nil {
		return nil, err
	}
	target, err := url.Parse(w.config.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", w.config.Endpoint, err)
	}
	// The bytes of the path are kept as they are, also where no URL library would write them so.
	full := target.EscapedPath() + path
	if plain, err := url.PathUnescape(full); err == nil {
		target.Path, target.RawPath = plain, full
		if target.EscapedPath() != full {
			target.Path, target.RawPath, target.Opaque = "", "", full
		}
	} else {
		target.Path, target.RawPath, target.Opaque = "", "", full
	}
	target.RawQuery = c.Query.Encode()
	if c.Raw.HasQuery {
		target.RawQuery = c.Raw.Query
	}
	// An empty method would silently become GET.
	req := (&http.Request{Method: method, URL: target, Host: target.Host, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	if body != nil {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		if c.Raw.Chunked {
			req.ContentLength = -1
		}
	}
	return req, nil
}

// route says where an operation is served.
func (w *wire) route(c Call) (method, path string, err error) {
	needs := func(name, value string) string {
		if value == "" && c.Raw.Path == "" && err == nil {
			err = fmt.Errorf("%s needs a %s", c.Operation, name)
		}
		return url.PathEscape(value)
	}
	project := func() string { return needs("project id", c.ProjectID) }
	server := func() string { return needs("server id", c.ServerID) }
	switch c.Operation {
	case ResizeServer:
		method, path = http.MethodPost, "/v1.1/"+project()+"/cloudservers/"+server()+"/resize"
	case ResizePostPaidServer:
		method, path = http.MethodPost, "/v1/"+project()+"/cloudservers/"+server()+"/resize"
	case ShowJob:
		method, path = http.MethodGet, "/v1/"+project()+"/jobs/"+needs("job id", c.JobID)
	case ListResizeFlavors:
		method, path = http.MethodGet, strings.ReplaceAll(w.config.ResizeFlavorsPath, "{project_id}", project())
	case ShowServer:
		method, path = http.MethodGet, "/v1/"+project()+"/cloudservers/"+server()
	case StartServers, StopServers:
		method, path = http.MethodPost, "/v1/"+project()+"/cloudservers/action"
	case CreateServers:
		method, path = http.MethodPost, "/v1.1/"+project()+"/cloudservers"
	case DeleteServers:
		method, path = http.MethodPost, "/v1/"+project()+"/cloudservers/delete"
	case ListServers:
		method, path = http.MethodGet, "/v1/"+project()+"/cloudservers/detail"
	case ListFlavors:
		method, path = http.MethodGet, "/v1/"+project()+"/cloudservers/flavors"
	case Unnamed:
	default:
		return "", "", fmt.Errorf("no operation %q", c.Operation)
	}
	if c.Raw.Method != "" {
		method = c.Raw.Method
	}
	if c.Raw.Path != "" {
		path = c.Raw.Path
	}
	if err == nil && (method == "" || !strings.HasPrefix(path, "/")) {
		err = fmt.Errorf("a raw request needs a method and a path that begins with a slash, got %q %q", method, path)
	}
	return method, path, err
}

// setHeaders sets all headers but those of the credentials.
func (w *wire) setHeaders(req *http.Request, c Call, body []byte) {
	agent := w.config.UserAgent
	if id := exchange.ScopeOf(req.Context()).ID(); id != "" {
		agent += " (" + id + ")"
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Language", "en-us") // of messages; codes are what is judged
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if len(body) >= expectFrom {
		req.Header.Set("Expect", "100-continue")
	}
	for name, values := range c.Raw.Set {
		req.Header[name] = slices.Clone(values)
	}
	for name, values := range c.Raw.Add {
		req.Header[name] = append(req.Header[name], values...)
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
		req.Header.Del("Host")
	}
	dropHeaders(req.Header, c.Raw.Without)
}

func dropHeaders(h http.Header, names []string) {
	for _, name := range names {
		h.Del(name)
		if http.CanonicalHeaderKey(name) == "User-Agent" {
			h["User-Agent"] = []string{""} // net/http's way to send none
		}
	}
}
