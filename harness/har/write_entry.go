package har

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// The members of a HAR 1.2 file that are written.

type outCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type outPage struct {
	Started string         `json:"startedDateTime"`
	ID      string         `json:"id"`
	Title   string         `json:"title"`
	Timings outPageTimings `json:"pageTimings"`
}

type outPageTimings struct {
	Content float64 `json:"onContentLoad"`
	Load    float64 `json:"onLoad"`
}

type outEntry struct {
	Page         string      `json:"pageref,omitempty"`
	Started      string      `json:"startedDateTime"`
	Time         float64     `json:"time"`
	Request      outRequest  `json:"request"`
	Response     outResponse `json:"response"`
	Cache        struct{}    `json:"cache"`
	Timings      outTimings  `json:"timings"`
	Comment      string      `json:"comment,omitempty"`
	ResourceType string      `json:"_resourceType"` // what Chrome's panel sorts by
	Ours         outOurs     `json:"_conformance"`
}

// outOurs is what only we know of an exchange.
type outOurs struct {
	Exchange   int64               `json:"exchange"`
	Scenario   string              `json:"scenario,omitempty"`
	Operation  string              `json:"operation,omitempty"`
	Malformed  string              `json:"malformed,omitempty"`
	Recording  string              `json:"recording,omitempty"`
	Substitute string              `json:"substitute,omitempty"`
	Retry      *journal.Retry      `json:"retry,omitempty"`
	BlurMS     float64             `json:"blur_ms,omitempty"`
	Lost       []journal.Lost      `json:"lost,omitempty"`
	Violations []journal.Violation `json:"violations,omitempty"`
}

type outRequest struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	Proto       string    `json:"httpVersion"`
	Cookies     []outPair `json:"cookies"`
	Headers     []outPair `json:"headers"`
	Query       []outPair `json:"queryString"`
	Post        *outPost  `json:"postData,omitempty"`
	HeadersSize int64     `json:"headersSize"`
	BodySize    int64     `json:"bodySize"`
}

type outPost struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"encoding,omitempty"` // the format has none for requests; ours and other tools' readers know this one
	Comment  string `json:"comment,omitempty"`
}

type outResponse struct {
	Status      int        `json:"status"`
	StatusText  string     `json:"statusText"`
	Proto       string     `json:"httpVersion"`
	Cookies     []outPair  `json:"cookies"`
	Headers     []outPair  `json:"headers"`
	Content     outContent `json:"content"`
	Redirect    string     `json:"redirectURL"`
	HeadersSize int64      `json:"headersSize"`
	BodySize    int64      `json:"bodySize"`
	Error       string     `json:"_error,omitempty"` // as Chrome writes it
}

type outContent struct {
	Size     int64  `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

type outTimings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	SSL     float64 `json:"ssl"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

type outPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// startText has microseconds: finer ones are refused by some readers. A time that nobody knows is that of 1970, which every reader sees to be none.
func startText(x *journal.Exchange) string {
	start := x.Start
	if x.Lacks(journal.LostTimes) {
		start = time.Unix(0, 0)
	}
	return start.UTC().Format("2006-01-02T15:04:05.000000Z")
}

func outEntryOf(x *journal.Exchange, page string) outEntry {
	wait := x.FirstByte
	if wait <= 0 || wait > x.Duration {
		wait = x.Duration
	}
	return outEntry{
		Page: page, Started: startText(x), Time: inMS(x.Duration), Request: outRequestOf(x), Response: outResponseOf(x), Comment: commentOf(x), ResourceType: "fetch",
		Timings: outTimings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1, Wait: inMS(wait), Receive: inMS(x.Duration) - inMS(wait)},
		Ours: outOurs{
			Exchange: x.ID, Scenario: x.Scenario, Operation: x.Operation, Malformed: x.Malformed, Recording: x.Recording, Substitute: x.Substitute, Retry: x.Retry, BlurMS: inMS(x.Blur),
			Lost: x.Lost, Violations: x.Violations,
		},
	}
}

func inMS(d time.Duration) float64 { return float64(max(d, 0)) / float64(time.Millisecond) }

// commentOf says what a reader of a network panel should know.
func commentOf(x *journal.Exchange) string {
	said := []string{fmt.Sprintf("exchange %d", x.ID), x.Scenario}
	if x.Malformed != "" {
		said = append(said, "the request is wrong on purpose: "+x.Malformed)
	}
	for _, v := range x.Violations {
		said = append(said, fmt.Sprintf("%s: wanted %s, got %s", v.Requirement, v.Wanted, v.Got))
	}
	said = append(said, x.Error)
	return strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), "; ")
}

func outRequestOf(x *journal.Exchange) outRequest {
	r := outRequest{
		Method: x.Method, URL: x.URL, Proto: cmp.Or(x.Proto, "HTTP/1.1"), Cookies: []outPair{}, Headers: pairsOf(x.RequestHeader), Query: queryOf(x.URL),
		HeadersSize: -1, BodySize: x.RequestBody.Size,
	}
	if text, encoding, _, note := bodyOf(x.RequestBody); text != "" || note != "" {
		kind, _ := value(x.RequestHeader, contentType)
		r.Post = &outPost{MimeType: kind, Text: text, Encoding: encoding, Comment: note}
	}
	return r
}

func outResponseOf(x *journal.Exchange) outResponse {
	kind, _ := value(x.ResponseHeader, contentType)
	location, _ := value(x.ResponseHeader, "Location")
	text, encoding, size, note := bodyOf(x.ResponseBody)
	r := outResponse{
		Status: x.Status, StatusText: http.StatusText(x.Status), Proto: x.Proto, Cookies: []outPair{}, Headers: pairsOf(x.ResponseHeader),
		Content: outContent{Size: size, MimeType: cmp.Or(kind, "x-unknown"), Text: text, Encoding: encoding, Comment: note}, Redirect: location, HeadersSize: -1, BodySize: x.ResponseBody.Size,
		Error: x.Error,
	}
	if x.Status == 0 {
		r.Proto, r.BodySize = "", -1
	}
	return r
}

// bodyOf is a body as text of a HAR file, its size in bytes, and what is to be said of it.
func bodyOf(b journal.Body) (text, encoding string, size int64, note string) {
	switch {
	case b.Base64 != "":
		text, encoding = b.Base64, "base64"
		size = int64(base64.StdEncoding.DecodedLen(len(b.Base64)) - strings.Count(b.Base64, "="))
	default:
		text, size = b.Text, int64(len(b.Text))
	}
	if b.Truncated {
		note = fmt.Sprintf("truncated: %d bytes were seen, of which %d are here", b.Size, size)
	}
	return text, encoding, size, note
}

func pairsOf(lines []journal.Header) []outPair {
	all := make([]outPair, len(lines))
	for i, l := range lines {
		all[i] = outPair(l)
	}
	return all
}

// queryOf takes a query apart in the order in which it was sent; what cannot be unescaped stays as it is.
func queryOf(whole string) []outPair {
	all := []outPair{}
	_, query, _ := strings.Cut(whole, "?")
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		all = append(all, outPair{unescaped(name), unescaped(value)})
	}
	return all
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
