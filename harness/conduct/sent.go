package conduct

import (
	"strings"

	"resize-conformance/harness/exchange"
)

// sent judges the requests of a call by what its user asked for.
//
// A client may ask for more than it was told to: it looks at the server before and after, or uses services that are none of the contract's. What belongs to the
// call is found by where it was sent (place); what the contract does not describe is left alone, save that no secret may be in it.
func (b *breaches) sent(c Call) {
	at := placeOf(c.Asked)
	own := b.line(at, c.Sent)
	for _, e := range c.Sent {
		b.secrets(c.Asked, e)
		if readable(e) && (described(e) || contains(own, e)) {
			b.credentials(c.Asked.Credentials, e)
			b.head(e)
		}
	}
	for i, e := range own {
		switch {
		case at.resizes():
			b.resizeBody(c, e)
		case at.powers():
			b.powerBody(c, e)
		case at.operation == listResizeFlavors:
			b.selectors(c.Asked.Params, e, i > 0)
		}
	}
	if at.resizes() {
		b.again(c)
	}
}

// readable says that a request could be read as HTTP.
func readable(e *exchange.Exchange) bool {
	return e != nil && e.Request != nil && e.Request.URL != nil && e.Request.Method != ""
}

// described says that a request is one of the contract's.
func described(e *exchange.Exchange) bool { return !e.Outside && e.Judgement.Operation != "" }

func contains(list []*exchange.Exchange, e *exchange.Exchange) bool {
	for _, other := range list {
		if other == e {
			return true
		}
	}
	return false
}

// refused says that the server did not take a request. What is wrong with its form may be why.
func refused(e *exchange.Exchange) bool { return e.Status >= 400 }

// target is the path and query of a request, escaped as they were sent.
func target(e *exchange.Exchange) (path, query string) {
	u := e.Request.URL
	if u.Opaque == "" {
		return u.EscapedPath(), u.RawQuery
	}
	// What cannot be read as a URL is kept as it was written, behind the name of the host.
	rest := strings.TrimPrefix(u.Opaque, "//")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		rest = rest[i:]
	}
	path, query, _ = strings.Cut(rest, "?")
	return path, query
}
