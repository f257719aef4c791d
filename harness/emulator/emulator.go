// Package emulator is the reference ECS: it keeps the whole contract of the resize API, in process or served.
//
// A request passes the gateway's layers (gateway.go), finds its operation (routes.go), and is answered at one moment of
// the world (world.go). A resize is decided by the rules of resize_rules.go, in their order; what is accepted becomes a
// job with a plan (plans.go) that is carried out as the clock goes by, whenever somebody looks. Nothing runs by itself.
//
// Deviations are put in from outside through Seams; nothing of them is in here.
package emulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/nearest"
)

// Config of an emulator. The zero value is a usable default.
type Config struct {
	Profile     string           // vendor edition whose behaviour is kept; empty: intl
	JobDuration time.Duration    // how long the resize of a stopped server runs; default 40 ms. Start, stop and delete take half of it
	Latency     time.Duration    // added to every answer
	Auth        AuthMode         // default: token and AK/SK are both verified
	Now         func() time.Time // by which the service goes; default: the real time
	// GatewayNow is the time by which the gateway judges the date of a signature and the end of a token. Default: Now. With a Now that falls behind it has to be
	// the real time, else callers whose clocks are right are refused after a quarter of an hour.
	GatewayNow func() time.Time
	State      *State // what exists at the start; nil: DefaultState(profile). It must not be changed afterwards
	// Mode says whether resize.mode "withStopServer" is understood. Nil: as the profile has it (cn only). An edition that
	// does not document it ignores the field: a running server is refused as without it.
	Mode *bool
	Flow FlowControl // default: none
	// Envelope says in which of the known envelopes errors are put, one of Envelopes; default: ServiceEnvelope. Status and reason are the same in each.
	Envelope Envelope
	// LockAfter is how many wrong signatures in a row lock an access key for five minutes. The real gateway's number is 5;
	// 0, the default, never locks, because a suite has to send wrong signatures.
	LockAfter  int
	MaxJobs    int         // jobs and sub-jobs remembered at most, default 20,000; finished ones are forgotten early to keep it
	MaxServers int         // default 10,000
	ErrorLog   *log.Logger // of Listen, for broken connections; nil: none
	Payments   bool        // Listen serves PaymentDesk as well
	Fringe     bool        // what clients read beside the contract's operations is answered, too: fringe.go
	Account    bool        // what an account has beside the operations is answered, too: account.go
	Users      []User      // who may sign in where Account is set; they get the first project's token
	Quota      Quota       // of every project
	Faults     int         // each so manieth good answer to showServer and showJob is a failure instead; 0: none
	TLS        *tls.Config // Listen speaks TLS; nil: it does not
	HTTP2      bool        // Listen speaks HTTP/2 without TLS (RFC 9113, section 3.3) besides HTTP/1.1
	Seams      Seams
}

// Emulator is a running world. It is an http.Handler and safe for concurrent use.
type Emulator struct {
	behaviour   Behaviour
	profile     string
	jobDuration time.Duration
	latency     time.Duration
	mode        bool
	flow        FlowControl
	lockAfter   int
	maxTasks    int
	maxServers  int
	errorLog    *log.Logger
	payments    bool
	account     bool
	users       []User
	quota       Quota
	faults      int
	tls         *tls.Config
	http2       bool
	state       *State
	keys        keyring
	now         func() time.Time
	gatewayNow  func() time.Time

	authenticate Authenticator
	rules        []Rule
	accept       Accepter
	plan         Planner
	render       Renderer
	newID        IDMaker
	table        []Route
	entry        http.Handler
	world        *world
}

// New validates the configuration and makes the world.
func New(c Config) (*Emulator, error) {
	behaviour, err := BehaviourOf(c.Profile)
	if err != nil {
		return nil, err
	}
	if c.Auth == "" {
		c.Auth = AuthBoth
	}
	if !slices.Contains(AuthModes(), c.Auth) {
		return nil, unknownName("authentication mode", string(c.Auth), AuthModes())
	}
	if c.Flow.Level == "" {
		c.Flow.Level = FlowGateway
	}
	if !slices.Contains(FlowLevels(), c.Flow.Level) {
		return nil, unknownName("flow control level", string(c.Flow.Level), FlowLevels())
	}
	if c.Flow.Limit < 0 || c.Flow.Per < 0 {
		return nil, fmt.Errorf("flow control must not be negative: %d requests per %s", c.Flow.Limit, c.Flow.Per)
	}
	if c.Envelope == "" {
		c.Envelope = ServiceEnvelope
	}
	if !slices.Contains(Envelopes(), c.Envelope) {
		return nil, unknownName("envelope", string(c.Envelope), Envelopes())
	}
	if c.JobDuration < 0 || c.Latency < 0 {
		return nil, fmt.Errorf("durations must not be negative: job %s, latency %s", c.JobDuration, c.Latency)
	}
	if c.Faults < 0 || c.Quota.Servers < 0 || c.Quota.VCPUs < 0 || c.Quota.RAM < 0 {
		return nil, fmt.Errorf("faults and quota must not be negative: %d, %+v", c.Faults, c.Quota)
	}
	if c.State == nil {
		c.State, err = DefaultState(c.Profile)
	} else {
		err = c.State.Validate()
	}
	if err != nil {
		return nil, err
	}
	return build(c, behaviour), nil
}

func unknownName[T ~string](what, got string, known []T) error {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return fmt.Errorf("unknown %s %q%s (known: %s)", what, got, nearest.Hint(got, names), strings.Join(names, ", "))
}

func build(c Config, behaviour Behaviour) *Emulator {
	e := &Emulator{
		behaviour: behaviour, profile: c.Profile, jobDuration: c.JobDuration, latency: c.Latency, mode: behaviour.Mode,
		flow: c.Flow, lockAfter: c.LockAfter, maxTasks: c.MaxJobs, maxServers: c.MaxServers, errorLog: c.ErrorLog, http2: c.HTTP2, payments: c.Payments,
		account: c.Account, users: slices.Clone(c.Users), quota: c.Quota, faults: c.Faults, tls: c.TLS,
		state: c.State, keys: newKeyring(c.State), now: c.Now,
	}
	defaultTo(&e.profile, Profiles())
	if c.Mode != nil {
		e.mode = *c.Mode
	}
	if e.now == nil {
		e.now = time.Now
	}
	if e.gatewayNow = c.GatewayNow; e.gatewayNow == nil {
		e.gatewayNow = e.now
	}
	for field, value := range map[*int]int{&e.maxTasks: 20_000, &e.maxServers: 10_000} {
		if *field <= 0 {
			*field = value
		}
	}
	for field, value := range map[*time.Duration]time.Duration{&e.jobDuration: 40 * time.Millisecond, &e.flow.Per: time.Minute} {
		if *field <= 0 {
			*field = value
		}
	}
	e.world = newWorld(c.State)
	e.newID = use(c.Seams.NewID, randomID)
	e.plan = use(c.Seams.Plan, plan)
	e.render = use(c.Seams.Render, renderIn(c.Envelope))
	e.authenticate = use(c.Seams.Authenticate, e.authenticator(c.Auth))
	e.rules = use(c.Seams.Rules, resizeRules())
	e.accept = use(c.Seams.Accept, e.acceptResize)
	e.table = append(slices.Clip(use(c.Seams.Routes, e.routes())), e.listRoutes()...)
	if c.Account {
		e.table = append(slices.Clip(e.table), e.accountRoutes()...)
	}
	if c.Fringe {
		e.table = append(slices.Clip(e.table), e.fringeRoutes()...)
	}
	e.entry = e.handler(use(c.Seams.Layers, e.layers()))
	for _, s := range c.State.Servers {
		e.newServer(s, e.now())
	}
	return e
}

// ServeHTTP answers one request.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.entry.ServeHTTP(w, r) }

const (
	shutdownGrace = 5 * time.Second  // for requests that are being answered
	headerTimeout = 10 * time.Second // for a client to send its headers
	idleTimeout   = 2 * time.Minute  // of a connection that is kept open
)

// Listen serves on addr until ctx ends, then lets running requests finish and returns nil. ready is called with the base
// URL once connections are accepted. An addr without a host, such as ":0" for any free port, means the loopback interface.
func (e *Emulator) Listen(ctx context.Context, addr string, ready func(baseURL string)) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen address: wanted host:port, got %q: %w", addr, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{
		Handler: e, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, ErrorLog: e.errorLog,
		// Requests go on while the shutdown waits for them, so they must not see ctx end.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	if e.http2 {
		srv.Protocols = new(http.Protocols)
		srv.Protocols.SetHTTP1(true)
		srv.Protocols.SetUnencryptedHTTP2(true)
	}
	if e.payments {
		srv.Handler = PaymentDesk(e)
	}
	if e.account {
		srv.Handler = IdentityDesk(e, srv.Handler)
	}
	if srv.ErrorLog == nil {
		srv.ErrorLog = log.New(discard{}, "", 0)
	}
	served := make(chan error, 1)
	scheme := "http://"
	if e.tls != nil {
		scheme, l = "https://", tls.NewListener(l, e.tls)
	}
	go func() { served <- srv.Serve(l) }()
	if ready != nil {
		ready(scheme + l.Addr().String())
	}
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	err = srv.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	<-served
	return err
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
