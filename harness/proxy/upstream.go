package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// dial makes a connection to the server. Where the environment has a proxy for an https server, it is made through it.
func (p *Proxy) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.c.DialTimeout)
	defer cancel()
	port := p.upstream.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[p.upstream.Scheme]
	}
	address := net.JoinHostPort(p.upstream.Hostname(), port)
	var d net.Dialer
	if p.upstream.Scheme == "http" {
		// A forward proxy would want another request line than the client wrote.
		return d.DialContext(ctx, "tcp", address)
	}
	via, err := http.ProxyFromEnvironment(&http.Request{URL: p.upstream})
	if err != nil {
		return nil, fmt.Errorf("the proxy of the environment: %w", err)
	}
	var conn net.Conn
	if via == nil || via.Scheme != "http" {
		conn, err = d.DialContext(ctx, "tcp", address)
	} else {
		conn, err = connectThrough(ctx, &d, via.Host, address)
	}
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if p.c.TLS != nil {
		config = p.c.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = p.upstream.Hostname()
	}
	config.NextProtos = []string{"http/1.1"} // what clients write here is HTTP/1
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

// connectThrough asks a forward proxy for a tunnel.
func connectThrough(ctx context.Context, d *net.Dialer, via, address string) (net.Conn, error) {
	if !strings.Contains(via, ":") {
		via += ":80"
	}
	conn, err := d.DialContext(ctx, "tcp", via)
	if err != nil {
		return nil, fmt.Errorf("through the proxy %s: %w", via, err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	fail := func(err error) (net.Conn, error) {
		_ = conn.Close()
		return nil, fmt.Errorf("through the proxy %s: %w", via, err)
	}
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", address, address); err != nil {
		return fail(err)
	}
	answer, err := readHead(bufio.NewReaderSize(conn, 16), looksLikeAnswer) // so small that nothing of the tunnel is read ahead
	if err != nil {
		return fail(err)
	}
	if _, status, _ := parseStatusLine(answer.first); status != http.StatusOK {
		return fail(fmt.Errorf("it answered %q to CONNECT", abbreviated(answer.first)))
	}
	if err := conn.SetDeadline(noDeadline()); err != nil {
		return fail(err)
	}
	return conn, nil
}
