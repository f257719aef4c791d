package exchange

import (
	"net/url"
	"slices"

	"resize-conformance/harness/journal"
)

// record renders the exchange for the journal. Nothing in what it returns has not passed the censor.
func (r *Recorder) record(e *Exchange, scope *Scope, seal *censor, signing *Signing) *journal.Exchange {
	sent, got := seal.lines(e.sent), e.got
	if got == nil {
		got = headerLines(e.Header)
	}
	j := &journal.Exchange{
		ID:             e.ID,
		Operation:      e.Judgement.Operation,
		Malformed:      seal.text(e.Malformed),
		External:       e.External,
		Outside:        e.Outside,
		Substitute:     e.Substitute,
		Method:         e.Request.Method,
		URL:            shownURL(e.Request.URL, seal),
		Proto:          e.proto,
		RequestHeader:  redacted(sent),
		RequestBody:    keep(seal, e.RequestBody, int64(len(e.RequestBody)), e.cut, e.External && isEncoded(e.Request.Header), r.o.MaxKept),
		Status:         e.Status,
		ResponseHeader: redacted(seal.lines(got)),
		Start:          e.Start,
		FirstByte:      e.FirstByte,
		Duration:       e.Duration,
		Blur:           e.blur,
		Recording:      seal.text(e.recording),
		Lost:           e.lost,
		Retry:          e.Retry,
		Violations:     slices.Concat(e.Judgement.Request, e.Judgement.Response),
	}
	if !r.o.NoCurl {
		j.Curl = curl(e, sent, seal, signing)
	}
	if scope != nil {
		j.Scenario = scope.Scenario
	}
	j.ResponseBody = keep(seal, e.Body, int64(len(e.wire)), e.Truncated, e.hidesSecrets(), r.o.MaxKept)
	if e.Err != nil {
		j.Error = e.Err.Error()
	}
	return j
}

// shownURL is a URL without credentials: a user and password within it are not sent, and not shown.
func shownURL(u *url.URL, seal *censor) string { return seal.text(target(u)) }

// target is where a request goes, as one text.
func target(u *url.URL) string {
	if u.Opaque != "" {
		return u.Scheme + "://" + u.Host + u.RequestURI()
	}
	bare := *u
	bare.User = nil
	return bare.String()
}

// headerLine is one line of a header with the secrets in its value.
type headerLine struct {
	journal.Header
	secrets []span
}

// lines searches header lines, once for all who show them.
func (c *censor) lines(lines []journal.Header) []headerLine {
	out := make([]headerLine, len(lines))
	for i, l := range lines {
		out[i] = headerLine{l, c.headerSpans(l.Name, l.Value)}
	}
	return out
}

func redacted(lines []headerLine) []journal.Header {
	if len(lines) == 0 {
		return nil
	}
	out := make([]journal.Header, len(lines))
	for i, l := range lines {
		out[i] = journal.Header{Name: l.Name, Value: replaceSpans(l.Value, l.secrets)}
	}
	return out
}
