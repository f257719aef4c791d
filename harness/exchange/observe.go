package exchange

import (
	"context"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// Observed is an exchange between a client under test and a server, as it passed by: at a proxy, or in a recording. Nothing in it is redacted.
type Observed struct {
	ID      int64  // from Recorder.Next; 0: the next one
	Server  string // base URL of the server, to show where the request went: "http://127.0.0.1:9000"
	Method  string
	Target  string           // of the request line, as it was written
	Sent    []journal.Header // header lines of the request; order and case as on the wire
	Body    []byte           // of the request, with its framing undone
	BodyCut bool             // Body is not the whole body; then it is not judged
	Opaque  string           // why the request cannot be read as HTTP; then only that is judged
	// OtherProtocol says what an Opaque request is where it was never meant to be HTTP/1; then nothing is judged.
	OtherProtocol string
	Proto         string           // of the answer: "HTTP/1.1"
	Status        int              // 0 when no answer came
	Received      []journal.Header // header lines of the answer
	Answer        []byte           // body of the answer, with its framing undone
	Cut           bool             // Answer is not the whole body
	Decoded       bool             // Answer has its Content-Encoding undone already, as browsers record it
	// Broken says why no whole answer came: Answered then tells how far it had come. nil when it came.
	Broken     error
	Substitute string // who answered in the server's place; such an answer is recorded and not judged
	Malformed  string // why the request breaks the contract on purpose; then it is not judged, and its answer is
	Start      time.Time
	FirstByte  time.Duration // since Start; 0 when nothing came
	Duration   time.Duration
	// Of an exchange that was read from a recording.
	Recording string         // where: "entries[11] of login.har"
	Lost      []journal.Lost // what the recording has not kept; it is not judged
	Blur      time.Duration  // how far Start and the end may be off
}

func (o *Observed) lacks(l journal.Lost) bool { return slices.Contains(o.Lost, l) }

// keywordNoHTTP is the keyword of the violation of what cannot be read as a request.
const keywordNoHTTP = "http-syntax"

// Observe judges, writes and returns an exchange that others made; the scope of ctx is told. What its request breaks is the client's fault, what its answer
// breaks the server's. A request that the contract does not describe is recorded and not judged (Exchange.Outside): a client may well ask for other things.
func (r *Recorder) Observe(ctx context.Context, o *Observed) *Exchange {
	e := &Exchange{
		ID: o.ID, RequestBody: o.Body, Status: o.Status, Header: headerOf(o.Received), Body: o.Answer, Truncated: o.Cut || o.lacks(journal.LostAnswerBody), Start: o.Start, FirstByte: o.FirstByte,
		Duration: o.Duration, External: true, Malformed: o.Malformed, Outside: o.OtherProtocol != "", Substitute: o.Substitute, proto: o.Proto, wire: o.Answer, sent: o.Sent, got: o.Received,
		target: originForm(o.Target), cut: o.BodyCut || o.lacks(journal.LostRequestBody), undone: o.Decoded, recording: o.Recording, lost: o.Lost, blur: o.Blur,
	}
	if e.ID == 0 {
		e.ID = r.Next()
	}
	e.Request = requestOf(o)
	if len(e.RequestBody) == 0 {
		e.RequestBody = nil
	}
	seal := r.o.Redactor.censor(e.Request.Header, shownOf(ctx))
	if !o.Decoded {
		if undone, cut, ok := undoGzip(e.Header, e.wire, r.o.MaxBody); ok {
			e.Body, e.Truncated, e.undone = undone, e.Truncated || cut, true
		}
	}
	switch {
	case o.Opaque != "" && o.OtherProtocol != "":
		e.Err = observedFailure(e, seal, "this is no HTTP/1 but "+o.OtherProtocol, nil)
	case o.Opaque != "":
		e.opaque = o.Opaque
		e.Err = observedFailure(e, seal, "the request cannot be read as HTTP: "+o.Opaque, nil)
	case o.Broken != nil:
		e.Truncated = true
		e.Err = observedFailure(e, seal, o.Broken.Error(), o.Broken)
	}
	r.conclude(ctx, e, seal)
	return e
}

// observedFailure says why there is no whole exchange.
func observedFailure(e *Exchange, seal *censor, text string, cause error) *Failure {
	if e.Status != 0 {
		text = fmt.Sprintf("status %d and %d bytes of the body had come: %s", e.Status, len(e.wire), text)
	}
	return &Failure{
		Method: e.Request.Method, URL: shownURL(e.Request.URL, seal), Waited: e.Duration, Received: int64(len(e.wire)), Cause: cause, text: shorten(seal.text(text)),
	}
}

// Describer tells which requests a contract describes; *contract.Contract does.
type Describer interface {
	// Describes gives the operation that a request of somebody else asks for; false when it may as well be one that the contract has not.
	Describes(method, path string) (operation string, ok bool)
}

// judgeExternal judges an exchange of a client under test. It may send things that the contract knows nothing of, and only what it does describe is judged.
func (r *Recorder) judgeExternal(ctx context.Context, e *Exchange) contract.Judgement {
	if e.Outside {
		return contract.Judgement{}
	}
	if e.opaque != "" {
		return contract.Judgement{Request: []journal.Violation{{
			Requirement: journal.RequestRequirement, Level: journal.Must, Blame: journal.Client, In: "request", Part: "path", Keyword: keywordNoHTTP, Wanted: "an HTTP request (RFC 9112)", Got: e.opaque,
		}}}
	}
	m := r.message(e)
	if d, ok := r.o.Contract.(Describer); ok {
		if _, described := d.Describes(m.Method, m.Path); !described {
			e.Outside = true
			return contract.Judgement{}
		}
	}
	if e.Substitute != "" {
		m.Status = 0 // nobody promised this answer
	}
	j := r.o.Contract.Judge(ctx, m)
	j.Request, j.Response = without(j.Request, e.unknownOfRequest()), without(j.Response, e.unknownOfAnswer())
	if e.Malformed != "" {
		j.Request = nil
	}
	for i := range j.Request {
		if j.Request[i].Requirement == "" {
			j.Request[i].Requirement = journal.RequestRequirement
		}
	}
	if j.Operation == "" {
		j.Response = nil // whatever a misspelled path is answered, it is the misspelling that is wrong
	}
	return j
}

// Operation says which operation of the contract a request asks for, by its method and the target of its request line; "" for none.
func (r *Recorder) Operation(method, target string) string {
	d, ok := r.o.Contract.(Describer)
	if !ok {
		return ""
	}
	path, _, _ := strings.Cut(originForm(target), "?")
	if rest, ok := strings.CutPrefix(path, r.o.BasePath); ok && (rest == "" || rest[0] == '/') {
		path = rest
	}
	operation, _ := d.Describes(method, path)
	return operation
}

// unknownOfRequest lists the parts of a request that are not known as they were sent.
func (e *Exchange) unknownOfRequest() []string {
	var parts []string
	if e.cut {
		parts = append(parts, "body")
	}
	if slices.Contains(e.lost, journal.LostRequestHeader) {
		parts = append(parts, "header", "media-type")
	}
	return parts
}

// unknownOfAnswer lists the parts of an answer that are not known as they came. Whether a body that is lost was there at all is known by its media type only.
func (e *Exchange) unknownOfAnswer() []string {
	header, body := slices.Contains(e.lost, journal.LostAnswerHeader), slices.Contains(e.lost, journal.LostAnswerBody)
	var parts []string
	if header {
		parts = append(parts, "header", "media-type")
	}
	if body {
		parts = append(parts, "body")
		if e.Header.Get("Content-Type") == "" {
			parts = append(parts, "media-type")
		}
	}
	return parts
}

// without leaves out what was found in parts that are not known.
func without(list []journal.Violation, parts []string) []journal.Violation {
	if len(parts) == 0 {
		return list
	}
	return slices.DeleteFunc(list, func(v journal.Violation) bool { return slices.Contains(parts, v.Part) })
}

// originForm is the path and query of a request target: a client that takes its server for a proxy writes a whole URL.
func originForm(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	if _, rest, ok := strings.Cut(target, "://"); ok {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			return rest[i:]
		}
		return "/"
	}
	return target
}

// requestOf is the request as net/http would show it to the client that made it.
func requestOf(o *Observed) *http.Request {
	req := &http.Request{Method: o.Method, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: headerOf(o.Sent), ContentLength: int64(len(o.Body))}
	base, err := url.Parse(o.Server)
	if err != nil {
		base = &url.URL{}
	}
	req.URL = &url.URL{Scheme: base.Scheme, Host: base.Host}
	if parsed, err := url.ParseRequestURI(originForm(o.Target)); err == nil {
		parsed.Scheme, parsed.Host = base.Scheme, base.Host
		req.URL = parsed
	} else {
		req.URL.Opaque = "//" + base.Host + originForm(o.Target) // as it is, be it what it may
	}
	req.Host = req.Header.Get("Host")
	req.Header.Del("Host")
	if req.Host == "" {
		req.Host = base.Host
	}
	return req
}

// headerOf is a header without its order; a line that only continues the one before has an empty name.
func headerOf(lines []journal.Header) http.Header {
	h := make(http.Header, len(lines))
	for _, l := range lines {
		name := textproto.CanonicalMIMEHeaderKey(l.Name)
		h[name] = append(h[name], l.Value)
	}
	return h
}
