// Package emulator is the reference ECS: it keeps the whole contract, in process or served.
package emulator

import (
	"context"
	"net/http"
	"time"
)

// Config of an emulator. The zero value is a usable default.
type Config struct {
	Profile     string        // vendor edition whose behaviour is kept; empty: intl
	JobDuration time.Duration // how long a resize job runs; default 40 ms
	Latency     time.Duration // added to every answer
	Auth        AuthMode      // default: token and AK/SK are both verified
	Now         func() time.Time
	State       *State // what exists at the start; nil: DefaultState(profile)
}

// AuthMode says which credentials are asked for.
type AuthMode string

// The authentication modes.
const (
	AuthBoth  AuthMode = "both"
	AuthToken AuthMode = "token"
	AuthAKSK  AuthMode = "aksk"
	AuthNone  AuthMode = "none"
)

// State is the content of a state file (YAML or JSON): projects with credentials, flavors, dedicated hosts, servers.
type State struct{}

// Emulator is a running world. It is an http.Handler and safe for concurrent use.
type Emulator struct{}

// New validates the configuration and makes the world.
func New(c Config) (*Emulator, error) { panic("not yet") }

// ServeHTTP answers one request.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("not yet") }

// ServerSpec describes a server to be made directly (no HTTP): the embedded fixture's way in.
type ServerSpec struct {
	Project         string // id; empty: the first project
	Name            string
	Flavor          string
	Status          string // "ACTIVE" or "SHUTOFF"
	Billing         string // "postPaid", "prePaid", "spot"
	OSType          string // "Linux" or "Windows"
	DedicatedHostID string
	Locked, Frozen  bool
}

// AddServer makes a server at once and returns its id.
func (e *Emulator) AddServer(s ServerSpec) (string, error) { panic("not yet") }

// RemoveServer forgets a server at once, whatever state it is in.
func (e *Emulator) RemoveServer(id string) { panic("not yet") }

// PayOrder settles a pending order.
func (e *Emulator) PayOrder(orderID string) error { panic("not yet") }

// Listen serves on addr (":0" for any free port of loopback) until ctx ends, then shuts down gracefully; ready is called with the base URL.
func (e *Emulator) Listen(ctx context.Context, addr string, ready func(baseURL string)) error {
	panic("not yet")
}
