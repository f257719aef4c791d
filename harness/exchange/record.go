package exchange

import (
	"net/url"
	"slices"

	"resize-conformance/harness/journal"
)

// record renders the exchange for the journal. Nothing in what it returns has not passed the censor.
func (r *Recorder) record(e *Exchange, scope *Scope, seal *censor, signing *Signing) *journal.Exchange {
	j := &journal.Exchange{
		ID:             e.ID,
		Operation:      e.Judgement.Operation,
		Malformed:      seal.text(e.Malformed),
		Method:         e.Request.Method,
		URL:            shownURL(e.Request.URL, seal),
		Proto:          e.proto,
		RequestHeader:  redactedLines(e.sent, seal),
		RequestBody:    keep(seal, e.RequestBody, int64(len(e.RequestBody)), false, false, r.o.MaxKept),
		Status:         e.Status,
		ResponseHeader: redactedLines(headerLines(e.Header), seal),
		Start:          e.Start,
		FirstByte:      e.FirstByte,
		Duration:       e.Duration,
		Curl:           curl(e, seal, signing),
		Violations:     slices.Concat(e.Judgement.Request, e.Judgement.Response),
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

func redactedLines(lines []journal.Header, seal *censor) []journal.Header {
	if len(lines) == 0 {
		return nil
	}
	out := make([]journal.Header, len(lines))
	for i, l := range lines {
		out[i] = journal.Header{Name: l.Name, Value: seal.header(l.Name, l.Value)}
	}
	return out
}
