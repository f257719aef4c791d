// Package ecs has the operations a scenario speaks in, and the client that performs them: the built-in one, which can also send raw bytes.
package ecs

import (
	"context"
	"net/http"
	"time"

	"resize-conformance/harness/exchange"
)

// Credentials of one caller. Either Token, or AccessKey with SecretKey (and SecurityToken when temporary). The zero value sends none.
type Credentials struct {
	Token         string
	AccessKey     string
	SecretKey     string
	SecurityToken string
}

// Config of the built-in client.
type Config struct {
	Endpoint    string // base URL without trailing slash
	ProjectID   string
	Credentials Credentials
	Recorder    *exchange.Recorder
	UserAgent   string
	Timeouts    Timeouts
	Now         func() time.Time // for X-Sdk-Date; nil: time.Now
}

// Client performs operations.
type Client struct{}

// New makes the built-in client.
func New(c Config) *Client { panic("not yet") }

// Resize is the request body of both versions. Nil and empty fields are left out.
type Resize struct {
	FlavorRef       string
	DedicatedHostID string
	AutoPay         string // extendparam.isAutoPay; "" leaves extendparam out
	Mode            string
	CPUThreads      int // cpu_options."hw:cpu_threads"; 0 leaves it out
	DryRun          *bool
}

// Answer is what an operation got.
type Answer struct {
	*exchange.Exchange
}

// Option changes one call: the version, the bytes, headers, credentials, path.
type Option func(*call)

type call struct {
	header http.Header
}

// The options (signatures to keep; add more where a scenario needs them).
func V1() Option                                     { panic("not yet") } // use the v1 path instead of v1.1
func Malformed(why string) Option                    { panic("not yet") } // the request breaks the contract on purpose
func Body(raw []byte) Option                         { panic("not yet") } // exactly these bytes
func Header(name, value string) Option               { panic("not yet") } // set a header
func WithoutHeader(name string) Option               { panic("not yet") } // do not send it (Content-Type included)
func As(c Credentials) Option                        { panic("not yet") } // other credentials
func InProject(projectID string) Option              { panic("not yet") } // another project id in the path
func SignedAt(t time.Time) Option                    { panic("not yet") } // X-Sdk-Date
func ScopedCredential(region, service string) Option { panic("not yet") } // Authorization with Credential=AK/date/region/service/sdk_request
func Signing(headers ...string) Option               { panic("not yet") } // exactly these headers are signed
func TamperAfterSigning(body []byte) Option          { panic("not yet") } // sign the body, send another

// Resize sends the resize request, v1.1 unless V1() is given.
func (c *Client) Resize(ctx context.Context, serverID string, r Resize, o ...Option) (*Answer, error) {
	panic("not yet")
}

// Timeouts name how long each wait may take; see DefaultTimeouts for the documented table.
type Timeouts struct {
	Request time.Duration // one exchange
	Job     time.Duration // a resize job to a terminal status
	Power   time.Duration // a start or stop job
	Create  time.Duration
	Poll    time.Duration // first pause between polls; grows to PollMax
	PollMax time.Duration
}
