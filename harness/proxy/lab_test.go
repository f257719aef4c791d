package proxy

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
)

const (
	project = "0123456789abcdef0123456789abcdef"
	server  = "616fb98f-46ca-475e-917e-2563e5a8cd19"
	resize  = "/v1.1/" + project + "/cloudservers/" + server + "/resize"
	asked   = `{"resize":{"flavorRef":"s3.large.2"}}`
	told    = `{"job_id":"ff80808288d41e1b018990260955686a"}`
	good    = "HTTP/1.1 200 OK\r\ncontent-TYPE: application/json\r\nX-Second: 2\r\nContent-Length: 45\r\n\r\n" + told
)

// post is a resize as a client writes it, with odd names and order.
func post(extra string) string {
	return "POST " + resize + " HTTP/1.1\r\nx-odd-CASE: 1\r\nHost: ecs.example\r\nContent-Type: application/json\r\nX-Auth-Token: a-token-of-nobody\r\n" + extra +
		"Content-Length: 37\r\n\r\n" + asked
}

// upstream is a server that is written byte by byte: each connection is given to serve, and what it sent is kept.
type upstream struct {
	url string
	mu  sync.Mutex
	got strings.Builder
}

func (u *upstream) received() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.got.String()
}

func (u *upstream) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.got.Write(p)
}

func newUpstream(t *testing.T, serve func(in *bufio.Reader, conn *net.TCPConn)) *upstream {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &upstream{url: "http://" + listener.Addr().String()}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
				serve(bufio.NewReader(io.TeeReader(conn, u)), conn.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() { _ = listener.Close(); all.Wait() })
	return u
}

// events is a sink that remembers.
type events struct {
	mu  sync.Mutex
	all []*journal.Exchange
}

func (s *events) Write(e journal.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Exchange != nil {
		s.all = append(s.all, e.Exchange)
	}
	return nil
}

func (s *events) exchanges() []*journal.Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

type lab struct {
	t     *testing.T
	sink  *events
	proxy *Proxy
	port  *Port
}

func newLab(t *testing.T, c Config, o ...PortOption) *lab {
	t.Helper()
	sink := &events{}
	c.Recorder = exchange.NewRecorder(exchange.Options{Contract: contracttest.Base(t), Sink: sink})
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	port, err := p.Open(t.Context(), o...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return &lab{t: t, sink: sink, proxy: p, port: port}
}

func (l *lab) dial() *net.TCPConn {
	l.t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(l.t.Context(), "tcp", l.port.Address())
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn.(*net.TCPConn)
}

// send writes a request and reads all that comes until the connection ends.
func (l *lab) send(request string) (answer string, err error) {
	l.t.Helper()
	conn := l.dial()
	if _, err := io.WriteString(conn, request); err != nil {
		l.t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	return string(got), err
}

// one is the only exchange, when it is over.
func (l *lab) one() (*exchange.Exchange, *journal.Exchange) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 20*time.Second)
	defer cancel()
	if err := l.port.Settle(ctx); err != nil {
		l.t.Fatal(err)
	}
	if all := l.port.Exchanges(); len(all) != 1 || len(l.sink.exchanges()) != 1 {
		l.t.Fatalf("got %d exchanges, %d of them written, want one", len(all), len(l.sink.exchanges()))
	}
	return l.port.Exchanges()[0], l.sink.exchanges()[0]
}

func readRequest(in *bufio.Reader) {
	h, err := readHead(in, looksLikeRequest)
	if err != nil {
		return
	}
	if r, err := h.request(); err == nil {
		_ = (&pump{in: in, out: bufio.NewWriter(io.Discard), kept: &capture{}}).run(requestFraming(r))
	}
}

// answering reads a request, answers, and closes.
func answering(answer string) func(*bufio.Reader, *net.TCPConn) {
	return func(in *bufio.Reader, conn *net.TCPConn) {
		readRequest(in)
		_, _ = io.WriteString(conn, answer)
	}
}
