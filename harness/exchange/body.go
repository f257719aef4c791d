package exchange

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"resize-conformance/harness/journal"
)

// takeBody reads the request's body to its end and closes it.
func takeBody(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	var read bytes.Buffer
	if req.ContentLength > 0 {
		read.Grow(int(req.ContentLength) + bytes.MinRead) // it is our own request: the length is true
	}
	_, err := read.ReadFrom(req.Body)
	if closeErr := req.Body.Close(); err == nil {
		err = closeErr
	}
	return read.Bytes(), err
}

// giveBody lets out carry the bytes in the framing that the caller chose: Content-Length where the length was given, chunked where it was not.
func giveBody(out, in *http.Request, body []byte) {
	if in.Body == nil || in.Body == http.NoBody {
		return
	}
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
	if in.ContentLength > 0 || in.ContentLength == 0 && len(body) == 0 {
		out.ContentLength = int64(len(body))
		if len(body) == 0 {
			out.Body, out.GetBody = http.NoBody, nil
		}
		return
	}
	out.ContentLength = -1
}

// readBody reads at most limit bytes. cut says that there was more.
func readBody(body io.Reader, limit, announced int64) (read []byte, cut bool, err error) {
	var buf bytes.Buffer
	if announced > 0 {
		// Believed only as far as the first megabyte: a server may announce what it never sends.
		buf.Grow(int(min(announced, limit, 1<<20)) + bytes.MinRead)
	}
	_, err = buf.ReadFrom(io.LimitReader(body, limit+1))
	read = buf.Bytes()
	if int64(len(read)) > limit {
		return read[:limit], true, nil
	}
	return read, false, err
}

// undoGzip decodes a body that is declared gzip. ok is false when it is not declared so, or is no gzip: then it stays as it came. cut says that there was more
// than limit bytes, or that the stream broke off.
func undoGzip(h http.Header, wire []byte, limit int64) (body []byte, cut, ok bool) {
	if encoding := strings.ToLower(strings.TrimSpace(h.Get("Content-Encoding"))); encoding != "gzip" && encoding != "x-gzip" {
		return nil, false, false
	}
	z, err := gzip.NewReader(bytes.NewReader(wire))
	if err != nil {
		return nil, false, false
	}
	body, cut, err = readBody(z, limit, -1)
	return body, cut || err != nil, true
}

// overlap is how far beyond the kept part a body is searched, so that a secret across the cut is found whole.
const overlap = 64 << 10

// keep makes the record of a body: redacted first, then cut. opaque says that the bytes are encoded in a way that hides secrets from the search; then none are kept.
func keep(seal *censor, body []byte, size int64, truncated, opaque bool, limit int64) journal.Body {
	b := journal.Body{Size: size, Truncated: truncated}
	if opaque && len(body) > 0 {
		b.Truncated = true
		return b
	}
	text := string(body[:min(int64(len(body)), limit+overlap)])
	spans := seal.spans(text)
	end := len(text)
	if int64(len(body)) > limit {
		b.Truncated = true
		end = int(limit)
		for i, s := range spans {
			if s.start >= end {
				spans = spans[:i]
				break
			}
			end = max(end, s.end)
		}
		for back := 0; back < utf8.UTFMax-1 && end > 0 && end < len(text) && !utf8.RuneStart(text[end]); back++ {
			end-- // not within a character
		}
	}
	if text = replaceSpans(text[:end], spans); utf8.ValidString(text) {
		b.Text = text
	} else {
		b.Base64 = base64.StdEncoding.EncodeToString([]byte(text))
	}
	return b
}

// hidesSecrets says whether the body is still encoded: compressed in a way that was not undone.
func (e *Exchange) hidesSecrets() bool {
	return isEncoded(e.Header) && !e.undone
}

func isEncoded(h http.Header) bool {
	encoding := strings.ToLower(strings.TrimSpace(h.Get("Content-Encoding")))
	return encoding != "" && encoding != "identity"
}
