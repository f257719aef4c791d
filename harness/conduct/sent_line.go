package conduct

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
)

// listResizeFlavors is an operation whose path depends on the edition, so that only the contract knows it.
const listResizeFlavors = "listResizeFlavors"

// place is where the request of a call belongs.
type place struct {
	operation string // of the contract
	method    string
	base      string    // path of the endpoint, escaped
	segments  []segment // of the path below it; nil for listResizeFlavors
	project   string
}

// segment is a part of a path, not escaped.
type segment struct {
	text string
	id   bool
}

func placeOf(r driver.Request) place {
	p := place{operation: string(r.Operation), method: http.MethodGet, project: r.ProjectID}
	if u, err := url.Parse(r.Endpoint); err == nil {
		p.base = strings.TrimSuffix(u.EscapedPath(), "/")
	}
	id := func(text string) segment { return segment{text, true} }
	word := func(text string) segment { return segment{text, false} }
	v1 := []segment{word("v1"), id(r.ProjectID)}
	switch r.Operation {
	case driver.ResizeServer:
		p.method = http.MethodPost
		p.segments = []segment{word("v1.1"), id(r.ProjectID), word("cloudservers"), id(r.ServerID), word("resize")}
	case driver.ResizePostPaidServer:
		p.method = http.MethodPost
		p.segments = append(v1, word("cloudservers"), id(r.ServerID), word("resize"))
	case driver.ShowJob, driver.WaitForJob:
		p.operation = string(driver.ShowJob)
		p.segments = append(v1, word("jobs"), id(r.JobID))
	case driver.ShowServer:
		p.segments = append(v1, word("cloudservers"), id(r.ServerID))
	case driver.StartServers, driver.StopServers:
		p.method = http.MethodPost
		p.segments = append(v1, word("cloudservers"), word("action"))
	case driver.ListResizeFlavors:
	}
	return p
}

func (p place) resizes() bool {
	return p.operation == string(driver.ResizeServer) || p.operation == string(driver.ResizePostPaidServer)
}

func (p place) powers() bool {
	return p.operation == string(driver.StartServers) || p.operation == string(driver.StopServers)
}

// String is the place in words: "POST /v1.1/…/resize".
func (p place) String() string {
	if p.segments == nil {
		return p.method + " at the path of " + p.operation
	}
	text := p.method + " " + p.base
	for _, s := range p.segments {
		text += "/" + url.PathEscape(s.text)
	}
	return text
}

// line judges where a call's requests were sent, and gives those that are the call's own, the ones that went astray included.
func (b *breaches) line(p place, sent []*exchange.Exchange) []*exchange.Exchange {
	var own, astray []*exchange.Exchange
	for _, e := range sent {
		switch {
		case !readable(e):
		case p.is(e):
			own = append(own, e)
		case p.isMeantBy(e):
			astray = append(astray, e)
		}
	}
	odd := slices.IndexFunc(p.segments, func(s segment) bool { return s.id && strings.IndexFunc(s.text, reserved) >= 0 })
	switch {
	case len(own) > 0 || len(sent) == 0:
		return own
	case odd >= 0:
		if e := p.oddlySent(sent, odd); e != nil {
			b.add(Breach{Requirement: "RSZ-CLIENT-002", Wanted: p.String(), Got: lineOf(e), Exchange: e.ID, Distorts: true})
			return nil
		}
	}
	if len(astray) > 0 {
		e := astray[len(astray)-1]
		b.add(Breach{Requirement: "RSZ-CLIENT-001", Wanted: p.String(), Got: lineOf(e), Exchange: e.ID, Distorts: true})
		return astray
	}
	last := sent[len(sent)-1]
	b.add(Breach{Wanted: p.String(), Got: "nothing of that kind, and last " + lineOf(last), Exchange: last.ID, Distorts: true})
	return nil
}

// is says that a request was sent to the very place.
func (p place) is(e *exchange.Exchange) bool {
	got, below := p.below(e)
	if !below || e.Request.Method != p.method {
		return false
	}
	if p.segments == nil {
		return e.Judgement.Operation == p.operation && len(got) > 1 && got[1] == p.project
	}
	return slices.EqualFunc(p.segments, got, func(want segment, got string) bool { return want.text == got })
}

// below is the path of a request below the endpoint's own, in segments without escapes.
func (p place) below(e *exchange.Exchange) ([]string, bool) {
	path, _ := target(e)
	rest, below := strings.CutPrefix(path, p.base)
	if !strings.HasPrefix(rest, "/") {
		return nil, false
	}
	segments := strings.Split(rest[1:], "/")
	for i, s := range segments {
		segments[i] = plain(s)
	}
	return segments, below
}

func plain(escaped string) string {
	if text, err := url.PathUnescape(escaped); err == nil {
		return text
	}
	return escaped
}

// isMeantBy says that a request, although sent elsewhere, can only be that of the call. Looking at the server before it is resized is none.
func (p place) isMeantBy(e *exchange.Exchange) bool {
	path, _ := target(e)
	segments := strings.Split(strings.Trim(path, "/"), "/")
	last := segments[len(segments)-1]
	reads := e.Request.Method == http.MethodGet || e.Request.Method == http.MethodHead
	switch {
	case p.resizes():
		return last == "resize" || !reads && slices.ContainsFunc(segments, func(s string) bool { return plain(s) == p.segments[3].text })
	case p.powers():
		return last == "action" || !reads && !described(e) && slices.Contains(segments, "cloudservers")
	case p.segments == nil:
		return strings.Contains(last, "flavors")
	}
	return plain(last) == p.segments[len(p.segments)-1].text
}

// oddlySent finds the request that has the place's beginning, as far as the first id that needs escapes, and not the ids. An id with a blank in it spoils the whole
// line.
func (p place) oddlySent(sent []*exchange.Exchange, odd int) *exchange.Exchange {
	for _, e := range slices.Backward(sent) {
		if !readable(e) {
			if e != nil && slices.ContainsFunc(e.Judgement.Request, func(v journal.Violation) bool { return v.Part == "path" }) {
				return e
			}
			continue
		}
		got, below := p.below(e)
		if below && e.Request.Method == p.method && len(got) > odd && !p.hasIDs(got) &&
			slices.EqualFunc(p.segments[:odd], got[:odd], func(want segment, got string) bool { return want.text == got }) {
			return e
		}
	}
	return nil
}

// hasIDs says that every id stands in its segment.
func (p place) hasIDs(got []string) bool {
	for i, s := range p.segments {
		if s.id && (i >= len(got) || got[i] != s.text) {
			return false
		}
	}
	return true
}

// reserved says that a character of an id has to be escaped in a path (RFC 3986, sections 2.3 and 3.3).
func reserved(c rune) bool {
	switch {
	case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return false
	}
	return !strings.ContainsRune("-._~!$&'()*+,;=:@", c)
}

// lineOf is the request line of an exchange: "POST /v1/…".
func lineOf(e *exchange.Exchange) string {
	if !readable(e) {
		return "what cannot be read as HTTP"
	}
	path, query := target(e)
	if query != "" {
		path += "?" + query
	}
	return e.Request.Method + " " + shortened(path)
}
