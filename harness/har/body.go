package har

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
)

// length reads what a header says of the length of the body; -1 when it does not, or says nonsense.
func length(lines []journal.Header) int64 {
	text, ok := value(lines, contentLength)
	if !ok {
		return -1
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// encoded says that the body travelled in another form than that of its media type.
func encoded(lines []journal.Header) bool {
	coding, _ := value(lines, contentEncoding)
	coding = strings.ToLower(strings.TrimSpace(coding))
	return coding != "" && coding != "identity"
}

// plain undoes the encoding of a text in the file.
func plain(text, encoding string) ([]byte, error) {
	if !strings.EqualFold(encoding, "base64") {
		return []byte(text), nil
	}
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' {
			return -1
		}
		return r
	}, text)
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		body, err = base64.RawStdEncoding.DecodeString(text)
	}
	return body, err
}

func (e *Entry) readRequest(req *wireRequest) {
	e.requestHeader(req)
	o, post := &e.Observed, &req.PostData.v
	body, err := plain(post.Text.s, post.Encoding.s)
	announced := length(o.Sent)
	_, chunked := value(o.Sent, "Transfer-Encoding")
	_, typed := value(o.Sent, contentType)
	switch {
	case err != nil:
		e.lose(journal.LostRequestBody, "its base64 is broken")
	case len(body) > 0 && encoded(o.Sent):
		e.lose(journal.LostRequestBody, "it was compressed")
	case len(body) > 0:
		o.Body = body
		if e.ours {
			if truncated(post.Comment.s) {
				e.lose(journal.LostRequestBody, "its text was cut")
			}
		} else if told := max(announced, int64(req.BodySize.f)); int64(len(body)) < told || truncated(post.Comment.s) {
			e.lose(journal.LostRequestBody, "its text was cut")
		} else if edited(string(body)) {
			e.lose(journal.LostRequestBody, "it was edited")
		}
	case len(post.Params.list) > 0:
		var form []string
		for _, p := range post.Params.list {
			form = append(form, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
		}
		o.Body = []byte(strings.Join(form, "&"))
		e.lose(journal.LostRequestBody, "only the fields of its form are there")
	case bool(post.File):
		e.lose(journal.LostRequestBody, "it is kept in another file")
	case e.ours && !truncated(post.Comment.s):
	case announced > 0 || req.BodySize.above(0):
		e.lose(journal.LostRequestBody, "it is not there, although its length is")
	case announced == 0:
	case o.Method == "GET" || o.Method == "HEAD" || o.Method == "OPTIONS" || o.Method == "DELETE":
		if chunked || post.Comment.s != "" {
			e.lose(journal.LostRequestBody, "it is not there")
		}
	case post.Text.ok && req.BodySize.is(0) && !typed && !chunked && !e.lost(journal.LostRequestHeader):
		// Written down as empty, and nothing speaks against it.
	default:
		e.lose(journal.LostRequestBody, "it is not there, and nothing says that it was empty")
	}
}

func (e *Entry) readAnswer(w *wireEntry, res *wireResponse, there bool) {
	o := &e.Observed
	if status := res.Status.f; there && status >= 100 && status <= 999 && status == float64(int(status)) {
		o.Status = int(status)
	}
	if o.Status == 0 {
		o.Broken = errors.New(noAnswer(res, there))
		return
	}
	o.Proto, o.Decoded = proto(res.Proto.s), true
	e.answerHeader(res)
	if bool(w.Fulfilled) {
		o.Substitute = "the test that recorded it"
	} else if source := res.WorkerSource.s; bool(res.ViaWorker) && source != "network" {
		o.Substitute = "a service worker"
	}
	e.answerBody(res)
}

// noAnswer says why there is no answer.
func noAnswer(res *wireResponse, there bool) string {
	why := res.Error.s
	if why == "" {
		why = res.FailureText.s
	}
	switch {
	case why != "":
		return "the recording has no answer: " + why
	case !there:
		return "the recording has no answer"
	}
	return "the recording has no answer, and no reason for it"
}

// answerBody reads the body of an answer; what stands in a recording has its Content-Encoding undone.
func (e *Entry) answerBody(res *wireResponse) {
	o, content := &e.Observed, &res.Content.v
	body, err := plain(content.Text.s, content.Encoding.s)
	announced := length(o.Received)
	_, chunked := value(o.Received, "Transfer-Encoding")
	_, typed := value(o.Received, contentType)
	switch {
	case err != nil:
		e.lose(journal.LostAnswerBody, "its base64 is broken")
	case len(body) > exchange.DefaultMaxBody:
		o.Answer = body[:exchange.DefaultMaxBody]
		e.lose(journal.LostAnswerBody, "it is longer than an answer may be")
	case len(body) > 0 && asset(o.Received):
		e.lose(journal.LostAnswerBody, "it is part of a page")
	case len(body) > 0 && encoded(o.Received) && bytes.HasPrefix(body, []byte("\x1f\x8b")):
		o.Answer, o.Decoded = body, false // left as it came
	case len(body) > 0 && encoded(o.Received) && !utf8.Valid(body):
		e.lose(journal.LostAnswerBody, "it is still compressed")
	case len(body) > 0:
		o.Answer = body
		told := int64(content.Size.f)
		if e.ours {
			announced, told = 0, 0 // a secret that is hidden has another length
		}
		if encoded(o.Received) {
			if announced > 0 && told == announced || res.BodySize.is(content.Size.f) {
				told = 0 // of what was compressed
			}
		} else {
			told = max(told, announced)
		}
		if int64(len(body)) < told || truncated(content.Comment.s) {
			e.lose(journal.LostAnswerBody, "its text was cut")
		} else if !e.ours && edited(string(body)) {
			e.lose(journal.LostAnswerBody, "it was edited")
		}
	case o.Method == "HEAD" || o.Status == 204 || o.Status == 304 || o.Status < 200:
	case announced == 0 && !content.Size.above(0):
	case e.ours && !truncated(content.Comment.s):
	case bool(content.File):
		e.lose(journal.LostAnswerBody, "it is kept in another file")
	case announced > 0 || content.Size.above(0):
		e.lose(journal.LostAnswerBody, "it is not there, although its length is")
	case content.Size.is(0) && res.BodySize.is(0) && !typed && !chunked && !e.lost(journal.LostAnswerHeader):
		// Written down as empty, and nothing speaks against it.
	default:
		e.lose(journal.LostAnswerBody, "it is not there, and nothing says that it was empty")
	}
}

func (e *Entry) lost(part journal.Lost) bool {
	for _, l := range e.Losses {
		if l.Part == part {
			return true
		}
	}
	return false
}

// asset says that a body is none that an API answers with; a page has many of them, and they are long.
func asset(lines []journal.Header) bool {
	kind, _ := value(lines, contentType)
	for _, of := range []string{"image/", "font/", "video/", "audio/", "text/css", "text/javascript", "application/javascript", "application/wasm"} {
		if strings.HasPrefix(strings.ToLower(kind), of) {
			return true
		}
	}
	return false
}

// truncated says that a writer tells so in a comment.
func truncated(comment string) bool {
	return strings.Contains(strings.ToLower(comment), "truncat")
}

// proto writes a version as the wire or net/http has it.
func proto(told string) string {
	switch lower := strings.ToLower(strings.TrimSpace(told)); lower {
	case "h2", "http/2", "http/2.0", "http2":
		return "HTTP/2.0"
	case "h3", "http/3", "http/3.0", "http3":
		return "HTTP/3.0"
	case "http/1.1", "http/1.0":
		return strings.ToUpper(lower)
	}
	return ""
}
