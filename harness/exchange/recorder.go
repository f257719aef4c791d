package exchange

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// Recorder is the only way to a target: every request goes through it. It is safe for concurrent use.
type Recorder struct {
	o    Options
	next atomic.Int64

	mu        sync.Mutex
	sinkError error
}

// NewRecorder makes one.
func NewRecorder(o Options) *Recorder {
	if o.Base == nil {
		o.Base = Transport(nil)
	}
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxKept <= 0 {
		o.MaxKept = DefaultMaxKept
	}
	if o.Redactor == nil {
		o.Redactor = NewRedactor(nil)
	}
	o.BasePath = strings.TrimSuffix(o.BasePath, "/")
	r := &Recorder{o: o}
	r.next.Store(max(0, o.First-1))
	return r
}

// Transport is the plain transport of a recorder; tls may be nil.
//
// It never asks for compression. It gives up idle connections after 3 s, before servers do (5 s is the shortest common keep-alive, Node's): a request that
// changes something cannot be repeated, so it must not be lost to a connection that the server is just closing.
func Transport(t *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		TLSClientConfig:       t,
		ForceAttemptHTTP2:     true,
		DisableCompression:    true,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       3 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		// A header without end is refused long before it fills the memory or the journal; the gateway's own limit is far below.
		MaxResponseHeaderBytes: 1 << 20,
	}
}

// Do sends one request, never follows a redirect, reads the whole answer (up to MaxBody) and returns the finished exchange, which is never nil. A transport
// error is in Exchange.Err and returned; it is a *Failure.
func (r *Recorder) Do(req *http.Request) (*Exchange, error) {
	e, _ := r.exchange(req)
	return e, e.Err
}

// RoundTrip sends, records and judges (http.RoundTripper), so that any http.Client can be put on top of it. The answer is read before it returns; its body
// gives the bytes as they came, and then the error in which they ended, if they did.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	e, resp := r.exchange(req)
	if resp == nil {
		return nil, e.Err
	}
	rest := &replay{Reader: *bytes.NewReader(e.wire), err: e.Err}
	if rest.err == nil && e.Truncated {
		rest.err = fmt.Errorf("answer cut off after %d bytes", len(e.wire))
	}
	resp.Body, resp.Request = rest, req
	return resp, nil
}

// Err returns the first error of the sink: from then on the record has holes, and no verdict built on it can be trusted.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sinkError
}

// Next gives the id of an exchange that begins now. Do and RoundTrip take one by themselves; it is for those who Observe.
func (r *Recorder) Next() int64 { return r.next.Add(1) }

// Redactor is what this recorder hides secrets with, for those who write about its exchanges.
func (r *Recorder) Redactor() *Redactor { return r.o.Redactor }

// exchange does the whole round: send, judge, write, tell the scope.
func (r *Recorder) exchange(req *http.Request) (*Exchange, *http.Response) {
	ctx := req.Context()
	e := &Exchange{ID: r.Next(), Start: time.Now(), Malformed: malformedOf(ctx), Outside: outsideOf(ctx), Retry: retryOf(ctx)}
	seal := r.o.Redactor.censor(req.Header, shownOf(ctx))
	resp := r.send(req, e, seal)
	e.Duration = time.Since(e.Start)
	r.conclude(ctx, e, seal)
	return e, resp
}

// conclude judges a finished exchange, writes it and tells the scope.
func (r *Recorder) conclude(ctx context.Context, e *Exchange, seal *censor) {
	scope := ScopeOf(ctx)
	seal = seal.with(e.Header) // what the answer hands out may stand in its body too
	if r.o.Contract != nil && !(e.Outside && !e.External) {
		// A cancelled scenario's last exchange is judged like any other.
		ctx := context.WithoutCancel(ctx)
		e.judged = true
		if e.External {
			e.Judgement = seal.judgement(r.judgeExternal(ctx, e))
		} else {
			e.Judgement = seal.judgement(r.o.Contract.Judge(ctx, r.message(e)))
		}
	}
	r.write(e, scope, seal, signingOf(ctx))
	scope.add(e)
}

// message is the exchange as the contract wants it.
func (r *Recorder) message(e *Exchange) *contract.Message {
	uri := e.target
	if uri == "" {
		uri = e.Request.URL.RequestURI()
	}
	path, query, _ := strings.Cut(uri, "?")
	if rest, ok := strings.CutPrefix(path, r.o.BasePath); ok && (rest == "" || rest[0] == '/') {
		path = rest
	}
	return &contract.Message{
		Method:            e.Request.Method,
		Path:              path,
		Query:             query,
		RequestHeader:     e.Request.Header,
		RequestBody:       e.RequestBody,
		Status:            e.Status,
		ResponseHeader:    e.Header,
		ResponseBody:      e.Body,
		ResponseTruncated: e.Truncated,
	}
}

// write puts the exchange, and what the oracles disagreed about, into the sink.
func (r *Recorder) write(e *Exchange, scope *Scope, seal *censor, signing *Signing) {
	if r.o.Sink == nil {
		return
	}
	now := e.Start.Add(e.Duration)
	if slices.Contains(e.lost, journal.LostTimes) {
		now = time.Now()
	}
	err := r.o.Sink.Write(journal.Event{Time: now, Type: journal.ExchangeRecorded, Exchange: r.record(e, scope, seal, signing)})
	for i := range e.Judgement.Disagreements {
		d := e.Judgement.Disagreements[i]
		d.Exchange = e.ID
		err = errors.Join(err, r.o.Sink.Write(journal.Event{Time: now, Type: journal.OraclesDisagreed, Disagreement: &d}))
	}
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.sinkError == nil {
			r.sinkError = fmt.Errorf("exchange %d could not be recorded: %w", e.ID, err)
		}
	}
}

// replay is a body that was read before, with the error in which it ended.
type replay struct {
	bytes.Reader
	err error
}

func (b *replay) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.err != nil {
		err = b.err
	}
	return n, err
}

// WriteTo hides the reader's own, which would swallow the error.
func (b *replay) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil {
		err = b.err
	}
	return n, err
}

func (b *replay) Close() error { return nil }
