// Package proxy is a recording relay on loopback between a client under test and a server. It passes bytes on as they were sent, in both directions, and tells
// an exchange.Recorder what went by.
//
// Each call that a client is asked to make can have a Port of its own: real clients drop the path of an endpoint and add no header that one asks for, so that the
// port is what tells which call a request belongs to.
//
// A connection of the client has one connection to the server, made when its first request has come, and what happens to one happens to the other: a half-close,
// a reset, an answer that breaks off, an idle connection that the server gives up. Nothing is retried, decompressed, reframed or followed. The proxy has no
// answers of its own: where the server cannot be reached, the client's connection is reset. Bytes that are no HTTP pass, too, and are recorded as far as that.
// What may change an answer is an Answerer, and only where one is given; what it answers is marked in the record and never judged as the server's.
//
// A signature that a client makes over its request stays valid, because nothing of it changes, the Host line included: a server that wants to verify it has to
// take the Host that the client sent, which names the proxy. See Config.Host for servers that insist on theirs.
package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/exchange"
)

// Config of a Proxy.
type Config struct {
	// Upstream is the base URL of the server, http or https. A path in it is a part of Port.Endpoint, and is not put in front of what a client sends.
	Upstream string
	// Handler is a server in this process, in place of Upstream.
	Handler http.Handler
	// Recorder judges and writes what passes by; it is needed. Its BasePath should be the path of Upstream.
	Recorder *exchange.Recorder
	// TLS is how an https server is spoken to; nil: the authorities of the system.
	TLS *tls.Config
	// Host takes the place of what clients write in their Host line, for a server that goes by it; "": the line stays as it is. Whoever signs host (SignedHeaders
	// names it) signs what it sent: its signature does not hold for the replaced line. Clients that do not sign host are not affected.
	Host string
	// Answerer decides how requests are answered, unless the port has one of its own; nil: the server answers all of them.
	Answerer Answerer
	// DialTimeout is how long making a connection to the server may take, with its TLS handshake; 0: 10 s.
	DialTimeout time.Duration
	// MaxBody is how many bytes of a body are kept for judging; what is longer passes all the same. 0: exchange.DefaultMaxBody.
	MaxBody int64
	// Abrupt ends the connections of a port that is closed with a reset, on both sides. A connection that is closed in order keeps its port from being used again for a
	// minute, and who makes runs by the hundred, with a client in this process, would have none left.
	Abrupt bool
}

// Proxy relays between clients and one server. It is safe for concurrent use.
type Proxy struct {
	c        Config
	upstream *url.URL
	inside   *http.Server // serves Handler
	open     func(network, address string) (net.Listener, error)

	mu     sync.Mutex
	ports  map[*Port]bool
	used   map[string]bool // addresses, where connections end abruptly
	closed bool
}

// ErrClosed says that the proxy was closed.
var ErrClosed = errors.New("the proxy is closed")

// New makes a proxy. It reaches for the server only when a request comes.
func New(c Config) (*Proxy, error) {
	if c.Recorder == nil {
		return nil, errors.New("proxy: a Recorder is needed: what nobody records cannot be judged")
	}
	if (c.Upstream == "") == (c.Handler == nil) {
		return nil, errors.New("proxy: either an upstream URL or a handler is needed, and not both")
	}
	if c.DialTimeout <= 0 {
		c.DialTimeout = 10 * time.Second
	}
	if c.MaxBody <= 0 {
		c.MaxBody = exchange.DefaultMaxBody
	}
	p := &Proxy{c: c, open: net.Listen, ports: map[*Port]bool{}, used: map[string]bool{}}
	if c.Handler != nil {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("proxy: a port for the server in this process: %w", err)
		}
		p.inside = &http.Server{Handler: c.Handler, ReadHeaderTimeout: time.Minute}
		go func() { _ = p.inside.Serve(listener) }() // ends with Close
		c.Upstream = "http://" + listener.Addr().String()
	}
	u, err := url.Parse(c.Upstream)
	switch {
	case err != nil:
		return nil, fmt.Errorf("proxy: upstream: %w", err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("proxy: upstream: wanted a URL like http://127.0.0.1:9000, got %q", c.Upstream)
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, fmt.Errorf("proxy: upstream: wanted scheme, host and perhaps a path, got %q", u.Redacted())
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = strings.TrimSuffix(u.RawPath, "/")
	p.upstream = u
	return p, nil
}

// Open listens on a free port of loopback. The exchanges that come there are told to the scope of ctx (exchange.WithScope); what else ctx carries goes to the
// recorder and the Answerer. Its end does not close the port: Close does.
func (p *Proxy) Open(ctx context.Context, o ...PortOption) (*Port, error) {
	port := &Port{proxy: p, ctx: context.WithoutCancel(ctx), address: "127.0.0.1:0", answerer: p.c.Answerer, calls: map[string]int{}, changed: make(chan struct{}), links: map[*link]bool{}}
	for _, option := range o {
		option(port)
	}
	listener, err := p.listen(port.address)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w; is the address one of this machine, and free?", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errors.Join(ErrClosed, listener.Close())
	}
	p.ports[port] = true
	port.listener = listener
	port.accepting.Go(port.accept)
	return port, nil
}

// mostUsed is how many free ports are looked at for one that was not used before.
const mostUsed = 64

// listen listens on an address. Where connections end abruptly, the system may give a port again at once, and a client would take a connection of its former call, which
// it has not noticed to be over, for one of the next: so a port that was used before is passed over while there are others.
func (p *Proxy) listen(address string) (net.Listener, error) {
	var passedOver []net.Listener
	defer func() {
		for _, l := range passedOver {
			_ = l.Close()
		}
	}()
	for {
		l, err := p.open("tcp", address)
		if err != nil || !p.c.Abrupt {
			return l, err
		}
		p.mu.Lock()
		again := p.used[l.Addr().String()]
		p.used[l.Addr().String()] = true
		p.mu.Unlock()
		if !again || !strings.HasSuffix(address, ":0") || len(passedOver) == mostUsed {
			return l, nil
		}
		passedOver = append(passedOver, l)
	}
}

// Close closes all ports, with what is under way on them.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	ports := make([]*Port, 0, len(p.ports))
	for port := range p.ports {
		ports = append(ports, port)
	}
	p.mu.Unlock()
	var err error
	for _, port := range ports {
		err = errors.Join(err, port.Close())
	}
	if p.inside != nil {
		err = errors.Join(err, p.inside.Close())
	}
	return err
}

func (p *Proxy) forget(port *Port) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.ports, port)
}
