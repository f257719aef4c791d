package director

import (
	"crypto/tls"
	"io"
	"net"
)

// Connect does nothing about a connection: a step that only counts it, such as one that the client is to give up for its certificate.
func Connect() Act { return Act{Name: "a connection", passes: true, greet: func(net.Conn) {}} }

// ResetUnread breaks a connection off before anything of it is read. It is for a connection, not for a request.
func ResetUnread() Act {
	return Act{Name: "reset before the request was read", greet: func(c net.Conn) {
		c = plain(c)
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		_ = c.Close()
	}}
}

// NoTLS answers in plain HTTP where TLS is spoken. It is for a connection of a port that serves TLS.
func NoTLS() Act {
	return Act{Name: "plain HTTP in place of TLS", greet: func(c net.Conn) {
		_, _ = io.WriteString(plain(c), "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	}}
}

// plain is the connection below TLS.
func plain(c net.Conn) net.Conn {
	if secure, ok := c.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return c
}
