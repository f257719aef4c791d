package target

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// TLSConfig is what the TLS settings ask for; nil when they ask for nothing.
func (c *Config) TLSConfig() (*tls.Config, error) {
	if c.CAFile == "" && c.ClientCert == "" && !c.Insecure {
		return nil, nil
	}
	t := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.Insecure}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca-file (%s): %w", c.from("ca-file"), err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca-file (%s): no certificate in %s; wanted a PEM file", c.from("ca-file"), c.CAFile)
		}
	}
	if c.ClientCert != "" {
		cert, err := tls.LoadX509KeyPair(c.ClientCert, c.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("client-cert (%s) and client-key (%s): %w", c.from("client-cert"), c.from("client-key"), err)
		}
		t.Certificates = []tls.Certificate{cert}
	}
	return t, nil
}

// Reach finds out whether a server can be reached at all, as Open does before a run: by one connection, without a request. The error is an *UnreachableError.
func (c *Config) Reach(ctx context.Context) error {
	config, err := c.TLSConfig()
	if err != nil {
		return configError(err)
	}
	return preflight(ctx, c.Server, config, cmp.Or(c.RequestTimeout, preflightPatience))
}

// preflightPatience is how long reaching a server may take where no setting says so.
const preflightPatience = 10 * time.Second

// preflight finds out whether the server can be reached at all: one connection, for https with its handshake. It sends no request, so that there is none
// which is not recorded. Where a proxy stands before the server, the proxy is all that can be tried. The error is an *UnreachableError.
func preflight(ctx context.Context, server string, config *tls.Config, patience time.Duration) error {
	u, err := url.Parse(server)
	if err != nil {
		return err // cannot be: the configuration was checked
	}
	through := ""
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err == nil && proxy != nil {
		u, through = proxy, " (through the proxy "+proxy.Host+")"
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080"}[u.Scheme]
	}
	address := net.JoinHostPort(u.Hostname(), port)
	connect, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	var dialer interface {
		DialContext(context.Context, string, string) (net.Conn, error)
	} = &net.Dialer{}
	if u.Scheme == "https" && through == "" {
		dialer = &tls.Dialer{Config: config}
	}
	conn, err := dialer.DialContext(connect, "tcp", address)
	if err == nil {
		return conn.Close()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &UnreachableError{Endpoint: server + through, Err: err, Hint: hint(err, u, patience)}
}

// hint says what to do about a connection that could not be made.
func hint(err error, u *url.URL, patience time.Duration) string {
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		noTLS     tls.RecordHeaderError
		timeout   net.Error
	)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: is the server running, and is the port right?"
	case errors.As(err, &dns):
		return "the name " + u.Hostname() + " is not known: is it spelled right, and does this machine resolve it?"
	case errors.As(err, &noTLS):
		return "it does not speak TLS: should the URL begin with http://?"
	case errors.As(err, &authority):
		return "give the authority that vouches for its certificate with --ca-file, or, for a test server, --insecure"
	case errors.As(err, &name):
		return "its certificate is for another name: use that name in the URL, or, for a test server, --insecure"
	case errors.As(err, &invalid):
		return "its certificate is not valid: renew it, or, for a test server, --insecure"
	case strings.Contains(err.Error(), "remote error: tls:"):
		return "it broke off the TLS handshake: does it ask for a client certificate (--client-cert, --client-key)?"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("nothing came within %v (--request-timeout): is it up, and does a firewall stand between?", patience)
	}
	return "check the URL and the way there"
}
