package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
)

// maxHead is how long the head of a message may be that is read as one; the gateway's own limit is far below.
const maxHead = 1 << 20

// head is the first part of a message: request line or status line, header lines, an empty line.
type head struct {
	raw   []byte // as it came
	first string
	lines []journal.Header
}

var errHeadTooLong = fmt.Errorf("its head has no end within %d bytes", maxHead)

// readHead reads a head to its empty line. What had come stands in raw also when there is an error; io.EOF says that nothing had.
// plausible looks at the first line; where it says no, reading ends there with errNoHTTP.
func readHead(in *bufio.Reader, plausible func(line string) bool) (*head, error) {
	h := &head{}
	for start := 0; ; start = len(h.raw) {
		err := h.readLine(in)
		line := strings.TrimRight(string(h.raw[start:]), "\r\n")
		switch {
		case err == io.EOF && len(h.raw) == 0:
			return h, io.EOF
		case err == io.EOF:
			return h, io.ErrUnexpectedEOF
		case err != nil:
			return h, err
		case start == 0:
			if h.first = line; !plausible(line) {
				return h, errNoHTTP
			}
		case line == "":
			return h, nil
		default:
			h.addLine(line)
		}
	}
}

var errNoHTTP = errors.New("its first line is none of HTTP/1.0 or 1.1")

// readLine appends one line to raw.
func (h *head) readLine(in *bufio.Reader) error {
	for {
		part, err := in.ReadSlice('\n')
		h.raw = append(h.raw, part...)
		if len(h.raw) > maxHead {
			return errHeadTooLong
		}
		if err != bufio.ErrBufferFull {
			return err
		}
	}
}

func (h *head) addLine(line string) {
	if (line[0] == ' ' || line[0] == '\t') && len(h.lines) > 0 { // goes on with the line before
		last := &h.lines[len(h.lines)-1]
		last.Value = strings.TrimSpace(last.Value + " " + strings.TrimSpace(line))
		return
	}
	name, value, _ := strings.Cut(line, ":")
	h.lines = append(h.lines, journal.Header{Name: name, Value: strings.Trim(value, " \t")})
}

// values are those of all lines of a name.
func (h *head) values(name string) []string {
	var out []string
	for _, l := range h.lines {
		if strings.EqualFold(l.Name, name) {
			out = append(out, l.Value)
		}
	}
	return out
}

// has says whether a comma-separated header has a token.
func (h *head) has(name, token string) bool {
	return slices.ContainsFunc(tokens(h.values(name)), func(t string) bool { return strings.EqualFold(t, token) })
}

func tokens(values []string) []string {
	var out []string
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if t = strings.TrimSpace(t); t != "" {
				out = append(out, t)
			}
		}
	}
	return out
}

// looksLikeRequest says that a line is "METHOD target HTTP/1.x".
func looksLikeRequest(line string) bool {
	parts := strings.Split(line, " ")
	return len(parts) == 3 && parts[0] != "" && parts[1] != "" && (parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0")
}

func looksLikeAnswer(line string) bool {
	_, _, err := parseStatusLine(line)
	return err == nil
}

// parseStatusLine reads "HTTP/1.1 200 OK".
func parseStatusLine(line string) (proto string, status int, err error) {
	proto, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	status, err = strconv.Atoi(code)
	if !strings.HasPrefix(proto, "HTTP/1.") || len(code) != 3 || err != nil || status < 100 {
		return "", 0, fmt.Errorf("wanted a status line such as HTTP/1.1 200 OK, got %q", abbreviated(line))
	}
	return proto, status, nil
}

func abbreviated(s string) string {
	const limit = 80
	if len(s) > limit {
		return s[:limit] + "…"
	}
	return s
}

// readRequest makes of a head what net/http makes of it; it finds what no HTTP server would take.
func (h *head) request() (*http.Request, error) {
	return http.ReadRequest(bufio.NewReader(bytes.NewReader(h.raw)))
}

// framing says where the body of a message ends.
type framing struct {
	kind   framingKind
	length int64
}

type framingKind int

const (
	noBody framingKind = iota
	byLength
	chunked
	untilClose
)

func requestFraming(r *http.Request) framing {
	switch {
	case len(r.TransferEncoding) > 0:
		return framing{kind: chunked}
	case r.ContentLength > 0:
		return framing{kind: byLength, length: r.ContentLength}
	}
	return framing{}
}

// answerFraming is that of an answer to a method. Where its header contradicts itself there is an error, and the end of the connection is the end of the body.
func answerFraming(method string, status int, h *head) (framing, error) {
	if method == http.MethodHead || status < 200 || status == http.StatusNoContent || status == http.StatusNotModified {
		return framing{}, nil
	}
	if coding := tokens(h.values("Transfer-Encoding")); len(coding) > 0 {
		if strings.EqualFold(coding[len(coding)-1], "chunked") {
			return framing{kind: chunked}, nil
		}
		return framing{kind: untilClose}, nil
	}
	lengths := slices.Compact(tokens(h.values("Content-Length")))
	if len(lengths) == 0 {
		return framing{kind: untilClose}, nil
	}
	n, err := strconv.ParseInt(lengths[0], 10, 64)
	if err != nil || n < 0 || len(lengths) > 1 || lengths[0][0] == '+' {
		return framing{kind: untilClose}, fmt.Errorf("Content-Length: wanted one number, got %q", abbreviated(strings.Join(lengths, ", ")))
	}
	return framing{kind: byLength, length: n}, nil
}
