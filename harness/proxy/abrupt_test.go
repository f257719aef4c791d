package proxy

import (
	"bufio"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
)

// Where ports end abruptly, the client's connection is reset, which leaves nothing behind; else it ends in order.
func TestAbrupt(t *testing.T) {
	for _, abrupt := range []bool{true, false} {
		u := newUpstream(t, func(in *bufio.Reader, conn *net.TCPConn) {
			readRequest(in)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
			_, _ = in.ReadByte() // whoever ends it, it is not the server
		})
		l := newLab(t, Config{Upstream: u.url, Abrupt: abrupt})
		conn := l.dial()
		if _, err := io.WriteString(conn, post("")); err != nil {
			t.Fatal(err)
		}
		var answer [64]byte
		if _, err := conn.Read(answer[:]); err != nil {
			t.Fatal(err)
		}
		if err := l.port.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, syscall.ECONNRESET) != abrupt {
			t.Errorf("abrupt %t: the connection ended with %v", abrupt, err)
		}
	}
}

// numbered is a listener at a port that the system gives.
type numbered struct {
	net.Listener
	port   int
	closed *int
}

func (n *numbered) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n.port} }

func (n *numbered) Close() error { *n.closed++; return nil }

// A port that was used before is passed over while there are others, and what was passed over is given back. Where ports end in order, the system sees to that itself.
func TestNoPortIsGivenTwice(t *testing.T) {
	t.Parallel()
	var given []int
	closed := 0
	p := newLab(t, Config{Upstream: "http://127.0.0.1:9", Abrupt: true}).proxy
	p.open = func(string, string) (net.Listener, error) {
		next := given[0]
		if len(given) > 1 {
			given = given[1:]
		}
		return &numbered{port: next, closed: &closed}, nil
	}
	for _, c := range []struct {
		given      []int
		want       int
		passedOver int
	}{
		{[]int{7}, 7, 0},
		{[]int{7, 7, 8}, 8, 2},
		{[]int{8, 7, 9}, 9, 2},
		{[]int{9}, 9, mostUsed}, // there is no other
	} {
		given, closed = c.given, 0
		l, err := p.listen("127.0.0.1:0")
		if err != nil || l.Addr().(*net.TCPAddr).Port != c.want || closed != c.passedOver {
			t.Errorf("of %v: %v, %v, %d given back; want port %d and %d", c.given, l.Addr(), err, closed, c.want, c.passedOver)
		}
	}
	p.c.Abrupt, given = false, []int{9, 10}
	if l, err := p.listen("127.0.0.1:0"); err != nil || l.Addr().(*net.TCPAddr).Port != 9 {
		t.Errorf("in order: %v, %v, want what the system gives", l, err)
	}
}

// An address that was asked for is listened on, however often.
func TestAbruptAtAnAddress(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	u := newUpstream(t, answering("HTTP/1.1 204 No Content\r\n\r\n"))
	l := newLab(t, Config{Upstream: u.url, Abrupt: true})
	for range 2 {
		port, err := l.proxy.Open(t.Context(), Listen(address))
		if err != nil {
			t.Fatal(err)
		}
		if port.Address() != address {
			t.Errorf("wanted %s, got %s", address, port.Address())
		}
		if err := port.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
