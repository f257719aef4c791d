package proxy

import (
	"bufio"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
)

// Where ports end abruptly, the client's connection is reset, which leaves nothing behind, and no port is given twice; else it ends in order.
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
		seen := map[string]bool{}
		for range 600 {
			port, err := l.proxy.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if abrupt && seen[port.Address()] {
				t.Errorf("%s was given twice", port.Address())
			}
			seen[port.Address()] = true
			if err := port.Close(); err != nil {
				t.Fatal(err)
			}
		}
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
