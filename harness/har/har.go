// Package har reads recordings of HTTP traffic in the HTTP Archive format (HAR 1.1 to 1.3), as browsers, proxies and load tools write them, and turns their
// entries into exchanges that can be judged.
//
// A recording is not the wire. It has no bytes but texts that were decoded, headers that tools leave out, times of a coarse clock, and bodies that were dropped.
// Whatever is not known as it was sent is marked as lost (journal.Lost), with the reason, and accuses nobody. The rule for bodies is that one that is not there
// is unknown unless something says that it was empty.
//
// There are libraries with Go types for HAR. All of them decode a whole file into structs that refuse what writers really write (numbers as strings, -1, null,
// missing members), and none says what was lost, which is the work; so the few members that are needed are declared here (wire.go).
package har

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
)

// Entry is one exchange of a recording.
type Entry struct {
	File  *File
	Index int // in log.entries, from 0

	// NotRead says why the entry is no request that can be read, Skipped why it is none that a server was to answer. Otherwise Observed holds it.
	NotRead, Skipped string

	Origin      string // of the server: "https://ecs.example.com"
	Observed    exchange.Observed
	Losses      []Loss
	Credentials bool   // the request carries some, or the place of some
	Agent       string // User-Agent
	secrets     []string
	ours        bool // Write wrote it: what it says of bodies is so
}

// Loss is something that the recording has not kept, and why this is known.
type Loss struct {
	Part journal.Lost
	Why  string
}

// Where says where the entry stands, so that it can be found: "entries[11] of login.har".
func (e *Entry) Where() string {
	return fmt.Sprintf("entries[%d] of %s", e.Index, filepath.Base(e.File.Name))
}

// lose marks a part as lost, once.
func (e *Entry) lose(part journal.Lost, why string) {
	for _, l := range e.Losses {
		if l.Part == part {
			return
		}
	}
	e.Losses = append(e.Losses, Loss{part, why})
	e.Observed.Lost = append(e.Observed.Lost, part)
}

func entryOf(file *File, index int, w *optional[wireEntry]) *Entry {
	e := &Entry{File: file, Index: index}
	req, res := &w.v.Request.v, &w.v.Response.v
	method := strings.TrimSpace(req.Method.s)
	switch {
	case !w.ok:
		e.NotRead = "it is no object"
		return e
	case !w.v.Request.ok:
		e.NotRead = "it has no request"
		return e
	case method == "" || strings.ContainsAny(method, " \t\r\n"):
		e.NotRead = "its request has no method"
		return e
	}
	e.Observed.Method = upper(method)
	e.Observed.Recording = e.Where()
	if e.NotRead = e.readURL(req); e.NotRead != "" {
		return e
	}
	if e.Skipped = skipped(&w.v, e); e.Skipped != "" {
		return e
	}
	e.readTimes(&w.v)
	e.readOurs(&w.v)
	e.readRequest(req)
	e.readAnswer(&w.v, res, w.v.Response.ok)
	return e
}

// readOurs takes over what Write says of an exchange.
func (e *Entry) readOurs(w *wireEntry) {
	if !w.Ours.ok || !strings.HasPrefix(e.File.Creator, creatorName) {
		return
	}
	e.ours = true
	o := &e.Observed
	o.Blur = max(o.Blur, milliseconds(positive(w.Ours.v.BlurMS)))
	o.Substitute, o.Malformed = w.Ours.v.Substitute.s, w.Ours.v.Malformed.s
	for _, part := range w.Ours.v.Lost {
		switch l := journal.Lost(part); l {
		case journal.LostRequestHeader, journal.LostRequestBody, journal.LostAnswerHeader, journal.LostAnswerBody, journal.LostTimes:
			e.lose(l, "the recording that it was made from had not kept it")
		}
	}
}

// upper undoes that some writers have methods in lower case. Other words are left as they are.
func upper(method string) string {
	switch method {
	case "get", "post", "put", "delete", "head", "options", "patch":
		return strings.ToUpper(method)
	}
	return method
}

// skipped says why an entry is no exchange with a server.
func skipped(w *wireEntry, e *Entry) string {
	switch {
	case bool(w.FromCache), bool(w.Cached), strings.HasSuffix(w.FetchType.s, "Cache"):
		return "it was answered from a cache"
	case strings.EqualFold(w.ResourceType.s, "websocket"), bool(w.Messages), strings.HasPrefix(e.Origin, "ws"), w.Response.v.Status.is(101):
		return "it is of another protocol (WebSocket)"
	case e.Observed.Method == "CONNECT":
		return "it is a tunnel through a proxy (CONNECT)"
	case edited(e.Observed.Target):
		return "its URL was edited"
	}
	return ""
}

// readURL takes the URL apart without changing what was sent.
func (e *Entry) readURL(req *wireRequest) string {
	whole, _, _ := strings.Cut(strings.TrimSpace(req.URL.s), "#")
	if strings.HasPrefix(whole, "/") { // some load tools write the path alone
		for _, h := range req.Headers.list {
			if strings.EqualFold(h.name, "Host") || h.name == ":authority" {
				whole = "http://" + h.value + whole
				break
			}
		}
	}
	scheme, rest, ok := strings.Cut(whole, "://")
	if !ok {
		return "its request has no URL"
	}
	host, target := rest, "/"
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, target = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	origin, err := url.Parse(strings.ToLower(scheme + "://" + host))
	if err != nil || origin.Host == "" {
		return "its URL has no host"
	}
	if strings.HasPrefix(target, "?") {
		target = "/" + target
	}
	e.Origin, e.Observed.Server = originOf(origin), origin.Scheme+"://"+origin.Host
	if e.Observed.Target = escaped(target); !strings.Contains(target, "?") && len(req.Query.list) > 0 {
		var query []string
		for _, p := range req.Query.list {
			query = append(query, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
		}
		e.Observed.Target += "?" + strings.Join(query, "&")
	}
	return ""
}

// originOf leaves out a port that the scheme implies.
func originOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host
}

// escaped escapes what cannot have stood in a request line: some writers show URLs decoded.
func escaped(target string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(target) {
		if c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// edited says that a text was made unreadable by whoever shared the recording.
func edited(s string) bool {
	lower := strings.ToLower(s)
	return strings.Contains(lower, "redacted") || strings.Contains(lower, "***")
}
