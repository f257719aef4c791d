package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"

	"resize-conformance/harness/exchange"
)

// passage is one exchange under way.
type passage struct {
	o         exchange.Observed
	head      *head
	request   *http.Request // nil when it cannot be read
	operation string
	framing   framing
	upgrade   bool
	body      capture // of the request
	answer    capture
	withheld  *bytes.Buffer // where the answer goes instead of to the client; nil: to the client
	recorded  bool          // by whoever answers in the server's place
	done      chan struct{} // closed when it is over
	result    *exchange.Exchange
}

func (l *link) newPassage() *passage {
	l.port.begin()
	c := &l.port.proxy.c
	return &passage{
		o:    exchange.Observed{ID: c.Recorder.Next(), Server: strings.TrimSuffix(l.port.proxy.upstream.String(), l.port.proxy.upstream.EscapedPath()), Start: time.Now()},
		body: capture{limit: c.MaxBody}, answer: capture{limit: c.MaxBody}, done: make(chan struct{}),
	}
}

// asked takes the head of the request in.
func (p *passage) asked(h *head) {
	p.head = h
	p.o.Sent = h.lines
	if looksLikeRequest(h.first) {
		parts := strings.Split(h.first, " ")
		p.o.Method, p.o.Target = parts[0], parts[1]
	}
}

// switches says that what follows the answer is no HTTP.
func (p *passage) switches() bool {
	return p.o.Status == http.StatusSwitchingProtocols || p.o.Method == http.MethodConnect && p.o.Status/100 == 2
}

// headFor is the head of a request as the server gets it: just as it is, but for the Host line where one was asked for.
func (l *link) headFor(h *head) []byte {
	host := l.port.proxy.c.Host
	if host == "" {
		return h.raw
	}
	lines := bytes.SplitAfter(h.raw, []byte("\n"))
	for i, line := range lines {
		if name, _, ok := bytes.Cut(line, []byte(":")); i > 0 && ok && strings.EqualFold(string(name), "Host") {
			end := line[len(bytes.TrimRight(line, "\r\n")):]
			lines[i] = append([]byte(string(name)+": "+host), end...)
		}
	}
	return bytes.Join(lines, nil)
}

// record ends a passage: what is known of it is judged and written. It is called once for each.
func (l *link) record(p *passage) {
	p.o.Duration = time.Since(p.o.Start)
	p.o.Body, p.o.BodyCut = p.body.kept()
	if p.o.Answer, p.o.Cut = p.answer.kept(); p.o.Status == 0 {
		p.o.Cut = false
	}
	if why := p.body.why(); why != nil && p.o.Status == 0 { // the server had nothing it could have answered
		p.o.Broken = why
	}
	p.result = l.port.proxy.c.Recorder.Observe(l.port.ctx, &p.o)
	l.port.end(p.result)
	close(p.done)
}

// answers reads what the server sends, until it sends no more. What it does to its connection is done to the client's.
func (l *link) answers() {
	defer close(l.finished)
	for {
		_, err := l.sr.Peek(1)
		p := l.next()
		if p != nil && err == nil {
			p.o.FirstByte = time.Since(p.o.Start)
			err = l.relay(p)
			if err == nil {
				l.settle(p, nil)
				continue
			}
		} else if err == nil { // said unasked: some servers tell so that they waited too long for a request
			_, err = l.sr.WriteTo(l.cw)
			_ = l.cw.Flush()
			if err == nil {
				err = io.EOF
			}
		}
		l.serverEnds(err)
		return
	}
}

// settle takes the passage that was answered out of the line and records it.
func (l *link) settle(p *passage, err error) {
	p.o.Broken = err
	l.mu.Lock()
	l.pending = l.pending[1:]
	l.mu.Unlock()
	if p.recorded { // whoever answers in the server's place records it
		close(p.done)
		return
	}
	l.record(p)
}

// serverEnds gives the end of the server's connection on to the client, and ends everything that waits for an answer.
func (l *link) serverEnds(err error) {
	l.mu.Lock()
	l.gone = fmt.Errorf("the server had closed the connection: %w", err)
	waiting, left := l.pending, l.left
	l.mu.Unlock()
	whose := l.why(err, left)
	for i, p := range waiting {
		switch {
		case p.answer.ended() && p.o.Status != 0:
			l.settle(p, nil) // its end was the end of the connection
		case i == 0:
			l.settle(p, whose(p))
		default:
			l.settle(p, errors.New("the connection ended before it was answered"))
		}
	}
	if errors.Is(err, syscall.ECONNRESET) {
		reset(l.client)
		return
	}
	// The client may still be sending; it is given a moment to find the answer before its connection is gone.
	halfClose(l.client)
	_ = l.client.SetReadDeadline(time.Now().Add(linger))
}

// linger is how long a client has to close its side after the server closed its own, as long as net/http gives it.
const linger = 500 * time.Millisecond

// why describes the end of a connection for the record of what was under way.
func (l *link) why(err, left error) func(*passage) error {
	return func(p *passage) error {
		var (
			refused writeError
			chunk   *chunkError
			answer  *answerError
		)
		within := p.o.Status != 0
		switch {
		case left != nil && !errors.Is(left, io.EOF):
			return &ClientGone{left}
		case errors.As(err, &refused):
			return fmt.Errorf("the client took no more of the answer: %w", err)
		case errors.As(err, &chunk), errors.As(err, &answer):
			return err
		case within:
			return fmt.Errorf("the server closed the connection within the body: %w", err)
		case left != nil && errors.Is(err, io.EOF):
			return fmt.Errorf("the server closed the connection without an answer, after the client had closed its side: %w", err)
		}
		return fmt.Errorf("the server closed the connection without an answer: %w", err)
	}
}

// ClientGone says that it was the client that ended the connection before the answer was whole; the server is not to blame.
type ClientGone struct{ Err error }

func (e *ClientGone) Error() string {
	return "the client ended the connection before the answer was whole: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *ClientGone) Unwrap() error { return e.Err }

// answerError says that what came is no HTTP answer; it has been passed on all the same.
type answerError struct{ err error }

func (e *answerError) Error() string { return "what came is no HTTP answer: " + e.err.Error() }
func (e *answerError) Unwrap() error { return e.err }

// informationalLimit is how many 1xx answers are taken as such.
const informationalLimit = 100

// relay passes one answer on.
func (l *link) relay(p *passage) error {
	out := l.cw
	if p.withheld != nil {
		out = bufio.NewWriter(p.withheld)
	}
	for informational := 0; ; informational++ {
		h, err := readHead(l.sr, looksLikeAnswer)
		if err != nil && !errors.Is(err, errNoHTTP) && !errors.Is(err, errHeadTooLong) {
			_, _ = out.Write(h.raw)
			_ = out.Flush()
			return broken(err)
		}
		if err == nil && informational > informationalLimit {
			err = fmt.Errorf("more than %d informational (1xx) answers and no final one", informationalLimit)
		}
		if err != nil {
			return l.raw(p, h, &answerError{err}, out)
		}
		proto, status, _ := parseStatusLine(h.first)
		if status < 200 && status != http.StatusSwitchingProtocols {
			_, _ = out.Write(h.raw)
			if err := out.Flush(); err != nil {
				return writeError{err}
			}
			continue
		}
		p.o.Proto, p.o.Status, p.o.Received = proto, status, h.lines
		framing, err := answerFraming(p.o.Method, status, h)
		if err != nil {
			return l.raw(p, h, &answerError{err}, out)
		}
		if p.switches() {
			_, _ = out.Write(h.raw)
			_ = out.Flush()
			p.answer.end()
			l.settle(p, nil)
			_, err := l.sr.WriteTo(flushing{out})
			return orEOF(err)
		}
		if framing.kind == noBody {
			p.answer.end()
		}
		_, _ = out.Write(h.raw)
		if l.sr.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return writeError{err}
			}
		}
		err = (&pump{in: l.sr, out: out, kept: &p.answer}).run(framing)
		var chunk *chunkError
		switch {
		case errors.As(err, &chunk):
			_, _ = l.sr.WriteTo(flushing{out})
			return chunk
		case err == nil && framing.kind == untilClose:
			return io.EOF
		}
		return err
	}
}

// raw passes on what cannot be read as an answer, to its end.
func (l *link) raw(p *passage, h *head, why error, out *bufio.Writer) error {
	p.o.Status, p.o.Received = 0, nil
	_, _ = out.Write(h.raw)
	_ = out.Flush()
	_, _ = l.sr.WriteTo(flushing{out})
	return why
}

func orEOF(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}
