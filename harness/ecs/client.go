// Package ecs has the operations a scenario speaks in, and the client that performs them: the built-in one, which can also send raw bytes.
//
// A scenario calls a method of Client; the method makes a Call, which is plain data; a Performer carries it out. The built-in performer composes the bytes
// itself and can do whatever an Option asks for. A performer that drives somebody else's client can do only what that client offers, and says
// *NotExpressible about the rest.
//
// An operation gives an error only when no whole answer came. A refusal by the server is an answer like any other.
package ecs

import (
	"context"
	"strings"
	"time"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/pace"
)

// Credentials of one caller. Either Token, or AccessKey with SecretKey (and SecurityToken when temporary). The zero value sends none.
type Credentials struct {
	Token         string
	AccessKey     string
	SecretKey     string
	SecurityToken string
	// MadeUp says that these were invented for a scenario and are nobody's secret: the record shows them, so that it tells what was tried.
	MadeUp bool
}

// Config of the built-in client.
type Config struct {
	Endpoint    string // base URL without trailing slash
	ProjectID   string
	Credentials Credentials
	Recorder    *exchange.Recorder
	UserAgent   string // default "resize-conformance"; the scenario's id is added in parentheses
	Timeouts    Timeouts
	// ResizeFlavorsPath is the path of listResizeFlavors with {project_id} in it; default "/v1/{project_id}/cloudservers/resize_flavors".
	// OTC's documents say "/v2.1/{project_id}/resize_flavors".
	ResizeFlavorsPath string
	Now               func() time.Time // for X-Sdk-Date; nil: time.Now
	Pace              *pace.Pace       // how fast is asked; nil: as fast as can be, and nothing is repeated
	// Provoking are tokens whose requests meet flow control or failures on purpose: what they are answered says nothing about the pace.
	Provoking []string
	// Trace names the run in the trace ids of its scenarios (traceparent); "": no such header is sent.
	Trace string
}

// Client performs operations. It is immutable and safe for concurrent use.
type Client struct {
	config    Config
	performer Performer
}

// New makes the built-in client.
func New(c Config) *Client {
	return NewWith(c, nil)
}

// NewWith makes a client whose operations p carries out; nil is the built-in performer.
func NewWith(c Config, p Performer) *Client {
	c.Endpoint = strings.TrimSuffix(c.Endpoint, "/")
	c.Timeouts = c.Timeouts.orDefaults()
	if c.UserAgent == "" {
		c.UserAgent = "resize-conformance"
	}
	if c.ResizeFlavorsPath == "" {
		c.ResizeFlavorsPath = "/v1/{project_id}/cloudservers/resize_flavors"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if p == nil {
		p = &wire{c}
	}
	return &Client{config: c, performer: p}
}

// Through is the same client with its performer wrapped.
func (c *Client) Through(wrap func(Performer) Performer) *Client {
	return &Client{config: c.config, performer: wrap(c.performer)}
}

// Endpoint is the base URL without trailing slash.
func (c *Client) Endpoint() string { return c.config.Endpoint }

// ProjectID is the project that stands in the paths.
func (c *Client) ProjectID() string { return c.config.ProjectID }

// Credentials are those that calls are made with unless an option says otherwise.
func (c *Client) Credentials() Credentials { return c.config.Credentials }

// Timeouts are the limits in force, defaults filled in.
func (c *Client) Timeouts() Timeouts { return c.config.Timeouts }

// Do performs a call, after the options have changed it.
func (c *Client) Do(ctx context.Context, call Call, o ...Option) (*Answer, error) {
	if call.ProjectID == "" {
		call.ProjectID = c.config.ProjectID
	}
	if call.Credentials == (Credentials{}) {
		call.Credentials = c.config.Credentials
	}
	for _, option := range o {
		option(&call)
	}
	return c.performer.Perform(ctx, call)
}

// Raw sends a request to any path below the endpoint, which begins with "/" and is sent as it is. The body and all else come from options.
func (c *Client) Raw(ctx context.Context, method, path string, o ...Option) (*Answer, error) {
	return c.Do(ctx, Call{Operation: Unnamed}, append([]Option{Method(method), RawPath(path)}, o...)...)
}
