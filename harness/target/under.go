package target

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/proxy"
	"resize-conformance/harness/reference"
)

// ReferenceClient is the value of the setting client that stands for the built-in reference client.
const ReferenceClient = "reference"

// Under is the client under test. What it sends goes through a recording proxy on loopback, with a port for each call.
type Under struct {
	Driver driver.Client
	Client *ecs.Client // its operations
	// Patience is how long it is told to take for a call that gets no answer, or a slow one.
	Patience time.Duration
	// Authority vouches for certificates that it is to accept: it was told to trust it, if it can be.
	Authority *director.Authority
	// Renamed says that the server is given its own name in the Host line in place of the proxy's, which the client wrote: a signature over host does not hold there.
	Renamed bool

	proxy *proxy.Proxy
}

// Name is the client in a few words.
func (u *Under) Name() string { return u.Driver.Hello().String() }

// Stage is what a call of the client under test meets in place of the server, or on the way to it.
type Stage struct {
	Port   []proxy.PortOption
	Opened func(*proxy.Port) // before the client is asked; nil: nothing is done
}

type stageKey struct{}

// OnStage makes the calls under ctx meet a stage.
func OnStage(ctx context.Context, s Stage) context.Context {
	return context.WithValue(ctx, stageKey{}, s)
}

// Open opens one more port, for what a client under test is sent to from elsewhere. Whoever opens it closes it.
func (u *Under) Open(ctx context.Context, o ...proxy.PortOption) (*proxy.Port, error) {
	return u.proxy.Open(ctx, o...)
}

// open opens the port of a call.
func (u *Under) open(ctx context.Context, _ ecs.Call) (ecs.Port, error) {
	stage, _ := ctx.Value(stageKey{}).(Stage)
	port, err := u.proxy.Open(ctx, stage.Port...)
	if err != nil {
		return nil, err
	}
	if stage.Opened != nil {
		stage.Opened(port)
	}
	return port, nil
}

// withClient puts the client under test beside the server side, if there is one.
func (p *opening) withClient(ctx context.Context, t *Target) (*Target, error) {
	if p.client == nil && p.c.Client == "" {
		return t, nil
	}
	authority, err := director.NewAuthority(nil)
	if err != nil {
		return p.given(ctx, t, err)
	}
	client, err := p.startClient(ctx, t, authority)
	if err != nil {
		return p.given(ctx, t, err)
	}
	u := &Under{Driver: client, Patience: p.c.ClientPatience, Authority: authority}
	host, err := p.hostFor(t)
	if err != nil {
		return p.given(ctx, t, errors.Join(err, client.Close()))
	}
	tlsConfig, err := p.c.TLSConfig()
	if err == nil {
		u.proxy, err = proxy.New(proxy.Config{Upstream: t.URL, Recorder: t.Recorder, TLS: tlsConfig, Host: host, Abrupt: p.client != nil})
	}
	if err != nil {
		return p.given(ctx, t, errors.Join(configError(err), client.Close()))
	}
	u.Renamed = host != ""
	config := ecs.Config{Endpoint: t.URL, ProjectID: t.ProjectID, Credentials: credentialsFor(client.Hello(), t), Timeouts: t.Timeouts}
	u.Client = ecs.NewWith(config, &ecs.External{Client: client, Open: u.open, Timeouts: t.Timeouts})
	t.Under = u
	if real, is := t.Servers.(realServers); is && !p.c.AllowOrders {
		t.Servers = payPerUseOnly{real}
	}
	closeServer := t.Close
	t.Close = func(ctx context.Context) error {
		return errors.Join(u.Driver.Close(), u.proxy.Close(), closeServer(ctx))
	}
	return t, nil
}

// realServers are those of a URL: a run leaves them as it found them, and may keep to a part of them.
type realServers interface {
	fixture.Source
	fixture.Tidier
	Keep(fixture.Share)
}

var _ realServers = (*fixture.Mixed)(nil)

// payPerUseOnly keeps yearly/monthly servers from clients under test: what such a client sends goes to the server as it is, and there are clients that pay for
// every resize without being asked to.
type payPerUseOnly struct{ realServers }

// Lease implements fixture.Source.
func (s payPerUseOnly) Lease(ctx context.Context, want fixture.State) (*fixture.Server, error) {
	if want == fixture.YearlyMonthly {
		return nil, &fixture.NotOffered{
			What: "a yearly/monthly server for a client under test", Hint: "a client may pay for the order of a resize without being asked to; --allow-orders lets it",
		}
	}
	return s.realServers.Lease(ctx, want)
}

// LeaseSpare implements fixture.Source.
func (s payPerUseOnly) LeaseSpare(ctx context.Context, want fixture.State) (*fixture.Server, error) {
	if want == fixture.YearlyMonthly {
		return nil, nil
	}
	return s.realServers.LeaseSpare(ctx, want)
}

// given is the target, or the error with the target closed.
func (p *opening) given(ctx context.Context, t *Target, err error) (*Target, error) {
	if err == nil {
		return t, nil
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), preflightPatience)
	defer cancel()
	return nil, errors.Join(err, t.Close(closing))
}

// driverEnd is how long a driver may take to end with its input: it may have a whole platform to shut down, on a machine that does other things.
const driverEnd = 30 * time.Second

// startClient makes the client that is asked for, and has it trust an authority.
func (p *opening) startClient(ctx context.Context, t *Target, authority *director.Authority) (driver.Client, error) {
	flavors := p.path(ecs.ListResizeFlavors)
	switch {
	case p.client != nil:
		return p.client(flavors, authority.Roots()), nil
	case p.c.Client == ReferenceClient:
		secure := &tls.Config{RootCAs: authority.Roots(), MinVersion: tls.VersionTLS12}
		return reference.New(reference.Config{ResizeFlavorsPath: flavors, Interval: p.c.Poll, Backoff: p.c.Poll, TLS: secure}), nil
	}
	d, err := startDriver(ctx, p.c.Client, authority, driver.Options{Redactor: t.Recorder.Redactor(), EndWithin: driverEnd})
	var failure *driver.Failure
	if errors.As(err, &failure) {
		return nil, configError(fmt.Errorf("client (%s): %w", p.c.from("client"), err))
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// hostFor is what the server is given for a Host line: its own name where a gateway goes by it, and what the client wrote on loopback, where signatures over it
// can be held to it.
func (p *opening) hostFor(t *Target) (string, error) {
	u, err := url.Parse(t.URL)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return "", nil
	}
	return u.Host, nil
}

// credentialsFor are those of the run that a client can be given: the token before the keys, as for the built-in client.
func credentialsFor(h driver.Hello, t *Target) ecs.Credentials {
	none := ecs.Credentials{}
	kind := driver.WithAccessKey
	if t.Keys.SecurityToken != "" {
		kind = driver.WithSecurityToken
	}
	switch {
	case t.Token != none && h.Takes(driver.WithToken):
		return t.Token
	case t.Keys != none && h.Takes(kind):
		return t.Keys
	}
	return cmp.Or(t.Token, t.Keys)
}

var _ ecs.Port = (*proxy.Port)(nil)
