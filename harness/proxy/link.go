package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// link is one connection of a client and the one to the server that belongs to it. One goroutine reads what the client sends, another what the server does; an
// exchange is a passage that the first begins and the second ends.
type link struct {
	port *Port
	n    int // on its port, from 1
	ctx  context.Context
	end  context.CancelFunc

	client net.Conn
	cr     *bufio.Reader
	cw     *bufio.Writer

	mu       sync.Mutex
	server   net.Conn // nil until the first request that goes there
	sr       *bufio.Reader
	sw       *bufio.Writer
	pending  []*passage // in the order in which the server was asked
	gone     error      // why the server's side is over
	left     error      // why the client's side is over; nil while it is not
	finished chan struct{}
}

func newLink(port *Port, n int, client net.Conn) *link {
	l := &link{port: port, n: n, client: client, cr: bufio.NewReaderSize(client, 4<<10), cw: bufio.NewWriterSize(client, 4<<10)}
	l.ctx, l.end = context.WithCancel(port.ctx)
	return l
}

func noDeadline() time.Time { return time.Time{} }

// errCut is why everything ends when the port is closed.
var errCut = errors.New("the port of the proxy was closed")

// cut ends the link from outside.
func (l *link) cut() {
	l.end()
	l.mu.Lock()
	if l.left == nil {
		l.left = errCut
	}
	server := l.server
	l.mu.Unlock()
	end := func(c net.Conn) { _ = c.Close() }
	if l.port.proxy.c.Abrupt {
		end = reset
	}
	end(l.client)
	if server != nil {
		end(server)
	}
}

// serve reads requests until the client has none any more, and waits for what is still to be answered.
func (l *link) serve() {
	defer l.end()
	defer l.client.Close()
	if greeter, ok := l.port.answerer.(Greeter); ok {
		if greet := greeter.Greet(l.port, l.n); greet != nil {
			greet(l.client)
			return
		}
	}
	err := l.requests()
	l.mu.Lock()
	if l.left == nil {
		l.left = err
	}
	server, finished := l.server, l.finished
	l.mu.Unlock()
	if server == nil {
		return
	}
	if err == nil || errors.Is(err, io.EOF) {
		halfClose(server) // the client says no more, yet may wait for an answer
	} else {
		_ = server.Close()
	}
	<-finished
	_ = server.Close()
}

// requests reads one request after the other. It returns io.EOF when the client closed its side.
func (l *link) requests() error {
	for {
		first, err := l.cr.Peek(1)
		if err != nil {
			return err
		}
		if first[0] == '\r' || first[0] == '\n' { // some clients end a body with an empty line that belongs to nothing
			if _, err := l.cr.Discard(1); err != nil {
				return err
			}
			continue
		}
		if err := l.request(); err != nil {
			return err
		}
	}
}

// request takes one request in and sees to its being passed on or answered. An error ends the client's side.
func (l *link) request() error {
	p := l.newPassage()
	var h *head
	err := errNoHTTP
	first, _ := l.cr.Peek(1) // it is there, requests saw it
	if first = []byte{first[0]}; first[0] > ' ' && first[0] < 0x7f {
		h, err = readHead(l.cr, looksLikeRequest)
	} else {
		h = &head{}
	}
	p.asked(h)
	if err == nil {
		p.request, err = h.request()
	}
	if err != nil {
		p.o.Opaque, p.o.OtherProtocol = err.Error(), otherProtocol(first[0], h)
		return l.tunnel(p, err)
	}
	if p.framing = requestFraming(p.request); p.framing.kind == noBody {
		p.body.end()
	}
	p.upgrade = p.o.Method == http.MethodConnect || h.has("Connection", "upgrade")
	p.operation = l.port.proxy.c.Recorder.Operation(p.o.Method, p.o.Target)
	n, nth := l.port.arrive(p.operation)
	if l.port.answerer != nil {
		t := &Turn{Port: l.port, Connection: l.n, N: n, Operation: p.operation, Nth: nth, Request: p.request, Lines: p.o.Sent, link: l, passage: p, ctx: l.ctx}
		if act := l.port.answerer.Answer(t); act != nil {
			l.quiet() // what was asked before is answered before
			return t.perform(act)
		}
	}
	if err := l.passOn(p); err != nil {
		return err
	}
	if p.upgrade {
		<-p.done
		if p.switches() {
			return l.through()
		}
	}
	return nil
}

// otherProtocol recognises what was never meant to be HTTP/1.
func otherProtocol(first byte, h *head) string {
	switch {
	case first == 0x16:
		return "TLS: was the client given https:// for a port that is spoken to with http://?"
	case h.first == "PRI * HTTP/2.0":
		return "HTTP/2 without TLS"
	}
	return ""
}

// passOn sends a request to the server while it comes from the client.
func (l *link) passOn(p *passage) error {
	if err := l.ask(p); err != nil {
		reset(l.client)
		return err
	}
	_, _ = l.sw.Write(l.headFor(p.head)) // an error shows when it is flushed
	if p.framing.kind == noBody || l.cr.Buffered() == 0 {
		if err := l.sw.Flush(); err != nil {
			l.sw.Reset(io.Discard) // the server's side tells what became of it; the client may go on until it is told
		}
		if p.framing.kind == noBody {
			return nil
		}
	}
	return l.body(p, l.sw)
}

// body passes the body of a request on. It is read to its end even when the server takes no more: the client may only then look for the answer.
func (l *link) body(p *passage, out *bufio.Writer) error {
	for {
		pump := &pump{in: l.cr, out: out, kept: &p.body}
		err := pump.run(p.framing)
		var (
			refused writeError
			chunk   *chunkError
		)
		switch {
		case err == nil:
			return nil
		case errors.As(err, &refused):
			// How much of the body is left is not known any more; what follows is read until the connection ends, and kept nowhere.
			out.Reset(io.Discard)
			_, err := io.Copy(io.Discard, l.cr)
			if err == nil {
				err = io.EOF
			}
			return err
		case errors.As(err, &chunk):
			p.body.breakOff(chunk)
			return l.through()
		default:
			p.body.breakOff(fmt.Errorf("the client broke off within the body of its request: %w", err))
			return err
		}
	}
}

// tunnel passes on what cannot be read as HTTP, for the server to make of it what it does.
func (l *link) tunnel(p *passage, why error) error {
	if errors.Is(why, net.ErrClosed) || errors.Is(why, syscall.ECONNRESET) {
		l.record(p)
		return why
	}
	l.quiet()
	if err := l.ask(p); err != nil {
		reset(l.client)
		return err
	}
	p.body.end()
	_, _ = l.sw.Write(p.head.raw)
	_ = l.sw.Flush()
	if errors.Is(why, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return l.through()
}

// through passes on everything that the client still sends, as it comes.
func (l *link) through() error {
	if _, err := l.cr.WriteTo(flushing{l.sw}); err != nil {
		return err
	}
	return io.EOF
}

// flushing writes through a buffer at once.
type flushing struct{ *bufio.Writer }

func (f flushing) Write(b []byte) (int, error) {
	n, err := f.Writer.Write(b)
	if err == nil {
		err = f.Flush()
	}
	return n, err
}

// ask gets the server ready for a passage and puts it in the line of those that wait for an answer.
func (l *link) ask(p *passage) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil && l.left == nil {
		l.mu.Unlock()
		server, err := l.port.proxy.dial(l.ctx)
		l.mu.Lock()
		switch {
		case err != nil:
			l.gone = fmt.Errorf("the server cannot be reached: %w", err)
		case l.left != nil:
			_ = server.Close()
		default:
			l.server, l.sr, l.sw = server, bufio.NewReaderSize(server, 4<<10), bufio.NewWriterSize(server, 4<<10)
			l.finished = make(chan struct{})
			go l.answers()
		}
	}
	err := l.gone
	if err == nil && l.server == nil {
		err = l.left
	}
	if err != nil {
		p.o.Broken = err
		l.mu.Unlock()
		l.record(p)
		l.mu.Lock()
		return err
	}
	l.pending = append(l.pending, p)
	return nil
}

// next is the passage whose answer comes next, nil when none waits for one.
func (l *link) next() *passage {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) == 0 {
		return nil
	}
	return l.pending[0]
}

// quiet waits until everything that was asked has been answered.
func (l *link) quiet() {
	for p := l.next(); p != nil; p = l.next() {
		<-p.done
	}
}

// halfClose says that nothing more comes from this side.
func halfClose(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	_ = c.Close()
}

// reset breaks a connection off, so that the other side sees a reset and no end.
func reset(c net.Conn) {
	inner := c
	if secure, ok := c.(*tls.Conn); ok {
		inner = secure.NetConn()
	}
	if t, ok := inner.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = inner.Close()
}
