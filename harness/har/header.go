package har

import (
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// credentials are the headers that tools leave out or blank when a recording is to be shared.
func credentials() []string {
	return []string{"authorization", "x-auth-token", "x-security-token", "cookie", "proxy-authorization"}
}

// blanked is what such tools write in place of a value.
var blanked = regexp.MustCompile(`(?i)^[\[<{(*_ ]*(redacted|removed|masked|hidden|filtered|sanitized|stripped|omitted|scrubbed)[\]>})*_ ]*$|^[*•]{2,}$|^x{6,}$`)

// header reads the lines of a header. A line that was blanked and does not carry credentials is left out, for it says nothing; gone names those.
func header(p pairs) (lines []journal.Header, gone []string) {
	for _, h := range p.list {
		name := strings.TrimSpace(h.name)
		if strings.HasPrefix(name, ":") {
			continue // HTTP/2 pseudo headers repeat the request line
		}
		// Some browsers write lines of one name as one, with line ends between their values.
		for value := range strings.SplitSeq(h.value, "\n") {
			value = strings.Trim(value, " \t\r")
			if blanked.MatchString(value) && !slices.Contains(credentials(), strings.ToLower(name)) {
				gone = append(gone, strings.ToLower(name))
				continue
			}
			lines = append(lines, journal.Header{Name: name, Value: value})
		}
	}
	return lines, gone
}

func value(lines []journal.Header, name string) (string, bool) {
	for _, l := range lines {
		if strings.EqualFold(l.Name, name) {
			return l.Value, true
		}
	}
	return "", false
}

const (
	contentType     = "Content-Type"
	contentLength   = "Content-Length"
	contentEncoding = "Content-Encoding"
)

// mediaType adds the media type that is told beside the header, where the header has none.
func mediaType(lines []journal.Header, gone []string, told string) []journal.Header {
	if _, there := value(lines, contentType); there || slices.Contains(gone, "content-type") || !strings.Contains(told, "/") {
		return lines
	}
	return append(lines, journal.Header{Name: contentType, Value: told})
}

// judged says that an answer is judged, or read, by a header line.
func judged(name string) bool {
	return slices.Contains([]string{"x-request-id", "content-type", "content-length", "content-encoding", "transfer-encoding"}, name)
}

func (e *Entry) requestHeader(req *wireRequest) {
	lines, gone := header(req.Headers)
	switch {
	case len(req.Headers.list) == 0:
		e.lose(journal.LostRequestHeader, "it has no header")
	case !req.Headers.whole:
		e.lose(journal.LostRequestHeader, "lines of its header cannot be read")
	case slices.Contains(gone, "content-type"):
		e.lose(journal.LostRequestHeader, "its media type was blanked")
	}
	if req.PostData.ok {
		lines = mediaType(lines, gone, req.PostData.v.MimeType.s)
	}
	e.Observed.Sent = lines
	for _, l := range lines {
		name := strings.ToLower(l.Name)
		switch {
		case slices.Contains(credentials(), name):
			e.Credentials = true
			e.keepSecret(name, l.Value)
		case name == "user-agent":
			e.Agent = l.Value
		}
	}
}

func (e *Entry) answerHeader(res *wireResponse) {
	lines, gone := header(res.Headers)
	switch {
	case len(res.Headers.list) == 0:
		e.lose(journal.LostAnswerHeader, "it has no header")
	case !res.Headers.whole:
		e.lose(journal.LostAnswerHeader, "lines of its header cannot be read")
	case slices.ContainsFunc(gone, judged):
		e.lose(journal.LostAnswerHeader, "lines of its header were blanked")
	}
	// Chrome writes x-unknown where it knows no type, and browsers guess one where the answer has none.
	if told := res.Content.v.MimeType.s; slices.Contains(e.Observed.Lost, journal.LostAnswerHeader) && told != "x-unknown" {
		lines = mediaType(lines, gone, told)
	}
	e.Observed.Received = lines
	for _, l := range lines {
		if strings.EqualFold(l.Name, "X-Subject-Token") {
			e.keepSecret("x-subject-token", l.Value)
		}
	}
}

// keepSecret notes a token, which may stand elsewhere in the recording too.
func (e *Entry) keepSecret(name, value string) {
	switch name {
	case "x-auth-token", "x-security-token", "x-subject-token":
		if len(value) >= 8 && !strings.HasPrefix(value, "$") && !blanked.MatchString(value) {
			e.secrets = append(e.secrets, value)
		}
	}
}
