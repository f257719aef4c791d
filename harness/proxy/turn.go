package proxy

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"resize-conformance/harness/journal"
)

// Answerer decides how requests are answered. A proxy without one passes everything on. It is asked from many goroutines.
type Answerer interface {
	// Answer is asked for each request when its head has been read. nil: it is passed on, and the server's answer comes back as it is.
	Answer(t *Turn) *Act
}

// Greeter is an Answerer that may also take a connection over before anything has been read from it: n counts those of the port, from 1. nil: it goes on as
// usual. The connection is closed when the function returns; nothing of it is recorded.
type Greeter interface {
	Greet(port *Port, n int) func(net.Conn)
}

// Act is something that is done about a request in place of passing it on.
type Act struct {
	// Name stands in the record as the one who answered: "director: reset after the request".
	Name string
	// Do answers with the methods of Turn, or does not. When it returns, the client's connection goes on, unless it was ended, or the request has not been read.
	Do func(t *Turn)
}

// Turn is a request that is to be answered, in the hands of an Act.
type Turn struct {
	Port       *Port
	Connection int           // on its port, from 1
	N          int           // number of the request on its port, from 1
	Operation  string        // of the contract; "" for none
	Nth        int           // number of the request among those of the operation on this port, from 1
	Request    *http.Request // its head; the Body is not readable, see ReadBody
	Lines      []journal.Header

	link     *link
	passage  *passage
	ctx      context.Context
	written  bytes.Buffer
	read     bool // the body was asked for
	ended    bool
	settled  bool // the passage has been recorded
	finishes error
}

// perform does what was decided, records it and says how the client's side goes on.
func (t *Turn) perform(act *Act) error {
	act.Do(t)
	if !t.settled {
		t.record(act.Name)
	}
	switch {
	case t.finishes != nil:
		return t.finishes
	case t.ended:
		return errEnded
	case !t.passage.body.ended(): // what is left of the request would be taken for the next one
		halfClose(t.link.client)
		_ = t.link.client.SetReadDeadline(time.Now().Add(linger))
		_, _ = io.Copy(io.Discard, t.link.cr)
		return errEnded
	}
	return nil
}

var errEnded = errors.New("the answer ended the connection")

// record writes the exchange with what was answered in the server's place.
func (t *Turn) record(name string) {
	p := t.passage
	if name == "" {
		name = "somebody in the server's place"
	}
	p.o.Substitute = name
	in := bufio.NewReader(&t.written)
	h, err := readHead(in, looksLikeAnswer)
	for err == nil && isInterim(h) {
		h, err = readHead(in, looksLikeAnswer)
	}
	switch {
	case err == io.EOF:
		p.o.Broken = errors.New("no answer was given")
	case err != nil:
		p.o.Broken = &answerError{err}
	default:
		p.o.Proto, p.o.Status, _ = parseStatusLine(h.first)
		p.o.Received = h.lines
		framing, err := answerFraming(p.o.Method, p.o.Status, h)
		if err == nil {
			err = (&pump{in: in, out: bufio.NewWriter(io.Discard), kept: &p.answer}).run(framing)
		}
		p.o.Broken = err
	}
	t.link.record(p)
}

// isInterim says whether a head is one before the answer's own.
func isInterim(h *head) bool {
	_, status, err := parseStatusLine(h.first)
	return err == nil && status >= 100 && status < 200 && status != http.StatusSwitchingProtocols
}

func (t *Turn) since() time.Duration { return time.Since(t.passage.o.Start) }

// Context ends when the port is closed.
func (t *Turn) Context() context.Context { return t.ctx }

// ReadBody reads the request to its end and returns its body, as far as it is kept. A client that waits to be told to go on is told.
func (t *Turn) ReadBody() ([]byte, error) {
	if !t.read {
		t.read = true
		if t.passage.head.has("Expect", "100-continue") && t.link.cr.Buffered() == 0 {
			if _, err := io.WriteString(t.link.client, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
				return nil, err
			}
		}
		if err := t.link.body(t.passage, bufio.NewWriter(io.Discard)); err != nil {
			t.ended = true
			t.finishes = err
			return nil, err
		}
	}
	data, _ := t.passage.body.kept()
	return data, nil
}

// PassOn hands the request on and the server's answer back, as if nobody had been asked. It returns when the answer has been passed on and recorded; nothing of
// it is marked. After it nothing else can be done about the request.
func (t *Turn) PassOn() error {
	if t.read {
		return errors.New("proxy: a request whose body was read cannot be passed on as it comes; use Fetch and Write")
	}
	t.read, t.settled = true, true
	if err := t.link.passOn(t.passage); err != nil {
		t.ended, t.finishes = true, err
		return err
	}
	<-t.passage.done
	return nil
}

// Fetch hands the request on and returns the server's answer as it is on the wire, without giving it to the client.
func (t *Turn) Fetch() ([]byte, error) {
	if t.read && t.passage.framing.kind != noBody {
		return nil, errors.New("proxy: the body of the request has been read; Fetch comes before ReadBody")
	}
	t.read = true
	var answer bytes.Buffer
	p := t.passage
	p.withheld, p.recorded = &answer, true
	if err := t.link.passOn(p); err != nil {
		t.ended, t.finishes, t.settled = true, err, p.result != nil
		return nil, err
	}
	<-p.done
	p.done = make(chan struct{})
	err := p.o.Broken
	p.answer = capture{limit: p.answer.limit}
	p.o.Status, p.o.Received, p.o.Proto, p.o.Broken = 0, nil, "", nil
	return answer.Bytes(), err
}

// Write sends bytes to the client as they are (io.Writer). What is written in one turn should be an HTTP answer, or a part or a travesty of one.
func (t *Turn) Write(b []byte) (int, error) {
	if t.passage.o.FirstByte == 0 {
		t.passage.o.FirstByte = t.since()
	}
	n, err := t.link.client.Write(b)
	if room := t.passage.answer.limit + maxHead - int64(t.written.Len()); room > 0 {
		t.written.Write(b[:min(int64(n), room)])
	}
	return n, err
}

// Conn is the client's connection, for what Turn has no word for; what is done with it is not recorded.
func (t *Turn) Conn() net.Conn { return t.link.client }

// Reset breaks the client's connection off with a reset.
func (t *Turn) Reset() {
	t.ended = true
	reset(t.link.client)
}

// CloseWrite says to the client that nothing more comes, and leaves its own side open.
func (t *Turn) CloseWrite() { halfClose(t.link.client) }

// Close ends the client's connection.
func (t *Turn) Close() {
	t.ended = true
	_ = t.link.client.Close()
}

// Stall waits until the client closes its connection, or the port is closed.
func (t *Turn) Stall() {
	t.ended = true
	_, _ = io.Copy(io.Discard, t.link.cr)
}
