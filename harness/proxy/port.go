package proxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"

	"resize-conformance/harness/exchange"
)

// Port is a door of the proxy: what comes in there belongs to one call. It is safe for concurrent use.
type Port struct {
	proxy     *Proxy
	ctx       context.Context
	address   string
	tls       *tls.Config
	answerer  Answerer
	listener  net.Listener
	accepting sync.WaitGroup

	mu          sync.Mutex
	closed      bool
	links       map[*link]bool
	connections int
	requests    int
	calls       map[string]int // requests of each operation
	underWay    int
	changed     chan struct{} // closed and replaced when underWay sinks
	exchanges   []*exchange.Exchange
}

// PortOption changes what Open opens.
type PortOption func(*Port)

// Listen gives the address to listen on, in place of a free port of 127.0.0.1.
func Listen(address string) PortOption { return func(p *Port) { p.address = address } }

// ServeTLS makes a port that is spoken to with TLS; its endpoint begins with https://.
func ServeTLS(c *tls.Config) PortOption { return func(p *Port) { p.tls = c } }

// AnsweredBy gives the port an Answerer of its own.
func AnsweredBy(a Answerer) PortOption { return func(p *Port) { p.answerer = a } }

// Address is where the port listens: "127.0.0.1:40123".
func (p *Port) Address() string { return p.listener.Addr().String() }

// Endpoint is the base URL to give to the client, without a slash at its end: "http://127.0.0.1:40123", and the path of the upstream URL if it has one.
func (p *Port) Endpoint() string {
	scheme := "http://"
	if p.tls != nil {
		scheme = "https://"
	}
	return scheme + p.Address() + p.proxy.upstream.EscapedPath()
}

// Exchanges are those that were recorded so far, in the order in which their requests arrived. One that is under way is not among them; see Settle.
func (p *Port) Exchanges() []*exchange.Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := slices.Clone(p.exchanges)
	slices.SortFunc(out, func(a, b *exchange.Exchange) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Connections is how many connections were accepted.
func (p *Port) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.connections
}

// Settle waits until no exchange is under way: a client that has its answer may be faster than the record of it. It gives up when ctx ends, with its error.
func (p *Port) Settle(ctx context.Context) error {
	for {
		p.mu.Lock()
		busy, changed := p.underWay, p.changed
		p.mu.Unlock()
		if busy == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// StopListening refuses new connections from now on; those that are there go on.
func (p *Port) StopListening() error {
	if err := p.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Close ends the port: what is under way is cut off, recorded as far as it came, and then nothing more is added to Exchanges. Closing twice is harmless.
func (p *Port) Close() error {
	err := p.StopListening()
	p.mu.Lock()
	p.closed = true
	links := make([]*link, 0, len(p.links))
	for l := range p.links {
		links = append(links, l)
	}
	p.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
	p.accepting.Wait()
	p.proxy.forget(p)
	return err
}

// accept takes connections until the listener is closed.
func (p *Port) accept() {
	for {
		conn, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // a client that was gone before it was let in, or no descriptor left for a moment
		}
		if p.tls != nil {
			conn = tls.Server(conn, p.tls)
		}
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			_ = conn.Close()
			continue
		}
		p.connections++
		l := newLink(p, p.connections, conn)
		p.links[l] = true
		p.mu.Unlock()
		p.accepting.Go(func() {
			l.serve()
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.links, l)
		})
	}
}

// arrive counts a request that has come and gives its numbers.
func (p *Port) arrive(operation string) (n, nth int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	p.calls[operation]++
	return p.requests, p.calls[operation]
}

// begin and end count what is under way.
func (p *Port) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.underWay++
}

func (p *Port) end(e *exchange.Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e != nil {
		p.exchanges = append(p.exchanges, e)
	}
	p.underWay--
	close(p.changed)
	p.changed = make(chan struct{})
}
