// Package reference is the reference client: a small client of the resize API as its publisher would wish it, with which the other side of a run is put to the
// test. It is told what to do in the words of package driver and tells what its user would be told.
//
// It sends what it was asked for and nothing else, signs what it sends, follows no redirect, never repeats what may have been carried out already, takes for
// success only what says so, and tells every refusal with status, code and message. A wait for a job ends when the job does, when the job will not end, or
// when the time is up.
//
// It shares no code with the client that scenarios look through (package ecs) but the signer, which the published vector holds: that one is an instrument and
// sends whatever a scenario wishes. Deviations are put in from outside through Seams; nothing of them is in here.
package reference

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/pace"
)

// Config of a client. The zero value is a usable default.
type Config struct {
	// ResizeFlavorsPath is the path of listResizeFlavors with {project_id} in it; default "/v1/{project_id}/cloudservers/resize_flavors". An edition of the
	// documents has another.
	ResizeFlavorsPath string
	TLS               *tls.Config      // of https endpoints; nil: the system's authorities
	UserAgent         string           // default "resize-reference/1.0"
	Timeout           time.Duration    // of a call whose request has none; default 30 s, the gateway's own limit
	WaitTimeout       time.Duration    // of waitForJob whose request has none; default 10 min
	Interval          time.Duration    // between two looks at a job, when the request has none; default 5 s, as the vendor's Terraform provider
	Repetitions       int              // of a read at most; default 2. Less than 0: none
	Backoff           time.Duration    // before the first repetition, doubled for the next; default 500 ms
	Now               func() time.Time // for X-Sdk-Date and dates in Retry-After; nil: time.Now
	// Pause waits between attempts and between looks. It returns early with the error of ctx when that ends. Nil: with a timer.
	Pause func(ctx context.Context, d time.Duration) error
	Seams Seams
}

// Client is the reference client. It is a driver.Client, and safe for concurrent use.
type Client struct {
	config    Config
	transport *http.Transport

	compose   Composer
	authorize Authorizer
	send      Sender
	repeat    Repeater
	fault     FaultFinder
	read      Reader
	watch     Watcher
	tell      Teller
}

var _ driver.Client = (*Client)(nil)

// New makes a client.
func New(c Config) *Client {
	c = c.orDefaults()
	r := &Client{config: c, transport: transport(c.TLS)}
	if c.Seams.Transport != nil {
		c.Seams.Transport(r.transport)
	}
	r.compose = use(c.Seams.Compose, composer(c))
	r.authorize = use(c.Seams.Authorize, Authorizer(authorize))
	r.send = use(c.Seams.Send, sender(r.transport))
	r.repeat = use(c.Seams.Repeat, repeater(c))
	r.fault = use(c.Seams.Fault, FaultFinder(readFault))
	r.read = use(c.Seams.Read, reader(r.fault))
	r.watch = use(c.Seams.Watch, Watcher(watch))
	r.tell = use(c.Seams.Tell, r.call)
	return r
}

func (c Config) orDefaults() Config {
	if c.ResizeFlavorsPath == "" {
		c.ResizeFlavorsPath = "/v1/{project_id}/cloudservers/resize_flavors"
	}
	if c.UserAgent == "" {
		c.UserAgent = "resize-reference/1.0"
	}
	for _, f := range []struct {
		have     *time.Duration
		fallback time.Duration
	}{{&c.Timeout, 30 * time.Second}, {&c.WaitTimeout, 10 * time.Minute}, {&c.Interval, 5 * time.Second}, {&c.Backoff, 500 * time.Millisecond}} {
		if *f.have <= 0 {
			*f.have = f.fallback
		}
	}
	if c.Repetitions == 0 {
		c.Repetitions = 2
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Pause == nil {
		c.Pause = pace.Sleep
	}
	return c
}

// Hello says what the client can do: everything that the contract has. The v1 resize takes a flavor and dry_run, nothing more.
func (c *Client) Hello() driver.Hello {
	h := driver.Hello{
		Protocol: driver.Protocol, Name: "reference client", Version: "1.0", Credentials: driver.CredentialKinds(), Timeout: true, InFlight: 64,
		Operations: map[driver.Operation][]driver.Option{},
	}
	for _, o := range driver.Operations() {
		h.Operations[o] = driver.OptionsOf(o)
	}
	h.Operations[driver.ResizePostPaidServer] = []driver.Option{driver.OptionDryRun}
	h.Operations[driver.StartServers] = []driver.Option{driver.OptionSeveral}
	return h
}

// Do performs a call (driver.Client). What its user would see in a message has no secret of the call in it.
func (c *Client) Do(ctx context.Context, r driver.Request) (driver.Response, error) {
	told := c.tell(ctx, r)
	if ctx.Err() != nil {
		return driver.Response{}, context.Cause(ctx)
	}
	told.ID = r.ID
	return told, nil
}

// Close gives up the connections that are kept.
func (c *Client) Close() error {
	c.transport.CloseIdleConnections()
	return nil
}

// call is a whole call: within its time, and with what is told cleaned of secrets.
func (c *Client) call(ctx context.Context, r driver.Request) driver.Response {
	if told, ok := c.unsupported(r); ok {
		return told
	}
	limit := r.Timeout()
	switch {
	case limit > 0:
	case r.Operation == driver.WaitForJob:
		limit = c.config.WaitTimeout
	default:
		limit = c.config.Timeout
	}
	limited, cancel := context.WithTimeoutCause(ctx, limit, errTime)
	defer cancel()
	var told driver.Response
	if r.Operation == driver.WaitForJob {
		told = c.wait(limited, r, limit)
	} else {
		told, _ = c.once(limited, r, limit)
	}
	return concealed(told, r.Credentials)
}

// unsupported says no to what Hello does not offer.
func (c *Client) unsupported(r driver.Request) (driver.Response, bool) {
	if h := c.Hello(); !h.Has(r.Operation, r.Params.Options()...) {
		var asked []string
		for _, o := range r.Params.Options() {
			if !slices.Contains(h.Operations[r.Operation], o) {
				asked = append(asked, string(o))
			}
		}
		return failed(driver.Error{Kind: driver.Unsupported, Message: fmt.Sprintf("%s with %s", r.Operation, strings.Join(asked, ", "))}), true
	}
	return driver.Response{}, false
}

// errTime is the cause of a context whose time is up.
var errTime = errors.New("the time is up")

// concealed takes the secrets of a call out of what is told: a server may have sent them back.
func concealed(told driver.Response, k driver.Credentials) driver.Response {
	if told.Error == nil {
		return told
	}
	clean := *told.Error
	for _, secret := range []string{k.SecretKey, k.Token, k.SecurityToken} {
		if secret != "" {
			clean.Message = strings.ReplaceAll(clean.Message, secret, "***")
			clean.Code = strings.ReplaceAll(clean.Code, secret, "***")
		}
	}
	told.Error = &clean
	return told
}

func failed(e driver.Error) driver.Response { return driver.Response{Error: &e} }
